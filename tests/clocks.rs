//! What becomes of a job's slots when the clock leaps, the zone changes or an hour comes twice: a host's timer, as systemd
//! reckons it, on a given clock.

use chrono::{DateTime, NaiveDateTime, TimeDelta, Utc};
use process_control::config::Config;
use process_control::history::{Command, End, History, Outcome, Run, Seen, Trigger};
use process_control::job::schedule::{Zone, ZoneName};
use process_control::job::{Job, JobName};
use process_control::run::due::{NotDue, Start, last_slot};
use process_control::sys::zone;
use std::collections::BTreeSet;

/// `2027-03-28 01:00`, universal time.
fn at(text: &str) -> DateTime<Utc> {
    NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M").unwrap().and_utc()
}

fn berlin() -> Zone {
    zone::read(Some(&ZoneName::new("Europe/Berlin").unwrap()))
}

/// A host with one job and its timer.
struct Host {
    job: Job,
    zone: Zone,
    now: DateTime<Utc>,
    /// When the timer was started, or the zone was set last.
    changed: DateTime<Utc>,
    booted: DateTime<Utc>,
    last_trigger: Option<DateTime<Utc>>,
    next: Option<DateTime<Utc>>,
    history: History,
    ran: Vec<DateTime<Utc>>,
    skipped: Vec<NotDue>,
}

impl Host {
    fn new(keys: &str, zone: Zone, now: &str) -> Host {
        let text = format!("name: A\ncommand: 'true'\n{keys}\n");
        let Config { defaults, ceilings, .. } = Config::default();
        let (job, problems) = Job::read(&JobName::new("a").unwrap(), text.as_bytes(), &defaults, &ceilings);
        let now = at(now);
        let mut host = Host {
            job: job.unwrap_or_else(|| panic!("{problems:?}")),
            zone,
            now,
            changed: now - TimeDelta::days(30),
            booted: now - TimeDelta::days(10),
            last_trigger: None,
            next: None,
            history: History::default(),
            ran: Vec::new(),
            skipped: Vec::new(),
        };
        host.reckon();
        host
    }

    /// `timer_enter_waiting()` of systemd: from the last trigger on.
    fn reckon(&mut self) {
        let from = self.last_trigger.unwrap_or(self.now);
        self.next = self.job.timing.slots(&self.zone).unwrap().next_after(from);
    }

    /// `timer_time_change()` of systemd: what has elapsed in the future may do so again.
    fn leap(&mut self, by: TimeDelta) {
        self.now += by;
        self.last_trigger = self.last_trigger.map(|last| last.min(self.now));
        self.reckon();
        self.elapse();
    }

    /// `timer_timezone_change()` of systemd; the link of localtime(5) is new.
    fn travel(&mut self, zone: Zone) {
        self.zone = zone;
        self.changed = self.now;
        self.reckon();
        self.elapse();
    }

    /// So much time passes, second by second.
    fn pass(&mut self, time: TimeDelta) {
        let end = self.now + time;
        while let Some(next) = self.next.filter(|next| *next <= end) {
            self.now = self.now.max(next);
            self.elapse();
        }
        self.now = end;
    }

    fn elapse(&mut self) {
        if self.next.is_none_or(|next| next > self.now) {
            return;
        }
        self.last_trigger = Some(self.now);
        let start = Start {
            job: &self.job,
            zone: &self.zone,
            elapsed: self.now,
            changed: self.changed,
            booted: self.booted,
            timer_since: None,
            history: &self.history,
            before: None,
        };
        match start.slot() {
            Ok(slot) => {
                let mut run =
                    Run::begun(self.now.to_string(), Trigger::Timer, Command::Normal, self.now, String::new());
                run.slot = slot;
                run.end = Some(End { at: self.now, outcome: Outcome::Success, cause: None, exit: None, reason: None });
                self.history.add(run);
                self.ran.push(slot.unwrap());
            }
            Err(why) => self.skipped.push(why),
        }
        let timing = self.job.timing.record(self.job.zone.as_ref());
        self.history.seen = Some(Seen { timing, at: self.now });
        self.reckon();
    }
}

fn days(days: i64) -> TimeDelta {
    TimeDelta::days(days)
}

#[test]
fn a_leap_of_a_day_forward_is_one_run_for_all_that_it_passed() {
    let mut host = Host::new("schedule: '0 * * * *'", Zone::utc(), "2027-01-04 00:30");
    host.pass(TimeDelta::hours(2));
    host.leap(days(1));
    assert_eq!(host.ran, ["2027-01-04 01:00", "2027-01-04 02:00", "2027-01-05 02:00"].map(at));
    host.pass(TimeDelta::hours(1));
    assert_eq!(host.ran[3..], [at("2027-01-05 03:00")]);
    assert_eq!(host.skipped, []);
    // and what no run had passed has none
    let mut host = Host::new("schedule: '0 3 * * *'", Zone::utc(), "2027-01-04 04:00");
    host.leap(TimeDelta::hours(22));
    assert_eq!((host.ran.len(), host.skipped.len()), (0, 0));
}

#[test]
fn a_leap_back_of_less_than_three_hours_runs_no_slot_twice() {
    let mut host = Host::new("schedule: '* * * * *'", Zone::utc(), "2027-01-04 00:30");
    host.pass(TimeDelta::hours(4));
    host.leap(TimeDelta::minutes(-170));
    host.pass(TimeDelta::hours(4));
    let slots: BTreeSet<_> = host.ran.iter().collect();
    assert_eq!(slots.len(), host.ran.len(), "more than a history knows of");
    assert!(host.skipped.iter().all(|why| matches!(why, NotDue::AlreadyRun(_))), "{:?}", host.skipped);
    assert_eq!((host.ran.len(), host.skipped.len()), (240 + 70, 170), "then it goes on");
}

#[test]
fn a_leap_of_a_day_back_is_a_correction_and_repeats_only_what_the_history_has_forgotten() {
    let mut host = Host::new("schedule: '0 3 * * *'", Zone::utc(), "2027-01-04 00:30");
    host.pass(days(3));
    host.leap(days(-1));
    host.pass(days(2));
    assert_eq!(host.skipped, [NotDue::AlreadyRun(at("2027-01-06 03:00"))]);
    assert_eq!(host.ran.last(), Some(&at("2027-01-07 03:00")));
    // a clock that was wrong by years holds nobody up for years
    let mut host = Host::new("schedule: '0 * * * *'", Zone::utc(), "2099-01-04 00:30");
    host.pass(days(2));
    host.leap(at("2027-01-04 00:30") - host.now);
    host.pass(days(1));
    assert_eq!((host.ran.len(), host.skipped.len()), (48 + 24, 0));
}

#[test]
fn no_leaps_run_a_slot_twice_or_lose_one_that_came_in_its_time() {
    // numbers without a pattern, the same each time
    let mut seed = 5_u64;
    let mut below = |most: i64| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        i64::try_from(seed >> 33).unwrap() % most
    };
    for round in 0..200 {
        let mut host = Host::new("schedule: '30 */6 * * *'", berlin(), "2027-03-20 00:00");
        for _ in 0..12 {
            host.pass(TimeDelta::minutes(below(20 * 60)));
            // the last twenty runs are known, and so five days
            host.leap(TimeDelta::minutes(below(2 * 24 * 60) - 24 * 60));
            let last = host.ran.last().copied();
            let next = host.next.unwrap();
            host.pass(next - host.now);
            let came = host.ran.last().copied();
            let known = host.skipped.last() == Some(&NotDue::AlreadyRun(next));
            assert!(came == Some(next) || known, "round {round}: {next} after {last:?}, {:?}", host.skipped);
        }
        let slots: BTreeSet<_> = host.ran.iter().collect();
        assert_eq!(slots.len(), host.ran.len(), "round {round}: {:?}", host.ran);
    }
}

#[test]
fn another_zone_makes_no_run_for_an_hour_that_it_moves_into_the_past() {
    let mut host = Host::new("schedule: '0 3 * * *'", berlin(), "2027-01-04 00:00");
    host.pass(TimeDelta::hours(12));
    assert_eq!(host.ran, [at("2027-01-04 02:00")]);
    // three o'clock in New York was four hours ago
    host.travel(zone::read(Some(&ZoneName::new("America/New_York").unwrap())));
    assert_eq!(host.ran.len(), 1);
    assert_eq!(host.skipped, [NotDue::Edited(at("2027-01-04 08:00"))]);
    host.pass(days(1));
    assert_eq!(host.ran[1..], [at("2027-01-05 08:00")]);
    // and back: three o'clock in Berlin is sooner than it would have been
    host.travel(berlin());
    host.pass(days(1));
    assert_eq!(host.ran[2..], [at("2027-01-06 02:00")]);
}

/// What ran on the day of a change of clocks, from midnight to midnight.
fn ran_on(keys: &str, from: &str, to: &str) -> Vec<DateTime<Utc>> {
    let mut host = Host::new(keys, berlin(), from);
    host.pass(at(to) - at(from) - TimeDelta::seconds(1));
    assert_eq!(host.skipped, [], "{keys}");
    assert!(host.ran.iter().all(|slot| Some(*slot) == last_slot(&host.job, &host.zone, &host.history, *slot)));
    host.ran
}

#[test]
fn an_hour_that_comes_twice_doubles_no_job_and_one_that_is_missing_has_no_run() {
    let spring = |keys| ran_on(keys, "2027-03-27 22:59", "2027-03-28 22:00");
    let autumn = |keys| ran_on(keys, "2027-10-30 21:59", "2027-10-31 23:00");
    for (keys, missing, twice) in [
        ("schedule: '0 12 * * *'", 1, 1),
        ("schedule: '0,30 * * * *'", 46, 50),
        ("calendar: '*-*-* 12:00:00'", 1, 1),
        ("calendar: '*:0/30'", 46, 50),
        // what jobctl explain and check warn of
        ("schedule: '30 2 * * *'", 0, 1),
        ("schedule: '*/15 2 * * *'", 0, 4),
    ] {
        let seen = (spring(keys).len(), autumn(keys).len());
        assert_eq!(seen, (missing, twice), "{keys}: {:?} {:?}", spring(keys), autumn(keys));
    }
}

//! When a timer's start is for a slot and when it is an echo of something else: the situations, one a line.

use chrono::{DateTime, NaiveDateTime, Utc};
use process_control::config::Config;
use process_control::history::{Command, End, History, Outcome, Run, Seen, Trigger, parse, render};
use process_control::job::schedule::{Zone, ZoneName};
use process_control::job::{Job, JobName, Timing};
use process_control::pause::{Hold, Marker, Scope, What};
use process_control::run::due::{NotDue, Start, held_up_to, ran};
use process_control::sys::zone;

/// `05 03:00:00`: that day of January 2027, universal time.
fn at(text: &str) -> DateTime<Utc> {
    NaiveDateTime::parse_from_str(&format!("2027-01-{text}"), "%Y-%m-%d %H:%M:%S").unwrap().and_utc()
}

/// A situation. It begins with a job that has been as it is for long, on a host that has been up for long.
struct Situation {
    keys: &'static str,
    elapsed: &'static str,
    changed: DateTime<Utc>,
    booted: DateTime<Utc>,
    timer_since: Option<DateTime<Utc>>,
    history: History,
}

fn job(keys: &str) -> Job {
    let text = format!("name: A\ncommand: /bin/true\n{keys}\n");
    let Config { defaults, ceilings, .. } = Config::default();
    let (job, problems) = Job::read(&JobName::new("a").unwrap(), text.as_bytes(), &defaults, &ceilings);
    job.unwrap_or_else(|| panic!("{problems:?}"))
}

/// The rules that hold for a timing, on a host with universal time.
fn rules(timing: &Timing, key: Option<&ZoneName>) -> Zone {
    timing.zone(key).map_or_else(Zone::utc, |name| zone::read(Some(name)))
}

fn record(keys: &str) -> String {
    let job = job(keys);
    job.timing.record(job.zone.as_ref())
}

impl Situation {
    fn new(keys: &'static str, elapsed: &'static str) -> Self {
        let (changed, booted) = (at("01 00:00:00"), at("01 00:00:00"));
        Situation { keys, elapsed, changed, booted, timer_since: None, history: History::default() }
    }

    /// The file or the configuration was last changed then.
    fn changed(self, when: &str) -> Self {
        Situation { changed: at(when), ..self }
    }

    fn booted(self, when: &str) -> Self {
        Situation { booted: at(when), ..self }
    }

    /// The timer was started then, after it had been stopped.
    fn timer_since(self, when: &str) -> Self {
        Situation { timer_since: Some(at(when)), ..self }
    }

    /// The timer last started the job then, with these keys.
    fn seen(mut self, keys: &str, when: &str) -> Self {
        self.history.seen = Some(Seen { timing: record(keys), at: at(when) });
        self
    }

    /// A run that has ended.
    fn ran(mut self, slot: Option<&str>, start: &str, end: &str, outcome: Outcome) -> Self {
        let mut run = Run::begun("1".repeat(32), Trigger::Timer, Command::Normal, at(start), String::new());
        run.slot = slot.map(at);
        run.end = Some(End { at: at(end), outcome, cause: None, exit: None, reason: None });
        self.history.add(run);
        self
    }

    fn slot(&self) -> Result<Option<DateTime<Utc>>, NotDue> {
        let job = job(self.keys);
        let before =
            self.history.seen.as_ref().and_then(|seen| Timing::from_record(&seen.timing)).map(|(timing, zone)| {
                let rules = rules(&timing, zone.as_ref());
                (timing, rules)
            });
        let start = Start {
            job: &job,
            zone: &rules(&job.timing, job.zone.as_ref()),
            elapsed: at(self.elapsed),
            changed: self.changed,
            booted: self.booted,
            timer_since: self.timer_since,
            history: &self.history,
            before: before.as_ref(),
        };
        start.slot()
    }

    #[track_caller]
    fn is_due(&self, slot: &str) {
        assert_eq!(self.slot(), Ok(Some(at(slot))));
    }

    #[track_caller]
    fn is_not(&self, why: NotDue) {
        assert_eq!(self.slot(), Err(why));
    }
}

const DAILY: &str = "schedule: 0 3 * * *";
const HOURLY: &str = "schedule: 0 * * * *";
const LATEST: &str = "schedule: 0 * * * *\ncatch_up: latest";

/// systemd looks for the slots of a started timer from when it was started before.
#[test]
fn a_slot_that_came_while_the_timer_was_stopped_is_lost_unless_it_is_to_be_caught_up() {
    let stopped = Situation::new(HOURLY, "05 10:20:00").timer_since("05 10:20:00").seen(HOURLY, "05 09:00:00");
    stopped.is_not(NotDue::TimerStopped(at("05 10:00:00")));
    let suspended = Situation::new(HOURLY, "05 10:20:00").timer_since("01 00:00:00").seen(HOURLY, "05 09:00:00");
    suspended.is_due("05 10:00:00");
    let caught_up = Situation::new(LATEST, "05 10:20:00").timer_since("05 10:20:00").seen(LATEST, "05 09:00:00");
    caught_up.is_due("05 10:00:00");
}

#[test]
fn a_start_in_time_is_for_its_slot() {
    Situation::new(DAILY, "05 03:00:00").is_due("05 03:00:00");
    Situation::new(DAILY, "05 03:00:01").seen(DAILY, "04 03:00:00").is_due("05 03:00:00");
    Situation::new("calendar: daily", "05 00:00:00").is_due("05 00:00:00");
}

/// systemd computes from the last trigger; what load or suspend delays, it starts when it can.
#[test]
fn a_late_start_of_an_unedited_job_is_for_its_slot() {
    Situation::new(DAILY, "05 03:20:00").seen(DAILY, "04 03:00:00").is_due("05 03:00:00");
    Situation::new(DAILY, "05 11:00:00").is_due("05 03:00:00");
}

#[test]
fn a_first_start_long_after_the_job_was_made_is_due() {
    Situation::new(DAILY, "05 03:00:00").changed("04 23:00:00").is_due("05 03:00:00");
}

/// The new schedule has a slot between the last trigger and now, so the reload starts the job at once.
#[test]
fn the_echo_of_an_edit_is_not_due() {
    let new = "schedule: 0 4 * * *";
    let edited = |changed| Situation::new(new, "05 09:00:02").changed(changed).seen(DAILY, "05 03:00:00");
    edited("05 09:00:00").is_not(NotDue::Edited(at("05 04:00:00")));
    // the same without any history: lost, or the first run of all
    Situation::new(new, "05 09:00:02").changed("05 09:00:00").is_not(NotDue::Edited(at("05 04:00:00")));
    // made a moment after its slot
    Situation::new(DAILY, "05 03:00:12").changed("05 03:00:10").is_not(NotDue::Edited(at("05 03:00:00")));
    // edited before the slot, and systemd was told long after it
    edited("05 03:30:00").is_not(NotDue::Edited(at("05 04:00:00")));
    // the next slot of the new schedule is a slot
    let next = Situation::new(new, "06 04:00:00").changed("05 09:00:00").seen(DAILY, "05 03:00:00");
    next.is_due("06 04:00:00");
}

/// The old timer's stamp outlives the file.
#[test]
fn a_job_that_was_deleted_and_made_again_is_not_due() {
    let again = Situation::new(DAILY, "05 09:00:02").changed("05 09:00:00").seen(DAILY, "04 03:00:00");
    again.is_not(NotDue::Edited(at("05 03:00:00")));
}

/// A file that was copied with `cp -p` or moved here counts from when it came: its change time says so.
#[test]
fn an_edit_in_the_second_of_its_slot_is_for_the_old_schedule() {
    let edit = Situation::new(DAILY, "05 03:00:01").changed("05 03:00:01").seen(DAILY, "04 03:00:00");
    edit.is_due("05 03:00:00");
}

/// Comments and commands are edited too: the schedule is the same, and its slot is due.
#[test]
fn a_touched_file_within_the_random_delay_is_due() {
    let keys = "schedule: 0 3 * * *\nrandom_delay: 30min";
    let touched = Situation::new(keys, "05 03:25:00").changed("05 03:10:00").seen(keys, "04 03:25:00");
    touched.is_due("05 03:00:00");
}

/// The old schedule asked for this start; that somebody wrote another meanwhile takes nothing away.
#[test]
fn a_slot_of_the_old_schedule_is_not_lost() {
    let new = "schedule: 30 2 * * *";
    let edit = Situation::new(new, "05 03:00:00").changed("05 02:59:30").seen(DAILY, "04 03:00:00");
    edit.is_due("05 02:30:00");
}

#[test]
fn an_edit_there_and_back_changes_nothing() {
    Situation::new(DAILY, "05 03:00:00").changed("05 02:00:00").seen(DAILY, "04 03:00:00").is_due("05 03:00:00");
    // back to the schedule of the last start, after its slot had its run
    let back = Situation::new(DAILY, "05 09:00:02").changed("05 09:00:00").seen(DAILY, "05 03:00:00");
    back.ran(Some("05 03:00:00"), "05 03:00:00", "05 03:01:00", Outcome::Success)
        .is_not(NotDue::AlreadyRun(at("05 03:00:00")));
}

/// A job of five minutes that takes seven: its timer elapses the moment it ends.
#[test]
fn a_slot_during_the_previous_run_is_not_due() {
    let keys = "schedule: '*/5 * * * *'";
    let run = |end| {
        Situation::new(keys, "05 03:07:00").seen(keys, "05 03:00:00").ran(
            Some("05 03:00:00"),
            "05 03:00:00",
            end,
            Outcome::Success,
        )
    };
    run("05 03:07:00").is_not(NotDue::DuringRun(at("05 03:05:00")));
    run("05 03:05:00").is_not(NotDue::DuringRun(at("05 03:05:00")));
    run("05 03:04:59").is_due("05 03:05:00");
    // a start that was skipped in between was no run
    let skipped = run("05 03:07:00").ran(None, "05 03:05:00", "05 03:05:00", Outcome::Skipped);
    skipped.is_not(NotDue::DuringRun(at("05 03:05:00")));
}

#[test]
fn a_run_by_hand_over_a_slot_counts_too() {
    let by_hand = Situation::new(HOURLY, "05 03:10:00").seen(HOURLY, "05 02:00:00");
    by_hand.ran(None, "05 02:50:00", "05 03:10:00", Outcome::Failure).is_not(NotDue::DuringRun(at("05 03:00:00")));
}

#[test]
fn a_slot_has_one_run() {
    // the clock was set back, or the hour came twice
    let again = |outcome| {
        let first = Situation::new(HOURLY, "05 03:00:30").seen(HOURLY, "05 03:00:00");
        first.ran(Some("05 03:00:00"), "05 03:00:00", "05 03:00:20", outcome)
    };
    again(Outcome::Success).is_not(NotDue::AlreadyRun(at("05 03:00:00")));
    again(Outcome::Failure).is_not(NotDue::AlreadyRun(at("05 03:00:00")));
    again(Outcome::Interrupted).is_not(NotDue::AlreadyRun(at("05 03:00:00")));
    // skipped because it was paused or busy: that was no run
    again(Outcome::Skipped).is_due("05 03:00:00");
}

#[test]
fn catch_up_makes_up_for_downtime() {
    let keys = "schedule: 0 3 * * *\ncatch_up: latest";
    let after = |changed| Situation::new(keys, "05 08:00:30").booted("05 08:00:00").changed(changed);
    after("02 00:00:00").seen(keys, "04 03:00:00").is_due("05 03:00:00");
    // the history was lost: the file is older than the slot
    after("02 00:00:00").is_due("05 03:00:00");
    // edited offline, with the schedule that it had
    after("05 07:00:00").seen(keys, "04 03:00:00").is_due("05 03:00:00");
    // deleted and made again: the stamp of the old one is still there
    after("05 07:00:00").is_not(NotDue::BeforeJob(at("05 03:00:00")));
    after("05 08:00:10").is_not(NotDue::BeforeJob(at("05 03:00:00")));
    // changed since the boot: it may have been made again
    after("05 08:00:10").seen(keys, "04 03:00:00").is_not(NotDue::BeforeJob(at("05 03:00:00")));
    // edited offline, to another schedule
    after("05 07:00:00").seen("schedule: 0 9 * * *", "04 09:00:00").is_not(NotDue::BeforeJob(at("05 03:00:00")));
}

#[test]
fn what_is_too_old_is_not_caught_up_with() {
    let keys = "schedule: 0 3 * * *\ncatch_up: latest\ncatch_up_max_age: 2h";
    let after = |elapsed| Situation::new(keys, elapsed).booted("05 04:50:00").seen(keys, "04 03:00:00");
    after("05 05:00:00").is_due("05 03:00:00");
    after("05 05:00:01").is_not(NotDue::TooOld(at("05 03:00:00")));
    let impatient = "schedule: 0 3 * * *\ncatch_up: latest\ncatch_up_max_age: 1ms";
    Situation::new(impatient, "05 03:00:01").seen(impatient, "04 03:00:00").is_due("05 03:00:00");
    let stopped = Situation::new(keys, "05 05:00:01").timer_since("05 05:00:00").seen(keys, "04 03:00:00");
    stopped.is_not(NotDue::TooOld(at("05 03:00:00")));
    let delayed = "schedule: 0 3 * * *\ncatch_up: latest\ncatch_up_max_age: 2h\nrandom_delay: 1h";
    Situation::new(delayed, "05 05:30:00").seen(delayed, "04 03:00:00").is_due("05 03:00:00");
}

/// Somebody stopped all scheduling for a while.
#[test]
fn a_slot_while_the_timer_was_stopped_is_not_due() {
    let late = |keys| Situation::new(keys, "05 03:30:00").seen(keys, "04 03:00:00").timer_since("05 03:29:59");
    late(DAILY).is_not(NotDue::TimerStopped(at("05 03:00:00")));
    late("schedule: 0 3 * * *\ncatch_up: latest").is_due("05 03:00:00");
    // started before the slot: something else held it up
    late(DAILY).timer_since("05 02:59:59").is_due("05 03:00:00");
}

/// Without `catch_up` nothing is made up for; systemd does not even start it.
#[test]
fn suspend_is_not_downtime() {
    Situation::new(DAILY, "05 08:00:30").booted("01 00:00:00").seen(DAILY, "04 03:00:00").is_due("05 03:00:00");
}

#[test]
fn a_changed_zone_is_another_schedule() {
    let berlin = "schedule: 0 3 * * *\ntimezone: Europe/Berlin";
    let moved = Situation::new(berlin, "05 09:00:02").changed("05 09:00:00").seen(DAILY, "05 03:00:00");
    moved.is_not(NotDue::Edited(at("05 02:00:00")));
    Situation::new(berlin, "06 02:00:00").changed("05 09:00:00").seen(DAILY, "05 03:00:00").is_due("06 02:00:00");
}

#[test]
fn from_a_calendar_to_a_schedule() {
    let moved = Situation::new(DAILY, "05 09:00:02").changed("05 09:00:00").seen("calendar: hourly", "05 09:00:00");
    moved.is_not(NotDue::Edited(at("05 03:00:00")));
    // the old calendar's own slot came before the reload could
    let old = Situation::new(DAILY, "05 09:00:02").changed("05 08:59:59").seen("calendar: hourly", "05 08:00:00");
    old.is_due("05 03:00:00");
}

#[test]
fn every_counts_from_the_last_start() {
    let keys = "every: 10min";
    // the first start has no slot, and is due
    assert_eq!(Situation::new(keys, "05 03:00:00").slot(), Ok(None));
    let then = Situation::new(keys, "05 03:10:00").seen(keys, "05 03:00:00");
    then.ran(None, "05 03:00:00", "05 03:00:05", Outcome::Success).is_due("05 03:10:00");
    // earlier than it should: nothing to compare with
    let early = Situation::new(keys, "05 03:05:00").seen(keys, "05 03:00:00");
    assert_eq!(early.ran(None, "05 03:00:00", "05 03:00:05", Outcome::Success).slot(), Ok(None));
}

#[test]
fn what_cannot_be_computed_is_due() {
    // the host has no such zone: systemd decided, and it is right
    let keys = "schedule: 0 3 * * *\ntimezone: Mars/Olympus_Mons";
    assert_eq!(Situation::new(keys, "05 07:00:00").changed("05 06:00:00").slot(), Ok(None));
    assert_eq!(Situation::new("at_boot: true", "05 07:00:00").slot(), Ok(None));
    // a history of another version does not count as another schedule
    let mut odd = Situation::new(DAILY, "05 03:00:00").changed("05 02:00:00");
    odd.history.seen = Some(Seen { timing: "lunar 3".to_owned(), at: at("04 03:00:00") });
    odd.is_due("05 03:00:00");
}

/// The last start that a marker leaves out: one that was made at `since` and names the slot `last`, after a run.
fn held(keys: &str, since: &str, last: &str, run: (&str, &str), outcome: Outcome) -> DateTime<Utc> {
    let marker = Marker { what: What::Slot(at(last)), reason: String::new() };
    let hold = Hold { marker, by: "olga".to_owned(), since: at(since), scope: Scope::Job };
    let history = Situation::new("", "05 00:00:00").ran(None, run.0, run.1, outcome).history;
    let job = job(keys);
    let runs = history.runs.iter().filter_map(ran);
    held_up_to(&job, &Zone::utc(), &hold, runs, at("06 00:00:00")).unwrap()
}

/// Who says during a run that the next is to be left out does not know when that run ends.
#[test]
fn a_marker_that_was_made_during_a_run_holds_for_the_first_start_after_it() {
    let ok = Outcome::Success;
    let hourly = |since, end| held(HOURLY, since, "05 03:00:00", ("05 02:00:00", end), ok);
    assert_eq!(hourly("05 02:30:00", "05 02:50:00"), at("05 03:00:00"));
    assert_eq!(hourly("05 02:30:00", "05 03:10:00"), at("05 04:00:00"));
    assert_eq!(hourly("05 02:30:00", "05 05:00:00"), at("05 06:00:00"));
    // made before that run: it named its slot and no other
    assert_eq!(hourly("05 01:59:00", "05 03:10:00"), at("05 03:00:00"));
    // when it really ended nobody knows
    let interrupted = ("05 02:00:00", "05 03:10:00");
    assert_eq!(held(HOURLY, "05 02:30:00", "05 03:00:00", interrupted, Outcome::Interrupted), at("05 03:00:00"));
    // an end that is still to come was written by somebody else
    assert_eq!(hourly("05 02:30:00", "07 00:00:00"), at("05 03:00:00"));

    let every = |end| held("every: 10min", "05 02:05:00", "05 02:10:00", ("05 02:00:00", end), ok);
    assert_eq!(every("05 02:09:00"), at("05 02:10:00"));
    // the start that its end makes is skipped; that counts as one for systemd
    assert_eq!(every("05 02:25:00"), at("05 02:35:00"));
    let late = "every: 10min\nrandom_delay: 5min";
    assert_eq!(held(late, "05 02:05:00", "05 02:15:00", ("05 02:00:00", "05 02:12:00"), ok), at("05 02:30:00"));
}

/// What history keeps is one line; a schedule with more blanks than needed is still the same schedule after it.
#[test]
fn a_timing_is_the_same_after_the_history_has_kept_it() {
    for keys in
        ["schedule: \"*/5  *\\t* * *\"", "calendar: 'Mon..Fri   9:00 Europe/Berlin'\ntimezone: UTC", "every: 90s"]
    {
        let timing = record(keys);
        let seen = Some(Seen { timing: timing.clone(), at: at("05 03:00:00") });
        let written = render(&History { seen, ..History::default() }).unwrap();
        let kept = parse(&written).unwrap().seen.unwrap().timing;
        assert_eq!(kept, timing);
        let (again, zone) = Timing::from_record(&kept).unwrap();
        assert_eq!(again.record(zone.as_ref()), timing);
    }
}

/// The first start after a boot comes one span after it; no slot of an earlier boot says anything of it.
#[test]
fn an_edit_before_the_first_start_after_a_boot_costs_no_run() {
    let keys = "every: 1h";
    let ran = Situation::new(keys, "05 09:00:00").seen(keys, "04 09:17:00").ran(
        None,
        "04 09:17:00",
        "04 09:17:05",
        Outcome::Success,
    );
    assert!(ran.booted("05 08:00:00").changed("05 08:30:00").slot().is_ok());
}

//! What does not come in time: a start, or the end of a run.

use chrono::{DateTime, TimeDelta, Utc};
use process_control::config::Config;
use process_control::history::{Command, End, Outcome, Recent, Run, Trigger};
use process_control::job::schedule::Zone;
use process_control::job::{Job, JobName};
use process_control::run::late::{Evidence, Late, late};

fn at(text: &str) -> DateTime<Utc> {
    format!("2027-01-{}Z", text.replace(' ', "T")).parse().unwrap()
}

fn job(keys: &str) -> Job {
    let text = format!("name: A\ncommand: /bin/true\n{keys}\n");
    let Config { defaults, ceilings, .. } = Config::default();
    Job::read(&JobName::new("a").unwrap(), text.as_bytes(), &defaults, &ceilings).0.unwrap()
}

/// A run for a slot that began then.
fn ran(slot: &str, start: &str) -> Recent {
    let mut run = Run::begun("1".repeat(32), Trigger::Timer, Command::Normal, at(start), String::new());
    run.slot = Some(at(slot));
    run.end = Some(End { at: at(start), outcome: Outcome::Success, cause: None, exit: None, reason: None });
    Recent { elapsed: Some(at(start)), run: Some(run), ..Recent::default() }
}

/// On a host that is up for long, with a file that is old.
fn told(keys: &str, recent: &Recent, now: &str, change: impl FnOnce(&mut Evidence<'_>)) -> Option<Late> {
    let (zone, old) = (Zone::utc(), at("01 00:00:00"));
    let mut seen = Evidence { zone: &zone, recent, running_since: None, changed: old, booted: old, now: at(now) };
    change(&mut seen);
    late(&job(keys), &seen)
}

const HOURLY: &str = "schedule: '0 * * * *'\nlate_after: 10min";

#[test]
fn a_start_that_does_not_come_is_late() {
    let nothing = |_: &mut Evidence<'_>| ();
    let before = ran("05 02:00:00", "05 02:00:01");
    assert_eq!(told(HOURLY, &before, "05 03:10:00", nothing), Some(Late::Missing(at("05 03:00:00"))));
    assert_eq!(told(HOURLY, &before, "05 03:09:59", nothing), None, "there is still time");
    assert_eq!(told(HOURLY, &ran("05 03:00:00", "05 03:00:01"), "05 03:30:00", nothing), None);
    assert_eq!(told(HOURLY, &Recent::default(), "05 03:30:00", nothing), Some(Late::Missing(at("05 03:00:00"))));
    let delayed = format!("{HOURLY}\nrandom_delay: 20min");
    assert_eq!(told(&delayed, &before, "05 03:29:00", nothing), None);
    assert_eq!(told(&delayed, &before, "05 03:31:00", nothing), Some(Late::Missing(at("05 03:00:00"))));
}

#[test]
fn what_explains_a_start_that_did_not_come() {
    let before = ran("05 02:00:00", "05 02:00:01");
    assert_eq!(told(HOURLY, &before, "05 03:30:00", |it| it.booted = at("05 03:20:00")), None, "the host was off");
    assert_eq!(told(HOURLY, &before, "05 03:30:00", |it| it.changed = at("05 03:05:00")), None, "another schedule");
    // the timer elapsed, and the start was skipped
    let skipped = Recent { elapsed: Some(at("05 03:00:00")), ..ran("05 02:00:00", "05 02:00:01") };
    assert_eq!(told(HOURLY, &skipped, "05 03:30:00", |_| ()), None);
    for keys in [
        "late_after: 10min",
        "every: 1h\nlate_after: 10min",
        "schedule: '0 * * * *'",
        "schedule: '0 * * * *'\nlate_after: 1s\ndisabled: true",
    ] {
        assert_eq!(told(keys, &before, "05 05:30:00", |_| ()), None, "{keys}");
    }
}

#[test]
fn a_start_that_came_late_is_told_until_the_next() {
    let late = ran("05 03:00:00", "05 03:25:00");
    assert_eq!(told(HOURLY, &late, "05 03:40:00", |_| ()), Some(Late::Began(TimeDelta::minutes(25))));
    assert_eq!(told(HOURLY, &ran("05 03:00:00", "05 03:10:00"), "05 03:40:00", |_| ()), None);
}

#[test]
fn a_run_that_takes_too_long_is_late() {
    let keys = "expected_duration: 30min";
    let since = |text: &'static str| move |seen: &mut Evidence<'_>| seen.running_since = Some(at(text));
    let told = |since| told(keys, &Recent::default(), "05 03:00:00", since);
    assert_eq!(told(since("05 02:20:00")), Some(Late::Long(TimeDelta::minutes(10))));
    assert_eq!(told(since("05 02:30:00")), None);
}

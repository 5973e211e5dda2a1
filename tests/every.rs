//! Key `every`, where a run takes longer than the span.

use chrono::{DateTime, TimeDelta, Utc};
use process_control::config::Config;
use process_control::history::{Command, End, History, Outcome, Run, Seen, Trigger};
use process_control::job::schedule::Zone;
use process_control::job::{Job, JobName};
use process_control::run::due::{NotDue, Start};

const BEGIN: DateTime<Utc> = DateTime::from_timestamp(1_700_000_000, 0).unwrap();

fn after(seconds: i64) -> DateTime<Utc> {
    BEGIN + TimeDelta::seconds(seconds)
}

/// What becomes of a start at `elapsed`, after a run of eight seconds that should have taken five.
fn start(elapsed: DateTime<Utc>) -> Result<Option<DateTime<Utc>>, NotDue> {
    let config = Config::default();
    let text = b"name: x\ncommand: sleep 8\nevery: 5s\n";
    let job = Job::read(&JobName::new("x").unwrap(), text, &config.defaults, &config.ceilings).0.unwrap();
    let mut run = Run::begun("a".repeat(32), Trigger::Timer, Command::Normal, BEGIN, String::new());
    run.end = Some(End { at: after(8), outcome: Outcome::Success, cause: None, exit: None, reason: None });
    let seen = Some(Seen { timing: job.timing.record(None), at: BEGIN });
    let history = History { runs: vec![run], seen, ..History::default() };
    let (changed, booted) = (after(-60), after(-600));
    Start {
        job: &job,
        zone: &Zone::utc(),
        elapsed,
        changed,
        booted,
        timer_since: None,
        history: &history,
        before: None,
    }
    .slot()
}

#[test]
fn a_slot_during_the_run_is_skipped_once_and_not_for_ever() {
    assert_eq!(start(after(8)), Err(NotDue::DuringRun(after(5))));
    assert_eq!(start(after(13)), Ok(Some(after(10))));
    assert_eq!(start(after(3600)), Ok(Some(after(3600))));
}

//! What monitoring is told: metrics that a parser of theirs reads, and the output of a plugin.

mod facts;
mod tools;

use chrono::TimeDelta;
use facts::{NOW, facts, next, ran, snapshots};
use process_control::history::Outcome;
use process_control::job::JobName;
use process_control::pause::{Hold, Marker, Scope};
use process_control::status::{Facts, Health, Host, Running, Waiting, icinga, icinga_details, metrics};
use std::io::Write;
use std::process::{Command, Stdio};

const OFTEN: &str = "schedule: '*/5 * * * *'";

fn jobs() -> Vec<Facts> {
    let hour = TimeDelta::hours(1);
    let mut failed = next(ran(facts("failed", OFTEN), Outcome::Failure, hour, TimeDelta::milliseconds(2500)), hour);
    failed.recent.tally.failures_in_a_row = 3;
    failed.recent.tally.failure = 7;
    failed.recent.run.as_mut().unwrap().end.as_mut().unwrap().reason = Some("command 2 | of 3".to_owned());
    let hold = Hold { marker: Marker::default(), by: "olga".to_owned(), since: NOW - hour, scope: Scope::Job };
    let odd = JobName::new("a b='c'").unwrap();
    vec![
        facts("broken", "schedule: x"),
        failed,
        Facts { running: Some(Running { pid: Some(7), since: Some(NOW) }), ..facts("going", OFTEN) },
        Facts { pause: Some(hold), ..facts("held", OFTEN) },
        Facts { name: odd, ..ran(facts("x", OFTEN), Outcome::Success, hour, hour) },
    ]
}

/// Somebody was not told for twenty minutes.
fn host() -> Host {
    let oldest = Some(NOW - TimeDelta::minutes(20));
    Host { waiting: Some(Waiting { count: 3, oldest }), missing_user: None }
}

#[test]
fn metrics_are_what_they_were() {
    snapshots().bind(|| insta::assert_snapshot!("metrics", metrics(&jobs(), &host())));
}

/// The parser is strict: families in one piece, labels escaped, counters named as counters.
#[test]
fn a_parser_of_openmetrics_reads_all_of_it() {
    const SCRIPT: &str = "
import sys
from prometheus_client.openmetrics.parser import text_string_to_metric_families as openmetrics
from prometheus_client.parser import text_string_to_metric_families as prometheus
text = sys.stdin.read()
assert sum(len(family.samples) for family in prometheus(text)) > 30
for family in openmetrics(text):
    for sample in family.samples:
        print(sample.name, sample.labels.get('job', ''), sample.value)
";
    let python = "/usr/bin/python3";
    if !tools::there_or_skip("metrics as their parser reads them", &[python, "-c", "import prometheus_client"]) {
        return;
    }
    let mut parser =
        Command::new(python).args(["-c", SCRIPT]).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    parser.stdin.take().unwrap().write_all(metrics(&jobs(), &host()).as_bytes()).unwrap();
    let read = parser.wait_with_output().unwrap();
    assert!(read.status.success(), "{}", metrics(&jobs(), &host()));
    let read = String::from_utf8(read.stdout).unwrap();
    for line in [
        "process_control_job_last_run_success failed 0",
        "process_control_job_failures_in_a_row failed 3",
        "process_control_job_last_run_duration_seconds failed 2.5",
        "process_control_job_next_run_timestamp_seconds failed 1800003600",
        "process_control_job_running going 1",
        "process_control_job_paused held 1",
        "process_control_job_invalid broken 1",
        "process_control_job_last_run_success a b='c' 1",
        "process_control_notices_waiting  3",
        "process_control_notices_oldest_timestamp_seconds  1799998800",
    ] {
        assert!(read.lines().any(|it| it == line), "{line} in\n{read}");
    }
}

#[test]
fn icinga_hears_of_failed_and_invalid_jobs() {
    let (line, health) = icinga(&jobs(), &Host::default(), NOW);
    assert_eq!((line.as_str(), health), ("FAILING JOBS: failed; INVALID JOBS: broken\n", Health::Critical));
    let well = [facts("going", OFTEN)];
    assert_eq!(icinga(&well, &Host::default(), NOW), ("JOBS OK\n".to_owned(), Health::Ok));
    let (details, _) = icinga_details(&jobs(), &Host::default(), NOW);
    assert_eq!(
        details,
        "\
FAILING JOBS: failed; INVALID JOBS: broken | jobs=5 failing=1 invalid=1 running=1 retrying=0 paused=1 disabled=0 'failed'=2.5s 'a b__c_'=3600s
broken: invalid: 3:11: schedule: the schedule has 1 of five fields; five fields: minute, hour, day of the month, month, weekday
failed: failure, exit 0, 1h ago, 3 failures in a row: command 2 / of 3
"
    );
}

#[test]
fn what_waits_and_a_missing_user_have_their_rank() {
    let said = |jobs: &[Facts], host: &Host| icinga(jobs, host, NOW);
    let well = [facts("going", OFTEN)];
    let untold = "UNTOLD: 3 notices wait since 2027-01-15 07:40:00 UTC\n";
    assert_eq!(said(&well, &host()), (untold.to_owned(), Health::Warning));
    let (line, health) = said(&jobs(), &host());
    assert_eq!((line, health), (format!("FAILING JOBS: failed; INVALID JOBS: broken; {untold}"), Health::Critical));
    // not yet, and for who may not know never
    let at = |oldest| Host { waiting: Some(Waiting { count: 1, oldest }), missing_user: None };
    for quiet in [at(Some(NOW - TimeDelta::minutes(15))), at(Some(NOW + TimeDelta::hours(1))), at(None)] {
        assert_eq!(said(&well, &quiet), ("JOBS OK\n".to_owned(), Health::Ok));
    }
    assert!(!metrics(&well, &Host::default()).contains("notices"));
    let gone = Host { missing_user: Some("cron".to_owned()), ..host() };
    let (line, health) = said(&well, &gone);
    let nothing = "NO JOB CAN RUN: the service user cron does not exist; ";
    assert_eq!((line, health), (format!("{nothing}{untold}"), Health::Critical));
    let told = [
        "no job can run: the service user cron does not exist",
        "3 notices wait since 2027-01-15 07:40:00 UTC: journalctl -u process-control-notify tells why",
    ];
    assert_eq!(gone.warnings(NOW), told);
}

#[test]
fn a_job_that_was_paused_for_its_failures_stays_failing() {
    let failed = |scope| {
        let marker = Marker::default();
        let hold = Hold { scope, by: "process-control".to_owned(), since: NOW, marker };
        let mut facts = ran(facts("tired", OFTEN), Outcome::Failure, TimeDelta::hours(1), TimeDelta::seconds(2));
        // its next start was skipped
        facts.recent.last_outcome = Some(Outcome::Skipped);
        icinga(&[Facts { pause: Some(hold), ..facts }], &Host::default(), NOW).0
    };
    assert_eq!(failed(Scope::Automatic), "FAILING JOBS: tired\n");
    assert_eq!(failed(Scope::Job), "JOBS OK\n");
}

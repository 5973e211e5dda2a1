//! A timer starts a job at its time, as the service user, and the run can be found in the journal.

use crate::hosts::Suite;
use crate::jobs::{host_with, on_both_suites, shell};
use process_control::history::{Outcome, Trigger};
use std::time::Duration;

on_both_suites!(a_cron_schedule_fires_on_the_full_minute, each_slot_has_its_run, every_counts_from_start_to_start);

fn a_cron_schedule_fires_on_the_full_minute(suite: Suite) {
    let tea = shell("schedule: '* * * * *'\n", r#"echo "user $(id -un) in $PWD, home $HOME""#);
    let host = host_with(suite, &[("tea", &tea)]);
    let run = host.wait_for_runs("tea", 1, Outcome::Success, Duration::from_secs(75)).remove(0);

    assert_eq!(run.trigger, Trigger::Timer);
    let slot = run.slot.expect("a schedule has slots");
    assert_eq!(slot.timestamp() % 60, 0);
    let late = (run.start.expect("it began") - slot).num_milliseconds();
    assert!((0..2500).contains(&late), "{late} ms after the full minute");

    let home = host.sh("getent passwd process-control | cut -d: -f6");
    let home = home.trim();
    let matches = [
        "PROCESS_CONTROL_JOB=tea",
        "SYSLOG_IDENTIFIER=tea",
        &format!("_SYSTEMD_INVOCATION_ID={}", run.id),
        "_SYSTEMD_UNIT=job@tea.service",
    ];
    let said = format!("user process-control in {home}, home {home}\n");
    host.wait_for(Duration::from_secs(10), "output in the journal", || host.journal(&matches) == said);
}

/// systemd tells every start of a unit that the timer elapsed when it did so for the first one.
fn each_slot_has_its_run(suite: Suite) {
    let host = host_with(suite, &[("often", "calendar: '*:*:0/4'\ncommand: 'true'\n")]);
    let runs = host.wait_for_runs("often", 3, Outcome::Success, Duration::from_secs(30));
    for pair in runs.windows(2) {
        assert_eq!((pair[1].slot.unwrap() - pair[0].slot.unwrap()).num_seconds(), 4);
    }
    host.sh("systemctl start job@often.service");
    let by_hand = || host.runs("often", Outcome::Success).into_iter().find(|run| run.trigger == Trigger::Manual);
    host.wait_for(Duration::from_secs(10), "run by hand", || by_hand().is_some());
    assert_eq!(by_hand().unwrap().slot, None);
    assert!(host.runs("often", Outcome::Skipped).is_empty());
}

/// A run of `long` takes longer than its span: the slot that passes in it is skipped, the next is not.
fn every_counts_from_start_to_start(suite: Suite) {
    let host =
        host_with(suite, &[("often", "every: 3s\ncommand: 'true'\n"), ("long", "every: 3s\ncommand: sleep 4\n")]);
    let runs = host.wait_for_runs("often", 3, Outcome::Success, Duration::from_secs(25));
    for pair in runs.windows(2) {
        let apart = (pair[1].start.unwrap() - pair[0].start.unwrap()).num_milliseconds();
        // it counts from the start as systemd saw it, we from our own, and the machine is busy
        assert!((2900..5500).contains(&apart), "{apart} ms from start to start");
    }
    let runs = host.wait_for_runs("long", 2, Outcome::Success, Duration::from_secs(25));
    let apart = (runs[1].start.unwrap() - runs[0].start.unwrap()).num_milliseconds();
    assert!((6000..10_500).contains(&apart), "{apart} ms from start to start");
    let skipped = host.runs("long", Outcome::Skipped);
    assert!(skipped.iter().all(|run| run.trigger == Trigger::Timer), "{skipped:?}");
    assert!(!skipped.is_empty());
}

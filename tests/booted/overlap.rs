//! A job runs once at a time, whoever starts it and with whichever command.

use crate::hosts::{Host, Suite};
use crate::jobs::{FAR, SOON, host_with, on_both_suites, reason};
use process_control::history::{Command, Exit, Outcome, Trigger};

on_both_suites!(
    a_start_that_finds_the_job_running_is_skipped,
    a_command_that_exits_like_a_skipped_start_has_failed,
    the_slow_start_shares_lock_and_history,
    a_slot_that_passed_during_the_run_is_skipped,
);

fn by_hand(host: &Host, job: &str) {
    host.sh(&format!("setsid runuser -u process-control -- run-job {job} >/dev/null 2>&1 </dev/null &"));
    host.wait_for_start(job, SOON);
}

fn a_start_that_finds_the_job_running_is_skipped(suite: Suite) {
    let loud = format!("{FAR}command: sleep 100\n");
    let quiet = format!("{loud}allow_overtime: true\n");
    let host = host_with(suite, &[("loud", &loud), ("quiet", &quiet)]);
    for (job, status) in [("loud", "75"), ("quiet", "0")] {
        by_hand(&host, job);
        host.sh(&format!("systemctl start job@{job}.service"));
        let skipped = host.wait_for_runs(job, 1, Outcome::Skipped, SOON).remove(0);
        assert_eq!(reason(&skipped), "the previous run is still going on");
        assert!(!host.is_failed(job));
        assert_eq!(host.property(&format!("job@{job}.service"), "ExecMainStatus"), status);
        let running = host.history(job).runs.remove(0);
        assert_eq!((running.end, running.trigger), (None, Trigger::Manual));

        let third = host.as_service_user(&["run-job", job]);
        assert_eq!(third.status.to_string(), status, "{third:?}");
        let told = third.stderr.contains("skipped: the previous run is still going on");
        assert_eq!((told, third.stderr.is_empty()), (job == "loud", job == "quiet"), "{third:?}");
    }
    assert_eq!(host.sh("systemctl --failed --plain --no-legend"), "");
}

fn a_command_that_exits_like_a_skipped_start_has_failed(suite: Suite) {
    let host = host_with(
        suite,
        &[
            ("alone", &format!("{FAR}command: sh -c 'exit 75'\n")),
            ("list", &format!("{FAR}command: ['true', \"sh -c 'exit 75'\"]\n")),
        ],
    );
    for job in ["alone", "list"] {
        let run = host.run_job(job);
        let end = run.end.as_ref().unwrap();
        assert_eq!((end.outcome, end.exit), (Outcome::Failure, Some(Exit::Code(75))), "{run:?}");
        assert!(host.is_failed(job), "{job}");
    }
}

fn the_slow_start_shares_lock_and_history(suite: Suite) {
    let warm = format!("{FAR}command: echo normal\nslow_start_command: sh -c 'echo slow; sleep 100'\n");
    let host = host_with(suite, &[("warm", &warm)]);
    host.sh("systemctl start job-slow-start@warm.service");
    let run = host.wait_for_start("warm", SOON);
    assert_eq!(run.command, Command::SlowStart);
    host.sh("systemctl start job@warm.service");
    host.wait_for_runs("warm", 1, Outcome::Skipped, SOON);
    assert!(!host.is_failed("warm"));
    host.sh("systemctl stop job-slow-start@warm.service");
    let stopped = host.wait_for_runs("warm", 1, Outcome::Stopped, SOON).remove(0);
    assert_eq!((stopped.id, stopped.command), (run.id, Command::SlowStart));

    let run = host.run_job("warm");
    assert_eq!((run.end.unwrap().outcome, run.command), (Outcome::Success, Command::Normal));
    host.wait_for(SOON, "output", || host.journal(&["SYSLOG_IDENTIFIER=warm"]).contains("normal\n"));
}

/// systemd starts such a job the moment its run ends; cron never did.
fn a_slot_that_passed_during_the_run_is_skipped(suite: Suite) {
    let host = host_with(suite, &[("long", "calendar: '*:*:0/10'\ncommand: sleep 13\n")]);
    let limit = std::time::Duration::from_secs(50);
    let runs = host.wait_for_runs("long", 1, Outcome::Success, limit);
    let skipped = host.wait_for_runs("long", 1, Outcome::Skipped, SOON).remove(0);
    assert_eq!(skipped.trigger, Trigger::Timer);
    assert!(reason(&skipped).ends_with("came during the previous run"), "{skipped:?}");
    let next = host.wait_for_start("long", limit);
    let apart = next.slot.unwrap() - runs[0].slot.unwrap();
    assert_eq!(apart.num_seconds(), 20, "{:?}", host.history("long"));
}

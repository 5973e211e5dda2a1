//! Attempts that were to come and are given up: systemd makes them all the same, and they run nothing.

use crate::hosts::Suite;
use crate::jobs::{FAR, SOON, host_with, on_both_suites, shell};
use crate::retrying::{attempts, outcomes, start, wait_for_attempts};
use process_control::history::{Outcome, Run};

on_both_suites!(
    a_restart_after_the_attempts_were_given_up_runs_nothing,
    a_slow_start_that_somebody_wants_is_no_attempt
);

fn a_restart_after_the_attempts_were_given_up_runs_nothing(suite: Suite) {
    let flaky =
        shell(&format!("{FAR}retries: 1\nretry_delay: 6s\n"), "echo >> /srv/count; test $(wc -l < /srv/count) -ge 2");
    let host = host_with(suite, &[("flaky", &flaky)]);
    host.sh("chmod 777 /srv");
    start(&host, "flaky");
    wait_for_attempts(&host, "flaky", 1);
    host.sh("setpriv --reuid process-control --regid process-control --init-groups run-job flaky");
    host.sh("jobctl pause flaky");
    let skipped = || host.history("flaky").runs.into_iter().filter(Run::is_skipped).collect::<Vec<_>>();
    host.wait_for(SOON, "what systemd starts again", || skipped().len() == 1);
    let why = skipped()[0].end.as_ref().unwrap().reason.clone().unwrap();
    assert!(why.contains("the attempts after a failure are over"), "{why}");
    let runs = attempts(&host, "flaky");
    assert_eq!(outcomes(&runs), [(1, Some(Outcome::Failure)), (1, Some(Outcome::Success))], "{runs:?}");
    // and who starts it then, starts it
    host.run_job("flaky");
    assert_eq!(attempts(&host, "flaky").len(), 3);
}

fn a_slow_start_that_somebody_wants_is_no_attempt(suite: Suite) {
    let keys = format!("{FAR}retries: 1\nretry_delay: 6s\nslow_start_command: touch /srv/slow\n");
    let host = host_with(suite, &[("flaky", &shell(&keys, "exit 1"))]);
    host.sh("chmod 777 /srv");
    start(&host, "flaky");
    wait_for_attempts(&host, "flaky", 1);
    host.sh("systemctl start job-slow-start@flaky.service");
    let runs = wait_for_attempts(&host, "flaky", 2);
    assert_eq!(outcomes(&runs), [(1, Some(Outcome::Failure)), (1, Some(Outcome::Success))], "{runs:?}");
    host.sh("test -e /srv/slow");
    host.wait_for(SOON, "what systemd starts again", || host.history("flaky").runs.iter().any(Run::is_skipped));
    assert_eq!(attempts(&host, "flaky").len(), 2);
}

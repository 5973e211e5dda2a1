//! A run that failed is tried again, by systemd's own restart: for its own slot, so often and no more.

use crate::hosts::{Host, Suite};
use crate::jobs::{FAR, SOON, host_with, on_both_suites, reason, shell};
use chrono::TimeDelta;
use process_control::history::{Outcome, Run, Trigger};
use std::time::Duration;

on_both_suites!(
    a_failure_is_tried_again_and_told_to_nobody,
    the_last_attempt_is_told_once,
    a_run_that_takes_too_long_is_tried_again_and_no_more_often,
    attempts_share_their_slot_and_end_before_the_next,
    no_end_of_a_run_delays_the_next_slot,
    who_stops_or_pauses_a_job_ends_its_attempts,
    who_starts_a_job_that_waits_makes_the_next_attempt,
    what_would_fail_again_is_not_tried_again,
    nothing_is_tried_again_that_nobody_can_count,
    a_delay_grows_where_systemd_can,
    an_attempt_that_never_comes_is_told_of,
);

const TOLD: &str = "on_failure: {command: \"sh -c 'echo $PROCESS_CONTROL_EVENT $PROCESS_CONTROL_ATTEMPT >> /srv/told'\"}\n\
                    on_start: {command: \"sh -c 'echo $PROCESS_CONTROL_EVENT $PROCESS_CONTROL_ATTEMPT >> /srv/told'\"}\n";

/// The attempts of a job, in order.
pub(crate) fn attempts(host: &Host, job: &str) -> Vec<Run> {
    host.history(job).runs.into_iter().filter(|run| !run.is_skipped()).collect()
}

pub(crate) fn outcomes(runs: &[Run]) -> Vec<(u32, Option<Outcome>)> {
    runs.iter().map(|run| (run.attempt, run.end.as_ref().map(|end| end.outcome))).collect()
}

pub(crate) fn start(host: &Host, job: &str) {
    // one that fails within a few milliseconds may fail the start as well
    host.run(&["systemctl", "start", "--no-block", &format!("job@{job}.service")]);
}

/// Waits until so many attempts have ended.
pub(crate) fn wait_for_attempts(host: &Host, job: &str, count: usize) -> Vec<Run> {
    let ended = || attempts(host, job).into_iter().filter(|run| run.end.is_some()).count();
    host.wait_for(SOON, &format!("{count} attempts of {job}"), || ended() >= count);
    attempts(host, job)
}

fn told(host: &Host) -> Vec<String> {
    let told = host.run(&["cat", "/srv/told"]);
    told.stdout.lines().map(str::to_owned).collect()
}

fn a_failure_is_tried_again_and_told_to_nobody(suite: Suite) {
    let script = "echo >> /srv/count; test $(wc -l < /srv/count) -ge 3 || exit 7";
    let flaky = shell(&format!("{FAR}{TOLD}retries: 3\nretry_delay: 2s\n"), script);
    let host = host_with(suite, &[("flaky", &flaky)]);
    host.sh("chmod 777 /srv");
    host.people();
    start(&host, "flaky");
    wait_for_attempts(&host, "flaky", 1);
    let seen = host.jobctl("fred", &["status", "--no-header"], 0).stdout;
    assert!(seen.contains("retrying") && seen.contains("attempt 2 of 4"), "{seen}");
    let seen = host.jobctl("fred", &["status", "flaky"], 0).stdout;
    assert!(seen.contains("retry: attempt 2 of 4, ") && seen.contains("retries 3 after 2s"), "{seen}");
    assert_eq!(host.by("fred", &["check-jobs-icinga"]).stdout, "JOBS OK\n", "it is no failure yet");
    let runs = wait_for_attempts(&host, "flaky", 3);
    let (failure, success) = (Some(Outcome::Failure), Some(Outcome::Success));
    assert_eq!(outcomes(&runs), [(1, failure), (2, failure), (3, success)]);
    for (one, next) in runs.iter().zip(&runs[1..]) {
        let (announced, began) = (one.retry.unwrap(), next.start.unwrap());
        assert!(began >= announced && began - announced < TimeDelta::seconds(2), "{one:?} {next:?}");
        assert_ne!(one.id, next.id, "each attempt has its own journal");
    }
    assert!(!host.is_failed("flaky"));
    let tally = host.history("flaky").tally;
    assert_eq!((tally.success, tally.failure, tally.retries, tally.failures_in_a_row), (1, 0, 2, 0), "{tally:?}");
    host.wait_for(SOON, "start hook", || !told(&host).is_empty());
    std::thread::sleep(Duration::from_secs(1));
    assert_eq!(told(&host), ["start 1"], "{suite:?}");
    let table = host.jobctl("fred", &["history", "flaky"], 0).stdout;
    assert!(table.contains("failure, exit 7, tried again") && table.contains("hand, attempt 3"), "{table}");
    let said = host.journal(&["-u", "job@flaky.service"]);
    assert!(said.contains("flaky: attempt 2 of 4 comes at "), "{said}");
}

fn the_last_attempt_is_told_once(suite: Suite) {
    let never = shell(&format!("{FAR}{TOLD}retries: 2\nretry_delay: 1s\n"), "echo attempt; exit 3");
    let host = host_with(suite, &[("never", &never)]);
    host.sh("chmod 777 /srv");
    let done = host.run(&["jobctl", "start", "--wait", "never"]);
    assert_eq!(done.status, 3, "the command's own: {done:?}");
    assert_eq!(done.stdout.matches("attempt\n").count(), 3, "what each of them said: {done:?}");
    assert!(host.is_failed("never"));
    let runs = attempts(&host, "never");
    let failure = Some(Outcome::Failure);
    assert_eq!(outcomes(&runs), [(1, failure), (2, failure), (3, failure)]);
    assert_eq!(runs.iter().map(|run| run.retry.is_some()).collect::<Vec<_>>(), [true, true, false]);
    let tally = host.history("never").tally;
    assert_eq!((tally.failure, tally.retries, tally.failures_in_a_row), (1, 2, 1), "{tally:?}");
    host.wait_for(SOON, "hook", || told(&host).contains(&"failure 3".to_owned()));
    std::thread::sleep(Duration::from_secs(2));
    let mut all = told(&host);
    all.sort();
    assert_eq!(all, ["failure 3", "start 1"]);
    assert_eq!(attempts(&host, "never").len(), 3, "systemd does not start it again");
    let said = host.journal(&["-u", "job@never.service"]);
    assert!(said.contains("never: no other attempt: it was tried 3 times"), "{said}");
    let table = host.run(&["jobctl", "history", "never"]).stdout;
    assert!(table.contains("no other attempt: it was tried 3 times"), "{table}");
    assert_eq!(host.run(&["check-jobs-icinga"]).stdout, "FAILING JOBS: never\n");
    // the next start begins anew
    start(&host, "never");
    assert_eq!(wait_for_attempts(&host, "never", 4)[3].attempt, 1);
    // and by hand there is one attempt
    host.run(&["systemctl", "stop", "job@never.service"]);
    let by_hand = host.as_service_user(&["run-job", "never"]);
    assert_eq!(by_hand.status, 3, "{by_hand:?}");
    let last = attempts(&host, "never").pop().unwrap();
    assert_eq!((last.attempt, last.retry), (1, None));
}

fn a_run_that_takes_too_long_is_tried_again_and_no_more_often(suite: Suite) {
    let slow = format!("{FAR}{TOLD}retries: 1\nretry_delay: 1s\ntimeout: 1s\nkill_grace: 1s\ncommand: sleep 100\n");
    let host = host_with(suite, &[("slow", &slow)]);
    host.sh("chmod 777 /srv");
    start(&host, "slow");
    let runs = wait_for_attempts(&host, "slow", 2);
    let timeout = Some(Outcome::Timeout);
    assert_eq!(outcomes(&runs), [(1, timeout), (2, timeout)]);
    host.wait_for(SOON, "hook", || told(&host).contains(&"failure 2".to_owned()));
    assert!(host.is_failed("slow"));
    assert_eq!(host.history("slow").runs.len(), 2, "{:?}", host.history("slow").runs);
    assert_eq!(host.history("slow").tally.timeout, 1);
    std::thread::sleep(Duration::from_secs(2));
    assert_eq!(told(&host).iter().filter(|line| line.starts_with("failure")).count(), 1);
    let done = host.run(&["jobctl", "start", "--wait", "slow"]);
    assert_eq!(done.status, 124, "{done:?}");
}

fn attempts_share_their_slot_and_end_before_the_next(suite: Suite) {
    let often = shell("calendar: '*:*:0/15'\nretries: 9\nretry_delay: 5s\n", "exit 1");
    let host = host_with(suite, &[("often", &often)]);
    let slots = || {
        let mut slots: Vec<_> = attempts(&host, "often").iter().filter_map(|run| run.slot).collect();
        slots.dedup();
        slots
    };
    host.wait_for(SOON * 3, "three slots", || slots().len() >= 3);
    let runs = attempts(&host, "often");
    for slot in &slots()[..2] {
        let of_slot: Vec<&Run> = runs.iter().filter(|run| run.slot == Some(*slot)).collect();
        let numbers: Vec<u32> = of_slot.iter().map(|run| run.attempt).collect();
        assert_eq!(numbers, (1..=u32::try_from(numbers.len()).unwrap()).collect::<Vec<_>>(), "{of_slot:?}");
        // a busy host may be some seconds late
        assert!((2..=3).contains(&numbers.len()), "{of_slot:?}");
        for run in &of_slot {
            assert!(run.start.unwrap() < *slot + TimeDelta::seconds(15), "an attempt of {slot}: {run:?}");
            assert_eq!(run.trigger, Trigger::Timer);
        }
    }
    // each slot was answered when it came, and each is one failure
    let first: Vec<&Run> = runs.iter().filter(|run| run.attempt == 1).collect();
    for run in &first {
        assert!(run.start.unwrap() - run.slot.unwrap() < TimeDelta::seconds(8), "{run:?}");
    }
    let tally = host.history("often").tally;
    assert!(usize::try_from(tally.failure).unwrap().abs_diff(slots().len()) <= 1, "{tally:?}");
    assert!(host.journal(&["-u", "job@often.service"]).contains("no other attempt: the next start comes first, at "));
}

/// systemd 252 would keep the timer waiting while it waits itself.
fn no_end_of_a_run_delays_the_next_slot(suite: Suite) {
    let keys = "calendar: '*:*:0/6'\nretries: 1\nretry_delay: 1h\n";
    let host = host_with(
        suite,
        &[
            ("late", &format!("{keys}timeout: 2s\nkill_grace: 1s\ncommand: sleep 100\n")),
            // it does not end when it is told to
            (
                "deaf",
                &shell(&format!("{keys}timeout: 1s\nkill_grace: 1s\n"), "trap : TERM; while true; do sleep 1; done"),
            ),
            ("killed", &shell(keys, "sleep 1; kill -KILL $PPID; sleep 100")),
            ("fails", &shell(keys, "exit 1")),
        ],
    );
    for job in ["late", "deaf", "killed", "fails"] {
        let runs = || attempts(&host, job);
        host.wait_for(SOON * 2, "three runs", || runs().iter().filter(|run| run.end.is_some()).count() >= 3);
        for run in runs() {
            assert_eq!((run.attempt, run.retry), (1, None), "no attempt fits in between: {run:?}");
        }
        let slots: Vec<_> = runs().iter().filter_map(|run| run.slot).collect();
        for (one, next) in slots.iter().zip(&slots[1..]) {
            assert_eq!(*next - *one, TimeDelta::seconds(6), "{job}: none is lost: {slots:?}");
        }
    }
}

fn who_stops_or_pauses_a_job_ends_its_attempts(suite: Suite) {
    let keys = format!("{FAR}{TOLD}retries: 5\nretry_delay: 4s\n");
    let host = host_with(
        suite,
        &[
            ("running", &format!("{keys}command: sleep 100\n")),
            ("waiting", &shell(&keys, "exit 1")),
            ("paused", &shell(&keys, "exit 1")),
        ],
    );
    host.sh("chmod 777 /srv");
    start(&host, "running");
    host.wait_for_start("running", SOON);
    host.run(&["jobctl", "stop", "running"]);
    for job in ["waiting", "paused"] {
        start(&host, job);
        wait_for_attempts(&host, job, 1);
    }
    let stopped = host.run(&["jobctl", "stop", "waiting"]);
    assert_eq!((stopped.status, &*stopped.stderr), (0, ""), "{stopped:?}");
    assert!(host.is_at_rest("waiting"));
    host.run(&["jobctl", "pause", "paused"]);
    host.wait_for(SOON, "the skipped attempt", || !host.runs("paused", Outcome::Skipped).is_empty());
    std::thread::sleep(Duration::from_secs(5));
    assert_eq!(outcomes(&attempts(&host, "running")), [(1, Some(Outcome::Stopped))]);
    assert_eq!(outcomes(&attempts(&host, "waiting")), [(1, Some(Outcome::Failure))]);
    assert_eq!(outcomes(&attempts(&host, "paused")), [(1, Some(Outcome::Failure))]);
    assert!(reason(&host.runs("paused", Outcome::Skipped)[0]).starts_with("paused by root"));
    // now it is a failure, and is told as one
    let tally = host.history("paused").tally;
    assert_eq!((tally.failure, tally.retries), (1, 0), "{tally:?}");
    host.wait_for(SOON, "hook", || told(&host).contains(&"failure 1".to_owned()));
    // nobody is there to tell of the one that was stopped, until something else is recorded
    let failed = host.run(&["jobctl", "status", "--no-header", "--state", "failed"]).stdout;
    assert!(failed.contains("waiting"), "{failed}");
    host.sh("rm /srv/told");
    host.write_job("waiting", &shell(&format!("{FAR}{TOLD}"), "true"));
    assert_eq!(host.as_service_user(&["run-job", "waiting"]).status, 0);
    assert_eq!(attempts(&host, "waiting")[1].attempt, 1);
    let tally = host.history("waiting").tally;
    assert_eq!((tally.failure, tally.success, tally.retries), (1, 1, 0), "{tally:?}");
    host.wait_for(SOON, "hook", || told(&host).contains(&"failure 1".to_owned()));
}

fn who_starts_a_job_that_waits_makes_the_next_attempt(suite: Suite) {
    let patient = shell(&format!("{FAR}retries: 3\nretry_delay: 10min\n"), "test -e /srv/well || exit 1");
    let host = host_with(suite, &[("patient", &patient)]);
    start(&host, "patient");
    wait_for_attempts(&host, "patient", 1);
    let done = host.run(&["jobctl", "start", "patient"]);
    assert_eq!(done.stderr.lines().next(), Some("jobctl: patient waits for its next attempt, which is made now"));
    wait_for_attempts(&host, "patient", 2);
    host.sh("touch /srv/well");
    let done = host.run(&["jobctl", "start", "--wait", "patient"]);
    assert_eq!(done.status, 0, "{done:?}");
    let (failure, success) = (Some(Outcome::Failure), Some(Outcome::Success));
    assert_eq!(outcomes(&attempts(&host, "patient")), [(1, failure), (2, failure), (3, success)]);
    assert!(host.is_at_rest("patient"));
}

fn what_would_fail_again_is_not_tried_again(suite: Suite) {
    let keys = format!("{FAR}retries: 5\nretry_delay: 1s\n");
    let host = host_with(
        suite,
        &[
            ("hopeless", &shell(&format!("{keys}unrecoverable_exit_codes: 9\n"), "exit 9")),
            ("killed", &shell(&keys, "kill -TERM $$")),
            ("broken", &shell(&keys, "exit 1")),
            // what the shim uses itself is tried again where it is the command's
            ("config", &shell(&format!("{FAR}retries: 1\nretry_delay: 1s\n"), "exit 78")),
            ("missing", &format!("{FAR}retries: 1\nretry_delay: 1s\ncommand: /no/such/program\n")),
        ],
    );
    host.watch_no_files();
    for job in ["hopeless", "killed", "broken", "config", "missing"] {
        start(&host, job);
        wait_for_attempts(&host, job, 1);
    }
    host.write_job("broken", "schedule: at noon\ncommand: 'true'\n");
    wait_for_attempts(&host, "config", 2);
    wait_for_attempts(&host, "missing", 2);
    std::thread::sleep(Duration::from_secs(4));
    assert_eq!(outcomes(&attempts(&host, "hopeless")), [(1, Some(Outcome::Failure))]);
    assert_eq!(outcomes(&attempts(&host, "killed")), [(1, Some(Outcome::Stopped))]);
    assert_eq!(attempts(&host, "config").len(), 2);
    assert_eq!(attempts(&host, "missing").len(), 2);
    let broken = attempts(&host, "broken");
    assert!(broken.len() <= 3, "a file with an error is told once, and not for ever: {broken:?}");
    assert!(reason(broken.last().unwrap()).contains("error"), "{broken:?}");
    for job in ["hopeless", "broken", "config", "missing"] {
        assert!(host.is_failed(job), "{job}");
    }
}

fn nothing_is_tried_again_that_nobody_can_count(suite: Suite) {
    let keys = format!("{FAR}{TOLD}retries: 3\nretry_delay: 1s\n");
    let fills = "cp /dev/zero /var/lib/process-control-state/fill 2>/dev/null || true";
    let host = host_with(
        suite,
        &[
            // the disk is full when it ends
            ("fills", &shell(&keys, &format!("{fills}; exit 5"))),
            ("hangs", &shell(&format!("{keys}timeout: 1s\nkill_grace: 1s\n"), &format!("{fills}; sleep 100"))),
            ("dies", &shell(&keys, &format!("{fills}; kill -KILL $PPID; sleep 100"))),
            // it is full before it begins
            ("finds", &shell(&keys, "exit 5")),
            // and between two attempts
            ("second", &shell(&keys, &format!("if [ -e /srv/first ]; then {fills}; fi; touch /srv/first; exit 5"))),
        ],
    );
    host.sh("chmod 777 /srv; mount -t tmpfs -o size=1m,mode=777 none /var/lib/process-control-state");
    // who records the end comes when run-job's own word, if there was one, is told already
    for job in ["fills", "hangs"] {
        let late = format!(
            "[Service]\nTimeoutStopSec=20\nExecStopPost=\nExecStopPost=sleep 3\nExecStopPost=/usr/bin/run-job --finish={job}\n"
        );
        host.write(&format!("/run/systemd/system/job@{job}.service.d/late.conf"), &late);
    }
    host.sh("systemctl daemon-reload");
    for job in ["fills", "hangs", "dies", "finds", "second"] {
        host.sh("rm -f /srv/told /srv/first /var/lib/process-control-state/fill");
        if job == "finds" {
            host.sh(fills);
        }
        start(&host, job);
        host.wait_for(SOON, "word of it", || told(&host).iter().any(|line| line.starts_with("failure")));
        assert!(host.is_failed(job));
        std::thread::sleep(Duration::from_secs(4));
        let all = told(&host);
        let count = |event: &str| all.iter().filter(|line| line.starts_with(event)).count();
        assert_eq!((count("failure"), count("start")), (1, 1), "{job}: {all:?}");
        assert!(host.is_at_rest(job), "systemd starts it for ever");
    }
}

fn a_delay_grows_where_systemd_can(suite: Suite) {
    let keys = format!("{FAR}retries: 2\nretry_delay: 1s\nretry_backoff: 4s\n");
    let host = host_with(suite, &[("growing", &shell(&keys, "exit 1"))]);
    let unit = "job@growing.service";
    match suite {
        Suite::Bookworm => assert_eq!(host.property(unit, "RestartUSec"), "1.500000s", "the mean"),
        Suite::Trixie => {
            let seen = ["RestartUSec", "RestartSteps", "RestartMaxDelayUSec"].map(|name| host.property(unit, name));
            assert_eq!(seen, ["1s", "2", "4s"]);
        }
    }
    start(&host, "growing");
    let runs = wait_for_attempts(&host, "growing", 3);
    for (one, next) in runs.iter().zip(&runs[1..]) {
        let late = next.start.unwrap() - one.retry.unwrap();
        assert!((TimeDelta::zero()..TimeDelta::seconds(1)).contains(&late), "it comes when it was announced: {one:?}");
    }
    // no word of a setting that systemd does not know
    assert!(!host.journal(&["-b"]).contains("RestartSteps"));
}

fn an_attempt_that_never_comes_is_told_of(suite: Suite) {
    let kept = tempfile::Builder::new().prefix("host-").tempdir().unwrap();
    let host = Host::boot_with(suite, &["--persistent", kept.path().to_str().unwrap()]);
    host.sh("chmod 777 /srv");
    let keys = format!("{FAR}{TOLD}retries: 3\nretry_delay: 1h\n");
    host.edit(&[
        ("waits", &shell(&keys, "exit 1")),
        ("breaks", &shell(&format!("{FAR}retries: 3\nretry_delay: 4s\n"), "exit 1")),
    ]);
    start(&host, "waits");
    wait_for_attempts(&host, "waits", 1);
    // a file that breaks meanwhile ends the attempts, and the slot has failed once
    host.watch_no_files();
    start(&host, "breaks");
    wait_for_attempts(&host, "breaks", 1);
    host.write_job("breaks", "schedule: at noon\ncommand: 'true'\n");
    let broken = wait_for_attempts(&host, "breaks", 2);
    assert_eq!(broken[1].attempt, 2, "{broken:?}");
    assert_eq!(host.history("breaks").tally.failures_in_a_row, 1);
    assert_eq!(host.history("waits").tally.failure, 0);
    host.crash_and_boot();
    host.wait_for(SOON, "word of it", || told(&host).contains(&"failure 1".to_owned()));
    let history = host.history("waits");
    assert_eq!((history.tally.failure, history.tally.retries, history.runs.len()), (1, 0, 1), "{history:?}");
}

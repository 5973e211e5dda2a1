//! Every end of a run is recorded and judged, whoever brought it about.

use crate::hosts::{Host, Suite};
use crate::jobs::{FAR, SOON, host_with, on_both_suites, reason, shell};
use process_control::history::{Exit, Outcome, Run};

on_both_suites!(
    a_timeout_ends_the_whole_tree,
    a_killed_supervisor_is_recorded_and_leaves_nothing,
    a_killed_command_is_a_failure,
    what_is_told_to_end_is_stopped,
    a_command_that_exits_as_it_is_told_to_end_is_stopped,
    a_stop_that_is_ignored_is_still_a_stop,
    exit_codes_mean_what_the_job_says,
    a_job_that_is_killed_at_once_has_an_end,
);

/// It has a session of its own, and no ear for SIGTERM; its pid is in `/tmp/grandchild`.
const GRANDCHILD: &str = r#"setsid sh -c "trap : TERM; echo \$\$ >/tmp/grandchild; while :; do sleep 1; done" &"#;

fn is_gone(host: &Host, pid_file: &str) -> bool {
    !host.run(&["sh", "-ec", &format!("kill -0 $(cat {pid_file})")]).ok()
}

fn ended(host: &Host, job: &str) -> Run {
    let ended = || host.history(job).runs.pop().filter(|run| run.end.is_some());
    host.wait_for(SOON, &format!("end of {job}"), || ended().is_some());
    ended().unwrap()
}

fn a_timeout_ends_the_whole_tree(suite: Suite) {
    let limits = format!("{FAR}timeout: 2s\nkill_grace: 1s\n");
    let stubborn = shell(&limits, &format!("{GRANDCHILD} trap : TERM; while :; do sleep 1; done"));
    let list = format!("{limits}command: ['true', 'sleep 100']\n");
    let host = host_with(suite, &[("stubborn", &stubborn), ("list", &list)]);
    host.sh("systemctl start job@stubborn.service job@list.service");
    for job in ["stubborn", "list"] {
        let run = ended(&host, job);
        let end = run.end.as_ref().unwrap();
        assert_eq!(end.outcome, Outcome::Timeout, "{run:?}");
        let took = (end.at - run.start.unwrap()).num_milliseconds();
        assert!((2000..7000).contains(&took), "{took} ms");
        assert!(host.is_failed(job));
        assert_eq!(host.property(&format!("job@{job}.service"), "Result"), "timeout");
    }
    assert!(is_gone(&host, "/tmp/grandchild"));
}

fn a_killed_supervisor_is_recorded_and_leaves_nothing(suite: Suite) {
    let list = format!(
        "{FAR}kill_grace: 1s\ncommand:\n  - 'true'\n  - |-\n    sh -c '{GRANDCHILD} echo $$ >/tmp/child; sleep 100'\n"
    );
    let host = host_with(suite, &[("list", &list)]);
    host.sh("systemctl start job@list.service");
    host.wait_for(SOON, "grandchild", || host.run(&["test", "-s", "/tmp/grandchild", "-a", "-s", "/tmp/child"]).ok());
    let main = host.property("job@list.service", "MainPID");
    assert_eq!(host.sh(&format!("cat /proc/{main}/comm")), "run-job\n");
    host.sh(&format!("kill -KILL {main}"));
    let run = ended(&host, "list");
    assert_eq!((run.end.as_ref().unwrap().outcome, reason(&run)), (Outcome::Failure, "killed by SIGKILL"));
    assert!(host.is_failed("list"));
    assert!(is_gone(&host, "/tmp/child") && is_gone(&host, "/tmp/grandchild"));
}

/// systemd itself calls death by SIGPIPE a clean end.
fn a_killed_command_is_a_failure(suite: Suite) {
    let host = host_with(
        suite,
        &[("alone", &format!("{FAR}command: sleep 100\n")), ("pipe", &shell(FAR, "kill -PIPE $$; sleep 100"))],
    );
    host.sh("systemctl start job@alone.service");
    host.wait_for_start("alone", SOON);
    host.sh("kill -KILL $(systemctl show --value --property=MainPID job@alone.service)");
    let run = ended(&host, "alone");
    let end = run.end.as_ref().unwrap();
    assert_eq!((end.outcome, end.exit, reason(&run)), (Outcome::Failure, Some(Exit::Signal(9)), "killed by SIGKILL"));
    assert!(host.is_failed("alone"));

    let run = host.run_job("pipe");
    assert_eq!((run.end.as_ref().unwrap().outcome, reason(&run)), (Outcome::Failure, "killed by SIGPIPE"));
    assert!(host.is_failed("pipe"));
}

fn what_is_told_to_end_is_stopped(suite: Suite) {
    let list = format!("{FAR}command: ['true', 'sleep 100']\n");
    let alone = format!("{FAR}command: sleep 100\n");
    let host = host_with(suite, &[("alone", &alone), ("list", &list)]);
    for (job, stop) in [
        ("alone", "kill $(systemctl show --value --property=MainPID job@alone.service)"),
        ("alone", "systemctl stop job@alone.service"),
        ("list", "systemctl stop job@list.service"),
        // run-job itself is still there, and alone is told
        ("list", "kill $(systemctl show --value --property=MainPID job@list.service)"),
    ] {
        host.sh(&format!("systemctl start job@{job}.service"));
        host.wait_for_start(job, SOON);
        host.sh(stop);
        let run = ended(&host, job);
        assert_eq!((run.end.as_ref().unwrap().outcome, reason(&run)), (Outcome::Stopped, "by SIGTERM"), "{stop}");
        assert!(!host.is_failed(job), "{job} after {stop}");
    }
}

fn a_stop_that_is_ignored_is_still_a_stop(suite: Suite) {
    let deaf = shell(
        &format!("{FAR}timeout: 1h\nkill_grace: 1s\n"),
        "trap : TERM; echo >/tmp/deaf; while :; do sleep 1 || :; done",
    );
    let host = host_with(suite, &[("deaf", &deaf)]);
    host.sh("systemctl start job@deaf.service");
    host.wait_for(SOON, "trap", || host.run(&["test", "-e", "/tmp/deaf"]).ok());
    host.sh("systemctl stop job@deaf.service");
    let run = ended(&host, "deaf");
    assert_eq!(run.end.as_ref().unwrap().outcome, Outcome::Stopped, "{run:?}");
    assert_eq!(reason(&run), "killed, as it did not end when told to");
}

/// Many programs answer SIGTERM with an exit of their own.
fn a_command_that_exits_as_it_is_told_to_end_is_stopped(suite: Suite) {
    let polite = shell(FAR, "trap \"exit 143\" TERM; echo >/tmp/polite; while :; do sleep 0.1; done");
    let host = host_with(suite, &[("polite", &polite)]);
    for (stop, outcome) in [
        ("systemctl stop job@polite.service", Outcome::Stopped),
        // nobody can tell this from an end of its own
        ("kill $(systemctl show --value --property=MainPID job@polite.service)", Outcome::Failure),
    ] {
        host.sh("rm -f /tmp/polite; systemctl start job@polite.service");
        host.wait_for(SOON, "trap", || host.run(&["test", "-e", "/tmp/polite"]).ok());
        host.sh(stop);
        let run = ended(&host, "polite");
        let end = run.end.as_ref().unwrap();
        assert_eq!((end.outcome, end.exit), (outcome, Some(Exit::Code(143))), "{stop}");
    }
}

fn exit_codes_mean_what_the_job_says(suite: Suite) {
    let three = "command: sh -c 'exit 3'\n";
    let host = host_with(
        suite,
        &[
            ("three", &format!("{FAR}{three}")),
            ("fine", &format!("{FAR}success_exit_codes: [3, 5]\n{three}")),
            ("list", &format!("{FAR}success_exit_codes: 3\ncommand:\n  - sh -c 'exit 3'\n  - sh -c 'exit 4'\n")),
            ("missing", &format!("{FAR}command: no-such-program\n")),
        ],
    );
    for (job, outcome, code) in [
        ("three", Outcome::Failure, 3),
        ("fine", Outcome::Success, 3),
        ("list", Outcome::Failure, 4),
        ("missing", Outcome::Failure, 127),
    ] {
        let run = host.run_job(job);
        let end = run.end.as_ref().unwrap();
        assert_eq!((end.outcome, end.exit), (outcome, Some(Exit::Code(code))), "{job}: {run:?}");
        assert_eq!(host.is_failed(job), outcome == Outcome::Failure, "{job}");
    }
}

/// `TimeoutStopSec=` bounds the recorder too.
fn a_job_that_is_killed_at_once_has_an_end(suite: Suite) {
    let keys = format!("{FAR}kill_grace: 0s\n");
    let host = host_with(
        suite,
        &[
            ("good", &format!("{keys}command: 'true'\n")),
            ("bad", &format!("{keys}command: 'false'\n")),
            ("long", &format!("{keys}command: sleep 100\n")),
            ("late", &format!("{keys}timeout: 1s\ncommand: sleep 100\n")),
        ],
    );
    let outcome = |job: &str| ended(&host, job).end.unwrap().outcome;
    for job in ["good", "bad", "long", "late"] {
        host.run(&["systemctl", "start", &format!("job@{job}.service")]);
    }
    host.wait_for_start("long", SOON);
    let began = std::time::Instant::now();
    host.sh("systemctl stop job@long.service");
    assert!(began.elapsed().as_secs() < 8, "nobody waits for it");
    assert_eq!(outcome("good"), Outcome::Success);
    assert_eq!(outcome("bad"), Outcome::Failure);
    assert_eq!(outcome("long"), Outcome::Stopped);
    assert_eq!(outcome("late"), Outcome::Timeout);
    assert!(!host.is_failed("good") && host.is_failed("bad") && host.is_failed("late"));
}

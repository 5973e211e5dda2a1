//! An ordinary user in the group of operators: may start and stop jobs, and nothing else.

use crate::hosts::{Host, Output, Suite};
use crate::jobs::{FAR, SOON, host_with, on_both_suites};
use process_control::history::{Outcome, Trigger};

on_both_suites!(operators_start_and_stop_jobs, operators_can_do_nothing_else,);

fn with_operator(suite: Suite) -> Host {
    let host = host_with(
        suite,
        &[("tea", &format!("{FAR}command: sleep 100\n")), ("quick", &format!("{FAR}command: 'true'\n"))],
    );
    host.sh("useradd --groups process-control-operators olga; useradd fred");
    host
}

fn by(host: &Host, user: &str, command: &[&str]) -> Output {
    host.run(&[&["runuser", "-u", user, "--"], command].concat())
}

fn operators_start_and_stop_jobs(suite: Suite) {
    let host = with_operator(suite);
    assert_eq!(by(&host, "olga", &["jobctl", "start", "quick"]).status, 0);
    let run = host.wait_for_runs("quick", 1, Outcome::Success, SOON).remove(0);
    assert_eq!(run.trigger, Trigger::Manual);
    assert_eq!(by(&host, "olga", &["jobctl", "start", "tea"]).status, 0);
    host.wait_for_start("tea", SOON);
    let seen = by(&host, "fred", &["jobctl", "status", "--no-header", "--state", "running"]);
    assert!(seen.stdout.starts_with("tea "), "{seen:?}");
    assert_eq!(by(&host, "olga", &["jobctl", "stop", "tea"]).status, 0);
    host.wait_for_runs("tea", 1, Outcome::Stopped, SOON);

    let refused = by(&host, "fred", &["jobctl", "start", "quick"]);
    assert_eq!(refused.status, 77, "{refused:?}");
    assert!(refused.stderr.contains("process-control-operators"), "{refused:?}");
    assert_eq!(host.runs("quick", Outcome::Success).len(), 1);
}

fn operators_can_do_nothing_else(suite: Suite) {
    let host = with_operator(suite);
    host.sh("systemctl start systemd-journald.service");
    for refused in [
        &["systemctl", "--no-ask-password", "restart", "systemd-journald.service"][..],
        &["systemctl", "--no-ask-password", "stop", "process-control.target"],
        &["systemctl", "--no-ask-password", "stop", "job@tea.timer"],
        &["systemctl", "--no-ask-password", "daemon-reload"],
        &["systemctl", "--no-ask-password", "set-property", "job@tea.service", "MemoryMax=1G"],
        &["systemctl", "--no-ask-password", "kill", "job@tea.service"],
        &["systemd-run", "--no-ask-password", "--unit=job@x.service", "touch", "/tmp/as-root"],
        &["systemd-run", "--no-ask-password", "--unit=job-slow-start@x.service", "touch", "/tmp/as-root"],
        &["systemd-run", "--no-ask-password", "--unit=job@x\\x0ay.service", "touch", "/tmp/as-root"],
    ] {
        let done = by(&host, "olga", refused);
        assert_ne!(done.status, 0, "{refused:?}: {done:?}");
    }
    assert!(!host.run(&["test", "-e", "/tmp/as-root"]).ok());
    assert!(host.is_active("process-control.target") && host.is_active("job@tea.timer"));
}

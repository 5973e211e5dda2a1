//! An ordinary user in the group of operators: may start and stop jobs, and nothing else.

use crate::hosts::{Host, Suite};
use crate::jobs::{FAR, SOON, host_with, on_both_suites};
use process_control::history::{Outcome, Trigger};

on_both_suites!(operators_start_and_stop_jobs, operators_can_do_nothing_else,);

fn with_operator(suite: Suite) -> Host {
    let host = host_with(
        suite,
        &[("tea", &format!("{FAR}command: sleep 100\n")), ("quick", &format!("{FAR}command: 'true'\n"))],
    );
    host.people();
    host
}

fn operators_start_and_stop_jobs(suite: Suite) {
    let host = with_operator(suite);
    host.jobctl("olga", &["start", "quick"], 0);
    let run = host.wait_for_runs("quick", 1, Outcome::Success, SOON).remove(0);
    assert_eq!(run.trigger, Trigger::Manual);
    host.jobctl("olga", &["start", "tea"], 0);
    let first = host.wait_for_start("tea", SOON);
    let seen = host.jobctl("fred", &["status", "--no-header", "--state", "running"], 0);
    assert!(seen.stdout.starts_with("tea "), "{seen:?}");
    host.jobctl("olga", &["restart", "tea"], 0);
    host.wait_for(SOON, "another run", || host.history("tea").runs.last().is_some_and(|run| run.id != first.id));
    host.wait_for_runs("tea", 1, Outcome::Stopped, SOON);
    // it waits until the run has ended
    host.jobctl("olga", &["kill", "tea"], 0);
    assert_eq!(host.runs("tea", Outcome::Stopped).len(), 2);
    assert!(host.is_at_rest("tea"));
    // who did what stands beside the job's own lines, and journald knows who that was
    let noted = host.journal(&["PROCESS_CONTROL_JOB=tea", "SYSLOG_IDENTIFIER=jobctl", "_UID=1000"]);
    assert_eq!(noted, "tea: started by olga\ntea: restarted by olga\ntea: stopped by olga\n");

    for verb in ["start", "restart"] {
        let refused = host.jobctl("fred", &[verb, "quick"], 77);
        assert!(refused.stderr.contains("process-control-operators"), "{refused:?}");
    }
    assert_eq!(host.runs("quick", Outcome::Success).len(), 1);
}

fn operators_can_do_nothing_else(suite: Suite) {
    let host = with_operator(suite);
    host.write("/etc/systemd/system/sshd.service", "[Service]\nExecStart=/bin/sleep 1000\n");
    host.sh("systemctl daemon-reload; systemctl start sshd.service");
    let before = host.property("sshd.service", "InvocationID");
    for refused in [
        &["systemctl", "--no-ask-password", "restart", "sshd.service"][..],
        &["systemctl", "--no-ask-password", "stop", "sshd.service"],
        &["systemctl", "--no-ask-password", "reset-failed", "job@tea.service"],
        &["systemctl", "--no-ask-password", "restart", "systemd-journald.service"],
        &["systemctl", "--no-ask-password", "edit", "--runtime", "job@tea.service"],
        &["systemctl", "--no-ask-password", "stop", "process-control.target"],
        &["systemctl", "--no-ask-password", "stop", "job@tea.timer"],
        &["systemctl", "--no-ask-password", "daemon-reload"],
        &["systemctl", "--no-ask-password", "set-property", "job@tea.service", "MemoryMax=1G"],
        &["systemctl", "--no-ask-password", "kill", "job@tea.service"],
        &["systemd-run", "--no-ask-password", "--unit=job@x.service", "touch", "/tmp/as-root"],
        &["systemd-run", "--no-ask-password", "--unit=job-slow-start@x.service", "touch", "/tmp/as-root"],
        &["systemd-run", "--no-ask-password", "--unit=job@x\\x0ay.service", "touch", "/tmp/as-root"],
    ] {
        let done = host.by("olga", refused);
        assert_ne!(done.status, 0, "{refused:?}: {done:?}");
    }
    assert!(!host.run(&["test", "-e", "/tmp/as-root"]).ok());
    assert_eq!(host.property("sshd.service", "InvocationID"), before);
    assert!(host.is_active("process-control.target") && host.is_active("job@tea.timer"));
}

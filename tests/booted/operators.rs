//! An ordinary user in the group of operators: may start, stop and pause jobs, and nothing else.

use crate::hosts::{Host, Suite};
use crate::jobs::{FAR, SOON, host_with, on_both_suites};
use process_control::history::{Outcome, Trigger};

on_both_suites!(operators_start_and_stop_jobs, operators_can_do_nothing_else, a_tag_means_its_jobs_and_no_other,);

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
    for verb in ["stop", "restart"] {
        let refused = host.jobctl("fred", &[verb, "tea"], 77);
        assert!(refused.stderr.contains("process-control-operators"), "{refused:?}");
    }
    assert!(host.history("tea").run(&first.id).is_some_and(|run| run.end.is_none()), "it runs on");
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

/// Each is refused by polkit, and by nothing else: root may, on the same host, with the same words.
const FOR_ROOT: [&[&str]; 11] = [
    &["systemctl", "--no-ask-password", "restart", "sshd.service"],
    &["systemctl", "--no-ask-password", "stop", "sshd.service"],
    &["systemctl", "--no-ask-password", "restart", "systemd-journald.service"],
    &["systemctl", "--no-ask-password", "set-property", "job@tea.service", "MemoryMax=1G"],
    &["systemctl", "--no-ask-password", "kill", "job@tea.service"],
    &["systemctl", "--no-ask-password", "reset-failed", "job@tea.service"],
    &["systemctl", "--no-ask-password", "stop", "job@tea.timer"],
    &["systemctl", "--no-ask-password", "stop", "process-control.target"],
    &["systemctl", "--no-ask-password", "mask", "--runtime", "job@quick.service"],
    &["systemctl", "--no-ask-password", "daemon-reload"],
    &["systemd-run", "--no-ask-password", "--wait", "--unit=other.service", "touch", "/tmp/as-root"],
];

fn operators_can_do_nothing_else(suite: Suite) {
    let host = with_operator(suite);
    host.write("/etc/systemd/system/sshd.service", "[Service]\nExecStart=/bin/sleep 1000\n");
    host.sh("systemctl daemon-reload; systemctl start sshd.service");
    host.jobctl("olga", &["start", "tea"], 0);
    let run = host.wait_for_start("tea", SOON);
    let before = host.property("sshd.service", "InvocationID");
    for refused in FOR_ROOT {
        let done = host.by("olga", refused);
        assert_ne!(done.status, 0, "{suite:?}: {refused:?}: {done:?}");
        assert!(done.stderr.contains("Interactive authentication required"), "{suite:?}: {refused:?}: {done:?}");
    }
    // under the name of a job the rule may let them, and then the unit file of that name is in the way, of root too
    for unit in ["job@x.service", "job-slow-start@x.service", "job@x\\x0ay.service"] {
        let unit = format!("--unit={unit}");
        let made_up = ["systemd-run", "--no-ask-password", &unit, "touch", "/tmp/as-root"];
        let (olga, root) = (host.by("olga", &made_up), host.run(&made_up));
        let in_the_way = "was already loaded or has a fragment file";
        assert!(!root.ok() && root.stderr.contains(in_the_way), "{suite:?}: {unit}: {root:?}");
        let words = ["Interactive authentication required", in_the_way];
        assert!(!olga.ok() && words.iter().any(|words| olga.stderr.contains(words)), "{suite:?}: {unit}: {olga:?}");
    }
    assert!(!host.run(&["test", "-e", "/tmp/as-root"]).ok());
    assert_eq!(host.property("sshd.service", "InvocationID"), before);
    assert_eq!(host.property("job@tea.service", "MemoryMax"), "infinity");
    assert_eq!(host.property("job@quick.service", "UnitFileState"), "generated");
    assert!(host.is_active("process-control.target") && host.is_active("job@tea.timer"));
    assert!(host.history("tea").run(&run.id).is_some_and(|run| run.end.is_none()), "it runs on");

    for allowed in FOR_ROOT {
        let done = host.run(allowed);
        assert_eq!(done.status, 0, "{suite:?}: {allowed:?}: {done:?}");
    }
    assert!(host.run(&["test", "-e", "/tmp/as-root"]).ok());
    assert!(!host.is_active("sshd.service") && !host.is_active("process-control.target"));
    assert_eq!(host.property("job@tea.service", "MemoryMax"), "1073741824");
    assert_eq!(host.property("job@quick.service", "UnitFileState"), "masked-runtime");
    host.wait_for_runs("tea", 1, Outcome::Stopped, SOON);
}

fn a_tag_means_its_jobs_and_no_other(suite: Suite) {
    let tagged = format!("{FAR}tag: database\ncommand: sleep 100\n");
    let other = format!("{FAR}tag: web\ncommand: sleep 100\n");
    let host = host_with(suite, &[("dump", &tagged), ("vacuum", &tagged), ("other", &other)]);
    host.people();
    let of = |state: &str| {
        let seen = host.jobctl("fred", &["status", "--no-header", "--state", state], 0).stdout;
        seen.lines().filter_map(|line| Some(line.split_whitespace().next()?.to_owned())).collect::<Vec<_>>()
    };
    let tag = |verb: &str| host.jobctl("olga", &[verb, "--tag", "database", "--yes"], 0);
    tag("start");
    assert_eq!(of("running"), ["dump", "vacuum"]);
    host.jobctl("olga", &["start", "other"], 0);
    let run = host.wait_for_start("other", SOON);
    let asked = host.jobctl("olga", &["stop", "--tag", "database"], 64);
    assert!(asked.stderr.contains("--yes"), "nobody could be asked: {asked:?}");
    assert_eq!(of("running"), ["dump", "other", "vacuum"]);
    tag("restart");
    assert_eq!(["dump", "vacuum", "other"].map(|job| host.runs(job, Outcome::Stopped).len()), [1, 1, 0]);
    tag("stop");
    assert_eq!(of("running"), ["other"]);
    tag("pause");
    assert_eq!(of("paused"), ["dump", "vacuum"]);
    tag("resume");
    assert_eq!(of("paused"), Vec::<String>::new());
    let none = host.jobctl("olga", &["stop", "--tag", "data"], 66);
    assert!(none.stderr.contains("no job that is meant has the tag data"), "{none:?}");
    assert!(host.history("other").run(&run.id).is_some_and(|run| run.end.is_none()), "it runs on");
}

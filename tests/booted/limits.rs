//! What a job file asks for holds for its command.

use crate::hosts::Suite;
use crate::jobs::{FAR, SOON, host_with, on_both_suites, shell};
use process_control::history::Outcome;

on_both_suites!(limits_reach_the_unit_and_the_command, a_folder_that_is_not_there_fails_the_run);

/// The controllers are the machine's here, so those limits are read back and not felt.
fn limits_reach_the_unit_and_the_command(suite: Suite) {
    let keys = format!(
        "{FAR}timeout: 90\nkill_grace: 7s\nmemory_max: 64M\ncpu_quota: 50%\ntasks_max: 33\nnice: 7\nio_class: idle\n\
         umask: '0027'\nworking_directory: /srv\nenvironment:\n  TEA: green, with 100% water\n  HOME: /elsewhere\n"
    );
    let script = r#"touch /tmp/touched; echo "$PWD $(umask) nice $(nice) $HOME $(ionice || :)"; echo "tea $TEA""#;
    let one = shell(&keys, script);
    let list = one.replace("command: |-\n  ", "command:\n  - 'true'\n  - |-\n    ");
    let host = host_with(suite, &[("one", &one), ("list", &list)]);
    for (property, value) in [
        ("MemoryMax", "67108864"),
        ("CPUQuotaPerSecUSec", "500ms"),
        ("TasksMax", "33"),
        ("IOSchedulingClass", "3"),
        ("RuntimeMaxUSec", "1h 30min"),
        ("TimeoutStopUSec", "7s"),
        ("User", "process-control"),
        ("SourcePath", "/var/lib/process-control/one.yaml"),
    ] {
        assert_eq!(host.property("job@one.service", property), value, "{property}");
    }
    for job in ["one", "list"] {
        let run = host.run_job(job);
        assert_eq!(run.end.unwrap().outcome, Outcome::Success, "{job}");
        assert_eq!(host.sh("stat -c '%a %U' /tmp/touched; rm /tmp/touched"), "640 process-control\n");
        let said = || host.journal(&[&format!("SYSLOG_IDENTIFIER={job}")]);
        host.wait_for(SOON, "output", || said().contains("tea green, with 100% water\n"));
        assert!(said().contains("/srv 0027 nice 7 /elsewhere idle\n"), "{}", said());
    }
}

fn a_folder_that_is_not_there_fails_the_run(suite: Suite) {
    let host = host_with(suite, &[("lost", &format!("{FAR}working_directory: /no/such/folder\ncommand: 'true'\n"))]);
    let run = host.run_job("lost");
    let end = run.end.unwrap();
    assert_eq!(end.outcome, Outcome::Failure);
    assert!(end.reason.as_ref().unwrap().contains("working directory /no/such/folder"), "{end:?}");
    assert!(host.is_failed("lost"));
}

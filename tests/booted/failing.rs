//! What follows when a job fails: each failure has its own words, and a job that fails too often is paused.

use crate::hosts::{Host, Suite};
use crate::jobs::{FAR, SOON, host_with, on_both_suites, reason, shell};
use process_control::history::{Cause, Command, Outcome};

on_both_suites!(
    each_failure_has_its_own_words,
    failures_in_a_row_pause_a_job,
    an_unrecoverable_exit_code_pauses_at_once,
    a_job_that_was_paused_starts_slowly,
);

/// Runs a job by hand, whatever comes of it.
fn run(host: &Host, job: &str) {
    let before = host.history(job).tally;
    host.run(&["systemctl", "start", &format!("job@{job}.service")]);
    host.wait_for(SOON, &format!("end of {job}"), || host.history(job).tally != before);
}

fn each_failure_has_its_own_words(suite: Suite) {
    let host = host_with(
        suite,
        &[
            ("code", &shell(FAR, "exit 3")),
            ("signal", &shell(FAR, "kill -SEGV $$")),
            ("late", &format!("{FAR}timeout: 1s\ncommand: sleep 100\n")),
            ("missing", &format!("{FAR}command: /opt/no/such/program\n")),
            ("listed", &format!("{FAR}command: ['true', /opt/no/such/program]\n")),
        ],
    );
    host.people();
    let words = [
        ("code", Outcome::Failure, Some(Cause::ExitCode), "", "failure, exit 3"),
        ("signal", Outcome::Failure, Some(Cause::Signal), "killed by SIGSEGV", "failure"),
        ("late", Outcome::Timeout, None, "", "timeout"),
        ("missing", Outcome::Failure, Some(Cause::NotStarted), "command not found", "failure, not started"),
        ("listed", Outcome::Failure, Some(Cause::NotStarted), "command not found", "failure, not started"),
    ];
    for (job, outcome, cause, why, shown) in words {
        run(&host, job);
        let last = host.history(job).runs.pop().unwrap();
        let end = last.end.as_ref().unwrap();
        assert_eq!((end.outcome, end.cause), (outcome, cause), "{last:?}");
        assert!(reason(&last).contains(why), "{last:?}");
        assert!(host.is_failed(job), "{job}");
        let table = host.jobctl("fred", &["history", job], 0).stdout;
        assert!(table.contains(shown), "{table}");
        let json = host.jobctl("fred", &["history", "--json", job], 0).stdout;
        let json: serde_json::Value = serde_json::from_str(&json).unwrap();
        let expected = cause.map_or(serde_json::Value::Null, |cause| serde_json::to_value(cause).unwrap());
        assert_eq!(json["runs"][0]["cause"], expected, "{json}");
    }
    // the kernel's part in "out of memory" is the host's to have: that the limit is there is ours
    host.write_job("greedy", &format!("{FAR}memory_max: 16M\ncommand: 'true'\n"));
    host.sh("systemctl daemon-reload");
    assert_eq!(host.property("job@greedy.service", "MemoryMax"), (16 << 20).to_string());
}

fn failures_in_a_row_pause_a_job(suite: Suite) {
    let flaky = shell(&format!("{FAR}pause_after_failures: 2\n"), "test -e /tmp/well");
    let host = host_with(suite, &[("flaky", &flaky), ("other", &shell(FAR, "exit 1"))]);
    host.people();
    run(&host, "flaky");
    // a success between them begins a new row
    host.sh("touch /tmp/well");
    run(&host, "flaky");
    host.sh("rm /tmp/well");
    run(&host, "flaky");
    assert!(!host.run(&["test", "-e", "/var/lib/process-control-state/flaky.paused"]).ok());
    run(&host, "flaky");
    for _ in 0..3 {
        run(&host, "other");
    }
    let seen = host.jobctl("fred", &["status", "--no-header", "--state", "paused"], 0).stdout;
    assert!(seen.contains("flaky") && seen.contains("by process-control: 2 failures in a row"), "{seen}");
    assert_eq!(seen.lines().count(), 1, "{seen}");
    let said = host.journal(&["-u", "job@flaky.service"]);
    assert!(said.contains("flaky: paused: 2 failures in a row (the last: exit code); jobctl resume flaky"), "{said}");
    // the timer does not get through, a person does; that does not end the pause
    host.sh("touch /tmp/well");
    run(&host, "flaky");
    assert!(host.jobctl("fred", &["status", "--no-header"], 0).stdout.contains("2 failures in a row"));
    host.sh("rm /tmp/well");

    host.jobctl("fred", &["resume", "flaky"], 77);
    let said = host.jobctl("olga", &["resume", "flaky"], 0).stdout;
    assert_eq!(said, "flaky runs by its timer again\n");
    assert_eq!(host.jobctl("olga", &["resume", "flaky"], 0).stdout, "flaky was not paused\n");
    // the count has begun again
    run(&host, "flaky");
    let state = host.jobctl("fred", &["status", "--no-header", "flaky"], 0).stdout;
    assert!(!state.contains("paused"), "{state}");
    run(&host, "flaky");
    let state = host.jobctl("fred", &["status", "--no-header", "flaky"], 0).stdout;
    assert!(state.contains("2 failures in a row"), "{state}");
}

fn an_unrecoverable_exit_code_pauses_at_once(suite: Suite) {
    let often = "calendar: '*:*:0/3'\nunrecoverable_exit_codes: [64]\n";
    let host = host_with(suite, &[("wrong", &shell(often, "exit 64"))]);
    host.people();
    let skipped = host.wait_for_runs("wrong", 1, Outcome::Skipped, SOON);
    assert_eq!(reason(&skipped[0]), "paused by process-control: exit code 64, which is unrecoverable");
    assert_eq!(host.runs("wrong", Outcome::Failure).len(), 1, "it was not tried again");
    // whoever resumes it gets one more try, and the pause again
    host.jobctl("olga", &["resume", "wrong"], 0);
    host.wait_for_runs("wrong", 2, Outcome::Failure, SOON);
    let seen = host.jobctl("fred", &["status", "--json", "wrong"], 0).stdout;
    let seen: serde_json::Value = serde_json::from_str(&seen).unwrap();
    host.wait_for(SOON, "pause", || host.jobctl("fred", &["status", "--json"], 0).stdout.contains("\"automatic\""));
    assert_eq!(seen["jobs"][0]["counts"]["failure"], 2, "{seen}");
}

fn a_job_that_was_paused_starts_slowly(suite: Suite) {
    let keys = "calendar: '*:*:0/3'\npause_after_failures: 1\nslow_start: {until_successes: 2}\n\
                slow_start_command: test -e /tmp/well\n";
    let host = host_with(
        suite,
        &[("import", &shell(keys, "test -e /tmp/well")), ("plain", &format!("{FAR}command: 'true'\n"))],
    );
    host.people();
    host.wait_for_runs("import", 1, Outcome::Skipped, SOON);
    host.sh("touch /tmp/well");
    host.jobctl("olga", &["resume", "import"], 0);
    let commands = |count: usize| {
        let good = host.wait_for_runs("import", count, Outcome::Success, SOON);
        good.iter().map(|run| run.command).collect::<Vec<_>>()
    };
    assert_eq!(commands(1)[0], Command::SlowStart);
    let seen = host.jobctl("fred", &["status", "--no-header"], 0).stdout;
    let page = host.jobctl("fred", &["status", "import"], 0).stdout;
    // unless the second run was faster than we
    if host.runs("import", Outcome::Success).len() == 1 {
        assert!(seen.contains("slow start"), "{seen}");
        assert!(page.contains("slow start until 2 runs in a row have succeeded, 1 so far"), "{page}");
    }
    assert_eq!(commands(4)[..4], [Command::SlowStart, Command::SlowStart, Command::Normal, Command::Normal]);
    // on demand, and what a person starts runs as they say
    host.jobctl("olga", &["resume", "--slow-start", "plain"], 64);
    let said = host.jobctl("olga", &["resume", "--slow-start", "import"], 0).stdout;
    assert_eq!(said, "import starts slowly by its timer\n");
    let before = host.runs("import", Outcome::Success).len();
    host.wait_for(SOON, "a slow run", || {
        host.runs("import", Outcome::Success).iter().skip(before).any(|run| run.command == Command::SlowStart)
    });
}

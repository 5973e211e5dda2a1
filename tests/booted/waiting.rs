//! `jobctl start --wait` and `--follow`: what the job says, as it says it, and how it exited.

use crate::hosts::{Suite, hosts_or_skip};
use crate::jobs::{FAR, SOON, host_with, on_both_suites, shell};
use process_control::history::Outcome;
use serde_json::Value;

on_both_suites!(
    who_waits_hears_the_job_and_exits_as_it_did,
    output_comes_while_the_job_runs,
    who_may_not_read_the_journal_is_told_and_gets_the_log_file,
    what_cannot_be_started_says_so,
);

/// More than a bus takes rules from one connection, and more orders than it takes at once.
#[test]
fn hundreds_of_jobs_are_started_and_waited_for_by_one_command() {
    if !hosts_or_skip() {
        return;
    }
    let host = host_with(Suite::Trixie, &[]);
    host.people();
    host.sh(
        "cd /var/lib/process-control; for i in $(seq 600); do printf 'name: x\\ncommand: /bin/true\\n' >many-$i.yaml; done
        printf 'name: x\\ncommand: /bin/false\\n' >many-77.yaml; systemctl daemon-reload",
    );
    let done = host.jobctl("olga", &["start", "--yes", "--wait", "many-*"], 1);
    assert_eq!(done.stderr, "jobctl: many-77: failure, exit 1\n");
    let json: Value = serde_json::from_str(&host.jobctl("fred", &["status", "--json"], 0).stdout).unwrap();
    let outcomes = json["jobs"].as_array().unwrap().iter().map(|job| job["last"]["outcome"].as_str().unwrap());
    assert_eq!(outcomes.filter(|outcome| *outcome == "success").count(), 599);
}

fn who_waits_hears_the_job_and_exits_as_it_did(suite: Suite) {
    let host = host_with(
        suite,
        &[
            ("ok", &shell(FAR, "echo one; echo two >&2")),
            // without a timer, systemd forgets the unit as soon as it is over
            ("fails", &shell("", "echo oh no; exit 3")),
            ("slow", "timeout: 1s\ncommand: sleep 100\n"),
            ("killed", &shell("", "kill -9 $$")),
            ("missing", "command: /no/such/program\n"),
            ("codes", &format!("success_exit_codes: 4\n{}", shell("", "exit 4"))),
            ("nightly", "command: 'false'\nslow_start_command: echo gently\n"),
            ("many", &shell("", "seq 1 20000")),
        ],
    );
    host.people();
    for (job, status, said) in [
        ("ok", 0, "one\ntwo\n"),
        ("fails", 3, "oh no\n"),
        ("slow", 124, ""),
        ("killed", 137, ""),
        ("missing", 127, "missing: /no/such/program: command not found\n"),
        ("codes", 0, ""),
    ] {
        let ended = host.jobctl("olga", &["start", job, "--wait"], status);
        let own = |line: &&str| !line.contains(": failure") && !line.contains(": timeout");
        let shown: Vec<&str> = ended.stdout.lines().filter(own).collect();
        assert_eq!(shown, said.lines().collect::<Vec<_>>(), "{job}: {ended:?}");
    }
    host.jobctl("olga", &["start", "fails", "--follow"], 0);
    assert_eq!(host.jobctl("olga", &["start", "nightly", "--slow-start", "--wait"], 0).stdout, "gently\n");
    let many = host.jobctl("olga", &["start", "many", "--wait"], 0).stdout;
    let numbers: Vec<u32> = many.lines().map(|line| line.parse().unwrap()).collect();
    assert_eq!(numbers.len(), 20_000, "no line is lost");
    assert!(numbers.is_sorted());
    // of several the first that failed; each line says whose it is
    let several = host.jobctl("olga", &["start", "--yes", "--wait", "fails", "ok"], 3);
    let mut lines: Vec<&str> = several.stdout.lines().filter(|line| !line.contains("failure")).collect();
    lines.sort_unstable();
    assert_eq!(lines, ["fails: oh no", "ok: one", "ok: two"], "{several:?}");
}

fn output_comes_while_the_job_runs(suite: Suite) {
    let host =
        host_with(suite, &[("talks", &shell("", "echo begun; until test -e /tmp/go; do sleep 0.1; done; echo over"))]);
    host.people();
    host.sh("runuser -u olga -- jobctl start talks --wait >/tmp/said 2>&1 & echo $! >/tmp/pid");
    host.wait_for(SOON, "the first line", || host.read("/tmp/said") == "begun\n");
    // a second start finds the first run, and waits for that
    host.sh("runuser -u olga -- jobctl start talks --wait >/tmp/second 2>&1 &");
    let logs = host.sh("runuser -u olga -- timeout 5 jobctl logs talks --follow --run 1 || test $? = 124");
    assert!(logs.contains("begun"), "{logs}");
    host.sh("touch /tmp/go");
    host.wait_for(SOON, "the end", || host.read("/tmp/said") == "begun\nover\n");
    host.wait_for(SOON, "the other end", || host.read("/tmp/second").ends_with("over\n"));
    let second = host.read("/tmp/second");
    assert!(second.contains("talks is running already; no second run is started"), "{second}");
    assert_eq!(host.runs("talks", Outcome::Success).len(), 1);
}

fn who_may_not_read_the_journal_is_told_and_gets_the_log_file(suite: Suite) {
    let host = host_with(suite, &[("talks", &shell("umask: 077\n", "echo one; sleep 1; echo two"))]);
    host.people();
    let ended = host.jobctl("oskar", &["start", "talks", "--wait"], 0);
    assert!(ended.stderr.contains("members of the group systemd-journal may"), "{ended:?}");
    assert_eq!(ended.stdout, "");
    let refused = host.jobctl("oskar", &["logs", "talks"], 77);
    assert!(refused.stderr.contains("no output_directory is configured"), "{refused:?}");

    host.write("/etc/process-control.yaml", "output_directory: /var/log/process-control\n");
    let ended = host.jobctl("oskar", &["start", "talks", "--wait"], 0);
    let texts: Vec<&str> = ended.stdout.lines().filter_map(|line| line.split('\t').nth(2)).collect();
    assert_eq!(texts.iter().filter(|text| ["one", "two"].contains(text)).count(), 2, "{ended:?}");
    let logs = host.jobctl("oskar", &["logs", "talks"], 0);
    assert!(logs.stderr.contains("so this is from /var/log/process-control"), "{logs:?}");
    assert!(logs.stdout.contains("\tINFO\ttwo\n"), "{logs:?}");
    let page = host.jobctl("oskar", &["status", "talks"], 0).stdout;
    assert!(page.contains("two"), "{page}");
    // who is no operator reads neither
    let refused = host.jobctl("fred", &["logs", "talks"], 77);
    assert!(refused.stderr.contains("Permission denied"), "{refused:?}");
}

fn what_cannot_be_started_says_so(suite: Suite) {
    let host = host_with(suite, &[("tea", "command: 'true'\n"), ("broken", "command: ''\n")]);
    host.people();
    let ended = host.jobctl("olga", &["start", "broken", "--wait"], 78);
    assert!(ended.stderr.contains("broken: its file has an error"), "{ended:?}");
    host.sh("userdel process-control");
    let ended = host.jobctl("olga", &["start", "tea"], 71);
    assert!(ended.stderr.contains("tea could not be started: systemd says exit-code, status 217"), "{ended:?}");
    let seen = host.jobctl("fred", &["status", "--no-header", "--state", "failed"], 0).stdout;
    assert!(seen.starts_with("tea "), "what never came to a run has failed too: {seen}");
}

//! What jobs say to the journal, whatever they say, as `jobctl logs` and `start --follow` show it.

use crate::hosts::Suite;
use crate::jobs::{FAR, SOON, host_with, on_both_suites, shell};

on_both_suites!(
    a_job_cannot_speak_as_systemd,
    a_huge_message_is_cut,
    a_journalctl_that_fails_is_no_empty_journal,
    lines_are_as_many_as_are_asked_for,
);

fn a_job_cannot_speak_as_systemd(suite: Suite) {
    let script = "(echo forged; sleep 0.5) | logger -t systemd; echo own; sleep 0.5; exit 3";
    let host = host_with(suite, &[("tea", &shell(FAR, script)), ("systemd", &shell(FAR, "echo mine; sleep 0.5"))]);
    host.people();
    // logger stays for a while: of a process that has ended before journald looks, it does not know the run
    let said = host.jobctl("olga", &["start", "tea", "--follow"], 0).stdout;
    assert!(said.contains("forged\n") && said.contains("own\n"), "it hides nothing: {said}");
    assert!(!said.contains("Main process exited"), "{said}");
    assert_eq!(host.jobctl("olga", &["start", "systemd", "--wait"], 0).stdout, "mine\n");
    let logs = || host.jobctl("olga", &["logs", "tea"], 0).stdout;
    host.wait_for(SOON, "log", || logs().contains("systemd: job@tea.service: Main process exited"));
    assert!(logs().contains("  forged\n"), "{}", logs());
}

fn a_huge_message_is_cut(suite: Suite) {
    // more than once: of a process that has ended before journald looks, it does not know the run
    let huge = "for try in 1 2 3 4 5 6; do head -c 10000000 /dev/zero | tr \"\\0\" \"\\377\" | sed \"s/^/MESSAGE=/\" | \
                logger --journald; sleep 0.5; done; sleep 2; echo after; sleep 1";
    let host = host_with(suite, &[("tea", &shell(FAR, huge))]);
    host.people();
    host.run_job("tea");
    // journalctl maps its files, whose size counts here
    let logs = || host.sh("runuser -u olga -- sh -c 'ulimit -v 400000; jobctl logs tea'");
    host.wait_for(SOON, "log", || logs().contains("  after\n"));
    let shown = logs();
    assert!(shown.contains("\u{fffd} [cut]\n"), "{}", shown.len());
    assert!(shown.len() < 1_400_000, "{}", shown.len());
}

fn a_journalctl_that_fails_is_no_empty_journal(suite: Suite) {
    let host = host_with(suite, &[("tea", &shell(FAR, "echo cup; sleep 0.5"))]);
    host.people();
    host.run_job("tea");
    host.write("/usr/local/bin/journalctl", "#!/bin/sh\necho Bad message >&2\necho more >&2\nexit 1\n");
    host.sh("chmod 755 /usr/local/bin/journalctl");
    for arguments in [&["logs", "tea"][..], &["logs", "tea", "--follow"]] {
        assert_eq!(host.jobctl("olga", arguments, 69).stderr, "jobctl: journalctl: Bad message\n");
    }
    let page = host.jobctl("olga", &["status", "tea"], 0).stdout;
    assert!(page.contains("no log: journalctl: Bad message\n"), "{page}");
    let started = host.jobctl("olga", &["start", "tea", "--wait"], 0);
    assert!(started.stderr.contains("cannot be shown: journalctl: Bad message"), "{started:?}");
}

fn lines_are_as_many_as_are_asked_for(suite: Suite) {
    let host = host_with(suite, &[("tea", &shell(FAR, "echo one; echo two; sleep 0.5"))]);
    host.people();
    host.run_job("tea");
    let logs = |lines: &str, status| host.jobctl("olga", &["logs", "tea", "-n", lines], status);
    host.wait_for(SOON, "log", || logs("1000000", 0).stdout.contains("two"));
    assert_eq!(logs("1", 0).stdout.lines().count(), 1);
    let none = logs("0", 0);
    assert_eq!((none.stdout.as_str(), none.stderr.as_str()), ("", ""));
    assert!(logs("99999999999", 64).stderr.contains("0..=1000000"));
    host.jobctl("olga", &["status", "tea", "-n", "99999999999"], 64);
}

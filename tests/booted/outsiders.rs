//! What people and jobs with no right to it try on others: locks, histories, markers, names.

use crate::hosts::Suite;
use crate::jobs::{FAR, SOON, host_with, on_both_suites, shell};
use process_control::history::Outcome;

on_both_suites!(
    an_ordinary_user_cannot_hold_a_job_back,
    a_forged_history_breaks_nothing,
    a_marker_that_jobs_cannot_read_pauses_for_everybody,
    names_of_no_job_leave_nothing_behind,
);

/// Whoever can open a lock file, if only for reading, can lock it.
fn an_ordinary_user_cannot_hold_a_job_back(suite: Suite) {
    let host = host_with(suite, &[("tea", &format!("{FAR}command: 'true'\n")), ("long", &shell(FAR, "sleep 60"))]);
    host.people();
    // as an older release left it
    host.sh(
        "install -o process-control -m 644 /dev/null /run/process-control/tea.lock; systemctl start job@long.service",
    );
    host.run_job("tea");
    let lock =
        |user: &str, job: &str| host.by(user, &["flock", "-n", &format!("/run/process-control/{job}.lock"), "true"]);
    for user in ["fred", "olga", "ada"] {
        for job in ["tea", "long"] {
            let tried = lock(user, job);
            assert!(tried.status == 66 && tried.stderr.contains("Permission denied"), "{user} {job}: {tried:?}");
        }
    }
    assert!(lock("process-control", "tea").ok() && lock("process-control", "long").status == 1);
    // they see all the same what runs, and who waits for a lock hides nobody
    host.sh("systemd-run -q flock /run/process-control/long.lock true");
    host.wait_for(SOON, "waiter", || host.sh("cat /proc/locks").contains("-> FLOCK"));
    let main = host.property("job@long.service", "MainPID");
    let seen = host.jobctl("fred", &["status", "--json", "long"], 0).stdout;
    let seen: serde_json::Value = serde_json::from_str(&seen).unwrap();
    assert_eq!((seen["jobs"][0]["state"].as_str(), seen["jobs"][0]["pid"].to_string()), (Some("running"), main));
}

/// Every job can write the history of every other one.
fn a_forged_history_breaks_nothing(suite: Suite) {
    let job = format!("{FAR}command: 'true'\n");
    let host = host_with(suite, &["tea", "old", "odd", "cut"].map(|name| (name, job.as_str())));
    host.people();
    let entry = |start: &str, end: &str| {
        format!(
            "history:\n- status: completed\n  time: '{start}'\n  run: {}\n  start: '{start}'\n  end: '{end}'\n  outcome: success\n",
            "a".repeat(32)
        )
    };
    let state = "/var/lib/process-control-state";
    let times =
        ["-262143-01-01 00:00:00", "+262142-12-31 23:59:59.999999", "2026-11-26 13:00:00", "9999-12-31 23:59:59"];
    for zone in ["Asia/Tokyo", "America/New_York"] {
        host.sh(&format!("ln -sf /usr/share/zoneinfo/{zone} /etc/localtime"));
        for start in times {
            for end in times {
                host.write(&format!("{state}/tea.yaml"), &entry(start, end));
                for verb in [&["timeline"][..], &["next"], &["status"], &["status", "tea"], &["history", "tea"]] {
                    host.jobctl("fred", verb, 0);
                }
            }
        }
    }
    // what is no history is said, and not taken for a job that never ran
    host.write(&format!("{state}/odd.yaml"), "history: 7\n");
    // nor is a run that a crash cut off taken for one that goes on
    let cut = entry("2026-11-26 13:00:00", "").replace("  end: ''\n  outcome: success\n", "  boot: another\n");
    host.write(&format!("{state}/cut.yaml"), &cut.replace("completed", "started"));
    let seen = host.jobctl("fred", &["status", "--no-header"], 0).stdout;
    assert!(seen.contains("history unreadable"), "{seen}");
    let line = seen.lines().find(|line| line.starts_with("cut")).unwrap();
    assert!(line.contains("failed") && line.contains("interrupted"), "{seen}");
    assert!(host.jobctl("fred", &["history", "cut"], 0).stdout.contains("interrupted"));
    let icinga = host.run(&["check-jobs-icinga"]);
    assert!(icinga.status == 2 && icinga.stdout.contains("cut"), "{icinga:?}");
}

fn a_marker_that_jobs_cannot_read_pauses_for_everybody(suite: Suite) {
    let host = host_with(suite, &[("tea", "calendar: '*:*:0/3'\ncommand: 'true'\n")]);
    host.people();
    let over = "maintenance\\nuntil: 2020-01-01T00:00:00Z\\n";
    host.sh(&format!("runuser -u olga -- sh -c 'umask 077; printf \"{over}\" >/var/lib/process-control-pauses/tea'"));
    host.wait_for_runs("tea", 1, Outcome::Skipped, SOON);
    for user in ["root", "olga", "fred"] {
        let seen = host.jobctl(user, &["status", "--no-header"], 0).stdout;
        assert!(seen.contains("by olga") && seen.contains("chmod o+r"), "{user}: {seen}");
    }
    host.sh("chmod o+r /var/lib/process-control-pauses/tea");
    host.wait_for_runs("tea", 1, Outcome::Success, SOON);
    // nobody puts words into another's mouth
    host.jobctl("oskar", &["pause", "tea", "--reason", "the kettle"], 0);
    assert!(!host.by("olga", &["sh", "-c", "echo x >/var/lib/process-control-pauses/tea"]).ok());
    host.jobctl("olga", &["pause", "tea", "--reason", "until: 2020-01-01T00:00:00Z"], 0);
    let seen = host.jobctl("fred", &["status", "--no-header"], 0).stdout;
    assert!(seen.contains("by olga: (until: 2020-01-01T00:00:00Z)"), "{seen}");
}

fn names_of_no_job_leave_nothing_behind(suite: Suite) {
    let host = host_with(suite, &[]);
    host.people();
    for number in 0..20 {
        let unit = format!("job@no-{number}.service");
        host.by("olga", &["systemctl", "--no-ask-password", "start", &unit]);
    }
    let failed = || host.sh("systemctl list-units --all --no-legend 'job@no-*'").lines().count();
    host.wait_for(SOON, "forgetting", || failed() == 0);
}

//! Pauses: by an ordinary user, without a reload, and with an end.

use crate::hosts::{Host, Suite};
use crate::jobs::{SOON, host_with, on_both_suites, reason, shell};
use chrono::{DateTime, TimeDelta, Utc};
use process_control::history::Outcome;
use process_control::sys::clock;
use std::time::Duration;

on_both_suites!(
    a_pause_holds_the_timer_back_and_nothing_else,
    a_pause_survives_a_reboot_and_ends_by_itself,
    one_slot_is_left_out,
    the_first_start_after_a_run_is_left_out,
    jobs_at_boot_are_paused_too,
);

const OFTEN: &str = "calendar: '*:*:0/3'\n";
/// Two slots of [`OFTEN`], and time for them.
const SLOTS: Duration = Duration::from_secs(15);

/// systemd has not been told of anything.
fn reloads(host: &Host) -> String {
    host.property("process-control.target", "InvocationID") + &host.journal(&["_PID=1", "--grep=Reloading"])
}

fn a_pause_holds_the_timer_back_and_nothing_else(suite: Suite) {
    let host = host_with(
        suite,
        &[("tea", &format!("{OFTEN}command: 'true'\n")), ("long", &shell(OFTEN, "sleep 6")), ("other", OFTEN)],
    );
    host.people();
    host.watch_no_files();
    host.wait_for_runs("tea", 1, Outcome::Success, SLOTS);
    host.wait_for_start("long", SLOTS);
    let before = reloads(&host);

    let refused = host.jobctl("fred", &["pause", "tea"], 77);
    assert!(refused.stderr.contains("process-control-operators"), "{refused:?}");
    let said = host.jobctl("oskar", &["pause", "--yes", "--reason", "the kettle is new", "tea", "long"], 0);
    assert!(said.stdout.contains("long is paused; its run goes on\n"), "{said:?}");
    let skipped = host.wait_for_runs("tea", 2, Outcome::Skipped, SLOTS);
    assert_eq!(reason(&skipped[1]), "paused by oskar: the kettle is new");
    // the run that went on came to its own end
    host.wait_for(SLOTS, "end", || host.history("long").runs.iter().all(|run| run.end.is_some()));
    assert!(!host.runs("long", Outcome::Success).is_empty());

    let seen = host.jobctl("fred", &["status", "--no-header", "--state", "paused"], 0).stdout;
    assert_eq!(seen.lines().filter(|line| line.contains("by oskar: the kettle is new")).count(), 2, "{seen}");
    // a start by hand is obeyed, with a word about the pause
    let ran = host.runs("tea", Outcome::Success).len();
    let warned = host.jobctl("olga", &["start", "tea", "--wait"], 0);
    assert!(warned.stderr.contains("tea is paused by oskar: the kettle is new; it runs all the same"), "{warned:?}");
    assert_eq!(host.runs("tea", Outcome::Success).len(), ran + 1);

    host.jobctl("fred", &["resume", "tea"], 77);
    host.jobctl("olga", &["resume", "tea"], 0);
    host.wait_for_runs("tea", ran + 2, Outcome::Success, SLOTS);

    // all at once, jobs that come later included
    host.jobctl("olga", &["pause", "--all", "--yes", "--reason", "move"], 0);
    host.wait_for(SLOTS, "pause of all", || {
        host.runs("tea", Outcome::Skipped).iter().any(|run| reason(run) == "paused by olga (all jobs): move")
    });
    let still = host.jobctl("olga", &["resume", "tea"], 1);
    assert!(still.stderr.contains("jobctl resume --all"), "{still:?}");
    host.jobctl("olga", &["resume", "--all"], 0);
    let ran = host.runs("tea", Outcome::Success).len();
    host.wait_for_runs("tea", ran + 1, Outcome::Success, SLOTS);
    assert_eq!(host.jobctl("fred", &["status", "--no-header", "--state", "paused"], 0).stdout.lines().count(), 1);
    assert_eq!(reloads(&host), before, "nobody reloaded systemd");
}

fn a_pause_survives_a_reboot_and_ends_by_itself(suite: Suite) {
    let kept = tempfile::tempdir().unwrap();
    let host = Host::boot_with(suite, &["--persistent", kept.path().to_str().unwrap()]);
    host.edit(&[("tea", &format!("{OFTEN}command: 'true'\n")), ("brief", &format!("{OFTEN}command: 'true'\n"))]);
    host.people();
    host.jobctl("olga", &["pause", "tea"], 0);
    let ran = host.wait_for_runs("tea", 1, Outcome::Skipped, SLOTS).len();
    host.crash_and_boot();
    host.wait_for_runs("tea", ran + 1, Outcome::Skipped, SOON);
    host.jobctl("olga", &["pause", "brief", "--until", "8s"], 0);
    let skipped = host.wait_for_runs("brief", 1, Outcome::Skipped, SLOTS);
    assert!(reason(&skipped[0]).starts_with("paused by olga until "), "{skipped:?}");
    let before = host.runs("brief", Outcome::Success).len();
    host.wait_for_runs("brief", before + 1, Outcome::Success, SOON);
    assert_eq!(host.jobctl("fred", &["status", "--no-header", "--state", "waiting"], 0).stdout.lines().count(), 1);
}

fn one_slot_is_left_out(suite: Suite) {
    let calendar = "calendar: '*:*:0/10'\ncommand: 'true'\n";
    let host = host_with(
        suite,
        &[("tea", calendar), ("every", "every: 8s\ncommand: 'true'\n"), ("hand", "command: 'true'\n")],
    );
    host.people();
    for job in ["tea", "every"] {
        // just after a run there is time until the next
        let ran = host.runs(job, Outcome::Success).len();
        host.wait_for_runs(job, ran + 1, Outcome::Success, SOON);
        let said = host.jobctl("oskar", &["skip-next", job], 0);
        assert!(said.stdout.starts_with(&format!("{job} leaves out its run of ")), "{said:?}");
        let seen = host.jobctl("fred", &["status", "--no-header", job], 0).stdout;
        let marker = host.run(&["cat", &format!("/var/lib/process-control-pauses/{job}")]);
        assert!(seen.contains("left out: "), "{said:?} {seen} {marker:?} {}", host.sh("date +%T.%N"));
        let skipped = host.wait_for_runs(job, 1, Outcome::Skipped, SOON);
        assert_eq!(reason(&skipped[0]), "left out by oskar", "{job}");
        let ran = host.runs(job, Outcome::Success).len();
        host.wait_for_runs(job, ran + 1, Outcome::Success, SOON);
        assert_eq!(host.runs(job, Outcome::Skipped).len(), 1, "{job}: one and no more");
    }
    let refused = host.jobctl("oskar", &["skip-next", "hand"], 64);
    assert!(refused.stderr.contains("no timer starts it"), "{refused:?}");
    host.jobctl("fred", &["skip-next", "tea"], 77);
}

/// Each run outlasts the next slot, which is skipped as it is; the marker is for the start after that.
fn the_first_start_after_a_run_is_left_out(suite: Suite) {
    let host = host_with(
        suite,
        &[("tea", &shell("calendar: '*:*:0/5'\n", "sleep 6")), ("every", &shell("every: 3s\n", "sleep 4"))],
    );
    host.people();
    for job in ["tea", "every"] {
        host.wait_for_runs(job, 1, Outcome::Success, SOON);
        let ran = host.runs(job, Outcome::Success).len();
        // in the moments around a run's end and start systemd and the history say different things
        host.wait_for(SOON, "run that is followed by another", || {
            let told = host.jobctl("fred", &["status", "--json", job], 0).stdout;
            let told: serde_json::Value = serde_json::from_str(&told).unwrap();
            let since = told["jobs"][0]["running_since"].as_str().and_then(|since| since.parse::<DateTime<Utc>>().ok());
            // and there must be time enough until its end
            let is_young = since.is_some_and(|since| clock::now() - since < TimeDelta::milliseconds(1500));
            is_young && !told["jobs"][0]["next"].is_null()
        });
        let said = host.jobctl("oskar", &["skip-next", job], 0).stdout;
        assert!(said.ends_with("if its present run is not over by then, the first one after it\n"), "{said}");
        let left_out = |run: &process_control::history::Run| reason(run) == "left out by oskar";
        host.wait_for(SOON, "skip", || host.runs(job, Outcome::Skipped).iter().any(left_out));
        // the run that went on has ended, and the start that its end made was skipped for its own reason
        let history = host.history(job);
        let place = history.runs.iter().position(left_out).unwrap();
        let during = reason(&history.runs[place - 1]);
        assert!(during.ends_with("came during the previous run"), "{job}: {during}: {history:?}");
        host.wait_for_runs(job, ran + 2, Outcome::Success, SOON);
        let skips = host.runs(job, Outcome::Skipped).iter().filter(|run| left_out(run)).count();
        assert_eq!(skips, 1, "{job}: one and no more: {:?}", host.history(job));
    }
}

fn jobs_at_boot_are_paused_too(suite: Suite) {
    let kept = tempfile::tempdir().unwrap();
    let host = Host::boot_with(suite, &["--persistent", kept.path().to_str().unwrap()]);
    host.edit(&[("boot", "at_boot: true\ncommand: 'true'\n"), ("other", "at_boot: true\ncommand: 'true'\n")]);
    host.people();
    host.jobctl("olga", &["pause", "boot"], 0);
    host.reboot();
    host.wait_for_runs("other", 1, Outcome::Success, SOON);
    assert_eq!(host.history("boot").runs, []);
}

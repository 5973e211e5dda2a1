//! Jobs that come after others, and jobs that must not run together.

use crate::hosts::{Host, Suite};
use crate::jobs::{FAR, SOON, host_with, on_both_suites, reason, shell};
use chrono::TimeDelta;
use process_control::history::{Outcome, Trigger};
use std::time::Duration;

on_both_suites!(
    a_job_starts_when_all_that_it_comes_after_have_succeeded,
    a_success_during_the_run_is_not_lost,
    a_pause_holds_a_job_that_comes_after_others,
    the_next_job_is_started_though_the_host_crashed,
    jobs_that_conflict_never_run_together,
    a_run_that_began_before_anybody_named_it_is_respected,
    names_and_circles_are_errors,
    no_success_is_missed,
    a_success_while_others_are_looked_for_is_not_lost,
    who_waits_for_others_holds_nobody_back,
    what_cannot_be_recorded_is_started_once,
);

fn start(host: &Host, job: &str) {
    host.run(&["systemctl", "start", "--no-block", &format!("job@{job}.service")]);
}

fn count(host: &Host, job: &str) -> usize {
    host.history(job).runs.iter().filter(|run| !run.is_skipped() && run.end.is_some()).count()
}

/// Time enough for what should not come.
fn let_pass(seconds: u64) {
    std::thread::sleep(Duration::from_secs(seconds));
}

fn a_job_starts_when_all_that_it_comes_after_have_succeeded(suite: Suite) {
    let after = |others: &str| shell(&format!("after_success: {others}\n"), "echo at last");
    let host = host_with(
        suite,
        &[
            ("first", &shell(FAR, "test ! -e /tmp/ill")),
            ("second", &shell(FAR, "true")),
            ("third", &after("[first, second]")),
            ("fourth", &after("third")),
        ],
    );
    host.people();
    let seen = || host.jobctl("fred", &["status", "--no-header", "third"], 0).stdout;
    let page = host.jobctl("fred", &["status", "third"], 0).stdout;
    assert!(page.contains("runs: after a success of first and second"), "{page}");
    assert!(page.contains("waits: for a success of first, second"), "{page}");
    host.run_job("first");
    let_pass(2);
    assert_eq!(count(&host, "third"), 0);
    let table = host.jobctl("fred", &["status", "--no-header"], 0).stdout;
    let line = table.lines().find(|line| line.starts_with("third")).unwrap();
    assert!(line.contains("waiting") && line.contains("after second") && !line.contains("first"), "{line}");
    host.run_job("second");
    host.wait_for_runs("third", 1, Outcome::Success, SOON);
    let last = &host.wait_for_runs("fourth", 1, Outcome::Success, SOON)[0];
    assert_eq!(last.trigger, Trigger::After);
    // all of it anew: a failure is no success, nor is a start that was skipped
    host.sh("touch /tmp/ill");
    host.run_job("first");
    host.run_job("second");
    let_pass(3);
    assert_eq!((count(&host, "third"), count(&host, "fourth")), (1, 1), "{}", seen());
    host.sh("rm /tmp/ill");
    host.run_job("first");
    host.wait_for_runs("fourth", 2, Outcome::Success, SOON);
    assert_eq!(host.history("third").runs.len(), 2, "nothing was skipped: {:?}", host.history("third").runs);
    // who starts it by hand gets the run, and it waits for new successes
    assert_eq!(host.run_job("third").trigger, Trigger::Manual);
    host.wait_for_runs("fourth", 3, Outcome::Success, SOON);
    let history = host.jobctl("fred", &["history", "third"], 0).stdout;
    assert!(history.contains("hand") && history.contains("success"), "{history}");
    // the regular look finds nothing to do
    assert_eq!(host.run(&["jobctl", "reload", "--if-changed"]).stdout, "");
    host.sh("rm /var/lib/process-control/fourth.yaml");
    host.run(&["jobctl", "reload"]);
    assert!(!host.sh("ls -R /run/systemd/generator").contains("fourth"));
    assert_eq!(host.run(&["jobctl", "reload", "--if-changed"]).stdout, "");
}

fn a_success_during_the_run_is_not_lost(suite: Suite) {
    let host = host_with(suite, &[("feed", &shell(FAR, "true")), ("slow", "after_success: feed\ncommand: sleep 4\n")]);
    host.run_job("feed");
    host.wait_for_start("slow", SOON);
    host.run_job("feed");
    host.run_job("feed");
    host.wait_for_runs("slow", 2, Outcome::Success, SOON);
    let_pass(3);
    assert_eq!(count(&host, "slow"), 2, "two successes during one run are one more run");
    let (one, next) = (&host.history("slow").runs[0], &host.history("slow").runs[1]);
    assert!(next.start > one.end.as_ref().map(|end| end.at), "{one:?} {next:?}");
    // many that end at once start it once
    host.write_job("wide", "after_success: [a1, a2, a3, a4, a5, a6]\ncommand: 'true'\n");
    for number in 1..=6 {
        host.write_job(&format!("a{number}"), &shell(FAR, "true"));
    }
    host.sh("systemctl daemon-reload");
    for _ in 0..3 {
        host.sh("systemctl start --no-block job@a1.service job@a2.service job@a3.service job@a4.service job@a5.service job@a6.service");
        host.wait_for(SOON, "rest", || (1..=6).all(|number| host.is_at_rest(&format!("a{number}"))));
        let_pass(2);
    }
    assert_eq!(count(&host, "wide"), 3, "{:?}", host.history("wide").runs);
}

fn a_pause_holds_a_job_that_comes_after_others(suite: Suite) {
    let host = host_with(suite, &[("feed", &shell(FAR, "true")), ("next", "after_success: feed\ncommand: 'true'\n")]);
    host.watch_no_files();
    host.run(&["jobctl", "pause", "next"]);
    host.run_job("feed");
    let_pass(2);
    assert_eq!(host.history("next").runs.len(), 0);
    let said = host.journal(&["-u", "job-after@feed.service"]);
    assert!(said.contains("next: not started: paused by root"), "{said}");
    host.run(&["jobctl", "resume", "next"]);
    host.write_job("next", "after_success: feed\ncommand: 'true'\ndisabled: true\n");
    host.run_job("feed");
    let_pass(2);
    assert_eq!(host.history("next").runs.len(), 0, "it is disabled");
    host.edit(&[("next", "after_success: feed\ncommand: 'true'\n")]);
    host.run_job("feed");
    host.wait_for_runs("next", 1, Outcome::Success, SOON);
}

fn the_next_job_is_started_though_the_host_crashed(suite: Suite) {
    let kept = tempfile::Builder::new().prefix("host-").tempdir().unwrap();
    let host = Host::boot_with(suite, &["--persistent", kept.path().to_str().unwrap()]);
    host.edit(&[("feed", &shell(FAR, "true")), ("next", "after_success: feed\ncommand: 'true'\n")]);
    host.watch_no_files();
    // the unit that would start it does not come to it
    host.write("/run/systemd/system/job-after@feed.service.d/x.conf", "[Service]\nExecStopPost=\n");
    host.sh("systemctl daemon-reload");
    host.run_job("feed");
    assert_eq!(host.history("next").runs.len(), 0);
    host.crash_and_boot();
    assert_eq!(host.wait_for_runs("next", 1, Outcome::Success, SOON)[0].trigger, Trigger::After);
    host.crash_and_boot();
    let_pass(3);
    assert_eq!(count(&host, "next"), 1);
}

fn jobs_that_conflict_never_run_together(suite: Suite) {
    // each shows by a folder that it is alone
    let alone = "mkdir /tmp/alone; sleep 2; rmdir /tmp/alone";
    let host = host_with(
        suite,
        &[
            ("backup", &shell(&format!("{FAR}conflicts: [import, export]\nlock_wait: 20s\n"), alone)),
            ("import", &shell(&format!("{FAR}lock_wait: 20s\n"), alone)),
            ("export", &shell(FAR, "sleep 1")),
            ("other", &shell(FAR, "true")),
        ],
    );
    for order in [["backup", "import"], ["import", "backup"]] {
        for job in order {
            start(&host, job);
            let_pass(1);
        }
        host.wait_for(SOON, "both", || order.iter().all(|job| host.is_at_rest(job)));
    }
    for job in ["backup", "import"] {
        assert_eq!(host.runs(job, Outcome::Success).len(), 2, "{job}: {:?}", host.history(job).runs);
    }
    // one that does not wait is skipped, though it is the other that names it
    start(&host, "backup");
    host.wait_for_start("backup", SOON);
    let skipped = host.run_job("export");
    assert_eq!(reason(&skipped), "the job backup runs, and the two must not run together");
    assert_eq!(host.run_job("other").end.unwrap().outcome, Outcome::Success);
    // two that are both named by a third may run together
    host.wait_for(SOON, "rest", || host.is_at_rest("backup"));
    start(&host, "import");
    host.wait_for_start("import", SOON);
    assert_eq!(host.run_job("export").end.unwrap().outcome, Outcome::Success);
    host.wait_for(SOON, "rest", || host.is_at_rest("import"));
    // who is not named any more is free at once
    host.write_job("backup", &shell(&format!("{FAR}conflicts: [import]\n"), alone));
    start(&host, "backup");
    host.wait_for_start("backup", SOON);
    assert_eq!(host.run_job("export").end.unwrap().outcome, Outcome::Success);
    // by hand it is the same
    let by_hand = host.as_service_user(&["run-job", "import"]);
    assert_eq!(by_hand.status, 0, "{by_hand:?}");
}

fn a_run_that_began_before_anybody_named_it_is_respected(suite: Suite) {
    let host = host_with(suite, &[("old", &format!("{FAR}command: sleep 6\n"))]);
    start(&host, "old");
    host.wait_for_start("old", SOON);
    host.write_job("new", &format!("{FAR}conflicts: old\ncommand: 'true'\n"));
    host.write_job("patient", &format!("{FAR}conflicts: old\nlock_wait: 20s\ncommand: 'true'\n"));
    host.sh("systemctl daemon-reload");
    assert_eq!(reason(&host.run_job("new")), "the job old runs, and the two must not run together");
    assert_eq!(reason(&host.run_job("new")), "the job old runs, and the two must not run together", "again");
    let run = host.run_job("patient");
    let old = host.history("old").runs.remove(0);
    // its lock is free a moment before its end is recorded
    assert!(run.start.unwrap() - old.start.unwrap() >= TimeDelta::seconds(6), "{old:?} {run:?}");
}

fn names_and_circles_are_errors(suite: Suite) {
    let host = host_with(
        suite,
        &[
            ("hen", "after_success: egg\ncommand: 'true'\n"),
            ("egg", "after_success: hen\ncommand: 'true'\n"),
            ("lost", "after_success: nobody\nconflicts: [nothing, lost]\ncommand: 'true'\n"),
            ("well", "after_success: plain\ncommand: 'true'\n"),
            ("plain", &shell(FAR, "true")),
        ],
    );
    let checked = host.run(&["jobctl", "check"]);
    assert_eq!(checked.status, 2, "{checked:?}");
    for part in [
        "after_success: the job waits for itself, and so nothing starts it: hen after egg after hen",
        "after_success: there is no such job: nobody",
        "conflicts: there is no such job: nothing",
        "conflicts: a job never runs together with itself: lost",
        "lost.yaml:2:16",
    ] {
        assert!(checked.stdout.contains(part), "{part} in\n{}", checked.stdout);
    }
    assert_eq!(host.run(&["jobctl", "check", "hen"]).status, 2);
    assert_eq!(host.run(&["jobctl", "check", "well"]).status, 0);
    // nobody runs for ever, and the others run all the same
    host.run_job("hen");
    host.run_job("plain");
    host.wait_for_runs("well", 1, Outcome::Success, SOON);
    let_pass(3);
    assert_eq!((count(&host, "hen"), count(&host, "egg")), (1, 0));
}

fn no_success_is_missed(suite: Suite) {
    let host = host_with(
        suite,
        &[
            ("feed", &shell(FAR, "test ! -e /tmp/ill")),
            ("other", &shell(FAR, "true")),
            ("both", "after_success: [feed, other]\ncommand: 'true'\n"),
            ("held", "after_success: feed\ncommand: 'true'\n"),
        ],
    );
    host.watch_no_files();
    host.run(&["jobctl", "pause", "held"]);
    host.run_job("feed");
    // the success leaves the list
    host.sh("touch /tmp/ill; for i in $(seq 22); do systemctl start job@feed.service || true; sleep 0.1; done");
    host.wait_for(SOON, "22 failures", || host.history("feed").tally.failure >= 20);
    host.run_job("other");
    host.wait_for_runs("both", 1, Outcome::Success, SOON);
    // what a pause held back comes after it, with the next look
    assert_eq!(host.history("held").runs.len(), 0);
    host.run(&["jobctl", "resume", "held"]);
    // as process-control-reload.service does every five minutes
    host.run(&["jobctl", "follow-up", "--all"]);
    host.wait_for_runs("held", 1, Outcome::Success, SOON);
    // many followers, and one more success while they are started
    host.sh("rm /tmp/ill; cd /var/lib/process-control; for i in $(seq 130); do
        printf 'name: N\\nafter_success: feed\\ncommand: \"true\"\\n' > many$i.yaml; done; systemctl daemon-reload");
    let feed = || {
        let before = host.history("feed").succeeded;
        start(&host, "feed");
        host.wait_for(SOON, "another success", || host.history("feed").succeeded > before);
    };
    feed();
    host.wait_for_runs("many9", 1, Outcome::Success, SOON * 2);
    feed();
    let done = || {
        let last = host.history("feed").succeeded.unwrap();
        (1..=130).all(|number| host.history(&format!("many{number}")).succeeded.is_some_and(|at| at > last))
    };
    host.wait_for(SOON * 4, "all of them after the last success", done);
}

/// A start of the unit that looks must not be taken for the one that looks already: with `Type=exec` half of them were.
fn a_success_while_others_are_looked_for_is_not_lost(suite: Suite) {
    let host = host_with(suite, &[("feed", &shell(FAR, "true")), ("next", "after_success: feed\ncommand: 'true'\n")]);
    host.watch_no_files();
    let long = "[Service]\nExecStopPost=sh -c 'echo >> /srv/looks; sleep 0.4'\n";
    host.write("/run/systemd/system/job-after@feed.service.d/long.conf", long);
    host.sh("systemctl daemon-reload; touch /srv/looks");
    let looks = || host.read("/srv/looks").lines().count();
    for round in 0..10 {
        for look in 1..=2 {
            host.run_job("feed");
            host.wait_for(SOON, "another look", || looks() == 2 * round + look);
        }
        host.wait_for(SOON, "rest", || !host.run(&["systemctl", "is-active", "-q", "job-after@feed.service"]).ok());
    }
}

fn who_waits_for_others_holds_nobody_back(suite: Suite) {
    let slow = |keys: &str| shell(&format!("{FAR}lock_wait: 25s\n{keys}"), "sleep 0.2");
    let host = host_with(
        suite,
        &[
            ("j0", &slow("conflicts: [ja, jb, jc]\n")),
            ("ja", &slow("")),
            ("jb", &shell(FAR, "sleep 3")),
            ("jc", &slow("conflicts: [ja]\n")),
        ],
    );
    start(&host, "jb");
    host.wait_for_start("jb", SOON);
    for job in ["j0", "ja", "jc"] {
        start(&host, job);
        let_pass(1);
    }
    let begun = std::time::Instant::now();
    host.wait_for(SOON, "rest", || ["j0", "ja", "jc"].iter().all(|job| host.is_at_rest(job)));
    assert!(begun.elapsed() < Duration::from_secs(12), "they waited for each other: {:?}", begun.elapsed());
    for job in ["j0", "ja", "jc"] {
        assert_eq!(count(&host, job), 1, "{job}: {:?}", host.history(job).runs);
    }
    // a file that is away for a moment ends no conflict of the run that goes on
    host.edit(&[("ga", &shell(&format!("{FAR}conflicts: gb\n"), "sleep 5")), ("gb", &shell(FAR, "true"))]);
    host.watch_no_files();
    start(&host, "ga");
    host.wait_for_start("ga", SOON);
    host.sh("mv /var/lib/process-control/ga.yaml /tmp/");
    assert_eq!(host.run_job("gb").end.unwrap().outcome, Outcome::Skipped);
    host.sh("mv /tmp/ga.yaml /var/lib/process-control/");
    assert_eq!(host.run_job("gb").end.unwrap().outcome, Outcome::Skipped);
    host.wait_for(SOON, "rest", || host.is_at_rest("ga"));
    assert_eq!(host.run_job("gb").end.unwrap().outcome, Outcome::Success);
}

fn what_cannot_be_recorded_is_started_once(suite: Suite) {
    let host = host_with(
        suite,
        &[("feed", &shell(FAR, "true")), ("next", &shell("after_success: feed\n", "echo >> /srv/ran; exit 1"))],
    );
    host.sh("chmod 777 /srv; mkdir /srv/own; mount --bind /var/lib/process-control-state /srv/own");
    host.watch_no_files();
    // its history is a folder that nobody can replace
    host.sh("mkdir -p /var/lib/process-control-state/next.yaml/x /var/lib/process-control-state/next.yaml.corrupt/x");
    host.run_job("feed");
    host.wait_for(SOON, "the run", || host.run(&["test", "-s", "/srv/ran"]).ok());
    let_pass(4);
    assert_eq!(host.read("/srv/ran").lines().count(), 1, "{suite:?}");
    host.run_job("feed");
    host.wait_for(SOON, "another", || host.read("/srv/ran").lines().count() == 2);
    let_pass(3);
    assert_eq!(host.read("/srv/ran").lines().count(), 2);
}

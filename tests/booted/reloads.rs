//! A reload of systemd by anybody: the timers follow the job files.

use crate::hosts::{Host, Suite};
use crate::jobs::{FAR, SOON, host_with, on_both_suites, reason};
use process_control::history::Outcome;
use std::time::Duration;

on_both_suites!(
    a_bare_reload_starts_moves_and_ends_timers,
    the_job_directory_is_watched,
    a_file_that_changes_without_end_reloads_seldom,
    a_generator_that_fails_is_told_at_once,
    the_target_owns_all_timers,
    slots_of_a_stopped_timer_are_lost_as_with_cron,
);

const OFTEN: &str = "calendar: '*:*:0/3'\ncommand: 'true'\n";

fn remove(host: &Host, job: &str) {
    host.sh(&format!("rm /var/lib/process-control/{job}.yaml"));
}

fn count(host: &Host, job: &str) -> usize {
    host.history(job).runs.len()
}

/// After more than one slot of [`OFTEN`] nothing has run any more.
fn assert_silent(host: &Host, jobs: &[&str]) {
    host.sh("sleep 0.5");
    let before: Vec<_> = jobs.iter().map(|job| count(host, job)).collect();
    // time has to pass: nothing is to happen
    host.sh("sleep 6.5");
    let after: Vec<_> = jobs.iter().map(|job| count(host, job)).collect();
    assert_eq!(before, after, "{:?}: {jobs:?} still run", host.suite);
}

fn a_bare_reload_starts_moves_and_ends_timers(suite: Suite) {
    let host = host_with(suite, &[]);
    host.watch_no_files();
    let all = ["gone", "moved", "disabled"];
    host.edit(&all.map(|job| (job, OFTEN)));
    for job in all {
        host.wait_for_runs(job, 1, Outcome::Success, SOON);
    }

    // a slot between here and the reload would find the timer, and no job
    host.sh("while [ $(($(date +%s) % 3)) != 1 ]; do sleep 0.1; done");
    remove(&host, "gone");
    let disabled = format!("{OFTEN}disabled: true\n");
    let moved = format!("{FAR}command: 'true'\n");
    host.edit(&[("moved", &moved), ("disabled", &disabled)]);
    assert_silent(&host, &all);
    assert!(host.is_active("job@moved.timer"));
    assert!(host.property("job@moved.timer", "TimersCalendar").contains("02-29 00:00:00"));
    for job in ["gone", "disabled"] {
        assert!(!host.is_active(&format!("job@{job}.timer")), "{job}");
    }
    let listed = host.sh("systemctl list-timers --all --no-legend --no-pager 'job@*'");
    assert!(!listed.contains("gone") && !listed.contains("disabled"), "{listed}");
    assert_eq!(host.sh("systemctl --failed --plain --no-legend"), "");
    // disabled is the schedule alone
    host.run_job("disabled");

    host.edit(&[("moved", OFTEN), ("disabled", OFTEN), ("gone", OFTEN)]);
    for job in all {
        let before = host.runs(job, Outcome::Success).len();
        host.wait_for_runs(job, before + 1, Outcome::Success, SOON);
    }
}

fn reloads_finished(host: &Host) -> String {
    host.sh("systemctl show --property=UnitsLoadFinishTimestampMonotonic")
}

fn the_job_directory_is_watched(suite: Suite) {
    let host = Host::boot(suite);
    let limit = Duration::from_secs(10);
    host.write_job("tea", &format!("{FAR}command: echo one\n"));
    host.wait_for(limit, "timer of a new job", || host.is_active("job@tea.timer"));
    host.wait_for(limit, "rest", || !host.is_active("process-control-reload.service"));

    // a unit holds no command
    let before = reloads_finished(&host);
    let looks = || host.journal(&["UNIT=process-control-reload.service", "JOB_RESULT=done"]).lines().count();
    let looked = looks();
    host.write_job("tea", &format!("{FAR}command: echo two\n"));
    host.wait_for(limit, "look at the edited job", || looks() > looked);
    assert_eq!(reloads_finished(&host), before);
    host.run_job("tea");
    host.wait_for(limit, "output", || host.journal(&["SYSLOG_IDENTIFIER=tea"]) == "two\n");

    for change in 0..10 {
        host.write_job(&format!("quick-{change}"), &format!("{FAR}command: 'true'\n"));
        host.write_job("tea", &format!("schedule: '0 {change} 29 2 *'\ncommand: 'true'\n"));
    }
    host.wait_for(SOON, "last of ten timers", || host.is_active("job@quick-9.timer"));
    assert!(host.is_active("process-control-jobs.path"));
    remove(&host, "tea");
    host.wait_for(limit, "end of the timer", || !host.is_active("job@tea.timer"));
    assert!(host.is_active("process-control-jobs.path"));
    assert_eq!(host.sh("systemctl --failed --plain --no-legend"), "");
}

fn a_file_that_changes_without_end_reloads_seldom(suite: Suite) {
    let host = Host::boot(suite);
    host.sh("cd /var/lib/process-control
        i=0 end=$(($(date +%s) + 10))
        while [ $(date +%s) -lt $end ]; do
            i=$((i + 1))
            printf 'name: x%d\\ncommand: \"true\"\\n' $i >.new
            mv .new storm.yaml
        done");
    let reloads = host.sh("journalctl --boot --output=cat --no-pager _PID=1 | grep -c '^Reloading\\.' || :");
    let reloads: u32 = reloads.trim().parse().unwrap();
    assert!((1..=4).contains(&reloads), "{suite:?}: {reloads} reloads in ten seconds");
    // and the last change is found all the same
    let described = || host.property("job@storm.service", "Description");
    let last = host.sh("sed -n 's/^name: //p' /var/lib/process-control/storm.yaml");
    let last = format!("job storm: {}", last.trim());
    host.wait_for(Duration::from_secs(40), "the last change", || described() == last);
}

fn a_generator_that_fails_is_told_at_once(suite: Suite) {
    let host = host_with(suite, &[("tea", FAR), ("milk", FAR)]);
    host.watch_no_files();
    let reloads = || host.sh("journalctl --boot --output=cat --no-pager _PID=1 | grep -c '^Reloading\\.' || :");
    let reload = |arguments: &[&str], status| {
        let before: u32 = reloads().trim().parse().unwrap();
        let done = host.run(arguments);
        assert_eq!(done.status, status, "{suite:?}: {done:?}");
        let after: u32 = reloads().trim().parse().unwrap();
        (done, after - before)
    };
    // one of the administrator's own hides it
    let generator = "/etc/systemd/system-generators/process-control-generator";
    host.write(generator, "#!/bin/sh\nexit 1\n");
    host.sh(&format!("chmod +x {generator}"));
    host.write_job("coffee", FAR);
    for command in [&["jobctl", "reload"][..], &["jobctl", "reload", "--if-changed"], &["cron-generate"]] {
        let (refused, reloads) = reload(command, 69);
        assert_eq!(refused.stdout, "", "nothing of it is in force");
        let words = "the generator did not write";
        assert!(refused.stderr.contains(words) && refused.stderr.lines().count() == 1, "{refused:?}");
        assert!(reloads <= 2, "{suite:?}: {reloads} reloads");
    }
    let told = host.sh("journalctl --boot | grep process-control-generator");
    assert!(told.contains("process-control-generator failed with exit status 1"), "{told}");
    host.sh(&format!("rm {generator}"));
    let (said, reloads) = reload(&["jobctl", "reload"], 0);
    assert_eq!((said.stdout.lines().count(), reloads), (3, 1), "{said:?}");
    assert_eq!(reload(&["jobctl", "reload", "--if-changed"], 0).1, 0);
}

fn the_target_owns_all_timers(suite: Suite) {
    let host = host_with(suite, &[("one", OFTEN), ("two", OFTEN)]);
    host.wait_for_runs("one", 1, Outcome::Success, SOON);
    host.sh("systemctl stop process-control.target");
    assert!(!host.is_active("job@one.timer") && !host.is_active("job@two.timer"));
    host.sh("systemctl daemon-reload");
    assert_silent(&host, &["one", "two"]);
    host.sh("systemctl start process-control.target");
    let before = host.runs("two", Outcome::Success).len();
    host.wait_for_runs("two", before + 1, Outcome::Success, SOON);
}

/// Maintenance: what would have run meanwhile does not start all at once afterwards.
fn slots_of_a_stopped_timer_are_lost_as_with_cron(suite: Suite) {
    let host = host_with(suite, &[]);
    let slot = host.sh("date -d '+8 seconds' +%T");
    let timing = format!("calendar: '{}'\ncommand: echo run\n", slot.trim());
    host.edit(&[("none", &timing), ("latest", &format!("{timing}catch_up: latest\n"))]);
    host.wait_for(SOON, "timer", || host.is_active("job@none.timer") && host.is_active("job@latest.timer"));
    host.sh("systemctl stop process-control.target");
    host.sh("sleep 12; systemctl start process-control.target");
    let skipped = host.wait_for_runs("none", 1, Outcome::Skipped, SOON).remove(0);
    assert!(reason(&skipped).ends_with("came while the timer was stopped"), "{skipped:?}");
    host.wait_for_runs("latest", 1, Outcome::Success, SOON);
    assert!(host.runs("none", Outcome::Success).is_empty());
}

//! Jobs that may not all run at once.

use crate::hosts::{Host, Suite};
use crate::jobs::{FAR, SOON, host_with, on_both_suites, reason, shell};
use chrono::{DateTime, TimeDelta, Utc};
use process_control::history::{Outcome, Run};

on_both_suites!(one_of_a_group_runs_at_a_time, a_cap_delays_runs_and_loses_none);

fn only(host: &Host, job: &str) -> Run {
    host.wait_for_runs(job, 1, Outcome::Success, SOON).remove(0)
}

/// When a run went on. Its end is recorded a moment after it, when its place is free already.
fn span(run: &Run) -> (DateTime<Utc>, DateTime<Utc>) {
    (run.start.unwrap(), run.end.as_ref().unwrap().at - TimeDelta::milliseconds(700))
}

/// Whether two runs went on at the same moment.
fn met(one: &Run, other: &Run) -> bool {
    let ((start, end), (begin, finish)) = (span(one), span(other));
    start < finish && begin < end
}

fn one_of_a_group_runs_at_a_time(suite: Suite) {
    let group = |more: &str| shell(&format!("{FAR}lock_group: kitchen\n{more}"), "sleep 3");
    // one command, and two: the place is held across an exec, and by who supervises
    let two = format!("{FAR}lock_group: kitchen\nlock_wait: 30s\ncommand: [sleep 2, 'true']\n");
    let host = host_with(
        suite,
        &[
            ("tea", &group("")),
            ("hurried", &group("")),
            ("patient", &two),
            ("elsewhere", &shell(&format!("{FAR}lock_group: hall\n"), "sleep 1")),
        ],
    );
    host.sh("systemctl start job@tea.service");
    host.wait_for_start("tea", SOON);
    host.run(&["systemctl", "start", "job@hurried.service", "job@patient.service", "job@elsewhere.service"]);
    let skipped = host.wait_for_runs("hurried", 1, Outcome::Skipped, SOON).remove(0);
    assert_eq!(reason(&skipped), "the lock group kitchen is full (1)");
    assert!(!host.is_failed("hurried"));
    // who waits does not look as if it ran
    let line = |job: &str| host.run(&["jobctl", "status", "--no-header", job]).stdout;
    let waits = line("patient");
    assert!(waits.contains("held up") && waits.contains("for tea: the lock group kitchen is full (1)"), "{waits}");
    assert!(line("tea").contains("running "), "{}", line("tea"));
    let (tea, patient, elsewhere) = (only(&host, "tea"), only(&host, "patient"), only(&host, "elsewhere"));
    assert!(!met(&tea, &patient), "{tea:?} {patient:?}");
    assert!(met(&tea, &elsewhere), "another group is no matter: {tea:?} {elsewhere:?}");
    // a killed run leaves no place taken
    host.sh("systemctl start job@tea.service; systemctl kill --signal=KILL job@tea.service");
    host.wait_for(SOON, "end", || host.is_at_rest("tea"));
    host.run(&["systemctl", "start", "job@hurried.service"]);
    only(&host, "hurried");
    // who stops one that waits has stopped it
    host.sh("systemctl start job@tea.service");
    host.wait_for(SOON, "run", || host.history("tea").last_run().is_some_and(|run| run.end.is_none()));
    host.sh("systemctl start job@patient.service; sleep 0.5; systemctl stop job@patient.service");
    host.wait_for_runs("patient", 1, Outcome::Stopped, SOON);
}

fn a_cap_delays_runs_and_loses_none(suite: Suite) {
    let host = Host::boot(suite);
    host.write("/etc/process-control.yaml", "max_running: 3\nmax_running_by_tag: {'data base': 1}\n");
    let job = |tags: &str| shell(&format!("{FAR}tags: [{tags}]\n"), "sleep 2");
    let (tagged, plain) = (job("data base"), job("other"));
    host.edit(&[("a", &tagged), ("b", &tagged), ("c", &plain), ("d", &plain), ("e", &plain)]);
    host.sh("systemctl start job@a.service job@b.service job@c.service job@d.service job@e.service");
    let runs: Vec<Run> = ["a", "b", "c", "d", "e"].iter().map(|job| only(&host, job)).collect();
    assert!(!met(&runs[0], &runs[1]), "one of a tag: {runs:?}");
    // at no start were more than three running
    let most = runs.iter().map(|run| {
        let at = run.start.unwrap();
        runs.iter().map(span).filter(|(start, end)| *start <= at && at < *end).count()
    });
    assert!(most.max().unwrap() <= 3, "{runs:?}");
}

//! An edited schedule does not fire at once, though systemd does: it reckons the new schedule from
//! the last start, and finds a slot that is over.

use crate::hosts::{Host, Suite};
use crate::jobs::{SOON, host_with, on_both_suites, reason};
use process_control::history::{Outcome, Run, Trigger};
use std::time::Duration;

on_both_suites!(an_edit_to_other_seconds_does_not_fire, an_edit_to_a_minute_that_is_over_does_not_fire,);

const COMMAND: &str = "command: sh -c 'echo ran >>/tmp/ran'\n";

fn times_run(host: &Host) -> usize {
    host.read("/tmp/ran").lines().count()
}

/// Without the skip record nobody would know that systemd fired at all.
fn the_skip(host: &Host) -> Run {
    let skipped = host.wait_for_runs("tea", 1, Outcome::Skipped, SOON).remove(0);
    assert_eq!(skipped.trigger, Trigger::Timer);
    assert!(
        reason(&skipped).ends_with("was over when the job file or the host's time zone was changed"),
        "{skipped:?}"
    );
    skipped
}

fn an_edit_to_other_seconds_does_not_fire(suite: Suite) {
    let host = host_with(suite, &[("tea", &format!("calendar: '*:*:0/30'\n{COMMAND}"))]);
    host.watch_no_files();
    host.wait_for_runs("tea", 1, Outcome::Success, Duration::from_secs(45));
    // past the slot of second 4, and well before the one of second 19
    host.sh("while s=$(($(date +%s) % 30)); [ $s -lt 6 ] || [ $s -gt 14 ]; do sleep 0.1; done");
    let before = times_run(&host);
    host.edit(&[("tea", &format!("calendar: '*:*:4/15'\n{COMMAND}"))]);
    the_skip(&host);
    assert_eq!(times_run(&host), before);
    let runs = host.wait_for_runs("tea", before + 1, Outcome::Success, SOON);
    let slot = runs[before].slot.unwrap().timestamp();
    assert_eq!(slot % 15, 4, "{runs:?}");
    assert_eq!(host.runs("tea", Outcome::Skipped).len(), 1);
}

fn an_edit_to_a_minute_that_is_over_does_not_fire(suite: Suite) {
    let host = host_with(suite, &[("tea", &format!("calendar: '*:*:50'\n{COMMAND}"))]);
    host.watch_no_files();
    host.wait_for_runs("tea", 1, Outcome::Success, Duration::from_secs(75));
    host.sh("while s=$(($(date +%s) % 60)); [ $s -lt 1 ] || [ $s -gt 40 ]; do sleep 0.1; done");
    let before = times_run(&host);
    let daily = host.sh("date '+%M %H * * *'");
    host.edit(&[("tea", &format!("schedule: '{}'\n{COMMAND}", daily.trim_end()))]);
    let skipped = the_skip(&host);
    assert_eq!(times_run(&host), before);
    let next = host.property("job@tea.timer", "NextElapseUSecRealtime");
    let tomorrow = host.sh("date -d tomorrow +%F");
    assert!(next.contains(tomorrow.trim_end()), "{next} after {skipped:?}");
}

//! Time without power: what is made up for, and what a power failure leaves of a run.

use crate::hosts::{Host, Suite};
use crate::jobs::{FAR, SOON, on_both_suites, reason};
use process_control::history::{Outcome, Trigger};
use std::thread::sleep;
use std::time::Duration;

on_both_suites!(
    only_latest_is_made_up_for_and_once,
    a_job_made_again_has_missed_nothing,
    a_power_failure_interrupts_a_run,
);

fn persistent(suite: Suite) -> (Host, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let host = Host::boot_with(suite, &["--persistent", folder.path().to_str().unwrap()]);
    (host, folder)
}

/// Every half minute, so that a slot can pass without power, and the next one is not near.
const SLOTS: &str = "calendar: '*:*:0/30'\ncommand: 'true'\n";

fn second_of_slot(host: &Host) -> u64 {
    host.sh("echo $(($(date +%s) % 30))").trim().parse().unwrap()
}

fn only_latest_is_made_up_for_and_once(suite: Suite) {
    let (host, _kept) = persistent(suite);
    let latest = format!("{SLOTS}catch_up: latest\n");
    let old = format!("{latest}catch_up_max_age: 100ms\n");
    host.edit(&[("none", SLOTS), ("latest", &latest), ("old", &old)]);
    for job in ["none", "latest", "old"] {
        host.wait_for_runs(job, 1, Outcome::Success, Duration::from_secs(45));
    }
    let missed = host.runs("latest", Outcome::Success)[0].slot.unwrap() + Duration::from_secs(30);
    host.reboot_over(missed.timestamp());
    host.wait_for_runs("latest", 2, Outcome::Success, SOON);
    let made_up = &host.runs("latest", Outcome::Success)[1];
    assert_eq!((made_up.trigger, made_up.slot), (Trigger::Timer, Some(missed)), "{made_up:?}");
    let too_old = host.wait_for_runs("old", 1, Outcome::Skipped, SOON).remove(0);
    assert!(reason(&too_old).ends_with("is older than catch_up_max_age"), "{too_old:?}");
    let second = second_of_slot(&host);
    assert!(second < 25, "the machine is too slow for this test: {second}");
    assert_eq!(host.history("none").runs.len(), 1);
    // the next slot is for both of them, and the one that was made up for is not run again
    for (job, count) in [("none", 2), ("latest", 3)] {
        let runs = host.wait_for_runs(job, count, Outcome::Success, Duration::from_secs(45));
        assert_eq!(runs[count - 1].slot, Some(missed + Duration::from_secs(30)), "{job}");
        assert_eq!(host.history(job).runs.len(), count, "{job}");
    }
}

/// systemd keeps the stamp of a timer for ever, also when its job has gone.
fn a_job_made_again_has_missed_nothing(suite: Suite) {
    let (host, _kept) = persistent(suite);
    let hourly = "schedule: '0 * * * *'\ncatch_up: latest\ncommand: 'true'\n";
    let stamp = "/var/lib/systemd/timers/stamp-job@again.timer";
    host.sh(&format!("mkdir -p /var/lib/systemd/timers; touch -d '3 hours ago' {stamp}"));
    host.edit(&[("again", hourly)]);
    let skipped = host.wait_for_runs("again", 1, Outcome::Skipped, SOON).remove(0);
    assert_eq!(skipped.trigger, Trigger::Timer);
    assert!(host.runs("again", Outcome::Success).is_empty());
    // and after a boot
    host.sh(&format!("systemctl stop job@again.timer; touch -d '3 hours ago' {stamp}"));
    host.crash_and_boot();
    host.sh("systemctl daemon-reload");
    host.wait_for(SOON, "timer", || host.is_active("job@again.timer"));
    assert!(host.runs("again", Outcome::Success).is_empty());
}

fn a_power_failure_interrupts_a_run(suite: Suite) {
    let (host, _kept) = persistent(suite);
    let tea = format!("{FAR}command: sh -c 'test -e /tmp/second || exec sleep 100'\n");
    host.edit(&[("tea", &tea)]);
    host.sh("systemctl start job@tea.service");
    let cut_off = host.wait_for_start("tea", SOON);
    host.crash_and_boot();
    let known = host.history("tea").runs.remove(0);
    assert_eq!((&known.id, &known.end), (&cut_off.id, &None));
    host.sh("touch /tmp/second");
    let again = host.run_job("tea");
    assert_eq!(again.end.as_ref().unwrap().outcome, Outcome::Success);
    let known = host.history("tea").runs.remove(0);
    assert_eq!((known.id, known.end.unwrap().outcome), (cut_off.id, Outcome::Interrupted));
    assert_ne!(known.boot, again.boot);
}

impl Host {
    /// A shutdown now, and a boot soon after this second.
    fn reboot_over(&self, second: i64) {
        self.power_off();
        let after = u64::try_from(second).unwrap() + 3;
        // the machine's clock is the host's
        while std::time::SystemTime::UNIX_EPOCH.elapsed().unwrap().as_secs() < after {
            sleep(Duration::from_millis(100));
        }
        self.power_on();
    }
}

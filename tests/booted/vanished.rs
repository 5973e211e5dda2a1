//! What is left when a job's file goes: its run, its history, and names that nobody else can have.

use crate::hosts::{Host, Suite};
use crate::jobs::{FAR, SOON, host_with, on_both_suites, shell};
use process_control::history::Outcome;

on_both_suites!(
    a_run_outlives_its_job_file,
    a_timer_that_outlives_its_job_file_fails_nothing,
    no_name_of_ours_is_free_for_a_transient_unit
);

fn a_run_outlives_its_job_file(suite: Suite) {
    let tea = shell(FAR, "while ! test -e /tmp/end; do sleep 0.1; done; id -un");
    let host = host_with(suite, &[("tea", &tea)]);
    host.watch_no_files();
    host.sh("systemctl start job@tea.service");
    let run = host.wait_for_start("tea", SOON);
    host.sh("rm /var/lib/process-control/tea.yaml; systemctl daemon-reload");
    assert!(host.property("job@tea.service", "FragmentPath").ends_with("/lib/systemd/system/job@.service"));
    assert_eq!(host.property("job@tea.service", "User"), "process-control");
    assert!(host.is_active("job@tea.service"));
    host.sh("touch /tmp/end");
    let ended = host.wait_for_runs("tea", 1, Outcome::Success, SOON).remove(0);
    assert_eq!(ended.id, run.id);
    host.wait_for(SOON, "output", || host.journal(&["SYSLOG_IDENTIFIER=tea"]) == "process-control\n");
    assert_eq!(host.sh("systemctl --failed --plain --no-legend"), "");

    // a job that never was has no history either
    host.run(&["systemctl", "start", "job@never.service"]);
    host.wait_for(SOON, "diagnosis", || {
        host.journal(&["_SYSTEMD_UNIT=job@never.service"]).contains("there is no job never")
    });
    host.wait_for(SOON, "rest", || host.is_at_rest("never"));
    assert!(host.history("never").runs.is_empty());
}

/// A timer may elapse between the removal of a job and the reload that ends it.
fn a_timer_that_outlives_its_job_file_fails_nothing(suite: Suite) {
    let host = host_with(suite, &[("often", "calendar: '*:*:0/2'\ncommand: 'true'\n")]);
    host.watch_no_files();
    host.wait_for_runs("often", 1, Outcome::Success, SOON);
    host.sh("rm /var/lib/process-control/often.yaml");
    host.wait_for(SOON, "start without a file", || {
        host.journal(&["_SYSTEMD_UNIT=job@often.service"])
            .contains("not started, as /var/lib/process-control/often.yaml has gone")
    });
    assert!(!host.is_failed("often"));
}

/// Otherwise whoever may start `job@*` could start anything, as root.
fn no_name_of_ours_is_free_for_a_transient_unit(suite: Suite) {
    let host = Host::boot(suite);
    for unit in ["job@x.service", "job-slow-start@x.service", "job@x.timer", "job@x\\x2fy.service"] {
        let on_calendar: &[&str] = if unit.ends_with("timer") { &["--on-calendar=hourly"] } else { &[] };
        let asked =
            host.run(&[&["systemd-run", &format!("--unit={unit}")], on_calendar, &["touch", "/tmp/as-root"]].concat());
        assert_eq!(asked.status, 1, "{unit}: {asked:?}");
        assert!(asked.stderr.contains("was already loaded or has a fragment file"), "{unit}: {asked:?}");
    }
    assert!(!host.run(&["test", "-e", "/tmp/as-root"]).ok());
}

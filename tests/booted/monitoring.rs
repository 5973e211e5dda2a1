//! Monitoring: a file of metrics that is fresh after each run, and Icinga's view.

use crate::hosts::{Host, Suite};
use crate::jobs::{FAR, SOON, on_both_suites, shell};

on_both_suites!(
    metrics_are_fresh_after_each_run_without_a_timer,
    an_invalid_job_is_as_loud_as_a_failed_one,
    what_is_late_is_a_warning
);

const FILE: &str = "/var/lib/metrics/process-control.prom";

fn metrics_are_fresh_after_each_run_without_a_timer(suite: Suite) {
    let host = Host::boot(suite);
    host.people();
    host.sh("mkdir -m 755 /var/lib/metrics");
    host.write("/etc/process-control.yaml", &format!("metrics_file: {FILE}\n"));
    host.edit(&[("tea", &shell(FAR, "test -e /tmp/well")), ("bad", "schedule: x\ncommand: 'true'\n")]);
    let has = |line: &str| host.run(&["grep", "-qxF", line, FILE]).ok();
    host.run_job("tea");
    host.wait_for(SOON, "metrics of a failure", || has("process_control_job_last_run_success{job=\"tea\"} 0"));
    assert!(has("process_control_job_runs_total{job=\"tea\",outcome=\"failure\"} 1"));
    assert!(has("process_control_job_invalid{job=\"bad\"} 1"));
    host.sh("touch /tmp/well");
    host.run_job("tea");
    host.wait_for(SOON, "metrics of a success", || has("process_control_job_last_run_success{job=\"tea\"} 1"));
    assert!(has("process_control_job_runs_total{job=\"tea\",outcome=\"success\"} 1"));
    // everybody may read it, and ask for it
    assert_eq!(host.by("fred", &["cat", FILE]).stdout, host.jobctl("fred", &["metrics"], 0).stdout);
    assert!(host.sh("systemctl list-timers --all --no-legend").lines().all(|line| !line.contains("metrics")));
}

fn an_invalid_job_is_as_loud_as_a_failed_one(suite: Suite) {
    let host = Host::boot(suite);
    host.edit(&[("good", &format!("{FAR}command: 'true'\n"))]);
    host.run_job("good");
    assert_eq!(host.run(&["check-jobs-icinga"]).stdout, "JOBS OK\n");
    host.edit(&[
        ("typo", "schedul: '0 0 * * *'\ncommand: 'true'\nschedule: 99 * * * *\n"),
        ("bad", &shell(FAR, "exit 3")),
    ]);
    host.run_job("bad");
    let told = host.run(&["check-jobs-icinga"]);
    assert_eq!((told.status, told.stdout.as_str()), (2, "FAILING JOBS: bad; INVALID JOBS: typo\n"));
    let details = host.run(&["check-jobs-icinga", "--details"]);
    assert_eq!(details.status, 2);
    let lines: Vec<&str> = details.stdout.lines().collect();
    assert!(lines[0].starts_with("FAILING JOBS: bad; INVALID JOBS: typo | jobs=3 failing=1 invalid=1 "), "{lines:?}");
    assert!(lines[1].starts_with("bad: failure, exit 3, ") && lines[2].starts_with("typo: invalid: "), "{lines:?}");
    assert_eq!(host.run(&["check-jobs-icinga", "--no-such"]).status, 3, "2 would be an alarm");
}

fn what_is_late_is_a_warning(suite: Suite) {
    let host = Host::boot(suite);
    host.people();
    let often = "calendar: '*:*:0/3'\nlate_after: 4s\ncommand: 'true'\n";
    host.edit(&[
        ("tea", often),
        ("held", often),
        ("long", &shell(&format!("{FAR}expected_duration: 1s\n"), "sleep 100")),
    ]);
    host.wait_for(SOON, "run", || !host.history("tea").runs.is_empty() && !host.history("held").runs.is_empty());
    assert_eq!(host.run(&["check-jobs-icinga"]).stdout, "JOBS OK\n");
    host.sh("systemctl start job@long.service");
    host.jobctl("olga", &["pause", "held"], 0);
    // what should start it does not run, and nobody notices
    host.sh("systemctl stop process-control.target");
    let icinga = || host.run(&["check-jobs-icinga", "--details"]);
    host.wait_for(SOON, "two that are late", || icinga().stdout.starts_with("LATE JOBS: long, tea | "));
    let told = icinga();
    assert_eq!(told.status, 1, "{told:?}");
    let lines: Vec<&str> = told.stdout.lines().skip(1).collect();
    assert!(
        lines[0].starts_with("long: late: it runs ") && lines[1].starts_with("tea: late: its start of "),
        "{lines:?}"
    );
    let table = host.jobctl("fred", &["status", "--no-header"], 0).stdout;
    assert!(table.contains(", long") && table.contains("did not come"), "{table}");
    assert!(host.jobctl("fred", &["metrics"], 0).stdout.contains("process_control_job_late{job=\"tea\"} 1\n"));
    // and all is well again
    host.sh("systemctl stop job@long.service; systemctl start process-control.target");
    host.wait_for(SOON, "quiet", || !icinga().stdout.contains("LATE"));
}

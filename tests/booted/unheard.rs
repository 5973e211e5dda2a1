//! What would else go unheard: notices that nobody takes, and a host whose service user is gone.

use crate::hosts::{Host, Suite};
use crate::jobs::{FAR, SOON, host_with, on_both_suites, shell};

on_both_suites!(
    notices_that_wait_are_seen,
    what_comes_while_metrics_are_written_is_in_them,
    a_service_user_that_is_gone_is_loud
);

const LATER: &str = "/var/lib/process-control-notices/later";
const METRICS: &str = "/var/lib/metrics/process-control.prom";

fn notices_that_wait_are_seen(suite: Suite) {
    let host = Host::boot(suite);
    host.people();
    host.sh("mkdir -m 755 /var/lib/metrics");
    host.write("/etc/process-control.yaml", &format!("metrics_file: {METRICS}\n"));
    let told = "on_failure: {webhook: 'http://127.0.0.1:8080/nobody'}\n";
    host.edit(&[("tea", &shell(&format!("{FAR}{told}"), "exit 1"))]);
    host.run_job("tea");
    host.wait_for(SOON, "a notice that waits", || host.sh(&format!("ls {LATER}")).lines().count() == 1);
    // by itself, with no run after it
    let has = |line: &str| host.run(&["grep", "-q", line, METRICS]).ok();
    host.wait_for(SOON, "metrics", || has("^process_control_notices_waiting 1$"));
    let icinga = || host.by("fred", &["check-jobs-icinga"]);
    assert_eq!(icinga().stdout, "FAILING JOBS: tea\n", "it may still come");
    // twenty minutes later
    host.sh(&format!(
        "cd {LATER}; name=$(ls); mv $name $(printf %020d $(expr ${{name%%-*}} - 1200000000))-${{name#*-}}; ln -s /etc/passwd x.json"
    ));
    let line = icinga().stdout;
    assert!(line.starts_with("FAILING JOBS: tea; UNTOLD: 1 notice waits since 20"), "{line}");
    let said = host.jobctl("fred", &["status"], 0);
    assert!(said.stderr.starts_with("jobctl: 1 notice waits since 20"), "{said:?}");
    assert_eq!(host.jobctl("fred", &["status", "--no-header"], 0).stderr, "");
    assert_eq!(host.jobctl("fred", &["status", "--json"], 0).stderr, "");
    let metrics = host.jobctl("fred", &["metrics"], 0).stdout;
    assert!(metrics.contains("process_control_notices_waiting 1\n"), "{metrics}");
    assert!(metrics.contains("process_control_notices_oldest_timestamp_seconds "), "{metrics}");
    // nobody reads more than that
    assert!(!host.by("fred", &["sh", "-c", &format!("cat {LATER}/0*")]).ok());
    // who may not look is told nothing
    host.sh(&format!("chmod 700 {LATER}"));
    assert_eq!(icinga().stdout, "FAILING JOBS: tea\n");
    assert_eq!(host.jobctl("fred", &["status"], 0).stderr, "");
    assert!(!host.jobctl("fred", &["metrics"], 0).stdout.contains("notices"));
}

fn what_comes_while_metrics_are_written_is_in_them(suite: Suite) {
    let host = Host::boot(suite);
    host.sh("mkdir -m 755 /var/lib/metrics");
    host.write("/etc/process-control.yaml", &format!("metrics_file: {METRICS}\n"));
    // it goes on for a while after it has read
    let long = "[Service]\nExecStopPost=touch /srv/written\nExecStopPost=sleep 2\n";
    host.write("/run/systemd/system/process-control-metrics.service.d/long.conf", long);
    host.edit(&[("tea", &format!("{FAR}command: 'true'\n"))]);
    for runs in 1..=3 {
        host.wait_for(SOON, "rest", || host.property("process-control-metrics.service", "ActiveState") == "inactive");
        host.sh("rm -f /srv/written");
        host.run_job("tea");
        host.wait_for(SOON, "metrics", || host.run(&["test", "-e", "/srv/written"]).ok());
        host.run_job("tea");
        let line = format!("^process_control_job_runs_total{{job=\"tea\",outcome=\"success\"}} {}$", runs * 2);
        host.wait_for(SOON, "the later run", || host.run(&["grep", "-q", &line, METRICS]).ok());
    }
}

fn a_service_user_that_is_gone_is_loud(suite: Suite) {
    let host = host_with(suite, &[("tea", &format!("{FAR}command: 'true'\n")), ("own", &shell(FAR, "exit 217"))]);
    host.people();
    host.run_job("tea");
    host.run_job("own");
    let own = host.jobctl("fred", &["status", "own"], 0).stdout;
    assert!(own.contains("exit 217") && !own.contains("systemd could not"), "{own}");
    host.sh("rm -f /var/lib/process-control/own.yaml; systemctl daemon-reload; userdel process-control");
    assert!(!host.run(&["systemctl", "start", "job@tea.service"]).ok());
    assert!(host.is_failed("tea"));
    let why = "the service user process-control does not exist";
    let icinga = host.by("fred", &["check-jobs-icinga"]);
    assert_eq!((icinga.status, icinga.stdout), (2, format!("NO JOB CAN RUN: {why}\n")));
    let check = host.jobctl("fred", &["check"], 0).stdout;
    assert!(check.contains(why), "{check}");
    let table = host.jobctl("fred", &["status"], 0);
    assert_eq!(table.stderr, format!("jobctl: no job can run: {why}\n"));
    assert!(table.stdout.contains("tea") && table.stdout.contains("1 failed"), "{}", table.stdout);
    let page = host.jobctl("fred", &["status", "tea"], 0).stdout;
    assert!(page.contains("state: failed\n"), "{page}");
    assert!(page.contains("why: systemd could not start it: the user is missing (217/USER)\n"), "{page}");
    // and all is well again
    host.sh("systemd-sysusers; chown process-control /var/lib/process-control-state /run/process-control");
    host.sh("chown -R process-control: /var/lib/process-control-state /run/process-control");
    host.sh("systemctl start job@tea.service");
    host.wait_for(SOON, "quiet", || host.by("fred", &["check-jobs-icinga"]).stdout == "JOBS OK\n");
}

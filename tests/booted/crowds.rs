//! Very many jobs on one host, and a bus that goes away under them.

use crate::hosts::{Host, Suite};
use crate::jobs::{FAR, SOON, host_with, on_both_suites, shell};
use crate::soak::{row, times};
use process_control::history::Outcome;
use std::time::Instant;

on_both_suites!(thousands_of_jobs_are_defined_and_one_runs, a_restart_of_the_bus_ends_no_run);

fn thousands_of_jobs_are_defined_and_one_runs(suite: Suite) {
    let count = times(1000, 10_000);
    let host = Host::boot(suite);
    host.watch_no_files();
    host.sh(&format!(
        "cd /var/lib/process-control; for i in $(seq {count}); do
            printf 'name: N\\nschedule: %d %d * * *\\ncommand: \"true\"\\n' $((i % 60)) $((i % 24)) > job$i.yaml; done"
    ));
    host.write_job("one", &shell(FAR, "true"));
    let took = |command: &str| {
        let begun = Instant::now();
        host.sh(command);
        begun.elapsed().as_secs_f64()
    };
    host.sh("timeout 600 systemctl daemon-reload");
    let timers = || host.sh("systemctl list-units --no-legend --state=active 'job@*.timer' | wc -l").trim().to_owned();
    host.wait_for(SOON * 8, "all timers", || timers() == (count + 1).to_string());
    let reload = took("timeout 600 systemctl daemon-reload");
    let generator = took("mkdir /run/made; /usr/lib/systemd/system-generators/process-control-generator /run/made");
    assert_eq!(host.run_job("one").end.unwrap().outcome, Outcome::Success);
    let begun = Instant::now();
    let status = host.sh("jobctl status --json | grep -o '\"name\":' | wc -l");
    let seen = begun.elapsed();
    assert!(status.trim().parse::<usize>().unwrap() > count, "{status}");
    let result = format!(
        "all timers are active, one runs; generator {generator:.2} s, reload {reload:.1} s, status {:.1} s",
        seen.as_secs_f64()
    );
    row(suite, "jobs defined", count, &result);
}

fn a_restart_of_the_bus_ends_no_run(suite: Suite) {
    let host = host_with(
        suite,
        &[
            ("long", &shell(FAR, "sleep 4")),
            ("fails", &shell(&format!("{FAR}retries: 1\nretry_delay: 1s\n"), "sleep 2; exit 1")),
            ("listed", &format!("{FAR}command: ['sleep 4', 'true']\n")),
        ],
    );
    let rounds = times(1, 10);
    for round in 1..=rounds {
        for job in ["long", "fails", "listed"] {
            host.run(&["systemctl", "start", "--no-block", &format!("job@{job}.service")]);
            host.wait_for_start(job, SOON);
        }
        host.sh("systemctl restart dbus.service");
        host.wait_for_runs("long", round.min(20), Outcome::Success, SOON);
        host.wait_for_runs("listed", round.min(20), Outcome::Success, SOON);
        host.wait_for_runs("fails", (2 * round).min(20), Outcome::Failure, SOON);
        host.wait_for(SOON, "rest", || ["long", "fails", "listed"].iter().all(|job| host.is_at_rest(job)));
        // who looks, looks again
        assert!(host.run(&["jobctl", "status", "long"]).ok());
    }
    row(suite, "the bus restarted during three runs", rounds, "each goes on, is recorded, and is tried again");
}

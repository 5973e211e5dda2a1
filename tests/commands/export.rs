//! `jobctl export crontab`: text, files, exit codes.

use crate::scene::Scene;
use std::fs;

const TEMPLATE: &str = "cron_template: '{schedule} {user} {command}'\nrunner_path: /opt/run-job\nuser: olga\n";

fn configured(more: &str) -> Scene {
    Scene::new().configure(&format!("{TEMPLATE}{more}"))
}

/// What an entry says after its times and user.
fn call(scene: &Scene, job: &str) -> String {
    format!(
        "/usr/bin/env PROCESS_CONTROL_CONFIG={} /opt/run-job --job {job}",
        scene.path("process-control.yaml").display()
    )
}

#[test]
fn the_template_is_filled_for_each_job() {
    let scene = configured("")
        .job("boot", "name: B\ncommand: /bin/true\nat_boot: true\n")
        .job("off", "name: O\ncommand: /bin/true\nschedule: 1 2 * * *\ndisabled: true\n")
        .job("tea 100%", "name: T\ncommand: /bin/tea\nschedule: '*/10 * * * *'\n");
    let written = scene.call("jobctl", &["export", "crontab"]).code(0).silent();
    let (boot, tea) = (call(&scene, "boot"), call(&scene, "'tea 100\\%'"));
    let expected = format!("@reboot olga {boot}\n# Skipping disabled job off\n*/10 * * * * olga {tea}\n");
    assert_eq!(written.stdout, expected);
    // and to a file that was there
    scene.write("log/cron", "old\n");
    let made = scene.call("jobctl", &["export", "crontab", "log/cron"]).code(0);
    assert_eq!((made.stdout.as_str(), scene.text("log/cron")), ("saved as log/cron\n", expected));
    // what was written is read back
    let back = scene.call("jobctl", &["import", "crontab", "log/cron", "--user-column", "-n"]).code(0);
    assert!(back.stdout.contains("at_boot: true") && back.stdout.contains("100%"), "{back:?}");
}

#[test]
fn what_cron_does_not_know_is_said_and_no_failure() {
    let keys = "schedule: 1 2 * * *\nmemory_max: 1G\nretries: 2\nno_network: true\ncatch_up: latest\n";
    let scene = configured("").job("a", &format!("name: A\ncommand: /bin/true\nrandom_delay: 5min\n{keys}"));
    scene
        .call("jobctl", &["export", "crontab"])
        .code(0)
        .says("jobctl: a: memory_max: the limit of 1G holds in a unit of systemd alone\n")
        .says("jobctl: a: retries: a run that failed is not tried again\n")
        .says("jobctl: a: no_network: ")
        .says("jobctl: a: catch_up: ")
        .says("jobctl: a: random_delay: ");
}

#[test]
fn a_job_that_is_left_out_tells_by_the_exit_status() {
    let scene = configured("")
        .job("a", "name: A\ncommand: /bin/true\nschedule: 1 2 * * *\n")
        .job("b", "name: B\ncommand: /bin/true\ncalendar: '*:*:30'\n")
        .job("c", "name: C\ncommand: /bin/true\nevery: 5min\n")
        .job("d", "name: D\ncommand: /bin/true\nafter_success: a\n")
        .job("e", "name: E\nschedule: 1 2 * * *\n")
        .job("f", "name: F\ncommand: /bin/true\nschedule: 1 2 * * *\ntimezone: UTC\n");
    let written = scene
        .call("jobctl", &["export", "crontab"])
        .code(1)
        .says("b: calendar: cron starts nothing but at full minutes; the job is left out")
        .says("c: every: ")
        .says("d: after_success: ")
        .says("e: the file has an error")
        .says("f: timezone: it goes by UTC, and cron by the host's clock; the job is left out");
    assert!(written.stdout.starts_with(&format!("1 2 * * * olga {}\n# Left out: job b: ", call(&scene, "a"))));
}

#[test]
fn what_is_in_the_way_has_an_exit_status_of_its_own() {
    let scene = configured("");
    scene.call("jobctl", &["export"]).code(64);
    scene.call("jobctl", &["export", "anacrontab"]).code(64);
    scene.call("jobctl", &["export", "crontab", "nowhere/cron"]).code(73).says("nowhere/cron: No such file");
    let scene = scene.configure("cron_template: '{schedule} {comand}'\n");
    scene.call("jobctl", &["export", "crontab"]).code(78).says("cron_template: an unknown placeholder");
    let scene = scene.configure("");
    scene.call("jobctl", &["export", "crontab", "-"]).code(0);
    fs::remove_dir(scene.path("jobs")).unwrap();
    scene.call("jobctl", &["export", "crontab"]).code(66);
}

//! `jobctl import process-control`: what is said of the job files of the original, and exit codes.

use crate::scene::Scene;
use std::fs;

const MAIL: &str = "default_job_config:\n  failmail: {from_address: a@example.org, to_address: b@example.org}\n";
const PLAIN: &str = "name: A\ncommand: /bin/true\nschedule: 30 12 * * *\nallow_overtime: true\n";

/// With a crontab of the original's, which is not there yet.
fn original() -> Scene {
    let scene = Scene::new();
    let crontab = scene.path("cron");
    scene.configure(&format!("{MAIL}user: u\noutput_crontab: {}\ncron_template: '{{schedule}}'\n", crontab.display()))
}

fn said(scene: &Scene, code: i32) -> String {
    scene.call("jobctl", &["import", "process-control"]).code(code).stdout
}

#[test]
fn each_job_is_told_by_its_differences() {
    let scene = original()
        .job("plain", PLAIN)
        .job("nameless", &PLAIN.replace("name: A\n", ""))
        .job("keys", &format!("{PLAIN}tags: [x]\nowner: somebody\ntimeout: 5\nmemory_max: 1G\n"))
        .job("root", &PLAIN.replace("/bin/true", "[sudo /bin/true, /bin/sh -c 'date | mail x']"))
        .job("half", &format!("{PLAIN}failmail: {{to_address: c@example.org}}\n"))
        .job("night", &format!("{}timezone: Europe/Berlin\n", PLAIN.replace("30 12", "30 2")));
    let before = fs::read_dir(scene.path("jobs")).unwrap().count();
    let text = said(&scene, 0);
    for line in [
        "nameless: name: missing; the original refused the file, here the job name stands for it\n",
        "keys: tags: the original ignored it; here it is the same as tag\n",
        "keys: owner: an unknown key; the original ignored it, here jobctl check calls it an error; ",
        "keys: memory_max: the original ignored it; here it is the memory of a run",
        "keys: timeout: after 5min all its processes get SIGTERM, 30s later SIGKILL (kill_grace); ",
        "root: command: sudo may need rights that no run has by itself; ",
        "root: command: sudo is looked for in systemd's longer PATH",
        "half: failmail: default_job_config gives the address that is missing",
        "night: schedule: on ",
        " 02:30 does not exist in Europe/Berlin: no run then\n",
        "every job: systemd's timers start it, not cron",
        "\n1 of 6 jobs have no difference of their own\nnothing was written. Next:\n    jobctl check\n    jobctl reload\n",
    ] {
        assert!(text.contains(line), "{line:?} is not in\n{text}");
    }
    assert!(!text.contains("plain: "), "{text}");
    assert_eq!(fs::read_dir(scene.path("jobs")).unwrap().count(), before);
}

#[test]
fn mail_without_a_sender_is_told() {
    let scene =
        Scene::new().job("half", &format!("{PLAIN}failmail: {{to_address: c@example.org}}\n")).job("none", PLAIN);
    let scene = scene.configure("default_job_config: {nice: 5}\n");
    let text = said(&scene, 0);
    assert!(text.contains("process-control.yaml: default_job_config/nice: the original ignored it; "), "{text}");
    assert!(text.contains("half: failmail/from_address: missing; the original could not run the job"), "{text}");
    assert!(text.contains("none: failmail: none; the original could not run the job"), "{text}");
}

#[test]
fn what_cron_still_runs_is_told_with_its_line() {
    let scene = original().job("a", PLAIN).job("off", &format!("{PLAIN}disabled: true\n"));
    let text = said(&scene, 0);
    assert!(!text.contains("cron starts"), "{text}");
    let crontab = scene.path("cron");
    let crontab = crontab.display();
    let ours = "# Generated\n30 12 * * * u /usr/bin/run-job --job a\n* * * * * u run-job off\n";
    scene.write("cron", ours);
    let text = said(&scene, 1);
    for line in [
        format!("a: would run twice: cron starts it too, by {crontab}:2, until jobctl migrate\n"),
        format!("off: cron starts it, by {crontab}:3, and systemd does not\n"),
        "Next:\n    jobctl check\n    jobctl migrate --dry-run ".to_owned(),
    ] {
        assert!(text.contains(&line), "{line:?} is not in\n{text}");
    }
    scene.write("cron", &format!("{ours}@daily root /bin/true\n@daily u run-job -j gone\n"));
    let text = said(&scene, 1);
    assert!(text.contains(&format!("gone: has no job file, and cron starts it by {crontab}:5\n")), "{text}");
}

#[test]
fn the_exit_status_tells_what_is_in_the_way() {
    let scene = original().job("a", PLAIN).job("b", "name: B\nschedule: 1 2 * *\ncommand: /bin/true\n");
    let text = said(&scene, 1);
    assert!(text.contains("b: does not run here, nor stop the others: 2:11: schedule: "), "{text}");
    assert!(text.contains("    jobctl edit NAME"), "{text}");
    for more in [&["x"][..], &["--system"], &["--enable"], &["--user-column"], &["--any-user"], &["-n"]] {
        let code = if more == ["-n"] { 1 } else { 64 };
        scene.call("jobctl", &[&["import", "process-control"], more].concat()).code(code);
    }
    scene.call("jobctl", &["import", "crontab"]).code(64).says("FILE: which crontab?");
    let scene = scene.configure("user: 7 8\n");
    scene.call("jobctl", &["import", "process-control"]).code(78).says("user: ");
    let scene = scene.configure("");
    fs::remove_dir_all(scene.path("jobs")).unwrap();
    scene.call("jobctl", &["import", "process-control"]).code(66);
}

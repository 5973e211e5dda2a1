//! Which job files and which configuration count.

use super::scene::{Ended, Scene};
use std::fs;
use std::os::unix::fs::{PermissionsExt, chown};
use std::process::Command;

#[track_caller]
fn refused(text: &str, words: &str) {
    Scene::new().job("a", text).run(&["a"]).code(78).says(words);
}

/// The original refused a job without a name; its file name will do.
#[test]
fn config_missing_fields() {
    Scene::new().job("a", "command: /bin/true\n").run(&["a"]).code(0).says("name: missing");
    refused("name: A\n", "command: missing");
}

#[test]
fn config_schedule_atsign() {
    refused("name: A\ncommand: /bin/true\nschedule: '@daily root a b c'\n", "short forms are not read here");
}

#[test]
fn config_schedule_assign() {
    refused("name: A\ncommand: /bin/true\nschedule: USER=root a b c d\n", "a schedule holds no `=`");
}

#[test]
fn config_schedule_invalid() {
    refused("name: A\ncommand: /bin/true\nschedule: '*/5 * * *'\n", "the schedule has 4 of five fields");
}

#[test]
fn config_schedule_good() {
    let job = Scene::new().job("a", "name: A\ncommand: /bin/true\nschedule: '*/5 * * * *'\n");
    job.run(&["a"]).code(0).silent();
}

#[test]
fn config_defaults() {
    let defaults = "default_job_config:\n  environment: {A: default}\n  timeout: 0.005\n";
    let scene = Scene::new().configure(defaults).job("a", "name: A\ncommand: sh -c 'echo $A; exec sleep 10'\n");
    assert_eq!(scene.run(&["a"]).code(124).stdout, "default\n");
    let scene = scene.job("a", "name: A\ncommand: sh -c 'echo \"$A$B\"'\nenvironment: {B: own}\ntimeout: 1\n");
    assert_eq!(scene.run(&["a"]).code(0).stdout, "own\n");
}

/// Nobody wants to read of them at every run.
#[test]
fn what_has_no_meaning_any_more_is_said_by_check_alone() {
    let leftovers = "cron_template: '{schedule}'\noutput_crontab: /nowhere\nlogging: {version: 1}\n";
    let scene = Scene::new().configure(leftovers).job("a", "name: A\ncommand: /bin/true\n");
    scene.run(&["a"]).code(0).silent();
    scene.call("generator", &[scene.path("log").to_str().unwrap()]).code(0).silent();
    scene.call("jobctl", &["show", "a"]).code(0).silent();
    let said = scene.call("jobctl", &["check"]).code(0).stdout;
    assert_eq!(said.matches("has no meaning any more").count(), 1, "{said}");
}

/// Each write was a change in a folder that is watched, and so caused the next.
#[test]
fn a_metrics_file_in_a_folder_that_is_watched_is_refused() {
    let scene = Scene::new();
    let (state, notices) = (scene.path("state"), scene.path("notices"));
    let (state, notices) = (state.display(), notices.display());
    let mut scene = scene.job("a", "name: A\ncommand: /bin/true\n");
    for (file, key, folder) in [
        (format!("{state}/it.prom"), "state_directory", &state),
        (format!("{state}//deep/it.prom"), "state_directory", &state),
        (format!("{notices}/it.prom"), "notice_directory", &notices),
        (format!("{notices}/later/it.prom"), "notice_directory", &notices),
    ] {
        // whichever key comes first
        scene = scene.configure(&format!("metrics_file: {file}\nnotice_directory: {notices}\n"));
        let words = format!("metrics_file: it would be written anew for ever, as each change in `{key}` writes it");
        let refused = scene.run(&["a"]).code(78).says(&words);
        assert!(refused.stderr.contains(&format!("a file outside {folder}")), "{refused:?}");
    }
    // a name that only begins alike
    scene = scene.configure(&format!("metrics_file: {state}-metrics/it.prom\nnotice_directory: {notices}\n"));
    scene.run(&["a"]).code(0).silent();
}

#[test]
fn an_unknown_key_costs_only_itself() {
    let job = Scene::new().job("a", "name: A\ncommand: /bin/true\ntimeuot: 5\n");
    job.run(&["a"]).code(0).says("did you mean timeout?");
}

/// Every program refuses a configuration that somebody else could have written, in one line.
#[track_caller]
fn configuration_refused(scene: &Scene, words: &str) {
    fs::create_dir_all(scene.path("units")).unwrap();
    let units = scene.path("units");
    let ended = scene.run(&["a"]).code(78).says(words);
    assert_eq!(ended.stderr.lines().count(), 1, "{ended:?}");
    scene.call("generator", &[units.to_str().unwrap()]).code(1).says(words);
    assert_eq!(fs::read_dir(&units).unwrap().count(), 0, "nothing is written");
    scene.call("jobctl", &["show", "a"]).code(78).says(words);
    assert_eq!(scene.call("jobctl", &["check"]).code(2).stdout.matches(words).count(), 1);
}

#[test]
fn a_configuration_that_others_can_write_is_refused() {
    for mode in [0o664, 0o646, 0o666] {
        let scene = Scene::new().job("a", "name: A\ncommand: /bin/true\n");
        fs::set_permissions(scene.path("process-control.yaml"), fs::Permissions::from_mode(mode)).unwrap();
        configuration_refused(&scene, "only its owner may write it");
    }
}

#[test]
fn a_configuration_of_somebody_else_is_refused() {
    if Scene::is_root() {
        let scene = Scene::new().job("a", "name: A\ncommand: /bin/true\n");
        chown(scene.path("process-control.yaml"), Some(1), None).unwrap();
        configuration_refused(&scene, "it must belong to root or to you");
    }
}

#[test]
fn a_configuration_that_is_no_file_is_refused() {
    let scene = Scene::new();
    fs::remove_file(scene.path("process-control.yaml")).unwrap();
    configuration_refused(&scene, "cannot be read: No such file or directory");
    assert!(Command::new("mkfifo").arg(scene.path("process-control.yaml")).status().unwrap().success());
    configuration_refused(&scene, "is no regular file");
    fs::remove_file(scene.path("process-control.yaml")).unwrap();
    fs::create_dir(scene.path("process-control.yaml")).unwrap();
    configuration_refused(&scene, "is no regular file");
}

#[test]
fn a_relative_configuration_is_refused() {
    let scene = Scene::new().job("a", "name: A\ncommand: /bin/true\n");
    for path in ["process-control.yaml", "./process-control.yaml", "/tmp/../etc/passwd"] {
        let mut command = scene.command("run-job", &["a"]);
        Ended::of(command.env("PROCESS_CONTROL_CONFIG", path))
            .code(78)
            .says("PROCESS_CONTROL_CONFIG is no absolute path");
    }
}

#[test]
fn a_configuration_with_an_error_runs_nothing() {
    for (text, words) in [
        ("user: a b\n", "this is no user"),
        ("run_directory: run\n", "this is no absolute path"),
        ("ceilings: {memory: 1G}\n", "an unknown key"),
        ("allow_root: perhaps\n", "allow_root: this is text"),
        ("default_job_config: {timeout: ten}\n", "default_job_config/timeout"),
        ("default_job_config:\n\ttimeout: 1\n", "a tab in the indentation"),
    ] {
        let scene = Scene::new().job("a", "name: A\ncommand: /bin/true\n");
        let text = if text.starts_with("run") { format!("user: {}\n{text}", scene.uid) } else { text.to_owned() };
        scene.write("process-control.yaml", &text);
        scene.run(&["a"]).code(78).says(words);
        let folder = scene.path("log");
        scene.call("generator", &[folder.to_str().unwrap()]).code(1).says(words).says("no job is scheduled");
        assert_eq!(fs::read_dir(&folder).unwrap().count(), 0, "nothing is written");
    }
}

//! A run that is killed between the things that it writes down, and a disk that fails there: strace(1) does both at a call
//! that it counts.

use super::scene::{Ended, Scene};
use super::tools::there_or_skip;
use super::unit::{call_below, finish};
use std::fs;
use std::os::unix::fs::{PermissionsExt, chown};
use std::process::Command;

const TOLD: &str = "on_failure: [/bin/true, {webhook: 'http://127.0.0.1:1/'}]\n";
const RENAME: &str = "rename,renameat,renameat2";

/// A job that fails, and those who are told of it.
fn job(more: &str) -> Scene {
    let scene = Scene::new();
    let log = scene.path("log");
    let notices = scene.path("notices");
    for folder in [&notices, &notices.join("post"), &notices.join("commands")] {
        fs::create_dir(folder).unwrap();
        if Scene::is_root() {
            chown(folder, Some(scene.uid), Some(scene.uid)).unwrap();
        }
    }
    // with logs the run is supervised, and sees its own end
    let keys = format!("output_directory: {}\nnotice_directory: {}\n", log.display(), notices.display());
    scene.configure(&keys).job("a", &format!("name: A\ncommand: sh -c 'exit 3'\n{TOLD}{more}"))
}

/// Calls it as a unit does, and does something to some of its calls.
fn run(scene: &Scene, which: &[&str]) -> Ended {
    let mut strace = Command::new("strace");
    strace.args(["-o", "/dev/null"]).args(which).arg("/bin/sh");
    call_below(scene, strace, "--job=a", &[])
}

/// How many notices wait in a queue.
fn waiting(scene: &Scene, queue: &str) -> usize {
    let names = fs::read_dir(scene.path("notices").join(queue)).unwrap().map(|entry| entry.unwrap().file_name());
    names.filter(|name| !name.as_encoded_bytes().starts_with(b".")).count()
}

/// The record of the start, marker, two queues, and then the history.
const LAST: usize = 5;

/// A run that is killed when one of its files comes to its place.
fn killed_at(scene: &Scene, number: usize) {
    let killed = run(scene, &["-e", &format!("inject={RENAME}:signal=KILL:when={number}")]);
    assert_eq!(killed.signal, Some(9), "{number}: {killed:?}");
}

/// Whoever is told may be told twice, but never not at all; and what waits is the same notice, once.
#[test]
fn who_is_killed_at_the_end_of_a_run_leaves_nobody_untold_and_loses_no_pause() {
    if !there_or_skip("a run that is killed between two files", &["strace", "-V"]) {
        return;
    }
    for number in 2..=LAST {
        let scene = job("pause_after_failures: 1\n");
        killed_at(&scene, number);
        assert!(scene.outcomes("a").is_empty(), "{number}: the end is known, and what follows may be missing");
        finish(&scene, "signal", "killed", "KILL").code(0);
        assert_eq!(scene.outcomes("a"), ["failure"], "{number}");
        assert_eq!([waiting(&scene, "post"), waiting(&scene, "commands")], [1, 1], "{number}");
        assert!(scene.path("state/a.paused").exists(), "{number}");
    }
    let scene = job("pause_after_failures: 1\n");
    let none = format!("inject={RENAME}:signal=KILL:when={}", LAST + 1);
    assert_eq!(run(&scene, &["-e", &none]).code(3).signal, None, "there is no file after the last");
    finish(&scene, "exit-code", "exited", "3").code(0);
    assert_eq!(scene.outcomes("a"), ["failure"]);
    assert_eq!([waiting(&scene, "post"), waiting(&scene, "commands")], [1, 1], "who comes after tells nobody again");
}

/// The host goes away, so that nobody records the end.
#[test]
fn what_follows_from_an_end_is_there_before_the_history_knows_of_it() {
    if !there_or_skip("an end that is not recorded", &["strace", "-V"]) {
        return;
    }
    let scene = job("unrecoverable_exit_codes: 3\n");
    killed_at(&scene, LAST);
    assert!(scene.outcomes("a").is_empty(), "{}", scene.text("state/a.yaml"));
    assert_eq!([waiting(&scene, "post"), waiting(&scene, "commands")], [1, 1]);
    assert!(scene.text("state/a.paused").contains("exit code 3"));
    // the next start knows that the run is over
    scene.run(&["a"]).code(3);
    assert_eq!(scene.outcomes("a"), ["interrupted", "failure"]);
}

/// The history is written beside its place first: one for which there is no room is told of once, by who comes after.
#[test]
fn an_end_that_cannot_be_written_is_told_by_who_comes_after_and_by_nobody_else() {
    if !there_or_skip("a disk that is full", &["strace", "-V"]) {
        return;
    }
    let scene = job("");
    // the start is written with two, a file and its folder
    let full = "inject=fsync:error=ENOSPC:when=3";
    run(&scene, &["-e", full]).code(3).says("the history could not be written");
    assert_eq!([waiting(&scene, "post"), waiting(&scene, "commands")], [0, 0]);
    finish(&scene, "exit-code", "exited", "3").code(0);
    assert_eq!(scene.outcomes("a"), ["failure"]);
    assert_eq!([waiting(&scene, "post"), waiting(&scene, "commands")], [1, 1]);
}

/// Nobody comes after a run by hand.
#[test]
fn the_end_of_a_run_by_hand_is_told_though_nothing_of_it_can_be_written() {
    let scene = job("");
    fs::set_permissions(scene.path("state"), fs::Permissions::from_mode(0o555)).unwrap();
    scene.run(&["a"]).code(3).says("the history could not be written");
    assert_eq!([waiting(&scene, "post"), waiting(&scene, "commands")], [1, 1]);
    // there is room again before it ends
    let mode = format!("chmod 755 {}; exit 3", scene.path("state").display());
    let scene = scene.job("a", &format!("name: A\ncommand: sh -c '{mode}'\n{TOLD}"));
    scene.run(&["a"]).code(3).says("the history could not be written");
    assert_eq!([waiting(&scene, "post"), waiting(&scene, "commands")], [2, 2]);
    assert_eq!(scene.outcomes("a"), ["failure"]);
}

/// What is in its place is what everybody reads.
#[test]
fn a_history_whose_folder_cannot_be_synced_is_written_all_the_same() {
    if !there_or_skip("a disk that fails at a folder", &["strace", "-V"]) {
        return;
    }
    let scene = job("retries: 1\n");
    let folder = scene.path("state");
    let fail = ["-P", folder.to_str().unwrap(), "-e", "trace=fsync", "-e", "inject=fsync:error=EIO"];
    // so it is known how often it was tried
    let ended = run(&scene, &fail).code(80).says("attempt 2 of 2 comes at").says("may be lost when the power fails");
    assert!(!ended.stderr.contains("could not be written"), "{ended:?}");
    assert_eq!([waiting(&scene, "post"), waiting(&scene, "commands")], [0, 0], "it is tried again");
    finish(&scene, "exit-code", "exited", "80");
    assert_eq!(scene.outcomes("a"), ["failure"]);
    assert_eq!([waiting(&scene, "post"), waiting(&scene, "commands")], [0, 0], "it is tried again");
}

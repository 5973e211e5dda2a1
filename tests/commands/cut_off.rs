//! A disk that fails while something is written down: strace(1) does that at a call that it counts.

use super::scene::{Ended, Scene};
use super::tools::there_or_skip;
use super::unit::{call_below, finish};
use std::fs;
use std::os::unix::fs::chown;
use std::process::Command;

const TOLD: &str = "on_failure: [/bin/true, {webhook: 'http://127.0.0.1:1/'}]\n";
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

//! One run of a job at a time. The kernel holds the lock, so what the file says has no meaning any more: of the
//! original's stale and invalid locks nothing is left but that they do no harm.

use super::scene::{Ended, Scene};
use std::fs;
use std::os::unix::fs::symlink;
use std::process::{Command, Stdio};

#[test]
fn lock_success() {
    let scene = Scene::new().job("a", "name: A\ncommand: /bin/true\n");
    scene.run(&["a"]).code(0).silent();
    scene.run(&["a"]).code(0).silent();
    assert_eq!(scene.outcomes("a"), ["success", "success"]);
}

#[test]
fn lock_live_lock() {
    let scene = Scene::new().waiting_job("a", "");
    let first = scene.start(&["a"]);
    let pid = scene.text("run/a.lock").split(' ').next().unwrap().to_owned();
    assert_eq!(pid, first.id().to_string(), "people find who runs");
    scene.run(&["a"]).code(75).says("a: skipped: the previous run is still going on");
    scene.run(&["-w", "a"]).code(78);
    scene.write("state/end", "");
    assert_eq!(Ended::from(first.wait_with_output().unwrap()).code, Some(0));
    // the skipped start did not cost the first run its end
    assert_eq!(scene.outcomes("a"), ["success", "skipped"]);
    scene.run(&["a"]).code(0);
}

#[test]
fn lock_live_lock_with_allow_overtime() {
    let scene = Scene::new().waiting_job("a", "allow_overtime: true\n");
    let first = scene.start(&["a"]);
    scene.run(&["a"]).code(0).silent();
    scene.write("state/end", "");
    assert_eq!(Ended::from(first.wait_with_output().unwrap()).code, Some(0));
    assert_eq!(scene.outcomes("a"), ["success", "skipped"]);
}

/// The slow start is the same job.
#[test]
fn lock_is_shared_with_the_slow_start() {
    let scene = Scene::new().waiting_job("a", "slow_start_command: /bin/true\n");
    let first = scene.start(&["a"]);
    scene.run(&["-w", "a"]).code(75);
    scene.write("state/end", "");
    first.wait_with_output().unwrap();
}

/// A script may hold the lock with flock(1) while it works on a job's data.
#[test]
fn lock_of_somebody_else() {
    let scene = Scene::new().job("a", "name: A\ncommand: /bin/true\n");
    scene.run(&["a"]).code(0);
    let mut holder = Command::new("flock")
        .arg(scene.path("run/a.lock"))
        .args(["sh", "-c", "echo held; read -r end"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut held = [0; 5];
    std::io::Read::read_exact(holder.stdout.as_mut().unwrap(), &mut held).unwrap();
    scene.run(&["a"]).code(75);
    drop(holder.stdin.take());
    holder.wait().unwrap();
    scene.run(&["a"]).code(0);
}

#[test]
fn lock_stale_lock() {
    takes_over("-1");
}

#[test]
fn lock_invalid_lock() {
    takes_over("ABC");
}

#[track_caller]
fn takes_over(left: &str) {
    let scene = Scene::new().waiting_job("a", "");
    scene.write("run/a.lock", left);
    if Scene::is_root() {
        std::os::unix::fs::chown(scene.path("run/a.lock"), Some(scene.uid), None).unwrap();
    }
    let child = scene.start(&["a"]);
    assert!(scene.text("run/a.lock").starts_with(&format!("{} ", child.id())));
    scene.write("state/end", "");
    Ended::from(child.wait_with_output().unwrap()).code(0).silent();
}

/// In the original a second unlock did nothing and an unlock of a lock removed by hand crashed. Here nobody unlocks:
/// the lock ends with the process, once. What is left to see is that a removed file does no harm.
#[test]
fn lock_double_unlock() {
    let scene = Scene::new().waiting_job("a", "");
    let child = scene.start(&["a"]);
    fs::remove_file(scene.path("run/a.lock")).unwrap();
    scene.write("state/end", "");
    Ended::from(child.wait_with_output().unwrap()).code(0).silent();
}

#[test]
fn lock_is_gone_with_a_killed_run() {
    let scene = Scene::new().waiting_job("a", "");
    let mut child = scene.start(&["a"]);
    child.kill().unwrap();
    child.wait().unwrap();
    // the command lives on, and it was never given the lock
    scene.write("state/end", "");
    scene.run(&["a"]).code(0);
    assert_eq!(scene.outcomes("a"), ["interrupted", "success"]);
}

#[test]
fn lock_that_is_a_link_is_refused() {
    let scene = Scene::new().job("a", "name: A\ncommand: /bin/true\n");
    scene.write("victim", "precious\n");
    symlink(scene.path("victim"), scene.path("run/a.lock")).unwrap();
    scene.run(&["a"]).code(126).says("no lock in");
    assert_eq!(scene.text("victim"), "precious\n");
    assert_eq!(scene.outcomes("a"), ["failure"]);
}

#[test]
fn lock_without_a_folder() {
    let scene = Scene::new().job("a", "name: A\ncommand: /bin/true\n");
    fs::remove_dir(scene.path("run")).unwrap();
    scene.run(&["a"]).code(126).says("no lock in");
}

//! Streams that cannot be written: a full disk, a reader that has gone away.

use super::scene::{Ended, Scene};
use std::fs::File;
use std::process::{Command, Stdio};

fn scene() -> Scene {
    Scene::new()
        .job("tea", "name: Tea\ncommand: /bin/echo tea\n")
        .job("broken", "name: Broken\n")
        .configure("no_such_key: 1\n")
}

fn full() -> Stdio {
    File::options().write(true).open("/dev/full").unwrap().into()
}

/// The end of a pipe that nobody reads.
fn unread() -> Stdio {
    std::io::pipe().unwrap().1.into()
}

#[test]
fn an_exit_status_does_not_depend_on_who_hears_the_words() {
    let scene = scene();
    let folder = scene.path("log").to_str().unwrap().to_owned();
    for (program, arguments, code) in [
        ("jobctl", &["status", "nosuch"][..], 66),
        ("jobctl", &["status", "--no-such-option"], 64),
        ("jobctl", &["start", "tea", "broken"], 64),
        ("jobctl", &["start", "tea"], 69),
        ("run-job", &["nosuch"], 78),
        ("run-job", &["broken"], 78),
        ("cron-generate", &["--no-such-option"], 2),
        ("generator", &[], 64),
        ("generator", &[&folder], 0),
    ] {
        let called = || scene.command(program, arguments);
        let heard = Ended::of(&mut called()).code(code);
        assert!(!heard.stderr.is_empty(), "{program} {arguments:?} says something");
        for stderr in [full(), unread()] {
            Ended::of(called().stderr(stderr)).code(code);
        }
    }
}

#[test]
fn what_could_not_be_written_is_an_error() {
    let scene = scene();
    scene.run(&["tea"]).code(0);
    for arguments in [
        &["check", "tea"][..],
        &["check", "tea", "--json"],
        &["explain", "0 1 * * *"],
        &["history", "tea"],
        &["history", "tea", "--json"],
        &["show", "tea"],
        &["--help"],
        &["--version"],
    ] {
        let to = |stdout: Stdio| {
            let mut called: Command = scene.command("jobctl", arguments);
            Ended::of(called.stdout(stdout))
        };
        let lost = to(full()).code(74).says("jobctl: stdout cannot be written: No space left on device");
        assert_eq!(lost.stderr.matches("stdout").count(), 1, "{lost:?}");
        let unread = to(unread()).code(0);
        assert!(!unread.stderr.contains("stdout"), "{unread:?}");
    }
    // what went wrong before is the better word
    let mut called = scene.command("jobctl", &["status", "--json"]);
    Ended::of(called.stdout(full())).code(69).says("stdout cannot be written");
}

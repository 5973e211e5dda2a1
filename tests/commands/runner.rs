//! `run-job` by hand: which job, which command, what it is given, and the exit code.

use super::scene::{Ended, Scene};
use std::fs;
use std::os::unix::fs::symlink;
use std::process::Command;
use std::time::{Duration, Instant};

fn job(command: &str) -> Scene {
    Scene::new().job("a", &format!("name: A\ncommand: {command}\n"))
}

/// The job as a mistake shows: exit status and what is said of it.
#[track_caller]
fn ends(command: &str, code: i32) -> Ended {
    job(command).run(&["a"]).code(code)
}

#[test]
fn runner_success() {
    let scene = job("echo working hard");
    let ended = scene.run(&["--job", "a"]).code(0).silent();
    assert_eq!(ended.stdout, "working hard\n");
    assert_eq!(scene.outcomes("a"), ["success"]);
}

#[test]
fn runner_return_code() {
    ends("/bin/false", 1).says("a: failure, exit code 1");
    ends("sh -c 'exit 75'", 75).says("a: failure, exit code 75");
    ends("sh -c 'exit 255'", 255);
}

#[test]
fn runner_timeout() {
    let scene = Scene::new().job("a", "name: Timing out job\ncommand: /bin/sleep 60\ntimeout: 0.005\n");
    let begin = Instant::now();
    scene.run(&["a"]).code(124).says("a: timeout");
    assert!(begin.elapsed() < Duration::from_secs(20), "{:?}", begin.elapsed());
    assert_eq!(scene.outcomes("a"), ["timeout"]);
}

#[test]
fn a_command_that_cannot_be_run() {
    ends("/nowhere/program", 127).says("/nowhere/program: command not found");
    ends("no-such-program", 127).says("no-such-program: command not found");
    ends("/etc/passwd", 126).says("/etc/passwd");
    ends("/", 126).says("/");
}

#[test]
fn a_command_that_a_signal_ends() {
    ends("sh -c 'kill -9 $$'", 137).says("killed by SIGKILL");
    ends("sh -c 'kill -SEGV $$'", 139).says("killed by SIGSEGV");
}

#[test]
fn several_commands_stop_at_the_first_failure() {
    let scene = job("[echo one, sh -c 'echo two; exit 4', echo three]");
    let ended = scene.run(&["a"]).code(4).says("failure, exit code 4: command 2 of 3");
    assert_eq!(ended.stdout, "one\ntwo\n");
}

#[test]
fn success_may_have_other_codes() {
    let scene = job("[sh -c 'exit 3', echo on]\nsuccess_exit_codes: 3");
    assert_eq!(scene.run(&["a"]).code(0).silent().stdout, "on\n");
}

#[test]
fn runner_slow_start() {
    let scene = job("echo 'Working hard...'\nslow_start_command: echo 'or hardly working?'");
    for slow in ["-w", "--slow-start", "--slow", "--sl"] {
        assert_eq!(scene.run(&[slow, "-j", "a"]).code(0).stdout, "or hardly working?\n");
    }
    assert_eq!(scene.run(&["-j", "a"]).code(0).stdout, "Working hard...\n");
    assert!(scene.text("state/a.yaml").contains("command: slow_start"));
    job("/bin/true").run(&["-w", "a"]).code(78).says("the job has no slow_start_command");
}

#[test]
fn runner_environment() {
    let scene = job(
        "/usr/bin/env\nenvironment:\n  foo1: bar\n  foo2: rebar\n  foo3: 123\n  foo4: true\n  foo5: 010\n  foo6: ~",
    );
    let said = scene.run(&["a"]).code(0).stdout;
    for line in ["foo1=bar", "foo2=rebar", "foo3=123", "foo4=True", "foo5=8", "foo6=None", "MYENV=myenv"] {
        assert!(said.lines().any(|said| said == line), "{line} is not in {said}");
    }
}

#[test]
fn runner_store_output_and_stderr() {
    let log = Scene::new();
    let folder = log.path("log");
    let scene = log
        .configure(&format!("output_directory: {}\n", folder.display()))
        .job("a", "name: A\ncommand: sh -c 'echo out; echo err >&2; echo half >&2; printf end'\n");
    scene.run(&["a"]).code(0);
    let files: Vec<_> = fs::read_dir(folder.join("a")).unwrap().map(|file| file.unwrap().path()).collect();
    let [file] = &files[..] else { panic!("{files:?}") };
    let log = fs::read_to_string(file).unwrap();
    for line in ["\tINFO\tout\n", "\tERROR\terr\n", "\tERROR\thalf\n", "\tINFO\tend\n"] {
        assert!(log.contains(line), "{line:?} is not in {log}");
    }
}

/// The run matters more than its log.
#[test]
fn a_run_without_its_log() {
    let scene = Scene::new().configure("output_directory: /proc/nowhere\n").job("a", "name: A\ncommand: echo on\n");
    scene.run(&["a"]).code(0).says("no run log in /proc/nowhere");
}

#[test]
fn runner_symlink() {
    let scene = job("/bin/true");
    fs::create_dir(scene.path("jobs/below")).unwrap();
    scene.write("jobs/below/b.yaml", "name: B\ncommand: /bin/true\n");
    symlink("below/b.yaml", scene.path("jobs/b.yaml")).unwrap();
    symlink("/etc/passwd", scene.path("jobs/c.yaml")).unwrap();
    symlink("d.yaml", scene.path("jobs/d.yaml")).unwrap();
    symlink("nowhere.yaml", scene.path("jobs/e.yaml")).unwrap();
    symlink("a.yaml", scene.path("jobs/f.yaml")).unwrap();
    for name in ["b", "c"] {
        scene.run(&[name]).code(78).says("a link that leaves the job directory");
    }
    scene.run(&["d"]).code(78).says("too many links");
    scene.run(&["e"]).code(78);
    scene.run(&["f"]).code(0);
    scene.run(&["below/b"]).code(78).says("a job name holds no slash");
    scene.run(&["../jobs/a"]).code(78);
}

#[test]
fn names_find_their_job() {
    let scene = job("/bin/true").job("-x", "name: X\ncommand: echo x\n").job("a b", "name: B\ncommand: echo b\n");
    for arguments in [&["a"][..], &["-j", "a"], &["-ja"], &["--job", "a"], &["--job=a"], &["--jo", "a"], &["--jo=a"]] {
        scene.run(arguments).code(0);
    }
    assert_eq!(scene.run(&["--job=-x"]).code(0).stdout, "x\n");
    assert_eq!(scene.run(&["-j", "-x"]).code(0).stdout, "x\n");
    assert_eq!(scene.run(&["--", "-x"]).code(0).stdout, "x\n");
    assert_eq!(scene.run(&["a b"]).code(0).stdout, "b\n");
    assert_eq!(scene.run(&["a\\x20b"]).code(0).stdout, "b\n");
    scene.run(&["nobody-wrote-this"]).code(78).says("there is no job nobody-wrote-this");
    scene.run(&["\u{1b}[2J"]).code(78).says("control character");
}

#[test]
fn the_command_line_is_checked() {
    let scene = job("/bin/true");
    scene.run(&["--unknown"]).code(2).says("--unknown");
    scene.run(&["a", "-j", "a"]).code(2);
    scene.run(&["a", "b"]).code(2);
    scene.run(&["-w", "--finish", "a"]).code(2);
    let help = scene.run(&["--help"]).code(0).silent();
    assert!(help.stdout.contains("--slow-start"), "{help:?}");
    assert!(scene.run(&["--version"]).code(0).stdout.starts_with("run-job "));
    assert_eq!(scene.outcomes_or_none("a"), None, "nothing of this has run the job");
}

#[test]
fn only_the_service_user_runs_jobs() {
    let scene = job("/bin/true").configure("user: daemon\n");
    let refused =
        scene.run(&["a"]).code(77).says("jobs run as daemon").says("`jobctl start a`, which needs no other user");
    assert_eq!(refused.stderr.lines().count(), 1, "{refused:?}");
    let scene = scene.configure("user: no-such-user\n");
    scene.run(&["a"]).code(77).says("the service user no-such-user does not exist");
    let scene = scene.configure("user: root\n");
    scene.run(&["a"]).code(78).says("the service user cannot be root");
    let scene = scene.configure("user: root\nallow_root: true\n");
    scene.run(&["a"]).code(77).says("jobs run as root");
    if Scene::is_root() {
        let as_root = |scene: &Scene| {
            Ended::of(
                Command::new(scene.path("run-job"))
                    .arg("a")
                    .env("PROCESS_CONTROL_CONFIG", scene.path("process-control.yaml")),
            )
        };
        as_root(&scene).code(0);
        as_root(&scene.configure("")).code(77).says("jobs run as 65534");
    }
}

#[test]
fn a_stop_is_handed_on() {
    let scene = Scene::new().waiting_job("a", "");
    let child = scene.start(&["a"]);
    assert!(Command::new("sh").args(["-c", &format!("kill {}", child.id())]).status().unwrap().success());
    let ended = Ended::from(child.wait_with_output().unwrap());
    assert_eq!(ended.signal, Some(15), "{ended:?}");
    assert_eq!(scene.outcomes("a"), ["stopped"]);
}

#[test]
fn finish_is_for_units() {
    job("/bin/true").run(&["--finish=a"]).code(78).says("ExecStopPost=");
}

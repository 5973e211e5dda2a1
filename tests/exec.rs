//! What a command finds when our process has become it.

use process_control::job::CommandLine;
use process_control::sys::exec::{Environment, Limits, apply, become_command, keep_across_exec};
use std::fs::{self, File, TryLockError};
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

const SCRIPT: &str = "sh -c 'echo begin; pwd; umask; nice; echo $FOO-$SCENE; grep SigIgn /proc/self/status; read line'";

fn scene() -> Command {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["becomes_the_command", "--exact", "--nocapture", "--test-threads=1"]);
    command.stdin(Stdio::piped()).stdout(Stdio::piped());
    command
}

/// No test, but the process that becomes the command.
#[test]
fn becomes_the_command() {
    let Some(folder) = std::env::var_os("SCENE").map(PathBuf::from) else { return };
    let lock = File::open(folder.join("lock")).unwrap();
    lock.try_lock().unwrap();
    keep_across_exec(&lock).unwrap();
    let working_directory = std::env::var_os("WORK").map(PathBuf::from);
    let limits = Limits {
        umask: Some(0o27),
        nice: Some(5),
        working_directory: working_directory.as_deref(),
        home: &folder.join("home"),
        no_new_privileges: false,
    };
    if let Err(error) = apply(&limits) {
        println!("\nbegin\n{error}");
        std::process::exit(0);
    }
    println!();
    let set = [("FOO".into(), "bar".into())];
    let environment = Environment { set: &set, without: &["SCENE"] };
    panic!("{}", become_command(&CommandLine::parse(SCRIPT).unwrap(), environment));
}

/// What the command says. The lock is held as long as it runs.
fn run(folder: &Path, scene: &mut Command) -> Vec<String> {
    let lock = File::create(folder.join("lock")).unwrap();
    let mut child = scene.env("SCENE", folder).spawn().unwrap();
    let lines = BufReader::new(child.stdout.take().unwrap()).lines().map(Result::unwrap);
    let mut said = Vec::new();
    for line in lines.skip_while(|line| line != "begin").skip(1) {
        if line.starts_with("SigIgn") {
            assert!(matches!(lock.try_lock(), Err(TryLockError::WouldBlock)));
            child.stdin.take().unwrap().write_all(b"\n").unwrap();
        }
        said.push(line);
    }
    child.wait().unwrap();
    lock.try_lock().unwrap();
    said
}

#[test]
fn limits_environment_and_lock_reach_the_command() {
    let folder = tempfile::tempdir().unwrap();
    let said = run(folder.path(), &mut scene());
    let ours = String::from_utf8(Command::new("nice").output().unwrap().stdout).unwrap();
    let nicer = (ours.trim().parse::<i32>().unwrap() + 5).min(19).to_string();
    // There is no home.
    assert_eq!(said[..4], ["/", "0027", &nicer, "bar-"]);
    // std has undone that we ignore SIGPIPE.
    let ignored = u64::from_str_radix(said[4].trim_start_matches("SigIgn:").trim(), 16).unwrap();
    assert_eq!(ignored & (1 << (13 - 1)), 0);
}

#[test]
fn the_home_is_where_a_command_runs() {
    let folder = tempfile::tempdir().unwrap();
    let home = folder.path().join("home");
    fs::create_dir(&home).unwrap();
    assert_eq!(Path::new(&run(folder.path(), &mut scene())[0]), home.canonicalize().unwrap());
}

#[test]
fn a_working_directory_that_is_not_there_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let said = run(folder.path(), scene().env("WORK", "/no/such"));
    assert_eq!(said, ["working directory /no/such: No such file or directory (os error 2)"]);
}

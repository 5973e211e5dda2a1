//! `jobctl logs` of log files. Where the tests' user may read a journal of the machine, they are skipped.

use super::scene::{Ended, Scene};
use chrono::{DateTime, TimeDelta, Utc};
use process_control::history::{Command, End, History, Outcome, Run, Trigger, render};
use process_control::job::JobName;
use process_control::sys::journal::Access;
use process_control::sys::run_log;
use rustix::fs::{CWD, FileType, Mode, mknodat};
use std::fs::{self, File};
use std::os::unix::fs::symlink;
use std::path::PathBuf;
use std::process::{Child, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

struct Logs {
    scene: Scene,
    history: History,
}

impl Logs {
    /// A job that never ran.
    fn new() -> Option<Logs> {
        if process_control::sys::journal::access() == Access::Granted && !Scene::is_root() {
            eprintln!("skipped: the journal may be read, so no log file is");
            return None;
        }
        let scene = Scene::new().job("tea", "name: Tea\ncommand: /bin/true\n");
        let output = format!("output_directory: {}\n", scene.path("log").display());
        fs::create_dir(scene.path("log/tea")).unwrap();
        Some(Logs { scene: scene.configure(&output), history: History::default() })
    }

    fn path(&self, number: i64) -> PathBuf {
        run_log::path(&self.scene.path("log"), &JobName::new("tea").unwrap(), start(number))
    }

    /// One run more, that says this.
    fn run(&mut self, said: &str) {
        fs::write(self.path(self.next()), said).unwrap();
        self.run_without_file();
    }

    fn next(&self) -> i64 {
        i64::try_from(self.history.runs.len()).unwrap() + 1
    }

    fn run_without_file(&mut self) {
        let number = self.next();
        let (id, start) = (format!("{number:032}"), start(number));
        let mut run = Run::begun(id, Trigger::Timer, Command::Normal, start, "boot".to_owned());
        let outcome = Outcome::Success;
        run.end = Some(End { at: start, outcome, cause: None, exit: None, reason: None });
        self.history.add(run);
        self.scene.write("state/new", &render(&self.history).unwrap());
        fs::rename(self.scene.path("state/new"), self.scene.path("state/tea.yaml")).unwrap();
    }

    fn shown(&self, arguments: &[&str]) -> Ended {
        self.scene.call("jobctl", &[&["logs", "tea"], arguments].concat()).says("so this is from")
    }

    fn follow(&self, arguments: &[&str]) -> Following {
        let said = self.scene.path("said");
        let mut command = self.scene.command("jobctl", &[&["logs", "tea", "--follow"], arguments].concat());
        let child = command.stdout(File::create(&said).unwrap()).stderr(Stdio::null()).spawn().unwrap();
        Following { child, said }
    }
}

/// A minute between them.
fn start(number: i64) -> DateTime<Utc> {
    DateTime::UNIX_EPOCH + TimeDelta::minutes(number)
}

struct Following {
    child: Child,
    said: PathBuf,
}

impl Following {
    #[track_caller]
    fn says(&self, text: &str) {
        let end = Instant::now() + Duration::from_secs(20);
        let said = || fs::read_to_string(&self.said).unwrap();
        while said() != text {
            assert!(Instant::now() < end, "{text:?} is not {:?}", said());
            sleep(Duration::from_millis(20));
        }
    }
}

impl Drop for Following {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn an_old_log_that_is_gone_hides_no_other() {
    let Some(mut logs) = Logs::new() else { return };
    for said in ["a\nb\n", "c\n", "d\n"] {
        logs.run(said);
    }
    assert_eq!(logs.shown(&["--since", "1970-01-01"]).code(0).stdout, "a\nb\nc\nd\n");
    assert_eq!(logs.shown(&["--since", "1970-01-01", "-n", "3"]).code(0).stdout, "b\nc\nd\n");
    fs::remove_file(logs.path(2)).unwrap();
    let rest = logs.shown(&["--since", "1970-01-01"]).code(0).says("tea-19700101-000200.log: No such file");
    assert_eq!(rest.stdout, "a\nb\nd\n");
    logs.shown(&["--run", "2"]).code(66).says("No such file");
    logs.shown(&["--since", "1h"]).code(0).says("there is no log file of tea since then");
}

#[test]
fn logs_are_followed_from_run_to_run() {
    let Some(mut logs) = Logs::new() else { return };
    logs.run("a\n");
    logs.run("b\nc\n");
    let following = logs.follow(&["-n", "1"]);
    following.says("c\n");
    logs.run("d\n");
    following.says("c\nd\n");
    // of a run that has no file only the next one tells
    logs.run_without_file();
    logs.run("f\n");
    following.says("c\nd\nf\n");
}

#[test]
fn the_first_run_is_waited_for() {
    let Some(mut logs) = Logs::new() else { return };
    logs.shown(&[]).code(0).says("there is no log file of tea");
    let following = logs.follow(&[]);
    sleep(Duration::from_millis(300));
    logs.run("a\n");
    following.says("a\n");
}

#[test]
fn a_log_that_is_a_pipe_or_a_link_is_not_read() {
    let Some(mut logs) = Logs::new() else { return };
    logs.run("a\n");
    logs.run("b\n");
    fs::remove_file(logs.path(2)).unwrap();
    mknodat(CWD, logs.path(2), FileType::Fifo, Mode::from_raw_mode(0o666), 0).unwrap();
    logs.shown(&[]).code(66).says("it is no regular file");
    let rest = logs.shown(&["--since", "1970-01-01"]).code(66).says("it is no regular file");
    assert_eq!(rest.stdout, "a\n");
    fs::remove_file(logs.path(2)).unwrap();
    symlink("/dev/zero", logs.path(2)).unwrap();
    logs.shown(&[]).code(66).says("it is a link");
    logs.shown(&["--follow"]).code(66).says("it is a link");
    let page = logs.scene.call("jobctl", &["status", "tea"]);
    assert!(page.stdout.contains("no log: ") && page.stdout.contains("it is a link"), "{page:?}");
}

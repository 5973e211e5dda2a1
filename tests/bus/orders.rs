//! Orders: what systemd may answer, and how `jobctl` exits.

use crate::Stage;
use crate::manager::{Answer, Unit};
use crate::scene::Scene;
use process_control::history::{Command as Which, End, Exit, History, Outcome, Run, Trigger, render};
use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};
use std::thread::sleep;
use std::time::Duration;

const MANUAL: &str = "name: A\ncommand: /bin/true\n";
const ID: [u8; 16] = [0xab; 16];

fn scene() -> Scene {
    Scene::new().job("a", MANUAL).job("b", MANUAL)
}

fn run(result: &'static str, then: &'static str, after: u64) -> Answer {
    Answer::Run { id: ID, result, then, after: Duration::from_millis(after) }
}

/// What `run-job` would have written.
fn record(stage: &Stage, job: &str, outcome: Outcome, exit: Option<Exit>) {
    let now = chrono::DateTime::from_timestamp(1_700_000_000, 0).unwrap();
    let mut run = Run::begun("ab".repeat(16), Trigger::Manual, Which::Normal, now, String::new());
    run.end = Some(End { at: now, outcome, cause: None, exit, reason: Some("a reason".to_owned()) });
    let mut history = History::default();
    history.add(run);
    stage.scene.write(&format!("state/{job}.yaml"), &render(&history).unwrap());
}

#[test]
fn who_may_not_is_told_who_may() {
    for error in
        ["org.freedesktop.DBus.Error.AccessDenied", "org.freedesktop.DBus.Error.InteractiveAuthorizationRequired"]
    {
        let refused = Answer::Error(error, "no");
        let stage = Stage::new(scene(), &[]).answers(&[("job@a.service", refused)]);
        for verb in ["start", "restart", "stop"] {
            // only what runs is stopped
            let runs = Unit { active: "active", ..Unit::default() };
            stage.script.lock().unwrap().units.insert("job@a.service".to_owned(), runs);
            stage.jobctl(&[verb, "a"]).code(77).says("members of the group process-control-operators may");
        }
    }
}

#[test]
fn what_systemd_says_is_passed_on_and_cannot_steer_the_terminal() {
    let stage = Stage::new(scene(), &[]);
    let said = stage.jobctl(&["start", "a"]).code(69).says("Unit [2J not found.");
    assert!(!said.stderr.contains('\u{1b}'), "{said:?}");
    stage.jobctl(&["stop", "a"]).code(0).says("a does not run");
}

/// One that cannot be started keeps no other from it, and decides the exit status.
#[test]
fn an_order_that_fails_costs_the_others_nothing() {
    let stage = Stage::new(scene(), &[]).answers(&[("job@b.service", run("done", "inactive", 0))]);
    stage.jobctl(&["start", "--yes", "a", "b"]).code(69).says("a: Unit");
    let heard = &stage.script.lock().unwrap().heard;
    let started: Vec<&str> =
        heard.iter().filter(|(_, member, _)| member == "StartUnit").map(|(.., unit)| unit.as_str()).collect();
    assert_eq!(started, ["job@a.service", "job@b.service"]);
}

/// A word that names no job once cancelled the whole order.
#[test]
fn a_wrong_name_keeps_no_job_from_its_order() {
    let done = ["job@a.service", "job@b.service"].map(|unit| (unit, run("done", "inactive", 0)));
    for verb in ["start", "restart"] {
        let stage = Stage::new(scene(), &[]).answers(&done);
        let said = stage.jobctl(&[verb, "--yes", "b", "nosuch", "a"]).code(66);
        assert_eq!(said.stderr, "jobctl: there is no job nosuch\n", "{verb}");
        let heard = &stage.script.lock().unwrap().heard;
        assert_eq!(heard.iter().filter(|(_, member, _)| member.ends_with("tUnit")).count(), 2, "{heard:?}");
    }
    let stage = Stage::new(scene(), &[]);
    let said = stage.jobctl(&["stop", "a", "nosuch"]).code(66);
    assert_eq!(said.stderr, "jobctl: there is no job nosuch\njobctl: a does not run\n");
    // where no word names a job nothing is left to do
    assert_eq!(stage.jobctl(&["stop", "no", "none"]).code(66).stderr.lines().count(), 2);
}

#[test]
fn a_start_is_over_when_systemd_says_so() {
    let stage = Stage::new(scene(), &[]).answers(&[("job@a.service", run("done", "active", 0))]);
    stage.jobctl(&["start", "a"]).code(0).silent();
    // it never came to a command, and nothing is recorded
    let stage = Stage::new(scene(), &[]).answers(&[("job@a.service", run("failed", "failed", 0))]);
    stage.jobctl(&["start", "a"]).code(71).says("could not be started: systemd says resources, status 217");
    // it ended at once: whether that is noticed is chance, and so no error
    record(&stage, "a", Outcome::Failure, Some(Exit::Code(3)));
    stage.jobctl(&["start", "a"]).code(0).says("a has ended already: failure, exit 3");
}

#[test]
fn with_wait_the_exit_status_is_that_of_the_job() {
    for (outcome, exit, code) in [
        (Outcome::Success, Some(Exit::Code(0)), 0),
        (Outcome::Success, Some(Exit::Code(4)), 0),
        (Outcome::Failure, Some(Exit::Code(3)), 3),
        (Outcome::Failure, Some(Exit::Code(75)), 75),
        (Outcome::Failure, Some(Exit::Signal(9)), 137),
        (Outcome::Failure, None, 1),
        (Outcome::Timeout, Some(Exit::Signal(15)), 124),
        (Outcome::Stopped, Some(Exit::Signal(15)), 143),
        (Outcome::Skipped, None, 75),
    ] {
        let stage = Stage::new(scene(), &[]).answers(&[("job@a.service", run("done", "inactive", 300))]);
        record(&stage, "a", outcome, exit);
        let said = stage.jobctl(&["start", "--wait", "a"]).code(code);
        assert_eq!(said.stderr.contains(&format!("a: {outcome}")), outcome != Outcome::Success, "{said:?}");
        stage.jobctl(&["start", "--follow", "a"]).code(0);
    }
    // nobody recorded anything
    let stage = Stage::new(scene(), &[]).answers(&[("job@a.service", run("done", "inactive", 50))]);
    stage.jobctl(&["start", "--wait", "a"]).code(71).says("nothing is recorded of this run");
}

/// A unit that was quicker than the question what it does.
#[test]
fn a_run_that_is_over_at_once_is_waited_for_no_longer() {
    let stage = Stage::new(scene(), &[]).answers(&[("job@a.service", run("done", "inactive", 0))]);
    record(&stage, "a", Outcome::Success, Some(Exit::Code(0)));
    stage.jobctl(&["start", "--wait", "a"]).code(0);
}

#[test]
fn a_bus_that_goes_away_ends_the_waiting() {
    let mut stage = Stage::new(scene(), &[]).answers(&[("job@a.service", Answer::Silence)]);
    let child = stage
        .command(&["start", "--wait", "a"])
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    while !stage.script.lock().unwrap().heard.iter().any(|(_, member, _)| member == "StartUnit") {
        sleep(Duration::from_millis(10));
    }
    stage.daemon.end();
    let ended = crate::scene::Ended::from(child.wait_with_output().unwrap());
    ended.code(69).says("systemd does not answer");
}

#[test]
fn what_runs_is_stopped_and_what_does_not_is_left_alone() {
    let running = Unit { active: "active", ..Unit::default() };
    let stage = Stage::new(scene(), &[("job-slow-start@a.service", running)])
        .answers(&[("job-slow-start@a.service", run("done", "inactive", 0))]);
    stage.jobctl(&["stop", "--yes", "a", "b"]).code(0).says("b does not run");
    let heard = &stage.script.lock().unwrap().heard;
    let stopped: Vec<&str> =
        heard.iter().filter(|(_, member, _)| member == "StopUnit").map(|(.., unit)| unit.as_str()).collect();
    assert_eq!(stopped, ["job-slow-start@a.service"]);
}

/// Whatever becomes known first: a refusal before the end of a run, or after it.
#[test]
fn the_first_job_that_went_wrong_decides() {
    let refused = || Answer::Error("org.freedesktop.DBus.Error.AccessDenied", "no");
    for (a, b, code) in [
        (refused(), run("done", "inactive", 50), 77),
        (run("done", "inactive", 50), refused(), 3),
        (run("done", "inactive", 300), run("done", "inactive", 50), 3),
    ] {
        let stage = Stage::new(scene(), &[]).answers(&[("job@a.service", a), ("job@b.service", b)]);
        record(&stage, "a", Outcome::Failure, Some(Exit::Code(3)));
        record(&stage, "b", Outcome::Failure, Some(Exit::Code(if code == 77 { 3 } else { 4 })));
        stage.jobctl(&["start", "--yes", "--wait", "b", "a"]).code(code);
    }
}

#[test]
fn what_is_odd_about_a_job_is_said_before_it_is_started() {
    let scene = scene()
        .job("off", "name: A\ncommand: /bin/true\nevery: 1h\ndisabled: true\n")
        .job("bad", "name: A\n")
        .job("held", MANUAL);
    let running = || Unit { active: "active", ..Unit::default() };
    let answers =
        ["a", "b", "off", "bad", "held"].map(|name| (format!("job@{name}.service"), run("done", "active", 0)));
    let answers: Vec<(&str, Answer)> = answers.iter().map(|(unit, answer)| (unit.as_str(), answer.clone())).collect();
    scene.write("run/held.lock", "");
    let stage = Stage::new(scene, &[("job@b.service", running())]).answers(&answers);
    stage.jobctl(&["pause", "--yes", "--reason", "new disk", "a", "b"]).code(0);
    let mut lock = stage.scene.called(Command::new("flock"), &["run/held.lock", "sh", "-c", "echo held; read -r end"]);
    let mut holder = lock.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    BufReader::new(holder.stdout.take().unwrap()).read_line(&mut String::new()).unwrap();
    let words = [
        ("a", "a is paused by ", ": new disk; it runs all the same\n"),
        ("off", "off is disabled; it runs all the same\n", ""),
        ("bad", "bad: its file has an error, and so it will not run: ", "command: missing"),
        ("held", "held is running by hand or as a slow start; this start will be skipped\n", ""),
    ];
    for verb in ["restart", "start"] {
        for (job, begin, end) in words {
            let said = stage.jobctl(&[verb, job]).code(if job == "bad" { 78 } else { 0 }).says(end);
            assert!(said.stderr.starts_with(&format!("jobctl: {begin}")), "{verb} {said:?}");
            // it runs from here on
            stage.script.lock().unwrap().units.remove(&format!("job@{job}.service"));
        }
    }
    // one that runs is ended by the one verb, and left alone by the other
    stage.jobctl(&["restart", "b"]).code(0).says("b is paused by ");
    stage.script.lock().unwrap().units.insert("job@b.service".to_owned(), running());
    stage.jobctl(&["start", "b"]).code(0).says("b is running already; no second run is started");
    drop(holder.stdin.take());
    holder.wait().unwrap();
}

#[test]
fn a_slow_start_needs_a_command_for_it() {
    let stage = Stage::new(scene(), &[]);
    stage.jobctl(&["start", "--slow-start", "a"]).code(64).says("the job has no slow_start_command");
}

//! `run-job` as a unit calls it, without systemd: what it is told by variables, and what it makes of an end.

use super::scene::{Ended, Scene};
use chrono::{DateTime, TimeDelta, Utc};
use process_control::history::{self, End, History, Outcome, Run, Seen, Trigger, render};
use process_control::pause::{Marker, What};
use process_control::sys::clock;
use std::fs;
use std::os::unix::process::CommandExt;
use std::process::Command;

const RUN: &str = "0123456789abcdef0123456789abcdef";

/// Calls it as the main process of a unit's run; `more` are variables that systemd would set.
fn call(scene: &Scene, arguments: &str, more: &[(&str, &str)]) -> Ended {
    call_below(scene, Command::new("/bin/sh"), arguments, more)
}

/// The same by a shell that a command starts.
pub(super) fn call_below(scene: &Scene, mut shell: Command, arguments: &str, more: &[(&str, &str)]) -> Ended {
    let script = format!("export SYSTEMD_EXEC_PID=$$ INVOCATION_ID={RUN}; exec ./run-job {arguments}");
    let called = scene.command("run-job", &[]);
    shell.args(["-c", &script]).current_dir(scene.path(""));
    for (name, value) in called.get_envs() {
        match value {
            Some(value) => shell.env(name, value),
            None => shell.env_remove(name),
        };
    }
    shell.envs(more.iter().copied());
    if Scene::is_root() {
        shell.uid(scene.uid).gid(scene.uid);
    }
    Ended::of(&mut shell)
}

/// `--finish`, as `ExecStopPost=` calls it.
pub(super) fn finish(scene: &Scene, result: &str, code: &str, status: &str) -> Ended {
    call(scene, "--finish=a", &[("SERVICE_RESULT", result), ("EXIT_CODE", code), ("EXIT_STATUS", status)])
}

const TIMER: &[(&str, &str)] = &[("TRIGGER_UNIT", "job@a.timer"), ("TRIGGER_TIMER_REALTIME_USEC", "1800000000000000")];

fn job(command: &str) -> Scene {
    Scene::new().job("a", &format!("name: A\ncommand: {command}\n"))
}

#[test]
fn a_run_and_its_end_are_one_entry() {
    let scene = job("echo on");
    assert_eq!(call(&scene, "--job=a", TIMER).code(0).silent().stdout, "on\n");
    let begun = scene.text("state/a.yaml");
    assert!(begun.contains("status: started") && begun.contains("trigger: timer") && begun.contains(RUN), "{begun}");
    finish(&scene, "success", "exited", "0").code(0).silent();
    assert_eq!(scene.outcomes("a"), ["success"]);
    assert!(!scene.text("state/a.yaml").contains("status: started"));
}

#[test]
fn an_end_that_systemd_takes_for_clean_fails_the_unit() {
    let scene = job("/bin/true");
    call(&scene, "--job=a", &[]).code(0);
    finish(&scene, "success", "killed", "PIPE").code(1);
    assert_eq!(scene.outcomes("a"), ["failure"]);
}

/// The unit calls 75 a success, as run-job skips with it. With a start record it is the command's own.
#[test]
fn the_commands_own_75_is_a_failure() {
    let scene = job("sh -c 'exit 75'");
    call(&scene, "--job=a", &[]).code(75);
    finish(&scene, "success", "exited", "75").code(1);
    assert_eq!(scene.outcomes("a"), ["failure"]);
}

#[test]
fn a_busy_start_is_skipped_and_stays_so() {
    let scene = Scene::new().waiting_job("a", "");
    let first = scene.start(&["a"]);
    call(&scene, "--job=a", &[]).code(75).says("<4>a: skipped");
    finish(&scene, "success", "exited", "75").code(0);
    scene.write("state/end", "");
    first.wait_with_output().unwrap();
    assert_eq!(scene.outcomes("a"), ["success", "skipped"]);
}

#[test]
fn who_pauses_a_job_pauses_its_timer() {
    let scene = job("echo on");
    scene.write("pauses/a", "until the disk is new\u{1b}[2J\n");
    let skipped = call(&scene, "--job=a", TIMER).code(0).says("paused by ").says("until the disk is new");
    assert!(skipped.stdout.is_empty() && !skipped.stderr.contains('\u{1b}'), "{skipped:?}");
    finish(&scene, "success", "exited", "0").code(0);
    assert_eq!(scene.outcomes("a"), ["skipped"]);
    // a person means it
    assert_eq!(scene.run(&["a"]).code(0).says("it runs all the same").stdout, "on\n");
}

/// What it named came during the run over which it was made.
#[test]
fn a_slot_during_the_run_does_not_use_up_a_skip() {
    let now = clock::now();
    let slot = DateTime::from_timestamp(now.timestamp() / 60 * 60, 0).unwrap();
    let ago = |seconds| slot - TimeDelta::seconds(seconds);
    let left_out = |end: DateTime<Utc>| {
        let scene = Scene::new().job("a", "name: A\ncommand: echo on\nschedule: '* * * * *'\n");
        let mut run = Run::begun("1".repeat(32), Trigger::Timer, history::Command::Normal, ago(110), String::new());
        run.end = Some(End { at: end, outcome: Outcome::Success, cause: None, exit: None, reason: None });
        let mut history = History::default();
        history.add(run);
        history.seen = Some(Seen { timing: "schedule * * * * *".to_owned(), at: ago(110) });
        scene.write("state/a.yaml", &render(&history).unwrap());
        let marker = Marker { what: What::Slot(ago(60)), reason: String::new() };
        scene.write("pauses/a", &marker.to_string());
        let file = fs::File::options().write(true).open(scene.path("pauses/a")).unwrap();
        file.set_modified(ago(100).into()).unwrap();
        let stamp = now.timestamp_micros().to_string();
        let timer = [("TRIGGER_UNIT", "job@a.timer"), ("TRIGGER_TIMER_REALTIME_USEC", stamp.as_str())];
        let called = call(&scene, "--job=a", &timer).code(0);
        assert!(called.stderr.contains("left out by ") != called.stdout.contains("on\n"), "{called:?}");
        called.stderr.contains("left out by ")
    };
    assert!(left_out(ago(30)), "the run outlasted the slot that the marker names");
    assert!(!left_out(ago(90)), "that slot came after the run, and was left out then");
}

/// A variable that a job's own child inherited does not make it a unit.
#[test]
fn variables_of_another_process_count_for_nothing() {
    let scene = job("echo on");
    let mut command = scene.command("run-job", &["a"]);
    command.env("INVOCATION_ID", RUN).env("SYSTEMD_EXEC_PID", "1").envs(TIMER.iter().copied());
    Ended::of(&mut command).code(0).silent();
    let history = scene.text("state/a.yaml");
    assert!(history.contains("trigger: manual") && !history.contains(RUN), "{history}");
}

#[test]
fn what_was_never_started_is_recorded_too() {
    let scene = job("/bin/true");
    finish(&scene, "resources", "", "").code(0);
    assert_eq!(scene.outcomes("a"), ["failure"]);
    let scene = Scene::new().job("a", "name: [\n");
    call(&scene, "--job=a", &[]).code(78).says("<3>");
    finish(&scene, "exit-code", "exited", "78").code(0);
    assert_eq!(scene.outcomes_or_none("a").unwrap_or_default(), ["failure"]);
}

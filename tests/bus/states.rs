//! What `jobctl status` makes of what systemd says.

use crate::Stage;
use crate::manager::Unit;
use crate::scene::Scene;
use chrono::{DateTime, TimeDelta, Utc};
use process_control::history::{Command, History, Run, Trigger, render};
use process_control::page::words::rfc3339;
use process_control::sys::clock;
use serde_json::Value;
use std::collections::BTreeSet;

fn unit(active: &'static str) -> Unit {
    Unit { active, ..Unit::default() }
}

fn timer(next: u64) -> Unit {
    Unit { active: "active", next: (next, 0), ..Unit::default() }
}

const SCHEDULED: &str = "name: A\ncommand: /bin/true\nschedule: 0 1 1 1 *\ntimezone: UTC\n";
const NEXT: u64 = 1_900_000_000_000_000;

fn jobs(stage: &Stage, arguments: &[&str]) -> Vec<Value> {
    let said = stage.jobctl(&[&["status", "--json"], arguments].concat()).code(0).silent();
    serde_json::from_str::<Value>(&said.stdout).unwrap()["jobs"].as_array().unwrap().clone()
}

#[test]
fn each_state_is_told_as_systemd_has_it() {
    let names = ["a-waiting", "b-running", "c-slow", "d-failed", "e-stopped", "f-vanished", "g-never", "h-ending"];
    let mut scene = Scene::new();
    for name in names {
        scene = scene.job(name, SCHEDULED);
    }
    scene = scene.job("i-every", "name: A\ncommand: /bin/true\nevery: 1h\n");
    let running = |name: &str| (format!("job@{name}.timer"), timer(NEXT));
    let mut units: Vec<(String, Unit)> =
        ["a-waiting", "b-running", "c-slow", "d-failed", "h-ending"].map(running).to_vec();
    units.push(("job@b-running.service".into(), unit("active")));
    units.push(("job-slow-start@c-slow.service".into(), unit("activating")));
    units.push(("job@d-failed.service".into(), unit("failed")));
    units.push(("job@e-stopped.timer".into(), unit("inactive")));
    units.push(("job@f-vanished.timer".into(), Unit { vanished: true, ..unit("active") }));
    units.push(("job@g-never.timer".into(), timer(u64::MAX)));
    units.push(("job@h-ending.service".into(), unit("deactivating")));
    // a million seconds of uptime from now on
    units.push(("job@i-every.timer".into(), Unit { next: (0, 1_000_000_000_000_000), ..unit("active") }));
    let units: Vec<(&str, Unit)> = units.iter().map(|(name, unit)| (name.as_str(), unit.clone())).collect();
    let stage = Stage::new(scene, &units);

    let jobs = jobs(&stage, &[]);
    let told: Vec<(&str, &str, Option<&str>, bool)> = jobs
        .iter()
        .map(|job| {
            let text = |key: &str| job[key].as_str();
            (text("job").unwrap(), text("state").unwrap(), text("timer"), job["next"].is_string())
        })
        .collect();
    assert_eq!(
        told,
        [
            ("a-waiting", "waiting", Some("active"), true),
            ("b-running", "running", Some("active"), true),
            ("c-slow", "running", Some("active"), true),
            ("d-failed", "failed", Some("active"), true),
            ("e-stopped", "waiting", Some("inactive"), false),
            ("f-vanished", "waiting", Some("active"), false),
            ("g-never", "waiting", Some("active"), false),
            ("h-ending", "running", Some("active"), true),
            ("i-every", "waiting", Some("active"), true),
        ]
    );
    assert_eq!(jobs[0]["next"], "2030-03-17T17:46:40.000000Z");
    let table = stage.jobctl(&["status", "--no-header", "e-stopped"]).code(0).stdout;
    assert!(table.contains("its timer does not run"), "{table}");
}

/// A page shows the job whatever its state is, and sorts nothing.
#[test]
fn a_single_job_that_is_filtered_or_sorted_is_a_line_of_the_table() {
    let stage = Stage::new(Scene::new().job("a", SCHEDULED), &[("job@a.timer", timer(NEXT))]);
    let status = |arguments: &[&str]| stage.jobctl(&[&["status", "a"], arguments].concat()).code(0).silent().stdout;
    assert!(status(&[]).contains("/jobs/a.yaml"));
    assert!(status(&["--state", "failed"]).ends_with("0 jobs\n"), "{}", status(&["--state", "failed"]));
    for arguments in [&["--state", "waiting"][..], &["--sort", "name"], &["--sort", "took"]] {
        let table = status(arguments);
        assert!(table.starts_with("JOB ") && table.contains("\na    waiting"), "{table}");
    }
}

#[test]
fn timers_is_another_name_for_next() {
    let hourly = "name: A\ncommand: /bin/true\nevery: 1h\n";
    let stage = Stage::new(Scene::new().job("a", hourly).job("b", hourly), &[("job@a.timer", timer(NEXT))]);
    let jobs = |verb: &str| {
        let said = stage.jobctl(&[verb, "--hours", "8784", "--json"]).code(0).stdout;
        serde_json::from_str::<Value>(&said).unwrap()["jobs"].clone()
    };
    assert!(!jobs("timers").as_array().unwrap().is_empty());
    assert_eq!(jobs("timers"), jobs("next"));
    let said = stage.jobctl(&["timers"]).code(0).says("left out, as their timers do not run: b");
    assert_eq!(said.stdout, stage.jobctl(&["next"]).stdout);
}

/// While the service of a timer runs, systemd says 0 for its next elapse.
#[test]
fn a_job_that_runs_has_a_next_start_too() {
    let begun = clock::now() - TimeDelta::minutes(10);
    let scene = Scene::new()
        .job("a", SCHEDULED)
        .job("b", "name: B\ncommand: /bin/true\nevery: 1h\n")
        .job("c", "name: C\ncommand: /bin/true\nevery: 1h\n");
    let mut history = History::default();
    history.add(Run::begun("1".repeat(32), Trigger::Timer, Command::Normal, begun, String::new()));
    scene.write("state/b.yaml", &render(&history).unwrap());
    let units: Vec<(String, Unit)> = ["a", "b", "c"]
        .into_iter()
        .flat_map(|name| [(format!("job@{name}.timer"), timer(0)), (format!("job@{name}.service"), unit("active"))])
        .collect();
    let units: Vec<(&str, Unit)> = units.iter().map(|(name, unit)| (name.as_str(), unit.clone())).collect();
    let stage = Stage::new(scene, &units);
    let told = jobs(&stage, &[]);
    assert_eq!(told.iter().map(|job| job["state"].as_str().unwrap()).collect::<Vec<_>>(), ["running"; 3]);
    let new_year = told[0]["next"].as_str().unwrap();
    assert!(new_year.ends_with("-01-01T01:00:00.000000Z"), "{new_year}");
    let in_an_hour = rfc3339(begun + TimeDelta::hours(1));
    assert_eq!(told[1]["next"], in_an_hour);
    assert_eq!(told[2]["next"], Value::Null, "nobody knows when it began");
    let next: Value = serde_json::from_str(&stage.jobctl(&["next", "--json", "--hours", "2"]).code(0).stdout).unwrap();
    assert_eq!(next["jobs"][1]["starts"][0], in_an_hour);
    assert!(stage.jobctl(&["timeline", "b"]).code(0).stdout.contains('▪'));

    for (job, slot) in [("a", new_year), ("b", in_an_hour.as_str())] {
        let said = stage.jobctl(&["skip-next", job]).code(0).silent().stdout;
        assert!(said.ends_with("; if its present run is not over by then, the first one after it\n"), "{said}");
        let marker = stage.scene.text(&format!("pauses/{job}"));
        let last = marker.lines().find_map(|line| line.strip_prefix("skip: ")).unwrap();
        assert_eq!(last.parse::<DateTime<Utc>>().unwrap(), slot.parse::<DateTime<Utc>>().unwrap());
    }
    let told = jobs(&stage, &[]);
    assert!(told[0]["left_out"] == new_year && told[1]["left_out"] == in_an_hour, "{told:?}");
    stage.jobctl(&["skip-next", "c"]).code(64).says("c: there is no next run to leave out: it is not known when");
}

/// Both are the same file.
#[test]
fn a_pause_says_that_it_takes_a_skip_back() {
    let stage = Stage::new(Scene::new().job("a", SCHEDULED), &[("job@a.timer", timer(NEXT))]);
    stage.jobctl(&["skip-next", "a"]).code(0);
    assert_eq!(stage.jobctl(&["pause", "a"]).code(0).stdout, "a is paused; its skip-next is taken back\n");
    assert_eq!(stage.jobctl(&["pause", "a"]).code(0).stdout, "a is paused\n");
    stage.jobctl(&["resume", "a"]).code(0).silent();
    assert_eq!(jobs(&stage, &[])[0]["left_out"], Value::Null);
}

#[test]
fn one_connection_serves_a_thousand_jobs() {
    let count = 1000;
    let mut scene = Scene::new();
    let mut units = Vec::new();
    for number in 0..count {
        scene = scene.job(&format!("job-{number}"), SCHEDULED);
        units.push((format!("job@job-{number}.timer"), timer(NEXT + number * 1_000_000)));
    }
    let units: Vec<(&str, Unit)> = units.iter().map(|(name, unit)| (name.as_str(), unit.clone())).collect();
    let stage = Stage::new(scene, &units);
    let jobs = jobs(&stage, &[]);
    assert_eq!(jobs.iter().filter(|job| job["next"].is_string()).count(), 1000);
    // each answer went to its own question
    let of = |name: &str| jobs.iter().find(|job| job["job"] == name).unwrap()["next"].clone();
    assert_eq!(of("job-0"), "2030-03-17T17:46:40.000000Z");
    assert_eq!(of("job-999"), "2030-03-17T18:03:19.000000Z");
    let heard = &stage.script.lock().unwrap().heard;
    let senders: BTreeSet<&String> = heard.iter().map(|(sender, ..)| sender).collect();
    assert_eq!(senders.len(), 1, "one connection");
    assert_eq!(heard.iter().filter(|(_, member, _)| member == "ListUnitsByPatterns").count(), 2);
    assert_eq!(heard.iter().filter(|(_, member, _)| member == "Get").count(), 1000, "one question for each timer");
}

#[test]
fn a_bus_without_systemd_is_told_from_one_without_a_timer() {
    let stage = Stage::empty(Scene::new().job("a", SCHEDULED));
    for arguments in [&["status"][..], &["next"], &["timeline"], &["status", "a"]] {
        let said = stage.jobctl(arguments).code(69).says("systemd does not answer");
        assert!(!said.stdout.is_empty(), "{arguments:?}: what files tell is told all the same");
    }
    for arguments in [&["start", "a"][..], &["stop", "a"], &["restart", "a"], &["skip-next", "a"], &["cat", "a"]] {
        stage.jobctl(arguments).code(69).says("systemd does not answer");
    }
}

/// Pausing needs no systemd at all.
#[test]
fn pauses_are_files_and_need_no_bus() {
    let stage = Stage::empty(Scene::new().job("a", SCHEDULED).job("b", SCHEDULED));
    stage.jobctl(&["pause", "a", "--reason", "new\ndisk", "--until", "2h"]).code(0).silent();
    let said = stage.jobctl(&["status", "--json"]).code(69).stdout;
    let told: Value = serde_json::from_str(&said).unwrap();
    assert_eq!(told["jobs"][0]["state"], "paused");
    assert_eq!(told["jobs"][0]["paused"]["reason"], "new disk");
    assert_eq!(told["jobs"][0]["paused"]["scope"], "job");
    stage.jobctl(&["resume", "a"]).code(0).silent();
    stage.jobctl(&["pause", "--all"]).code(64).says("--yes");
    stage.jobctl(&["pause", "--all", "--yes"]).code(0);
    stage.jobctl(&["resume", "b"]).code(1).says("jobctl resume --all ends that");
    stage.jobctl(&["resume", "--all"]).code(0);
    let said = stage.jobctl(&["status", "--json", "--state", "paused"]).code(69).stdout;
    assert_eq!(serde_json::from_str::<Value>(&said).unwrap()["jobs"], serde_json::json!([]));
    for (arguments, words) in [
        (&["pause", "a", "--until", "soon"][..], "soon is no moment"),
        (&["pause", "a", "--until", "2020-01-01"], "is over"),
        (&["pause"], "which jobs?"),
        (&["pause", "--all", "a"], "cannot be used with"),
        (&["pause", "a", "b"], "--yes"),
    ] {
        stage.jobctl(arguments).code(64).says(words);
    }
}

/// All timers are off, and nothing said why.
#[test]
fn that_nothing_is_scheduled_is_said() {
    let said = |units: &[(&str, Unit)]| {
        let stage = Stage::new(Scene::new().job("a", SCHEDULED).job("b", SCHEDULED), units);
        stage.jobctl(&["status"]).code(0).stderr
    };
    let stopped =
        "jobctl: nothing is scheduled, as process-control.target is stopped: systemctl start process-control.target";
    assert!(said(&[]).contains(stopped), "{}", said(&[]));
    let target = ("process-control.target", unit("active"));
    assert_eq!(said(std::slice::from_ref(&target)), "");
    assert_eq!(said(&[("job@a.timer", timer(NEXT))]), "");
}

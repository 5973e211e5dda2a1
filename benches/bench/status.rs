//! `jobctl status --json` on booted hosts, beside `systemctl list-timers --all --output=json`, which knows less.
//!
//! In turns. No job fires meanwhile. Each has a history of twenty runs.

use crate::row::{Figures, Row, Unit, peak, time};
use std::fmt::Write as _;
use std::io;
use std::process::{Command, Stdio};
use std::thread::sleep;
use std::time::Duration;

pub(crate) const JOBS: [usize; 3] = [100, 1_000, 10_000];
const JOB_FOLDER: &str = "/var/lib/process-control";
const STATE_FOLDER: &str = "/var/lib/process-control-state";

pub(crate) fn inside(count: usize) -> io::Result<()> {
    for number in 0..count {
        let name = format!("job-{number:05}");
        std::fs::write(format!("{JOB_FOLDER}/{name}.yaml"), job(number))?;
        std::fs::write(format!("{STATE_FOLDER}/{name}.yaml"), history(number))?;
    }
    time(Command::new("systemctl").arg("daemon-reload"))?;
    wait_for_timers("job@*", count)?;
    let mut status = Command::new("jobctl");
    status.args(["status", "--json"]).stdout(Stdio::null());
    let mut timers = Command::new("systemctl");
    timers.args(["list-timers", "--all", "--output=json"]).stdout(Stdio::null());
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    for _ in 0..(20_000 / count).clamp(7, 31) {
        ours.push(time(&mut status)?);
        theirs.push(time(&mut timers)?);
    }
    let memory = peak(&mut status)?;
    Row {
        what: format!("status --json, {count} jobs ({memory:.0} MB)"),
        unit: Unit::Milliseconds,
        ours: Figures::of(ours),
        against: "systemctl list-timers".to_owned(),
        theirs: Figures::of(theirs),
        goal: Some(1.3),
    }
    .tell();
    Ok(())
}

/// Waits until so many timers of this name are active.
pub(crate) fn wait_for_timers(name: &str, count: usize) -> io::Result<()> {
    let listed = || {
        let mut systemctl = Command::new("systemctl");
        let listed = systemctl.args(["list-units", "--state=active", "--plain", "--no-legend", name]).output()?;
        let text = String::from_utf8_lossy(&listed.stdout).into_owned();
        io::Result::Ok(text.lines().filter(|line| line.contains(".timer ")).count())
    };
    while listed()? < count {
        sleep(Duration::from_millis(500));
    }
    Ok(())
}

pub(crate) fn job(number: usize) -> String {
    let (minute, hour, group) = (number % 60, number / 60 % 24, number % 20);
    format!(
        "name: Job number {number}\ndescription: One of many that are there to be counted.\n\
         schedule: \"{minute} {hour} 29 2 *\"\ntimeout: 20\ntag: [database, group-{group}]\n\
         command:\n  - /bin/echo fetching {number}\n  - /bin/echo sending {number}\nenvironment:\n  LANG: C.UTF-8\n"
    )
}

fn history(number: usize) -> String {
    let mut text = String::from("history:\n");
    for day in 1..=20 {
        let date = format!("2026-11-{day:02} 03:00:00");
        writeln!(
            text,
            "- status: completed\n  time: \"{date}.603584\"\n  run: {number:016x}{day:016x}\n  trigger: timer\n  \
             slot: \"{date}.000000\"\n  start: \"{date}.396203\"\n  end: \"{date}.603584\"\n  duration: 0.207\n  \
             outcome: success\n  exit_status: 0\n  boot: 38df71ea-6c27-4a99-9512-13ecf8d1a409"
        )
        .expect("a String takes every write");
    }
    text + "last_completion_status: success\ntiming: schedule * * * * *\ntiming_seen: \"2026-11-20 03:00:00.382299\"\n\
     counts:\n  success: 812\n  failure: 3\n  failures_in_a_row: 0\n  successes_in_a_row: 40\n"
}

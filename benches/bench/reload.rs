//! `systemctl daemon-reload` with many jobs: with our generator, with the same units written beforehand and no generator, and
//! with systemd-cron and the same jobs.

use crate::row::{Figures, Row, Unit, time};
use crate::status::{job, wait_for_timers};
use std::fmt::Write as _;
use std::io;
use std::process::Command;

const GENERATOR: &str = "/usr/lib/systemd/system-generators/process-control-generator";

pub(crate) fn jobs(suite: &str) -> Vec<usize> {
    match suite {
        "trixie" => vec![100, 1_000, 5_000, 10_000],
        _ => vec![1_000, 10_000],
    }
}

fn rounds(count: usize) -> usize {
    (6_000 / count).clamp(2, 9)
}

fn reloads(count: usize) -> io::Result<Vec<f64>> {
    (0..rounds(count)).map(|_| time(Command::new("systemctl").arg("daemon-reload"))).collect()
}

/// Ours, its generator by itself, and the same units without it.
pub(crate) fn inside(count: usize) -> io::Result<()> {
    for number in 0..count {
        std::fs::write(format!("/var/lib/process-control/job-{number:05}.yaml"), job(number))?;
    }
    time(Command::new("systemctl").arg("daemon-reload"))?;
    wait_for_timers("job@*", count)?;
    let ours = Figures::of(reloads(count)?);
    let mut generator = Vec::new();
    for round in 0..rounds(count) + 3 {
        let folder = format!("/run/made-{round}");
        std::fs::create_dir(&folder)?;
        generator.push(time(Command::new(GENERATOR).arg(&folder))?);
        std::fs::remove_dir_all(&folder)?;
    }
    // above the generator's folder, so that these are what systemd reads
    let keep = "cp -a /run/systemd/generator/. /run/systemd/system/ && mkdir -p /run/systemd/system-generators &&
        ln -s /dev/null /run/systemd/system-generators/process-control-generator && systemctl daemon-reload";
    time(Command::new("sh").args(["-c", keep]))?;
    wait_for_timers("job@*", count)?;
    assert!(!std::path::Path::new("/run/systemd/generator/process-control-jobs.path").exists(), "no generator runs");
    let still = Figures::of(reloads(count)?);
    let row = |what: &str, ours, against: &str, theirs, goal| Row {
        what: format!("{what}, {count} jobs"),
        unit: Unit::Milliseconds,
        ours,
        against: against.to_owned(),
        theirs,
        goal,
    };
    row("daemon-reload", ours.clone(), "the same units, no generator", still, None).tell();
    row("generator by itself", Figures::of(generator), "the whole reload", ours, Some(0.05)).tell();
    Ok(())
}

/// systemd-cron and the same jobs.
pub(crate) fn inside_cron(count: usize) -> io::Result<()> {
    let mut crontab = String::new();
    for number in 0..count {
        let (minute, hour) = (number % 60, number / 60 % 24);
        writeln!(crontab, "{minute} {hour} 29 2 * root /bin/echo fetching {number}")
            .expect("a String takes every write");
    }
    std::fs::write("/etc/crontab", crontab)?;
    time(Command::new("systemctl").arg("daemon-reload"))?;
    time(Command::new("systemctl").args(["start", "cron.target"]))?;
    wait_for_timers("cron-crontab-*", count)?;
    let theirs = Figures::of(reloads(count)?);
    let (what, against) = (String::new(), "systemd-cron".to_owned());
    Row { what, unit: Unit::Milliseconds, ours: theirs.clone(), against, theirs, goal: None }.tell();
    Ok(())
}

/// The row of both hosts.
pub(crate) fn beside(ours: &[(String, Row)], theirs: &[(String, Row)], count: &str) -> Row {
    let goal = match count {
        "1000" => Some(0.8),
        "10000" => Some(0.4),
        _ => None,
    };
    let (ours, theirs) = (&ours[0].1, &theirs[0].1);
    Row { against: theirs.against.clone(), theirs: theirs.theirs.clone(), goal, ..ours.clone() }
}

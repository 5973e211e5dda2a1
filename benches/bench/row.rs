//! One line of the table: a figure of ours beside that of another, and their ratio.

use serde::{Deserialize, Serialize};
use std::io;
use std::process::{Command, Stdio};
use std::time::Instant;

/// What was measured, often.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Figures {
    median: f64,
    least: f64,
    /// The middle half (third quartile less first), as a share of the median.
    spread: f64,
    count: usize,
}

impl Figures {
    pub(crate) fn of(mut values: Vec<f64>) -> Figures {
        values.sort_unstable_by(f64::total_cmp);
        let at = |share: usize| values[(values.len() - 1) * share / 100];
        let spread = if at(50) > 0.0 { (at(75) - at(25)) / at(50) } else { 0.0 };
        Figures { median: at(50), least: at(0), spread, count: values.len() }
    }
}

/// The unit of both figures.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Unit {
    Milliseconds,
    Megabytes,
    Bytes,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Row {
    pub(crate) what: String,
    pub(crate) unit: Unit,
    pub(crate) ours: Figures,
    pub(crate) against: String,
    pub(crate) theirs: Figures,
    /// The ratio that we want at the most; some rows only tell.
    pub(crate) goal: Option<f64>,
}

impl Row {
    /// Tells the program outside of the host.
    pub(crate) fn tell(&self) {
        println!("{}", serde_json::to_string(self).expect("a row is JSON"));
    }

    pub(crate) fn ratio(&self) -> f64 {
        self.ours.median / self.theirs.median
    }

    pub(crate) fn print(&self) {
        let (unit, digits) = match self.unit {
            Unit::Milliseconds => ("ms", 2),
            Unit::Megabytes => ("MB", 1),
            Unit::Bytes => ("bytes", 0),
        };
        let cells = |Figures { median, least, spread, .. }: &Figures| {
            format!("{median:.digits$} {unit} | {least:.digits$} | {:.0} %", spread * 100.0)
        };
        let goal = self.goal.map_or_else(String::new, |goal| {
            format!(
                "≤ {goal:.digits$}{}",
                if self.ratio() > goal { ", missed" } else { "" },
                digits = if goal < 0.1 { 3 } else { 2 }
            )
        });
        let ratio = if self.ratio() < 0.1 { format!("{:.3}", self.ratio()) } else { format!("{:.2}", self.ratio()) };
        println!(
            "| {ratio} | {goal} | {} | {} | {} | {} | {} |",
            self.what,
            cells(&self.ours),
            self.against,
            cells(&self.theirs),
            self.ours.count
        );
    }
}

pub(crate) fn heading(on: &str) {
    println!("\n{on}\n");
    println!("| ratio | goal | what | median | min | spread | against | median | min | spread | runs |");
    println!("| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |");
}

/// How many milliseconds a whole process takes, from start to end.
pub(crate) fn time(command: &mut Command) -> io::Result<f64> {
    let start = Instant::now();
    let status = command.stdin(Stdio::null()).status()?;
    let took = start.elapsed();
    assert!(status.success(), "{command:?}: {status}");
    Ok(took.as_secs_f64() * 1e3)
}

/// The most memory that a process had, in megabytes, as it is seen every half millisecond.
pub(crate) fn peak(command: &mut Command) -> io::Result<f64> {
    let mut child = command.stdin(Stdio::null()).spawn()?;
    let mut most = 0.0_f64;
    while child.try_wait()?.is_none() {
        let text = std::fs::read_to_string(format!("/proc/{}/status", child.id())).unwrap_or_default();
        let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let kilobytes = line.and_then(|line| line.trim().strip_suffix(" kB")?.parse().ok()).unwrap_or(0.0);
        most = most.max(kilobytes / 1024.0);
        std::thread::sleep(std::time::Duration::from_micros(500));
    }
    Ok(most)
}

//! The runs of one job in a table, with bars for how long they took.

use super::table::outcome_colour;
use crate::history::{Cause, Command, End, Exit, History, Outcome, Run, Trigger};
use crate::page::words::{date_and_time, span};
use crate::page::{Cell, Column, Header, Page, grid};
use crate::run::retry::LATE;
use anstyle::{AnsiColor, Style};
use chrono::{DateTime, TimeDelta, Utc};

/// A run, with the number by which people call it.
#[derive(Clone, Copy, Debug)]
pub struct Numbered<'a> {
    /// 1 is the last run, 2 the one before it; a skipped start has none.
    pub number: Option<usize>,
    /// The run.
    pub run: &'a Run,
}

/// All runs and skipped starts, the last one first.
pub fn numbered(history: &History) -> Vec<Numbered<'_>> {
    let mut number = 0;
    let runs = history.runs.iter().rev().map(|run| {
        let number = (!run.is_skipped()).then(|| {
            number += 1;
            number
        });
        Numbered { number, run }
    });
    runs.collect()
}

/// The widest bar.
const BAR: usize = 10;
const EIGHTHS: [&str; 8] = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"];
/// So much of a run's id is enough to name it.
const SHORT: usize = 8;

/// The table. `shown.header` also tells whether the ids stand at full length, for scripts.
pub fn runs(runs: &[Numbered<'_>], shown: Page<'_>) -> String {
    let longest = runs.iter().filter_map(|entry| entry.run.took()).max().unwrap_or_default();
    let rows: Vec<[Cell; 8]> = runs.iter().map(|entry| row(entry, longest, shown)).collect();
    let columns = ["RUN", "START", "TOOK", "", "OUTCOME", "BY", "ID", "WHY"].map(|name| Column { name });
    grid(columns, rows, &[(7, 30), (3, 0), (7, 12), (7, 0), (6, 0)], shown.width, shown.header)
}

fn row(entry: &Numbered<'_>, longest: TimeDelta, shown: Page<'_>) -> [Cell; 8] {
    let Numbered { number, run } = entry;
    let dimmed = Style::new().dimmed();
    let outcome = match &run.end {
        Some(end) => Cell::styled(outcome(run, Next::of(entry, shown.now)), outcome_colour(end.outcome)),
        None => Cell::styled("running", AnsiColor::Green.on_default().bold()),
    };
    let took = match (&run.end, run.start) {
        (None, Some(start)) => Some(shown.now - start),
        _ => run.took(),
    };
    let id = match shown.header {
        Header::Shown => run.id.chars().take(SHORT).collect(),
        Header::Left => run.id.clone(),
    };
    let reason = run.end.as_ref().and_then(|end| end.reason.as_deref()).unwrap_or_default();
    [
        Cell::plain(number.map_or("-".to_owned(), |number| number.to_string())),
        Cell::plain(run.start.map(|start| date_and_time(start, shown.zone)).unwrap_or_default()),
        Cell::plain(took.map(span).unwrap_or_default()),
        Cell::styled(run.took().map(|took| bar(took, longest)).unwrap_or_default(), dimmed),
        outcome,
        Cell::plain(by(run)),
        Cell::styled(id, dimmed),
        Cell::plain(reason),
    ]
}

/// What became of the next attempt that a failed run announced.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Next {
    /// It was made.
    Made,
    /// It is to come.
    ToCome,
    /// It should have come, and did not: somebody stopped the unit, or the host went away.
    Missed,
}

impl Next {
    /// Of a run with this number.
    pub fn of(Numbered { number, run }: &Numbered<'_>, now: DateTime<Utc>) -> Next {
        match run.retry {
            Some(at) if *number == Some(1) => {
                if now <= at + LATE {
                    Next::ToCome
                } else {
                    Next::Missed
                }
            }
            _ => Next::Made,
        }
    }
}

/// `failure, exit 3`
pub fn outcome(run: &Run, next: Next) -> String {
    let Some(end) = &run.end else { return "running".to_owned() };
    let tried_again = match next {
        Next::Made if run.retry.is_some() => ", tried again",
        Next::ToCome if run.retry.is_some() => ", to be tried again",
        _ => "",
    };
    ended(end) + tried_again
}

fn ended(end: &End) -> String {
    match (end.outcome, end.cause, end.exit) {
        (outcome, Some(cause @ (Cause::NotStarted | Cause::OutOfMemory)), _) => format!("{outcome}, {cause}"),
        (outcome @ (Outcome::Failure | Outcome::Stopped), _, Some(Exit::Code(code)))
        | (outcome @ Outcome::Success, _, Some(Exit::Code(code @ 1..))) => format!("{outcome}, exit {code}"),
        (outcome, _, _) => outcome.to_string(),
    }
}

fn by(run: &Run) -> String {
    let by = match (run.trigger, run.command) {
        (Trigger::Timer, Command::Normal) => "timer",
        (Trigger::After, Command::Normal) => "success",
        (Trigger::After, Command::SlowStart) => "success, slow",
        (Trigger::Timer, Command::SlowStart) => "timer, slow",
        (Trigger::Manual, Command::Normal) => "hand",
        (Trigger::Manual, Command::SlowStart) => "hand, slow",
    };
    match run.attempt {
        1 => by.to_owned(),
        attempt => format!("{by}, attempt {attempt}"),
    }
}

/// As long as the run, where the longest run has [`BAR`] columns; never nothing.
fn bar(took: TimeDelta, longest: TimeDelta) -> String {
    let eighths =
        i64::try_from(BAR * 8).unwrap_or_default() * took.num_milliseconds() / longest.num_milliseconds().max(1);
    let eighths = usize::try_from(eighths).unwrap_or_default().clamp(1, BAR * 8);
    "█".repeat(eighths / 8) + EIGHTHS[eighths % 8]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bar_is_as_long_as_its_run() {
        let second = TimeDelta::seconds;
        for (took, longest, text) in
            [(10, 10, "██████████"), (5, 10, "█████"), (0, 10, "▏"), (10, 80, "█▎"), (0, 0, "▏"), (1, 2, "█████")]
        {
            assert_eq!(bar(second(took), second(longest)), text);
        }
    }
}

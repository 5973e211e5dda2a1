//! All jobs in one table, fitted to a width.

use super::{Facts, State};
use crate::history::Outcome;
use crate::job::schedule::Zone;
use anstyle::{AnsiColor, Style};
use chrono::{DateTime, TimeDelta, Utc};
use std::fmt::Write as _;

/// How the table is shown.
#[derive(Clone, Copy, Debug)]
pub struct Table<'a> {
    /// Columns of the terminal; none where lines may be as long as they are.
    pub width: Option<usize>,
    /// Whether the columns have names.
    pub header: Header,
    /// The present moment, from which ages and distances count.
    pub now: DateTime<Utc>,
    /// The host's zone, whose clock people look at.
    pub zone: &'a Zone,
}

/// Whether the columns have names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Header {
    /// They have.
    Shown,
    /// They have not: for scripts.
    Left,
}

const NAMES: [&str; 5] = ["JOB", "STATE", "LAST", "NEXT", "TAGS"];
const GAP: &str = "  ";

/// One cell: its text and its colour.
type Cell = (String, Style);

/// The table, in colours that the writer may take away.
pub fn table<'a>(jobs: impl IntoIterator<Item = &'a Facts>, shown: Table<'_>) -> String {
    let rows: Vec<[Cell; 5]> = jobs.into_iter().map(|facts| row(facts, shown)).collect();
    let header = NAMES.map(|name| (name.to_owned(), Style::new().bold()));
    let all = (shown.header == Header::Shown).then_some(&header).into_iter().chain(&rows);
    let widths: [usize; 5] =
        std::array::from_fn(|column| all.clone().map(|row| row[column].0.chars().count()).max().unwrap_or_default());
    let widths = fit(widths, shown.width);
    let mut out = String::new();
    for row in all {
        let mut line = String::new();
        let mut blanks = 0;
        for ((text, style), width) in row.iter().zip(widths) {
            if width == 0 {
                continue;
            }
            let text = cut(text, width);
            let length = text.chars().count();
            // blanks only before text: no line ends in them
            if length > 0 {
                write!(line, "{:blanks$}{style}{text}{style:#}", "").expect("a String takes every write");
                blanks = 0;
            }
            blanks += width - length + GAP.len();
        }
        out.push_str(&line);
        out.push('\n');
    }
    out
}

/// Narrows what can be narrowed: first the tags, then the names.
fn fit(mut widths: [usize; 5], width: Option<usize>) -> [usize; 5] {
    let Some(width) = width else { return widths };
    let used =
        |widths: &[usize; 5]| widths.iter().filter(|width| **width > 0).map(|width| width + GAP.len()).sum::<usize>();
    for (column, least) in [(4, 6), (0, 12), (2, 12), (4, 0)] {
        let surplus = (used(&widths)).saturating_sub(width + GAP.len());
        widths[column] = widths[column].saturating_sub(surplus).max(least.min(widths[column]));
    }
    widths
}

fn cut(text: &str, width: usize) -> String {
    if text.chars().count() <= width {
        return text.to_owned();
    }
    text.chars().take(width - 1).chain(['…']).collect()
}

fn row(facts: &Facts, shown: Table<'_>) -> [Cell; 5] {
    let now = shown.now;
    let plain = Style::new();
    let state = facts.state();
    let next = facts.next.map(|next| format!("{} in {}", clock(next, shown), distance(next - now))).unwrap_or_default();
    let tags = facts.job.as_ref().map(|job| job.tags.join(", ")).unwrap_or_default();
    [
        (facts.name.to_string(), plain),
        (state.to_string(), colour(state)),
        last(facts, now),
        (next, plain),
        (tags, plain.dimmed()),
    ]
}

/// The outcome, how long ago, and how long the run took.
fn last(facts: &Facts, now: DateTime<Utc>) -> Cell {
    let Some((run, end)) = facts.last_run().and_then(|run| Some((run, run.end.as_ref()?))) else {
        return ("never".to_owned(), Style::new().dimmed());
    };
    let took = run.start.map(|start| format!(", took {}", distance(end.at - start))).unwrap_or_default();
    let style = match end.outcome {
        Outcome::Success => AnsiColor::Green.on_default(),
        Outcome::Skipped | Outcome::Stopped => AnsiColor::Yellow.on_default(),
        Outcome::Failure | Outcome::Timeout | Outcome::Interrupted => AnsiColor::Red.on_default(),
    };
    (format!("{} {} ago{took}", end.outcome, distance(now - end.at)), style)
}

fn colour(state: State) -> Style {
    match state {
        State::Invalid | State::Failed => AnsiColor::Red.on_default().bold(),
        State::Running => AnsiColor::Green.on_default().bold(),
        State::Paused => AnsiColor::Yellow.on_default(),
        State::Disabled | State::Manual => Style::new().dimmed(),
        State::Waiting => Style::new(),
    }
}

/// The time of day, with the date if it is not within a day.
fn clock(at: DateTime<Utc>, shown: Table<'_>) -> String {
    let civil = shown.zone.rules().map_or(at.naive_utc(), |rules| rules.civil(at));
    let form = if (at - shown.now).abs() < TimeDelta::hours(20) { "%H:%M:%S" } else { "%m-%d %H:%M" };
    civil.format(form).to_string()
}

/// Two units at the most: `3d 4h`, `12min`, `0.4s`.
fn distance(span: TimeDelta) -> String {
    let seconds = span.num_seconds().max(0);
    let two = |large: i64, name: &str, small: i64, below: &str| {
        if small == 0 { format!("{large}{name}") } else { format!("{large}{name} {small}{below}") }
    };
    match seconds {
        0 => format!("{}ms", span.num_milliseconds().max(0)),
        1..60 => format!("{seconds}s"),
        60..3_600 => two(seconds / 60, "min", if seconds < 600 { seconds % 60 } else { 0 }, "s"),
        3_600..86_400 => two(seconds / 3_600, "h", seconds % 3_600 / 60, "min"),
        _ => two(seconds / 86_400, "d", seconds % 86_400 / 3_600, "h"),
    }
}

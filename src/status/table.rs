//! All jobs in one table.

use super::{Facts, LockWait, State, Timer};
use crate::history::Outcome;
use crate::job::JobName;
use crate::job::text::one_line;
use crate::page::words::{clock, count, span};
use crate::page::{Cell, Column, Header, Page, grid};
use crate::pause::{Hold, Scope, What};
use crate::run::late::Late;
use anstyle::{AnsiColor, Style};
use chrono::{DateTime, Utc};
use std::cmp::Reverse;
use std::fmt::Write as _;

/// By what jobs are sorted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Sort {
    /// The job name.
    #[default]
    Name,
    /// The state: what a person must look at comes first.
    State,
    /// The end of the last run, the latest first.
    Last,
    /// When they run next, the soonest first.
    Next,
    /// How long the last run took, the longest first.
    Took,
}

impl Sort {
    /// All of them.
    pub const ALL: [Sort; 5] = [Sort::Name, Sort::State, Sort::Last, Sort::Next, Sort::Took];

    /// In a word.
    pub fn word(self) -> &'static str {
        match self {
            Sort::Name => "name",
            Sort::State => "state",
            Sort::Last => "last",
            Sort::Next => "next",
            Sort::Took => "took",
        }
    }
}

/// Sorts jobs; what is equal stays in the order of the names.
pub fn sort(jobs: &mut [Facts], by: Sort) {
    match by {
        Sort::Name => jobs.sort_by(|one, other| one.name.cmp(&other.name)),
        Sort::State => jobs.sort_by_key(Facts::state),
        Sort::Last => {
            jobs.sort_by_key(|facts| Reverse(facts.last_run().and_then(|run| Some(run.end.as_ref()?.at))));
        }
        Sort::Next => jobs.sort_by_key(|facts| facts.next().unwrap_or(DateTime::<Utc>::MAX_UTC)),
        Sort::Took => jobs.sort_by_key(|facts| Reverse(facts.last_run().and_then(crate::history::Run::took))),
    }
}

/// The table, in colours that the writer may take away. Below it, with a header, how many are in which state.
pub fn table(jobs: &[Facts], shown: Page<'_>) -> String {
    let columns = ["JOB", "STATE", "LAST", "NEXT", "TAGS"].map(|name| Column { name });
    let rows = jobs.iter().map(|facts| row(facts, shown)).collect();
    // first the tags give way, then reasons and errors, then the names
    let narrowed = [(4, 6), (3, 40), (0, 12), (4, 0), (3, 24), (2, 14), (3, 12)];
    let mut out = grid(columns, rows, &narrowed, shown.width, shown.header);
    if shown.header == Header::Shown {
        out.push_str(&summary(jobs, shown.width));
    }
    out
}

/// `12 jobs: 1 invalid, 2 failed, 1 running`, in as many lines as it takes.
fn summary(jobs: &[Facts], width: Option<usize>) -> String {
    let mut out = count(jobs.len(), "job");
    let mut used = out.len();
    let mut gap = ":";
    for state in State::ALL {
        let number = jobs.iter().filter(|facts| facts.state() == state).count();
        if number == 0 {
            continue;
        }
        let (text, style) = (format!("{number} {state}"), colour(state));
        out.push_str(gap);
        used += gap.len() + 1 + text.len();
        if width.is_some_and(|width| used >= width) {
            out.push('\n');
            used = text.len() + 1;
        }
        write!(out, " {style}{text}{style:#}").expect("a String takes every write");
        gap = ",";
    }
    out + "\n"
}

fn row(facts: &Facts, shown: Page<'_>) -> [Cell; 5] {
    let state = facts.state();
    let tags = facts.job.as_ref().map(|job| job.tags.join(", ")).unwrap_or_default();
    let since = facts.running.and_then(|running| running.since);
    let doing = match since.filter(|_| state == State::Running) {
        Some(since) if matches!(facts.late, Some(Late::Long(_))) => {
            format!("{state} {}, long", span(shown.now - since))
        }
        Some(since) => format!("{state} {}", span(shown.now - since)),
        None if facts.lock_wait.is_some() => HELD_UP.to_owned(),
        None => state.to_string(),
    };
    [
        Cell::plain(facts.name.to_string()),
        Cell::styled(doing, colour(state)),
        last(facts, shown.now),
        next(facts, shown),
        Cell::styled(tags, Style::new().dimmed()),
    ]
}

/// The outcome, how long ago, and how long the run took.
fn last(facts: &Facts, now: DateTime<Utc>) -> Cell {
    if facts.recent.unreadable.is_some() {
        return Cell::styled("history unreadable", AnsiColor::Red.on_default());
    }
    let Some((run, end)) = facts.last_run().and_then(|run| Some((run, run.end.as_ref()?))) else {
        return Cell::styled("never", Style::new().dimmed());
    };
    let took = run.took().map(|took| format!(", took {}", span(took))).unwrap_or_default();
    let late = match facts.late {
        Some(Late::Began(late)) => format!(", {} late", span(late)),
        _ => String::new(),
    };
    Cell::styled(format!("{} {} ago{took}{late}", end.outcome, span(now - end.at)), outcome_colour(end.outcome))
}

/// When it runs next, or why it does not.
fn next(facts: &Facts, shown: Page<'_>) -> Cell {
    let warning = AnsiColor::Yellow.on_default();
    if let Some(error) = &facts.error {
        return Cell::styled(one_line(&error.to_string()), AnsiColor::Red.on_default());
    }
    if let Some(wait) = &facts.lock_wait {
        return Cell::styled(held_up(wait), warning);
    }
    if let Some(hold) = &facts.pause {
        return Cell::styled(paused(hold, shown), warning);
    }
    if let Some(at) = facts.retry {
        let when = format!("{} in {}", clock(at, shown.now, shown.zone), span(at - shown.now));
        return Cell::styled(format!("{when}, {}", attempt(facts)), warning);
    }
    if let Some(Late::Missing(slot)) = facts.late {
        return Cell::styled(format!("late: {} did not come", clock(slot, shown.now, shown.zone)), warning);
    }
    if let Some(others) = facts.waits_for.as_ref().filter(|others| !others.is_empty()) {
        return Cell::plain(format!("after {}", names(others)));
    }
    match facts.timer {
        Timer::On(Some(next)) => {
            let when = format!("{} in {}", clock(next, shown.now, shown.zone), span(next - shown.now));
            match facts.left_out {
                // first what turns its meaning: a narrow table cuts the end
                Some(_) => Cell::styled(format!("left out: {when}"), warning),
                None if facts.recent.tally.slow_start => Cell::styled(format!("{when}, slow start"), warning),
                None => Cell::plain(when),
            }
        }
        Timer::On(None)
            if facts.running.is_none() && facts.job.as_ref().is_some_and(|job| job.timing.never_comes()) =>
        {
            Cell::styled("never: there is no such date", AnsiColor::Red.on_default())
        }
        Timer::Off if facts.lacks_timer() => Cell::styled("its timer does not run", AnsiColor::Red.on_default()),
        Timer::On(None) | Timer::Off | Timer::Unknown => Cell::plain(""),
    }
}

/// What a job does that is running as far as others are concerned, and has not begun.
pub(super) const HELD_UP: &str = "held up";

/// `for toast: the lock group kitchen is full (1)`. First whom a person must look at: a narrow table cuts the end.
pub(super) fn held_up(wait: &LockWait) -> String {
    if wait.by.is_empty() { wait.why.clone() } else { format!("for {}: {}", names(&wait.by), wait.why) }
}

/// `billing, export`
pub(super) fn names(jobs: &[JobName]) -> String {
    jobs.iter().map(JobName::as_str).collect::<Vec<_>>().join(", ")
}

/// `attempt 2 of 4`: the one that comes.
pub(super) fn attempt(facts: &Facts) -> String {
    let number = facts.last_run().map_or(1, |run| run.attempt) + 1;
    match facts.job.as_ref().and_then(|job| job.retries) {
        Some(retries) => format!("attempt {number} of {}", retries.most + 1),
        None => format!("attempt {number}"),
    }
}

/// `by olga until 07:00:00: reason`
fn paused(hold: &Hold, shown: Page<'_>) -> String {
    let until = match hold.marker.what {
        What::Until(end) => format!(" until {}", clock(end, shown.now, shown.zone)),
        What::All | What::Slot(_) => String::new(),
    };
    let all = if hold.scope == Scope::EveryJob { " (all jobs)" } else { "" };
    let reason = Some(&hold.marker.reason).filter(|reason| !reason.is_empty());
    format!("by {}{all}{until}{}", hold.by, reason.map(|reason| format!(": {reason}")).unwrap_or_default())
}

pub(super) fn colour(state: State) -> Style {
    match state {
        State::Invalid | State::Failed => AnsiColor::Red.on_default().bold(),
        State::Running => AnsiColor::Green.on_default().bold(),
        State::Paused | State::Retrying => AnsiColor::Yellow.on_default(),
        State::Disabled | State::Manual => Style::new().dimmed(),
        State::Waiting => Style::new(),
    }
}

pub(super) fn outcome_colour(outcome: Outcome) -> Style {
    match outcome {
        Outcome::Success => AnsiColor::Green.on_default(),
        Outcome::Skipped | Outcome::Stopped => AnsiColor::Yellow.on_default(),
        Outcome::Failure | Outcome::Timeout | Outcome::Interrupted => AnsiColor::Red.on_default(),
    }
}

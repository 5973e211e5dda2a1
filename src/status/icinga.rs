//! What Icinga is told, and other programs that read the outputs of monitoring plugins.

use super::{Facts, Host, State, outcome};
use crate::history::Outcome;
use crate::job::text::one_line;
use crate::page::words::span;
use crate::pause::Scope;
use chrono::{DateTime, Utc};
use std::fmt::Write;

/// By the exit codes of monitoring plugins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Health {
    /// 0
    Ok,
    /// 1
    Warning,
    /// 2
    Critical,
}

/// `check-jobs-icinga`: the line, and whether all is well. Only failures count, as ever: a job that has not run or was
/// skipped is none. The original gave up where a file had an error; here its job is named beside them.
pub fn icinga(jobs: &[Facts], host: &Host, now: DateTime<Utc>) -> (String, Health) {
    let (line, health) = verdict(jobs, host, now);
    (line + "\n", health)
}

/// `check-jobs-icinga --details`: performance data behind the line, and below it a line for each job that needs a look.
pub fn icinga_details(jobs: &[Facts], host: &Host, now: DateTime<Utc>) -> (String, Health) {
    let (mut out, health) = verdict(jobs, host, now);
    let _ = write!(out, " | jobs={} failing={}", jobs.len(), jobs.iter().filter(|facts| has_failed(facts)).count());
    for state in [State::Invalid, State::Running, State::Retrying, State::Paused, State::Disabled] {
        let count = jobs.iter().filter(|facts| facts.state() == state).count();
        let _ = write!(out, " {state}={count}");
    }
    for facts in jobs {
        if let Some(took) = facts.last_run().and_then(crate::history::Run::took) {
            let _ = write!(out, " {}={}s", label(facts.name.as_str()), took.as_seconds_f64());
        }
    }
    out.push('\n');
    for facts in jobs {
        if let Some(detail) = detail(facts, now) {
            // behind this sign only performance data may stand
            let _ = writeln!(out, "{}", one_line(&format!("{}: {detail}", facts.name)).replace('|', "/"));
        }
    }
    (out, health)
}

fn verdict(jobs: &[Facts], host: &Host, now: DateTime<Utc>) -> (String, Health) {
    let named = |is_one: fn(&Facts) -> bool| {
        jobs.iter().filter(|facts| is_one(facts)).map(|facts| facts.name.as_str()).collect::<Vec<_>>().join(", ")
    };
    let parts = [
        ("NO JOB CAN RUN", host.broken().unwrap_or_default(), Health::Critical),
        ("FAILING JOBS", named(has_failed), Health::Critical),
        ("INVALID JOBS", named(|facts| facts.state() == State::Invalid), Health::Critical),
        ("LATE JOBS", named(|facts| facts.late.is_some()), Health::Warning),
        ("UNTOLD", host.untold(now).unwrap_or_default(), Health::Warning),
    ];
    let parts: Vec<_> = parts.into_iter().filter(|(_, names, _)| !names.is_empty()).collect();
    match parts.first() {
        None => ("JOBS OK".to_owned(), Health::Ok),
        // the worst comes first
        Some((_, _, health)) => {
            let words: Vec<String> = parts.iter().map(|(what, names, _)| format!("{what}: {names}")).collect();
            (words.join("; "), *health)
        }
    }
}

/// An attempt that is followed by another is no failure yet.
fn has_failed(facts: &Facts) -> bool {
    // a job that was paused because it failed needs a person, whatever is skipped since
    if facts.pause.as_ref().is_some_and(|hold| hold.scope == Scope::Automatic) {
        return true;
    }
    facts.retry.is_none()
        && facts.recent.last_outcome.is_some_and(|outcome| !matches!(outcome, Outcome::Success | Outcome::Skipped))
}

fn detail(facts: &Facts, now: DateTime<Utc>) -> Option<String> {
    if let Some(error) = &facts.error {
        return Some(format!("invalid: {error}"));
    }
    if !has_failed(facts) {
        return facts.late.map(|late| format!("late: {}", super::late(late)));
    }
    let run = facts.last_run()?;
    let end = run.end.as_ref()?;
    let reason = end.reason.as_ref().map(|reason| format!(": {reason}")).unwrap_or_default();
    let row = match facts.recent.tally.failures_in_a_row {
        0 | 1 => String::new(),
        count => format!(", {count} failures in a row"),
    };
    let paused = facts.pause.as_ref().map(|hold| format!(", paused {hold}")).unwrap_or_default();
    Some(format!("{}, {} ago{row}{reason}{paused}", outcome(run, facts.next_attempt()), span(now - end.at)))
}

/// A label of performance data, which holds neither quote nor equals sign.
fn label(name: &str) -> String {
    format!("'{}'", one_line(name).replace(['\'', '='], "_"))
}

//! What a person should know of a job that they start, before it is started.

use super::say;
use crate::job::Activity;
use crate::job::text::one_line;
use crate::status::Facts;

/// What the unit does that is to be started.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unit {
    /// It is at rest.
    Idle,
    /// It runs, and goes on.
    Running,
    /// It failed, and waits for its next attempt.
    Waits,
    /// It runs, and is ended first.
    Restarted,
}

/// Says it. It is started all the same.
pub(super) fn warn(facts: &Facts, unit: Unit) {
    let name = &facts.name;
    let Some(job) = &facts.job else {
        let why = facts.error.as_ref().map(|error| one_line(&error.to_string())).unwrap_or_default();
        return say(&format!("{name}: its file has an error, and so it will not run: {why}"));
    };
    match unit {
        Unit::Running => return say(&format!("{name} is running already; no second run is started")),
        Unit::Idle if facts.running.is_some() => {
            return say(&format!("{name} is running by hand or as a slow start; this start will be skipped"));
        }
        Unit::Waits => say(&format!("{name} waits for its next attempt, which is made now")),
        Unit::Idle | Unit::Restarted => {}
    }
    if let Some(by) = &facts.pause {
        say(&format!("{name} is paused {by}; it runs all the same"));
    } else if job.activity == Activity::Disabled {
        say(&format!("{name} is disabled; it runs all the same"));
    }
}

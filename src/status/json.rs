//! All jobs as JSON; the shape is documented in `docs/json.md`.

use super::Facts;
use crate::history::{Exit, Run, Trigger};
use chrono::{DateTime, SecondsFormat, Utc};
use serde_json::{Value, json};

/// All jobs, in one document.
pub fn json<'a>(jobs: impl IntoIterator<Item = &'a Facts>) -> Value {
    json!({ "jobs": jobs.into_iter().map(job).collect::<Vec<_>>() })
}

fn time(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Micros, true)
}

fn job(facts: &Facts) -> Value {
    let job = facts.job.as_ref();
    json!({
        "job": facts.name.as_str(),
        "name": job.map(|job| &job.title),
        "state": facts.state().to_string(),
        "paused": facts.paused,
        "pid": facts.pid.filter(|pid| *pid > 0),
        "last": facts.last_run().map(run),
        "next": facts.next.map(time),
        "tags": job.map(|job| &job.tags),
    })
}

/// One run, as every command that writes JSON has it.
fn run(run: &Run) -> Value {
    let end = run.end.as_ref();
    let exit = end.and_then(|end| end.exit);
    json!({
        "run": run.id,
        "trigger": match run.trigger {
            Trigger::Timer => "timer",
            Trigger::Manual => "manual",
        },
        "slot": run.slot.map(time),
        "start": run.start.map(time),
        "end": end.map(|end| time(end.at)),
        "duration": end.and_then(|end| (end.at - run.start?).to_std().ok()).map(|took| took.as_secs_f64()),
        "outcome": end.map(|end| end.outcome.to_string()),
        "exit_status": exit.map(Exit::status),
        "reason": end.and_then(|end| end.reason.as_deref()),
    })
}

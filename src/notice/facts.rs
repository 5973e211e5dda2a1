//! What happened, as a document that stands by itself: a webhook gets it, and a command on its stdin.

use super::{Circumstances, Invalid};
use crate::history::{Cause, Exit, Run};
use crate::job::Job;
use crate::job::hook::Event;
use crate::page::words::rfc3339;
use chrono::TimeDelta;
use serde::{Deserialize, Serialize};

/// The document; `docs/json.md` tells each key. Times are RFC 3339 in UTC.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Facts {
    /// When it happened, under the name that stores of logs look for.
    #[serde(rename = "@timestamp")]
    pub timestamp: String,
    /// What.
    pub event: Event,
    /// The host's name.
    pub host: String,
    /// The job name.
    pub job: String,
    /// Key `name`.
    pub name: String,
    /// Keys `tag` and `tags`.
    pub tags: Vec<String>,
    /// The run id.
    pub run: String,
    /// `timer` or `manual`.
    pub trigger: String,
    /// `command` or `slow_start_command`.
    pub command: String,
    /// The slot that it was for.
    pub slot: Option<String>,
    /// When it began.
    pub start: Option<String>,
    /// When it ended.
    pub end: Option<String>,
    /// In seconds.
    pub duration: Option<f64>,
    /// In the words of [`crate::history::Outcome`]; none while it runs.
    pub outcome: Option<String>,
    /// What made it a failure.
    pub cause: Option<Cause>,
    /// As a shell has it.
    pub exit_status: Option<i32>,
    /// More than the outcome says.
    pub reason: Option<String>,
    /// Which attempt it was.
    #[serde(default = "first")]
    pub attempt: u32,
    /// Up to now.
    pub failures_in_a_row: u32,
    /// Why the job was paused by this, if it was.
    pub paused: Option<String>,
    /// The run's log file, if there are any.
    pub log: Option<String>,
    /// All of it in a sentence.
    pub message: String,
    /// What is wrong with the files of jobs; only where that is what is told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub invalid: Option<Invalid>,
}

/// What was written before there were attempts.
fn first() -> u32 {
    1
}

impl Facts {
    pub(super) fn of(job: &Job, run: &Run, event: Event, about: &Circumstances<'_>) -> Facts {
        let end = run.end.as_ref();
        Facts {
            timestamp: rfc3339(about.now),
            event,
            host: about.host.to_owned(),
            job: job.name.to_string(),
            name: job.title.clone(),
            tags: job.tags.clone(),
            run: run.id.clone(),
            trigger: run.trigger.word().to_owned(),
            command: run.command.key().to_owned(),
            slot: run.slot.map(rfc3339),
            start: run.start.map(rfc3339),
            end: end.map(|end| rfc3339(end.at)),
            duration: run.took().map(TimeDelta::as_seconds_f64),
            outcome: end.map(|end| end.outcome.to_string()),
            cause: end.and_then(|end| end.cause),
            exit_status: end.and_then(|end| end.exit).map(Exit::status),
            reason: end.and_then(|end| end.reason.clone()),
            attempt: run.attempt,
            failures_in_a_row: about.tally.failures_in_a_row,
            paused: about.paused.map(str::to_owned),
            log: about.log.clone(),
            message: message(job, run, event, about),
            invalid: None,
        }
    }

    /// The same for a command's environment.
    pub fn variables(&self) -> Vec<(String, String)> {
        let number = |number: Option<i32>| number.map(|number| number.to_string());
        let all = [
            ("EVENT", Some(self.event.word().to_owned())),
            ("JOB", Some(self.job.clone())),
            ("NAME", Some(self.name.clone())),
            ("HOST", Some(self.host.clone())),
            ("RUN", Some(self.run.clone())),
            ("TRIGGER", Some(self.trigger.clone())),
            ("OUTCOME", self.outcome.clone()),
            ("CAUSE", self.cause.map(|cause| cause.word().to_owned())),
            ("EXIT_STATUS", number(self.exit_status)),
            ("REASON", self.reason.clone()),
            ("START", self.start.clone()),
            ("END", self.end.clone()),
            ("ATTEMPT", Some(self.attempt.to_string())),
            ("FAILURES_IN_A_ROW", Some(self.failures_in_a_row.to_string())),
            ("PAUSED", self.paused.clone()),
            ("MESSAGE", Some(self.message.clone())),
        ];
        let named = |(name, value): (&str, Option<String>)| {
            // no program gets a NUL byte in its environment
            (format!("PROCESS_CONTROL_{name}"), value.unwrap_or_default().replace('\0', ""))
        };
        all.into_iter().map(named).collect()
    }
}

/// The original's sentences where it had one: it said the number of a signal as a negative code.
fn message(job: &Job, run: &Run, event: Event, about: &Circumstances<'_>) -> String {
    let title = &job.title;
    let end = run.end.as_ref();
    let reason = end.and_then(|end| end.reason.as_deref());
    let why = reason.map(|reason| format!(": {reason}")).unwrap_or_default();
    let what = match (event, end.and_then(|end| end.cause), end.and_then(|end| end.exit)) {
        (Event::Start, _, _) => format!("{title} started"),
        (Event::Success, _, _) => format!("{title} succeeded"),
        (Event::Invalid, _, _) => format!("{title} cannot run"),
        (Event::Skip, _, _) => format!("{title} was skipped{why}"),
        (Event::Recovery, _, _) => match about.failed_before {
            1 => format!("{title} succeeded again after a failure"),
            count => format!("{title} succeeded again after {count} failures"),
        },
        (Event::Failure, Some(Cause::ExitCode), Some(Exit::Code(code))) => {
            format!("{title} failed with code {code}{why}")
        }
        (Event::Failure, Some(Cause::NotStarted), _) => format!("{title} could not start{why}"),
        (Event::Failure, Some(Cause::OutOfMemory), _) => format!("{title} ran out of memory"),
        (Event::Failure, Some(_), _) => format!("{title} failed{why}"),
        (Event::Failure, None, _) => match job.timeout {
            Some(timeout) => format!("{title} timed out after {timeout}"),
            None => format!("{title} timed out"),
        },
    };
    match about.paused {
        Some(reason) => format!("{what}, and is paused: {reason}"),
        None => what,
    }
}

//! The history as YAML, the original's keys and ours.

use super::{Cause, Command, End, Exit, History, Outcome, Run, Seen, Tally, Trigger};
use crate::job::text::one_line;
use chrono::{DateTime, Datelike, NaiveDateTime, Utc};
use serde::{Deserialize, Serialize};

/// The whole file. The first two keys are the original's.
#[derive(Default, Serialize, Deserialize)]
#[serde(default)]
struct File {
    history: Vec<Entry>,
    last_completion_status: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    timing: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    timing_seen: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    resumed: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    succeeded: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    counts: Option<Tally>,
}

/// One entry. `status` and `time` are the original's; each of its runs has two entries, `started`
/// and another, and each of ours has one.
#[derive(Default, Serialize, Deserialize)]
#[serde(default)]
struct Entry {
    status: String,
    time: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    run: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    trigger: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    command: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    slot: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    start: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    end: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    duration: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    outcome: Option<Outcome>,
    #[serde(skip_serializing_if = "Option::is_none")]
    cause: Option<Cause>,
    #[serde(skip_serializing_if = "Option::is_none")]
    exit_status: Option<i32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    signal: Option<i32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    attempt: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    retry: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    boot: Option<String>,
}

/// The original's form: UTC, microseconds, no offset.
const TIME: &str = "%Y-%m-%d %H:%M:%S%.6f";
/// What is read of a list that any job may have written.
const MAX_ENTRIES: usize = 200;

fn write_time(time: DateTime<Utc>) -> String {
    time.format(TIME).to_string()
}

/// The original leaves the microseconds out when there are none.
fn read_time(text: &str) -> Option<DateTime<Utc>> {
    let time = NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M:%S%.f").ok()?.and_utc();
    // no clock shows another year, and with what is far away nobody can reckon
    (1970..=9999).contains(&time.year()).then_some(time)
}

fn read_text(text: Option<String>) -> String {
    one_line(&text.unwrap_or_default())
}

/// Reads a history file, the original's or ours.
///
/// # Errors
/// A sentence that says where it is not one.
pub fn parse(text: &str) -> Result<History, String> {
    let file: File = crate::yaml::from_str(text)?;
    let mut history = History::default();
    for entry in file.history.into_iter().rev().take(MAX_ENTRIES).rev() {
        match (&entry.run, entry.status.as_str()) {
            (None, "started") => history.runs.push(Run { end: None, ..read(entry) }),
            (None, _) if entry.start.is_none() => end_of_original(&mut history.runs, entry),
            _ => history.runs.push(read(entry)),
        }
    }
    history.seen = file
        .timing
        .zip(file.timing_seen.as_deref().and_then(read_time))
        .map(|(timing, at)| Seen { timing: read_text(Some(timing)), at });
    history.resumed = file.resumed.as_deref().and_then(read_time);
    let in_list = history.runs.iter().filter_map(|run| run.end.as_ref());
    let in_list = in_list.filter(|end| end.outcome == Outcome::Success).map(|end| end.at).max();
    history.succeeded = file.succeeded.as_deref().and_then(read_time).max(in_list);
    history.tally = file.counts.unwrap_or_else(|| Tally::of(&history.runs));
    Ok(history)
}

/// The second entry of one of the original's runs: it ends the run that the first began.
fn end_of_original(runs: &mut Vec<Run>, entry: Entry) {
    let ended = read(entry);
    match runs.last_mut() {
        Some(open) if open.id.is_empty() && open.end.is_none() => open.end = ended.end,
        _ => runs.push(Run { start: None, ..ended }),
    }
}

fn read(entry: Entry) -> Run {
    let time = read_time(&entry.time);
    let outcome = entry.outcome.or(match entry.status.as_str() {
        "completed" => Some(Outcome::Success),
        "failed" => Some(Outcome::Failure),
        "skipped" => Some(Outcome::Skipped),
        _ => None,
    });
    let exit = match (entry.signal, entry.exit_status) {
        (Some(signal), _) => Some(Exit::Signal(signal)),
        (None, code) => code.map(Exit::Code),
    };
    Run {
        id: read_text(entry.run),
        trigger: match entry.trigger.as_deref() {
            Some("timer") => Trigger::Timer,
            Some("after") => Trigger::After,
            _ => Trigger::Manual,
        },
        command: if entry.command.as_deref() == Some("slow_start") { Command::SlowStart } else { Command::Normal },
        slot: entry.slot.as_deref().and_then(read_time),
        start: entry.start.as_deref().and_then(read_time).or(time),
        end: outcome.map(|outcome| End {
            at: entry.end.as_deref().and_then(read_time).or(time).unwrap_or_default(),
            outcome,
            cause: entry.cause,
            exit,
            reason: entry.reason.map(|reason| read_text(Some(reason))),
        }),
        boot: read_text(entry.boot),
        attempt: entry.attempt.unwrap_or(1).max(1),
        // only what has ended can be tried again
        retry: entry.retry.as_deref().and_then(read_time).filter(|_| outcome.is_some()),
    }
}

/// Writes a history file.
///
/// # Errors
/// None that is known; the YAML crate's, if it has one.
pub fn render(history: &History) -> Result<String, String> {
    let last = history.last_ended().map_or("unknown", |(_, end)| end.outcome.original_completion());
    crate::yaml::to_string(&File {
        history: history.runs.iter().map(write).collect(),
        last_completion_status: last.to_owned(),
        timing: history.seen.as_ref().map(|seen| seen.timing.clone()),
        timing_seen: history.seen.as_ref().map(|seen| write_time(seen.at)),
        resumed: history.resumed.map(write_time),
        succeeded: history.succeeded.map(write_time),
        counts: Some(history.tally),
    })
}

fn write(run: &Run) -> Entry {
    let some = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    let end = run.end.as_ref();
    let time = end.map(|end| end.at).or(run.start).unwrap_or_default();
    let exit = end.and_then(|end| end.exit);
    Entry {
        status: end.map_or("started", |end| end.outcome.original_status()).to_owned(),
        time: write_time(time),
        run: some(&run.id),
        trigger: some(run.trigger.word()).filter(|_| !run.id.is_empty()),
        command: (run.command == Command::SlowStart).then(|| "slow_start".to_owned()),
        slot: run.slot.map(write_time),
        start: run.start.map(write_time),
        end: end.map(|end| write_time(end.at)),
        duration: end.filter(|end| end.outcome.lasted()).and_then(|end| seconds(run.start?, end.at)),
        outcome: end.map(|end| end.outcome),
        cause: end.and_then(|end| end.cause),
        exit_status: exit.map(Exit::status),
        signal: match exit {
            Some(Exit::Signal(signal)) => Some(signal),
            _ => None,
        },
        reason: end.and_then(|end| end.reason.clone()),
        attempt: Some(run.attempt).filter(|attempt| *attempt > 1),
        retry: run.retry.map(write_time),
        boot: some(&run.boot),
    }
}

/// Seconds with milliseconds; none if the clock went back.
fn seconds(from: DateTime<Utc>, to: DateTime<Utc>) -> Option<f64> {
    let millis = u32::try_from((to - from).num_milliseconds()).ok()?;
    Some(f64::from(millis) / 1000.0)
}

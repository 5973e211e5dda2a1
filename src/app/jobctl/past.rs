//! The past of one job: its history, and the run that a person means.

use super::chosen::unknown_name;
use super::refusal::Refusal;
use crate::app::exit;
use crate::config::Config;
use crate::history::{History, Run};
use crate::job::JobName;
use crate::job::text::one_line;
use crate::status::{Numbered, numbered};
use crate::sys::history::Store;
use crate::sys::jobs::Folder;

/// A job by its name, and what is known of its runs. One whose file has gone is known by its history.
pub(super) fn past(config: &Config, word: &str) -> Result<(JobName, History), Refusal> {
    let store = Store::new(&config.state_directory);
    let known = |name: &JobName| {
        let has_file = Folder::open(&config.job_directory).is_ok_and(|folder| folder.read(name).is_some());
        has_file || store.names().contains(name)
    };
    let name = JobName::from_argument(word).ok().filter(known);
    let name = name.ok_or_else(|| unknown_name(config, word, store.names()))?;
    let found = store
        .read(&name)
        .map_err(|error| Refusal::new(exit::NO_JOB, format!("{name}: the history cannot be read: {error}")))?;
    match found.corrupt {
        Some(why) => Err(Refusal::new(exit::NO_JOB, format!("{name}: the history is none: {}", one_line(&why)))),
        None => Ok((name, found.history)),
    }
}

/// So many characters of an id are needed at least; fewer are a number.
const LEAST: usize = 4;

/// The run that is meant by its number or by the beginning of its id.
pub(super) fn run<'a>(name: &JobName, history: &'a History, word: &str) -> Result<&'a Run, Refusal> {
    let all = numbered(history);
    let by_number = word.parse().ok().filter(|_| word.len() < LEAST);
    let mut found = all.iter().filter(|entry| match by_number {
        Some(number) => entry.number == Some(number),
        None => word.len() >= LEAST && entry.run.id.starts_with(&word.to_ascii_lowercase()),
    });
    match (found.next(), found.next()) {
        (Some(Numbered { run, .. }), None) => Ok(run),
        (Some(_), Some(_)) => Err(Refusal::usage(format!("{name}: several runs begin with {}", one_line(word)))),
        (None, _) => {
            let what = format!("{name}: no run {}; jobctl history {name} shows numbers and ids", one_line(word));
            Err(Refusal::new(exit::NO_JOB, what))
        }
    }
}

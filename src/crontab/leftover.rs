//! Entries of crontabs that start jobs of ours: what the original wrote, and what people wrote by hand.

use super::command::{Split, split};
use super::read::{Columns, When, read};
use super::start::{Extent, starts};
use crate::history::Command;
use crate::job::JobName;

/// Variables that speak to cron, or say what the service user has anyway.
const OF_CRON: &[&str] =
    &["MAILTO", "MAILFROM", "SHELL", "HOME", "LOGNAME", "CONTENT_TYPE", "CONTENT_TRANSFER_ENCODING"];

/// An entry that starts a job.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Leftover {
    /// The crontab, for people.
    pub file: String,
    /// Its line, from 1.
    pub line: usize,
    /// The job.
    pub job: JobName,
    /// Which of its commands.
    pub command: Command,
    /// Whether the entry does anything besides.
    pub extent: Extent,
    /// When.
    pub when: When,
    /// The variables that the crontab sets for it, and a job might miss.
    pub sets: Vec<String>,
}

/// The entries of a crontab that start jobs; `runner` is `run-job` where the configuration has it. One that starts
/// several is there several times.
pub fn leftovers(label: &str, bytes: &[u8], columns: Columns, runner: &str) -> Vec<Leftover> {
    let mut found = Vec::new();
    for entry in read(bytes, columns).entries {
        let Split { command, input } = split(&entry.command);
        let names = entry.variables.iter().map(|variable| &variable.name);
        let sets: Vec<String> = names.filter(|name| !OF_CRON.contains(&name.as_str())).cloned().collect();
        found.extend(starts(&command, runner).into_iter().map(|start| Leftover {
            file: label.to_owned(),
            line: entry.line,
            job: start.job,
            command: start.command,
            extent: if input.is_none() { start.extent } else { Extent::Part },
            when: entry.when.clone(),
            sets: sets.clone(),
        }));
    }
    found
}

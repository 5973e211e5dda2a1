//! Entries of crontabs that start jobs of ours: what the original wrote, and what people wrote by hand.

use super::command::{Split, split};
use super::handover::Crontab;
use super::read::{When, read};
use super::start::{Extent, starts};
use crate::config::{DEFAULT_PATH, VARIABLE};
use crate::history::Command;
use crate::job::JobName;

/// Variables that speak to cron, or that make no difference to `run-job`.
const OF_CRON: &[&str] =
    &["MAILTO", "MAILFROM", "SHELL", "LOGNAME", "CONTENT_TYPE", "CONTENT_TRANSFER_ENCODING", VARIABLE];

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

/// What makes a start one of ours.
#[derive(Clone, Copy, Debug)]
pub struct Ours<'a> {
    /// `run-job` where the configuration has it.
    pub runner: &'a str,
    /// The login name of the service user: `run-job` refuses everybody else.
    pub user: &'a str,
    /// The configuration's file, if it is not in its usual place.
    pub configuration: Option<&'a str>,
}

impl Ours<'_> {
    /// Whether this is the configuration in force.
    pub(super) fn is_configured_by(self, path: &str) -> bool {
        path == self.configuration.unwrap_or(DEFAULT_PATH)
    }
}

/// The entries of a crontab that start jobs. One that starts several is there several times; one that `run-job` refuses,
/// as it is not the service user's, is not.
pub fn leftovers(crontab: &Crontab<'_>, ours: Ours<'_>) -> Vec<Leftover> {
    let mut found = Vec::new();
    for entry in read(crontab.bytes, crontab.columns).entries {
        let configuration = entry.variables.iter().find(|variable| variable.name == VARIABLE);
        if configuration.is_some_and(|variable| !ours.is_configured_by(&variable.value)) {
            continue;
        }
        let Split { command, input } = split(&entry.command);
        let user = entry.user.as_deref().or(crontab.owner);
        let names = entry.variables.iter().map(|variable| &variable.name);
        let sets: Vec<String> = names.filter(|name| !OF_CRON.contains(&name.as_str())).cloned().collect();
        let starts = starts(&command, ours).into_iter();
        let starts = starts.filter(|start| start.extent == Extent::Part || user.is_none_or(|user| user == ours.user));
        found.extend(starts.map(|start| Leftover {
            file: crontab.label.to_owned(),
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

//! What `jobctl check` found → text or JSON.

mod effect;
mod json;
mod text;

pub use effect::Effect;
pub use json::json;
pub use text::text;

use crate::job::{JobName, Problem, Severity};
use chrono::{DateTime, FixedOffset, NaiveDateTime};
use std::path::PathBuf;

/// Everything that was checked.
#[derive(Clone, Debug, Default)]
pub struct Report {
    /// The configuration, if there is a file, and every job file.
    pub files: Vec<FileReport>,
    /// What is wrong with the host: a sentence each.
    pub host: Vec<String>,
}

/// One file.
#[derive(Clone, Debug)]
pub struct FileReport {
    /// Where it is.
    pub path: PathBuf,
    /// The job; none for the configuration, or a file whose name is no job name.
    pub job: Option<JobName>,
    /// What stands in it; none if it cannot be read or is not UTF-8.
    pub text: Option<String>,
    /// What is wrong, in the order of the file.
    pub problems: Vec<Problem>,
    /// What happens with the job, in a few words.
    pub summary: String,
    /// The next slots, as the clock in the job's zone shows them.
    pub next: Vec<Next>,
}

/// A slot to come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Next {
    /// By the clock of the job's zone.
    pub civil: NaiveDateTime,
    /// With its offset from UTC.
    pub at: DateTime<FixedOffset>,
}

/// Errors and warnings, counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Count {
    /// Errors; a mistake is one here.
    pub errors: usize,
    /// Warnings.
    pub warnings: usize,
}

impl Report {
    /// How much is wrong.
    pub fn count(&self) -> Count {
        let all = self.files.iter().flat_map(|file| &file.problems);
        let warnings = all.clone().filter(|problem| level(problem) == "warning").count();
        Count { errors: all.count() - warnings, warnings: warnings + self.host.len() }
    }
}

/// What `check` calls a problem.
pub fn level(problem: &Problem) -> &'static str {
    match problem.severity {
        Severity::Note | Severity::Warning => "warning",
        Severity::Mistake | Severity::Error => "error",
    }
}

//! What is wrong with a file, said so that a person finds the place and knows the cure.

use crate::yaml::Node;
use std::fmt;

/// How much a problem matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// All is well, and something can be tidied up: a warning of `jobctl check`, and nobody else says it.
    Note,
    /// The job runs, but its author should look.
    Warning,
    /// The job runs all the same, but nobody can have meant it: an error for `jobctl check`.
    Mistake,
    /// The job cannot run.
    Error,
}

/// Where in a file something stands. Lines and columns count from 1, columns in characters.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// Line, from 1; 0 when the problem is about the file as a whole.
    pub line: usize,
    /// Column, from 1, counted in characters.
    pub column: usize,
    /// First byte of the text meant.
    pub start: usize,
    /// First byte after the text meant.
    pub end: usize,
}

impl Place {
    /// The start of the file.
    pub const TOP: Place = Place { line: 1, column: 1, start: 0, end: 0 };
}

/// One thing that is wrong with a job file or a configuration file.
///
/// `what` and `allowed` are our own words and hold nothing of the file; what the file says goes
/// into `found`. The generator, which reads as root what others wrote, prints all but `found`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// How much it matters.
    pub severity: Severity,
    /// Where it stands in the file.
    pub place: Place,
    /// The key, as in `failmail/to_address`; empty when it is not about one key.
    pub key: String,
    /// What is wrong, in lower case, without a full stop.
    pub what: String,
    /// The offending text, shown to people who may read the file.
    pub found: Option<String>,
    /// What is allowed instead.
    pub allowed: Option<String>,
}

impl Problem {
    /// An error at `place`.
    pub fn error(place: Place, key: impl Into<String>, what: impl Into<String>) -> Self {
        Problem { severity: Severity::Error, place, key: key.into(), what: what.into(), found: None, allowed: None }
    }

    /// A warning at `place`.
    pub fn warning(place: Place, key: impl Into<String>, what: impl Into<String>) -> Self {
        Problem { severity: Severity::Warning, ..Problem::error(place, key, what) }
    }

    /// A note at `place`.
    pub fn note(place: Place, key: impl Into<String>, what: impl Into<String>) -> Self {
        Problem { severity: Severity::Note, ..Problem::error(place, key, what) }
    }

    /// A mistake at `place`.
    pub fn mistake(place: Place, key: impl Into<String>, what: impl Into<String>) -> Self {
        Problem { severity: Severity::Mistake, ..Problem::error(place, key, what) }
    }

    /// Adds what is allowed instead.
    #[must_use]
    pub fn allowed(mut self, allowed: impl Into<String>) -> Self {
        self.allowed = Some(allowed.into());
        self
    }

    /// Adds the offending text.
    #[must_use]
    pub fn found(mut self, found: impl Into<String>) -> Self {
        self.found = Some(found.into());
        self
    }

    /// Moves a problem of the file as a whole to the key that it is about, if the file has it.
    pub(super) fn find_in(&mut self, node: &Node) {
        if self.place != Place::TOP {
            return;
        }
        let key = self.key.split('/').next().unwrap_or_default();
        if let Some(value) = node.get(key) {
            self.place = value.place;
        }
    }

    /// Whether it is worth a line each time the file is read.
    pub fn is_pressing(&self) -> bool {
        self.severity != Severity::Note
    }

    /// Whether the job cannot run because of it.
    pub fn is_error(&self) -> bool {
        self.severity == Severity::Error
    }
}

/// `LINE:COLUMN: KEY: what is wrong; what is allowed`, with nothing of the file's contents.
impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.place.line > 0 {
            write!(f, "{}:{}: ", self.place.line, self.place.column)?;
        }
        if !self.key.is_empty() {
            write!(f, "{}: ", self.key)?;
        }
        f.write_str(&self.what)?;
        match &self.allowed {
            Some(allowed) => write!(f, "; {allowed}"),
            None => Ok(()),
        }
    }
}

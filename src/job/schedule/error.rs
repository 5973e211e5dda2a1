//! What is wrong with a schedule, and where in its text.

use std::fmt;
use std::ops::Range;

/// Why a text is no schedule.
///
/// `what` and `allowed` are our own words and numbers; what the file says stands in `found` alone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScheduleError {
    /// What is wrong, in lower case, without a full stop.
    pub what: String,
    /// The offending text.
    pub found: Option<String>,
    /// What is allowed instead.
    pub allowed: Option<String>,
    /// The bytes of the schedule's text that are meant.
    pub at: Range<usize>,
}

impl ScheduleError {
    /// Adds what is allowed instead.
    #[must_use]
    pub(super) fn allowed(mut self, allowed: impl Into<String>) -> Self {
        self.allowed = Some(allowed.into());
        self
    }
}

/// What is wrong, then what is allowed; nothing of the schedule's own text.
impl fmt::Display for ScheduleError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.what)?;
        match &self.allowed {
            Some(allowed) => write!(f, "; {allowed}"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for ScheduleError {}

/// Something that a schedule may say but that its author may not have meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScheduleWarning {
    /// What to look at, in our own words, in lower case, without a full stop.
    pub what: String,
    /// What to write instead.
    pub advice: Option<String>,
    /// The bytes of the schedule's text that are meant.
    pub at: Range<usize>,
}

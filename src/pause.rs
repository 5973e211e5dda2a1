//! Pause markers: small text files that say that a job's schedule does not count for now.
//!
//! The gate in `run-job` obeys them, so neither a pause nor its end needs a reload, or root. Who made
//! the file has paused the job. Anybody can write one by hand:
//!
//! ```text
//! the disk is being replaced
//! until: 2027-01-31T07:00:00Z
//! ```
//!
//! The line `until:` ends the pause by itself. A marker with a line `skip:` pauses nothing but the
//! slots up to that instant. Every other line is the reason, of which the first counts.

use crate::history::History;
use crate::job::text::one_line;
use chrono::{DateTime, SecondsFormat, Utc};
use std::fmt;

/// What a marker says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Marker {
    /// What it holds back.
    pub what: What,
    /// Why, in one line; empty if it does not say.
    pub reason: String,
}

/// What a marker holds back.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum What {
    /// Every start by the timer, until somebody takes the marker away.
    #[default]
    All,
    /// Every start by the timer until then.
    Until(DateTime<Utc>),
    /// The slots up to this one.
    Slot(DateTime<Utc>),
}

impl Marker {
    /// Reads a marker. Whatever stands in it, it is one: who put it there meant something.
    pub fn parse(text: &str) -> Marker {
        let mut marker = Marker::default();
        for line in text.lines() {
            let time = |key| Some(DateTime::parse_from_rfc3339(line.strip_prefix(key)?.trim()).ok()?.to_utc());
            if let Some(at) = time("until:") {
                marker.what = What::Until(at);
            } else if let Some(at) = time("skip:") {
                marker.what = What::Slot(at);
            } else if marker.reason.is_empty() {
                marker.reason = one_line(line);
            }
        }
        marker
    }
}

/// As [`Marker::parse`] reads it back.
impl fmt::Display for Marker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match Marker::parse(&self.reason).what {
            What::All => writeln!(f, "{}", self.reason)?,
            // a reason that looks like one of the lines that have a meaning
            What::Until(_) | What::Slot(_) => writeln!(f, "({})", self.reason)?,
        }
        let time = |at: &DateTime<Utc>| at.to_rfc3339_opts(SecondsFormat::AutoSi, true);
        match &self.what {
            What::All => Ok(()),
            What::Until(at) => writeln!(f, "until: {}", time(at)),
            What::Slot(at) => writeln!(f, "skip: {}", time(at)),
        }
    }
}

/// A marker as it was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hold {
    /// What it says.
    pub marker: Marker,
    /// Who made it: the owner of the file.
    pub by: String,
    /// When.
    pub since: DateTime<Utc>,
    /// Whom it is for.
    pub scope: Scope,
}

/// Whom a marker is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// One job, by a person.
    Job,
    /// Every job, by a person.
    EveryJob,
    /// One job, by the service user itself.
    Automatic,
}

impl Scope {
    /// In a word, for JSON.
    pub fn word(self) -> &'static str {
        match self {
            Scope::Job => "job",
            Scope::EveryJob => "all",
            Scope::Automatic => "automatic",
        }
    }
}

impl Hold {
    /// Whether it pauses the job at this moment.
    pub fn pauses(&self, now: DateTime<Utc>) -> bool {
        match self.marker.what {
            What::All => true,
            What::Until(end) => now < end,
            What::Slot(_) => false,
        }
    }

    /// The last slot that it holds back, if it pauses nothing else.
    pub fn slot(&self) -> Option<DateTime<Utc>> {
        match self.marker.what {
            What::Slot(slot) => Some(slot),
            What::All | What::Until(_) => None,
        }
    }
}

/// That somebody has resumed a job.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Resumed {
    /// When.
    pub at: DateTime<Utc>,
    /// How it is to start.
    pub pace: Pace,
}

impl Resumed {
    /// Whether the counts of a history do not know of it yet.
    pub fn is_news_to(&self, history: &History) -> bool {
        history.resumed.is_none_or(|known| self.at > known)
    }
}

/// How a job starts that was resumed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pace {
    /// As ever.
    Normal,
    /// With its `slow_start_command`, until it has succeeded often enough.
    Slow,
}

/// `by olga until 2027-01-31 07:00:00 UTC: reason`
impl fmt::Display for Hold {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "by {}", self.by)?;
        if self.scope == Scope::EveryJob {
            f.write_str(" (all jobs)")?;
        }
        if let What::Until(end) = self.marker.what {
            write!(f, " until {}", end.format("%Y-%m-%d %H:%M:%S UTC"))?;
        }
        match self.marker.reason.as_str() {
            "" => Ok(()),
            reason => write!(f, ": {reason}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    #[test]
    fn a_marker_is_read_as_it_was_written() {
        let until = What::Until(at("2027-01-31T07:00:00Z"));
        let slot = What::Slot(at("2027-01-31T07:00:00.25Z"));
        for (what, reason) in [(What::All, ""), (What::All, "a reason"), (until, ""), (until, "why"), (slot, "")] {
            let marker = Marker { what, reason: reason.to_owned() };
            assert_eq!(Marker::parse(&marker.to_string()), marker);
        }
    }

    #[test]
    fn a_reason_cannot_end_the_pause() {
        for reason in ["skip: 2020-01-01T00:00:00Z", "until: 2020-01-01T00:00:00Z"] {
            for what in [What::All, What::Until(at("2027-01-31T07:00:00Z"))] {
                let marker = Marker { what, reason: reason.to_owned() };
                let read = Marker::parse(&marker.to_string());
                assert_eq!((read.what, read.reason), (what, format!("({reason})")));
            }
        }
    }

    #[test]
    fn whatever_stands_in_a_marker_it_pauses() {
        for (text, reason) in [
            ("", ""),
            ("\n\nthe disk\nmore\n", "the disk"),
            ("until the disk is new\u{1b}[2J\n", "until the disk is new[2J"),
            ("until: tomorrow\n", "until: tomorrow"),
            ("skip: never", "skip: never"),
        ] {
            assert_eq!(Marker::parse(text), Marker { what: What::All, reason: reason.to_owned() }, "{text:?}");
        }
    }

    #[test]
    fn a_pause_ends_by_itself() {
        let hold = |what| Hold {
            marker: Marker { what, reason: String::new() },
            by: "olga".to_owned(),
            since: at("2027-01-01T00:00:00Z"),
            scope: Scope::Job,
        };
        let end = at("2027-01-31T07:00:00Z");
        let before = at("2027-01-31T06:59:59Z");
        assert!(hold(What::Until(end)).pauses(before) && !hold(What::Until(end)).pauses(end));
        assert!(hold(What::All).pauses(end) && !hold(What::Slot(end)).pauses(before));
        assert_eq!(hold(What::Until(end)).to_string(), "by olga until 2027-01-31 07:00:00 UTC");
    }
}

//! Timers and services of systemd that people wrote by hand, made into job files: [`file`] takes their text apart,
//! [`import`] makes jobs of it, with words about all that is different or cannot come along.

mod command;
mod environment;
mod file;
mod import;
mod service;
mod timing;
mod words;

pub use file::{Source, service_of};
pub use import::{Pair, Start, import};

use crate::crontab::Kind;

/// What is to be said of a line of a unit file.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Said {
    /// `FILE:LINE`
    at: String,
    kind: Kind,
    what: String,
}

impl Said {
    fn not_carried(at: &str, what: impl Into<String>) -> Said {
        Said { at: at.to_owned(), kind: Kind::NotCarried, what: what.into() }
    }

    fn note(at: &str, what: impl Into<String>) -> Said {
        Said { at: at.to_owned(), kind: Kind::Note, what: what.into() }
    }
}

//! Crontabs of cron, made into job files: [`read()`] takes a text apart, [`import`] makes jobs of it, with words about
//! all that is different or cannot come along. [`export`] goes the other way.
//! [`differences`] tells what the original did otherwise, [`leftovers`] what cron still runs of it, and [`handover`] who is to
//! start it.

mod command;
mod export;
pub mod handover;
mod import;
mod job;
mod leftover;
mod lost;
mod mail;
mod original;
mod program;
mod read;
mod start;
mod variable;

pub use export::{DEFAULT_TEMPLATE, Exported, Runner, Template, export};
pub use handover::{Author, Crontab, Jobs};
pub(crate) use import::is_same;
pub use import::{Host, Imported, Source, Users, Wanted, import};
pub(crate) use job::needs_privileges;
pub use leftover::{Leftover, Ours, leftovers};
pub use lost::Delivery;
pub use original::{FOR_ALL, Subject, differences, new_keys};
pub use read::{Columns, Entry, Table, When, read};
pub use start::Extent;
pub use variable::Variable;

/// What is to be said of a line of a crontab.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Said {
    /// The line, from 1.
    pub line: usize,
    /// Whether something stays behind.
    pub kind: Kind,
    /// What it is, and what to do.
    pub what: String,
}

/// Whether something stays behind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// It is in no job file.
    NotCarried,
    /// It came along, and somebody should know.
    Note,
}

impl Said {
    fn not_carried(line: usize, what: impl Into<String>) -> Said {
        Said { line, kind: Kind::NotCarried, what: what.into() }
    }

    fn note(line: usize, what: impl Into<String>) -> Said {
        Said { line, kind: Kind::Note, what: what.into() }
    }
}

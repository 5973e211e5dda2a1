//! The three ways to tell somebody outside: a mail, an address of the web, a program.

pub mod mail;
pub mod program;
pub mod web;

use std::fmt;
use std::time::Duration;

/// Why somebody could not be told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Failed {
    /// The other side does not answer: nor will it to the next.
    Away(String),
    /// It may work later: the other side says so.
    Later(String),
    /// It will not: the other side refuses what we say.
    Never(String),
}

impl fmt::Display for Failed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Failed::Away(why) | Failed::Later(why) | Failed::Never(why) => {
                f.write_str(&crate::job::text::one_line(why))
            }
        }
    }
}

/// How long the other side may take for one step.
const PATIENCE: Duration = Duration::from_secs(15);

/// An error with its causes, each said once.
fn causes(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        let more = error.to_string();
        if !text.contains(&more) {
            text = format!("{text}: {more}");
        }
        cause = error.source();
    }
    text
}

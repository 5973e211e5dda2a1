//! What our programs say for people: on stderr, which is the terminal or the journal.

use super::invocation::Invocation;
use crate::job::{Problem, Severity};
use std::io::Write;

/// Says lines, with a priority where the journal reads one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Voice {
    /// To a unit's journal: `<3>` at the start of a line is its priority, see sd-daemon(3).
    Journal,
    /// To a person, after the name of the program.
    Terminal(&'static str),
}

/// Priorities of syslog(3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Priority {
    /// The run cannot be, or has failed.
    Error = 3,
    /// Somebody should look.
    Warning = 4,
    /// It is done, and somebody may ask later.
    Notice = 5,
    /// It is so, and all right.
    Info = 6,
}

impl Priority {
    /// The priority of a problem.
    pub fn of(problem: &Problem) -> Priority {
        match problem.severity {
            Severity::Error => Priority::Error,
            Severity::Warning | Severity::Mistake => Priority::Warning,
            Severity::Note => Priority::Info,
        }
    }
}

impl Voice {
    /// The voice for who called.
    pub fn of(program: &'static str, invocation: &Invocation) -> Voice {
        match invocation {
            Invocation::Unit { .. } => Voice::Journal,
            Invocation::Hand { .. } => Voice::Terminal(program),
        }
    }

    /// Says one line; control characters, which could lead a terminal astray, are left out.
    pub fn say(self, priority: Priority, line: &str) {
        let line: String = line.chars().filter(|c| !c.is_control()).collect();
        match self {
            Voice::Journal => speak(&format!("<{}>{line}\n", priority as u8)),
            Voice::Terminal(program) => speak(&format!("{program}: {line}\n")),
        }
    }
}

/// Writes to stderr as it is. When that fails there is nobody to tell, and what is done goes on: `eprintln!` would
/// panic.
pub fn speak(text: &str) {
    let mut stderr = std::io::stderr();
    let _ = stderr.write_all(text.as_bytes()).and_then(|()| stderr.flush());
}

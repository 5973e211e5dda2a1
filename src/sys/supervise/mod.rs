//! Runs the commands of a job, one after the other, and lets none of their processes outlive the run.
//!
//! It serves a run by hand, and a unit whose job has several commands or a log of its own. A single
//! command in a unit needs no supervisor: systemd is one.

mod relay;
mod run;
mod signals;
mod tree;

pub use signals::die_of;

use super::exec::Environment;
use super::run_log::RunLog;
use crate::job::CommandLine;
use std::io;
use std::time::Duration;

/// What to run, with everything decided beforehand.
#[derive(Clone, Copy)]
pub struct Task<'a> {
    /// The commands, in order; the first that fails is the last.
    pub commands: &'a [CommandLine],
    /// Their environment.
    pub environment: Environment<'a>,
    /// Exit codes that count as success beside 0.
    pub success: &'a [i32],
    /// How long all commands together may take; `None` where systemd looks after that.
    pub timeout: Option<Duration>,
    /// How long processes have between SIGTERM and SIGKILL.
    pub grace: Duration,
    /// Who ends what the commands leave behind.
    pub tree: Tree,
    /// For [`Tree::OfUnit`], asked when a signal tells us to stop: whether systemd sent it, and so to every
    /// process of the unit. A person may have sent it to us alone.
    pub all_are_told: &'a dyn Fn() -> bool,
}

/// Who ends the processes that belong to the run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tree {
    /// systemd: it sends its signals to all processes of the unit, and ends them with the unit.
    OfUnit,
    /// We do: the run was started by hand.
    Ours,
}

/// Where the commands' output goes.
pub enum Output<'a, 'z> {
    /// Where ours goes: the terminal or the journal.
    Inherit,
    /// To a log as well.
    Log(&'a mut RunLog<'z>),
}

/// How the run ended. A command is given by its place in the list.
#[derive(Debug)]
pub enum Ended {
    /// The last command that ran exited by itself; as all before it were a success, its code is the run's.
    Exited {
        /// The exit code.
        code: i32,
        /// Which command.
        command: usize,
    },
    /// A signal that was not ours ended a command.
    Signalled {
        /// The signal's number.
        signal: i32,
        /// Whether it left a core dump.
        core: Core,
        /// Which command.
        command: usize,
    },
    /// The time was over.
    TimedOut,
    /// A signal told us to stop.
    Stopped {
        /// The signal's number.
        signal: i32,
    },
    /// A command could not be started.
    NotStarted {
        /// Which command.
        command: usize,
        /// Why.
        error: io::Error,
    },
}

/// Whether there is a core dump.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Core {
    /// There is.
    Dumped,
    /// There is none.
    None,
}

impl Task<'_> {
    /// Whether an end is a success: then the next command may start, or the run has succeeded.
    pub fn is_success(&self, ended: &Ended) -> bool {
        matches!(ended, Ended::Exited { code, .. } if *code == 0 || self.success.contains(code))
    }
}

/// Runs the task to its end.
///
/// SIGTERM, SIGINT, SIGHUP and SIGQUIT stop the run; also afterwards they do not kill this process, so
/// that the caller can record the end and then [`die_of`] the same signal. Every child of this process
/// is taken for one of the run: the caller has no others. With [`Tree::Ours`] this process stays the
/// reaper of its orphaned descendants.
pub fn supervise(task: &Task<'_>, output: Output<'_, '_>) -> io::Result<Ended> {
    let ended = run::Run::begin(task, output)?.finish();
    if ended.is_err() && task.tree == Tree::Ours {
        // nobody watches over the commands any more, so none may go on; the first error is the one to tell
        let _ = tree::kill();
    }
    ended
}

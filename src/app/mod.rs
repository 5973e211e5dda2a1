//! One file per command: from the world, through data, to the world.

mod again;
pub mod args;
mod book;
mod changes;
pub mod complete;
pub mod cron_generate;
mod crontabs;
mod existing;
pub mod exit;
mod facts;
mod finish;
pub mod generate;
mod invalid;
mod jobctl;
mod lock_wait;
pub mod notify;
pub mod original;
mod others;
mod overdue;
pub mod run;
mod translate;
mod turn;

pub use jobctl::main as jobctl;

use crate::sys::voice::{Priority, Voice};
use std::io::{self, ErrorKind, Write};
use std::ops::ControlFlow;
use std::sync::OnceLock;

/// Why something that belongs on stdout is not there.
static LOST: OnceLock<io::Error> = OnceLock::new();

/// Writes to stdout, in colours where they are wanted; whether more is wanted.
fn print(text: &str) -> ControlFlow<()> {
    let mut stdout = anstream::stdout().lock();
    kept(stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush()))
}

/// What became of a write to stdout. A reader that has gone away is no error, but wants no more; any other failure
/// is kept for [`ended`], as what is there is not the whole.
fn kept(written: io::Result<()>) -> ControlFlow<()> {
    match written {
        Ok(()) => ControlFlow::Continue(()),
        Err(error) => {
            if error.kind() != ErrorKind::BrokenPipe {
                // of several the first
                let _ = LOST.set(error);
            }
            ControlFlow::Break(())
        }
    }
}

/// The exit code of a program that would end with this one, had all been written.
fn ended(program: &'static str, code: u8) -> u8 {
    let Some(error) = LOST.get() else { return code };
    Voice::Terminal(program).say(Priority::Error, &format!("stdout cannot be written: {error}"));
    if code == exit::OK { exit::NOT_WRITTEN } else { code }
}

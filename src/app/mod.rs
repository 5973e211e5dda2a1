//! One file per command: from the world, through data, to the world.

pub mod args;
mod book;
mod changes;
pub mod complete;
pub mod cron_generate;
pub mod exit;
mod facts;
mod finish;
pub mod generate;
mod jobctl;
pub mod notify;
pub mod original;
pub mod run;
mod translate;

pub use jobctl::main as jobctl;

use std::io::Write;
use std::ops::ControlFlow;

/// Writes to stdout, in colours where they are wanted. A reader that has gone away is no error, but wants no more.
fn print(text: &str) -> ControlFlow<()> {
    match anstream::stdout().lock().write_all(text.as_bytes()) {
        Ok(()) => ControlFlow::Continue(()),
        Err(_) => ControlFlow::Break(()),
    }
}

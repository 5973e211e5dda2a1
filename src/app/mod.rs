//! One file per command: from the world, through data, to the world.

pub mod args;
mod check;
pub mod exit;
mod facts;
mod finish;
pub mod generate;
pub mod original;
mod reload;
pub mod run;
mod show;
mod translate;

use clap::Parser;
use std::io::Write;

/// Runs `jobctl` with the arguments of the process.
pub fn jobctl() -> u8 {
    let arguments = match args::JobCtl::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => {
            let asked = !error.use_stderr();
            // a closed pipe is no error
            let _ = error.print();
            return if asked { exit::OK } else { exit::USAGE };
        }
    };
    match &arguments.verb {
        args::Verb::Check(arguments) => check::check(arguments),
        args::Verb::Show(arguments) => show::show(arguments),
        args::Verb::Reload(arguments) => reload::reload(arguments),
    }
}

/// Writes to stdout, in colours where they are wanted. A reader that has gone away is no error.
fn print(text: &str) {
    let _ = anstream::stdout().lock().write_all(text.as_bytes());
}

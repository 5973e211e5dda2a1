//! One file per command: from the world, through data, to the world.

pub mod args;
mod check;
pub mod exit;
mod facts;
mod finish;
pub mod generate;
mod order;
pub mod original;
mod reload;
pub mod run;
mod show;
mod status;
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
    let Some(verb) = &arguments.verb else { return status::status(&args::Status::default()) };
    match verb {
        args::Verb::Status(arguments) => status::status(arguments),
        args::Verb::Start(start) if start.slow_start => order::order(&start.order, order::What::SlowStart),
        args::Verb::Start(start) => order::order(&start.order, order::What::Start),
        args::Verb::Stop(arguments) => order::order(arguments, order::What::Stop),
        args::Verb::Check(arguments) => check::check(arguments),
        args::Verb::Show(arguments) => show::show(arguments),
        args::Verb::Reload(arguments) => reload::reload(arguments),
    }
}

/// The configuration, or what is wrong with it and the exit code.
fn configuration() -> Result<crate::config::Config, (String, u8)> {
    let loaded = crate::sys::config::load();
    let wrong: Vec<String> = loaded.problems.iter().map(|problem| translate::line(&loaded.path, problem)).collect();
    loaded.config.ok_or((wrong.join("\njobctl: "), exit::CONFIG))
}

/// Writes to stdout, in colours where they are wanted. A reader that has gone away is no error.
fn print(text: &str) {
    let _ = anstream::stdout().lock().write_all(text.as_bytes());
}

//! Runs one job: see [`process_control::app::run`].

use std::process::ExitCode;

fn main() -> ExitCode {
    process_control::app::run::main().into()
}

//! Turns job files into units: see [`process_control::app::generate`].

use std::process::ExitCode;

fn main() -> ExitCode {
    process_control::app::generate::main(std::env::args_os()).into()
}

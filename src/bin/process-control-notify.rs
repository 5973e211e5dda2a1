//! Delivers notices; see [`process_control::app::notify`].

use std::process::ExitCode;

fn main() -> ExitCode {
    process_control::app::notify::main(std::env::args_os()).into()
}

//! Shows and steers scheduled jobs: see [`process_control::app`].

use std::process::ExitCode;

fn main() -> ExitCode {
    process_control::app::jobctl().into()
}

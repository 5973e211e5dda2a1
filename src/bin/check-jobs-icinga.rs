//! Tells Icinga which jobs failed: see [`process_control::app::original`].

use std::process::ExitCode;

fn main() -> ExitCode {
    process_control::app::original::icinga().into()
}

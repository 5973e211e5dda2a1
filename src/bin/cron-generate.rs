//! What the original's users call after they changed jobs: see [`process_control::app::cron_generate`].

use std::process::ExitCode;

fn main() -> ExitCode {
    process_control::app::cron_generate::main().into()
}

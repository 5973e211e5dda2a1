//! Tools of the host that some tests compare with.

use std::io::Write as _;
use std::process::{Command, Stdio};

/// Whether a command succeeds; if not, says that what needs it is skipped.
pub(crate) fn there_or_skip(what: &str, command: &[&str]) -> bool {
    let tried = Command::new(command[0]).args(&command[1..]).stdout(Stdio::null()).stderr(Stdio::null()).status();
    let there = tried.is_ok_and(|status| status.success());
    if !there {
        // not eprintln!, which the test harness swallows: a skipped test must be seen
        let _ = writeln!(std::io::stderr(), "\nskipped: {what}: `{}` does not work here", command.join(" "));
    }
    there
}

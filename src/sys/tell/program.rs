//! A program that is told: the facts in its environment and on its stdin, its output where ours goes.

use super::Failed;
use crate::job::CommandLine;
use crate::sys::exec::{Environment, prepared};
use rustix::process::{Pid, Signal, kill_process_group};
use std::ffi::OsString;
use std::io::Write;
use std::os::unix::process::CommandExt;
use std::process::Stdio;
use std::time::{Duration, Instant};

/// How long a program may take.
const PATIENCE: Duration = Duration::from_secs(60);
const LOOK: Duration = Duration::from_millis(20);

/// Runs a program until it ends, or for a minute.
///
/// # Errors
/// Why it was not told; a program is never run a second time.
pub fn run(command: &CommandLine, variables: &[(String, String)], document: &[u8]) -> Result<(), Failed> {
    let failed = |why: String| Failed::Never(format!("{}: {why}", command.program()));
    let set: Vec<(OsString, OsString)> = variables.iter().map(|(name, value)| (name.into(), value.into())).collect();
    let mut process = prepared(command, Environment { set: &set, without: &[] });
    let mut child =
        process.stdin(Stdio::piped()).process_group(0).spawn().map_err(|error| failed(error.to_string()))?;
    // one that does not read is no error, and nobody waits for it
    let (stdin, document) = (child.stdin.take(), document.to_owned());
    std::thread::spawn(move || stdin.map(|mut stdin| stdin.write_all(&document)));
    let end = Instant::now() + PATIENCE;
    loop {
        match child.try_wait() {
            Ok(Some(status)) if status.success() => return Ok(()),
            Ok(Some(status)) => return Err(failed(status.to_string())),
            Ok(None) if Instant::now() < end => std::thread::sleep(LOOK),
            Ok(None) => {
                let group = i32::try_from(child.id()).ok().and_then(Pid::from_raw);
                let _ = group.map(|group| kill_process_group(group, Signal::KILL));
                let _ = child.wait();
                return Err(failed(format!("it did not end within {} s", PATIENCE.as_secs())));
            }
            Err(error) => return Err(failed(error.to_string())),
        }
    }
}

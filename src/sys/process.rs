//! Processes of others.

use rustix::io::Errno;
use rustix::process::{Pid, Signal, kill_process};
use std::io;

/// Tells a process to end, with SIGTERM.
///
/// # Errors
/// That there is no such process, or that we may not.
pub fn terminate(pid: u32) -> io::Result<()> {
    let pid = i32::try_from(pid).ok().and_then(Pid::from_raw).ok_or(Errno::SRCH)?;
    Ok(kill_process(pid, Signal::TERM)?)
}

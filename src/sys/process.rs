//! Processes of others.

use rustix::io::Errno;
use rustix::process::{Pid, Signal, kill_process};
use std::io;
use std::os::unix::fs::MetadataExt;

/// Tells a process of a user to end, with SIGTERM.
///
/// # Errors
/// That there is no such process, that it is another user's, or that we may not.
pub fn terminate(pid: u32, uid: u32) -> io::Result<()> {
    let owner = std::fs::metadata(format!("/proc/{pid}"))?.uid();
    let pid = i32::try_from(pid).ok().and_then(Pid::from_raw).ok_or(Errno::SRCH)?;
    if owner != uid {
        return Err(Errno::PERM.into());
    }
    Ok(kill_process(pid, Signal::TERM)?)
}

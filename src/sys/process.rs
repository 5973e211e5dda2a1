//! Processes of others.

use rustix::io::Errno;
use rustix::process::{Pid, PidfdFlags, Signal, pidfd_open, pidfd_send_signal};
use std::io;
use std::os::unix::fs::MetadataExt;

/// Tells a process of a user to end, with SIGTERM.
///
/// # Errors
/// That there is no such process, that it is another user's, or that we may not.
pub fn terminate(pid: u32, uid: u32) -> io::Result<()> {
    let id = i32::try_from(pid).ok().and_then(Pid::from_raw).ok_or(Errno::SRCH)?;
    // first the process, then whose it is: its number may be another's by the time that it is told
    let process = pidfd_open(id, PidfdFlags::empty())?;
    if std::fs::metadata(format!("/proc/{pid}"))?.uid() != uid {
        return Err(Errno::PERM.into());
    }
    Ok(pidfd_send_signal(process, Signal::TERM)?)
}

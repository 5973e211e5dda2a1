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

/// Whether there is such a process, and it is a `run-job`: a script of that name, or a program. Numbers are used again, so the
/// number alone says nothing.
pub fn is_run_job(pid: u32) -> bool {
    let words = std::fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
    words.split(|byte| *byte == 0).take(4).any(|word| word == b"run-job" || word.ends_with(b"/run-job"))
}

#[cfg(test)]
mod tests {
    use super::is_run_job;
    use std::process::{Command, Stdio};

    #[test]
    fn a_process_is_known_by_its_words() {
        assert!(!is_run_job(std::process::id()) && !is_run_job(u32::MAX));
        for (name, is_one) in [("/opt/run-job", true), ("run-job", true), ("x-run-job", false)] {
            let mut shell = Command::new("sh").args(["-c", "read x", name]).stdin(Stdio::piped()).spawn().unwrap();
            // in /proc once it has become the shell
            while !std::fs::read(format!("/proc/{}/cmdline", shell.id())).unwrap().starts_with(b"sh\0") {}
            assert_eq!(is_run_job(shell.id()), is_one, "{name}");
            drop(shell.stdin.take());
            shell.wait().unwrap();
        }
    }
}

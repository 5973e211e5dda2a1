//! Processes of others.

use super::account;
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

/// Whether there is such a process, ours, and it is a `run-job` of this job: a script of that name, or a program. Numbers are
/// used again, so the number alone says nothing.
pub fn is_run_of(pid: u32, job: &str) -> bool {
    let is_ours = || std::fs::metadata(format!("/proc/{pid}")).is_ok_and(|found| found.uid() == account::own());
    let words = std::fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
    let mut words = words.split(|byte| *byte == 0).map(String::from_utf8_lossy);
    let is_run_job = words.by_ref().take(4).any(|word| word == "run-job" || word.ends_with("/run-job"));
    is_run_job
        && words.any(|word| word.strip_suffix(job).is_some_and(|option| option.is_empty() || option.starts_with('-')))
        && is_ours()
}

#[cfg(test)]
mod tests {
    use super::is_run_of;
    use std::process::{Command, Stdio};

    #[test]
    fn a_run_is_known_by_the_words_of_its_process() {
        assert!(!is_run_of(std::process::id(), "a") && !is_run_of(u32::MAX, "a"));
        for (words, is_one) in [
            (["/opt/run-job", "--job", "tea"], true),
            (["run-job", "-w", "--job=tea"], true),
            (["run-job", "-j", "green-tea"], false),
            (["run-job", "-j", "long"], false),
            (["x-run-job", "-j", "tea"], false),
        ] {
            let mut shell = Command::new("sh");
            let mut shell = shell.args(["-c", "read x"]).args(words).stdin(Stdio::piped()).spawn().unwrap();
            // in /proc once it has become the shell
            while !std::fs::read(format!("/proc/{}/cmdline", shell.id())).unwrap().starts_with(b"sh\0") {}
            assert_eq!(is_run_of(shell.id(), "tea"), is_one, "{words:?}");
            drop(shell.stdin.take());
            shell.wait().unwrap();
        }
    }
}

//! Takes old logs away.
//!
//! Each is removed by its name in the folder that was opened, so a link in the place of either leads nowhere: the folder
//! is the job's, and who takes away may be root.

use crate::job::{JobName, KeepLogs};
use crate::run::keep::{is_log, surplus};
use chrono::{DateTime, Utc};
use rustix::fs::{AtFlags, Dir, Mode, OFlags, open, unlinkat};
use rustix::io::Errno;
use std::io;
use std::os::fd::OwnedFd;
use std::path::Path;

/// Removes the logs of a job that are not to be kept.
///
/// # Errors
/// Why the folder cannot be read, or a log not be removed; the others are tried all the same.
pub fn remove(output_directory: &Path, job: &JobName, keep: &KeepLogs, now: DateTime<Utc>) -> io::Result<()> {
    let folder = folder(output_directory, job)?;
    unlink(&folder, &surplus(&names(&folder)?, job, keep, now))
}

/// Removes all logs of a job, whatever else is in its folder.
///
/// # Errors
/// As [`remove`].
pub fn remove_all(output_directory: &Path, job: &JobName) -> io::Result<()> {
    let folder = folder(output_directory, job)?;
    unlink(&folder, &logs(&folder, job)?)
}

/// The names of all logs of a job; none of a folder that cannot be read, or is a link.
pub fn all(output_directory: &Path, job: &JobName) -> Vec<String> {
    folder(output_directory, job).and_then(|folder| logs(&folder, job)).unwrap_or_default()
}

fn folder(output_directory: &Path, job: &JobName) -> io::Result<OwnedFd> {
    let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    Ok(open(output_directory.join(job.as_str()), flags, Mode::empty())?)
}

fn names(folder: &OwnedFd) -> io::Result<Vec<String>> {
    let entries = Dir::read_from(folder)?;
    Ok(entries.filter_map(|entry| entry.ok()?.file_name().to_str().ok().map(str::to_owned)).collect())
}

fn logs(folder: &OwnedFd, job: &JobName) -> io::Result<Vec<String>> {
    Ok(names(folder)?.into_iter().filter(|name| is_log(name, job)).collect())
}

fn unlink<T: AsRef<str>>(folder: &OwnedFd, names: &[T]) -> io::Result<()> {
    let mut done = Ok(());
    for name in names {
        match unlinkat(folder, name.as_ref(), AtFlags::empty()) {
            // somebody was faster
            Ok(()) | Err(Errno::NOENT) => {}
            Err(error) => done = Err(io::Error::from(error)),
        }
    }
    done
}

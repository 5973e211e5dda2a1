//! Takes old logs away.

use crate::job::{JobName, KeepLogs};
use crate::run::keep::surplus;
use chrono::{DateTime, Utc};
use rustix::fs::{AtFlags, Dir, Mode, OFlags, open, unlinkat};
use std::io;
use std::path::Path;

/// Removes the logs of a job that are not to be kept. Each is removed by its name in the folder that was opened, so a
/// link in the place of either leads nowhere.
///
/// # Errors
/// Why the folder cannot be read, or a log not be removed; the others are tried all the same.
pub fn remove(output_directory: &Path, job: &JobName, keep: &KeepLogs, now: DateTime<Utc>) -> io::Result<()> {
    let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    let folder = open(output_directory.join(job.as_str()), flags, Mode::empty())?;
    let names = Dir::read_from(&folder)?.filter_map(|entry| entry.ok()?.file_name().to_str().ok().map(str::to_owned));
    let names: Vec<String> = names.collect();
    let mut done = Ok(());
    for name in surplus(&names, job, keep, now) {
        if let Err(error) = unlinkat(&folder, &name, AtFlags::empty()) {
            done = Err(io::Error::from(error));
        }
    }
    done
}

//! What root has started because it was its turn: a file for each job, in a folder that no job can write.

use super::lock::alone;
use crate::job::JobName;
use chrono::{DateTime, Utc};
use std::fs::{self, DirBuilder, File};
use std::io;
use std::os::unix::fs::DirBuilderExt;
use std::path::Path;

const FOLDER: &str = "/run/process-control-follow-up";
/// No job is called so.
const LOCK: &str = ".lock";

/// The folder, ours alone while this is held: two jobs that end at once must not both start the job after them.
#[derive(Debug)]
pub struct Started {
    _alone: File,
}

impl Started {
    /// Makes the folder if it is not there, and waits for who else looks.
    ///
    /// # Errors
    /// Why it cannot be made or locked.
    pub fn open() -> io::Result<Started> {
        let about = |error: io::Error| io::Error::new(error.kind(), format!("{FOLDER}: {error}"));
        match DirBuilder::new().mode(0o700).create(FOLDER) {
            Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(about(error)),
            _ => {}
        }
        Ok(Started { _alone: alone(&Path::new(FOLDER).join(LOCK), || ()).map_err(about)? })
    }

    /// When a job was last started, since the boot.
    pub fn last(&self, job: &JobName) -> Option<DateTime<Utc>> {
        let changed = fs::metadata(Path::new(FOLDER).join(job.as_str())).ok()?.modified().ok()?;
        Some(changed.into())
    }

    /// Notes that a job is started now.
    ///
    /// # Errors
    /// Why it cannot be noted.
    pub fn note(&self, job: &JobName) -> io::Result<()> {
        fs::write(Path::new(FOLDER).join(job.as_str()), "started\n")
    }
}

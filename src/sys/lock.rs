//! The lock of a job: held while it runs, gone with whoever held it.

use crate::job::JobName;
use rustix::fs::{Mode, OFlags, open};
use std::fs::{File, TryLockError};
use std::io::{self, Seek, Write};
use std::path::Path;

/// The lock, held. The kernel frees it when the last copy of the descriptor is closed, so no crash
/// leaves it behind; the file stays, and means nothing by itself.
#[derive(Debug)]
pub struct Lock(File);

/// Whether the lock was to be had.
#[derive(Debug)]
pub enum Taken {
    /// It is ours.
    Yes(Lock),
    /// Another run has it.
    Busy,
}

impl Lock {
    /// Takes `RUN_DIRECTORY/NAME.lock`, without waiting.
    ///
    /// # Errors
    /// Why the file cannot be opened; a link in its place is refused.
    pub fn take(run_directory: &Path, name: &JobName) -> io::Result<Taken> {
        let path = run_directory.join(format!("{name}.lock"));
        let flags = OFlags::RDWR | OFlags::CREATE | OFlags::NOFOLLOW | OFlags::CLOEXEC | OFlags::NONBLOCK;
        let file = File::from(open(&path, flags, Mode::from_raw_mode(0o664))?);
        match file.try_lock() {
            Ok(()) => Ok(Taken::Yes(Lock(file))),
            Err(TryLockError::WouldBlock) => Ok(Taken::Busy),
            Err(TryLockError::Error(error)) => Err(error),
        }
    }

    /// Notes who runs, for people: `PID RUN`.
    ///
    /// # Errors
    /// Why it cannot be written; the lock holds all the same.
    pub fn note(&mut self, run: &str) -> io::Result<()> {
        self.0.set_len(0)?;
        self.0.rewind()?;
        writeln!(self.0, "{} {run}", std::process::id())
    }

    /// The open file, to keep it across an exec.
    pub fn file(&self) -> &File {
        &self.0
    }
}

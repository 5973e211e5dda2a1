//! The history files: read, changed and replaced as a whole, by one at a time.

use super::clock;
use crate::history::{History, parse, render};
use crate::job::JobName;
use rustix::fs::{FileType, Mode, OFlags, fchmod, fstat, fsync, open};
use std::fs::File;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// More than any history that we write.
const MAX_BYTES: u64 = 256 * 1024;
/// Whoever holds the file's lock needs milliseconds. One who keeps it does not stop a run.
const PATIENCE: Duration = Duration::from_secs(5);

/// The histories of all jobs: `STATE_DIRECTORY/NAME.yaml`.
#[derive(Clone, Debug)]
pub struct Store {
    directory: PathBuf,
}

/// A history, and what was wrong with its file.
#[derive(Debug, Default)]
pub struct Found {
    /// The history; empty if there is none.
    pub history: History,
    /// Why the file is no history, if it is none.
    pub corrupt: Option<String>,
}

impl Store {
    /// The store in a state directory.
    pub fn new(state_directory: &Path) -> Store {
        Store { directory: state_directory.to_owned() }
    }

    fn file(&self, name: &JobName) -> PathBuf {
        self.directory.join(format!("{name}.yaml"))
    }

    /// Reads a history.
    ///
    /// # Errors
    /// Why the file cannot be read; that it is missing is no error.
    pub fn read(&self, name: &JobName) -> io::Result<Found> {
        let corrupt = |why: String| Ok(Found { corrupt: Some(why), ..Found::default() });
        let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC | OFlags::NOCTTY;
        let file = match open(self.file(name), flags, Mode::empty()) {
            Ok(file) => file,
            Err(rustix::io::Errno::NOENT) => return Ok(Found::default()),
            Err(rustix::io::Errno::LOOP) => return corrupt("it is a link".to_owned()),
            Err(error) => return Err(error.into()),
        };
        if FileType::from_raw_mode(fstat(&file)?.st_mode) != FileType::RegularFile {
            return corrupt("it is no regular file".to_owned());
        }
        let mut bytes = Vec::new();
        File::from(file).take(MAX_BYTES + 1).read_to_end(&mut bytes)?;
        if bytes.len() as u64 > MAX_BYTES {
            return corrupt("it is too large".to_owned());
        }
        match std::str::from_utf8(&bytes).map_err(|error| error.to_string()).and_then(parse) {
            Ok(history) => Ok(Found { history, corrupt: None }),
            Err(why) => corrupt(why),
        }
    }

    /// Changes a history. Two that do so at once do it one after the other, and a crash leaves the
    /// old file or the new one. Gives what should be said: that a corrupt file was put aside.
    ///
    /// # Errors
    /// Why it cannot be written.
    pub fn update(&self, name: &JobName, change: impl FnOnce(&mut History)) -> io::Result<Option<String>> {
        let _alone = self.alone(name)?;
        let Found { mut history, corrupt } = self.read(name)?;
        let said = corrupt.map(|why| {
            let aside = self.directory.join(format!("{name}.yaml.corrupt"));
            let moved = std::fs::rename(self.file(name), &aside);
            let done = if moved.is_ok() { format!("put aside as {}", aside.display()) } else { "replaced".to_owned() };
            format!("the history was no history and is {done}: {}", crate::job::text::one_line(&why))
        });
        change(&mut history);
        let text = render(&history).map_err(io::Error::other)?;
        self.replace(name, text.as_bytes())?;
        Ok(said)
    }

    fn alone(&self, name: &JobName) -> io::Result<File> {
        let path = self.directory.join(format!(".{name}.lock"));
        let flags = OFlags::RDWR | OFlags::CREATE | OFlags::NOFOLLOW | OFlags::CLOEXEC | OFlags::NONBLOCK;
        let file = File::from(open(path, flags, Mode::from_raw_mode(0o600))?);
        let end = Instant::now() + PATIENCE;
        while file.try_lock().is_err() && Instant::now() < end {
            std::thread::sleep(Duration::from_millis(5));
        }
        Ok(file)
    }

    fn replace(&self, name: &JobName, bytes: &[u8]) -> io::Result<()> {
        // without the job's name, which may be as long as leaves room for nothing else
        let temporary = self.directory.join(format!(".{}.{}.new", std::process::id(), clock::now().timestamp_micros()));
        let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        let mut file = File::from(open(&temporary, flags, Mode::from_raw_mode(0o644))?);
        // whatever umask the caller has, the original's tools may read it
        let written = fchmod(&file, Mode::from_raw_mode(0o644))
            .map_err(io::Error::from)
            .and_then(|()| file.write_all(bytes))
            .and_then(|()| file.sync_all())
            .and_then(|()| std::fs::rename(&temporary, self.file(name)));
        if let Err(error) = written {
            // nothing more can be done about a leftover than to try
            let _ = std::fs::remove_file(&temporary);
            return Err(error);
        }
        let directory = open(&self.directory, OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC, Mode::empty())?;
        Ok(fsync(directory)?)
    }
}

//! The history files: read, changed and replaced as a whole, by one at a time.

use super::replace::{Existing, Lasting, New};
use super::{clock, modes};
use crate::history::{History, Recent, parse, render};
use crate::job::JobName;
use crate::job::text::one_line;
use rustix::fs::{FileType, Mode, OFlags, fstat, open};
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// Whatever umask the caller has, the original's tools may read it.
const MODE: u32 = 0o644;
/// More than any history that we write.
const MAX_BYTES: u64 = 256 * 1024;
/// Whoever holds the file's lock needs milliseconds. One who keeps it does not stop a run.
pub const PATIENCE: Duration = Duration::from_secs(5);

/// The histories of all jobs: `STATE_DIRECTORY/NAME.yaml`.
#[derive(Clone, Debug)]
pub struct Store {
    directory: PathBuf,
    /// This boot: a run of another one is over.
    boot: String,
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
        Store { directory: state_directory.to_owned(), boot: clock::boot_id() }
    }

    /// The names of all jobs that have a history, also of jobs that are gone.
    pub fn names(&self) -> Vec<JobName> {
        let entries = std::fs::read_dir(&self.directory).into_iter().flatten().flatten();
        let names = entries.filter_map(|entry| {
            let file = entry.file_name().into_string().ok()?;
            JobName::new(file.strip_suffix(".yaml")?).ok()
        });
        names.collect()
    }

    fn file(&self, name: &JobName) -> PathBuf {
        self.directory.join(format!("{name}.yaml"))
    }

    /// Reads a history.
    ///
    /// # Errors
    /// Why the file cannot be read; that it is missing is no error.
    pub fn read(&self, name: &JobName) -> io::Result<Found> {
        let Some(text) = self.text(name)? else { return Ok(Found::default()) };
        Ok(match text.and_then(|text| parse(&text)) {
            Ok(mut history) => {
                history.settle_other_boots(&self.boot);
                Found { history, corrupt: None }
            }
            Err(why) => Found { corrupt: Some(why), ..Found::default() },
        })
    }

    /// Reads the last of a history; of one that cannot be read, why.
    pub fn recent(&self, name: &JobName) -> Recent {
        let read = match self.text(name) {
            Ok(None) => return Recent::default(),
            Ok(Some(text)) => text.and_then(|text| Recent::read(&text, &self.boot)),
            Err(error) => Err(error.to_string()),
        };
        read.unwrap_or_else(|why| Recent { unreadable: Some(one_line(&why)), ..Recent::default() })
    }

    /// What stands in the file, or why it is no history; none if it is missing.
    fn text(&self, name: &JobName) -> io::Result<Option<Result<String, String>>> {
        let corrupt = |why: &str| Ok(Some(Err(why.to_owned())));
        let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC | OFlags::NOCTTY;
        let file = match open(self.file(name), flags, Mode::empty()) {
            Ok(file) => file,
            Err(rustix::io::Errno::NOENT) => return Ok(None),
            Err(rustix::io::Errno::LOOP) => return corrupt("it is a link"),
            Err(error) => return Err(error.into()),
        };
        if FileType::from_raw_mode(fstat(&file)?.st_mode) != FileType::RegularFile {
            return corrupt("it is no regular file");
        }
        let mut bytes = Vec::new();
        File::from(file).take(MAX_BYTES + 1).read_to_end(&mut bytes)?;
        if bytes.len() as u64 > MAX_BYTES {
            return corrupt("it is too large");
        }
        Ok(Some(String::from_utf8(bytes).map_err(|error| error.to_string())))
    }

    /// Takes a history in hand, to change it. Two that do so at once do it one after the other, unless one of them keeps
    /// the other waiting for longer than `patience`.
    ///
    /// # Errors
    /// Why it cannot be read, or will not be written.
    pub fn take(&self, name: &JobName, patience: Duration) -> io::Result<InHand<'_>> {
        let alone = self.alone(name, patience)?;
        let Found { history, corrupt } = self.read(name)?;
        let said = corrupt.map(|why| {
            let aside = self.directory.join(format!("{name}.yaml.corrupt"));
            let moved = std::fs::rename(self.file(name), &aside);
            let done = if moved.is_ok() { format!("put aside as {}", aside.display()) } else { "replaced".to_owned() };
            format!("the history was no history and is {done}: {}", one_line(&why))
        });
        Ok(InHand { store: self, file: format!("{name}.yaml"), history, said, alone })
    }

    fn alone(&self, name: &JobName, patience: Duration) -> io::Result<File> {
        let path = self.directory.join(format!(".{name}.lock"));
        let flags = OFlags::RDWR | OFlags::CREATE | OFlags::NOFOLLOW | OFlags::CLOEXEC | OFlags::NONBLOCK;
        let file = File::from(modes::file(&path, flags, Mode::from_raw_mode(0o600))?);
        let end = Instant::now() + patience;
        while file.try_lock().is_err() && Instant::now() < end {
            std::thread::sleep(Duration::from_millis(5));
        }
        Ok(file)
    }
}

/// A history that nobody else changes meanwhile.
#[derive(Debug)]
pub struct InHand<'a> {
    store: &'a Store,
    file: String,
    /// What it is, and what it is to become.
    pub history: History,
    /// What should be said: that a corrupt file was put aside.
    pub said: Option<String>,
    alone: File,
}

impl InHand<'_> {
    /// Writes it beside the file in which everybody reads it. What can go wrong, a full disk above all, goes wrong here.
    ///
    /// # Errors
    /// Why it cannot be written.
    pub fn beside(self) -> io::Result<Ready> {
        let text = render(&self.history).map_err(io::Error::other)?;
        let new = New::beside(&self.store.directory, &self.file, MODE, text.as_bytes())?;
        Ok(Ready { new, alone: self.alone })
    }
}

/// A history that is written, and that nobody reads yet.
#[derive(Debug)]
pub struct Ready {
    new: New,
    alone: File,
}

impl Ready {
    /// Makes it known. A crash leaves the old file or the new one.
    ///
    /// # Errors
    /// Why the old one is still there.
    pub fn put(self) -> io::Result<Lasting> {
        let Ready { new, alone } = self;
        let put = new.put(Existing::Replaced);
        drop(alone);
        put
    }
}

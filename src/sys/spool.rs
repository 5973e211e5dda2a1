//! The folder of notices. `post` is for `process-control-notify`, `commands` for the service user's own programs, and
//! in `later` is what could not be delivered yet.
//!
//! Every job can write into the first two: what is read from them is taken for nothing more than a wish.

use super::clock;
use super::replace::{self, Existing, Lasting};
use crate::notice::Notice;
use crate::status::Waiting;
use chrono::{DateTime, TimeDelta, Utc};
use rustix::fs::{FileType, Mode, OFlags, fstat, open};
use rustix::io::Errno;
use std::ffi::{OsStr, OsString};
use std::fs::{self, DirEntry, File};
use std::io::{self, Read};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

/// `process-control-notify` writes what could not be delivered in its own name, and reads what others wrote.
const MODE: u32 = 0o660;
/// More than any notice that we write.
const MAX_BYTES: u64 = 128 * 1024;
/// So many are looked at in one go.
const MOST: usize = 10_000;
/// So long a notice may be on its way.
const MOMENT: TimeDelta = TimeDelta::minutes(1);

/// Where notices wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Queue {
    /// Mails, pings, webhooks.
    Post,
    /// Programs.
    Commands,
    /// Post that could not be delivered.
    Later,
}

impl Queue {
    fn folder(self) -> &'static str {
        match self {
            Queue::Post => "post",
            Queue::Commands => "commands",
            Queue::Later => "later",
        }
    }
}

/// The folder of notices.
#[derive(Clone, Debug)]
pub struct Spool {
    directory: PathBuf,
}

impl Spool {
    /// The spool in a notice directory.
    pub fn new(notice_directory: &Path) -> Spool {
        Spool { directory: notice_directory.to_owned() }
    }

    fn folder(&self, queue: Queue) -> PathBuf {
        self.directory.join(queue.folder())
    }

    /// Puts a notice into a queue. The same event of the same run is there once, whoever writes it down.
    ///
    /// # Errors
    /// Why it cannot be written.
    pub fn put(&self, queue: Queue, notice: &Notice) -> io::Result<Lasting> {
        let text = serde_json::to_vec(notice)?;
        let id: String = notice.facts.run.chars().filter(char::is_ascii_alphanumeric).take(64).collect();
        let name = format!("-{id}-{}.json", notice.facts.event.word());
        // one that is there already was written by another of the run's processes, moments ago
        // what is about no run is told once as it is
        let is_there = queue != Queue::Later
            && !id.is_empty()
            && self.list(queue)?.iter().any(|file| file.as_encoded_bytes().ends_with(name.as_bytes()));
        if is_there {
            return Ok(Lasting::Yes);
        }
        // in front when it came here: the kernel's times of files are not exact enough to tell a start from its end
        let file = format!("{:020}{name}", clock::now().timestamp_micros());
        replace::write(&self.folder(queue), &file, MODE, &text, Existing::Replaced)
    }

    /// The files of a queue, the oldest first.
    ///
    /// # Errors
    /// Why the folder cannot be read.
    pub fn list(&self, queue: Queue) -> io::Result<Vec<OsString>> {
        let entries = fs::read_dir(self.folder(queue))?.flatten().filter(is_notice);
        let mut names: Vec<OsString> = entries.map(|entry| entry.file_name()).collect();
        names.sort();
        names.truncate(MOST);
        Ok(names)
    }

    /// What waits in all queues. What came a moment ago is not meant: it is about to be delivered.
    ///
    /// # Errors
    /// That a folder cannot be read; then nobody knows.
    pub fn waiting(&self, now: DateTime<Utc>) -> io::Result<Waiting> {
        let mut waiting = Waiting::default();
        for queue in [Queue::Post, Queue::Commands, Queue::Later] {
            for entry in fs::read_dir(self.folder(queue))?.take(MOST).flatten().filter(is_notice) {
                // looks at no file but this one: a link is not followed
                let Ok(stat) = entry.metadata() else { continue };
                if !stat.is_file() {
                    continue;
                }
                // jobs cannot set this time, but they can take any name
                let changed = DateTime::from_timestamp(stat.ctime(), 0);
                let Some(since) = Spool::came(queue, &entry.file_name()).or(changed) else { continue };
                if queue == Queue::Later || now - since > MOMENT {
                    waiting.count += 1;
                    waiting.oldest = Some(waiting.oldest.map_or(since, |oldest| oldest.min(since)));
                }
            }
        }
        Ok(waiting)
    }

    /// When a notice came into the queue of those that could not be delivered; none in another.
    pub fn came(queue: Queue, file: &OsStr) -> Option<DateTime<Utc>> {
        let micros = file.to_str().filter(|_| queue == Queue::Later)?.split('-').next()?;
        DateTime::from_timestamp_micros(micros.parse().ok()?)
    }

    /// Reads a notice.
    ///
    /// # Errors
    /// Why it is none, or why it cannot be read now.
    pub fn read(&self, queue: Queue, file: &OsStr) -> Result<Notice, Unread> {
        let bytes = contents(&self.folder(queue).join(file), MAX_BYTES)?;
        serde_json::from_slice(&bytes).map_err(|error| Unread::NoNotice(error.to_string()))
    }

    /// Replaces a notice by what is left of it.
    ///
    /// # Errors
    /// Why it cannot be written.
    pub fn replace(&self, queue: Queue, file: &str, notice: &Notice) -> io::Result<Lasting> {
        replace::write(&self.folder(queue), file, MODE, &serde_json::to_vec(notice)?, Existing::Replaced)
    }

    /// Takes a file out of its queue, whatever it is: what stays would be tried again at once, for ever.
    ///
    /// # Errors
    /// Why it stays.
    pub fn remove(&self, queue: Queue, file: &OsStr) -> io::Result<()> {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let folder = self.folder(queue);
        // a folder of somebody else's can be renamed, but not be removed
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let aside = format!(".{}-{}-{count}.aside", clock::now().timestamp_micros(), std::process::id());
        fs::remove_file(folder.join(file)).or_else(|_| fs::rename(folder.join(file), folder.join(aside)))
    }
}

/// By its name.
fn is_notice(entry: &DirEntry) -> bool {
    let name = entry.file_name();
    let name = name.as_encoded_bytes();
    name.ends_with(b".json") && !name.starts_with(b".")
}

/// What stands in a regular file that a job may have put there: no link is followed, and nothing waited for.
pub(super) fn contents(path: &Path, most: u64) -> Result<Vec<u8>, Unread> {
    let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC | OFlags::NOCTTY;
    let opened = match open(path, flags, Mode::empty()) {
        Ok(opened) => opened,
        Err(Errno::LOOP | Errno::NXIO) => return Err(Unread::NoNotice("it is no regular file".to_owned())),
        Err(error) => return Err(Unread::Failed(error.into())),
    };
    let stat = fstat(&opened).map_err(|error| Unread::Failed(error.into()))?;
    if FileType::from_raw_mode(stat.st_mode) != FileType::RegularFile {
        return Err(Unread::NoNotice("it is no regular file".to_owned()));
    }
    let mut bytes = Vec::new();
    File::from(opened).take(most + 1).read_to_end(&mut bytes).map_err(Unread::Failed)?;
    if bytes.len() as u64 > most {
        return Err(Unread::NoNotice("it is too large".to_owned()));
    }
    Ok(bytes)
}

/// Why a file of a queue is not read.
#[derive(Debug)]
pub enum Unread {
    /// It is none, and never will be.
    NoNotice(String),
    /// It may be one: this time it could not be read.
    Failed(io::Error),
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::ffi::OsStrExt;

    #[test]
    fn what_waits_is_counted_and_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        let spool = Spool::new(folder.path());
        let now = clock::now();
        assert!(spool.waiting(now).is_err(), "who cannot look knows nothing");
        for queue in ["post", "commands", "later/folder.json"] {
            fs::create_dir_all(folder.path().join(queue)).unwrap();
        }
        assert_eq!(spool.waiting(now).unwrap(), Waiting::default());
        let old = now - TimeDelta::hours(3);
        let name = |at: DateTime<Utc>| format!("{:020}-x-failure.json", at.timestamp_micros());
        fs::write(folder.path().join("later").join(name(old)), "").unwrap();
        fs::write(folder.path().join("later").join(name(now)), "").unwrap();
        fs::write(folder.path().join("later").join(format!(".{}", name(old))), "").unwrap();
        // a job can call its notice what it wants, and link to what it wants
        fs::write(folder.path().join("post").join(name(old)), "").unwrap();
        std::os::unix::fs::symlink("/etc/passwd", folder.path().join("later/link.json")).unwrap();
        let waiting = spool.waiting(now).unwrap();
        assert_eq!((waiting.count, waiting.oldest.unwrap().timestamp()), (2, old.timestamp()));
        assert_eq!(spool.waiting(now + TimeDelta::hours(1)).unwrap().count, 3, "nobody takes it from there");
    }

    #[test]
    fn what_is_no_notice_leaves_its_queue() {
        let folder = tempfile::tempdir().unwrap();
        let post = folder.path().join("post");
        fs::create_dir_all(post.join("folder.json")).unwrap();
        std::os::unix::fs::symlink("/etc/passwd", post.join("link.json")).unwrap();
        fs::write(post.join("text.json"), "tea").unwrap();
        fs::write(post.join("large.json"), vec![b' '; 200 * 1024]).unwrap();
        fs::write(post.join(".1.new"), "half").unwrap();
        let spool = Spool::new(folder.path());
        fs::write(post.join(OsStr::from_bytes(b"\xff.json")), "{}").unwrap();
        // the place to which it would be put aside is taken
        fs::create_dir_all(post.join(".folder.json/x")).unwrap();
        let files = spool.list(Queue::Post).unwrap();
        assert_eq!(files.len(), 5, "{files:?}");
        for file in files {
            assert!(matches!(spool.read(Queue::Post, &file), Err(Unread::NoNotice(_))), "{}", file.display());
            spool.remove(Queue::Post, &file).unwrap();
        }
        assert!(spool.list(Queue::Post).unwrap().is_empty());
        assert!(matches!(spool.read(Queue::Post, OsStr::new("gone.json")), Err(Unread::Failed(_))));
    }
}

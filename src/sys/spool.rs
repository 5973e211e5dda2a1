//! The folder of notices. `post` is for `process-control-notify`, `commands` for the service user's own programs, and
//! in `later` is what could not be delivered yet.
//!
//! Every job can write into the first two: what is read from them is taken for nothing more than a wish.

use super::clock;
use super::replace::{self, Existing};
use crate::notice::Notice;
use rustix::fs::{FileType, Mode, OFlags, fstat, open};
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

/// `process-control-notify` writes what could not be delivered in its own name, and reads what others wrote.
const MODE: u32 = 0o660;
/// More than any notice that we write.
const MAX_BYTES: u64 = 128 * 1024;
/// So many are looked at in one go.
const MOST: usize = 10_000;

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

    /// Puts a notice into a queue, after those that are there.
    ///
    /// # Errors
    /// Why it cannot be written.
    pub fn put(&self, queue: Queue, notice: &Notice) -> io::Result<()> {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let file = format!("{:020}-{}-{count:04}.json", clock::now().timestamp_micros(), std::process::id());
        let text = serde_json::to_vec(notice)?;
        replace::write(&self.folder(queue), &file, MODE, &text, Existing::Replaced)
    }

    /// The files of a queue, the oldest first.
    ///
    /// # Errors
    /// Why the folder cannot be read.
    pub fn list(&self, queue: Queue) -> io::Result<Vec<String>> {
        let entries = fs::read_dir(self.folder(queue))?.flatten();
        let names = entries.filter_map(|entry| entry.file_name().into_string().ok());
        let mut names: Vec<String> =
            names.filter(|name| name.strip_suffix(".json").is_some() && !name.starts_with('.')).take(MOST).collect();
        names.sort();
        Ok(names)
    }

    /// Reads a notice.
    ///
    /// # Errors
    /// Why it is none.
    pub fn read(&self, queue: Queue, file: &str) -> Result<Notice, String> {
        let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC | OFlags::NOCTTY;
        let opened = open(self.folder(queue).join(file), flags, Mode::empty()).map_err(|error| error.to_string())?;
        let stat = fstat(&opened).map_err(|error| error.to_string())?;
        if FileType::from_raw_mode(stat.st_mode) != FileType::RegularFile {
            return Err("it is no regular file".to_owned());
        }
        let mut bytes = Vec::new();
        File::from(opened).take(MAX_BYTES + 1).read_to_end(&mut bytes).map_err(|error| error.to_string())?;
        if bytes.len() as u64 > MAX_BYTES {
            return Err("it is too large".to_owned());
        }
        serde_json::from_slice(&bytes).map_err(|error| error.to_string())
    }

    /// Replaces a notice by what is left of it.
    ///
    /// # Errors
    /// Why it cannot be written.
    pub fn replace(&self, queue: Queue, file: &str, notice: &Notice) -> io::Result<()> {
        replace::write(&self.folder(queue), file, MODE, &serde_json::to_vec(notice)?, Existing::Replaced)
    }

    /// Takes a file out of its queue, whatever it is: what stays would be tried again at once, for ever.
    ///
    /// # Errors
    /// Why it stays.
    pub fn remove(&self, queue: Queue, file: &str) -> io::Result<()> {
        let folder = self.folder(queue);
        // a folder of somebody else's can be renamed, but not be removed
        fs::remove_file(folder.join(file)).or_else(|_| fs::rename(folder.join(file), folder.join(format!(".{file}"))))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
        let files = spool.list(Queue::Post).unwrap();
        assert_eq!(files, ["folder.json", "large.json", "link.json", "text.json"]);
        for file in files {
            assert!(spool.read(Queue::Post, &file).is_err(), "{file}");
            spool.remove(Queue::Post, &file).unwrap();
        }
        assert!(spool.list(Queue::Post).unwrap().is_empty());
    }
}

//! Jobs that must not run together (key `conflicts`): a lock for each two, below the run directory.
//!
//! One of the two names the other, and the other cannot know without reading the files of all jobs. So the one leaves
//! word in a folder of the other's, who looks there at each start. A run that began before there was word holds no
//! lock; it is known by that it does not say that it is aware of the one that looks.
//!
//! ```text
//! .conflicts/NAME/OTHER     OTHER names NAME in its file
//! .conflicts/NAME/.OTHER    held while a run of NAME is aware of OTHER
//! .conflicts/ONE/..OTHER    the lock of the two, below the first in the order of names
//! ```

use super::lock::{Held, Lock, Taken};
use super::modes;
use crate::job::JobName;
use rustix::fs::{Mode, OFlags};
use std::io;
use std::path::{Path, PathBuf};

const FOLDER: &str = ".conflicts";
const FOLDER_MODE: Mode = Mode::from_raw_mode(0o700);
const FILE_MODE: Mode = Mode::from_raw_mode(0o600);

/// What one job has to do with others.
#[derive(Clone, Copy, Debug)]
pub struct Conflicts<'a> {
    /// The folder of locks.
    pub run_directory: &'a Path,
    /// The job.
    pub name: &'a JobName,
}

impl Conflicts<'_> {
    /// Leaves word with those that the job's file names.
    ///
    /// # Errors
    /// Why it cannot be left.
    pub fn declare(&self, others: &[JobName]) -> io::Result<()> {
        for other in others {
            self.make_folder(other)?;
            let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::NOFOLLOW | OFlags::CLOEXEC | OFlags::NONBLOCK;
            modes::file(&self.folder(other).join(self.name.as_str()), flags, FILE_MODE)?;
        }
        Ok(())
    }

    /// Those that have left word; whether their files still say so is to be seen.
    pub fn declared(&self) -> Vec<JobName> {
        let entries = std::fs::read_dir(self.folder(self.name)).into_iter().flatten().flatten();
        entries.filter_map(|entry| JobName::new(entry.file_name().to_str()?).ok()).collect()
    }

    /// Takes the word back that another one has left.
    pub fn forget(&self, other: &JobName) {
        // if it stays, it is found again
        let _ = std::fs::remove_file(self.folder(self.name).join(other.as_str()));
    }

    /// Says that this run is aware of another job, as long as what is given is held.
    ///
    /// # Errors
    /// Why the file cannot be opened.
    pub fn aware_of(&self, other: &JobName) -> io::Result<Taken> {
        self.make_folder(self.name)?;
        Lock::take_path(&self.awareness(self.name, other))
    }

    /// Takes the lock of the two, without waiting.
    ///
    /// # Errors
    /// Why the file cannot be opened.
    pub fn take(&self, other: &JobName) -> io::Result<Taken> {
        let (first, second) = if self.name < other { (self.name, other) } else { (other, self.name) };
        self.make_folder(first)?;
        Lock::take_path(&self.folder(first).join(format!("..{second}")))
    }

    /// Whether somebody else holds the lock of the two.
    pub fn is_held(&self, other: &JobName) -> bool {
        matches!(self.take(other), Ok(Taken::Busy))
    }

    /// Whether another job runs and is not aware of this one, and so does not hold the lock of the two.
    pub fn runs_unaware(&self, other: &JobName) -> bool {
        let held = Held::now();
        held.holder(self.run_directory, other).is_some() && !held.is_held(&self.awareness(other, self.name))
    }

    fn folder(&self, of: &JobName) -> PathBuf {
        self.run_directory.join(FOLDER).join(of.as_str())
    }

    fn awareness(&self, of: &JobName, other: &JobName) -> PathBuf {
        self.folder(of).join(format!(".{other}"))
    }

    fn make_folder(&self, of: &JobName) -> io::Result<()> {
        for folder in [self.run_directory.join(FOLDER), self.folder(of)] {
            modes::folder(&folder, FOLDER_MODE)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(text: &str) -> JobName {
        JobName::new(text).unwrap()
    }

    #[test]
    fn word_is_left_and_taken_back() {
        let folder = tempfile::tempdir().unwrap();
        let (tea, toast) = (name("tea"), name("toast"));
        let of = |name| Conflicts { run_directory: folder.path(), name };
        of(&tea).declare(std::slice::from_ref(&toast)).unwrap();
        let awareness = of(&toast).aware_of(&tea).unwrap();
        assert!(matches!(awareness, Taken::Yes(_)));
        assert_eq!((of(&toast).declared(), of(&tea).declared()), (vec![tea.clone()], vec![]));
        of(&toast).forget(&tea);
        assert_eq!(of(&toast).declared(), []);
    }

    #[test]
    fn one_of_two_has_the_lock() {
        let folder = tempfile::tempdir().unwrap();
        let (tea, toast) = (name("tea"), name("toast"));
        let of = |name| Conflicts { run_directory: folder.path(), name };
        let held = of(&tea).take(&toast).unwrap();
        assert!(matches!(held, Taken::Yes(_)));
        assert!(matches!(of(&toast).take(&tea).unwrap(), Taken::Busy));
        drop(held);
        assert!(matches!(of(&toast).take(&tea).unwrap(), Taken::Yes(_)));
    }

    #[test]
    fn a_run_that_began_before_there_was_word_is_seen() {
        let folder = tempfile::tempdir().unwrap();
        let (tea, toast) = (name("tea"), name("toast"));
        let of = |name| Conflicts { run_directory: folder.path(), name };
        assert!(!of(&tea).runs_unaware(&toast), "it does not run");
        let run = Lock::take(folder.path(), &toast).unwrap();
        assert!(of(&tea).runs_unaware(&toast));
        let aware = of(&toast).aware_of(&tea).unwrap();
        assert!(!of(&tea).runs_unaware(&toast));
        drop((run, aware));
    }
}

//! Reads job files, as root what others wrote: regular files of the one folder, of bounded size,
//! and nothing else is ever opened.

use super::clock;
use crate::job::{JobName, Place, Problem};
use crate::yaml::MAX_BYTES;
use chrono::{DateTime, Utc};
use rustix::fd::OwnedFd;
use rustix::fs::{AtFlags, Dir, FileType, Mode, OFlags, Stat, Timespec, fstat, open, openat, readlinkat, statat};
use rustix::io::Errno;
use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::{Path, PathBuf};

/// The job directory, open.
#[derive(Debug)]
pub struct Folder {
    path: PathBuf,
    directory: OwnedFd,
}

/// The contents of a job file.
#[derive(Clone, Debug)]
pub struct JobFile {
    /// What stands in it.
    pub bytes: Vec<u8>,
    /// When it was last changed, or, if it is a link, when that was.
    pub changed: DateTime<Utc>,
}

/// A name in the folder that ends in `.yaml`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Candidate {
    /// The file name.
    pub file: OsString,
}

/// So many links from one name to the next are followed.
const MAX_LINKS: usize = 4;

impl Folder {
    /// Opens the job directory; it may itself be reached through a link.
    ///
    /// # Errors
    /// Why it cannot be opened.
    pub fn open(path: &Path) -> std::io::Result<Folder> {
        let directory = open(path, OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC, Mode::empty())?;
        Ok(Folder { path: path.to_owned(), directory })
    }

    /// All names that could be jobs, sorted.
    ///
    /// # Errors
    /// Why the folder cannot be listed.
    pub fn list(&self) -> std::io::Result<Vec<Candidate>> {
        let mut found = Vec::new();
        for entry in Dir::read_from(&self.directory)? {
            let entry = entry?;
            let name = entry.file_name().to_bytes();
            if name.ends_with(b".yaml") && !name.starts_with(b".") {
                found.push(Candidate { file: OsString::from_vec(name.to_vec()) });
            }
        }
        found.sort();
        Ok(found)
    }

    /// Where a job's file is.
    pub fn file_of(&self, name: &JobName) -> PathBuf {
        self.path.join(format!("{name}.yaml"))
    }

    /// The job whose file a job's own is a link to; none if it is none.
    pub fn behind(&self, name: &JobName) -> Option<JobName> {
        let mut file = OsString::from(format!("{name}.yaml"));
        for _ in 0..MAX_LINKS {
            match self.target(&file) {
                Ok(target) => file = target,
                Err(_) => break,
            }
        }
        Candidate { file }.name().ok().filter(|behind| behind != name)
    }

    /// The permission bits of a job's file.
    pub fn mode_of(&self, name: &JobName) -> Option<u32> {
        let stat = statat(&self.directory, format!("{name}.yaml"), AtFlags::SYMLINK_NOFOLLOW).ok()?;
        Some(stat.st_mode & 0o777)
    }

    /// Reads a job's file. None if there is no such file.
    pub fn read(&self, name: &JobName) -> Option<Result<JobFile, Problem>> {
        let mut file = OsString::from(format!("{name}.yaml"));
        let mut changed = DateTime::UNIX_EPOCH;
        for _ in 0..=MAX_LINKS {
            let stat = match statat(&self.directory, &file, AtFlags::SYMLINK_NOFOLLOW) {
                Ok(stat) => stat,
                Err(Errno::NOENT) if changed == DateTime::UNIX_EPOCH => return None,
                Err(error) => return Some(Err(cannot(error))),
            };
            changed = changed.max(changed_at(&stat));
            match FileType::from_raw_mode(stat.st_mode) {
                FileType::RegularFile => return Some(self.read_regular(&file, changed)),
                FileType::Symlink => match self.target(&file) {
                    Ok(target) => file = target,
                    Err(problem) => return Some(Err(problem)),
                },
                _ => return Some(Err(refuse("is no regular file"))),
            }
        }
        Some(Err(refuse("too many links, one after the other")))
    }

    /// What a link points to, if that is a name in this folder.
    fn target(&self, link: &OsStr) -> Result<OsString, Problem> {
        let target = readlinkat(&self.directory, link, Vec::new()).map_err(cannot)?;
        let target = Path::new(OsStr::from_bytes(target.as_bytes())).to_owned();
        let inside = target.strip_prefix(&self.path).or_else(|_| target.strip_prefix("./")).unwrap_or(&target);
        match inside.file_name() {
            Some(name) if inside.as_os_str() == name => Ok(name.to_owned()),
            _ => {
                Err(refuse("a link that leaves the job directory")
                    .allowed("a regular file, or a link to one beside it"))
            }
        }
    }

    /// The name may have been swapped since it was looked at: so no link is followed, nothing is
    /// waited for, and the open file is looked at once more.
    fn read_regular(&self, file: &OsStr, changed: DateTime<Utc>) -> Result<JobFile, Problem> {
        let flags = OFlags::RDONLY | OFlags::CLOEXEC | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::NOCTTY;
        let open = openat(&self.directory, file, flags, Mode::empty()).map_err(cannot)?;
        let stat = fstat(&open).map_err(cannot)?;
        if FileType::from_raw_mode(stat.st_mode) != FileType::RegularFile {
            return Err(refuse("is no regular file"));
        }
        let mut bytes = vec![0; usize::try_from(stat.st_size).unwrap_or(MAX_BYTES).min(MAX_BYTES) + 1];
        let mut filled = 0;
        // one byte more than the size: it tells whether the file has grown
        while filled < bytes.len() {
            match rustix::io::read(&open, &mut bytes[filled..]) {
                Ok(0) => break,
                Ok(more) => filled += more,
                Err(Errno::INTR) => {}
                Err(error) => return Err(cannot(error)),
            }
            if filled == bytes.len() && filled <= MAX_BYTES {
                bytes.resize(MAX_BYTES + 1, 0);
            }
        }
        bytes.truncate(filled);
        Ok(JobFile { bytes, changed: changed.max(changed_at(&stat)) })
    }
}

impl Candidate {
    /// The job name that the file name gives.
    pub fn name(&self) -> Result<JobName, Problem> {
        let Some(name) = self.file.to_str() else { return Err(refuse("the file name is not UTF-8")) };
        let Some(stem) = name.strip_suffix(".yaml") else { return Err(refuse("the file name does not end in .yaml")) };
        JobName::new(stem).map_err(|error| refuse(&error.to_string()))
    }

    /// Whether a job has its file among those of a folder, which are sorted.
    pub fn is_among(sorted: &[Candidate], job: &JobName) -> bool {
        let file = OsString::from(format!("{job}.yaml"));
        sorted.binary_search_by(|candidate| candidate.file.cmp(&file)).is_ok()
    }

    /// The file name, safe to print.
    pub fn shown(&self) -> String {
        crate::job::text::one_line(&self.file.to_string_lossy())
    }
}

fn changed_at(stat: &Stat) -> DateTime<Utc> {
    clock::instant(Timespec { tv_sec: stat.st_ctime, tv_nsec: i64::try_from(stat.st_ctime_nsec).unwrap_or_default() })
}

fn refuse(what: &str) -> Problem {
    Problem::error(Place::default(), "", what)
}

fn cannot(error: Errno) -> Problem {
    refuse(&format!("cannot be read: {error}"))
}

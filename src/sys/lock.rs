//! The lock of a job: held while it runs, gone with whoever held it.

use super::process;
use crate::job::JobName;
use crate::run::group::Group;
use rustix::fs::{AtFlags, CWD, Mode, OFlags, Uid, fchmod, fchown, fstat, major, minor, open, statat};
use rustix::io::Errno;
use std::collections::BTreeMap;
use std::fs::{File, TryLockError};
use std::io::{self, Seek, Write};
use std::os::unix::fs::FileExt;
use std::path::Path;

/// Who can open a file, if only for reading, can lock it: that is for the service user alone.
const MODE: Mode = Mode::from_raw_mode(0o600);

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

/// Which locks are held at this moment, on the whole host. Looking takes no lock itself: that would
/// make a run that starts just then think that another is going on.
#[derive(Clone, Debug, Default)]
pub struct Held(BTreeMap<Inode, u32>);

/// A file, by the numbers of its device and its inode. The inode alone is no name: on a file system in
/// memory anybody can make files until one has the number that is wanted.
type Inode = (u32, u32, u64);

impl Held {
    /// Reads `/proc/locks`, see proc(5).
    pub fn now() -> Held {
        Held::read(&std::fs::read_to_string("/proc/locks").unwrap_or_default())
    }

    /// The first line of a file is that of its holder.
    fn read(locks: &str) -> Held {
        let mut held = BTreeMap::new();
        for (inode, pid) in locks.lines().filter_map(flocked) {
            held.entry(inode).or_insert(pid);
        }
        Held(held)
    }

    /// The process that took a job's lock, by the kernel's word; 0 if that process is out of sight. What
    /// stands in the lock file is for people: every job can write it.
    pub fn holder(&self, run_directory: &Path, name: &JobName) -> Option<u32> {
        self.of(&run_directory.join(format!("{name}.lock")))
    }

    /// Whether somebody holds the lock of a file.
    pub fn is_held(&self, file: &Path) -> bool {
        self.of(file).is_some()
    }

    /// Who holds the places of a group, if none is free.
    pub fn places(&self, run_directory: &Path, group: &Group) -> Option<Vec<u32>> {
        (0..group.size).map(|place| self.of(&run_directory.join(place_file(group, place)))).collect()
    }

    fn of(&self, file: &Path) -> Option<u32> {
        let stat = statat(CWD, file, AtFlags::SYMLINK_NOFOLLOW).ok()?;
        self.0.get(&(major(stat.st_dev), minor(stat.st_dev), stat.st_ino)).copied()
    }
}

/// `1: FLOCK  ADVISORY  WRITE PID MAJOR:MINOR:INODE 0 EOF`, the device in hexadecimal. Who waits for the lock has a line
/// with `->` before the kind, and holds nothing.
fn flocked(line: &str) -> Option<(Inode, u32)> {
    let mut words = line.split_whitespace().skip(1);
    words.next().filter(|kind| *kind == "FLOCK")?;
    let mut words = words.skip(2);
    let (pid, mut file) = (words.next()?, words.next()?.split(':'));
    let mut device = || u32::from_str_radix(file.next()?, 16).ok();
    let (major, minor) = (device()?, device()?);
    Some(((major, minor, file.next()?.parse().ok()?), pid.parse().unwrap_or_default()))
}

/// The process in a lock file of the original's: its number, and nothing else. We note a run besides.
fn noted_by_original(text: &[u8]) -> Option<u32> {
    let digits = std::str::from_utf8(text).ok().filter(|text| text.bytes().all(|byte| byte.is_ascii_digit()))?;
    digits.parse().ok().filter(|pid| *pid > 0)
}

fn place_file(group: &Group, place: u32) -> String {
    format!(".{}.{place}", group.file())
}

impl Lock {
    /// Takes `RUN_DIRECTORY/NAME.lock`, without waiting. A run of the original that began before we took its place does not
    /// hold it as the kernel knows it, and still has it.
    ///
    /// # Errors
    /// Why the file cannot be opened; a link in its place is refused.
    pub fn take(run_directory: &Path, name: &JobName) -> io::Result<Taken> {
        Ok(match Lock::take_file(run_directory, &format!("{name}.lock"))? {
            Taken::Yes(lock) if lock.is_of_original(name) => Taken::Busy,
            taken => taken,
        })
    }

    /// Takes the lock of a job on behalf of the service user, whom the file belongs to if it is made. One that is there
    /// is taken as it is: in a folder of that user's it may be anything, and the caller root.
    ///
    /// # Errors
    /// Why the file cannot be opened or made.
    pub fn take_for(owner: Option<Uid>, run_directory: &Path, name: &JobName) -> io::Result<Taken> {
        let path = run_directory.join(format!("{name}.lock"));
        let flags = OFlags::RDWR | OFlags::NOFOLLOW | OFlags::CLOEXEC | OFlags::NONBLOCK;
        let file = match open(&path, flags | OFlags::CREATE | OFlags::EXCL, MODE) {
            Ok(new) => {
                fchmod(&new, MODE)?;
                // without it a run that starts meanwhile could not open it
                if fstat(&new).is_ok_and(|stat| owner.is_some_and(|owner| owner.as_raw() != stat.st_uid)) {
                    fchown(&new, owner, None)?;
                }
                new
            }
            Err(Errno::EXIST) => open(&path, flags, MODE)?,
            Err(error) => return Err(error.into()),
        };
        Lock::take_open(file.into())
    }

    /// Takes one of the places of a group, without waiting: `RUN_DIRECTORY/.KIND-GROUP.PLACE`, which is no job's.
    ///
    /// # Errors
    /// Why a file cannot be opened.
    pub fn take_place(run_directory: &Path, group: &Group) -> io::Result<Taken> {
        for place in 0..group.size {
            if let Taken::Yes(lock) = Lock::take_file(run_directory, &place_file(group, place))? {
                return Ok(Taken::Yes(lock));
            }
        }
        Ok(Taken::Busy)
    }

    fn take_file(run_directory: &Path, file: &str) -> io::Result<Taken> {
        Lock::take_path(&run_directory.join(file))
    }

    /// Takes the lock of a file, without waiting, and makes the file.
    ///
    /// # Errors
    /// Why it cannot be opened.
    pub(super) fn take_path(path: &Path) -> io::Result<Taken> {
        let flags = OFlags::RDWR | OFlags::CREATE | OFlags::NOFOLLOW | OFlags::CLOEXEC | OFlags::NONBLOCK;
        let file = File::from(open(path, flags, MODE)?);
        // an older release left it open to all; somebody else's file is refused by the kernel, and said nowhere
        if fstat(&file).is_ok_and(|stat| stat.st_mode & 0o777 != MODE.as_raw_mode()) {
            let _ = fchmod(&file, MODE);
        }
        Lock::take_open(file)
    }

    fn take_open(file: File) -> io::Result<Taken> {
        match file.try_lock() {
            Ok(()) => Ok(Taken::Yes(Lock(file))),
            Err(TryLockError::WouldBlock) => Ok(Taken::Busy),
            Err(TryLockError::Error(error)) => Err(error),
        }
    }

    /// Whether a run of the original's stands in it, and goes on.
    fn is_of_original(&self, name: &JobName) -> bool {
        let mut text = [0; 16];
        let length = self.0.read_at(&mut text, 0).unwrap_or_default();
        noted_by_original(&text[..length]).is_some_and(|pid| process::is_run_of(pid, name.as_str()))
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

/// Waits until nobody else holds this file, which only root can open; `waits` is called before, if somebody does.
/// It is free when what is given is dropped.
///
/// # Errors
/// Why it cannot be opened or locked.
pub fn alone(path: &Path, waits: impl FnOnce()) -> io::Result<File> {
    let flags = OFlags::RDWR | OFlags::CREATE | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    let file = File::from(open(path, flags, MODE)?);
    if file.try_lock().is_err() {
        waits();
        file.lock()?;
    }
    Ok(file)
}

#[cfg(test)]
mod tests {
    use super::{Held, flocked, noted_by_original};

    #[test]
    fn a_lock_is_known_by_device_and_inode() {
        let line = "6:6: FLOCK  ADVISORY  WRITE 18285 fe:1f:10371609 0 EOF";
        assert_eq!(flocked(line), Some(((0xfe, 0x1f, 10_371_609), 18285)));
        assert_eq!(flocked("1: POSIX  ADVISORY  WRITE 7 00:19:12 0 EOF"), None);
        assert_eq!(flocked("1: FLOCK"), None);
    }

    #[test]
    fn a_lock_of_the_original_is_a_number_and_nothing_else() {
        assert_eq!(noted_by_original(b"5647"), Some(5647));
        for text in ["", "0", "-1", "ABC", "5647\n", "5647 0a1b", "+5", "99999999999"] {
            assert_eq!(noted_by_original(text.as_bytes()), None, "{text:?}");
        }
    }

    #[test]
    fn who_waits_for_a_lock_does_not_hold_it() {
        let held = Held::read(
            "1: POSIX  ADVISORY  WRITE 5 00:19:12 0 EOF\n\
             2: FLOCK  ADVISORY  WRITE 100 00:19:12 0 EOF\n\
             2: -> FLOCK  ADVISORY  WRITE 200 00:19:12 0 EOF\n\
             2:   -> FLOCK  ADVISORY  WRITE 201 00:19:12 0 EOF\n\
             3: -> FLOCK  ADVISORY  WRITE 300 00:19:13 0 EOF\n\
             4: FLOCK  ADVISORY  READ  400 00:19:14 0 EOF\n\
             5: FLOCK  ADVISORY  READ  500 00:19:14 0 EOF\n",
        );
        let pids: Vec<_> = held.0.into_iter().map(|((_, _, inode), pid)| (inode, pid)).collect();
        assert_eq!(pids, [(12, 100), (14, 400)]);
    }
}

//! Writes units below the generator's folder.

use crate::compile::Unit;
use rustix::fd::{AsFd, OwnedFd};
use rustix::fs::{AtFlags, Dir, Mode, OFlags, mkdirat, open, openat, renameat, unlinkat};
use rustix::io::Errno;
use std::io::{self, Read};
use std::path::Path;
use std::sync::atomic::{AtomicU32, Ordering};

/// How many were replaced: each thread has its own temporary file.
static REPLACED: AtomicU32 = AtomicU32::new(0);

/// The folder that PID 1 gave, open.
#[derive(Debug)]
pub struct UnitFolder(OwnedFd);

const FOLDER: Mode = Mode::from_raw_mode(0o755);
const FILE: Mode = Mode::from_raw_mode(0o644);

impl UnitFolder {
    /// Opens it.
    ///
    /// # Errors
    /// Why it cannot be opened.
    pub fn open(path: &Path) -> io::Result<UnitFolder> {
        Ok(UnitFolder(open(path, OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC, Mode::empty())?))
    }

    /// Writes a unit or a drop-in with its folder.
    ///
    /// # Errors
    /// Why it cannot be written.
    pub fn write(&self, unit: &Unit) -> io::Result<()> {
        let text = unit.file.text();
        match unit.name.split_once('/') {
            None => write(&self.0, &unit.name, text.as_bytes()),
            Some((folder, file)) => {
                match mkdirat(&self.0, folder, FOLDER) {
                    Ok(()) | Err(Errno::EXIST) => {}
                    Err(error) => return Err(error.into()),
                }
                let folder = openat(
                    &self.0,
                    folder,
                    OFlags::RDONLY | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC,
                    Mode::empty(),
                )?;
                write(&folder, file, text.as_bytes())
            }
        }
    }

    /// The names of the units that are there, without drop-ins.
    ///
    /// # Errors
    /// Why the folder cannot be listed.
    pub fn names(&self) -> io::Result<Vec<String>> {
        let names = Dir::read_from(&self.0)?.map(|entry| Ok(entry?.file_name().to_string_lossy().into_owned()));
        names.collect()
    }

    /// What a unit or drop-in says that is there.
    pub fn read(&self, name: &str) -> Option<Vec<u8>> {
        let file = openat(&self.0, name, OFlags::RDONLY | OFlags::CLOEXEC, Mode::empty()).ok()?;
        let mut bytes = Vec::new();
        std::fs::File::from(file).read_to_end(&mut bytes).ok()?;
        Some(bytes)
    }
}

/// PID 1 empties the folder before each run, so the name is free and the file whole after one
/// write. When somebody else calls, it may not be: then the old file is replaced at once.
fn write(folder: impl AsFd, name: &str, bytes: &[u8]) -> io::Result<()> {
    match create(&folder, name, bytes) {
        Err(Errno::EXIST) => {
            let temporary = format!(".{}.{}.new", std::process::id(), REPLACED.fetch_add(1, Ordering::Relaxed));
            let replaced =
                create(&folder, &temporary, bytes).and_then(|()| renameat(&folder, &temporary, &folder, name));
            if replaced.is_err() {
                let _ = unlinkat(&folder, &temporary, AtFlags::empty());
            }
            Ok(replaced?)
        }
        other => Ok(other?),
    }
}

fn create(folder: impl AsFd, name: &str, bytes: &[u8]) -> rustix::io::Result<()> {
    let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    let file = openat(&folder, name, flags, FILE)?;
    let mut rest = bytes;
    while !rest.is_empty() {
        match rustix::io::write(&file, rest) {
            Ok(written) => rest = &rest[written..],
            Err(Errno::INTR) => {}
            Err(error) => {
                // half a unit is worse than none
                let _ = unlinkat(&folder, name, AtFlags::empty());
                return Err(error);
            }
        }
    }
    Ok(())
}

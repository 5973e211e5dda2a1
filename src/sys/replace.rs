//! A file is written as a whole or not at all: under another name, synced, then renamed.

use super::clock;
use std::fs::{self, File, OpenOptions, Permissions};
use std::io::{self, Write};
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

/// What becomes of a file that is there already.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Existing {
    /// It is replaced at once.
    Replaced,
    /// It stays, and that is an error.
    Kept,
}

/// Whether a file that is in its place is still there after a power failure.
#[derive(Debug)]
#[must_use]
pub enum Lasting {
    /// It is.
    Yes,
    /// Nobody knows: the folder could not be synced. Until then everybody reads the new file.
    Unknown(io::Error),
}

impl Lasting {
    /// For who promises that what is written stays.
    ///
    /// # Errors
    /// That this is unknown.
    pub fn surely(self) -> io::Result<()> {
        match self {
            Lasting::Yes => Ok(()),
            Lasting::Unknown(error) => Err(io::Error::other(unknown(&error))),
        }
    }

    /// What should be said, if this is unknown.
    pub fn doubt(&self) -> Option<String> {
        match self {
            Lasting::Yes => None,
            Lasting::Unknown(error) => Some(unknown(error)),
        }
    }
}

fn unknown(error: &io::Error) -> String {
    format!("written, but may be lost when the power fails: {error}")
}

/// Writes `FOLDER/FILE`, with this mode whatever umask we have. After a crash the old file is there or the new one.
///
/// # Errors
/// Why it cannot be written: then it is not in its place.
pub fn write(folder: &Path, file: &str, mode: u32, bytes: &[u8], existing: Existing) -> io::Result<Lasting> {
    New::beside(folder, file, mode, bytes)?.put(existing)
}

/// A file that is written and synced under another name, so that little can go wrong any more.
#[derive(Debug)]
pub struct New {
    /// The folder, opened before anything depends on it.
    folder: File,
    temporary: PathBuf,
    place: PathBuf,
}

impl New {
    /// Writes what is to be `FOLDER/FILE`, with this mode whatever umask we have.
    ///
    /// # Errors
    /// Why it cannot be written.
    pub fn beside(folder: &Path, file: &str, mode: u32, bytes: &[u8]) -> io::Result<New> {
        let opened = File::open(folder)?;
        // without the file's own name, which may be as long as leaves room for nothing else
        let temporary = folder.join(format!(".{}.{}.new", std::process::id(), clock::now().timestamp_micros()));
        let mut new = OpenOptions::new().write(true).create_new(true).mode(mode & 0o777).open(&temporary)?;
        let beside = New { folder: opened, temporary, place: folder.join(file) };
        new.set_permissions(Permissions::from_mode(mode & 0o777))
            .and_then(|()| new.write_all(bytes))
            .and_then(|()| new.sync_all())
            .inspect_err(|_| beside.remove())?;
        Ok(beside)
    }

    /// Brings it to its place.
    ///
    /// # Errors
    /// Why it is not there.
    pub fn put(self, existing: Existing) -> io::Result<Lasting> {
        let put = match existing {
            Existing::Replaced => fs::rename(&self.temporary, &self.place),
            Existing::Kept => fs::hard_link(&self.temporary, &self.place),
        };
        if put.is_err() || existing == Existing::Kept {
            self.remove();
        }
        put?;
        Ok(self.folder.sync_all().map_or_else(Lasting::Unknown, |()| Lasting::Yes))
    }

    /// Nothing more can be done about a leftover than to try.
    fn remove(&self) {
        let _ = fs::remove_file(&self.temporary);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_is_there_is_replaced_or_kept() {
        let folder = tempfile::tempdir().unwrap();
        let text = || fs::read_to_string(folder.path().join("a")).unwrap();
        write(folder.path(), "a", 0o640, b"one", Existing::Kept).unwrap().surely().unwrap();
        let error = write(folder.path(), "a", 0o640, b"two", Existing::Kept).unwrap_err();
        assert_eq!((error.kind(), text()), (io::ErrorKind::AlreadyExists, "one".to_owned()));
        write(folder.path(), "a", 0o664, b"three", Existing::Replaced).unwrap().surely().unwrap();
        assert_eq!(text(), "three");
        assert_eq!(folder.path().join("a").metadata().unwrap().permissions().mode() & 0o777, 0o664);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "no leftover");
    }

    #[test]
    fn a_new_file_is_in_its_place_when_it_is_put_there_and_not_before() {
        let folder = tempfile::tempdir().unwrap();
        let text = || fs::read_to_string(folder.path().join("a")).unwrap();
        write(folder.path(), "a", 0o640, b"old", Existing::Replaced).unwrap().surely().unwrap();
        let new = New::beside(folder.path(), "a", 0o640, b"new").unwrap();
        assert_eq!(text(), "old");
        new.put(Existing::Replaced).unwrap().surely().unwrap();
        assert_eq!(text(), "new");
        // what cannot take its place leaves nothing behind
        fs::create_dir_all(folder.path().join("b/c")).unwrap();
        let new = New::beside(folder.path(), "b", 0o640, b"new").unwrap();
        assert!(new.put(Existing::Replaced).is_err());
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 2, "no leftover");
    }

    /// What is in its place is written, whatever the disk says of its folder.
    #[test]
    fn a_folder_that_was_not_synced_is_a_doubt_and_no_failure() {
        // a folder of the kernel's own cannot be synced
        let unsynced = || File::open("/proc/self").unwrap();
        let folder = tempfile::tempdir().unwrap();
        let new = New::beside(folder.path(), "a", 0o640, b"new").unwrap();
        let new = New { folder: unsynced(), ..new };
        let lasting = new.put(Existing::Replaced).unwrap();
        assert!(lasting.doubt().unwrap().starts_with("written, but may be lost when the power fails: "), "{lasting:?}");
        assert!(lasting.surely().is_err());
        assert_eq!(fs::read_to_string(folder.path().join("a")).unwrap(), "new");
    }
}

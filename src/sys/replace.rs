//! A file is written as a whole or not at all: under another name, synced, then renamed.

use super::clock;
use std::fs::{self, File, OpenOptions, Permissions};
use std::io::{self, Write};
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::Path;

/// What becomes of a file that is there already.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Existing {
    /// It is replaced at once.
    Replaced,
    /// It stays, and that is an error.
    Kept,
}

/// Writes `FOLDER/FILE`, with this mode whatever umask we have. After a crash the old file is there or the new one.
///
/// # Errors
/// Why it cannot be written.
pub fn write(folder: &Path, file: &str, mode: u32, bytes: &[u8], existing: Existing) -> io::Result<()> {
    // without the file's own name, which may be as long as leaves room for nothing else
    let temporary = folder.join(format!(".{}.{}.new", std::process::id(), clock::now().timestamp_micros()));
    let mut new = OpenOptions::new().write(true).create_new(true).mode(mode & 0o777).open(&temporary)?;
    let written = new
        .set_permissions(Permissions::from_mode(mode & 0o777))
        .and_then(|()| new.write_all(bytes))
        .and_then(|()| new.sync_all())
        .and_then(|()| match existing {
            Existing::Replaced => fs::rename(&temporary, folder.join(file)),
            Existing::Kept => fs::hard_link(&temporary, folder.join(file)),
        });
    if written.is_err() || existing == Existing::Kept {
        // nothing more can be done about a leftover than to try
        let _ = fs::remove_file(&temporary);
    }
    written.and_then(|()| File::open(folder)?.sync_all())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_is_there_is_replaced_or_kept() {
        let folder = tempfile::tempdir().unwrap();
        let text = || fs::read_to_string(folder.path().join("a")).unwrap();
        write(folder.path(), "a", 0o640, b"one", Existing::Kept).unwrap();
        let error = write(folder.path(), "a", 0o640, b"two", Existing::Kept).unwrap_err();
        assert_eq!((error.kind(), text()), (io::ErrorKind::AlreadyExists, "one".to_owned()));
        write(folder.path(), "a", 0o664, b"three", Existing::Replaced).unwrap();
        assert_eq!(text(), "three");
        assert_eq!(folder.path().join("a").metadata().unwrap().permissions().mode() & 0o777, 0o664);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "no leftover");
    }
}

//! Which timers of systemd somebody has in a folder, and what wants them.

use std::ffi::OsStr;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// The timers of a folder that are files of it: a link is another name, or masks one.
///
/// # Errors
/// Why the folder cannot be listed.
pub fn of_folder(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let is_timer = entry.path().extension().is_some_and(|extension| extension == "timer");
        if is_timer && entry.file_type()?.is_file() {
            found.push(entry.path());
        }
    }
    found.sort();
    Ok(found)
}

/// Whether something of the folder wants the unit when the host boots.
pub fn is_wanted(folder: &Path, name: &OsStr) -> bool {
    let Ok(entries) = fs::read_dir(folder) else { return false };
    let wanting =
        |path: &Path| path.extension().is_some_and(|extension| extension == "wants" || extension == "requires");
    entries
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| wanting(path))
        .any(|path| fs::symlink_metadata(path.join(name)).is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::symlink;

    #[test]
    fn timers_of_a_folder_are_files_of_it() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("a.timer"), "").unwrap();
        symlink("/dev/null", folder.path().join("masked.timer")).unwrap();
        symlink("a.timer", folder.path().join("other.timer")).unwrap();
        fs::create_dir(folder.path().join("timers.target.wants")).unwrap();
        assert_eq!(of_folder(folder.path()).unwrap(), [folder.path().join("a.timer")]);
        assert!(!is_wanted(folder.path(), OsStr::new("a.timer")));
        symlink("../a.timer", folder.path().join("timers.target.wants/a.timer")).unwrap();
        assert!(is_wanted(folder.path(), OsStr::new("a.timer")));
    }
}

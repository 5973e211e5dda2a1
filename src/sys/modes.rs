//! Files and folders whose modes do not hang on the caller's umask: with 0777 even who has made one could not open it
//! again.

use super::account;
use rustix::fs::{CWD, Mode, OFlags, Stat, chmod, fchmod, fstat, mkdirat, open};
use rustix::io::Errno;
use std::io;
use std::os::fd::{AsRawFd, OwnedFd};
use std::path::Path;

/// Opens a file, and makes it if the flags say so. The bits that it lacks it gets, if it is ours.
///
/// # Errors
/// Why it cannot be opened.
pub(super) fn file(path: &Path, flags: OFlags, mode: Mode) -> io::Result<OwnedFd> {
    let file = match open(path, flags, mode) {
        // what an older release made, or a run that was killed before it came to the mode
        Err(Errno::ACCESS) if mend(path, OFlags::empty(), mode) => open(path, flags, mode)?,
        opened => opened?,
    };
    if let Some(whole) = fstat(&file).ok().and_then(|stat| lacking(&stat, mode)) {
        // it is open, so that this time all goes well
        let _ = fchmod(&file, whole);
    }
    Ok(file)
}

/// Makes a folder. One that is there keeps what others may do in it, but we may do all.
///
/// # Errors
/// Why it cannot be made; that it is there is no error.
pub(super) fn folder(path: &Path, mode: Mode) -> io::Result<()> {
    let mode = match mkdirat(CWD, path, mode) {
        Ok(()) => mode,
        // whatever else is said of it: a file system may first say that it is read-only
        Err(_) if path.is_dir() => mode & Mode::RWXU,
        Err(error) => return Err(error.into()),
    };
    mend(path, OFlags::DIRECTORY, mode);
    Ok(())
}

/// The same, with all above it that are missing.
///
/// # Errors
/// As [`folder`].
pub(super) fn folders(path: &Path, mode: Mode) -> io::Result<()> {
    if let Some(above) = path.parent().filter(|above| !above.is_dir()) {
        folders(above, mode)?;
    }
    folder(path, mode)
}

/// Adds the bits that are missing to what cannot be opened for want of them; whether there were any.
fn mend(path: &Path, kind: OFlags, mode: Mode) -> bool {
    // PATH asks for no right to it; a link in its place is not followed, and has no bit missing
    let Ok(found) = open(path, kind | OFlags::PATH | OFlags::NOFOLLOW | OFlags::CLOEXEC, Mode::empty()) else {
        return false;
    };
    let whole = fstat(&found).ok().and_then(|stat| lacking(&stat, mode));
    // fchmod(2) takes no such descriptor, but its name leads to what was looked at
    whole.is_some_and(|whole| chmod(format!("/proc/self/fd/{}", found.as_raw_fd()), whole).is_ok())
}

/// The mode of what is ours with the bits that it lacks, if it lacks any.
fn lacking(stat: &Stat, mode: Mode) -> Option<Mode> {
    let has = Mode::from_raw_mode(stat.st_mode);
    (stat.st_uid == account::own() && !has.contains(mode)).then_some(has | mode)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs::{self, Permissions};
    use std::os::unix::fs::PermissionsExt;

    const CREATE: OFlags = OFlags::RDWR.union(OFlags::CREATE);

    #[test]
    fn what_is_ours_gets_the_bits_that_it_lacks_and_loses_none() {
        let scene = tempfile::tempdir().unwrap();
        let path = |name: &str| scene.path().join(name);
        let mode_of = |name: &str| path(name).metadata().unwrap().permissions().mode() & 0o7777;
        let set = |name: &str, mode| fs::set_permissions(path(name), Permissions::from_mode(mode)).unwrap();
        let modes = |folder_mode, file_mode| (Mode::from_raw_mode(folder_mode), Mode::from_raw_mode(file_mode));
        let (of_folder, of_file) = modes(0o755, 0o600);
        folders(&path("a/b"), of_folder).unwrap();
        file(&path("a/b/c"), CREATE, of_file).unwrap();
        for (before, after) in [(0, 0o600), (0o200, 0o600), (0o644, 0o644)] {
            set("a/b/c", before);
            file(&path("a/b/c"), CREATE, of_file).unwrap();
            assert_eq!(mode_of("a/b/c"), after, "{before:o}");
        }
        // an administrator's 0750 stays
        for (before, after) in [(0, 0o700), (0o750, 0o750), (0o2750, 0o2750)] {
            set("a/b", before);
            folders(&path("a/b"), of_folder).unwrap();
            assert_eq!(mode_of("a/b"), after, "{before:o}");
        }
    }

    #[test]
    fn what_a_link_leads_to_keeps_its_mode() {
        let scene = tempfile::tempdir().unwrap();
        let (target, link) = (scene.path().join("target"), scene.path().join("link"));
        fs::create_dir(&target).unwrap();
        fs::set_permissions(&target, Permissions::from_mode(0o500)).unwrap();
        std::os::unix::fs::symlink(&target, &link).unwrap();
        folder(&link, Mode::from_raw_mode(0o755)).unwrap();
        assert_eq!(target.metadata().unwrap().permissions().mode() & 0o777, 0o500);
    }
}

//! Looks at the host, for `jobctl check`.

use rustix::fs::{Access, access};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

/// The `PATH` that systemd gives a service (systemd.exec(5), "Environment Variables in Spawned
/// Processes").
const SYSTEMD_PATH: &str = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/// Where a program is that a command names, if it is anywhere on `path`.
pub fn program(name: &str, path: Option<&str>) -> Option<PathBuf> {
    let executable = |file: &Path| file.is_file() && access(file, Access::EXEC_OK).is_ok();
    if name.contains('/') {
        return Some(PathBuf::from(name)).filter(|file| executable(file));
    }
    let folders = path.unwrap_or(SYSTEMD_PATH).split(':').filter(|folder| !folder.is_empty());
    folders.map(|folder| Path::new(folder).join(name)).find(|file| executable(file))
}

/// Whether there is such a folder.
pub fn folder(path: &Path) -> bool {
    path.is_dir()
}

/// Whether everybody may write a file, or add and remove files of a folder.
pub fn everybody_writes(path: &Path) -> bool {
    path.metadata().is_ok_and(|found| found.mode() & 0o002 != 0)
}

/// Whether a folder's mode lets a user make files in it: as its owner, by the user's own group, or as anybody.
pub fn is_writable_for(folder: &Path, uid: u32, gid: u32) -> bool {
    folder.metadata().is_ok_and(|found| {
        let bits = if found.uid() == uid {
            0o300
        } else if found.gid() == gid {
            0o030
        } else {
            0o003
        };
        uid == 0 || found.mode() & bits == bits
    })
}

/// Whether a file's mode lets a user read it: as its owner, or as anybody. A group is not looked at.
pub fn is_readable_for(file: &Path, uid: u32) -> bool {
    let bit = |found: &std::fs::Metadata| if found.uid() == uid { 0o400 } else { 0o004 };
    file.metadata().is_ok_and(|found| found.mode() & bit(&found) != 0)
}

//! Unit files of timers and services, where systemd looks for them.

use std::ffi::OsStr;
use std::fs::{self, File};
use std::io::{self, ErrorKind, Read};
use std::path::{Path, PathBuf};

/// Where administrators put their units.
pub const OWN: &str = "/etc/systemd/system";
/// Where systemd looks for units, the first that has a name wins. What generators write is not here.
const FOLDERS: &[&str] =
    &[OWN, "/run/systemd/system", "/usr/local/lib/systemd/system", "/usr/lib/systemd/system", "/lib/systemd/system"];
/// No unit file is longer.
const MAX_BYTES: u64 = 1 << 20;

/// A file of a unit: its own, or a drop-in.
#[derive(Clone, Debug)]
pub struct Text {
    /// Where it is.
    pub path: PathBuf,
    /// What it says.
    pub bytes: Vec<u8>,
}

/// The folders in which a unit is looked for whose timer is in `folder`.
pub fn folders(folder: &Path) -> Vec<PathBuf> {
    let known: Vec<PathBuf> = FOLDERS.iter().map(PathBuf::from).collect();
    if known.iter().any(|it| it == folder) { known } else { vec![folder.to_owned()] }
}

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

/// Reads a unit: its file, then its drop-ins in the order of their names. Empty if no folder has the file.
///
/// # Errors
/// Which file cannot be read, and why.
pub fn read(folders: &[PathBuf], name: &str) -> Result<Vec<Text>, (PathBuf, io::Error)> {
    // a name with a slash would be somewhere else
    if name.contains('/') {
        return Ok(Vec::new());
    }
    let mut texts = Vec::new();
    for path in folders.iter().map(|folder| folder.join(name)) {
        match whole(&path) {
            Ok(bytes) => {
                texts.push(Text { path, bytes });
                break;
            }
            Err(error) if error.kind() == ErrorKind::NotFound => {}
            Err(error) => return Err((path, error)),
        }
    }
    if texts.is_empty() {
        return Ok(texts);
    }
    let mut drop_ins: Vec<PathBuf> = Vec::new();
    for folder in folders.iter().map(|folder| folder.join(format!("{name}.d"))) {
        let Ok(entries) = fs::read_dir(&folder) else { continue };
        let paths = entries.filter_map(|entry| Some(entry.ok()?.path()));
        for path in paths.filter(|path| path.extension().is_some_and(|extension| extension == "conf")) {
            // the same name in a folder that comes first hides it
            if drop_ins.iter().all(|known| known.file_name() != path.file_name()) {
                drop_ins.push(path);
            }
        }
    }
    drop_ins.sort_by(|one, other| one.file_name().cmp(&other.file_name()));
    for path in drop_ins {
        let bytes = whole(&path).map_err(|error| (path.clone(), error))?;
        texts.push(Text { path, bytes });
    }
    Ok(texts)
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

fn whole(path: &Path) -> io::Result<Vec<u8>> {
    // a masked unit is a link to /dev/null, and so are others that are no files
    if !fs::metadata(path)?.is_file() {
        return Ok(Vec::new());
    }
    let mut bytes = Vec::new();
    File::open(path)?.take(MAX_BYTES + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > MAX_BYTES {
        return Err(io::Error::new(ErrorKind::FileTooLarge, format!("longer than {MAX_BYTES} bytes, so no unit")));
    }
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::symlink;

    #[test]
    fn a_unit_is_its_file_and_its_drop_ins() {
        let folders: Vec<tempfile::TempDir> = (0..2).map(|_| tempfile::tempdir().unwrap()).collect();
        let paths: Vec<PathBuf> = folders.iter().map(|folder| folder.path().to_owned()).collect();
        for (folder, name) in [
            (0, "a.timer"),
            (1, "a.timer"),
            (1, "a.service"),
            (0, "a.service.d/20.conf"),
            (1, "a.service.d/20.conf"),
            (1, "a.service.d/10.conf"),
            (1, "a.service.d/README"),
        ] {
            let path = paths[folder].join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, format!("{folder} {name}")).unwrap();
        }
        let texts = |name| -> Vec<String> {
            read(&paths, name).unwrap().into_iter().map(|text| String::from_utf8(text.bytes).unwrap()).collect()
        };
        assert_eq!(texts("a.timer"), ["0 a.timer"]);
        assert_eq!(texts("a.service"), ["1 a.service", "1 a.service.d/10.conf", "0 a.service.d/20.conf"]);
        assert_eq!(texts("b.service"), [""; 0]);
        assert_eq!(texts("../a.timer"), [""; 0]);
    }

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

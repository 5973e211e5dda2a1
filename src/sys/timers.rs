//! Which timers of systemd somebody has in a folder, and what wants them.

use crate::unit::UnitName;
use std::ffi::OsStr;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// The timers of a folder that are files of it: a link is another name, or masks one. In the place of a template stand its
/// instances: those with a file, those that something wants, and those of `started`. A template without any stands for itself.
///
/// # Errors
/// Why the folder cannot be listed.
pub fn of_folder(folder: &Path, started: &[String]) -> io::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name();
        let is_timer = Path::new(&name).extension().is_some_and(|extension| extension == "timer");
        if is_timer && entry.file_type()?.is_file() {
            match name.to_str().filter(|name| UnitName::of(name).is_template()) {
                Some(template) => found.extend(of_template(folder, template, started)),
                None => found.push(entry.path()),
            }
        }
    }
    found.sort();
    found.dedup();
    Ok(found)
}

/// The instances of a template, or itself if there are none.
pub fn of_template(folder: &Path, template: &str, started: &[String]) -> Vec<PathBuf> {
    let is_instance = |name: &str| UnitName::of(name).template().is_some_and(|it| it == template);
    let wanted = wanting(folder).iter().flat_map(|path| names(path)).collect::<Vec<_>>();
    let mut found: Vec<PathBuf> = names(folder)
        .into_iter()
        .chain(wanted)
        .chain(started.iter().cloned())
        .filter(|name| is_instance(name))
        .map(|name| folder.join(name))
        .filter(|path| !is_masked(path))
        .collect();
    found.sort();
    found.dedup();
    if found.is_empty() { vec![folder.join(template)] } else { found }
}

/// Whether something of the folder wants the unit when the host boots.
pub fn is_wanted(folder: &Path, name: &OsStr) -> bool {
    wanting(folder).iter().any(|path| fs::symlink_metadata(path.join(name)).is_ok())
}

/// The folders in it that name what a unit wants.
fn wanting(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    let wanting =
        |path: &Path| path.extension().is_some_and(|extension| extension == "wants" || extension == "requires");
    entries.filter_map(|entry| Some(entry.ok()?.path())).filter(|path| wanting(path)).collect()
}

fn names(folder: &Path) -> Vec<String> {
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    entries.filter_map(|entry| entry.ok()?.file_name().into_string().ok()).collect()
}

fn is_masked(path: &Path) -> bool {
    fs::read_link(path).is_ok_and(|target| target == Path::new("/dev/null"))
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
        assert_eq!(of_folder(folder.path(), &[]).unwrap(), [folder.path().join("a.timer")]);
        assert!(!is_wanted(folder.path(), OsStr::new("a.timer")));
        symlink("../a.timer", folder.path().join("timers.target.wants/a.timer")).unwrap();
        assert!(is_wanted(folder.path(), OsStr::new("a.timer")));
    }

    #[test]
    fn instances_stand_for_their_template() {
        let folder = tempfile::tempdir().unwrap();
        let found = |started: &[&str]| -> Vec<String> {
            let started: Vec<String> = started.iter().map(ToString::to_string).collect();
            let paths = of_folder(folder.path(), &started).unwrap();
            paths.iter().map(|path| path.file_name().unwrap().to_string_lossy().into_owned()).collect()
        };
        fs::create_dir(folder.path().join("timers.target.wants")).unwrap();
        fs::write(folder.path().join("t@.timer"), "").unwrap();
        symlink("/dev/null", folder.path().join("t@masked.timer")).unwrap();
        for name in ["t@masked.timer", "other@x.timer", "t.timer"] {
            symlink("../t@.timer", folder.path().join("timers.target.wants").join(name)).unwrap();
        }
        assert_eq!(found(&["other@y.timer"]), ["t@.timer"]);
        for name in ["t@wanted.timer", "t@file.timer"] {
            symlink("../t@.timer", folder.path().join("timers.target.wants").join(name)).unwrap();
        }
        fs::write(folder.path().join("t@file.timer"), "").unwrap();
        symlink("t@.timer", folder.path().join("t@link.timer")).unwrap();
        assert_eq!(
            found(&["t@started.timer", "t@wanted.timer"]),
            ["t@file.timer", "t@link.timer", "t@started.timer", "t@wanted.timer"]
        );
    }
}

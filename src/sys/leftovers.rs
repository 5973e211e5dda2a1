//! What jobs have left behind whose files are gone.

use super::account;
use super::lock::Held;
use crate::config::Config;
use crate::job::JobName;
use crate::run::keep::is_log;
use std::collections::BTreeMap;
use std::fs;
use std::io::{self, ErrorKind};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

/// All that one job has left: history, lock, marks of a pause, logs of runs.
pub type Leftovers = BTreeMap<JobName, Vec<PathBuf>>;

/// What is left of jobs, but of those that `is_there` says, and of those that still run.
///
/// A folder of ours may be shared with others, as one that a configuration of the original names. So only what the
/// service user has made counts, and an operator's marker only where there is something else of that job.
pub fn find(config: &Config, is_there: impl Fn(&JobName) -> bool) -> Leftovers {
    let held = Held::now();
    let owner = account::find(&config.user).map(|account| account.uid);
    let mut found = Leftovers::new();
    let gone = |name: &JobName| !is_there(name) && held.holder(&config.run_directory, name).is_none();
    let mut take = |folder: &Path, name_of: fn(&str) -> Option<&str>| {
        for (file, path) in files(folder) {
            let name = name_of(&file).and_then(|name| JobName::new(name).ok());
            let ours = || path.symlink_metadata().is_ok_and(|it| it.is_file() && Some(it.uid()) == owner);
            if let Some(name) = name.filter(|name| gone(name) && ours()) {
                found.entry(name).or_default().push(path);
            }
        }
    };
    take(&config.state_directory, |file| {
        let ends = [".yaml", ".yaml.corrupt", ".paused"];
        ends.iter().find_map(|end| file.strip_suffix(end)).filter(|name| !name.starts_with('.'))
    });
    take(&config.state_directory, |file| file.strip_prefix('.')?.strip_suffix(".lock"));
    take(&config.run_directory, |file| file.strip_suffix(".lock").filter(|name| !name.starts_with('.')));
    for (file, folder) in config.output_directory.iter().flat_map(|logs| files(logs)) {
        let Some(name) = JobName::new(&file).ok().filter(|name| gone(name)) else { continue };
        let logs: Vec<PathBuf> =
            files(&folder).into_iter().filter(|(file, _)| is_log(file, &name)).map(|(_, path)| path).collect();
        if !logs.is_empty() {
            found.entry(name).or_default().extend(logs);
        }
    }
    for (name, paths) in &mut found {
        let marks = [name.to_string(), format!(".{name}.resumed")].map(|mark| config.pause_directory.join(mark));
        paths.extend(marks.into_iter().filter(|mark| mark.symlink_metadata().is_ok_and(|it| it.is_file())));
    }
    found
}

/// The names and paths in a folder that is no link; nothing of one that cannot be read.
fn files(folder: &Path) -> Vec<(String, PathBuf)> {
    if !folder.symlink_metadata().is_ok_and(|it| it.is_dir()) {
        return Vec::new();
    }
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    entries.filter_map(|entry| Some((entry.file_name().into_string().ok()?, entry.path()))).collect()
}

/// Removes a file, and the folder of logs that it was the last of.
///
/// # Errors
/// Why it stays.
pub fn remove(config: &Config, path: &Path) -> io::Result<()> {
    fs::remove_file(path)?;
    let folder = path.parent().filter(|folder| folder.parent() == config.output_directory.as_deref());
    match folder.map(fs::remove_dir) {
        // what somebody else put there stays
        Some(Err(error)) if error.kind() != ErrorKind::DirectoryNotEmpty => Err(error),
        _ => Ok(()),
    }
}

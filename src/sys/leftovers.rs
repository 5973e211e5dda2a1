//! What jobs have left behind whose files are gone.

use super::lock::Held;
use crate::config::Config;
use crate::job::JobName;
use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// All that one job has left, oldest places first: history, lock, marks of a pause, the folder of its logs.
pub type Leftovers = BTreeMap<JobName, Vec<PathBuf>>;

/// What is left of jobs, but of those that `is_there` says, and of those that still run.
pub fn find(config: &Config, is_there: impl Fn(&JobName) -> bool) -> Leftovers {
    let held = Held::now();
    let mut found = Leftovers::new();
    let mut take = |folder: &Path, name_of: fn(&str) -> Option<&str>| {
        for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
            let file = entry.file_name();
            let name = file.to_str().and_then(name_of).and_then(|name| JobName::new(name).ok());
            let gone = |name: &JobName| !is_there(name) && held.holder(&config.run_directory, name).is_none();
            if let Some(name) = name.filter(gone) {
                found.entry(name).or_default().push(entry.path());
            }
        }
    };
    take(&config.state_directory, |file| {
        file.strip_suffix(".yaml")
            .or_else(|| file.strip_suffix(".yaml.corrupt"))
            .or_else(|| file.strip_suffix(".paused"))
    });
    take(&config.state_directory, |file| file.strip_prefix('.')?.strip_suffix(".lock"));
    take(&config.run_directory, |file| file.strip_suffix(".lock"));
    take(&config.pause_directory, |file| Some(file).filter(|file| !file.starts_with('.')));
    take(&config.pause_directory, |file| file.strip_prefix('.')?.strip_suffix(".resumed"));
    if let Some(logs) = &config.output_directory {
        take(logs, |file| Some(file));
    }
    found
}

/// Removes a file, or a folder with all that is in it; a link is removed, not followed.
///
/// # Errors
/// Why it stays.
pub fn remove(path: &Path) -> io::Result<()> {
    if path.symlink_metadata()?.is_dir() { fs::remove_dir_all(path) } else { fs::remove_file(path) }
}

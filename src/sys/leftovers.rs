//! What jobs have left behind whose files are gone.

use super::lock::{Held, Lock, Taken};
use super::{account, run_log};
use crate::config::Config;
use crate::job::JobName;
use rustix::fs::Uid;
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
    for (logs, (file, folder)) in
        config.output_directory.iter().flat_map(|logs| files(logs).into_iter().map(move |found| (logs, found)))
    {
        let Some(name) = JobName::new(&file).ok().filter(|name| gone(name)) else { continue };
        let logs: Vec<PathBuf> = run_log::all(logs, &name).iter().map(|log| folder.join(log)).collect();
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

/// Removes what one job has left, and gives what stays and why; none if the job is back, or runs, and so all of it stays.
///
/// Since it was found somebody has thought about it. So its lock is held before the last look at whether the job `is_there`
/// until all is gone: a run that starts after that look finds the job busy, and nothing is taken from under it.
pub fn remove(
    config: &Config,
    name: &JobName,
    paths: &[PathBuf],
    is_there: impl FnOnce(&JobName) -> bool,
) -> Option<Vec<(PathBuf, io::Error)>> {
    let lock = config.run_directory.join(format!("{name}.lock"));
    let owner = account::find(&config.user).map(|account| Uid::from_raw(account.uid));
    let held = match Lock::take_for(owner, &config.run_directory, name) {
        Ok(Taken::Yes(held)) => Some(held),
        Ok(Taken::Busy) => return None,
        // where there is no folder of locks nothing runs
        Err(error) if error.kind() == ErrorKind::NotFound => None,
        Err(error) => return Some(vec![(lock, error)]),
    };
    if is_there(name) {
        return None;
    }
    let logs = config.output_directory.as_deref().map(|logs| (logs, logs.join(name.as_str())));
    let is_of_log = |path: &PathBuf| logs.as_ref().is_some_and(|(_, folder)| path.parent() == Some(folder));
    let (of_logs, others): (Vec<_>, Vec<_>) =
        paths.iter().filter(|path| **path != lock).partition(|path| is_of_log(path));
    let mut stay = Vec::new();
    for path in others {
        stay.extend(there(fs::remove_file(path)).map(|error| (path.clone(), error)));
    }
    if let Some((logs, folder)) = logs.as_ref().filter(|_| !of_logs.is_empty()) {
        let removed = run_log::remove_all(logs, name).and_then(|()| match fs::remove_dir(folder) {
            // what somebody else put there stays
            Err(error) if error.kind() != ErrorKind::DirectoryNotEmpty => Err(error),
            _ => Ok(()),
        });
        stay.extend(there(removed).map(|error| (folder.clone(), error)));
    }
    // the last of all: without the file the next run would take another lock
    if held.is_some() {
        stay.extend(there(fs::remove_file(&lock)).map(|error| (lock, error)));
    }
    Some(stay)
}

/// Why something is still there.
fn there(removed: io::Result<()>) -> Option<io::Error> {
    removed.err().filter(|error| error.kind() != ErrorKind::NotFound)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::User;
    use std::os::unix::fs::symlink;

    struct Scene {
        folder: tempfile::TempDir,
        config: Config,
        tea: JobName,
    }

    const LOG: &str = "log/tea/tea-20231114-221320.log";
    const HISTORY: &str = "state/tea.yaml";

    impl Scene {
        /// What a job has left, and nobody has removed yet.
        fn new() -> (Scene, Vec<PathBuf>) {
            let folder = tempfile::tempdir().unwrap();
            let path = |name: &str| folder.path().join(name);
            for name in ["run", "state", "pauses", "log/tea"] {
                fs::create_dir_all(path(name)).unwrap();
            }
            for file in [LOG, HISTORY, "state/tea.paused", "run/tea.lock", "pauses/tea"] {
                fs::write(path(file), "").unwrap();
            }
            let config = Config {
                run_directory: path("run"),
                state_directory: path("state"),
                pause_directory: path("pauses"),
                output_directory: Some(path("log")),
                user: User::parse(&path("run").metadata().unwrap().uid().to_string()).unwrap(),
                ..Config::default()
            };
            let scene = Scene { folder, config, tea: JobName::new("tea").unwrap() };
            let paths = find(&scene.config, |_| false).remove(&scene.tea).unwrap();
            assert_eq!(paths.len(), 5);
            (scene, paths)
        }

        fn path(&self, name: &str) -> PathBuf {
            self.folder.path().join(name)
        }
    }

    #[test]
    fn what_is_gone_goes_with_its_lock() {
        let (scene, paths) = Scene::new();
        // as after a boot
        fs::remove_file(scene.path("run/tea.lock")).unwrap();
        assert!(remove(&scene.config, &scene.tea, &paths, |_| false).unwrap().is_empty());
        assert!(!scene.path("log/tea").exists());
        assert_eq!(["run", "state", "pauses", "log"].map(|name| files(&scene.path(name)).len()), [0; 4]);
    }

    #[test]
    fn a_link_in_place_of_the_log_folder_loses_nothing() {
        let (scene, paths) = Scene::new();
        fs::rename(scene.path("log/tea"), scene.path("elsewhere")).unwrap();
        symlink(scene.path("elsewhere"), scene.path("log/tea")).unwrap();
        let stay = remove(&scene.config, &scene.tea, &paths, |_| false).unwrap();
        assert_eq!(stay.iter().map(|(path, _)| path).collect::<Vec<_>>(), [&scene.path("log/tea")]);
        assert!(scene.path("elsewhere/tea-20231114-221320.log").exists());
        assert!(!scene.path(HISTORY).exists());
    }

    #[test]
    fn a_job_that_came_back_keeps_its_history() {
        let (scene, paths) = Scene::new();
        assert!(remove(&scene.config, &scene.tea, &paths, |_| true).is_none());
        // or has begun and lost its file again
        let run = Lock::take(&scene.config.run_directory, &scene.tea).unwrap();
        assert!(matches!(run, Taken::Yes(_)));
        assert!(remove(&scene.config, &scene.tea, &paths, |_| false).is_none());
        assert!(paths.iter().all(|path| path.exists()));
    }

    #[test]
    fn nothing_starts_between_the_last_look_and_the_removal() {
        let (scene, paths) = Scene::new();
        let is_there = |name: &JobName| {
            assert!(matches!(Lock::take(&scene.config.run_directory, name).unwrap(), Taken::Busy));
            false
        };
        assert!(remove(&scene.config, &scene.tea, &paths, is_there).unwrap().is_empty());
    }
}

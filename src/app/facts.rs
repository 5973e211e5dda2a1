//! What is known of every job, for the commands that show jobs.

use crate::config::Config;
use crate::job::{Job, JobName};
use crate::status::Facts;
use crate::sys::history::Store;
use crate::sys::jobs::Folder;
use crate::sys::lock::Held;
use crate::sys::pause;
use std::io;

/// Looks at every job of the configuration, in the order of their names.
///
/// # Errors
/// Why the job directory cannot be listed.
pub(super) fn all(config: &Config) -> io::Result<Vec<Facts>> {
    let folder = Folder::open(&config.job_directory)?;
    let held = Held::now();
    let store = Store::new(&config.state_directory);
    let names = folder.list()?.into_iter().filter_map(|candidate| candidate.name().ok());
    Ok(names.filter_map(|name| one(name, &folder, &held, &store, config)).collect())
}

fn one(name: JobName, folder: &Folder, held: &Held, store: &Store, config: &Config) -> Option<Facts> {
    let job = folder.read(&name)?.ok().and_then(|file| {
        let (job, _) = Job::read(&name, &file.bytes, &config.defaults, &config.ceilings);
        job
    });
    // a history that cannot be read costs its job the last status, and no other job anything
    let history = store.read(&name).unwrap_or_default().history;
    Some(Facts {
        pid: held.holder(&config.run_directory, &name),
        paused: pause::note(config, &name),
        next: None,
        job,
        history,
        name,
    })
}

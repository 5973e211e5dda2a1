//! Attempts that were announced and never came, as somebody stopped the unit meanwhile or the host booted: the failure
//! before such a one is a failure, and is told as one.

use super::book::Book;
use crate::config::Config;
use crate::history::Run;
use crate::job::Job;
use crate::notice::News;
use crate::run::book::Unwritten;
use crate::sys::clock;
use crate::sys::history::{PATIENCE, Store};
use crate::sys::jobs::Folder;
use crate::sys::voice::{Priority, Voice};
use chrono::{DateTime, TimeDelta, Utc};

/// A busy host makes an attempt later than it was announced, but not so late.
const LATE: TimeDelta = TimeDelta::minutes(5);

/// Looks at the histories of all jobs that are there.
pub(super) fn settle(config: &Config) {
    let (store, this_boot, now) = (Store::new(&config.state_directory), clock::boot_id(), clock::now());
    let Ok(folder) = Folder::open(&config.job_directory) else { return };
    for name in store.names() {
        let recent = store.recent(&name);
        if recent.open.is_some() || !recent.run.is_some_and(|run| is_overdue(&run, &this_boot, now)) {
            continue;
        }
        let Some(Ok(file)) = folder.read(&name) else { continue };
        let (Some(job), _) = Job::read(&name, &file.bytes, &config.defaults, &config.ceilings) else { continue };
        let voice = Voice::Journal;
        voice.say(Priority::Warning, &format!("{name}: the next attempt never came, so the last one is the end of it"));
        let book =
            Book { config, name: &name, job: Some(&job), voice, patience: PATIENCE, unwritten: Unwritten::ToldNow };
        book.write(|history| {
            history.give_up();
            News::Other
        });
    }
}

fn is_overdue(run: &Run, boot: &str, now: DateTime<Utc>) -> bool {
    run.retry.is_some_and(|at| run.boot != boot || now > at + LATE)
}

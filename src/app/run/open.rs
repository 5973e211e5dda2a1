//! Everything that is read before the gate decides.

use super::{Gate, Turn};
use crate::app::again;
use crate::app::translate::line;
use crate::app::turn;
use crate::config::{Config, Root};
use crate::history::{Command, History};
use crate::job::{Job, JobName};
use crate::run::retry::{self, Series};
use crate::run::{BAD_JOB, NOT_EXECUTABLE, WRONG_USER, due, trigger};
use crate::status::Unknown;
use crate::sys::account::{self, Account};
use crate::sys::history::{Found, Store};
use crate::sys::invocation::{Invocation, own_unit};
use crate::sys::jobs::{Folder, JobFile};
use crate::sys::voice::{Priority, Voice};
use crate::sys::{caller, clock, config, systemctl, zone};
use chrono::{DateTime, Utc};

impl Gate {
    /// Reads configuration and job, and checks the user. The error is an exit code; why has been said.
    pub(super) fn open(name: &str, command: Command) -> Result<Gate, u8> {
        let invocation = Invocation::detect();
        let voice = Voice::of("run-job", &invocation);
        if let Invocation::Hand { .. } = invocation
            && let Err(error) = caller::forget()
        {
            voice.say(Priority::Error, &format!("what the caller left cannot be put away: {error}"));
            return Err(NOT_EXECUTABLE);
        }
        let loaded = config::load();
        for problem in loaded.problems.iter().filter(|problem| problem.is_pressing()) {
            voice.say(Priority::of(problem), &line(&loaded.path, problem));
        }
        let config = loaded.config.ok_or(BAD_JOB)?;
        let name = JobName::from_argument(name).map_err(|error| {
            voice.say(Priority::Error, &error.to_string());
            BAD_JOB
        })?;
        let account = service_user(&config, &name, voice)?;
        let (file, job) = read_job(&config, &name, &invocation, voice)?;
        if command == Command::SlowStart && job.slow_start.is_empty() {
            voice.say(Priority::Error, &format!("{name}: the job has no slow_start_command"));
            return Err(BAD_JOB);
        }
        let store = Store::new(&config.state_directory);
        let history = store.read(&job.name).unwrap_or_else(|error| {
            voice.say(Priority::Warning, &format!("{name}: the history cannot be read: {error}"));
            Found::default()
        });
        let history = history.history;
        // an hour that the zone moves into the past is as one that an edit moves there
        let moved = job.goes_by_the_host().then(zone::local_changed).flatten();
        let changed = file.changed.max(loaded.changed).max(moved.unwrap_or_default());
        let elapsed = elapsed(&invocation, &job, &history);
        let waits_for = turn::waits_for(&store, &job, file.changed);
        let is_turn =
            matches!(invocation, Invocation::Unit { .. }) && waits_for.is_some_and(|others| others.is_empty());
        let turn = if is_turn { Turn::Now } else { Turn::Not };
        let series = match (&invocation, elapsed) {
            (Invocation::Hand { .. }, _) | (_, Some(_)) => Series::First,
            (Invocation::Unit { .. }, None) => {
                let restarts = || systemctl::restarts(&own_unit()?);
                retry::series((&job, command), &history, &clock::boot_id(), clock::now(), restarts)
            }
        };
        Ok(Gate {
            config,
            job,
            changed,
            account,
            command,
            invocation,
            elapsed,
            turn,
            history,
            series,
            begun: None,
            voice,
        })
    }
}

/// When the timer elapsed for this start; none if a person made it, or systemd again.
fn elapsed(invocation: &Invocation, job: &Job, history: &History) -> Option<DateTime<Utc>> {
    let Invocation::Unit { timer: Some(timer), .. } = invocation else { return None };
    let now = clock::now();
    let boot = clock::boot_id();
    if history.announced().is_some_and(|(run, _)| run.boot == boot) {
        let (last, seen) = (systemctl::last_trigger(&timer.unit), history.seen.as_ref().map(|seen| seen.at));
        return retry::elapsed_during_wait(last, seen, again::longest_wait(job), now);
    }
    let rules = zone::read(job.timing.zone(job.zone.as_ref()));
    let slot = due::last_slot(job, &rules, history, now);
    let start = trigger::Start {
        stamp: timer.stamp,
        seen: history.seen.as_ref().map(|seen| seen.at),
        open_slot: slot.filter(|slot| !history.has_run(*slot)),
        now,
    };
    start.elapsed(|| systemctl::last_trigger(&timer.unit))
}

/// The service user's account, if that is who we are.
fn service_user(config: &Config, name: &JobName, voice: Voice) -> Result<Account, u8> {
    let own = account::own();
    let refuse = |what: String| {
        voice.say(Priority::Error, &what);
        WRONG_USER
    };
    let user = &config.user;
    let Some(account) = account::find(user) else {
        return Err(refuse(format!("{name}: the service user {user} does not exist")));
    };
    if account.uid == 0 && config.root == Root::Refused {
        return Err(refuse(format!(
            "{name}: the service user {user} is root; jobs do not run as root unless allow_root says so"
        )));
    }
    if own != account.uid {
        return Err(refuse(format!(
            "{name}: jobs run as {user}; use `sudo -u {user} run-job {name}`, or `jobctl start {name}`, which needs no other user"
        )));
    }
    Ok(account)
}

/// The job of this name, or why there is none.
fn read_job(config: &Config, name: &JobName, invocation: &Invocation, voice: Voice) -> Result<(JobFile, Job), u8> {
    let folder = &config.job_directory;
    let refuse = |what: String| {
        voice.say(Priority::Error, &what);
        BAD_JOB
    };
    let jobs = Folder::open(folder).map_err(|error| refuse(format!("{}: {error}", folder.display())))?;
    let path = jobs.file_of(name);
    let file = match jobs.read(name) {
        // its timer was faster than the reload that ends it: no failure, and nobody need clean up
        None if invocation.has_timer() => {
            voice.say(Priority::Warning, &format!("{name}: not started, as {} has gone", path.display()));
            return Err(0);
        }
        None => {
            let names: Vec<JobName> =
                jobs.list().unwrap_or_default().iter().filter_map(|candidate| candidate.name().ok()).collect();
            let offer = Unknown::of(name.as_str(), &names).offer();
            return Err(refuse(format!("there is no job {name}: no file {}{offer}", path.display())));
        }
        Some(Err(problem)) => return Err(refuse(line(&path, &problem))),
        Some(Ok(file)) => file,
    };
    let (job, problems) = Job::read(name, &file.bytes, &config.defaults, &config.ceilings);
    for problem in &problems {
        voice.say(Priority::of(problem), &line(&path, problem));
    }
    job.map(|job| (file, job)).ok_or(BAD_JOB)
}

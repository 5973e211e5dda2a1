//! `run-job NAME`: the gate in front of a command, and then the command.

mod open;
mod places;
mod record;
mod start;

use super::args::RunJob;
use super::original::{self, Which};
use crate::config::Config;
use crate::history::{Command, History, Run};
use crate::job::{Job, Timing};
use crate::notice::News;
use crate::pause::{Hold, Pace};
use crate::run::due::{self, Slot, Start};
use crate::run::retry::Series;
use crate::run::{BUSY, NOT_EXECUTABLE, Skip};
use crate::sys::account::Account;
use crate::sys::invocation::{Invocation, Timer};
use crate::sys::lock::{Lock, Taken};
use crate::sys::pause::{Markers, Owners};
use crate::sys::voice::{Priority, Voice};
use crate::sys::{clock, systemctl, zone};
use chrono::{DateTime, Utc};
use clap::{CommandFactory, Parser};
use places::NoPlace;
use std::io;

/// Runs `run-job` with the arguments of the process.
pub fn main() -> u8 {
    let arguments = RunJob::parse();
    if let Some(name) = &arguments.finish {
        return super::finish::finish(name);
    }
    let which = if arguments.only_running { Which::Running } else { Which::All };
    if arguments.list_jobs {
        return original::list(which);
    }
    if arguments.status {
        return original::status(which);
    }
    if let Some(name) = &arguments.kill_job {
        return original::kill(name);
    }
    let command = if arguments.slow_start { Command::SlowStart } else { Command::Normal };
    let Some(name) = arguments.job.or(arguments.name) else {
        // as the original did; a closed pipe is no error
        let _ = RunJob::command().print_help();
        return 0;
    };
    Gate::open(&name, command).map_or_else(|code| code, Gate::pass)
}

/// Everything that is known before the first decision.
struct Gate {
    config: Config,
    job: Job,
    /// When the job file, the configuration or the host's zone was last changed.
    changed: DateTime<Utc>,
    account: Account,
    command: Command,
    invocation: Invocation,
    /// When the timer elapsed, if it started us; see [`crate::run::trigger`].
    elapsed: Option<DateTime<Utc>>,
    /// Whether it is its turn, as the others that it comes after have succeeded.
    turn: Turn,
    /// What is known of earlier runs, as it was before this one.
    history: History,
    /// Whether this is another attempt for the same slot.
    series: Series,
    /// The run, once it has begun.
    begun: Option<Run>,
    voice: Voice,
}

/// Whether a start is for the success of others.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Turn {
    /// It is.
    Now,
    /// It is not, or the job comes after no others.
    Not,
}

impl Gate {
    /// Paused? Due? Running already? Then a start record, then the command.
    fn pass(mut self) -> u8 {
        self.choose_pace();
        let name = &self.job.name;
        let slot = match self.is_wanted() {
            Ok(slot) => slot,
            Err((skip, slot)) => return self.skip(&skip, slot),
        };
        let lock = match Lock::take(&self.config.run_directory, name) {
            Ok(Taken::Yes(lock)) => lock,
            Ok(Taken::Busy) => return self.skip(&Skip::Busy, slot),
            Err(error) => {
                return self.no_lock(&error);
            }
        };
        match self.places() {
            Ok(places) => self.start(lock, &places, slot),
            Err(NoPlace::Skipped(skip)) => self.skip(&skip, slot),
            Err(NoPlace::Failed(error)) => self.no_lock(&error),
        }
    }

    fn no_lock(&self, error: &io::Error) -> u8 {
        let folder = self.config.run_directory.display();
        self.voice.say(Priority::Error, &format!("{}: no lock in {folder}: {error}", self.job.name));
        self.not_started(&format!("no lock: {error}"), NOT_EXECUTABLE)
    }

    /// What a timer starts may have to start slowly; what a person starts runs as they say.
    fn choose_pace(&mut self) {
        if let Some(before) = self.series.before() {
            if !self.job.slow_start.is_empty() {
                self.command = before.command;
            }
            return;
        }
        let Some(until) = self.job.slow_start_until else { return };
        if self.elapsed.is_none() && self.turn == Turn::Not {
            return;
        }
        let resumed = Markers::new(&self.config, Owners::Numbered).resumed(&self.job.name);
        let resumed = resumed.filter(|it| it.is_news_to(&self.history));
        if self.history.tally.slow_start || resumed.is_some_and(|resumed| resumed.pace == Pace::Slow) {
            self.command = Command::SlowStart;
            let what = format!("{}: slow start, until {until} runs in a row have succeeded", self.job.name);
            self.voice.say(Priority::Info, &what);
        }
    }

    /// What a timer starts must be wanted; what a person starts is.
    fn is_wanted(&self) -> Result<Slot, (Skip, Slot)> {
        let mut markers = Markers::new(&self.config, Owners::Named);
        let paused = markers.pause(&self.job.name, clock::now());
        if self.series == Series::Over {
            return Err((Skip::GivenUp, None));
        }
        if let Some(before) = self.series.before() {
            return match paused {
                Some(hold) => Err((Skip::Paused(hold), before.slot)),
                None => Ok(before.slot),
            };
        }
        let Some(elapsed) = self.elapsed else {
            if let Some(hold) = paused {
                self.voice.say(Priority::Warning, &format!("{} is paused {hold}; it runs all the same", self.job.name));
            }
            return Ok(None);
        };
        if let Some(hold) = paused {
            return Err((Skip::Paused(hold), None));
        }
        let rules = zone::read(self.job.timing.zone(self.job.zone.as_ref()));
        let before = self.history.seen.as_ref().and_then(|seen| Timing::from_record(&seen.timing));
        let before = before.map(|(timing, name)| {
            let rules = zone::read(timing.zone(name.as_ref()));
            (timing, rules)
        });
        let late = due::last_slot(&self.job, &rules, &self.history, elapsed)
            .is_some_and(|slot| !due::punctual(&self.job, slot, elapsed));
        let timer_since = self.timer().filter(|_| late).and_then(|timer| systemctl::active_since(&timer.unit));
        let start = Start {
            job: &self.job,
            zone: &rules,
            elapsed,
            changed: self.changed,
            booted: clock::booted(),
            timer_since,
            history: &self.history,
            before: before.as_ref(),
        };
        let slot = start.slot().map_err(|why| (Skip::NotDue(why), None))?;
        let runs = || self.history.runs.iter().filter_map(due::ran);
        let up_to = |hold: &Hold| due::held_up_to(&self.job, &rules, hold, runs(), clock::now());
        let leaves_out = |hold: &Hold| up_to(hold).is_some_and(|last| due::left_out(&self.job, slot, elapsed, last));
        match markers.own(&self.job.name).filter(leaves_out) {
            Some(hold) => Err((Skip::LeftOut(hold), slot)),
            None => Ok(slot),
        }
    }

    fn timer(&self) -> Option<&Timer> {
        match &self.invocation {
            Invocation::Unit { timer, .. } => timer.as_ref(),
            Invocation::Hand { .. } => None,
        }
    }

    fn skip(&self, skip: &Skip, slot: Slot) -> u8 {
        let name = &self.job.name;
        let code = skip.exit_code(self.job.overtime);
        match (skip, code) {
            // the job says that this is its normal life
            (Skip::Busy, 0) => {}
            (_, BUSY) => self.voice.say(Priority::Warning, &format!("{name}: skipped: {skip}")),
            _ => self.voice.say(Priority::Info, &format!("{name}: skipped: {skip}")),
        }
        self.record(|history, mut run| {
            run.slot = slot;
            run.end = Some(skip.at(clock::now()));
            history.add(run.clone());
            News::Skipped(run)
        });
        code
    }
}

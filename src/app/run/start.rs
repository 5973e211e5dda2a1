//! The command, once the gate is passed.

use super::Gate;
use crate::history::{Command, Exit, Outcome, Run};
use crate::job::sandbox::Permission;
use crate::job::schedule::Zone;
use crate::job::{CommandLine, TimeSpan};
use crate::notice::News;
use crate::run::due::Slot;
use crate::run::judge::Verdict;
use crate::run::{NOT_EXECUTABLE, NOT_FOUND, TIMEOUT};
use crate::sys::exec::{self, Environment, Limits};
use crate::sys::invocation::{Invocation, NOT_FOR_THE_JOB, own_unit};
use crate::sys::lock::Lock;
use crate::sys::run_log::{self, LocalTime, RunLog};
use crate::sys::supervise::{Ended, Output, Task, Tree, die_of, supervise};
use crate::sys::voice::Priority;
use crate::sys::{clock, systemctl, zone};
use chrono::{DateTime, Utc};
use std::ffi::OsString;
use std::io::{self, ErrorKind};

impl Gate {
    /// Writes the start record, and then the command is all that counts.
    pub(super) fn start(&mut self, mut lock: Lock, places: &[Lock], slot: Slot) -> u8 {
        if let Err(error) = lock.note(self.invocation.id()) {
            self.voice.say(Priority::Warning, &format!("{}: the lock file cannot be written: {error}", self.job.name));
        }
        let begun = clock::now();
        self.begun = Some(Run { slot, start: Some(begun), ..self.run() });
        self.record(|history, run| {
            history.settle(begun);
            history.add(run.clone());
            News::Started(run)
        });
        let rules = self.config.output_directory.as_ref().map(|_| zone::read(None));
        let rules = rules.as_ref().and_then(Zone::rules);
        let local = |instant: DateTime<Utc>| rules.map_or(instant.naive_utc(), |rules| rules.civil(instant));
        // before the job's own umask holds: who may read the logs is not for jobs to say
        let log = self.log(begun, &local);
        let limits = Limits {
            umask: self.job.umask,
            nice: self.job.limits.nice.map(i32::from),
            working_directory: self.job.working_directory.as_deref(),
            home: &self.account.home,
            // as in the unit; root that has none is not root
            no_new_privileges: self.job.sandbox.new_privileges == Permission::Denied && !self.config.user.says_root(),
        };
        if let Err(error) = exec::apply(&limits) {
            self.voice.say(Priority::Error, &format!("{}: {error}", self.job.name));
            return self.not_started(&error.to_string(), NOT_EXECUTABLE);
        }
        let set: Vec<(OsString, OsString)> =
            self.job.environment.iter().map(|(name, value)| (name.into(), value.into())).collect();
        let environment = Environment { set: &set, without: NOT_FOR_THE_JOB };
        let missing: Vec<&str> = self.job.sandbox.of_units().collect();
        if matches!(self.invocation, Invocation::Hand { .. }) && !missing.is_empty() {
            let what = format!("{}: by hand the run has no {}", self.job.name, missing.join(", no "));
            self.voice.say(Priority::Warning, &what);
        }
        match (&self.invocation, self.commands(), &self.config.output_directory) {
            // whether a failure is tried again is ours to say
            (Invocation::Unit { .. }, [only], None) if self.job.retries.is_none() => {
                let mut all = places.iter().chain([&lock]);
                let error = all
                    .try_for_each(|lock| exec::keep_across_exec(lock.file()))
                    .map_or_else(|error| error, |()| exec::become_command(only, environment));
                self.not_executed(0, &error)
            }
            _ => self.supervise(environment, log),
        }
    }

    fn commands(&self) -> &[CommandLine] {
        match self.command {
            Command::Normal => &self.job.commands,
            Command::SlowStart => &self.job.slow_start,
        }
    }

    fn not_executed(&self, command: usize, error: &io::Error) -> u8 {
        let program = self.commands()[command].program();
        let (reason, code) = match error.kind() {
            ErrorKind::NotFound => (format!("{program}: command not found"), NOT_FOUND),
            _ => (format!("{program}: {error}"), NOT_EXECUTABLE),
        };
        self.voice.say(Priority::Error, &format!("{}: {reason}", self.job.name));
        self.not_started(&reason, code)
    }

    /// The log file of this run, if there are any to be: named by when the history says that it began. A run goes on
    /// without one.
    fn log<'a>(&self, begun: DateTime<Utc>, local: LocalTime<'a>) -> Option<RunLog<'a>> {
        let folder = self.config.output_directory.as_deref()?;
        let log = RunLog::create(folder, &self.job.name, begun, local);
        if let Some(keep) = &self.job.keep_logs
            && let Err(error) = run_log::remove(folder, &self.job.name, keep, clock::now())
        {
            let what = format!("{}: old run logs in {} stay: {error}", self.job.name, folder.display());
            self.voice.say(Priority::Warning, &what);
        }
        log.inspect_err(|error| {
            let what = format!("{}: no run log in {}: {error}", self.job.name, folder.display());
            self.voice.say(Priority::Warning, &what);
        })
        .ok()
    }

    fn supervise(&self, environment: Environment, mut log: Option<RunLog<'_>>) -> u8 {
        let success: Vec<i32> = self.job.success_exit_codes.iter().map(|code| i32::from(*code)).collect();
        let by_hand = matches!(self.invocation, Invocation::Hand { .. });
        let task = Task {
            commands: self.commands(),
            environment,
            success: &success,
            // of a run that is not tried again systemd sees to that
            timeout: self.job.timeout.filter(|_| by_hand || self.job.retries.is_some()).map(TimeSpan::duration),
            grace: self.job.kill_grace.duration(),
            tree: if by_hand { Tree::Ours } else { Tree::OfUnit },
            all_are_told: &|| own_unit().is_none_or(|unit| systemctl::is_deactivating(&unit)),
        };
        let output = log.as_mut().map_or(Output::Inherit, Output::Log);
        match supervise(&task, output) {
            Ok(ended) => self.ended(&ended),
            Err(error) => {
                self.voice.say(Priority::Error, &format!("{}: cannot be supervised: {error}", self.job.name));
                self.not_started(&error.to_string(), NOT_EXECUTABLE)
            }
        }
    }

    /// The end as the supervisor saw it. What a unit's run came to when it was told to stop only
    /// systemd knows: it may have been its timeout.
    fn ended(&self, ended: &Ended) -> u8 {
        let of = self.commands().len();
        let which = |command: usize| (of > 1).then(|| format!("command {} of {of}", command + 1));
        let verdict = match ended {
            Ended::NotStarted { command, error } => return self.not_executed(*command, error),
            Ended::Exited { code, command } => {
                Verdict::of_exit(Exit::Code(*code), Some(&self.job)).about(which(*command))
            }
            Ended::Signalled { signal, command, .. } => {
                Verdict::of_exit(Exit::Signal(*signal), Some(&self.job)).about(which(*command))
            }
            Ended::TimedOut => Verdict::timeout(),
            Ended::Stopped { signal } => {
                if matches!(self.invocation, Invocation::Hand { .. }) {
                    self.record_end(&Verdict::of_exit(Exit::Signal(*signal), Some(&self.job)).stopped(), 0);
                }
                die_of(*signal)
            }
        };
        if verdict.outcome != Outcome::Success {
            self.voice.say(Priority::Error, &format!("{}: {verdict}", self.job.name));
        }
        let code = match (verdict.outcome, verdict.exit) {
            (Outcome::Timeout, _) => TIMEOUT,
            (_, Some(exit)) => u8::try_from(exit.status()).unwrap_or(u8::MAX),
            (_, None) => 0,
        };
        self.record_end(&verdict, code)
    }
}

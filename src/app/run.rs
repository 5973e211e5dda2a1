//! `run-job NAME`: the gate in front of a command, and then the command.

use super::args::RunJob;
use super::translate::line;
use crate::config::{Config, Root};
use crate::history::{Command, End, Exit, History, Outcome, Run, Seen, Trigger};
use crate::job::{Job, JobName, TimeSpan, Timing};
use crate::run::due::{self, Slot, Start};
use crate::run::judge::Verdict;
use crate::run::trigger;
use crate::run::{BAD_JOB, BUSY, NOT_EXECUTABLE, NOT_FOUND, Skip, TIMEOUT, WRONG_USER};
use crate::sys::account::{self, Account};
use crate::sys::exec::{self, Environment, Limits};
use crate::sys::history::{Found, Store};
use crate::sys::invocation::{Invocation, OF_THIS_PROCESS, Timer};
use crate::sys::jobs::{Folder, JobFile};
use crate::sys::lock::{Lock, Taken};
use crate::sys::run_log::RunLog;
use crate::sys::supervise::{Ended, Output, Task, Tree, die_of, supervise};
use crate::sys::voice::{Priority, Voice};
use crate::sys::{clock, config, pause, systemctl, zone};
use chrono::{DateTime, Utc};
use clap::{CommandFactory, Parser};
use std::ffi::OsString;
use std::io::{self, ErrorKind};

/// Runs `run-job` with the arguments of the process.
pub fn main() -> u8 {
    let arguments = RunJob::parse();
    if let Some(name) = &arguments.finish {
        return super::finish::finish(name);
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
    /// When the job file or the configuration was last changed.
    changed: DateTime<Utc>,
    account: Account,
    command: Command,
    invocation: Invocation,
    /// When the timer elapsed, if it started us; see [`crate::run::trigger`].
    elapsed: Option<DateTime<Utc>>,
    /// What is known of earlier runs, as it was before this one.
    history: History,
    store: Store,
    voice: Voice,
}

impl Gate {
    /// Reads configuration and job, and checks the user. The error is an exit code; why has been said.
    fn open(name: &str, command: Command) -> Result<Gate, u8> {
        let invocation = Invocation::detect();
        let voice = Voice::of(&invocation);
        let loaded = config::load();
        for problem in &loaded.problems {
            voice.say(Priority::of(problem), &line(&loaded.path, problem));
        }
        let config = loaded.config.ok_or(BAD_JOB)?;
        let name = JobName::from_argument(name).map_err(|error| {
            voice.say(Priority::Error, &error.to_string());
            BAD_JOB
        })?;
        let account = service_user(&config, &name, voice)?;
        let (file, job) = read_job(&config, &name, voice)?;
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
        let elapsed = elapsed(&invocation, &job, &history);
        let changed = file.changed.max(loaded.changed);
        Ok(Gate { config, job, changed, account, command, invocation, elapsed, history, store, voice })
    }

    /// Paused? Due? Running already? Then a start record, then the command.
    fn pass(self) -> u8 {
        let name = &self.job.name;
        let slot = match self.is_wanted() {
            Ok(slot) => slot,
            Err((skip, slot)) => return self.skip(&skip, slot),
        };
        let lock = match Lock::take(&self.config.run_directory, name) {
            Ok(Taken::Yes(lock)) => lock,
            Ok(Taken::Busy) => return self.skip(&Skip::Busy, slot),
            Err(error) => {
                let folder = self.config.run_directory.display();
                self.voice.say(Priority::Error, &format!("{name}: no lock in {folder}: {error}"));
                return self.not_started(&format!("no lock: {error}"), NOT_EXECUTABLE);
            }
        };
        self.start(lock, slot)
    }

    /// What a timer starts must be wanted; what a person starts is.
    fn is_wanted(&self) -> Result<Slot, (Skip, Slot)> {
        let paused = pause::note(&self.config, &self.job.name);
        let Some(elapsed) = self.elapsed else {
            if let Some(note) = paused {
                self.voice.say(Priority::Warning, &format!("{} is paused {note}; it runs all the same", self.job.name));
            }
            return Ok(None);
        };
        if let Some(note) = paused {
            return Err((Skip::Paused { note }, None));
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
        start.slot().map_err(|why| (Skip::NotDue(why), None))
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
        let priority = if code == BUSY { Priority::Warning } else { Priority::Info };
        self.voice.say(priority, &format!("{name}: skipped: {skip}"));
        self.record(|history, mut run| {
            run.slot = slot;
            run.end =
                Some(End { at: clock::now(), outcome: Outcome::Skipped, exit: None, reason: Some(skip.to_string()) });
            history.add(run);
        });
        code
    }

    fn not_started(&self, reason: &str, code: u8) -> u8 {
        let verdict = Verdict {
            outcome: Outcome::Failure,
            exit: Some(Exit::Code(code.into())),
            reason: Some(crate::job::text::one_line(reason)),
        };
        self.record(|history, run| {
            if history.run(&run.id).is_none() {
                history.add(run.clone());
            }
            history.end(&run.id, verdict.at(clock::now()));
        });
        code
    }

    /// Changes the history; a run goes on without one, and says so.
    fn record(&self, change: impl FnOnce(&mut History, Run)) {
        let run = Run::begun(
            self.invocation.id().to_owned(),
            if self.elapsed.is_some() { Trigger::Timer } else { Trigger::Manual },
            self.command,
            clock::now(),
            clock::boot_id(),
        );
        let seen = self.elapsed.map(|at| Seen { timing: self.job.timing.record(self.job.zone.as_ref()), at });
        let done = self.store.update(&self.job.name, |history| {
            change(history, run);
            history.seen = seen.or(history.seen.take());
        });
        match done {
            Ok(None) => {}
            Ok(Some(said)) => self.voice.say(Priority::Warning, &format!("{}: {said}", self.job.name)),
            Err(error) => {
                let what = format!("{}: this is lost for the history: {error}", self.job.name);
                self.voice.say(Priority::Error, &what);
            }
        }
    }

    fn start(&self, mut lock: Lock, slot: Slot) -> u8 {
        if let Err(error) = lock.note(self.invocation.id()) {
            self.voice.say(Priority::Warning, &format!("{}: the lock file cannot be written: {error}", self.job.name));
        }
        self.record(|history, mut run| {
            history.settle(clock::now());
            run.slot = slot;
            history.add(run);
        });
        let limits = Limits {
            umask: self.job.umask,
            nice: self.job.limits.nice.map(i32::from),
            working_directory: self.job.working_directory.as_deref(),
            home: &self.account.home,
        };
        if let Err(error) = exec::apply(&limits) {
            self.voice.say(Priority::Error, &format!("{}: {error}", self.job.name));
            return self.not_started(&error.to_string(), NOT_EXECUTABLE);
        }
        let set: Vec<(OsString, OsString)> =
            self.job.environment.iter().map(|(name, value)| (name.into(), value.into())).collect();
        let environment = Environment { set: &set, without: OF_THIS_PROCESS };
        match (&self.invocation, self.commands(), &self.config.output_directory) {
            (Invocation::Unit { .. }, [only], None) => {
                let error = exec::keep_across_exec(lock.file())
                    .map_or_else(|error| error, |()| exec::become_command(only, environment));
                self.not_executed(0, &error)
            }
            _ => self.supervise(environment),
        }
    }

    fn commands(&self) -> &[crate::job::CommandLine] {
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

    fn supervise(&self, environment: Environment) -> u8 {
        let success: Vec<i32> = self.job.success_exit_codes.iter().map(|code| i32::from(*code)).collect();
        let by_hand = matches!(self.invocation, Invocation::Hand { .. });
        let task = Task {
            commands: self.commands(),
            environment,
            success: &success,
            timeout: self.job.timeout.filter(|_| by_hand).map(TimeSpan::duration),
            grace: self.job.kill_grace.duration(),
            tree: if by_hand { Tree::Ours } else { Tree::OfUnit },
        };
        let rules = zone::read(None);
        let local = |instant: DateTime<Utc>| rules.rules().map_or(instant.naive_utc(), |rules| rules.civil(instant));
        let mut log = self.config.output_directory.as_deref().and_then(|folder| {
            RunLog::create(folder, &self.job.name, clock::now(), &local)
                .inspect_err(|error| {
                    let what = format!("{}: no run log in {}: {error}", self.job.name, folder.display());
                    self.voice.say(Priority::Warning, &what);
                })
                .ok()
        });
        let output = log.as_mut().map_or(Output::Inherit, Output::Log);
        match supervise(&task, output) {
            Ok(ended) => self.ended(&ended),
            Err(error) => self.not_started(&error.to_string(), NOT_EXECUTABLE),
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
                    self.record_end(&Verdict::of_exit(Exit::Signal(*signal), Some(&self.job)).stopped());
                }
                die_of(*signal)
            }
        };
        self.record_end(&verdict);
        if verdict.outcome != Outcome::Success {
            self.voice.say(Priority::Error, &format!("{}: {verdict}", self.job.name));
        }
        match (verdict.outcome, verdict.exit) {
            (Outcome::Timeout, _) => TIMEOUT,
            (_, Some(exit)) => u8::try_from(exit.status()).unwrap_or(u8::MAX),
            (_, None) => 0,
        }
    }

    fn record_end(&self, verdict: &Verdict) {
        self.record(|history, run| history.end(&run.id, verdict.at(clock::now())));
    }
}

/// When the timer elapsed for this start; none if a person made it.
fn elapsed(invocation: &Invocation, job: &Job, history: &History) -> Option<DateTime<Utc>> {
    let Invocation::Unit { timer: Some(timer), .. } = invocation else { return None };
    let now = clock::now();
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
fn read_job(config: &Config, name: &JobName, voice: Voice) -> Result<(JobFile, Job), u8> {
    let folder = &config.job_directory;
    let refuse = |what: String| {
        voice.say(Priority::Error, &what);
        BAD_JOB
    };
    let jobs = Folder::open(folder).map_err(|error| refuse(format!("{}: {error}", folder.display())))?;
    let path = jobs.file_of(name);
    let file = match jobs.read(name) {
        None => return Err(refuse(format!("there is no job {name}: no file {}", path.display()))),
        Some(Err(problem)) => return Err(refuse(line(&path, &problem))),
        Some(Ok(file)) => file,
    };
    let (job, problems) = Job::read(name, &file.bytes, &config.defaults, &config.ceilings);
    for problem in &problems {
        voice.say(Priority::of(problem), &line(&path, problem));
    }
    job.map(|job| (file, job)).ok_or(BAD_JOB)
}

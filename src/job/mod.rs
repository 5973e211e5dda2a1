//! What the user wrote, made certain: a [`Job`] has no value left that could be wrong.

pub mod command;
pub mod hook;
pub mod keys;
pub mod limits;
pub mod name;
pub mod order;
pub mod problem;
pub mod read;
pub mod retries;
pub mod sandbox;
pub mod schedule;
pub mod span;
pub mod spec;
pub mod template;
pub mod text;
pub mod timing;
pub mod values;
pub mod when;

pub use command::CommandLine;
pub use hook::Hooks;
pub use limits::{Bytes, Caps, Ceilings, IoClass, Limits};
pub use name::JobName;
pub use problem::{Place, Problem, Severity};
pub use retries::Retries;
pub use sandbox::Sandbox;
pub use span::TimeSpan;
pub use spec::Spec;
pub use timing::Timing;

use schedule::ZoneName;
use std::path::PathBuf;

/// So many problems of one file are told: nobody reads more, and somebody would have to keep them.
pub const MAX_PROBLEMS: usize = 50;

/// A job, complete and checked.
#[derive(Clone, Debug, PartialEq)]
pub struct Job {
    /// The name of its file without `.yaml`.
    pub name: JobName,
    /// Key `name`: what people call it.
    pub title: String,
    /// Key `description`.
    pub description: Option<String>,
    /// Key `command`: run in order, the first failure ends the run.
    pub commands: Vec<CommandLine>,
    /// Key `slow_start_command`; empty when there is none.
    pub slow_start: Vec<CommandLine>,
    /// Key `slow_start`: after a pause for failures, runs by the timer take `slow_start_command` until so many in a
    /// row have succeeded; none means never.
    pub slow_start_until: Option<u32>,
    /// Keys `schedule`, `calendar`, `every`, `at_boot`, `after_success`.
    pub timing: Timing,
    /// Key `timezone`; without it the host's own zone.
    pub zone: Option<ZoneName>,
    /// Key `disabled`.
    pub activity: Activity,
    /// Key `timeout`, of all commands together; none means no limit.
    pub timeout: Option<TimeSpan>,
    /// Key `kill_grace`: from SIGTERM to SIGKILL.
    pub kill_grace: TimeSpan,
    /// Key `environment`, laid over what the caller has.
    pub environment: Vec<(String, String)>,
    /// Keys `tag` and `tags`.
    pub tags: Vec<String>,
    /// Key `allow_overtime`.
    pub overtime: Overtime,
    /// Key `failmail`.
    pub failmail: Option<FailMail>,
    /// Keys `on_start`, `on_success`, `on_failure`, `on_recovery`, `on_skip`.
    pub hooks: Hooks,
    /// Key `failure_threshold_for_mail`: mail from this many failures in a row on.
    pub failure_threshold: u32,
    /// Key `random_delay`.
    pub random_delay: TimeSpan,
    /// Key `catch_up`.
    pub catch_up: CatchUp,
    /// Key `working_directory`; without it the service user's home.
    pub working_directory: Option<PathBuf>,
    /// Key `umask`.
    pub umask: Option<u32>,
    /// Key `lock_group`: its jobs share a number of places.
    pub lock_group: Option<String>,
    /// Key `lock_group_size`: so many.
    pub lock_group_size: u32,
    /// Key `lock_wait`: how long a start waits for a place; then it is skipped.
    pub lock_wait: TimeSpan,
    /// Key `conflicts`: no run of it together with one of these.
    pub conflicts: Vec<JobName>,
    /// Key `late_after`: a start that comes so late, or not at all, is a warning.
    pub late_after: Option<TimeSpan>,
    /// Key `expected_duration`: a run that takes longer is a warning.
    pub expected_duration: Option<TimeSpan>,
    /// Key `catch_up_max_age`: what is older is not caught up with.
    pub catch_up_max_age: Option<TimeSpan>,
    /// Key `keep_logs`: which run logs stay; none means all.
    pub keep_logs: Option<KeepLogs>,
    /// Keys `nice`, `io_class`, `memory_max`, `cpu_quota`, `tasks_max`.
    pub limits: Limits,
    /// Keys `no_network`, `read_only`, `private_tmp`, `sandbox`.
    pub sandbox: Sandbox,
    /// Key `success_exit_codes`, besides 0.
    pub success_exit_codes: Vec<u8>,
    /// Key `unrecoverable_exit_codes`: each pauses the job at once.
    pub unrecoverable_exit_codes: Vec<u8>,
    /// Keys `retries`, `retry_delay`, `retry_backoff`; none means that a failure stays one.
    pub retries: Option<Retries>,
    /// Key `pause_after_failures`: so many in a row pause the job; none means never.
    pub pause_after_failures: Option<u32>,
}

/// Key `disabled`: whether the schedule counts. A disabled job can still be started by hand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Activity {
    /// It runs at its times.
    Enabled,
    /// It runs when a person starts it.
    Disabled,
}

/// Key `allow_overtime`: what a start is that finds the job still running.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Overtime {
    /// Skipped, and said with exit status 75.
    Told,
    /// Skipped, quietly, with exit status 0.
    Quiet,
}

/// Key `catch_up`: what follows time in which the host was off.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CatchUp {
    /// Nothing: the next slot is the next run.
    None,
    /// One run, if at least one slot passed.
    Latest,
}

/// Key `keep_logs`: which files of run logs stay.
#[derive(Clone, Debug, PartialEq)]
pub enum KeepLogs {
    /// Those of the last runs, so many.
    Runs(u32),
    /// Those of runs that began no longer ago.
    For(TimeSpan),
}

/// Key `failmail`: who is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FailMail {
    /// Sender.
    pub from_address: String,
    /// Receiver.
    pub to_address: String,
    /// The mail server, `HOST:PORT`; without it the host's own way.
    pub smtp: Option<String>,
}

impl Job {
    /// Reads a job file: the job, unless one of the problems is an error.
    pub fn read(name: &JobName, bytes: &[u8], defaults: &Spec, most: &Ceilings) -> (Option<Job>, Vec<Problem>) {
        let mut problems = Vec::new();
        let job = match crate::yaml::parse(bytes) {
            Ok(node) => {
                let spec = Spec::read(&node, &mut problems);
                // of what is no mapping, nothing more is worth saying
                let job = node.map().and_then(|_| spec.job(name, defaults, most, &mut problems));
                for problem in &mut problems {
                    problem.find_in(&node);
                }
                job
            }
            Err(problem) => {
                problems.push(problem);
                None
            }
        };
        if problems.len() > MAX_PROBLEMS {
            problems.sort_by_key(|problem| std::cmp::Reverse(problem.severity));
            problems.truncate(MAX_PROBLEMS);
            let what = format!("more than {MAX_PROBLEMS} problems; the worst are told");
            problems.push(Problem::mistake(Place::default(), "", what));
        }
        problems.sort_by_key(|problem| problem.place);
        (job, problems)
    }

    /// Whether an exit code of the command is a success.
    pub fn succeeds_with(&self, code: i32) -> bool {
        code == 0 || self.success_exit_codes.iter().any(|known| i32::from(*known) == code)
    }

    /// Whether an exit code of the command means that the next run would fail too.
    pub fn gives_up_at(&self, code: i32) -> bool {
        self.unrecoverable_exit_codes.iter().any(|known| i32::from(*known) == code)
    }

    /// Whether a timer starts it.
    pub fn has_timer(&self) -> bool {
        self.is_scheduled() && self.timing.is_by_timer()
    }

    /// Whether its slots are hours of the host's own zone.
    pub fn goes_by_the_host(&self) -> bool {
        matches!(self.timing, Timing::Schedule(_) | Timing::Calendar(_))
            && self.timing.zone(self.zone.as_ref()).is_none()
    }

    /// Whether a timer, the boot or another job starts it.
    pub fn is_scheduled(&self) -> bool {
        self.activity == Activity::Enabled && self.timing != Timing::Manual
    }
}

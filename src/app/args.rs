//! The command lines.

use clap::{Args, Parser, Subcommand};
use std::ffi::OsString;

/// Runs one job: takes its lock, checks that it is due, starts its command.
#[derive(Debug, Parser)]
#[expect(clippy::struct_excessive_bools, reason = "the original has so many flags")]
#[command(name = "run-job", version, infer_long_args = true)]
pub struct RunJob {
    /// The job to run
    #[arg(value_name = "JOB", group = "action")]
    pub name: Option<String>,
    /// The job to run
    #[arg(short = 'j', long, value_name = "JOB", group = "action", allow_hyphen_values = true)]
    pub job: Option<String>,
    /// Run its `slow_start_command` instead of its command
    #[arg(short = 'w', long, conflicts_with_all = ["finish", "list_jobs", "status", "kill_job"])]
    pub slow_start: bool,
    /// Write the names of all jobs, one in a line
    #[arg(short = 'l', long, group = "action")]
    pub list_jobs: bool,
    /// Write every job and what it does at the moment
    #[arg(short = 's', long, group = "action")]
    pub status: bool,
    /// With --list-jobs or --status: only jobs that are running
    #[arg(short = 'r', long)]
    pub only_running: bool,
    /// End the job's run
    #[arg(short = 'k', long, value_name = "JOB", group = "action", allow_hyphen_values = true)]
    pub kill_job: Option<String>,
    /// Record how the run of a unit ended; units call this
    #[arg(long, value_name = "JOB", group = "action", allow_hyphen_values = true)]
    pub finish: Option<String>,
}

/// Shows and steers scheduled jobs.
#[derive(Debug, Parser)]
#[command(name = "jobctl", version)]
pub struct JobCtl {
    /// What to do
    #[command(subcommand)]
    pub verb: Option<Verb>,
}

/// What jobctl does.
#[derive(Debug, Subcommand)]
pub enum Verb {
    /// Show all jobs: what they do, how they ended, when they run next
    Status(Status),
    /// Start jobs now, as their timers would
    Start(Start),
    /// End the runs of jobs
    #[command(visible_alias = "kill")]
    Stop(Order),
    /// Check job files and the configuration: all that is wrong, and when each job runs next
    Check(Check),
    /// Show the units that would be generated for jobs
    Show(Show),
    /// Make systemd read the job files again, and say which units changed
    Reload(Reload),
}

/// `jobctl reload`
#[derive(Debug, Args)]
pub struct Reload {
    /// Do nothing if no unit would change
    #[arg(long)]
    pub if_changed: bool,
}

/// `jobctl status`
#[derive(Debug, Default, Args)]
pub struct Status {
    /// Job names; * and ? stand for any text and any character
    #[arg(value_name = "NAME")]
    pub jobs: Vec<String>,
    /// Only jobs with this tag
    #[arg(long)]
    pub tag: Option<String>,
    /// Only jobs in this state: running, waiting, manual, paused, failed, disabled, invalid
    #[arg(long)]
    pub state: Option<String>,
    /// Write JSON
    #[arg(long)]
    pub json: bool,
    /// Leave the names of the columns out
    #[arg(long)]
    pub no_header: bool,
}

/// `jobctl start`
#[derive(Debug, Args)]
pub struct Start {
    /// Which jobs
    #[command(flatten)]
    pub order: Order,
    /// Run the `slow_start_command` of each
    #[arg(long)]
    pub slow_start: bool,
}

/// What `jobctl start` and `jobctl stop` have in common
#[derive(Debug, Args)]
pub struct Order {
    /// Job names; * and ? stand for any text and any character
    #[arg(value_name = "NAME", required_unless_present = "tag")]
    pub jobs: Vec<String>,
    /// All jobs with this tag
    #[arg(long)]
    pub tag: Option<String>,
    /// Do not ask before acting on more than one job
    #[arg(short = 'y', long)]
    pub yes: bool,
}

/// `jobctl check`
#[derive(Debug, Args)]
pub struct Check {
    /// Job names or files; without any, all jobs
    #[arg(value_name = "FILE|NAME")]
    pub jobs: Vec<OsString>,
    /// Write JSON
    #[arg(long)]
    pub json: bool,
    /// Fail on warnings too
    #[arg(long)]
    pub strict: bool,
}

/// `jobctl show`
#[derive(Debug, Args)]
pub struct Show {
    /// Job names
    #[arg(value_name = "NAME", required = true)]
    pub jobs: Vec<String>,
}

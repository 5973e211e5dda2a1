//! The command lines.

use clap::{Args, Parser, Subcommand};
use std::ffi::OsString;

/// Runs one job: takes its lock, checks that it is due, starts its command.
#[derive(Debug, Parser)]
#[command(name = "run-job", version, infer_long_args = true)]
pub struct RunJob {
    /// The job to run
    #[arg(value_name = "JOB", conflicts_with_all = ["job", "finish"])]
    pub name: Option<String>,
    /// The job to run
    #[arg(short = 'j', long, value_name = "JOB", conflicts_with = "finish", allow_hyphen_values = true)]
    pub job: Option<String>,
    /// Run its `slow_start_command` instead of its command
    #[arg(short = 'w', long)]
    pub slow_start: bool,
    /// Record how the run of a unit ended; units call this
    #[arg(long, value_name = "JOB", conflicts_with = "slow_start", allow_hyphen_values = true)]
    pub finish: Option<String>,
}

/// Shows and steers scheduled jobs.
#[derive(Debug, Parser)]
#[command(name = "jobctl", version, arg_required_else_help = true)]
pub struct JobCtl {
    /// What to do
    #[command(subcommand)]
    pub verb: Verb,
}

/// What jobctl does.
#[derive(Debug, Subcommand)]
pub enum Verb {
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

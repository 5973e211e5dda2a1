//! The command line of `run-job`.

use clap::Parser;

/// Runs one job: takes its lock, checks that it is due, starts its command.
#[derive(Debug, Parser)]
#[expect(clippy::struct_excessive_bools, reason = "the original has so many flags")]
#[command(name = "run-job", version, infer_long_args = true)]
pub struct RunJob {
    /// The job to run
    #[arg(value_name = "JOB", group = "action")]
    pub name: Option<String>,
    /// The job to run
    ///
    /// The same as JOB. Units write `--job=JOB`, as a job name may begin with a dash.
    #[arg(short = 'j', long, value_name = "JOB", group = "action", allow_hyphen_values = true)]
    pub job: Option<String>,
    /// Run its `slow_start_command` instead of its command
    #[arg(short = 'w', long, conflicts_with_all = ["finish", "list_jobs", "status", "kill_job"])]
    pub slow_start: bool,
    /// Write the names of all jobs, one in a line
    #[arg(short = 'l', long, group = "action")]
    pub list_jobs: bool,
    /// Write every job, what it does and how it last ended, in the original's form
    #[arg(short = 's', long, group = "action")]
    pub status: bool,
    /// With --list-jobs or --status: only jobs that are running
    #[arg(short = 'r', long)]
    pub only_running: bool,
    /// End the job's run
    ///
    /// SIGTERM to the process that holds the job's lock; it does not wait. `jobctl stop` needs no other user.
    #[arg(short = 'k', long, value_name = "JOB", group = "action", allow_hyphen_values = true)]
    pub kill_job: Option<String>,
    /// Record how the run of a unit ended; only for `ExecStopPost=` of a unit
    #[arg(long, value_name = "JOB", group = "action", allow_hyphen_values = true)]
    pub finish: Option<String>,
}

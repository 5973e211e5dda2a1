//! The command lines. Help, manual pages and completions are made from these definitions: the first
//! line of a comment is the help, the rest stands in the manual.

mod export;
mod files;
mod import;
mod look;
mod migrate;
mod run_job;
mod steer;

pub use export::{Export, Kind as ExportKind};
pub use files::{Check, Edit, Explain, FollowUp, New, Prune, Reload, Schema, Show};
pub use import::{Crontabs, Import, Kind as ImportKind};
pub use look::{History, Logs, Metrics, Next, Status, Timeline};
pub use migrate::Migrate;
pub use run_job::RunJob;
pub use steer::{Pause, Resume, Start, Steer};

use clap::{Args, Parser, Subcommand};

/// Makes systemd read the job files, and says what changed.
///
/// The original wrote a crontab; here it does what `jobctl reload --if-changed` does, in the original's words.
#[derive(Debug, Parser)]
#[command(name = "cron-generate", version)]
pub struct CronGenerate {}

/// Tells Icinga which jobs failed.
///
/// Also other programs that take the exit statuses of monitoring plugins.
#[derive(Debug, Parser)]
#[command(name = "check-jobs-icinga", version)]
pub struct CheckJobsIcinga {
    /// Add performance data, and a line for each job that needs a look
    #[arg(long)]
    pub details: bool,
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
    /// Show all jobs: what they do, how they ended, when they run next; or all about one job
    Status(Status),
    /// Show what the runs of a job said
    Logs(Logs),
    /// Show the runs of a job: when, how long, how they ended
    History(History),
    /// Show what will run when
    #[command(visible_alias = "timers")]
    Next(Next),
    /// Write what is known of jobs for Prometheus
    Metrics(Metrics),
    /// Draw the coming day: which jobs run when, and for how long
    Timeline(Timeline),
    /// Start jobs now, as their timers would
    Start(Start),
    /// End the runs of jobs
    #[command(visible_alias = "kill")]
    Stop(Steer),
    /// End the runs of jobs, and start them anew
    Restart(Steer),
    /// Let timers start nothing, for a while or until resume
    Pause(Pause),
    /// Take a pause back
    Resume(Resume),
    /// Leave out the next run that a timer would start
    SkipNext(Steer),
    /// Check job files and the configuration: all that is wrong, and when each job runs next
    Check(Check),
    /// Tell what a schedule means, and when it comes
    Explain(Explain),
    /// Make a job file
    New(New),
    /// Make job files from crontabs or from timers of systemd, or tell what is different from the original
    Import(Import),
    /// Write a crontab that runs the jobs, for hosts without systemd
    Export(Export),
    /// Let systemd start the jobs that cron starts, or cron again
    Migrate(Migrate),
    /// Edit a job file, and check it before it is saved
    Edit(Edit),
    /// Show the units that would be generated for jobs
    Show(Show),
    /// Show the units of jobs as systemd has them, with drop-ins
    Cat(Show),
    /// Print what files may say, as a JSON schema for editors
    Schema(Schema),
    /// Print the folders of the configuration with their owners, for systemd-tmpfiles
    Tmpfiles,
    /// Remove what jobs have left that are gone: histories, locks, pauses, logs
    Prune(Prune),
    /// Make systemd read the job files again, and say what changed
    Reload(Reload),
    /// Start jobs whose turn it is, as those that they come after have succeeded
    #[command(hide = true)]
    FollowUp(FollowUp),
}

/// Which jobs
#[derive(Clone, Debug, Default, Args)]
pub struct Which {
    /// Job names; * and ? stand for any text and any character
    #[arg(value_name = "NAME")]
    pub jobs: Vec<String>,
    /// Only jobs with this tag
    #[arg(long)]
    pub tag: Option<String>,
}

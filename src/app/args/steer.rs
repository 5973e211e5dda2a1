//! `jobctl` as it steers: start, stop, restart, pause, resume, skip-next.

use super::Which;
use clap::Args;

/// What all orders have in common
#[derive(Clone, Debug, Args)]
#[group(id = "jobs-meant")]
pub struct Steer {
    /// Which jobs
    #[command(flatten)]
    pub which: Which,
    /// Do not ask before acting on more than one job
    #[arg(short = 'y', long)]
    pub yes: bool,
}

/// `jobctl start`
#[derive(Debug, Args)]
pub struct Start {
    /// Which jobs
    #[command(flatten)]
    pub steer: Steer,
    /// Run the `slow_start_command` of each
    #[arg(long)]
    pub slow_start: bool,
    /// Wait for the end, and exit as the job did
    ///
    /// Shows what the job says as it says it. Of several jobs the first that failed decides the exit status.
    #[arg(long)]
    pub wait: bool,
    /// Show what the job says as it says it, and wait for its end
    ///
    /// The exit status tells only whether it was started. Ctrl-C ends the looking, not the run.
    #[arg(short = 'f', long)]
    pub follow: bool,
}

/// `jobctl pause`
#[derive(Debug, Args)]
pub struct Pause {
    /// Which jobs
    #[command(flatten)]
    pub steer: Steer,
    /// Every job, also those that come later
    #[arg(long, conflicts_with_all = ["jobs", "tag"])]
    pub all: bool,
    /// When the pause ends by itself
    ///
    /// A span such as 2h from now, a time such as 07:00 for the next one, a date, both, or a weekday.
    #[arg(long, value_name = "WHEN")]
    pub until: Option<String>,
    /// Why, for those who look
    #[arg(long, value_name = "TEXT")]
    pub reason: Option<String>,
}

/// `jobctl resume`
#[derive(Debug, Args)]
pub struct Resume {
    /// Which jobs
    #[command(flatten)]
    pub steer: Steer,
    /// Take back `pause --all`; jobs that are paused one by one stay paused
    #[arg(long, conflicts_with_all = ["jobs", "tag"])]
    pub all: bool,
    /// Let timers start it slowly at first
    ///
    /// With its `slow_start_command`, until as many runs in a row have succeeded as its `slow_start` says. Also for a job
    /// that is not paused.
    #[arg(long, conflicts_with = "all")]
    pub slow_start: bool,
}

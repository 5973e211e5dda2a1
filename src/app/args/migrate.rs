//! `jobctl migrate`: who starts the jobs.

use clap::Args;

/// `jobctl migrate`
#[derive(Debug, Args)]
pub struct Migrate {
    /// From systemd back to cron
    ///
    /// Writes a crontab as `jobctl export crontab` does, and gives the entries back that were made comments.
    #[arg(long)]
    pub back: bool,
    /// Show what would be done, and do nothing
    ///
    /// The exit status is 1 if there is something to move, and 0 if there is nothing.
    #[arg(short = 'n', long)]
    pub dry_run: bool,
    /// Do not ask
    #[arg(short = 'y', long)]
    pub yes: bool,
}

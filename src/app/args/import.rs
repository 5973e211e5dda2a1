//! `jobctl import`: job files from what ran commands before.

use clap::{Args, ValueEnum};
use std::path::PathBuf;

/// `jobctl import`
#[derive(Debug, Args)]
pub struct Import {
    /// What is read: crontab or systemd-timers; or process-control, which tells what is different from the original, and writes
    /// nothing
    #[arg(value_name = "KIND", hide_possible_values = true)]
    pub kind: Kind,
    /// Which of them
    #[command(flatten)]
    pub crontabs: Crontabs,
    /// Take what other users run too; it will run as the service user
    #[arg(long)]
    pub any_user: bool,
    /// Let the jobs run at their times; without it they are disabled
    #[arg(long)]
    pub enable: bool,
    /// Write the files into this folder, and start nothing of them
    ///
    /// For another host, or to look at them first. Names and jobs are compared with the files of this folder, not with the job directory.
    #[arg(long, value_name = "FOLDER")]
    pub to: Option<PathBuf>,
    /// Print the files, and write nothing
    #[arg(short = 'n', long)]
    pub dry_run: bool,
}

/// Which crontabs, or timers
#[derive(Debug, Args)]
pub struct Crontabs {
    /// A crontab, where - is stdin; or a timer of systemd
    ///
    /// Each entry of /etc/crontab and of files in a folder cron.d names its user. The service of a timer is in the same folder.
    #[arg(value_name = "FILE", group = "from")]
    pub file: Option<PathBuf>,
    /// The crontab of this user, where cron keeps it
    #[arg(long, value_name = "USER", group = "from")]
    pub user: Option<String>,
    /// /etc/crontab and the files of /etc/cron.d; or the timers of /etc/systemd/system
    #[arg(long, group = "from")]
    pub system: bool,
    /// Each entry of FILE names its user, wherever the file is
    #[arg(long, conflicts_with_all = ["user", "system"])]
    pub user_column: bool,
}

/// What can be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Kind {
    /// Crontabs of cron
    Crontab,
    /// Timers of systemd that somebody wrote by hand, with their services
    SystemdTimers,
    /// The job files of the original
    ProcessControl,
}

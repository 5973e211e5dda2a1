//! `jobctl export`: what runs the jobs where systemd does not.

use clap::{Args, ValueEnum};
use std::path::PathBuf;

/// `jobctl export`
#[derive(Debug, Args)]
pub struct Export {
    /// What is written: crontab
    #[arg(value_name = "KIND", hide_possible_values = true)]
    pub kind: Kind,
    /// The file to write; without it, or for -, stdout
    ///
    /// It is replaced as a whole, and readable for all, as cron wants it in /etc/cron.d.
    #[arg(value_name = "FILE")]
    pub file: Option<PathBuf>,
}

/// What can be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Kind {
    /// A crontab for cron
    Crontab,
}

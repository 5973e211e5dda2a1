//! `jobctl` on job files and units: check, explain, new, edit, show, cat, schema, reload.

use crate::schema::Kind;
use clap::Args;
use clap::builder::{PossibleValuesParser, TypedValueParser};
use std::ffi::OsString;

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

/// `jobctl explain`
#[derive(Debug, Args)]
pub struct Explain {
    /// Five fields as in crontab(5), a calendar event as in systemd.time(7), a span, or the name of a job
    #[arg(value_name = "SCHEDULE", required = true, num_args = 1..)]
    pub schedule: Vec<String>,
    /// The time zone by whose clock it is read
    #[arg(long, value_name = "ZONE")]
    pub timezone: Option<String>,
    /// How many times are shown
    #[arg(short = 'n', long, value_name = "NUMBER", default_value_t = 5, value_parser = clap::value_parser!(u16).range(1..=1000))]
    pub number: u16,
}

/// `jobctl new`
#[derive(Debug, Args)]
pub struct New {
    /// The job name: the file will be NAME.yaml
    #[arg(value_name = "NAME")]
    pub job: String,
    /// What to run; once for each command, in order
    #[arg(short = 'c', long, value_name = "COMMAND", required_unless_present = "edit", allow_hyphen_values = true)]
    pub command: Vec<String>,
    /// When to run: five fields as in crontab(5)
    #[arg(long, value_name = "SCHEDULE", group = "timing")]
    pub schedule: Option<String>,
    /// When to run: a calendar event as in systemd.time(7)
    #[arg(long, value_name = "CALENDAR", group = "timing")]
    pub calendar: Option<String>,
    /// How long after its last start it runs again
    #[arg(long, value_name = "SPAN", group = "timing")]
    pub every: Option<String>,
    /// Run once after each boot
    #[arg(long, group = "timing")]
    pub at_boot: bool,
    /// What people call it
    #[arg(long, value_name = "TEXT")]
    pub name: Option<String>,
    /// What it is for
    #[arg(long, value_name = "TEXT")]
    pub description: Option<String>,
    /// How long it may take: minutes, or a span such as 90s
    #[arg(long, value_name = "SPAN")]
    pub timeout: Option<String>,
    /// A word to group jobs by; may be given more than once
    #[arg(long, value_name = "TAG")]
    pub tag: Vec<String>,
    /// Open it in an editor before it is saved
    #[arg(short = 'e', long)]
    pub edit: bool,
}

/// `jobctl edit`
#[derive(Debug, Args)]
pub struct Edit {
    /// The job
    #[arg(value_name = "NAME")]
    pub job: String,
}

/// `jobctl show` and `jobctl cat`
#[derive(Debug, Args)]
pub struct Show {
    /// Job names; * and ? stand for any text and any character
    #[arg(value_name = "NAME", required = true)]
    pub jobs: Vec<String>,
}

/// `jobctl schema`
#[derive(Debug, Args)]
pub struct Schema {
    /// Of what: job files, or the configuration
    #[arg(value_name = "KIND", default_value = "job", hide_default_value = true, value_parser = kind())]
    pub kind: Kind,
}

fn kind() -> impl TypedValueParser<Value = Kind> {
    let named = |word: String| Kind::ALL.into_iter().find(|kind| kind.word() == word).unwrap_or_default();
    PossibleValuesParser::new(Kind::ALL.map(Kind::word)).map(named)
}

/// `jobctl prune`
#[derive(Debug, Args)]
pub struct Prune {
    /// Show it, and remove nothing
    #[arg(short = 'n', long)]
    pub dry_run: bool,
    /// Do not ask
    #[arg(short = 'y', long)]
    pub yes: bool,
}

/// `jobctl reload`
#[derive(Debug, Args)]
pub struct Reload {
    /// Do nothing if no unit would change
    #[arg(long)]
    pub if_changed: bool,
}

/// `jobctl follow-up`, which units call
#[derive(Debug, Args)]
pub struct FollowUp {
    /// Every job that comes after others
    #[arg(long, conflicts_with = "jobs")]
    pub all: bool,
    /// Job names
    #[arg(value_name = "NAME", required_unless_present = "all")]
    pub jobs: Vec<String>,
}

//! `jobctl` as it looks: status, logs, history, next, timeline.

use super::Which;
use crate::status::{Sort, State};
use clap::Args;
use clap::builder::{PossibleValuesParser, TypedValueParser};
use std::path::PathBuf;

/// `jobctl status`
#[derive(Debug, Default, Args)]
pub struct Status {
    /// Which jobs
    #[command(flatten)]
    pub which: Which,
    /// Only jobs in this state; may be given more than once
    #[arg(long, value_parser = state())]
    pub state: Vec<State>,
    /// By what the jobs are sorted; without it by name
    ///
    /// `state`: what needs a look comes first; `last`: the latest end first; `next`: the soonest first; `took`: the
    /// longest last run first.
    #[arg(long, value_parser = sort())]
    pub sort: Option<Sort>,
    /// Write JSON
    #[arg(long)]
    pub json: bool,
    /// Leave out the names of the columns, and the line that counts
    #[arg(long)]
    pub no_header: bool,
    /// How many lines of the log are shown of one job
    #[arg(short = 'n', long, value_name = "NUMBER", default_value_t = 10, value_parser = lines())]
    pub lines: usize,
}

/// More than a person reads, and no more than journalctl counts.
const MOST_LINES: u32 = 1_000_000;

fn lines() -> impl TypedValueParser<Value = usize> {
    clap::value_parser!(u32).range(0..=i64::from(MOST_LINES)).map(|number| number as usize)
}

fn state() -> impl TypedValueParser<Value = State> {
    PossibleValuesParser::new(State::ALL.map(State::word)).map(|word| named(State::ALL, State::word, &word))
}

fn sort() -> impl TypedValueParser<Value = Sort> {
    PossibleValuesParser::new(Sort::ALL.map(Sort::word)).map(|word| named(Sort::ALL, Sort::word, &word))
}

fn named<T: Copy, const N: usize>(all: [T; N], word: fn(T) -> &'static str, wanted: &str) -> T {
    all.into_iter().find(|one| word(*one) == wanted).expect("only these words are taken")
}

/// `jobctl logs`
#[derive(Debug, Args)]
pub struct Logs {
    /// The job
    #[arg(value_name = "NAME")]
    pub job: String,
    /// Which run: 1 is the last one, 2 the one before it; or a run id, or how one begins
    ///
    /// Without it, and without --since, the last run. `jobctl history` shows numbers and ids.
    #[arg(long, value_name = "N|ID", conflicts_with = "since")]
    pub run: Option<String>,
    /// Everything since then, of all runs
    ///
    /// A date, a time, both, `today`, `yesterday`, or a span such as 2h for so long ago.
    #[arg(long, value_name = "WHEN")]
    pub since: Option<String>,
    /// Show what comes as it comes
    ///
    /// With --run until that run has ended; otherwise this run and all later ones, until you end it.
    #[arg(short = 'f', long)]
    pub follow: bool,
    /// Only the last lines, so many
    #[arg(short = 'n', long, value_name = "NUMBER", value_parser = lines())]
    pub lines: Option<usize>,
}

/// `jobctl history`
#[derive(Debug, Args)]
pub struct History {
    /// The job; one that is gone too, as long as its history is there
    #[arg(value_name = "NAME")]
    pub job: String,
    /// Write JSON
    #[arg(long)]
    pub json: bool,
    /// Leave out the names of the columns, and write ids at full length
    #[arg(long)]
    pub no_header: bool,
}

/// `jobctl next`
#[derive(Debug, Args)]
pub struct Next {
    /// Which jobs
    #[command(flatten)]
    pub which: Which,
    /// How many hours ahead
    #[arg(long, value_name = "NUMBER", default_value_t = 24, value_parser = clap::value_parser!(u32).range(1..=8784))]
    pub hours: u32,
    /// Write JSON
    #[arg(long)]
    pub json: bool,
    /// Leave out the names of the columns
    #[arg(long)]
    pub no_header: bool,
}

/// `jobctl metrics`
#[derive(Debug, Args)]
pub struct Metrics {
    /// Which jobs
    #[command(flatten)]
    pub which: Which,
    /// Write them into this file, in place of the one that is there
    ///
    /// At once, so that nobody reads half of it. For the textfile collector of the node exporter its name ends in .prom.
    #[arg(short = 'o', long, value_name = "FILE")]
    pub output: Option<PathBuf>,
}

/// `jobctl timeline`
#[derive(Debug, Args)]
pub struct Timeline {
    /// Which jobs
    #[command(flatten)]
    pub which: Which,
    /// How many hours are drawn
    #[arg(long, value_name = "NUMBER", default_value_t = 24, value_parser = clap::value_parser!(u32).range(1..=744))]
    pub hours: u32,
    /// Write a picture for a browser into this file; - is stdout
    #[arg(long, value_name = "FILE")]
    pub svg: Option<PathBuf>,
}

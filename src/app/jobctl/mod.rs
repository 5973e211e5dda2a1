//! `jobctl`: one file for each verb.

mod cat;
mod check;
mod checked;
mod chosen;
mod codes;
mod draft;
mod edit;
mod existing;
mod explain;
mod export;
mod follow_up;
mod from_original;
mod hand_timers;
mod history;
mod import;
mod logs;
mod meant;
mod metrics;
mod migrate;
mod new;
mod next;
mod one;
mod output;
mod own_units;
mod past;
mod pause;
mod prune;
mod refusal;
mod reload;
mod resume;
mod save;
mod schema;
mod show;
mod skip_next;
mod start;
mod status;
mod stop;
mod timeline;
mod tmpfiles;
mod upcoming;
mod warning;
mod written;

use super::args::{JobCtl, Verb};
use super::complete::complete;
use super::exit;
use super::translate::line;
use crate::config::Config;
use crate::job::schedule::Zone;
use crate::sys::voice::speak;
use crate::sys::{clock, config, terminal, zone};
use chrono::{DateTime, Utc};
use clap::Parser;
use refusal::Refusal;
use std::io::Write;
use std::ops::ControlFlow;

/// Runs `jobctl` with the arguments of the process.
pub fn main() -> u8 {
    if complete() {
        return exit::OK;
    }
    let arguments = match JobCtl::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => {
            let asked = !error.use_stderr();
            let printed = error.print();
            if !asked {
                return exit::USAGE;
            }
            let _ = super::kept(printed);
            return super::ended("jobctl", exit::OK);
        }
    };
    let done = match arguments.verb.unwrap_or_else(|| Verb::Status(super::args::Status::default())) {
        Verb::Status(arguments) => status::status(&arguments),
        Verb::Logs(arguments) => logs::logs(&arguments),
        Verb::History(arguments) => history::history(&arguments),
        Verb::Next(arguments) => next::next(&arguments),
        Verb::Metrics(arguments) => metrics::metrics(&arguments),
        Verb::Timeline(arguments) => timeline::timeline(&arguments),
        Verb::Start(arguments) => start::start(&arguments),
        Verb::Stop(arguments) => stop::stop(&arguments),
        Verb::Restart(arguments) => stop::restart(&arguments),
        Verb::Pause(arguments) => pause::pause(&arguments),
        Verb::Resume(arguments) => resume::resume(&arguments),
        Verb::SkipNext(arguments) => skip_next::skip_next(&arguments),
        Verb::Check(arguments) => check::check(&arguments),
        Verb::Explain(arguments) => explain::explain(&arguments),
        Verb::New(arguments) => new::new(&arguments),
        Verb::Import(arguments) => import::import(&arguments),
        Verb::Migrate(arguments) => migrate::migrate(&arguments),
        Verb::Export(arguments) => export::export(&arguments),
        Verb::Edit(arguments) => edit::edit(&arguments),
        Verb::Show(arguments) => show::show(&arguments),
        Verb::Cat(arguments) => cat::cat(&arguments),
        Verb::Schema(arguments) => Ok(schema::schema(&arguments)),
        Verb::Tmpfiles => tmpfiles::tmpfiles(),
        Verb::Prune(arguments) => prune::prune(&arguments),
        Verb::Reload(arguments) => reload::reload(&arguments),
        Verb::FollowUp(arguments) => follow_up::follow_up(&arguments),
    };
    let code = done.unwrap_or_else(|refusal| {
        say(&refusal.what);
        refusal.code
    });
    super::ended("jobctl", code)
}

/// The configuration.
fn configuration() -> Result<Config, Refusal> {
    let loaded = config::load();
    let wrong: Vec<String> = loaded.problems.iter().map(|problem| line(&loaded.path, problem)).collect();
    loaded.config.ok_or_else(|| Refusal::new(exit::CONFIG, wrong.join("\njobctl: ")))
}

/// What a page for people needs to know of who reads it.
struct Screen {
    width: Option<usize>,
    now: DateTime<Utc>,
    zone: Zone,
}

impl Screen {
    fn new() -> Screen {
        Screen { width: terminal::width(), now: clock::now(), zone: zone::read(None) }
    }
}

/// Writes a page to stdout.
fn print(text: &str) {
    let _ = super::print(text);
}

/// Writes a line to stdout; whether more are wanted.
fn print_line(text: &str) -> ControlFlow<()> {
    super::print(&format!("{text}\n"))
}

/// Says a line on stderr.
fn say(line: &str) {
    speak(&format!("jobctl: {line}\n"));
}

/// Writes a document to stdout.
fn print_json(document: &impl serde::Serialize) {
    let mut to = std::io::BufWriter::new(std::io::stdout().lock());
    let written = serde_json::to_writer_pretty(&mut to, document).map_err(std::io::Error::from);
    let _ = super::kept(written.and_then(|()| writeln!(to)).and_then(|()| to.flush()));
}

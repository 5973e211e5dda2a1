//! The jobs that an order means, once the person agrees.

use super::chosen::chosen;
use super::codes::Codes;
use super::refusal::Refusal;
use crate::app::args::Steer;
use crate::config::Config;
use crate::page::words::count;
use crate::status::Facts;
use crate::sys::voice::speak;
use std::io::{BufRead, IsTerminal};

/// The jobs, and what becomes of the words that mean none. More than one is asked about, if there is somebody to ask;
/// `verb` is what will be done to them.
pub(super) fn meant(config: &Config, arguments: &Steer, verb: &str) -> Result<(Vec<Facts>, Codes), Refusal> {
    let which = &arguments.which;
    if which.jobs.is_empty() && which.tag.is_none() {
        return Err(Refusal::usage(format!("which jobs? jobctl {verb} NAME, or --tag TAG; '*' means all")));
    }
    let (mut jobs, codes) = chosen(config, which)?;
    // the folder has them by their files, where `a-b.yaml` comes before `a.yaml`
    jobs.sort_by(|one, other| one.name.cmp(&other.name));
    if jobs.len() > 1 && !arguments.yes {
        let names: Vec<&str> = jobs.iter().map(|facts| facts.name.as_str()).collect();
        agreed(&format!("{verb} {} ({})", count(jobs.len(), "job"), names.join(", ")))?;
    }
    Ok((jobs, codes))
}

/// Asks, if there is somebody to ask.
pub(super) fn agreed(what: &str) -> Result<(), Refusal> {
    let no = || Refusal::usage("nothing was done; --yes does not ask");
    let stdin = std::io::stdin();
    if !stdin.is_terminal() {
        return Err(no());
    }
    speak(&format!("{what}? [y/N] "));
    let mut answer = String::new();
    let read = stdin.lock().read_line(&mut answer).is_ok();
    if read && matches!(answer.trim(), "y" | "yes") { Ok(()) } else { Err(no()) }
}

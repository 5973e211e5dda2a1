//! `jobctl explain`: a schedule in words, its next times, and what systemd is told.

use super::chosen::single;
use super::refusal::Refusal;
use super::{Screen, configuration, print};
use crate::app::args::Explain;
use crate::app::exit;
use crate::config::Config;
use crate::job::schedule::{Calendar, ScheduleError, Vixie, ZoneName};
use crate::job::text::{one_line, printable};
use crate::job::{TimeSpan, Timing};
use crate::page::Page;
use crate::status::{Explained, explained};
use crate::sys::zone;

/// Explains a schedule, or that of a job.
pub(super) fn explain(arguments: &Explain) -> Result<u8, Refusal> {
    let text = arguments.schedule.join(" ");
    let mut zone_name = match &arguments.timezone {
        None => None,
        Some(name) => Some(ZoneName::new(name).map_err(|error| Refusal::usage(format!("--timezone: {error}")))?),
    };
    let timing = match read(&text) {
        Ok(timing) => timing,
        Err(error) => {
            let (timing, zone) = of_job(&text).map_err(|unknown| match unknown.code {
                exit::NO_JOB if !is_like_a_name(&text) => refused(&text, &error),
                exit::NO_JOB => Refusal::new(exit::NO_JOB, format!("this is no schedule, and {}", unknown.what)),
                _ => unknown,
            })?;
            zone_name = zone_name.or(zone);
            timing
        }
    };
    let zone = zone::read(timing.zone(zone_name.as_ref()));
    if zone.rules().is_none() {
        let name = zone.name().map(ToString::to_string).unwrap_or_default();
        return Err(Refusal::usage(format!("--timezone: this host has no time zone {name}")));
    }
    let Screen { width, now, zone: here } = Screen::new();
    let page = Page { width, header: crate::page::Header::Shown, now, zone: &here };
    let number = arguments.number.into();
    print(&explained(&Explained { text: &text, timing: &timing, zone: &zone, number }, page));
    Ok(exit::OK)
}

/// Five fields, a calendar event or a span. The error is that of the form that was probably meant.
fn read(text: &str) -> Result<Timing, ScheduleError> {
    let fields = text.split_whitespace().count();
    match (Vixie::parse(text), Calendar::parse(text), TimeSpan::parse(text)) {
        (Ok(vixie), ..) => Ok(Timing::Schedule(vixie)),
        (_, Ok(calendar), _) => Ok(Timing::Calendar(calendar)),
        (_, _, Some(span)) if span >= TimeSpan::from_secs(1) => Ok(Timing::Every(span)),
        (Err(error), ..) if fields >= 4 || text.starts_with('@') => Err(error),
        (_, Err(error), _) => Err(error),
    }
}

/// A single word that is nearer to the name of a job than to anything that a schedule may hold.
fn is_like_a_name(text: &str) -> bool {
    text.starts_with(char::is_alphabetic) && text.chars().all(|c| c.is_alphanumeric() || matches!(c, '-' | '_' | '.'))
}

/// What starts the job of this name.
fn of_job(text: &str) -> Result<(Timing, Option<ZoneName>), Refusal> {
    // without a configuration a schedule can be explained all the same
    let config = configuration().unwrap_or_else(|_| Config::default());
    let facts = single(&config, text)?;
    match (facts.job, facts.error) {
        (Some(job), None) => Ok((job.timing, job.zone)),
        (_, error) => {
            let why = error.map(|error| one_line(&error.to_string())).unwrap_or_default();
            Err(Refusal::usage(format!("{}: its file has an error: {why}", facts.name)))
        }
    }
}

/// The error below the text, with a mark at its place.
fn refused(text: &str, error: &ScheduleError) -> Refusal {
    let before = text.get(..error.at.start).unwrap_or_default().chars().count();
    let length = text.get(error.at.clone()).unwrap_or_default().chars().count().max(1);
    Refusal::usage(format!("{error}\n  {}\n  {:before$}{}", printable(text), "", "^".repeat(length)))
}

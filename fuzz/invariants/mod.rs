//! What holds whatever bytes come: the fuzz targets call it without end, `tests/fuzz.rs` for a while.

#![allow(dead_code, unused_imports, reason = "each target is a program of its own, and uses one of them")]

mod folder;
mod unit_file;
mod words;

pub(crate) use folder::folder;

use process_control::compile;
use process_control::config::{self, Config};
use process_control::history;
use process_control::job::retries::Growth;
use process_control::job::schedule::{Calendar, Vixie, Zone};
use process_control::job::{Ceilings, Job, JobName, Spec, TimeSpan, Timing};
use process_control::unit::Value;
use std::path::Path;

/// The bytes as a job file, a configuration and a history: never a panic, and a job has nothing in its units that we
/// did not put there.
pub(crate) fn spec(data: &[u8]) {
    let name = JobName::new("a b%").expect("a good name");
    let config = Config::default();
    let (job, problems) = Job::read(&name, data, &Spec::default(), &Ceilings::default());
    assert!(job.is_some() || !problems.is_empty(), "who refuses says why");
    if let Some(job) = job {
        let zone = Zone::utc();
        for growth in [Growth::None, Growth::Steps] {
            for unit in compile::job(&job, Path::new("/jobs/a b%.yaml"), &zone, growth, &config) {
                unit_file::check(&unit.name, &unit.file.to_string(), &config.user.to_string());
            }
        }
    }
    let mut problems = Vec::new();
    let read = config::read(None, data, &mut problems);
    assert!(read.is_some() || !problems.is_empty(), "who refuses says why");
    if let Ok(text) = std::str::from_utf8(data)
        && let Ok(read) = history::parse(text)
    {
        let written = history::render(&read).expect("what was read can be written");
        history::parse(&written).expect("what was written can be read");
    }
}

/// The bytes as a schedule, a calendar text, a span and a record: what is understood is written anew in characters that
/// mean nothing to a unit file, and its times come in order.
pub(crate) fn schedule(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let zone = Zone::utc();
    let harmless = |line: &str| line.chars().all(|c| c.is_ascii_alphanumeric() || " *:/,.-~_+".contains(c));
    if let Ok(vixie) = Vixie::parse(text) {
        assert!(vixie.on_calendar(&zone).iter().all(|line| harmless(line)), "{:?}", vixie.on_calendar(&zone));
        in_order(&Timing::Schedule(vixie), &zone);
    }
    if let Ok(calendar) = Calendar::parse(text) {
        assert!(calendar.on_calendar(&zone).iter().all(|line| harmless(line)), "{:?}", calendar.on_calendar(&zone));
        in_order(&Timing::Calendar(calendar), &zone);
    }
    if let Some(span) = TimeSpan::parse(text) {
        assert_eq!(TimeSpan::parse(&span.to_string()).or(Some(TimeSpan::ZERO)), Some(span), "{text:?}");
    }
    if let Some((timing, zone)) = Timing::from_record(text) {
        let again = timing.record(zone.as_ref());
        let twice = Timing::from_record(&again).map(|(timing, zone)| timing.record(zone.as_ref()));
        assert_eq!(twice, Some(again), "{text:?}");
    }
}

fn in_order(timing: &Timing, zone: &Zone) {
    let Some(slots) = timing.slots(zone) else { return };
    let begin = "2026-11-26T12:00:00Z".parse().expect("a time");
    let next: Vec<_> = slots.upcoming(begin).take(3).collect();
    assert!(next.is_sorted() && next.iter().all(|slot| *slot > begin), "{next:?}");
}

/// The bytes as text that goes into a unit: it stays in its line, nothing in it is expanded, and words come back as they
/// were.
pub(crate) fn quoting(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let one_line = |value: &Value| {
        let value = value.to_string();
        assert!(!value.contains(['\n', '\r', '\0']), "{value:?}");
        assert!(value.trim_end().chars().rev().take_while(|c| *c == '\\').count() % 2 == 0, "it goes on: {value:?}");
        value
    };
    let escaped = |value: &str| value.replace("%%", "").contains('%');
    let description = one_line(&Value::text(&text));
    assert!(!escaped(&description), "{description:?}");
    let words: Vec<&str> = text.split('|').filter(|word| !word.contains('\0')).collect();
    let plain = one_line(&Value::words(words.iter().copied()));
    assert_eq!(words::split(&plain, words::Expands::Specifiers), words, "{plain}");
    let command = one_line(&Value::command(["/bin/x"].into_iter().chain(words.iter().copied())));
    assert_eq!(words::split(&command, words::Expands::SpecifiersAndVariables)[1..], words, "{command}");
    if let Ok(name) = JobName::new(&text) {
        for unit in [compile::service_name(&name), compile::timer_name(&name), compile::slow_start_name(&name)] {
            assert!(unit.len() <= 255 && unit.bytes().all(|b| b.is_ascii_alphanumeric() || b":-_.\\@".contains(&b)));
            assert_eq!(compile::job_of(&unit).as_ref(), Some(&name));
        }
    }
}

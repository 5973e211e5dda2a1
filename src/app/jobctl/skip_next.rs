//! `jobctl skip-next`: a marker for one slot.

use super::chosen::ask_systemd;
use super::meant::meant;
use super::refusal::Refusal;
use super::{Screen, configuration, print};
use crate::app::args::Steer;
use crate::job::{Job, Timing};
use crate::page::words::date_and_time;
use crate::pause::{Marker, What};
use crate::status::{Facts, Timer};
use crate::sys::bus::Bus;
use crate::sys::zone::Zones;
use crate::sys::{clock, journal, pause};
use chrono::{DateTime, TimeDelta, Utc};

/// Leaves out the next start by the timer of each job that is meant.
pub(super) fn skip_next(arguments: &Steer) -> Result<u8, Refusal> {
    let config = configuration()?;
    let (mut jobs, mut codes) = meant(&config, arguments, "skip-next")?;
    let bus = Bus::system().map_err(|error| Refusal::no_systemd(&error))?;
    ask_systemd(&bus, &mut jobs).map_err(|error| Refusal::no_systemd(&error))?;
    let here = Screen::new().zone;
    let mut zones = Zones::default();
    for facts in &jobs {
        let name = &facts.name;
        let next = match next(facts, &mut zones) {
            Ok(next) => next,
            Err(why) => {
                let what = format!("{name}: there is no next run to leave out: {why}");
                codes.refuse(name, &Refusal::usage(what));
                continue;
            }
        };
        let marker = Marker { what: What::Slot(next.slot), reason: String::new() };
        if let Err(error) = pause::put(&config, Some(name), &marker) {
            codes.refuse(name, &Refusal::of_marker(&config, name, &error));
            continue;
        }
        let slot = date_and_time(next.slot, &here);
        journal::note(Some(name), &format!("the run of {slot} left out"));
        let then = match next.then {
            // when the run ends nobody knows
            _ if facts.running.is_some() => {
                "; if its present run is not over by then, the first one after it".to_owned()
            }
            Some(then) => format!("; it runs next at {}", date_and_time(then, &here)),
            None => String::new(),
        };
        print(&format!("{name} leaves out its run of {slot}{then}\n"));
    }
    Ok(codes.code())
}

/// What starts within this time can no longer be held back for certain; then the one after it is left out.
const AT_HAND: TimeDelta = TimeDelta::seconds(1);

struct Next {
    /// What is left out: a slot, or for `every` the moment at which the timer elapses.
    slot: DateTime<Utc>,
    /// What comes after it.
    then: Option<DateTime<Utc>>,
}

fn next(facts: &Facts, zones: &mut Zones) -> Result<Next, &'static str> {
    let job: &Job = facts.job.as_ref().ok_or("its file has an error")?;
    if facts.pause.is_some() {
        return Err("it is paused");
    }
    if !job.has_timer() {
        return Err("no timer starts it");
    }
    let Timer::On(elapses) = facts.timer else { return Err("its timer does not run") };
    let now = clock::now();
    if let Timing::Every(span) = &job.timing {
        let slot = elapses.ok_or("it is not known when its timer elapses")?;
        let slot = if slot < now + AT_HAND { slot + span.delta() } else { slot };
        return Ok(Next { slot, then: Some(slot + span.delta()) });
    }
    let zone = zones.get(job.timing.zone(job.zone.as_ref()));
    let slots = job.timing.slots(zone).ok_or("its slots cannot be foretold")?;
    // a random delay lies between the slot and the moment at which the timer elapses
    let slot = match elapses {
        Some(elapses) if elapses < now + AT_HAND => slots.next_after(elapses),
        Some(elapses) => slots.last_at_or_before(elapses),
        None => slots.next_after(now),
    };
    let slot = slot.ok_or("its time never comes")?;
    Ok(Next { slot, then: slots.next_after(slot) })
}

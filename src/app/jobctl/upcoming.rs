//! The starts of jobs in the coming hours, for `next` and `timeline`.

use super::chosen::{ask_systemd, chosen};
use super::refusal::Refusal;
use super::say;
use crate::app::args::Which;
use crate::app::exit;
use crate::config::Config;
use crate::outlook::{Outlook, Window, expected};
use crate::status::Timer;
use crate::sys::bus::Bus;
use crate::sys::history::Store;
use crate::sys::zone::Zones;
use chrono::{DateTime, TimeDelta, Utc};

/// What is to come.
pub(super) struct Upcoming {
    pub(super) window: Window,
    pub(super) jobs: Vec<Outlook>,
    /// 69 where only the files could be asked.
    pub(super) code: u8,
}

impl Upcoming {
    /// The starts of the jobs that are meant. Without systemd, those that the files promise.
    pub(super) fn of(config: &Config, which: &Which, hours: u32, now: DateTime<Utc>) -> Result<Self, Refusal> {
        let (mut jobs, codes) = chosen(config, which)?;
        let mut code = codes.code();
        if let Err(error) = Bus::system().and_then(|bus| ask_systemd(&bus, &mut jobs)) {
            say(&format!("systemd does not answer, so this is what the files promise: {error}"));
            code = exit::UNAVAILABLE;
        }
        let silent: Vec<&str> =
            jobs.iter().filter(|facts| facts.lacks_timer()).map(|facts| facts.name.as_str()).collect();
        if !silent.is_empty() {
            say(&format!("left out, as their timers do not run: {}", silent.join(", ")));
        }
        let window = Window { from: now, until: now + TimeDelta::hours(hours.into()) };
        let store = Store::new(&config.state_directory);
        let mut zones = Zones::default();
        let outlooks = jobs.iter().filter(|facts| facts.timer != Timer::Off || facts.running.is_some()).map(|facts| {
            let zone = zones.get(facts.job.as_ref().and_then(|job| job.timing.zone(job.zone.as_ref())));
            let history = store.read(&facts.name).unwrap_or_default().history;
            Outlook::of(facts, zone, window, expected(&history))
        });
        Ok(Upcoming { window, jobs: outlooks.collect(), code })
    }
}

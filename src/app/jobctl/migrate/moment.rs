//! When cron and systemd can change places. cron looks for changed crontabs, and starts jobs, at the beginning of each
//! minute. Within one, it neither starts what was taken from it nor misses what was given to it.

use crate::app::jobctl::say;
use crate::crontab::handover::Jobs;
use crate::job::JobName;
use crate::sys::clock;
use crate::sys::zone::Zones;
use chrono::{DateTime, Timelike, Utc};
use std::ops::RangeInclusive;
use std::time::Duration;

/// The seconds of a minute in which there is time enough before the next and after the last.
const CALM: RangeInclusive<u32> = 5..=40;

/// Waits for such a moment.
pub(super) fn wait() {
    let second = clock::now().second();
    if CALM.contains(&second) {
        return;
    }
    // 60 is a leap second
    let rest = (60 + CALM.start()).saturating_sub(second) % 60;
    say(&format!("waits {rest} s: cron starts jobs at the beginning of a minute"));
    clock::wait(Duration::from_secs(rest.into()));
}

/// The jobs that had a slot while nobody started them: after `from`, up to `to`.
pub(super) fn missed(jobs: &Jobs, from: DateTime<Utc>, to: DateTime<Utc>) -> Vec<(&JobName, DateTime<Utc>)> {
    let mut zones = Zones::default();
    let missed = jobs.iter().filter_map(|(name, job)| {
        let job = job.as_ref().filter(|job| job.is_scheduled())?;
        let zone = zones.get(job.timing.zone(job.zone.as_ref()));
        let slot = job.timing.slots(zone)?.last_at_or_before(to)?;
        (slot > from).then_some((name, slot))
    });
    missed.collect()
}

#[cfg(test)]
mod tests {
    use super::missed;
    use crate::crontab::handover::Jobs;
    use crate::job::{Ceilings, Job, JobName, Spec};
    use chrono::{DateTime, Utc};

    #[test]
    fn a_slot_that_nobody_started_is_known() {
        let name = JobName::new("a").unwrap();
        let text = b"schedule: 1 * * * *\ncommand: x\ntimezone: UTC\n";
        let (job, _) = Job::read(&name, text, &Spec::default(), &Ceilings::default());
        let jobs = Jobs::from([(name.clone(), job), (JobName::new("b").unwrap(), None)]);
        let at = |time: &str| -> DateTime<Utc> { format!("2026-11-27T12:{time}Z").parse().unwrap() };
        assert_eq!(missed(&jobs, at("00:10"), at("00:59")), []);
        assert_eq!(missed(&jobs, at("00:59"), at("01:00")), [(&name, at("01:00"))]);
        assert_eq!(missed(&jobs, at("01:00"), at("01:30")), []);
    }
}

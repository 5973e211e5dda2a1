//! The starts to come of one job.

use super::{Facts, Timer};
use crate::history::Trigger;
use crate::job::schedule::Zone;
use crate::job::{Job, Timing};
use crate::run::due;
use chrono::{DateTime, TimeDelta, Utc};

impl Facts {
    /// When its timer elapses next.
    pub fn next(&self) -> Option<DateTime<Utc>> {
        match self.timer {
            Timer::On(next) => next,
            Timer::Off | Timer::Unknown => None,
        }
    }

    /// Works out the next start of a job that runs: while the service of a timer does, systemd has no next
    /// elapse of it. What comes during the run is skipped, so it is the first after it, as if it ended now.
    pub fn foresee(&mut self, zone: &Zone, now: DateTime<Utc>) {
        let (Some(job), Some(running), Timer::On(None)) = (&self.job, self.running, self.timer) else { return };
        let next = match job.timing {
            Timing::Every(_) => running.since.and_then(|since| due::after_run(job, zone, since.min(now), now)),
            _ => due::after_run(job, zone, now, now).and_then(|slot| slot.checked_add_signed(self.delay(job))),
        };
        self.timer = Timer::On(next);
    }

    /// The starts by the timer from an instant on, in order, as far as its schedule tells. Those of `every`
    /// after the first are what is to be expected.
    pub fn starts<'a>(&'a self, zone: &'a Zone, from: DateTime<Utc>) -> Box<dyn Iterator<Item = DateTime<Utc>> + 'a> {
        let Some(job) = &self.job else { return Box::new(std::iter::empty()) };
        let next = self.next();
        if let Timing::Every(span) = &job.timing {
            let span = span.delta();
            return Box::new(std::iter::successors(next, move |start| start.checked_add_signed(span)));
        }
        let Some(slots) = job.timing.slots(zone) else { return Box::new(std::iter::empty()) };
        // the random delay of a job is always the same on a host
        let late = next.and_then(|next| Some(next - slots.last_at_or_before(next)?)).unwrap_or_default();
        // a slot before that is over, though its delay may not be: it came during a run, or before the timer was there
        let first = next.map_or(from, |next| next.max(from));
        let all = slots.upcoming(from - late - TimeDelta::milliseconds(1));
        Box::new(all.map_while(move |slot| slot.checked_add_signed(late)).skip_while(move |start| *start < first))
    }

    /// Whether a marker leaves out a start that is to come.
    pub fn leaves_out(&self, start: DateTime<Utc>) -> bool {
        // a delay lies between the slot that the marker names and the start
        self.left_out.is_some_and(|last| start <= last || Some(start) == self.next())
    }

    /// By how much its timer is later than its slots, as its last start by the timer tells.
    fn delay(&self, job: &Job) -> TimeDelta {
        let mut runs = self.recent.open.iter().chain(&self.recent.run).filter(|run| run.trigger == Trigger::Timer);
        let late = runs.find_map(|run| Some(run.start? - run.slot?)).unwrap_or_default();
        late.clamp(TimeDelta::zero(), job.random_delay.delta())
    }
}

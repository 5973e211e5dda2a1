//! Keys that say something and change nothing, as another key of the file has it.

use crate::job::schedule::Zone;
use crate::job::{Job, Place, Problem, TimeSpan, Timing};
use chrono::{DateTime, TimeDelta, Utc};

/// What is looked at.
pub struct Effect<'a> {
    /// The job.
    pub job: &'a Job,
    /// The rules of its zone.
    pub zone: &'a Zone,
    /// The present moment.
    pub now: DateTime<Utc>,
    /// Where the value of a key stands; none if the file does not have it. What the defaults say for all jobs is for
    /// those for whom it changes something.
    pub place: &'a dyn Fn(&str) -> Option<Place>,
    /// Whether the file of another job names it in `conflicts`.
    pub is_named: &'a dyn Fn() -> bool,
}

/// So many slots are looked at for the longest time between two.
const SLOTS: usize = 20_000;
/// And so far ahead.
const AHEAD: TimeDelta = TimeDelta::days(400);

impl Effect<'_> {
    /// A warning for each key without effect.
    pub fn problems(&self) -> Vec<Problem> {
        [self.retry(), self.wait(), self.size(), self.late(), self.long()].into_iter().flatten().collect()
    }

    /// No attempt ever comes before the next start.
    fn retry(&self) -> Option<Problem> {
        let delay = self.job.retries?.delay;
        let key = ["retry_delay", "retries"].into_iter().find(|key| (self.place)(key).is_some())?;
        let gap = self.longest_gap(delay)?;
        let what = format!("nothing is tried again: the next start always comes before the delay of {delay} is over");
        Some(self.warning(key, what)?.allowed(format!("a retry_delay of less than {gap}")))
    }

    /// The longest time between two starts, if it is no longer than this.
    fn longest_gap(&self, delay: TimeSpan) -> Option<TimeSpan> {
        if let Timing::Every(span) = self.job.timing {
            return Some(span).filter(|span| *span <= delay);
        }
        let slots = self.job.timing.slots(self.zone)?;
        let mut slots = slots.upcoming(self.now).take(SLOTS);
        let mut last = slots.next()?;
        let mut longest = None;
        for slot in slots.take_while(|slot| *slot < self.now + AHEAD) {
            let gap = slot - last;
            if gap > delay.delta() {
                return None;
            }
            longest = longest.max(Some(gap));
            last = slot;
        }
        Some(TimeSpan::from_secs(longest?.num_seconds().unsigned_abs()))
    }

    fn wait(&self) -> Option<Problem> {
        let job = self.job;
        let place = (self.place)("lock_wait").filter(|_| !job.lock_wait.is_zero());
        place.filter(|_| job.lock_group.is_none() && job.conflicts.is_empty() && !(self.is_named)())?;
        let what = "there is nothing to wait for; a start that finds the job itself running never waits";
        Some(self.warning("lock_wait", what)?.allowed("beside a lock_group, or conflicts of this job or with it"))
    }

    fn size(&self) -> Option<Problem> {
        let problem =
            self.warning("lock_group_size", "the job is in no group").filter(|_| self.job.lock_group.is_none());
        Some(problem?.allowed("beside a lock_group"))
    }

    fn late(&self) -> Option<Problem> {
        let by_slots = matches!(self.job.timing, Timing::Schedule(_) | Timing::Calendar(_));
        let problem =
            self.warning("late_after", "no start of this job has a time to be late for").filter(|_| !by_slots);
        Some(problem?.allowed("beside a schedule or calendar"))
    }

    fn long(&self) -> Option<Problem> {
        let (expected, timeout) = self.job.expected_duration.zip(self.job.timeout)?;
        let what = format!("longer than the timeout of {timeout}, which ends the run before that");
        let key = ["expected_duration", "timeout"].into_iter().find(|key| (self.place)(key).is_some())?;
        let problem = self.warning(key, what).filter(|_| expected > timeout)?;
        Some(problem.allowed("an expected_duration that is shorter than the timeout"))
    }

    /// At the value of a key that the file has.
    fn warning(&self, key: &str, what: impl Into<String>) -> Option<Problem> {
        Some(Problem::warning((self.place)(key)?, key, what))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::job::{Ceilings, JobName, Spec};

    fn keys(text: &str, is_named: bool) -> Vec<String> {
        let text = format!("name: A\ncommand: 'true'\n{text}");
        let name = JobName::new("a").unwrap();
        let (job, _) = Job::read(&name, text.as_bytes(), &Spec::default(), &Ceilings::default());
        let job = job.unwrap();
        let place = |key: &str| text.lines().any(|line| line.starts_with(&format!("{key}:"))).then_some(Place::TOP);
        let now = DateTime::from_timestamp(1_800_000_000, 0).unwrap();
        let effect = Effect { job: &job, zone: &Zone::utc(), now, place: &place, is_named: &|| is_named };
        effect.problems().into_iter().map(|problem| problem.key).collect()
    }

    #[test]
    fn a_key_that_changes_nothing_is_told() {
        let none: [&str; 0] = [];
        for (text, told) in [
            ("schedule: '*/5 * * * *'\nretries: 2\nretry_delay: 5min\n", &["retry_delay"][..]),
            ("schedule: '*/5 * * * *'\nretries: 2\nretry_delay: 4min\n", &none),
            // over night there is time
            ("schedule: '*/5 8-9 * * *'\nretries: 2\nretry_delay: 10min\n", &none),
            ("every: 50s\nretries: 1\n", &["retries"]),
            ("every: 70s\nretries: 1\n", &none),
            ("at_boot: true\nretries: 1\nretry_delay: 9w\n", &none),
            ("schedule: '0 0 29 2 *'\nretries: 1\nretry_delay: 9w\n", &none),
            ("lock_wait: 5s\n", &["lock_wait"]),
            ("lock_wait: 0s\n", &none),
            ("lock_wait: 5s\nconflicts: b\n", &none),
            ("lock_wait: 5s\nlock_group: b\nlock_group_size: 2\n", &none),
            ("lock_group_size: 2\n", &["lock_group_size"]),
            ("every: 1h\nlate_after: 5min\n", &["late_after"]),
            ("late_after: 5min\n", &["late_after"]),
            ("calendar: daily\nlate_after: 5min\n", &none),
            ("timeout: 5\nexpected_duration: 6min\n", &["expected_duration"]),
            ("timeout: 5\nexpected_duration: 5min\n", &none),
            ("expected_duration: 5min\npause_after_failures: 2\n", &none),
        ] {
            assert_eq!(keys(text, false), told, "{text}");
        }
        assert_eq!(keys("lock_wait: 5s\n", true), none, "the conflict is the other's");
    }
}

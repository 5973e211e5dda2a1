//! Whether a start is by the timer or by a person.
//!
//! systemd (252 to 257) hands a service `TRIGGER_UNIT` and `TRIGGER_TIMER_REALTIME_USEC` of its first
//! start by a timer for as long as it has the unit in memory, which is as long as there is a timer. So
//! every later start, also one by a person, has the values of the first: they only tell that there is a
//! timer. Asking PID 1 costs a process; so it is asked only where the slots do not tell.

use chrono::{DateTime, TimeDelta, Utc};

/// From a timer that elapses to `run-job` it takes milliseconds, and longer on a busy host.
pub(super) const FRESH: TimeDelta = TimeDelta::seconds(60);
/// A start so soon after its slot is by the timer. A person who is as fast gets the run all the same.
pub const PUNCTUAL: TimeDelta = TimeDelta::seconds(2);

/// What is known of a start by a unit that has a timer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Start {
    /// What systemd handed us: when the timer elapsed for this start or an earlier one.
    pub stamp: DateTime<Utc>,
    /// When the timer elapsed for the last start that history knows.
    pub seen: Option<DateTime<Utc>>,
    /// The last slot, if nothing has run for it yet.
    pub open_slot: Option<DateTime<Utc>>,
    /// The present moment.
    pub now: DateTime<Utc>,
}

impl Start {
    /// When the timer elapsed for this start; none if a person started it. Each time that it elapses
    /// is good for one start. `ask` asks PID 1 when it last did.
    pub fn elapsed(&self, ask: impl FnOnce() -> Option<DateTime<Utc>>) -> Option<DateTime<Utc>> {
        let is_new =
            |elapsed: &DateTime<Utc>| self.seen.is_none_or(|seen| *elapsed > seen) && self.now - *elapsed < FRESH;
        if is_new(&self.stamp) {
            return Some(self.stamp);
        }
        // a slot whose start was skipped is still open, but the timer has had its say on it
        let open = self.open_slot.filter(|slot| self.seen.is_none_or(|seen| seen < *slot));
        if open.is_some_and(|slot| self.now - slot < PUNCTUAL) {
            return Some(self.now);
        }
        match ask() {
            Some(last) => Some(last).filter(is_new),
            None => open.map(|_| self.now),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(second, 0).unwrap()
    }

    fn unasked() -> Option<DateTime<Utc>> {
        panic!("there is no need to ask")
    }

    #[test]
    fn a_timer_is_believed_once_each_time_it_elapses() {
        let first = Start { stamp: at(100), seen: None, open_slot: None, now: at(101) };
        assert_eq!(first.elapsed(unasked), Some(at(100)));
        let after_reload = Start { seen: Some(at(40)), ..first };
        assert_eq!(after_reload.elapsed(unasked), Some(at(100)));
        let later = Start { seen: Some(at(100)), now: at(400), ..first };
        assert_eq!(later.elapsed(|| Some(at(399))), Some(at(399)));
        let used_up = Start { seen: Some(at(399)), now: at(402), ..later };
        assert_eq!(used_up.elapsed(|| Some(at(399))), None);
    }

    #[test]
    fn a_punctual_start_needs_no_question() {
        let start = Start { stamp: at(100), seen: Some(at(100)), open_slot: Some(at(160)), now: at(161) };
        assert_eq!(start.elapsed(unasked), Some(at(161)));
    }

    #[test]
    fn a_person_starts_at_any_other_time() {
        let start = Start { stamp: at(100), seen: Some(at(100)), open_slot: None, now: at(130) };
        assert_eq!(start.elapsed(|| Some(at(100))), None);
        // before a delayed timer gets to its slot
        let delayed = Start { open_slot: Some(at(120)), ..start };
        assert_eq!(delayed.elapsed(|| Some(at(100))), None);
    }

    #[test]
    fn a_person_may_start_a_paused_job_in_the_second_of_its_slot() {
        let skipped = Start { stamp: at(100), seen: Some(at(160)), open_slot: Some(at(160)), now: at(161) };
        assert_eq!(skipped.elapsed(|| Some(at(160))), None);
        assert_eq!(skipped.elapsed(|| None), None);
    }

    #[test]
    fn when_nobody_answers_an_open_slot_decides() {
        let start = Start { stamp: at(100), seen: Some(at(100)), open_slot: None, now: at(190) };
        assert_eq!(start.elapsed(|| None), None);
        assert_eq!(Start { open_slot: Some(at(160)), ..start }.elapsed(|| None), Some(at(190)));
    }
}

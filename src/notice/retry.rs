//! When to try again what could not be delivered.

use chrono::{DateTime, TimeDelta, Utc};

/// So long after what happened nobody is told any more.
pub const GIVEN_UP_AFTER: TimeDelta = TimeDelta::hours(48);
const FIRST: TimeDelta = TimeDelta::minutes(1);
const LONGEST: TimeDelta = TimeDelta::hours(1);

/// When to try again after so many tries in vain: each time twice as long, an hour at the most.
pub fn next_try(now: DateTime<Utc>, tries: u32) -> DateTime<Utc> {
    let doubled = FIRST * 2_i32.pow(tries.saturating_sub(1).min(6));
    now + doubled.min(LONGEST)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_try_waits_twice_as_long_up_to_an_hour() {
        let minutes = |tries| (next_try(DateTime::UNIX_EPOCH, tries) - DateTime::UNIX_EPOCH).num_minutes();
        assert_eq!([1, 2, 3, 6, 7, 1000].map(minutes), [1, 2, 4, 32, 60, 60]);
    }
}

//! Keys `retries`, `retry_delay` and `retry_backoff`: how often a run that failed is tried again, and after how long.
//!
//! systemd does it, by `RestartForceExitStatus=` of systemd.service(5); how it reckons a growing delay is reckoned here too, so that
//! the time of the next attempt can be told.

use super::TimeSpan;

/// The exit status with which `run-job` asks systemd for another attempt; nothing else makes it restart a job.
pub const TRY_AGAIN: u8 = 80;

/// How a run that failed is tried again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Retries {
    /// Key `retries`: so often after the first attempt; 1 or more.
    pub most: u32,
    /// Key `retry_delay`: from the end of the first attempt to the second.
    pub delay: TimeSpan,
    /// Key `retry_backoff`: the delay about doubles each time, up to this.
    pub longest: Option<TimeSpan>,
}

/// Whether systemd can let a delay grow: `RestartSteps=` and `RestartMaxDelaySec=` came with 254.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Growth {
    /// It can.
    Steps,
    /// It waits the same time before each attempt.
    None,
}

/// What systemd is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Restart {
    /// `RestartSec=`
    pub delay: TimeSpan,
    /// `RestartSteps=` and `RestartMaxDelaySec=`
    pub growth: Option<(u32, TimeSpan)>,
}

impl Retries {
    /// What systemd is told. One that knows no growth waits the mean each time, so that the last attempt comes when
    /// it would come with growth.
    pub fn restart(&self, growth: Growth) -> Restart {
        let steps = self.steps().zip(self.longest);
        match (steps, growth) {
            (Some(_), Growth::Steps) => Restart { delay: self.delay, growth: steps },
            (Some(_), Growth::None) => {
                let sum = (1..=self.most).fold(0.0, |sum, attempt| sum + self.grown(attempt));
                Restart { delay: seconds(sum / f64::from(self.most)), growth: None }
            }
            (None, _) => Restart { delay: self.delay, growth: None },
        }
    }

    /// From the end of an attempt, the first being 1, to the next.
    pub fn delay_after(&self, attempt: u32, growth: Growth) -> TimeSpan {
        match self.restart(growth) {
            Restart { growth: Some(_), .. } => seconds(self.grown(attempt)),
            Restart { delay, growth: None } => delay,
        }
    }

    /// After so many attempts the delay is at its longest; none if it does not grow.
    fn steps(&self) -> Option<u32> {
        let longest = self.longest.filter(|longest| *longest > self.delay && !self.delay.is_zero())?;
        let doubled = |steps: &u32| self.delay.duration().as_secs_f64() * f64::from(1_u32 << steps);
        let steps = (1..30).find(|steps| doubled(steps) >= longest.duration().as_secs_f64());
        Some(steps.unwrap_or(30))
    }

    /// In seconds, as systemd has it: the first delay times a power of the growth.
    fn grown(&self, attempt: u32) -> f64 {
        let first = self.delay.duration().as_secs_f64();
        let (Some(steps), Some(longest)) = (self.steps(), self.longest) else { return first };
        let longest = longest.duration().as_secs_f64();
        let done = attempt.saturating_sub(1).min(steps);
        first * (longest / first).powf(f64::from(done) / f64::from(steps))
    }
}

/// To the millisecond.
fn seconds(seconds: f64) -> TimeSpan {
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    TimeSpan::from_millis((seconds * 1000.0).round() as u64)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn retries(most: u32, delay: &str, longest: Option<&str>) -> Retries {
        let span = |text| TimeSpan::parse(text).unwrap();
        Retries { most, delay: span(delay), longest: longest.map(span) }
    }

    fn delays(retries: Retries, growth: Growth) -> Vec<String> {
        (1..=retries.most).map(|attempt| retries.delay_after(attempt, growth).to_string()).collect()
    }

    #[test]
    fn a_delay_doubles_up_to_the_longest() {
        let doubling = retries(5, "1min", Some("8min"));
        assert_eq!(doubling.restart(Growth::Steps).growth, Some((3, TimeSpan::from_secs(480))));
        assert_eq!(delays(doubling, Growth::Steps), ["1min", "2min", "4min", "8min", "8min"]);
        // nearly: the longest is reached exactly
        assert_eq!(delays(retries(3, "10s", Some("30s")), Growth::Steps), ["10s", "17s 321ms", "30s"]);
        assert_eq!(delays(retries(2, "10s", None), Growth::Steps), ["10s", "10s"]);
        assert_eq!(delays(retries(2, "10s", Some("10s")), Growth::Steps), ["10s", "10s"]);
        assert_eq!(delays(retries(1, "0s", Some("1h")), Growth::Steps), ["0"]);
    }

    #[test]
    fn an_older_systemd_waits_the_mean() {
        let doubling = retries(4, "1min", Some("8min"));
        assert_eq!(delays(doubling, Growth::None), ["3min 45s"; 4]);
        assert_eq!(doubling.restart(Growth::None), Restart { delay: TimeSpan::from_secs(225), growth: None });
    }
}

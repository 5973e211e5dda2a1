//! What all real runs of a job came to, counted: also those that have left the list.

use super::{Outcome, Run};
use serde::{Deserialize, Serialize};

/// Runs by their outcome, from the job's first on, and starts that were skipped.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Tally {
    /// Runs that ended with [`Outcome::Success`].
    pub success: u64,
    /// With [`Outcome::Failure`].
    pub failure: u64,
    /// With [`Outcome::Timeout`].
    pub timeout: u64,
    /// With [`Outcome::Stopped`].
    pub stopped: u64,
    /// With [`Outcome::Interrupted`].
    pub interrupted: u64,
    /// Starts that were skipped.
    pub skipped: u64,
    /// Attempts that failed and were tried again; they are in no other count.
    pub retries: u64,
    /// Failures and timeouts since the last success, or since somebody resumed the job.
    pub failures_in_a_row: u32,
    /// Successes since the last failure or timeout.
    pub successes_in_a_row: u32,
    /// Failures and timeouts since the last success, whether somebody resumed the job meanwhile or not.
    pub failures_since_success: u32,
    /// Whether runs by the timer take `slow_start_command` for now.
    pub slow_start: bool,
    /// Whether the last mail told of a failure, so that the next success is to be mailed too.
    pub failure_mailed: bool,
}

impl Tally {
    /// Counts the runs of a list, for a file that has no counts.
    pub fn of(runs: &[Run]) -> Tally {
        let mut tally = Tally::default();
        for end in runs.iter().filter_map(|run| run.end.as_ref()) {
            tally.count(end.outcome);
        }
        tally
    }

    /// Counts the end of one run. That somebody stopped a run, or that the host went away under it, says
    /// nothing about the job: neither ends a row.
    pub fn count(&mut self, outcome: Outcome) {
        let total = match outcome {
            Outcome::Success => &mut self.success,
            Outcome::Failure => &mut self.failure,
            Outcome::Timeout => &mut self.timeout,
            Outcome::Stopped => &mut self.stopped,
            Outcome::Interrupted => &mut self.interrupted,
            Outcome::Skipped => &mut self.skipped,
        };
        *total = total.saturating_add(1);
        match outcome {
            Outcome::Success => {
                self.successes_in_a_row = self.successes_in_a_row.saturating_add(1);
                self.failures_in_a_row = 0;
                self.failures_since_success = 0;
            }
            Outcome::Failure | Outcome::Timeout => {
                self.failures_in_a_row = self.failures_in_a_row.saturating_add(1);
                self.failures_since_success = self.failures_since_success.saturating_add(1);
                self.successes_in_a_row = 0;
            }
            Outcome::Stopped | Outcome::Skipped | Outcome::Interrupted => {}
        }
    }

    /// Each outcome with its count.
    pub fn by_outcome(&self) -> [(Outcome, u64); 6] {
        [
            (Outcome::Success, self.success),
            (Outcome::Failure, self.failure),
            (Outcome::Timeout, self.timeout),
            (Outcome::Stopped, self.stopped),
            (Outcome::Interrupted, self.interrupted),
            (Outcome::Skipped, self.skipped),
        ]
    }

    /// Takes one back that was counted on a guess: that a run was interrupted.
    pub fn uncount_interrupted(&mut self) {
        self.interrupted = self.interrupted.saturating_sub(1);
    }

    /// Begins new rows: somebody has looked at the job and resumed it.
    pub fn begin_again(&mut self) {
        self.failures_in_a_row = 0;
        self.successes_in_a_row = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_stops_a_run_ends_no_row() {
        let mut tally = Tally::default();
        for outcome in [Outcome::Failure, Outcome::Stopped, Outcome::Interrupted, Outcome::Skipped, Outcome::Timeout] {
            tally.count(outcome);
        }
        assert_eq!((tally.failures_in_a_row, tally.failure, tally.timeout, tally.stopped), (2, 1, 1, 1));
        tally.count(Outcome::Success);
        assert_eq!((tally.failures_in_a_row, tally.successes_in_a_row), (0, 1));
    }
}

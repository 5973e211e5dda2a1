//! What follows from the end of a run: whether the job is paused, and how it starts next.

use crate::history::{Cause, End, Exit, Outcome, Tally};
use crate::job::Job;

/// Why the job is to be paused now that a run has ended, if it is. `tally` has counted that run.
pub fn pause(job: &Job, end: &End, tally: &Tally) -> Option<String> {
    let failed = matches!(end.outcome, Outcome::Failure | Outcome::Timeout);
    match (end.cause, end.exit) {
        (Some(Cause::ExitCode), Some(Exit::Code(code))) if job.gives_up_at(code) => {
            Some(format!("exit code {code}, which is unrecoverable"))
        }
        _ => job.pause_after_failures.filter(|most| failed && tally.failures_in_a_row >= *most).map(|_| {
            let last = end.cause.map_or(end.outcome.to_string(), |cause| cause.to_string());
            match tally.failures_in_a_row {
                1 => format!("a failure ({last})"),
                count => format!("{count} failures in a row (the last: {last})"),
            }
        }),
    }
}

/// Whether runs by the timer start slowly now that a run has ended. `tally` has counted that run; `paused`: it has
/// paused the job.
pub fn starts_slowly(job: &Job, tally: &Tally, paused: Option<&str>) -> bool {
    match (job.slow_start_until, paused) {
        (None, _) => false,
        (Some(_), Some(_)) => true,
        (Some(successes), None) => tally.slow_start && tally.successes_in_a_row < successes,
    }
}

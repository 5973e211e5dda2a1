//! Whether it is a job's turn: those that it comes after have succeeded since it last started.

use crate::history::History;
use crate::job::JobName;
use chrono::{DateTime, Utc};

/// From when on a success of others counts: the job's own last start, be it a run or one that was skipped, and for one
/// that never started the last change of its file, so that a new job is not started for what was long before it.
pub fn since(own: &History, changed: DateTime<Utc>) -> DateTime<Utc> {
    own.runs.iter().filter_map(|run| run.start).max().unwrap_or(changed)
}

/// Those that have not succeeded since then; it is the job's turn when there are none.
pub fn waits_for(
    others: &[JobName],
    since: DateTime<Utc>,
    mut history: impl FnMut(&JobName) -> History,
) -> Vec<&JobName> {
    others.iter().filter(|other| history(other).succeeded.is_none_or(|at| at <= since)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::history::{Command, End, Outcome, Run, Trigger};

    fn at(second: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(second, 0).unwrap()
    }

    fn ran(runs: &[(i64, i64, Outcome)]) -> History {
        let mut history = History::default();
        for (start, end, outcome) in runs {
            let run = Run::begun(start.to_string(), Trigger::Timer, Command::Normal, at(*start), String::new());
            let end = End { at: at(*end), outcome: *outcome, cause: None, exit: None, reason: None };
            history.add(Run { end: Some(end), ..run });
        }
        history
    }

    #[test]
    fn all_must_have_succeeded_since_the_last_start() {
        let others = ["a", "b"].map(|name| JobName::new(name).unwrap());
        let waits = |since, b: &[(i64, i64, Outcome)]| {
            let all = [("a", ran(&[(10, 20, Outcome::Success)])), ("b", ran(b))];
            let find = |job: &JobName| all.iter().find(|(name, _)| *name == job.as_str()).unwrap().1.clone();
            waits_for(&others, at(since), find).into_iter().map(JobName::as_str).collect::<Vec<_>>()
        };
        assert_eq!(waits(15, &[(10, 30, Outcome::Success)]), [""; 0]);
        assert_eq!(waits(15, &[(10, 30, Outcome::Success), (31, 40, Outcome::Failure)]), [""; 0]);
        assert_eq!(waits(15, &[(10, 30, Outcome::Failure)]), ["b"]);
        assert_eq!(waits(20, &[(10, 30, Outcome::Success)]), ["a"], "in the moment of its start is before it");
        assert_eq!(waits(15, &[]), ["b"]);
        let long_ago: Vec<_> =
            [(10, 30, Outcome::Success)].into_iter().chain((31..90).map(|at| (at, at, Outcome::Failure))).collect();
        assert_eq!(waits(15, &long_ago), [""; 0], "though it has left the list");
    }

    #[test]
    fn a_skipped_start_is_a_start() {
        let own = ran(&[(10, 20, Outcome::Success), (50, 50, Outcome::Skipped)]);
        assert_eq!(since(&own, at(5)), at(50));
        assert_eq!(since(&History::default(), at(5)), at(5));
    }
}

//! Which runs meet.

use super::{Outlook, Window};
use crate::job::JobName;
use chrono::{DateTime, Utc};

/// Jobs that run at the same time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Meeting<'a> {
    /// From when on all of them run.
    pub at: DateTime<Utc>,
    /// The jobs, in the order of their names.
    pub jobs: Vec<&'a JobName>,
}

/// A run begins or ends.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Turn {
    /// Ends come first: a run that begins when another ends does not meet it.
    Ends,
    Begins,
}

/// Every moment of the window at which a run begins while another goes on, with all that run then.
pub fn meetings<'a>(jobs: &'a [Outlook], window: Window) -> Vec<Meeting<'a>> {
    let mut turns: Vec<(DateTime<Utc>, Turn, usize)> = Vec::new();
    for (place, job) in jobs.iter().enumerate() {
        for (start, end) in job.runs() {
            turns.extend([(start, Turn::Begins, place), (end, Turn::Ends, place)]);
        }
    }
    turns.sort_unstable();
    let mut running = vec![0_usize; jobs.len()];
    let mut together = 0;
    let mut found: Vec<Meeting<'a>> = Vec::new();
    for (at, turn, place) in turns {
        match turn {
            Turn::Ends => {
                running[place] -= 1;
                together -= usize::from(running[place] == 0);
                continue;
            }
            Turn::Begins => {
                running[place] += 1;
                together += usize::from(running[place] == 1);
            }
        }
        if together > 1 && at < window.until {
            let at = at.max(window.from);
            let jobs = || (0..jobs.len()).filter(|place| running[*place] > 0).map(|place| &jobs[place].name).collect();
            match found.last_mut() {
                Some(last) if last.at == at => last.jobs = jobs(),
                _ => found.push(Meeting { at, jobs: jobs() }),
            }
        }
    }
    found
}

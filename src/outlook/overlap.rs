//! Which runs meet.

use super::{Outlook, Window};
use crate::job::JobName;
use chrono::{DateTime, Utc};
use std::collections::BTreeSet;

/// Jobs that run at the same time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Meeting<'a> {
    /// From when on all of them run.
    pub at: DateTime<Utc>,
    /// How many they are.
    pub number: usize,
    /// The first of them, in the order of their names: as many as a person reads.
    pub first: Vec<&'a JobName>,
}

/// So many jobs of one meeting are named. Thousands may meet at every minute of a month.
const MOST_NAMES: usize = 6;

/// A run begins or ends.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Turn {
    /// Ends come first: a run that begins when another ends does not meet it.
    Ends,
    Begins,
}

/// Every moment of the window at which a run begins while another goes on, once all that begin then have begun.
pub fn meetings(jobs: &[Outlook], window: Window) -> Vec<Meeting<'_>> {
    let mut turns: Vec<(DateTime<Utc>, Turn, usize)> = Vec::new();
    for (place, job) in jobs.iter().enumerate() {
        for (start, end) in job.runs().filter(|(start, _)| *start < window.until) {
            turns.extend([(start, Turn::Begins, place), (end, Turn::Ends, place)]);
        }
    }
    turns.sort_unstable();
    let mut running = vec![0_usize; jobs.len()];
    let mut together = BTreeSet::new();
    let mut found = Vec::new();
    // what has begun already meets now
    let moment = |at: DateTime<Utc>| at.max(window.from);
    for turns in turns.chunk_by(|(one, ..), (other, ..)| moment(*one) == moment(*other)) {
        let mut has_begun = false;
        for (_, turn, place) in turns {
            match turn {
                Turn::Begins => {
                    running[*place] += 1;
                    together.insert(*place);
                    has_begun = true;
                }
                Turn::Ends => {
                    running[*place] -= 1;
                    if running[*place] == 0 {
                        together.remove(place);
                    }
                }
            }
        }
        if has_begun && together.len() > 1 {
            let first = together.iter().take(MOST_NAMES).map(|place| &jobs[*place].name).collect();
            found.push(Meeting { at: moment(turns[0].0), number: together.len(), first });
        }
    }
    found
}

/// `a, b, c and 7 more`
pub(super) fn names(meeting: &Meeting<'_>) -> String {
    let first: Vec<&str> = meeting.first.iter().map(|name| name.as_str()).collect();
    match meeting.number - first.len() {
        0 => first.join(", "),
        more => format!("{} and {more} more", first.join(", ")),
    }
}

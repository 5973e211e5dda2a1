//! What will run when: starts to come, how long the runs will take, and which of them meet.

mod json;
mod next;
mod overlap;
mod svg;
mod timeline;

pub use json::Outlooks;
pub use next::next;
pub use overlap::{Meeting, meetings};
pub use svg::svg;
pub use timeline::timeline;

use crate::history::{History, Outcome};
use crate::job::schedule::Zone;
use crate::job::{Job, JobName};
use crate::status::Facts;
use chrono::{DateTime, TimeDelta, Utc};

/// A stretch of time to come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    /// Now.
    pub from: DateTime<Utc>,
    /// The end, which does not belong to it.
    pub until: DateTime<Utc>,
}

/// The starts of one job in a window.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outlook {
    /// The job.
    pub name: JobName,
    /// When its timer starts it: of very many only the first.
    pub starts: Vec<DateTime<Utc>>,
    /// How many there are besides.
    pub more: usize,
    /// The start of the run that goes on, if one does.
    pub running: Option<DateTime<Utc>>,
    /// How long a run will take, as far as earlier ones tell.
    pub expected: Option<TimeDelta>,
}

/// So many starts of one job are kept: more than one a minute for a day.
const MOST: usize = 2000;

impl Outlook {
    /// The starts of a job by its timer, without those that a marker holds back.
    pub fn of(facts: &Facts, zone: &Zone, window: Window, expected: Option<TimeDelta>) -> Outlook {
        let mut outlook = Outlook {
            name: facts.name.clone(),
            starts: Vec::new(),
            more: 0,
            // a history may say anything, but what goes on has begun
            running: facts.running.and_then(|running| running.since).map(|since| since.min(window.from)),
            expected: expected.map(|took| took.min(LONGEST)),
        };
        if facts.lacks_timer() || !facts.job.as_ref().is_some_and(Job::is_scheduled) {
            return outlook;
        }
        let inside = |start: &DateTime<Utc>| *start < window.until;
        let is_paused = |start: DateTime<Utc>| facts.pause.as_ref().is_some_and(|hold| hold.pauses(start));
        let wanted = |start: &DateTime<Utc>| !is_paused(*start) && !facts.leaves_out(*start);
        for start in facts.starts(zone, window.from).take_while(inside).filter(wanted) {
            if outlook.starts.len() < MOST {
                outlook.starts.push(start);
            } else {
                outlook.more += 1;
            }
        }
        outlook
    }

    /// The runs to come, and the one that goes on, each from its start to its expected end.
    fn runs(&self) -> impl Iterator<Item = (DateTime<Utc>, DateTime<Utc>)> {
        let took = self.expected.unwrap_or_default().clamp(SHORTEST, LONGEST);
        let runs = self.running.into_iter().chain(self.starts.iter().copied());
        runs.filter_map(move |start| Some((start, start.checked_add_signed(took)?)))
    }
}

/// A run of which nothing is known takes as long as this; and two that start in the same second meet.
const SHORTEST: TimeDelta = TimeDelta::seconds(1);
/// No window is longer. Any job can write into the history of another that it took centuries.
const LONGEST: TimeDelta = TimeDelta::days(366);

/// The middle one of how long successful runs took.
pub fn expected(history: &History) -> Option<TimeDelta> {
    let succeeded = |run: &&crate::history::Run| run.end.as_ref().is_some_and(|end| end.outcome == Outcome::Success);
    let mut took: Vec<TimeDelta> =
        history.runs.iter().filter(succeeded).filter_map(crate::history::Run::took).collect();
    took.sort_unstable();
    took.get(took.len() / 2).copied()
}

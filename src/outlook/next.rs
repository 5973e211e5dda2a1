//! The next starts in a table, the soonest first.

use super::Outlook;
use crate::page::words::{clock, span};
use crate::page::{Cell, Column, Page, grid};
use anstyle::Style;
use chrono::{DateTime, Utc};

/// So many later starts of a job are told one by one.
const MOST_THEN: usize = 3;

/// A line for each job that starts.
pub fn next(jobs: &[Outlook], shown: Page<'_>) -> String {
    let mut jobs: Vec<&Outlook> = jobs.iter().filter(|job| !job.starts.is_empty()).collect();
    jobs.sort_by_key(|job| job.starts[0]);
    let columns = ["WHEN", "IN", "JOB", "THEN"].map(|name| Column { name });
    let rows = jobs.iter().map(|job| {
        let first = job.starts[0];
        [
            Cell::plain(clock(first, shown.now, shown.zone)),
            Cell::plain(span(first - shown.now)),
            Cell::plain(job.name.to_string()),
            Cell::styled(then(job, shown), Style::new().dimmed()),
        ]
    });
    grid(columns, rows.collect(), &[(3, 12), (2, 12), (3, 0)], shown.width, shown.header)
}

/// `14:00:00, 15:00:00`, or `287 more, each 5min after the other`
fn then(job: &Outlook, shown: Page<'_>) -> String {
    let rest = &job.starts[1..];
    let number = rest.len() + job.more;
    let even = even(&job.starts);
    match (number, even) {
        (0, _) => String::new(),
        (0..=MOST_THEN, _) => rest.iter().map(|at| clock(*at, shown.now, shown.zone)).collect::<Vec<_>>().join(", "),
        (_, Some(distance)) => format!("{number} more, one each {}", span(distance)),
        (_, None) => {
            let first = rest[..MOST_THEN].iter().map(|at| clock(*at, shown.now, shown.zone)).collect::<Vec<_>>();
            format!("{}, {} more", first.join(", "), number - MOST_THEN)
        }
    }
}

/// The distance between two starts, if it is always the same.
fn even(starts: &[DateTime<Utc>]) -> Option<chrono::TimeDelta> {
    let distance = *starts.get(1)? - starts[0];
    starts.windows(2).all(|pair| pair[1] - pair[0] == distance).then_some(distance)
}

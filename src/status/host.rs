//! What is known of the host as a whole, beside its jobs.

use crate::page::words::count;
use chrono::{DateTime, TimeDelta, Utc};

/// A notice that waits longer is news: by then it was tried several times.
const PATIENCE: TimeDelta = TimeDelta::minutes(15);

/// The host at one moment.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Host {
    /// What is still to be told; none if who asks may not know.
    pub waiting: Option<Waiting>,
    /// The service user, where there is no such user.
    pub missing_user: Option<String>,
}

/// Notices that could not be delivered yet.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Waiting {
    /// How many.
    pub count: usize,
    /// Since when the oldest waits.
    pub oldest: Option<DateTime<Utc>>,
}

impl Host {
    /// Why no job can run.
    pub(super) fn broken(&self) -> Option<String> {
        let user = self.missing_user.as_ref()?;
        Some(format!("the service user {user} does not exist"))
    }

    /// That somebody was not told for too long.
    pub(super) fn untold(&self, now: DateTime<Utc>) -> Option<String> {
        let waiting = self.waiting?;
        let since = waiting.oldest.filter(|oldest| now - *oldest > PATIENCE)?;
        let verb = if waiting.count == 1 { "waits" } else { "wait" };
        let since = since.format("%Y-%m-%d %H:%M:%S UTC");
        Some(format!("{} {verb} since {since}", count(waiting.count, "notice")))
    }

    /// What a person who looks at jobs should know, a line each.
    pub fn warnings(&self, now: DateTime<Utc>) -> Vec<String> {
        let untold = self.untold(now).map(|what| format!("{what}: journalctl -u process-control-notify tells why"));
        self.broken().map(|why| format!("no job can run: {why}")).into_iter().chain(untold).collect()
    }
}

//! The starts to come as JSON.

use super::{Outlook, Window};
use crate::page::words::rfc3339 as time;
use serde::{Serialize, Serializer};

/// What `jobctl next --json` writes.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Outlooks<'a> {
    /// From now until the end.
    #[serde(flatten, serialize_with = "window")]
    pub window: Window,
    /// In the order of the names.
    #[serde(serialize_with = "each")]
    pub jobs: &'a [Outlook],
}

fn window<S: Serializer>(window: &Window, to: S) -> Result<S::Ok, S::Error> {
    #[derive(Serialize)]
    struct Bounds {
        from: String,
        until: String,
    }
    Bounds { from: time(window.from), until: time(window.until) }.serialize(to)
}

fn each<S: Serializer>(jobs: &[Outlook], to: S) -> Result<S::Ok, S::Error> {
    #[derive(Serialize)]
    struct Entry<'a> {
        job: &'a str,
        starts: Vec<String>,
        more: usize,
    }
    to.collect_seq(jobs.iter().map(|job| Entry {
        job: job.name.as_str(),
        starts: job.starts.iter().map(|start| time(*start)).collect(),
        more: job.more,
    }))
}

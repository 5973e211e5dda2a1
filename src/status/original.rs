//! The original's outputs, byte for byte where its README shows them. Scripts read them.

use super::Facts;
use crate::history::Outcome;
use crate::job::text::one_line;
use std::fmt::Write as _;

const STRING: &str = "a String takes every write";

/// `run-job --list-jobs`: a name in a line.
pub fn list<'a>(jobs: impl IntoIterator<Item = &'a Facts>) -> String {
    jobs.into_iter().fold(String::new(), |out, facts| out + facts.name.as_str() + "\n")
}

/// `run-job --status`.
pub fn status<'a>(jobs: impl IntoIterator<Item = &'a Facts>) -> String {
    let mut out = String::new();
    for facts in jobs {
        let Some(job) = &facts.job else {
            writeln!(out, "{} ***Invalid configuration***", facts.name).expect(STRING);
            continue;
        };
        write!(out, "{} - {}", facts.name, job.title).expect(STRING);
        if let Some(running) = facts.running {
            // where systemd alone knows of the run, nobody knows its process
            write!(out, "    {{pid: {}, status: running}}", running.pid.unwrap_or_default()).expect(STRING);
        }
        out.push('\n');
        for line in job.description.iter().flat_map(|text| text.trim_end().lines()) {
            writeln!(out, "    {}", one_line(line)).expect(STRING);
        }
        if !job.tags.is_empty() {
            writeln!(out, "    tags: {}", job.tags.join(", ")).expect(STRING);
        }
        let last = facts.recent.last_outcome.map_or("unknown", Outcome::original_completion);
        writeln!(out, "    last status: {last}").expect(STRING);
    }
    out
}

//! The mail about a failure or a recovery.

use super::Facts;
use crate::job::hook::Event;
use crate::job::text::one_line;
use std::fmt::Write;

/// A mail without its addresses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Letter {
    /// One line.
    pub subject: String,
    /// Plain text.
    pub body: String,
}

/// Writes the mail. `lines` are the last of the run's output; where they cannot be told, why.
pub fn letter(facts: &Facts, lines: Result<&[String], &str>) -> Letter {
    let kind = match facts.event {
        Event::Recovery => "Recovery Mail",
        _ => "Fail Mail",
    };
    Letter {
        subject: one_line(&format!("{kind} ({}) run-job: {}", facts.host, facts.message)),
        body: match &facts.invalid {
            Some(invalid) => invalid.text(facts),
            None => body(facts, lines),
        },
    }
}

fn body(facts: &Facts, lines: Result<&[String], &str>) -> String {
    let mut text = format!("{}\n\n", one_line(&facts.message));
    let mut row = |name: &str, value: Option<&str>| {
        if let Some(value) = value {
            let _ = writeln!(text, "{name:<9}{}", one_line(value));
        }
    };
    let outcome = match (&facts.outcome, &facts.cause, facts.exit_status) {
        (Some(outcome), Some(cause), Some(status)) => Some(format!("{outcome}, {cause}, exit status {status}")),
        (Some(outcome), Some(cause), None) => Some(format!("{outcome}, {cause}")),
        (outcome, _, _) => outcome.clone(),
    };
    row("job", Some(&facts.job));
    row("host", Some(&facts.host));
    row("outcome", outcome.as_deref());
    row("why", facts.reason.as_deref());
    row(
        "attempt",
        (facts.attempt > 1)
            .then(|| format!("{}, the last", facts.attempt))
            .filter(|_| facts.event == Event::Failure)
            .as_deref(),
    );
    row("failures", (facts.failures_in_a_row > 0).then(|| format!("{} in a row", facts.failures_in_a_row)).as_deref());
    row("paused", facts.paused.as_deref());
    row("start", facts.start.as_deref());
    row("end", facts.end.as_deref());
    row("took", facts.duration.map(|seconds| format!("{seconds:.1} s")).as_deref());
    row("by", Some(&facts.trigger));
    row("run", Some(&facts.run));
    row("log", facts.log.as_deref());
    text.push('\n');
    match lines {
        Ok([]) => text.push_str("The run said nothing.\n"),
        Ok(lines) => {
            let _ = writeln!(text, "The last lines of the run:\n");
            for line in lines {
                // a line of a dot alone is the mail library's to mind
                let _ = writeln!(text, "  {}", one_line(line));
            }
        }
        Err(why) => {
            let _ = writeln!(text, "{}", one_line(why));
        }
    }
    let (job, run) = (shell_words::quote(&facts.job), shell_words::quote(&facts.run));
    let _ = write!(text, "\nMore:\n\n  jobctl status {job}\n  jobctl logs {job} --run {run}\n");
    if facts.paused.is_some() {
        let _ = writeln!(text, "  jobctl resume {job}");
    }
    text
}

//! Jobs in the text format of Prometheus, which is `OpenMetrics` too where it ends in `# EOF`.

use super::{Facts, Host, State};
use crate::history::Outcome;
use chrono::{DateTime, TimeDelta, Utc};
use std::fmt::Write;

/// A metric of each job.
struct Family {
    name: &'static str,
    help: &'static str,
    /// None where there is nothing to say of a job.
    value: fn(&Facts) -> Option<f64>,
}

/// Gauges, in the order in which they are written. `docs/jobctl.md` tells them.
const GAUGES: &[Family] = &[
    Family {
        name: "last_run_success",
        help: "Whether the last run that ended was a success",
        value: |facts| outcome(facts).map(|outcome| yes(outcome == Outcome::Success)),
    },
    Family {
        name: "last_run_start_timestamp_seconds",
        help: "When the last run that ended began",
        value: |facts| facts.last_run()?.start.map(timestamp),
    },
    Family {
        name: "last_run_end_timestamp_seconds",
        help: "When the last run ended",
        value: |facts| facts.last_run()?.end.as_ref().map(|end| timestamp(end.at)),
    },
    Family {
        name: "last_run_duration_seconds",
        help: "How long the last run took",
        value: |facts| facts.last_run()?.took().map(TimeDelta::as_seconds_f64),
    },
    Family {
        name: "failures_in_a_row",
        help: "Failures and timeouts since the last success",
        value: |facts| Some(f64::from(facts.recent.tally.failures_in_a_row)),
    },
    Family {
        name: "next_run_timestamp_seconds",
        help: "When the timer starts it next",
        value: |facts| facts.next().map(timestamp),
    },
    Family { name: "running", help: "Whether a run goes on", value: |facts| Some(yes(facts.running.is_some())) },
    Family { name: "paused", help: "Whether a marker pauses it", value: |facts| Some(yes(facts.pause.is_some())) },
    Family {
        name: "late",
        help: "Whether a start did not come in time, or a run takes longer than expected",
        value: |facts| Some(yes(facts.late.is_some())),
    },
    Family {
        name: "invalid",
        help: "Whether its file has an error, so that it cannot run",
        value: |facts| Some(yes(facts.state() == State::Invalid)),
    },
];

/// Everything, family by family, as the format wants it.
pub fn metrics(jobs: &[Facts], host: &Host) -> String {
    let mut out = String::new();
    let labels: Vec<String> = jobs.iter().map(|facts| format!("job=\"{}\"", escaped(facts.name.as_str()))).collect();
    for Family { name, help, value } in GAUGES {
        head(&mut out, name, help, "gauge");
        for (facts, job) in jobs.iter().zip(&labels) {
            if let Some(value) = value(facts) {
                let _ = writeln!(out, "{PREFIX}{name}{{{job}}} {value}");
            }
        }
    }
    head(&mut out, "last_run_outcome", "1 for how the last run ended", "gauge");
    for (facts, job) in jobs.iter().zip(&labels) {
        if let Some(outcome) = outcome(facts) {
            let _ = writeln!(out, "{PREFIX}last_run_outcome{{{job},outcome=\"{outcome}\"}} 1");
        }
    }
    head(&mut out, "runs", "Runs by their outcome, and skipped starts", "counter");
    for (facts, job) in jobs.iter().zip(&labels) {
        for (outcome, count) in facts.recent.tally.by_outcome() {
            let _ = writeln!(out, "{PREFIX}runs_total{{{job},outcome=\"{outcome}\"}} {count}");
        }
    }
    head(&mut out, "retries", "Attempts that failed and were tried again", "counter");
    for (facts, job) in jobs.iter().zip(&labels) {
        let _ = writeln!(out, "{PREFIX}retries_total{{{job}}} {}", facts.recent.tally.retries);
    }
    let _ = writeln!(out, "# HELP process_control_jobs Jobs by their state.\n# TYPE process_control_jobs gauge");
    for state in State::ALL {
        let count = jobs.iter().filter(|facts| facts.state() == state).count();
        let _ = writeln!(out, "process_control_jobs{{state=\"{state}\"}} {count}");
    }
    notices(&mut out, host);
    out + "# EOF\n"
}

/// What could not be delivered yet: nothing where who asks may not know. A moment and no age, as a file of metrics is
/// read long after it was written.
fn notices(out: &mut String, host: &Host) {
    let Some(waiting) = host.waiting else { return };
    let family = |out: &mut String, name: &str, help: &str| {
        let _ = writeln!(out, "# HELP {NOTICES}{name} {help}.\n# TYPE {NOTICES}{name} gauge");
    };
    family(out, "waiting", "Notices that could not be delivered yet");
    let _ = writeln!(out, "{NOTICES}waiting {}", waiting.count);
    family(out, "oldest_timestamp_seconds", "Since when the oldest of them waits");
    if let Some(oldest) = waiting.oldest {
        let _ = writeln!(out, "{NOTICES}oldest_timestamp_seconds {}", timestamp(oldest));
    }
}

const PREFIX: &str = "process_control_job_";
const NOTICES: &str = "process_control_notices_";

/// A counter's family has no `_total`, its samples do: that is `OpenMetrics`; the older format does not mind.
fn head(out: &mut String, name: &str, help: &str, kind: &str) {
    let _ = writeln!(out, "# HELP {PREFIX}{name} {help}.\n# TYPE {PREFIX}{name} {kind}");
}

fn outcome(facts: &Facts) -> Option<Outcome> {
    Some(facts.last_run()?.end.as_ref()?.outcome)
}

fn yes(is_so: bool) -> f64 {
    if is_so { 1.0 } else { 0.0 }
}

/// Seconds since the epoch.
fn timestamp(at: DateTime<Utc>) -> f64 {
    (at - DateTime::UNIX_EPOCH).as_seconds_f64()
}

/// A label's value: the three characters that would end it or its line.
fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n")
}

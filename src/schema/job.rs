//! The schema of a job file: what `job::Spec` reads.

use super::mapping::{is_true, of, of_names, of_table, with_all};
use super::moment;
use super::shape::Shape;
use super::text;
use crate::job::keys::JOB_KEYS;
use serde_json::{Value, json};

/// What starts a job: one of them. `at_boot` is one only when it is true.
const TIMINGS: [&str; 4] = ["schedule", "calendar", "every", "after_success"];
/// As in `values::count`.
const MOST_RUNS: u64 = 1_000_000;
/// What is longer is no span.
const MOST_MINUTES: u64 = 157_788_000;

/// A whole job file.
pub(super) fn file() -> Value {
    let mut schema = keys();
    schema["required"] = json!(["command"]);
    schema
}

/// Job keys, none of which must be there.
pub(super) fn keys() -> Value {
    let mut schema = of_table(JOB_KEYS, shape);
    schema["allOf"] = Value::Array(exclusions());
    schema
}

/// Keys of which one rules the other out.
fn exclusions() -> Vec<Value> {
    let not_both = |one: &str, other: &str| json!({ "not": { "required": [one, other] } });
    let mut all = vec![not_both("tag", "tags")];
    for (at, one) in TIMINGS.iter().enumerate() {
        all.extend(TIMINGS[at + 1..].iter().map(|other| not_both(one, other)));
        let at_boot = is_true();
        all.push(json!({ "not": { "required": ["at_boot", one], "properties": { "at_boot": at_boot } } }));
    }
    all
}

/// The shape of a key's value; none for a key that there is not.
pub(super) fn shape(key: &str) -> Option<Shape> {
    Some(match key {
        "name" => Shape::word(text::NOT_BLANK).or_nothing(),
        "description" => Shape::word("").or_nothing(),
        "command" => command().or_list(1),
        "slow_start_command" => command().or_list(1).or_nothing(),
        "slow_start" => Shape::new(with_all(&["until_successes"], [("until_successes", count(1))])),
        "schedule" => Shape::text(&moment::schedule()),
        "calendar" => Shape::text(&moment::calendar()),
        "every" => Shape::span().but(&text::zero_span()).but(text::BELOW_A_SECOND),
        "kill_grace" => Shape::span().but(text::BELOW_A_SECOND),
        "at_boot" | "no_network" | "read_only" | "private_tmp" => Shape::flag(),
        "after_success" | "conflicts" => Shape::text(text::JOB).or_list(1),
        "timezone" => Shape::text(text::ZONE),
        "random_delay" | "catch_up_max_age" | "late_after" | "expected_duration" | "retry_delay" | "retry_backoff"
        | "lock_wait" => Shape::span(),
        "catch_up" => Shape::one_of(&["none", "latest"]).told_by_default(),
        "disabled" => Shape::flag().or_nothing(),
        "allow_overtime" => Shape::flag().or(Shape::new(json!({ "type": "integer" }))).or_nothing(),
        "timeout" => timeout(),
        "environment" => Shape::new(of_names(text::VARIABLE, variable())).or_nothing(),
        "working_directory" => Shape::path(),
        "umask" => Shape::text(text::UMASK).or(Shape::number(0, 777)),
        "nice" => Shape::number(0, 19),
        "io_class" => Shape::one_of(&["best-effort", "idle"]),
        "memory_max" => memory(),
        "cpu_quota" => percent(),
        "tasks_max" => tasks(),
        "sandbox" => Shape::new(of(["new_privileges", "namespaces"].map(|key| (key, permission())))),
        "keep_logs" => count(1).or(Shape::span().but(&text::zero_span())),
        "success_exit_codes" => Shape::number(0, 255).or_list(0),
        // 0 is a success
        "unrecoverable_exit_codes" => Shape::number(1, 255).or_list(0),
        "retries" => Shape::number(0, 100),
        "pause_after_failures" => count(0),
        "lock_group" => Shape::text(text::NAME),
        "lock_group_size" => places(),
        "tag" | "tags" => Shape::word(text::NOT_BLANK).or_list(0).or_nothing(),
        "failmail" => Shape::new(of([
            ("from_address", Shape::text(text::MAIL_ADDRESS)),
            ("to_address", Shape::text(text::MAIL_ADDRESS)),
            ("smtp", Shape::text(text::MAIL_SERVER)),
        ])),
        "failure_threshold_for_mail" => count(1),
        "on_start" | "on_success" | "on_failure" | "on_recovery" | "on_skip" => hook().or_list(0),
        _ => return None,
    })
}

/// Minutes or a span, as for a job so for a ceiling.
pub(super) fn timeout() -> Shape {
    let minutes = json!({ "type": "number", "minimum": 0, "maximum": MOST_MINUTES });
    Shape::new(minutes).or(Shape::span()).or(Shape::text(text::MINUTES)).or_nothing()
}

/// An amount of memory.
pub(super) fn memory() -> Shape {
    Shape::text(text::MEMORY).or(Shape::new(json!({ "type": "integer", "minimum": 1 << 20 })))
}

/// A share of processor time.
pub(super) fn percent() -> Shape {
    Shape::text(text::PERCENT)
}

/// A number of tasks.
pub(super) fn tasks() -> Shape {
    Shape::number(1, 4_194_304)
}

/// How many may run at once.
pub(super) fn places() -> Shape {
    Shape::number(1, 1000)
}

fn count(least: u64) -> Shape {
    Shape::number(least, MOST_RUNS)
}

fn command() -> Shape {
    Shape::word(text::COMMAND)
}

fn permission() -> Shape {
    Shape::one_of(&["allowed", "denied"])
}

/// A job gets other values too, but in Python's notation, with a warning.
fn variable() -> Shape {
    Shape::word("^[^\\u0000]*$").or_nothing()
}

fn hook() -> Shape {
    let url = || Shape::text(text::URL);
    let method = Shape::one_of(&["POST", "GET"]);
    let mapping = |required, keys| Shape::new(with_all(&[required], keys));
    let ping = Shape::new(with_all(&["ping"], [("ping", url()), ("method", method)]));
    command().or(mapping("command", [("command", command())])).or(ping).or(mapping("webhook", [("webhook", url())]))
}

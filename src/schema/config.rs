//! The schema of the configuration: what `config::spec` reads.

use super::job;
use super::mapping::{is_true, of, of_names, of_table};
use super::shape::Shape;
use super::text;
use crate::config::CONFIG_KEYS;
use serde_json::{Value, json};

/// A whole configuration, which may also be nothing but comments.
pub(super) fn file() -> Value {
    let mut schema = of_table(CONFIG_KEYS, shape);
    schema["type"] = json!(["object", "null"]);
    schema["if"] = json!({ "required": ["user"], "properties": { "user": { "enum": [0, "0", "root"] } } });
    schema["then"] = json!({ "required": ["allow_root"], "properties": { "allow_root": is_true() } });
    schema
}

/// The shape of a key's value; none for a key that there is not.
pub(super) fn shape(key: &str) -> Option<Shape> {
    Some(match key {
        "job_directory" | "output_directory" | "run_directory" | "state_directory" | "pause_directory"
        | "notice_directory" | "metrics_file" | "sendmail" | "runner_path" => Shape::path(),
        "secrets" => Shape::new(of_names(text::NAME, secret())),
        "user" => {
            Shape::text(text::USER).told_by_default().or(Shape::number(0, u64::from(u32::MAX) - 1).but_not(65535))
        }
        "allow_root" => Shape::flag(),
        "default_job_config" => Shape::new(job::keys()).or_nothing(),
        "max_running" => job::places(),
        "max_running_by_tag" => Shape::new(of_names("", job::places())),
        "ceilings" => Shape::new(of([
            ("timeout", job::timeout()),
            ("memory_max", job::memory()),
            ("cpu_quota", job::percent()),
            ("tasks_max", job::tasks()),
        ])),
        "cron_template" | "output_crontab" | "logging" => Shape::new(json!({})),
        _ => return None,
    })
}

/// An address, and one place where the value is.
fn secret() -> Shape {
    let mut secret = of([
        ("url", Shape::text(text::URL).but(text::URL_OF_NO_SECRET)),
        ("file", Shape::path()),
        ("credential", Shape::text(text::NAME)),
    ]);
    secret["oneOf"] = json!([{ "required": ["url", "file"] }, { "required": ["url", "credential"] }]);
    Shape::new(secret)
}

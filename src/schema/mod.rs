//! What a file may say, as a JSON schema (draft 7) for editors: made from the tables of keys, so that it tells what
//! the manual tells.
//!
//! Whatever the reader takes, the schema takes, as read by YAML 1.1 and by YAML 1.2: `yes` is a text to most editors.
//! But numbers that only YAML 1.1 knows, such as `1_000`, and some values of which the reader warns are refused; and a
//! job file that leaves `command` to the defaults of the configuration lacks it here. What no pattern can say, such as
//! a date that never comes, is left to `jobctl check`.

mod config;
mod job;
mod mapping;
mod moment;
mod shape;
mod text;

use serde_json::{Value, json};

/// A kind of file that has a schema.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Kind {
    /// A job file.
    #[default]
    Job,
    /// The configuration.
    Config,
}

impl Kind {
    /// Both.
    pub const ALL: [Kind; 2] = [Kind::Job, Kind::Config];

    /// As it stands on command lines, and in the name of its file.
    pub fn word(self) -> &'static str {
        match self {
            Kind::Job => "job",
            Kind::Config => "config",
        }
    }

    /// The name of the file that packages install below `/usr/share/process-control`.
    pub fn file(self) -> String {
        format!("{}.schema.json", self.word())
    }
}

/// The schema of a kind of file. Source: json-schema.org, draft 7, which yaml-language-server reads.
///
/// # Panics
///
/// If a key of the table has no shape; the tests would have seen it.
pub fn schema(kind: Kind) -> Value {
    let (title, mut schema) = match kind {
        Kind::Job => ("Job file of process-control", job::file()),
        Kind::Config => ("Configuration of process-control", config::file()),
    };
    schema["$schema"] = json!("http://json-schema.org/draft-07/schema#");
    schema["title"] = json!(title);
    schema
}

#[cfg(test)]
mod tests {
    use super::shape::Shape;
    use super::*;
    use crate::config::CONFIG_KEYS;
    use crate::job::keys::{JOB_KEYS, Key};

    #[test]
    fn every_key_of_the_tables_has_a_shape() {
        fn without(keys: &[Key], shape: impl Fn(&str) -> Option<Shape>) -> Vec<&str> {
            keys.iter().map(|key| key.name).filter(|name| shape(name).is_none()).collect()
        }
        assert_eq!(without(JOB_KEYS, job::shape), [""; 0]);
        assert_eq!(without(CONFIG_KEYS, config::shape), [""; 0]);
        for (kind, keys) in [(Kind::Job, JOB_KEYS), (Kind::Config, CONFIG_KEYS)] {
            let schema = schema(kind);
            let known = schema["properties"].as_object().unwrap();
            assert_eq!(known.len(), keys.len());
            assert_eq!(schema["additionalProperties"], false);
            for key in keys {
                assert!(known[key.name]["description"].as_str().unwrap().starts_with(key.meaning), "{}", key.name);
            }
        }
    }

    #[test]
    fn defaults_are_values_and_not_words_about_them() {
        let default = |kind, key: &str| schema(kind)["properties"][key].get("default").cloned();
        assert_eq!(default(Kind::Job, "at_boot"), Some(json!(false)));
        assert_eq!(default(Kind::Job, "retries"), Some(json!(0)));
        assert_eq!(default(Kind::Job, "random_delay"), Some(json!("0s")));
        assert_eq!(default(Kind::Job, "kill_grace"), Some(json!("30s")));
        assert_eq!(default(Kind::Job, "catch_up"), Some(json!("none")));
        assert_eq!(default(Kind::Job, "catch_up_max_age"), None);
        assert_eq!(default(Kind::Job, "pause_after_failures"), None);
        assert_eq!(default(Kind::Config, "runner_path"), Some(json!("/usr/bin/run-job")));
        assert_eq!(default(Kind::Config, "output_directory"), None);
    }
}

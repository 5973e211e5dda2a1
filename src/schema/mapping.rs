//! Mappings whose keys are known.

use super::shape::Shape;
use super::text;
use crate::job::keys::Key;
use serde_json::{Map, Value, json};

/// A mapping of the keys of a table, with what the table tells of each.
///
/// # Panics
///
/// If a key has no shape.
pub(super) fn of_table(keys: &[Key], shape: impl Fn(&str) -> Option<Shape>) -> Value {
    let told = keys.iter().map(|key| {
        let shape = shape(key.name).unwrap_or_else(|| panic!("{} has no shape", key.name));
        (key.name.to_owned(), shape.told(key))
    });
    mapping(&told.collect())
}

/// A mapping of these keys and no other.
pub(super) fn of<const N: usize>(keys: [(&str, Shape); N]) -> Value {
    mapping(&keys.into_iter().map(|(name, shape)| (name.to_owned(), shape.schema())).collect())
}

/// The same, with keys that must be there.
pub(super) fn with_all<const N: usize>(required: &[&str], keys: [(&str, Shape); N]) -> Value {
    let mut mapping = of(keys);
    mapping["required"] = json!(required);
    mapping
}

/// A mapping of names that fit a pattern, all with values of one shape.
pub(super) fn of_names(pattern: &str, value: Shape) -> Value {
    json!({ "type": "object", "propertyNames": { "pattern": pattern }, "additionalProperties": value.schema() })
}

fn mapping(properties: &Map<String, Value>) -> Value {
    json!({ "type": "object", "properties": properties, "additionalProperties": false })
}

/// What is true, by either YAML.
pub(super) fn is_true() -> Value {
    json!({ "anyOf": [{ "const": true }, { "enum": text::TRUE }] })
}

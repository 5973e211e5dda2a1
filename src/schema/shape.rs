//! The shape of one value, and which words of the tables are a default of that shape.

use super::text;
use crate::job::TimeSpan;
use crate::job::keys::Key;
use serde_json::{Value, json};

/// The schema of one value.
#[derive(Clone, Debug)]
pub(super) struct Shape {
    schema: Value,
    default: fn(&str) -> Option<Value>,
}

impl Shape {
    /// Whose default the tables tell in words alone.
    pub(super) fn new(schema: Value) -> Shape {
        Shape { schema, default: |_| None }
    }

    /// Text that fits a pattern.
    pub(super) fn text(pattern: &str) -> Shape {
        Shape::new(json!({ "type": "string", "pattern": pattern }))
    }

    /// Whatever is one word, also one that YAML takes for a number or a yes; as text it fits the pattern.
    pub(super) fn word(pattern: &str) -> Shape {
        Shape::new(json!({ "type": ["string", "number", "boolean"], "pattern": pattern }))
    }

    /// `true` or `false`, by YAML 1.1 too.
    pub(super) fn flag() -> Shape {
        Shape { schema: json!({ "type": ["boolean", "string"], "pattern": text::FLAG }), default: parsed::<bool> }
    }

    /// A whole number.
    pub(super) fn number(least: u64, most: u64) -> Shape {
        Shape { schema: json!({ "type": "integer", "minimum": least, "maximum": most }), default: parsed::<u64> }
    }

    /// A time span with its unit.
    pub(super) fn span() -> Shape {
        let default = |words: &str| {
            let words = if words == "0" { "0s" } else { words };
            TimeSpan::parse(words).map(|_| json!(words))
        };
        Shape { default, ..Shape::text(&text::span()) }
    }

    /// One of some words.
    pub(super) fn one_of(words: &[&str]) -> Shape {
        Shape::new(json!({ "enum": words }))
    }

    /// An absolute path.
    pub(super) fn path() -> Shape {
        let default = |words: &str| words.starts_with('/').then(|| json!(words));
        Shape { default, ..Shape::text(text::PATH) }
    }

    /// With a default that stands in the table as it would stand in the file.
    pub(super) fn told_by_default(self) -> Shape {
        Shape { default: |words| Some(json!(words)), ..self }
    }

    /// Without the texts that fit a pattern.
    pub(super) fn but(self, pattern: &str) -> Shape {
        self.without(json!({ "type": "string", "pattern": pattern }))
    }

    /// Without one number.
    pub(super) fn but_not(self, number: u64) -> Shape {
        self.without(json!({ "const": number }))
    }

    fn without(self, refused: Value) -> Shape {
        let mut schema = self.schema;
        match &mut schema["not"]["anyOf"] {
            Value::Array(all) => all.push(refused),
            none => *none = json!([refused]),
        }
        Shape { schema, ..self }
    }

    /// This or that.
    pub(super) fn or(self, other: Shape) -> Shape {
        let mut schema = self.schema;
        match schema.get_mut("anyOf") {
            Some(Value::Array(all)) => all.push(other.schema),
            _ => schema = json!({ "anyOf": [schema, other.schema] }),
        }
        Shape { schema, ..self }
    }

    /// This or nothing at all.
    pub(super) fn or_nothing(self) -> Shape {
        self.or(Shape::new(json!({ "type": "null" })))
    }

    /// This or a list of such, which may be empty if `least` is 0.
    pub(super) fn or_list(self, least: usize) -> Shape {
        let list = json!({ "type": "array", "items": self.schema, "minItems": least });
        self.or(Shape::new(list))
    }

    /// The schema alone.
    pub(super) fn schema(self) -> Value {
        self.schema
    }

    /// The schema of a key of a table, with what the table tells of it.
    pub(super) fn told(self, key: &Key) -> Value {
        let mut schema = self.schema;
        schema["description"] = json!(format!("{}.\n\nTakes: {}. Default: {}.", key.meaning, key.takes, key.default));
        if let Some(default) = (self.default)(key.default) {
            schema["default"] = default;
        }
        schema
    }
}

fn parsed<T: std::str::FromStr + Into<Value>>(words: &str) -> Option<Value> {
    words.parse::<T>().ok().map(Into::into)
}

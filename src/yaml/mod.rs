//! The one wrapper around the YAML crate: text in, a tree out in which every scalar is still text
//! and knows its place.
//!
//! No type is guessed here. The original's files are YAML 1.1 as `PyYAML` reads it, which no crate
//! reproduces, so [`scalar`] decides what a word means, value by value.

mod build;
pub mod python;
pub mod scalar;
mod syntax;

use crate::job::{Place, Problem};

pub use build::{MAX_DEPTH, MAX_NODES};
pub use scalar::{Meaning, Scalar, Style};

/// The largest job or configuration file that is read, in bytes.
pub const MAX_BYTES: usize = 64 * 1024;

/// What is said of a file without a value.
pub const EMPTY: &str = "the file is empty";

/// A value with its place in the file.
#[derive(Clone, Debug)]
pub struct Node {
    /// Where it stands.
    pub place: Place,
    /// What it is.
    pub value: Value,
}

/// The three shapes a value has.
#[derive(Clone, Debug)]
pub enum Value {
    /// Text, a number, a boolean, nothing: see [`Scalar::meaning`].
    Scalar(Scalar),
    /// A list.
    List(Vec<Node>),
    /// A mapping, in the order of the file, without duplicates.
    Map(Vec<Entry>),
}

/// One key of a mapping and its value.
#[derive(Clone, Debug)]
pub struct Entry {
    /// The key as text with its place.
    pub key: Scalar,
    /// Where the key stands.
    pub place: Place,
    /// The value.
    pub value: Node,
}

impl Node {
    /// The scalar, if it is one.
    pub fn scalar(&self) -> Option<&Scalar> {
        match &self.value {
            Value::Scalar(scalar) => Some(scalar),
            _ => None,
        }
    }

    /// The entries, if it is a mapping.
    pub fn map(&self) -> Option<&[Entry]> {
        match &self.value {
            Value::Map(entries) => Some(entries),
            _ => None,
        }
    }

    /// The value of `key`, if this is a mapping that has it.
    pub fn get(&self, key: &str) -> Option<&Node> {
        self.map()?.iter().find(|entry| entry.key.text == key).map(|entry| &entry.value)
    }

    /// What it is, in a word for messages.
    pub fn kind(&self) -> &'static str {
        match &self.value {
            Value::Scalar(scalar) => scalar.meaning().kind(),
            Value::List(_) => "a list",
            Value::Map(_) => "a mapping",
        }
    }
}

/// Reads one document.
///
/// # Errors
/// The first place at which the text is no YAML, or is more than we read: larger than
/// [`MAX_BYTES`], deeper than [`MAX_DEPTH`], or grown by aliases beyond [`MAX_NODES`].
pub fn parse(bytes: &[u8]) -> Result<Node, Problem> {
    if bytes.len() > MAX_BYTES {
        return Err(Problem::error(Place::default(), "", "the file is too large").allowed("64 KiB at the most"));
    }
    match std::str::from_utf8(bytes) {
        Ok(text) => build::document(text),
        Err(error) => {
            let valid = &bytes[..error.valid_up_to()];
            let line = valid.split(|byte| *byte == b'\n').count();
            let last = valid.rsplit(|byte| *byte == b'\n').next().unwrap_or_default();
            let column = String::from_utf8_lossy(last).chars().count() + 1;
            let place = Place { line, column, start: valid.len(), end: valid.len() + 1 };
            Err(Problem::error(place, "", "a byte that is not UTF-8").allowed("the file is UTF-8 text"))
        }
    }
}

/// Reads a value of a known shape, as in our own state files.
///
/// # Errors
/// A sentence that names line and column.
pub fn from_str<T: serde::de::DeserializeOwned>(text: &str) -> Result<T, String> {
    serde_yaml::from_str(text).map_err(|error| error.without_snippet().to_string())
}

/// Writes a value as YAML.
///
/// # Errors
/// Only for values that YAML cannot hold, of which we have none.
pub fn to_string<T: serde::Serialize>(value: &T) -> Result<String, String> {
    serde_yaml::to_string(value).map_err(|error| error.to_string())
}

//! The text of unit files, without knowledge of jobs. See systemd.syntax(7).
//!
//! A [`Value`] can only be made by a function that quotes for the place where it goes, so no text
//! that somebody else wrote can begin a line of its own.

mod name;
mod object_path;
mod quote;

pub use name::{UnitName, unescaped};
pub use object_path::object_path;
pub use quote::{Value, path};

use std::fmt;

const HEADER: &str = "# Made by process-control-generator: what is changed here is lost at the next reload.\n";

/// A unit file: sections with their settings, in order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct UnitFile {
    sections: Vec<Section>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Section {
    name: &'static str,
    settings: Vec<(&'static str, Value)>,
}

impl UnitFile {
    /// A file without sections.
    pub fn new() -> Self {
        UnitFile::default()
    }

    /// Begins a section; what is set next belongs to it.
    #[must_use]
    pub fn section(mut self, name: &'static str) -> Self {
        self.sections.push(Section { name, settings: Vec::new() });
        self
    }

    /// Adds a setting.
    #[must_use]
    pub fn set(mut self, key: &'static str, value: Value) -> Self {
        if let Some(section) = self.sections.last_mut() {
            section.settings.push((key, value));
        }
        self
    }

    /// Adds a setting if there is a value.
    #[must_use]
    pub fn set_some(self, key: &'static str, value: Option<Value>) -> Self {
        match value {
            Some(value) => self.set(key, value),
            None => self,
        }
    }

    /// Adds a setting once for each value.
    #[must_use]
    pub fn set_each(self, key: &'static str, values: impl IntoIterator<Item = Value>) -> Self {
        values.into_iter().fold(self, |unit, value| unit.set(key, value))
    }
}

impl UnitFile {
    /// The whole file; thousands are written while a boot waits.
    pub fn text(&self) -> String {
        let settings = || self.sections.iter().flat_map(|section| &section.settings);
        let length: usize = settings().map(|(key, value)| key.len() + value.as_str().len() + 2).sum();
        let mut text = String::with_capacity(HEADER.len() + self.sections.len() * 16 + length);
        text.push_str(HEADER);
        for section in &self.sections {
            text.extend(["\n[", section.name, "]\n"]);
            for (key, value) in &section.settings {
                text.extend([key, "=", value.as_str(), "\n"]);
            }
        }
        text
    }
}

impl fmt::Display for UnitFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text())
    }
}

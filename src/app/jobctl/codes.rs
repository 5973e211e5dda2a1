//! What became of several jobs, as one exit code. What becomes of one costs the others nothing.

use super::refusal::Refusal;
use super::say;
use crate::app::exit;
use std::collections::BTreeMap;
use std::fmt::Display;

/// The exit code of each that went wrong, by its name: that of the first decides, whenever it came.
#[derive(Debug, Default)]
pub(super) struct Codes(BTreeMap<String, u8>);

impl Codes {
    /// This one went wrong, as has been said. What is known later counts.
    pub(super) fn note(&mut self, name: impl Display, code: u8) {
        self.0.insert(name.to_string(), code);
    }

    /// Says why this one went wrong.
    pub(super) fn refuse(&mut self, name: impl Display, refusal: &Refusal) {
        say(&refusal.what);
        self.note(name, refusal.code);
    }

    /// The code of the first by name; 0 if none went wrong.
    pub(super) fn code(&self) -> u8 {
        self.0.values().next().copied().unwrap_or(exit::OK)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_by_name_decides() {
        let mut codes = Codes::default();
        assert_eq!(codes.code(), exit::OK);
        codes.note("b", exit::REFUSED);
        codes.note("a", exit::NO_JOB);
        assert_eq!(codes.code(), exit::NO_JOB);
        codes.note("a", exit::NOT_STARTED);
        assert_eq!(codes.code(), exit::NOT_STARTED, "the last word on it");
    }
}

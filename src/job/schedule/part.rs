//! A piece of a schedule's text that knows where it stands.

use std::ops::Range;

use super::error::{ScheduleError, ScheduleWarning};

#[derive(Clone, Copy, Debug)]
pub(super) struct Part<'a> {
    pub(super) text: &'a str,
    start: usize,
}

impl<'a> Part<'a> {
    pub(super) fn whole(text: &'a str) -> Self {
        Part { text, start: 0 }
    }

    pub(super) fn range(self) -> Range<usize> {
        self.start..self.start + self.text.len()
    }

    /// The bytes `range` of this part.
    pub(super) fn slice(self, range: Range<usize>) -> Self {
        Part { text: &self.text[range.clone()], start: self.start + range.start }
    }

    /// All pieces between `separator`s, empty ones too.
    pub(super) fn split(self, separator: char) -> impl Iterator<Item = Part<'a>> {
        let mut start = 0;
        self.text.split(separator).map(move |text| {
            let part = self.slice(start..start + text.len());
            start += text.len() + separator.len_utf8();
            part
        })
    }

    /// The pieces between blanks; never an empty one.
    pub(super) fn words(self) -> Vec<Part<'a>> {
        let mut words = Vec::new();
        let mut start = 0;
        for text in self.text.split([' ', '\t']) {
            if !text.is_empty() {
                words.push(self.slice(start..start + text.len()));
            }
            start += text.len() + 1;
        }
        words
    }

    /// What stands before and after the first `separator`.
    pub(super) fn split_once(self, separator: &str) -> Option<(Self, Self)> {
        let at = self.text.find(separator)?;
        Some((self.slice(0..at), self.slice(at + separator.len()..self.text.len())))
    }

    /// The first character that `unwanted` picks.
    pub(super) fn find(self, unwanted: impl Fn(char) -> bool) -> Option<Self> {
        self.text.char_indices().find(|&(_, c)| unwanted(c)).map(|(at, c)| self.slice(at..at + c.len_utf8()))
    }

    pub(super) fn is_number(self) -> bool {
        !self.text.is_empty() && self.text.bytes().all(|byte| byte.is_ascii_digit())
    }

    /// The number that [`is_number`](Part::is_number) saw; one too large for any field stays too large.
    pub(super) fn number(self) -> u32 {
        self.text.parse().unwrap_or(u32::MAX)
    }

    pub(super) fn error(self, what: impl Into<String>) -> ScheduleError {
        let found = (!self.text.is_empty()).then(|| self.text.to_owned());
        ScheduleError { what: what.into(), found, allowed: None, at: self.range() }
    }

    pub(super) fn warning(self, what: impl Into<String>, advice: impl Into<String>) -> ScheduleWarning {
        ScheduleWarning { what: what.into(), advice: Some(advice.into()), at: self.range() }
    }
}

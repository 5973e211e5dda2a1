//! The job name: safe in file names, unit names and on a terminal.

use std::fmt;

/// The name of a job: its file name without `.yaml`.
///
/// It holds no `/`, no backslash and no control character, does not begin with a dot, and is short
/// enough that every unit name made from it fits into the 255 bytes that systemd allows.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct JobName(String);

/// Why a text is no job name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NameError {
    /// Nothing stands before `.yaml`.
    Empty,
    /// It begins with a dot.
    LeadingDot,
    /// It holds a slash, a backslash, a control character or a character that is not printed.
    BadCharacter,
    /// Its unit name would be longer than systemd allows.
    TooLong,
}

impl fmt::Display for NameError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            NameError::Empty => "a job name has at least one character",
            NameError::LeadingDot => "a job name does not begin with a dot",
            NameError::BadCharacter => "a job name holds no slash, backslash or control character",
            NameError::TooLong => "the job name is too long for a unit name of 255 bytes",
        })
    }
}

impl std::error::Error for NameError {}

/// The longest unit name that systemd accepts (`UNIT_NAME_MAX` in systemd's source), and the longest of a file system (`NAME_MAX`).
const UNIT_NAME_MAX: usize = 255;
const LONGEST_PREFIX: &str = "job-slow-start@";
/// The folder of a unit's drop-ins.
const LONGEST_SUFFIX: &str = ".service.d";

impl JobName {
    /// Checks a name as it stands in a file name.
    pub fn new(text: &str) -> Result<Self, NameError> {
        if text.is_empty() {
            return Err(NameError::Empty);
        }
        if text.starts_with('.') {
            return Err(NameError::LeadingDot);
        }
        if text.chars().any(|c| matches!(c, '/' | '\\') || !is_printed(c)) {
            return Err(NameError::BadCharacter);
        }
        let name = JobName(text.to_owned());
        if LONGEST_PREFIX.len() + name.instance().len() + LONGEST_SUFFIX.len() > UNIT_NAME_MAX {
            return Err(NameError::TooLong);
        }
        Ok(name)
    }

    /// Checks a name as a person or a unit gives it: plain, or escaped as in a unit name.
    ///
    /// The two cannot be confused, because a job name holds no backslash.
    pub fn from_argument(text: &str) -> Result<Self, NameError> {
        match unescape(text) {
            Some(plain) => JobName::new(&plain),
            None => JobName::new(text),
        }
    }

    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The name as the instance part of a unit name.
    ///
    /// As `systemd-escape` does it, but a dash stays a dash: that tool turns `-` into `\x2d` only
    /// because `/` becomes `-`, and a job name has no `/`. So `nightly-report` is
    /// `job@nightly-report.service`, which can be typed, and the way back is still exact.
    pub fn instance(&self) -> String {
        use fmt::Write as _;
        self.0.bytes().fold(String::with_capacity(self.0.len()), |mut out, byte| {
            match byte {
                b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b':' | b'-' | b'_' | b'.' => out.push(byte.into()),
                _ => write!(out, "\\x{byte:02x}").expect("a String takes every write"),
            }
            out
        })
    }
}

impl fmt::Display for JobName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Control characters, line separators and the invisible ones that turn text around would let a
/// name pretend on a terminal to be another; and systemd does not load a unit that holds one of the
/// code points that Unicode keeps for no character.
pub(crate) fn is_printed(c: char) -> bool {
    // nearly every character
    if c.is_ascii() {
        return !c.is_ascii_control();
    }
    let is_noncharacter = matches!(c, '\u{fdd0}'..='\u{fdef}') || u32::from(c) & 0xfffe == 0xfffe;
    !c.is_control()
        && !is_noncharacter
        && !matches!(c, '\u{ad}' | '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}')
}

fn unescape(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text;
    rest.contains("\\x").then_some(())?;
    while let Some(at) = rest.find("\\x") {
        bytes.extend_from_slice(&rest.as_bytes()[..at]);
        bytes.push(u8::from_str_radix(rest.get(at + 2..at + 4)?, 16).ok()?);
        rest = &rest[at + 4..];
    }
    bytes.extend_from_slice(rest.as_bytes());
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dash_stays_and_the_rest_is_escaped_as_systemd_does() {
        let name = |text| JobName::new(text).map(|name| name.instance());
        assert_eq!(name("nightly-report"), Ok("nightly-report".into()));
        assert_eq!(name("a b;rm@x%i"), Ok("a\\x20b\\x3brm\\x40x\\x25i".into()));
        assert_eq!(name("päpste"), Ok("p\\xc3\\xa4pste".into()));
        assert_eq!(name("-x"), Ok("-x".into()));
    }

    #[test]
    fn the_way_back_is_exact() {
        for text in ["nightly-report", "a b;rm@x%i", "päpste", "-x", "x.yaml"] {
            let name = JobName::new(text).unwrap();
            assert_eq!(JobName::from_argument(&name.instance()), Ok(name));
        }
    }

    #[test]
    fn names_that_could_hurt_are_refused() {
        for (text, why) in [
            ("", NameError::Empty),
            (".hidden", NameError::LeadingDot),
            ("..", NameError::LeadingDot),
            ("a/b", NameError::BadCharacter),
            ("a\\b", NameError::BadCharacter),
            ("a\nb", NameError::BadCharacter),
            ("a\u{1b}[2J", NameError::BadCharacter),
            ("a\u{202e}b", NameError::BadCharacter),
            ("a\u{fffe}", NameError::BadCharacter),
        ] {
            assert_eq!(JobName::new(text), Err(why), "{text:?}");
        }
        assert!(JobName::new(&"x".repeat(230)).is_ok());
        assert_eq!(JobName::new(&"x".repeat(231)), Err(NameError::TooLong));
        assert_eq!(JobName::new(&"ä".repeat(40)), Err(NameError::TooLong));
        assert_eq!(JobName::from_argument("a\\x2fb"), Err(NameError::BadCharacter));
    }
}

//! The parser's complaints in the words of someone who edits a job file.

use super::MAX_DEPTH;
use super::build::offset;
use crate::job::{Place, Problem};
use serde_yaml::granit_parser::{ErrorKind, ScanError};

/// What is wrong, and what to do about it.
pub(super) fn problem(error: &ScanError, text: &str) -> Problem {
    let at = *error.marker();
    let start = offset(at);
    let place = Place { line: at.line(), column: at.col() + 1, start, end: start + 1 };
    let (what, allowed) = match error.kind() {
        ErrorKind::UnknownAnchor | ErrorKind::MissingAnchorOrAliasName => (
            "a value that begins with * is an alias for YAML, and there is no such anchor",
            "put the value in quotes, as in \"*/5 * * * *\"",
        ),
        ErrorKind::TabNotAllowed
        | ErrorKind::TabInBlockIndentation
        | ErrorKind::TabInIndentation
        | ErrorKind::TabInPlainScalar => {
            let place = first_tab(text, at.line()).unwrap_or(place);
            return Problem::error(place, "", "a tab in the indentation").allowed("indent with spaces");
        }
        ErrorKind::UnexpectedCharacter { character: '@' | '`' | '%' } => {
            ("a value cannot begin with this character", "put the value in quotes")
        }
        ErrorKind::UnexpectedCharacter { character } if character.is_control() => {
            ("a control character", "text, or an escape in double quotes as in \"\\t\"")
        }
        ErrorKind::UnclosedQuotedScalar => ("a quote is opened and not closed", "close it on the same line"),
        ErrorKind::RecursionLimitExceeded => {
            return Problem::error(place, "", "nested too deep").allowed(format!("{MAX_DEPTH} levels at the most"));
        }
        _ => match by_words(&error.info()) {
            Some(known) => known,
            None => return Problem::error(place, "", format!("not YAML: {}", error.info())),
        },
    };
    Problem::error(place, "", what).allowed(allowed)
}

/// What the parser has no kind of its own for.
fn by_words(info: &str) -> Option<(&'static str, &'static str)> {
    const KNOWN: &[(&str, (&str, &str))] = &[
        (
            "mapping values are not allowed",
            (
                "a colon and a blank make a key, and none can stand here",
                "a text with `: ` in it needs quotes; keys of one mapping begin in the same column",
            ),
        ),
        (
            "did not find expected key",
            ("this line fits to no line above it", "keys of one mapping begin in the same column"),
        ),
        ("simple key expected", ("a key without a colon", "a colon and a blank after the key, as in `name: Backup`")),
        (
            "illegal placement of ':'",
            ("a key where none can be", "close the `[` or `{` above, or put a text with `: ` in it in quotes"),
        ),
        (
            "invalid indentation in multiline quoted scalar",
            ("the quote of a line above is not closed", "close it where the text ends"),
        ),
        ("unclosed bracket", ("a bracket is opened and not closed", "close it, or put the text in quotes")),
    ];
    KNOWN.iter().find(|(words, _)| info.contains(words)).map(|(_, said)| *said)
}

/// The first tab in the indentation of this line or of one after it: the parser looks ahead and
/// names the place where it began to.
fn first_tab(text: &str, line: usize) -> Option<Place> {
    let mut start = 0;
    for (number, content) in (1..).zip(text.split_inclusive('\n')) {
        let indentation = content.len() - content.trim_start_matches([' ', '\t']).len();
        if let Some(tab) = content[..indentation].find('\t').filter(|_| number >= line) {
            let start = start + tab;
            return Some(Place { line: number, column: tab + 1, start, end: start + 1 });
        }
        start += content.len();
    }
    None
}

//! Patterns of texts, in the part of regular expressions that ECMAScript, with its flag `u`, and Python read alike.

use crate::job::span;

/// What YAML 1.1 takes for a yes or no and YAML 1.2 for text.
pub(super) const FLAG: &str = "^(?:yes|Yes|YES|no|No|NO|on|On|ON|off|Off|OFF)$";
/// What of it is true.
pub(super) const TRUE: &[&str] = &["yes", "Yes", "YES", "on", "On", "ON"];
/// Something to read.
pub(super) const NOT_BLANK: &str = "\\S";
/// Words of the POSIX shell in one line, of which the first is not empty.
pub(super) const COMMAND: &str = "^(?![ \\t]*(?:''|\"\")+(?:[ \\t]|$))[ \\t]*(?:(?!#)(?:[^ \\t\\r\\n\\u0000'\"\\\\]\
    |\\\\[^\\r\\n\\u0000]|'[^'\\r\\n\\u0000]*'|\"(?:[^\"\\\\\\r\\n\\u0000]|\\\\[^\\r\\n\\u0000])*\")+\
    (?:[ \\t]+|(?=\\\\?$)))+(?:#[^\\r\\n\\u0000]*)?\\\\?$";
/// A job name.
pub(super) const JOB: &str = "^[^./\\\\\\u0000-\\u001f\\u007f-\\u009f][^/\\\\\\u0000-\\u001f\\u007f-\\u009f]{0,231}$";
/// A name in the database of time zones.
pub(super) const ZONE: &str = "^[A-Za-z][A-Za-z0-9_+-]*(?:/[A-Za-z0-9_+-]+)*$";
/// The name of a group, a secret or a credential.
pub(super) const NAME: &str = "^[A-Za-z0-9_-]{1,64}$";
/// The name of a variable.
pub(super) const VARIABLE: &str = "^[^=\\u0000-\\u001f\\u007f-\\u009f]+$";
/// An absolute path without `.` and `..`.
pub(super) const PATH: &str =
    "^(?=/)(?!.*/\\.{1,2}(?:/|$))[^\\u0000-\\u001f\\u007f-\\u009f]*[^\\\\\\u0000-\\u001f\\u007f-\\u009f]$";
/// Octal digits.
pub(super) const UMASK: &str = "^0?[0-7]{1,3}$";
/// A number of minutes in quotes.
pub(super) const MINUTES: &str = "^\\s*(?:[0-9]+\\.?[0-9]*|\\.[0-9]+)\\s*$";
/// A million bytes or more.
pub(super) const MEMORY: &str = "^\\s*0*(?:[1-9][0-9]*[MGT]|(?:102[4-9]|10[3-9][0-9]|1[1-9][0-9]{2}|[2-9][0-9]{3}\
    |[1-9][0-9]{4,})K|104857[6-9]|10485[89][0-9]|1048[6-9][0-9]{2}|1049[0-9]{3}|10[5-9][0-9]{4}|1[1-9][0-9]{5}\
    |[2-9][0-9]{6}|[1-9][0-9]{7,})\\s*$";
/// 1% to 1000000%.
pub(super) const PERCENT: &str = "^\\s*0*(?:[1-9][0-9]{0,5}|1000000)%\\s*$";
/// An address of mail, which may have a name in front.
pub(super) const MAIL_ADDRESS: &str = "^(?:[^\\s\\u0000-\\u001f\\u007f-\\u009f]| )+$";
/// A host, perhaps with a port.
pub(super) const MAIL_SERVER: &str = "^[A-Za-z0-9.-]+(?::0*[1-9][0-9]{0,4})?$";
/// An address of the web.
pub(super) const URL: &str = "^(?!.*(?:\\.\\.|;|%2[eE]|%25))https?://[A-Za-z0-9.:\\[\\]-]+\
    (?:[/?][!$-;=?-\\[\\]-~]*)?$";
/// An address to which no secret goes: what can be read on the way, and what is no place.
pub(super) const URL_OF_NO_SECRET: &str = "\\?|[^/]$|^http://(?!(?:localhost|127\\.0\\.0\\.1)(?:[/:]|$)|\\[::1\\])";
/// A user by name or number.
pub(super) const USER: &str = "^(?:[A-Za-z_][A-Za-z0-9_-]{0,30}|[0-9]{1,10})$";
/// A span that is too short for systemd; nothing is not.
pub(super) const BELOW_A_SECOND: &str = "^\\s*(?![0.]*\\s*[a-z]+\\s*$)0*(?:[0-9]{0,3}(?:\\.[0-9]*)?\\s*(?:ms|msec)\
    |[0-9]{0,6}(?:\\.[0-9]*)?\\s*(?:us|usec)|\\.[0-9]+\\s*(?:s|sec|second|seconds))\\s*$";

/// A time span: numbers, each with a unit.
pub(super) fn span() -> String {
    spans("(?:[0-9]+(?:\\.[0-9]{0,9})?|\\.[0-9]{1,9})")
}

/// A time span of no length.
pub(super) fn zero_span() -> String {
    spans("(?:0+(?:\\.0*)?|\\.0+)")
}

fn spans(number: &str) -> String {
    let units: Vec<&str> = span::units().collect();
    format!("^\\s*(?:{number}\\s*(?:{})\\s*)+$", units.join("|"))
}

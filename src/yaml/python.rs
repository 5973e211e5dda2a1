//! What Python's `str()` makes of a YAML value: the text that reaches a job's environment.
//!
//! Source: the original casts environment values with `str(value)` (reference: key `environment`).

use std::fmt::Write as _;

use super::{Meaning, Node, Scalar, Value};

/// The text of a value, or nothing where `PyYAML` would have refused the file.
pub fn text(node: &Node) -> Option<String> {
    match &node.value {
        Value::Scalar(scalar) => scalar_text(scalar),
        _ => repr(node),
    }
}

/// The text of one word.
pub fn scalar_text(scalar: &Scalar) -> Option<String> {
    Some(match scalar.meaning() {
        Meaning::Null => "None".to_owned(),
        Meaning::Bool(true) => "True".to_owned(),
        Meaning::Bool(false) => "False".to_owned(),
        Meaning::Int(digits) => digits,
        Meaning::Float(value) => float(value),
        Meaning::Date(date) => date.format("%Y-%m-%d").to_string(),
        Meaning::Timestamp(moment, offset) => {
            let micros = if moment.and_utc().timestamp_subsec_micros() == 0 { "" } else { "%.6f" };
            let zone = offset.map(|minutes| {
                let sign = if minutes < 0 { '-' } else { '+' };
                format!("{sign}{:02}:{:02}", minutes.abs() / 60, minutes.abs() % 60)
            });
            moment.format(&format!("%Y-%m-%d %H:%M:%S{micros}")).to_string() + &zone.unwrap_or_default()
        }
        Meaning::Text => scalar.text.clone(),
        Meaning::Invalid => return None,
    })
}

/// `repr()`: as inside a list. A date has none here: its repr is a piece of Python.
fn repr(node: &Node) -> Option<String> {
    match &node.value {
        Value::Scalar(scalar) => match scalar.meaning() {
            Meaning::Text => Some(quoted(&scalar.text)),
            Meaning::Date(_) | Meaning::Timestamp(..) => None,
            _ => scalar_text(scalar),
        },
        Value::List(items) => Some(format!("[{}]", items.iter().map(repr).collect::<Option<Vec<_>>>()?.join(", "))),
        Value::Map(entries) => {
            let pairs = entries.iter().map(|entry| {
                let key = Node { place: entry.place, value: Value::Scalar(entry.key.clone()) };
                Some(format!("{}: {}", repr(&key)?, repr(&entry.value)?))
            });
            Some(format!("{{{}}}", pairs.collect::<Option<Vec<_>>>()?.join(", ")))
        }
    }
}

fn quoted(text: &str) -> String {
    let quote = if text.contains('\'') && !text.contains('"') { '"' } else { '\'' };
    let mut out = String::from(quote);
    for c in text.chars() {
        match c {
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            '\r' => out.push_str("\\r"),
            '\\' => out.push_str("\\\\"),
            c if c == quote => out.extend(['\\', c]),
            c if is_escaped(c) => {
                let code = u32::from(c);
                match code {
                    0..=0xff => write!(out, "\\x{code:02x}"),
                    0x100..=0xffff => write!(out, "\\u{code:04x}"),
                    _ => write!(out, "\\U{code:08x}"),
                }
                .expect("a String takes every write");
            }
            c => out.push(c),
        }
    }
    out.push(quote);
    out
}

/// What Python's `repr(str)` escapes: control and format characters, blanks other than the space,
/// private use. Code points that have no character yet are left as they are.
fn is_escaped(c: char) -> bool {
    c.is_control()
        || c.is_whitespace() && c != ' '
        || matches!(u32::from(c),
            0xad | 0x600..=0x605 | 0x61c | 0x6dd | 0x70f | 0x8e2 | 0x180e | 0x200b..=0x200f | 0x202a..=0x202e
            | 0x2060..=0x2064 | 0x2066..=0x206f | 0xe000..=0xf8ff | 0xfeff | 0xfff9..=0xfffb | 0xe0001
            | 0xe0020..=0xe007f | 0xf_0000..=0xf_fffd | 0x10_0000..=0x10_fffd)
}

/// Python's `repr(float)`: the shortest digits that read back, an exponent from 1e16 up and below
/// 1e-4, with at least two digits in it.
fn float(value: f64) -> String {
    if value.is_nan() {
        return "nan".to_owned();
    }
    if value.is_infinite() {
        return if value > 0.0 { "inf".to_owned() } else { "-inf".to_owned() };
    }
    let scientific = format!("{value:e}");
    let (mantissa, exponent) = scientific.split_once('e').expect("{:e} writes an e");
    let exponent: i32 = exponent.parse().expect("{:e} writes a whole exponent");
    if (-4..16).contains(&exponent) {
        let plain = format!("{value}");
        if plain.contains('.') { plain } else { plain + ".0" }
    } else {
        let sign = if exponent < 0 { '-' } else { '+' };
        format!("{mantissa}e{sign}{:02}", exponent.abs())
    }
}

//! What a word means in YAML 1.1, as `PyYAML`'s safe loader decides it.
//!
//! Source: the implicit resolvers of `PyYAML` 6 (`resolver.py`) and its constructors. A quoted word
//! is always text.

use chrono::{NaiveDate, NaiveDateTime};

/// A word of the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scalar {
    /// The text, escapes of quoted words already resolved.
    pub text: String,
    /// Whether its meaning may be anything but text.
    pub style: Style,
}

/// How a word was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    /// Without quotes.
    Plain,
    /// In quotes, as a block (`|`, `>`), or tagged `!!str`.
    Quoted,
}

/// The value of a word.
#[derive(Clone, Debug, PartialEq)]
pub enum Meaning {
    /// Nothing: `~`, `null`, or an empty value.
    Null,
    /// `yes`, `no`, `on`, `off`, `true`, `false`, each in three cases. Not `y` and `n`.
    Bool(bool),
    /// A whole number of any size, in decimal digits with a leading `-` if negative.
    Int(String),
    /// A number with a point. `1e3` is none: `PyYAML` wants the point and a sign in the exponent.
    Float(f64),
    /// A date.
    Date(NaiveDate),
    /// A date and time, with its offset from UTC in minutes if it names one.
    Timestamp(NaiveDateTime, Option<i32>),
    /// Anything else.
    Text,
    /// What `PyYAML` refuses or crashes on: `=`, a `<<` that is no key, a 13th month, `0b_`.
    Invalid,
}

impl Meaning {
    /// What it is, in a word for messages.
    pub fn kind(&self) -> &'static str {
        match self {
            Meaning::Null => "nothing",
            Meaning::Bool(_) => "a yes or no",
            Meaning::Int(_) | Meaning::Float(_) => "a number",
            Meaning::Date(_) | Meaning::Timestamp(..) => "a date",
            Meaning::Text => "text",
            Meaning::Invalid => "a word that YAML cannot read",
        }
    }
}

impl Scalar {
    /// What the word means.
    pub fn meaning(&self) -> Meaning {
        match self.style {
            Style::Quoted => Meaning::Text,
            Style::Plain => plain(&self.text),
        }
    }
}

fn plain(text: &str) -> Meaning {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => return Meaning::Null,
        "yes" | "Yes" | "YES" | "true" | "True" | "TRUE" | "on" | "On" | "ON" => return Meaning::Bool(true),
        "no" | "No" | "NO" | "false" | "False" | "FALSE" | "off" | "Off" | "OFF" => return Meaning::Bool(false),
        "=" | "<<" => return Meaning::Invalid,
        _ => {}
    }
    // most words of a job file end here: nothing else begins like this
    if !text.starts_with(['-', '+', '.', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9']) {
        return Meaning::Text;
    }
    float(text).or_else(|| int(text)).or_else(|| timestamp(text)).unwrap_or(Meaning::Text)
}

fn split_sign(text: &str) -> (bool, &str) {
    match text.as_bytes().first() {
        Some(b'-') => (true, &text[1..]),
        Some(b'+') => (false, &text[1..]),
        _ => (false, text),
    }
}

fn all(text: &str, allowed: impl Fn(u8) -> bool) -> bool {
    text.bytes().all(allowed)
}

fn digit_or_underscore(byte: u8) -> bool {
    byte.is_ascii_digit() || byte == b'_'
}

/// `[0-9][0-9_]*`
fn digits(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_digit()) && all(text, digit_or_underscore)
}

/// `[0-5]?[0-9]`
fn sixtieth(text: &str) -> bool {
    matches!(text.as_bytes(), [b'0'..=b'9'] | [b'0'..=b'5', b'0'..=b'9'])
}

fn int(text: &str) -> Option<Meaning> {
    let (negative, body) = split_sign(text);
    let without_marks = |text: &str| text.replace('_', "");
    let (base, number) = if let Some(bits) = body.strip_prefix("0b") {
        (!bits.is_empty() && all(bits, |b| matches!(b, b'0' | b'1' | b'_'))).then(|| (2, without_marks(bits)))?
    } else if let Some(hex) = body.strip_prefix("0x") {
        (!hex.is_empty() && all(hex, |b| b.is_ascii_hexdigit() || b == b'_')).then(|| (16, without_marks(hex)))?
    } else if body == "0" {
        (10, without_marks(body))
    } else if let Some(octal) = body.strip_prefix('0') {
        let octal = all(octal, |b| matches!(b, b'0'..=b'7' | b'_')).then(|| without_marks(octal))?;
        (8, if octal.is_empty() { "0".to_owned() } else { octal })
    } else if let Some((first, rest)) = body.split_once(':') {
        let parts: Vec<&str> = rest.split(':').collect();
        (digits(first) && parts.iter().all(|part| sixtieth(part))).then_some(())?;
        let hours = parts.iter().try_fold(without_marks(first).parse::<i128>().ok()?, |sum, part| {
            sum.checked_mul(60)?.checked_add(part.parse().ok()?)
        })?;
        (10, hours.to_string())
    } else {
        digits(body).then(|| (10, without_marks(body)))?
    };
    if number.is_empty() {
        return Some(Meaning::Invalid);
    }
    if number.len() > MAX_DIGITS {
        return Some(Meaning::Invalid);
    }
    let decimal = decimal(&number, base);
    Some(Meaning::Int(if negative && decimal != "0" { format!("-{decimal}") } else { decimal }))
}

/// Python reads and prints no longer number (`sys.int_info.default_max_str_digits`). The work below grows
/// with the square of the length, and a file can ask for it many times.
const MAX_DIGITS: usize = 4300;

const PLACE: u64 = 1_000_000_000;

/// A number in decimal digits.
fn decimal(number: &str, base: u32) -> String {
    if base == 10 {
        let digits = number.trim_start_matches('0');
        return if digits.is_empty() { "0" } else { digits }.to_owned();
    }
    // a place holds nine decimal digits, and takes seven digits of the other base at once
    let mut little_endian = vec![0_u64];
    let digits: Vec<u64> = number.chars().filter_map(|c| c.to_digit(base)).map(u64::from).collect();
    for some in digits.chunks(7) {
        let (scale, mut carry) = some.iter().fold((1, 0), |(scale, sum), digit| {
            let base = u64::from(base);
            (scale * base, sum * base + digit)
        });
        for place in &mut little_endian {
            let sum = *place * scale + carry;
            *place = sum % PLACE;
            carry = sum / PLACE;
        }
        if carry > 0 {
            little_endian.push(carry);
        }
    }
    let (last, rest) = little_endian.split_last().expect("there is a first place");
    rest.iter().rev().fold(last.to_string(), |text, place| format!("{text}{place:09}"))
}

fn float(text: &str) -> Option<Meaning> {
    let (negative, body) = split_sign(text);
    let signed = |value: f64| Some(Meaning::Float(if negative { -value } else { value }));
    match body {
        ".inf" | ".Inf" | ".INF" => return signed(f64::INFINITY),
        ".nan" | ".NaN" | ".NAN" if body.len() == text.len() => return Some(Meaning::Float(f64::NAN)),
        _ => {}
    }
    let (whole, after) = body.split_once('.')?;
    if let Some((first, rest)) = whole.split_once(':') {
        let parts: Vec<&str> = rest.split(':').collect();
        (digits(first) && parts.iter().all(|part| sixtieth(part)) && all(after, digit_or_underscore)).then_some(())?;
        let last = format!("{}.{after}", parts.last()?);
        let bare = |part: &str| part.replace('_', "").parse::<f64>().ok();
        let sum = parts[..parts.len() - 1].iter().try_fold(bare(first)?, |sum, part| Some(sum * 60.0 + bare(part)?))?;
        return signed(sum * 60.0 + bare(&last)?);
    }
    let (fraction, exponent) = match after.find(['e', 'E']) {
        Some(at) => (&after[..at], Some(&after[at + 1..])),
        None => (after, None),
    };
    if let Some(exponent) = exponent {
        let number = exponent.strip_prefix(['-', '+'])?;
        (!number.is_empty() && all(number, |b| b.is_ascii_digit())).then_some(())?;
    }
    let shape = if whole.is_empty() {
        // PyYAML takes no sign before a bare point
        body.len() == text.len() && digits(fraction)
    } else {
        digits(whole) && all(fraction, digit_or_underscore)
    };
    shape.then_some(())?;
    signed(body.replace('_', "").parse().ok()?)
}

fn timestamp(text: &str) -> Option<Meaning> {
    let (date, rest) = match text.find(['T', 't', ' ', '\t']) {
        Some(at) => (&text[..at], Some(&text[at..])),
        None => (text, None),
    };
    let parts: Vec<&str> = date.split('-').collect();
    let [year, month, day] = parts[..] else { return None };
    let number = |text: &str, widths: &[usize]| {
        (widths.contains(&text.len()) && all(text, |b| b.is_ascii_digit())).then(|| text.parse::<u32>().ok())?
    };
    let year = i32::try_from(number(year, &[4])?).ok()?;
    let widths: &[usize] = if rest.is_some() { &[1, 2] } else { &[2] };
    let date = NaiveDate::from_ymd_opt(year, number(month, widths)?, number(day, widths)?);
    // Python's first year is 1
    let date = date.filter(|_| year > 0);
    let Some(rest) = rest else {
        return Some(date.map_or(Meaning::Invalid, Meaning::Date));
    };
    let rest = match rest.strip_prefix(['T', 't']) {
        Some(rest) => rest,
        None => rest.trim_start_matches([' ', '\t']),
    };
    let zone_at = rest.find(['Z', '+', '-', ' ', '\t']).unwrap_or(rest.len());
    let (time, zone) = (&rest[..zone_at], rest[zone_at..].trim_start_matches([' ', '\t']));
    let (time, fraction) = time.split_once('.').unwrap_or((time, ""));
    let parts: Vec<&str> = time.split(':').collect();
    let [hour, minute, second] = parts[..] else { return None };
    let (hour, minute, second) = (number(hour, &[1, 2])?, number(minute, &[2])?, number(second, &[2])?);
    all(fraction, |b| b.is_ascii_digit()).then_some(())?;
    let micros = format!("{:0<6}", &fraction[..fraction.len().min(6)]).parse().ok()?;
    let offset = match zone.as_bytes() {
        [] if rest.len() == zone_at => None,
        [b'Z'] => Some(0),
        [sign @ (b'+' | b'-'), ..] => {
            let (hours, minutes) = zone[1..].split_once(':').unwrap_or((&zone[1..], "00"));
            let total = i32::try_from(number(hours, &[1, 2])? * 60 + number(minutes, &[2])?).ok()?;
            Some(if *sign == b'-' { -total } else { total })
        }
        _ => return None,
    };
    let possible = offset.is_none_or(|minutes: i32| minutes.abs() < 24 * 60);
    let moment = date.filter(|_| possible).and_then(|date| date.and_hms_micro_opt(hour, minute, second, micros));
    Some(moment.map_or(Meaning::Invalid, |moment| Meaning::Timestamp(moment, offset)))
}

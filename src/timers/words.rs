//! Words of a line, as systemd splits them: quotes of both kinds, escapes as in C, and specifiers.

use crate::unit::{UnitName, unescaped};

/// Splits a line.
///
/// # Errors
/// Why systemd would not take it either.
pub(super) fn split(line: &str) -> Result<Vec<String>, String> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut quote = None;
    let mut chars = line.chars().peekable();
    while let Some(c) = chars.next() {
        match (c, quote) {
            ('\\', _) => escaped(&mut chars, word.get_or_insert_default())?,
            (c, Some(open)) if c == open => quote = None,
            ('"' | '\'', None) => {
                quote = Some(c);
                word.get_or_insert_default();
            }
            (' ' | '\t' | '\n' | '\r', None) => words.extend(word.take()),
            (c, _) => word.get_or_insert_default().push(c),
        }
    }
    if quote.is_some() {
        return Err("a quote is opened and not closed".to_owned());
    }
    words.extend(word);
    Ok(words)
}

/// What a backslash and the next characters stand for.
fn escaped(chars: &mut std::iter::Peekable<std::str::Chars<'_>>, word: &mut String) -> Result<(), String> {
    let unknown = || "systemd knows no such escape with a backslash".to_owned();
    let c = chars.next().ok_or_else(unknown)?;
    let plain = match c {
        'a' => '\u{7}',
        'b' => '\u{8}',
        'f' => '\u{c}',
        'n' => '\n',
        'r' => '\r',
        't' => '\t',
        'v' => '\u{b}',
        's' => ' ',
        '\\' | '"' | '\'' => c,
        // a word of its own, so that it is none that separates commands
        ';' => {
            word.push_str("\\;");
            return Ok(());
        }
        'x' | 'u' | 'U' | '0'..='7' => {
            let (digits, radix) = match c {
                'x' => (2, 16),
                'u' => (4, 16),
                'U' => (8, 16),
                _ => (2, 8),
            };
            let mut text: String = if radix == 8 { c.to_string() } else { String::new() };
            for _ in 0..digits {
                text.extend(chars.next());
            }
            let value = u32::from_str_radix(&text, radix).ok().filter(|value| *value != 0).ok_or_else(unknown)?;
            // a single byte above 127 is no text
            let is_text = value < 128 || matches!(c, 'u' | 'U');
            char::from_u32(value).filter(|_| is_text).ok_or_else(unknown)?
        }
        _ => return Err(unknown()),
    };
    word.push(plain);
    Ok(())
}

/// The text with its specifiers filled in, as far as they are about the unit's own name.
///
/// # Errors
/// Which one is not.
pub(super) fn with_specifiers(text: &str, name: &str) -> Result<String, String> {
    let unit = UnitName::of(name);
    let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
    let last = unit.prefix().rsplit('-').next().unwrap_or_default();
    let plain = |part: &str, c: char| {
        unescaped(part).ok_or_else(|| format!("%{c} of {name} is no text in UTF-8; write its value"))
    };
    let mut out = String::new();
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        if c != '%' {
            out.push(c);
            continue;
        }
        match chars.next() {
            Some('%') | None => out.push('%'),
            Some('n') => out.push_str(name),
            Some('N') => out.push_str(stem),
            Some('p') => out.push_str(unit.prefix()),
            Some('i') => out.push_str(unit.instance()),
            Some('j') => out.push_str(last),
            Some('P') => out.push_str(&plain(unit.prefix(), 'P')?),
            Some('I') => out.push_str(&plain(unit.instance(), 'I')?),
            Some('J') => out.push_str(&plain(last, 'J')?),
            Some(other) => return Err(format!("what %{other} stands for is known to systemd alone; write its value")),
        }
    }
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_those_of_systemd() {
        for (line, expected) in [
            ("/bin/x a  b", &["/bin/x", "a", "b"][..]),
            ("x 'a b' \"c 'd'\" ''", &["x", "a b", "c 'd'", ""]),
            ("x a\"b c\"d", &["x", "ab cd"]),
            ("x \\x41\\102\\u00e4\\t\\\\\\s'\\n'", &["x", "AB\u{e4}\t\\ \n"]),
            ("x \\; y ; z", &["x", "\\;", "y", ";", "z"]),
            ("x a|b > c $D", &["x", "a|b", ">", "c", "$D"]),
        ] {
            assert_eq!(split(line).unwrap(), expected, "{line}");
        }
        for line in ["x 'a", "x \\", "x \\q", "x \\xg0", "x \\xff", "x \\000"] {
            assert!(split(line).is_err(), "{line}");
        }
    }

    #[test]
    fn specifiers_of_the_own_name_alone() {
        assert_eq!(with_specifiers("%n %N %p 100%%", "a.b.service").unwrap(), "a.b.service a.b a.b 100%");
        assert!(with_specifiers("%h/x", "a.service").unwrap_err().contains("%h"));
        assert!(with_specifiers("%I", r"a@\xff.service").unwrap_err().contains(r"%I of a@\xff.service"));
    }

    /// As systemd 252 and 257 echo them.
    #[test]
    fn specifiers_of_instances_and_of_names_with_escapes() {
        let all = "%n|%N|%p|%P|%i|%I|%j|%J";
        for (name, expected) in [
            (r"sp-ec@a-b\x2dc.service", r"sp-ec@a-b\x2dc.service|sp-ec@a-b\x2dc|sp-ec|sp/ec|a-b\x2dc|a/b-c|ec|ec"),
            (r"pl-ai\x2dn.service", r"pl-ai\x2dn.service|pl-ai\x2dn|pl-ai\x2dn|pl/ai-n|||ai\x2dn|ai-n"),
        ] {
            assert_eq!(with_specifiers(all, name).unwrap(), expected, "{name}");
        }
    }
}

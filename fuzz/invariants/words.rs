//! Reads words as systemd.syntax(7) and systemd.service(5) have it, written from the manual and not from our quoting.

/// What systemd would expand.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Expands {
    /// `%` alone.
    Specifiers,
    /// `%` and `$`.
    SpecifiersAndVariables,
}

/// Splits a line into words. Panics where a specifier or a variable would be expanded, or where the line is no list of
/// words.
pub(super) fn split(line: &str, expands: Expands) -> Vec<String> {
    let mut words = Vec::new();
    let mut rest = line.chars().peekable();
    loop {
        while rest.next_if(char::is_ascii_whitespace).is_some() {}
        if rest.peek().is_none() {
            return words;
        }
        let mut word = String::new();
        let mut bytes = Vec::new();
        let mut quote = None;
        while let Some(c) = rest.next() {
            match (c, quote) {
                ('\\', _) => bytes.extend(escape(&mut rest)),
                (c, Some(open)) if c == open => quote = None,
                ('"' | '\'', None) => quote = Some(c),
                (c, None) if c.is_ascii_whitespace() => break,
                ('%', _) => {
                    assert_eq!(rest.next(), Some('%'), "a specifier in {line:?}");
                    bytes.push(b'%');
                }
                ('$', _) if expands == Expands::SpecifiersAndVariables => {
                    assert_eq!(rest.next(), Some('$'), "a variable in {line:?}");
                    bytes.push(b'$');
                }
                (c, _) => bytes.extend(c.to_string().bytes()),
            }
        }
        assert_eq!(quote, None, "a quote that does not end in {line:?}");
        word.push_str(&String::from_utf8(bytes).expect("escapes make UTF-8"));
        words.push(word);
    }
}

fn escape(rest: &mut impl Iterator<Item = char>) -> Vec<u8> {
    let plain = match rest.next() {
        Some(c @ ('\\' | '"' | '\'')) => c,
        Some('n') => '\n',
        Some('r') => '\r',
        Some('t') => '\t',
        Some('s') => ' ',
        Some('x') => {
            let digits: String = rest.by_ref().take(2).collect();
            return vec![u8::from_str_radix(&digits, 16).expect("two digits")];
        }
        other => panic!("an escape that systemd does not know: {other:?}"),
    };
    plain.to_string().into_bytes()
}

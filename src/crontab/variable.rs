//! Lines that set a variable, by the rules of cron's own reader.

/// A variable that holds for the entries below it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Variable {
    /// The line that sets it, from 1.
    pub line: usize,
    /// Its name.
    pub name: String,
    /// Its value. cron knows no `$` in it, and nor do we.
    pub value: String,
}

/// Name and value, if the line sets a variable: `NAME = VALUE`, either of them in quotes of one kind or in none.
/// There are no escapes; without quotes blanks at the end do not count.
pub(super) fn parsed(line: &str) -> Option<(String, String)> {
    let (name, rest) = match quoted(line) {
        Some((name, rest)) if !name.contains('=') => (name, rest),
        Some(_) => return None,
        None => line.split_at(line.find(|c: char| c == '=' || c.is_ascii_whitespace())?),
    };
    let value = rest.trim_start().strip_prefix('=')?.trim_start();
    let value = match quoted(value) {
        Some((value, rest)) => rest.trim().is_empty().then_some(value)?,
        // a quote that is not closed
        None if value.starts_with(['"', '\'']) => return None,
        None => value.trim_end(),
    };
    (!name.is_empty()).then(|| (name.to_owned(), value.to_owned()))
}

/// What stands between the quotes with which a text begins, and what comes after them.
fn quoted(text: &str) -> Option<(&str, &str)> {
    let quote = text.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    text[1..].split_once(quote)
}

#[cfg(test)]
mod tests {
    use super::parsed;

    #[test]
    fn quotes_are_those_of_cron() {
        for (line, expected) in [
            ("PATH=/usr/bin:/bin", Some(("PATH", "/usr/bin:/bin"))),
            ("A = b c  ", Some(("A", "b c"))),
            ("A=\" b \"  ", Some(("A", " b "))),
            ("A='it is \"b\"'", Some(("A", "it is \"b\""))),
            ("\"A B\"='c'", Some(("A B", "c"))),
            ("A=b\"c\"", Some(("A", "b\"c\""))),
            ("A=$HOME/bin # x", Some(("A", "$HOME/bin # x"))),
            ("MAILTO=\"\"", Some(("MAILTO", ""))),
            ("MAILTO=", Some(("MAILTO", ""))),
            ("A='b' c", None),
            ("A=\"b", None),
            ("0 5 * * * A=b x", None),
            ("@daily A=b x", None),
            ("=x", None),
            ("A", None),
        ] {
            let expected = expected.map(|(name, value)| (name.to_owned(), value.to_owned()));
            assert_eq!(parsed(line), expected, "{line}");
        }
    }
}

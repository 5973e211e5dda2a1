//! Words as a shell reads them from a command line, and back.

/// A quote that was opened and not yet closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Quote {
    None,
    Single,
    Double,
}

/// A command line up to the cursor.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Line {
    /// Its words without their quotes; the last is the one at the cursor, and may be empty.
    pub words: Vec<String>,
    /// How much of the last word's value stands before the part that the shell replaces.
    pub kept: usize,
    /// The quote in which the cursor is.
    pub quote: Quote,
}

impl Line {
    /// Reads a line. The shell replaces what follows the last of these characters, or an opened quote.
    pub(super) fn read(line: &str, breaks: &str) -> Line {
        let mut words = Vec::new();
        let mut word: Option<String> = None;
        let mut kept = 0;
        let mut quote = Quote::None;
        let mut chars = line.chars().peekable();
        while let Some(c) = chars.next() {
            let is_mark = match (quote, c) {
                (Quote::None, ' ' | '\t' | '\n') => {
                    words.extend(word.take());
                    kept = 0;
                    continue;
                }
                (Quote::None, '\'') => turn(&mut quote, Quote::Single),
                (Quote::None, '"') => turn(&mut quote, Quote::Double),
                (Quote::Single, '\'') | (Quote::Double, '"') => turn(&mut quote, Quote::None),
                _ => false,
            };
            let word = word.get_or_insert_default();
            match (quote, c) {
                _ if is_mark => kept = word.len(),
                (Quote::None, '\\') => word.extend(chars.next()),
                (Quote::Double, '\\') => {
                    let next = chars.next_if(|next| "\"\\$`".contains(*next));
                    word.push(next.unwrap_or(c));
                }
                _ => {
                    word.push(c);
                    if quote == Quote::None && breaks.contains(c) {
                        kept = word.len();
                    }
                }
            }
        }
        words.push(word.unwrap_or_default());
        Line { words, kept, quote }
    }
}

fn turn(quote: &mut Quote, to: Quote) -> bool {
    *quote = to;
    true
}

/// One word without its quotes; the last of them may be open.
pub(super) fn unquoted(word: &str) -> String {
    Line::read(word, "").words.concat()
}

/// The text as it can stand there, up to the end of an open quote.
pub(super) fn quoted(text: &str, quote: Quote) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match quote {
            Quote::Single if c == '\'' => out.push_str("'\\'"),
            Quote::Double if "\"\\$`".contains(c) => out.push('\\'),
            Quote::None if c.is_ascii() && !c.is_ascii_alphanumeric() && !"%+,-./:=@_".contains(c) => out.push('\\'),
            _ => {}
        }
        out.push(c);
    }
    // readline closes the quote, but not where it takes the last character for the closing one
    match quote {
        Quote::Single if out.ends_with('\'') => out.push('\''),
        Quote::Double if out.ends_with('"') => out.push('"'),
        _ => {}
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    const BREAKS: &str = " \t\n\"'@><=;|&(:";

    #[test]
    fn lines_are_read_up_to_the_cursor() {
        for (line, words, kept, quote) in [
            ("jobctl", &["jobctl"][..], 0, Quote::None),
            ("jobctl ", &["jobctl", ""], 0, Quote::None),
            ("jobctl  sta", &["jobctl", "sta"], 0, Quote::None),
            (r"jobctl logs two\ wo", &["jobctl", "logs", "two wo"], 0, Quote::None),
            ("jobctl logs \"two wo", &["jobctl", "logs", "two wo"], 0, Quote::Double),
            ("jobctl logs 'it'\\''s", &["jobctl", "logs", "it's"], 3, Quote::Single),
            ("jobctl logs 'a\\", &["jobctl", "logs", "a\\"], 0, Quote::Single),
            (r#"jobctl logs "a\"b\c"#, &["jobctl", "logs", "a\"b\\c"], 0, Quote::Double),
            ("jobctl status --tag=fi", &["jobctl", "status", "--tag=fi"], 6, Quote::None),
            ("jobctl status --tag='fi ", &["jobctl", "status", "--tag=fi "], 6, Quote::Single),
            ("jobctl status a:b", &["jobctl", "status", "a:b"], 2, Quote::None),
            (r"jobctl status a\:b", &["jobctl", "status", "a:b"], 0, Quote::None),
            ("jobctl status '' x", &["jobctl", "status", "", "x"], 0, Quote::None),
            ("jobctl status \\", &["jobctl", "status", ""], 0, Quote::None),
        ] {
            let words = words.iter().map(ToString::to_string).collect();
            assert_eq!(Line::read(line, BREAKS), Line { words, kept, quote }, "{line}");
        }
    }

    #[test]
    fn what_is_quoted_is_read_as_it_was() {
        let closed = |text: &str, quote, mark: char| {
            let text = quoted(text, quote);
            if text.ends_with(mark) { format!("{mark}{text}") } else { format!("{mark}{text}{mark}") }
        };
        for text in
            ["nightly", "two words", "it's \"quoted\"", "its'", "$HOME;reboot", "[a-z]*", "#1", "päpste", "a\\b", "`x`"]
        {
            assert_eq!(unquoted(&quoted(text, Quote::None)), text);
            assert_eq!(unquoted(&closed(text, Quote::Single, '\'')), text);
            assert_eq!(unquoted(&closed(text, Quote::Double, '"')), text);
        }
    }
}

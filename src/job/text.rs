//! Text that people read, made safe to print.

use super::name::is_printed;

/// The longest title that is shown; a unit's description is one line on a terminal.
const MAX_LINE: usize = 200;

/// The text as one line without control characters or characters that turn text around: what may
/// go to a terminal, into a unit's description or into a mail header.
pub fn one_line(text: &str) -> String {
    let mut line = String::with_capacity(text.len().min(4 * MAX_LINE));
    let mut length = 0;
    let mut gap = false;
    for c in text.chars() {
        if c.is_whitespace() {
            gap = length > 0;
        } else if is_printed(c) {
            let wanted = [gap.then_some(' '), Some(c)];
            for c in wanted.into_iter().flatten().take(MAX_LINE - length) {
                line.push(c);
                length += 1;
            }
            gap = false;
        }
    }
    line
}

/// The text without control characters, tabs excepted: for lines that are shown as they are.
pub fn printable(text: &str) -> String {
    text.chars().filter(|c| *c == '\t' || is_printed(*c)).collect()
}

#[cfg(test)]
mod tests {
    use super::one_line;

    #[test]
    fn nothing_survives_for_which_systemd_refuses_a_unit() {
        assert_eq!(one_line("a\u{fffe}b\u{fdd0}c\u{10ffff}d\u{fffd}"), "abcd\u{fffd}");
    }

    #[test]
    fn no_control_character_survives() {
        assert_eq!(one_line("  two\nlines\tand \u{1b}[31mred\u{202e} \0"), "two lines and [31mred");
        assert_eq!(one_line(&"x".repeat(500)).len(), 200);
        assert_eq!(one_line(&format!("{} y", "x".repeat(199))), format!("{} ", "x".repeat(199)));
        assert_eq!(one_line(" \n "), "");
    }
}

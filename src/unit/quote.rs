//! Quoting: the only place that knows `%`, `$`, quotes and backslashes of unit files.

use std::borrow::Cow;
use std::fmt::{self, Write as _};
use std::path::{Path, PathBuf};

/// The right side of a setting: one line, quoted for its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Value(Cow<'static, str>);

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What systemd expands in a text.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Expands {
    /// `%` specifiers.
    Specifiers,
    /// `%` specifiers and `$` variables, as in command lines.
    SpecifiersAndVariables,
}

impl Value {
    /// What is written.
    pub(super) fn as_str(&self) -> &str {
        &self.0
    }

    /// A fixed word of ours, written as it is; `%i` keeps its meaning.
    pub fn fixed(text: &'static str) -> Self {
        Value(Cow::Borrowed(text))
    }

    /// A number.
    pub fn number(number: impl Into<u64>) -> Self {
        made(number.into().to_string())
    }

    /// A percentage.
    pub fn percent(percent: u32) -> Self {
        made(format!("{percent}%"))
    }

    /// A value whose own type has no character that systemd could take for anything else: a span,
    /// an amount of memory, a user. What has one all the same is escaped.
    pub fn plain(value: &impl fmt::Display) -> Self {
        made(expandable(&value.to_string(), Expands::Specifiers))
    }

    /// Text for people, as in `Description=`: one line, nothing expanded.
    pub fn text(text: &str) -> Self {
        let line = crate::job::text::one_line(text);
        // a backslash at the end would join the next line to this one
        made(expandable(line.trim_end_matches(['\\', ' ']), Expands::Specifiers))
    }

    /// One path that takes the whole line, as in `SourcePath=`.
    pub fn path(path: &Path) -> Self {
        made(expandable(&path.to_string_lossy(), Expands::Specifiers))
    }

    /// A path of a condition that holds when one of several does.
    pub fn alternative(path: &Path) -> Self {
        made(format!("|{}", expandable(&path.to_string_lossy(), Expands::Specifiers)))
    }

    /// Words of a setting that splits at blanks, as in `Environment=`.
    pub fn words<'a>(words: impl IntoIterator<Item = &'a str>) -> Self {
        made(join(words, Expands::Specifiers))
    }

    /// The name of a unit, already escaped as unit names are: settings that list units take a
    /// backslash as it is.
    pub fn unit(name: &str) -> Self {
        made(expandable(name, Expands::Specifiers))
    }

    /// A command line, as in `ExecStart=`; the program is an absolute path.
    pub fn command<'a>(words: impl IntoIterator<Item = &'a str>) -> Self {
        // in the program's own path, systemd takes a $ as it is
        let words = words.into_iter().enumerate().map(|(at, text)| match at {
            0 => word(text, Expands::Specifiers),
            _ => word(text, Expands::SpecifiersAndVariables),
        });
        made(words.collect::<Vec<_>>().join(" "))
    }

    /// A command line for a template: `option` is fixed text, in which `%i` keeps its meaning.
    pub fn template_command(program: &str, options: &'static str) -> Self {
        made(format!("{} {options}", word(program, Expands::Specifiers)))
    }
}

fn made(text: String) -> Value {
    Value(Cow::Owned(text))
}

fn join<'a>(words: impl IntoIterator<Item = &'a str>, expands: Expands) -> String {
    words.into_iter().map(|text| word(text, expands)).collect::<Vec<_>>().join(" ")
}

fn word(text: &str, expands: Expands) -> String {
    let bare = !text.is_empty()
        && text.bytes().all(|b| {
            b.is_ascii_alphanumeric() || matches!(b, b'/' | b'.' | b'_' | b'-' | b'=' | b':' | b'@' | b',' | b'+')
        });
    if bare {
        return text.to_owned();
    }
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            // no checked value has one; if it had, the escape keeps the line whole
            c if c.is_control() => c.to_string().bytes().for_each(|byte| {
                write!(out, "\\x{byte:02x}").expect("a String takes every write");
            }),
            c => out.push_str(&expandable(c.encode_utf8(&mut [0; 4]), expands)),
        }
    }
    out.push('"');
    out
}

fn expandable(text: &str, expands: Expands) -> String {
    // nearly every text
    if !text.bytes().any(|byte| matches!(byte, b'%' | b'$' | b'\n' | b'\r' | b'\0')) {
        return text.to_owned();
    }
    let out = text.replace('%', "%%");
    let out = if expands == Expands::SpecifiersAndVariables { out.replace('$', "$$") } else { out };
    // the last line of defence: a line break here would be a directive of somebody else's
    out.replace(['\n', '\r', '\0'], " ")
}

/// An absolute path without `.`, `..`, control characters or a trailing slash; nothing otherwise.
pub fn path(text: &str) -> Option<PathBuf> {
    let fits =
        text.starts_with('/') && text.len() < 4096 && !text.chars().any(char::is_control) && !text.ends_with('\\');
    let mut parts = text.split('/').filter(|part| !part.is_empty());
    (fits && parts.all(|part| !matches!(part, "." | ".."))).then(|| Path::new(text).components().collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_expanded_and_nothing_leaves_its_line() {
        assert_eq!(Value::text("50% of $HOME\nExecStart=/bin/sh \\").to_string(), "50%% of $HOME ExecStart=/bin/sh");
        assert_eq!(Value::text("a\\\n\\").to_string(), "a");
        assert_eq!(
            Value::command(["/usr/bin/run-job", "--job=a b;$x%i\"\\"]).to_string(),
            r#"/usr/bin/run-job "--job=a b;$$x%%i\"\\""#
        );
        assert_eq!(Value::command(["/a $b%", "$c d"]).to_string(), r#""/a $b%%" "$$c d""#);
        assert_eq!(Value::words(["A=$b c"]).to_string(), r#""A=$b c""#);
        assert_eq!(Value::words(["a\nb"]).to_string(), r#""a\x0ab""#);
        assert_eq!(Value::path(Path::new("/a b/%i")).to_string(), "/a b/%%i");
    }

    #[test]
    fn paths_are_absolute_and_plain() {
        assert_eq!(path("/a//b/"), Some(PathBuf::from("/a/b")));
        for text in ["", "a", "/a/../b", "/a\nb", "/a/.", "/a\\"] {
            assert_eq!(path(text), None, "{text:?}");
        }
    }
}

//! Text with faces → lines of roff, for the macros of man(7). Nothing that a writer of docs types means anything to
//! roff.

/// The face of a piece of text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Face {
    /// As most text is.
    Roman,
    /// What is typed as it stands.
    Bold,
    /// What stands for something else.
    Italic,
}

/// A piece of running text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Span {
    pub(crate) text: String,
    pub(crate) face: Face,
}

/// Running text.
pub(crate) type Text = Vec<Span>;

pub(crate) fn roman(text: impl Into<String>) -> Span {
    Span { text: text.into(), face: Face::Roman }
}

pub(crate) fn bold(text: impl Into<String>) -> Span {
    Span { text: text.into(), face: Face::Bold }
}

pub(crate) fn italic(text: impl Into<String>) -> Span {
    Span { text: text.into(), face: Face::Italic }
}

/// The text without its faces.
pub(crate) fn plain(text: &[Span]) -> String {
    text.iter().map(|span| span.text.as_str()).collect()
}

/// A page as it grows.
#[derive(Debug)]
pub(crate) struct Roff {
    lines: Vec<String>,
}

/// The signs of drawings, with what stands for them where a terminal has only ASCII.
const PLAINER: [(&str, char); 2] = [("u2588", '#'), ("u25AA", '*')];

impl Roff {
    /// A page with its head. Words stay whole, and lines are not stretched.
    pub(crate) fn new(name: &str, section: u8, date: &str) -> Roff {
        let (name, date) = (escaped(name), escaped(date));
        let source = escaped(concat!("process-control ", env!("CARGO_PKG_VERSION")));
        let head = format!(".TH {name} {section} \"{date}\" \"{source}\" \"process\\-control\"");
        let mut lines = vec![head, ".nh".to_owned(), ".ad l".to_owned()];
        lines.extend(PLAINER.map(|(sign, plainer)| format!(".fchar \\[{sign}] {plainer}")));
        Roff { lines }
    }

    pub(crate) fn section(&mut self, title: &str) {
        self.lines.push(format!(".SH \"{}\"", escaped(title)));
    }

    /// Whether the last line is a heading: what follows stands apart from it already.
    fn is_at_heading(&self) -> bool {
        self.lines.last().is_some_and(|line| line.starts_with(".SH ") || line.starts_with(".SS "))
    }

    pub(crate) fn subsection(&mut self, title: &str) {
        self.lines.push(format!(".SS \"{}\"", escaped(title)));
    }

    pub(crate) fn paragraph(&mut self, text: &[Span]) {
        if !self.is_at_heading() {
            self.lines.push(".PP".to_owned());
        }
        self.line(text);
    }

    /// A paragraph whose first line hangs out to the left.
    pub(crate) fn hanging(&mut self, text: &[Span]) {
        if !self.is_at_heading() {
            self.lines.push(".PP".to_owned());
        }
        self.lines.extend([".RS 4", ".ti -4"].map(ToOwned::to_owned));
        self.line(text);
        self.lines.push(".RE".to_owned());
    }

    /// A tag; what follows is its body, the first line without a paragraph of its own.
    pub(crate) fn tag(&mut self, tag: &[Span]) {
        self.lines.push(".TP".to_owned());
        self.line(tag);
    }

    /// A mark in the margin, and what stands beside it.
    pub(crate) fn item(&mut self, mark: &str, text: &[Span]) {
        let mark = if mark == "*" { "\\(bu".to_owned() } else { escaped(mark) };
        self.lines.push(format!(".IP {mark} 4"));
        self.line(text);
    }

    /// Everything until [`Roff::back`] belongs to the tag or item before.
    pub(crate) fn within(&mut self) {
        self.lines.push(".RS".to_owned());
    }

    pub(crate) fn back(&mut self) {
        self.lines.push(".RE".to_owned());
    }

    /// Lines that stay as they are.
    pub(crate) fn literal<'a>(&mut self, lines: impl IntoIterator<Item = &'a [Span]>, indent: usize) {
        if !self.is_at_heading() {
            self.lines.push(".sp".to_owned());
        }
        self.lines.extend([format!(".RS {indent}"), ".nf".to_owned()]);
        for line in lines {
            self.line(line);
        }
        self.lines.extend([".fi".to_owned(), ".RE".to_owned()]);
    }

    /// One line of text.
    pub(crate) fn line(&mut self, text: &[Span]) {
        let mut line = String::new();
        for span in text.iter().filter(|span| !span.text.is_empty()) {
            let text = escaped(&span.text);
            match span.face {
                Face::Roman => line.push_str(&text),
                Face::Bold => line.extend(["\\fB", &text, "\\fR"]),
                Face::Italic => line.extend(["\\fI", &text, "\\fR"]),
            }
        }
        // a control character is one at the start of a line only; an empty line of text is no paragraph
        if line.is_empty() || line.starts_with(['.', '\'', ' ']) {
            line.insert_str(0, "\\&");
        }
        self.lines.push(line);
    }

    pub(crate) fn finish(self) -> String {
        self.lines.join("\n") + "\n"
    }
}

/// Each character as itself: roff would make typographer's quotes, accents and hyphens of some.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\\' => out.push_str("\\e"),
            // for some, not every terminal has the glyph
            '-' | '─' => out.push_str("\\-"),
            '\'' => out.push_str("\\(aq"),
            '"' => out.push_str("\\(dq"),
            '`' | '└' => out.push_str("\\(ga"),
            '^' => out.push_str("\\(ha"),
            '~' => out.push_str("\\(ti"),
            '│' | '├' => out.push('|'),
            '…' => out.push_str("..."),
            '\u{a0}' => out.push_str("\\ "),
            '\n' | '\t' => out.push(' '),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(text: &[Span]) -> String {
        let mut roff = Roff { lines: Vec::new() };
        roff.line(text);
        roff.finish()
    }

    #[test]
    fn nothing_is_a_request_or_an_escape() {
        for (text, out) in [
            (".TH is text", "\\&.TH is text\n"),
            ("'x' is quoted", "\\(aqx\\(aq is quoted\n"),
            ("\\fB is text", "\\efB is text\n"),
            ("--tag=\"a b\"", "\\-\\-tag=\\(dqa b\\(dq\n"),
            ("~ ^ `", "\\(ti \\(ha \\(ga\n"),
            ("  indented", "\\&  indented\n"),
            ("a\n.b", "a .b\n"),
            ("", "\\&\n"),
        ] {
            assert_eq!(line(&[roman(text)]), out);
        }
        assert_eq!(line(&[bold(".x"), roman(" and "), italic("-y")]), "\\fB.x\\fR and \\fI\\-y\\fR\n");
    }
}

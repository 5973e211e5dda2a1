//! The text of a unit file and its drop-ins, by the rules of systemd.syntax(7).

use super::words::with_specifiers;

/// A file: the unit's own, or one of its drop-ins.
#[derive(Clone, Copy, Debug)]
pub struct Source<'a> {
    /// Its name, for people.
    pub label: &'a str,
    /// What it says.
    pub bytes: &'a [u8],
}

/// `KEY=VALUE` below `[SECTION]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Assignment {
    pub(super) section: String,
    pub(super) key: String,
    pub(super) value: String,
    /// `FILE:LINE`
    pub(super) at: String,
}

/// A unit: the assignments of its file and, after them, of its drop-ins.
#[derive(Clone, Debug, Default)]
pub(super) struct Unit {
    pub(super) assignments: Vec<Assignment>,
    /// The first file, for what is about none of its lines.
    pub(super) at: String,
}

impl Unit {
    pub(super) fn read(sources: &[Source<'_>]) -> Unit {
        let at = sources.first().map(|source| source.label.to_owned()).unwrap_or_default();
        let mut unit = Unit { assignments: Vec::new(), at };
        for source in sources {
            let mut section = String::new();
            for (number, line) in logical_lines(&String::from_utf8_lossy(source.bytes)) {
                if let Some(name) = line.strip_prefix('[').and_then(|line| line.strip_suffix(']')) {
                    name.clone_into(&mut section);
                } else if let Some((key, value)) = line.split_once('=') {
                    unit.assignments.push(Assignment {
                        section: section.clone(),
                        key: key.trim().to_owned(),
                        value: value.trim().to_owned(),
                        at: format!("{}:{number}", source.label),
                    });
                }
            }
        }
        unit
    }

    /// All values of a key that is a list: one without a value takes back those before it.
    pub(super) fn all(&self, section: &str, key: &str) -> Vec<&Assignment> {
        let mut all = Vec::new();
        for assignment in self.assignments.iter().filter(|it| it.section == section && it.key == key) {
            if assignment.value.is_empty() {
                all.clear();
            } else {
                all.push(assignment);
            }
        }
        all
    }

    /// The value of any other key: the last one counts.
    pub(super) fn last(&self, section: &str, key: &str) -> Option<&Assignment> {
        self.all(section, key).pop()
    }

    /// Whether the key says yes.
    pub(super) fn says_yes(&self, section: &str, key: &str) -> bool {
        self.last(section, key).is_some_and(|it| is_yes(&it.value))
    }
}

/// What systemd takes for yes.
pub(super) fn is_yes(word: &str) -> bool {
    ["1", "yes", "y", "true", "t", "on"].iter().any(|yes| yes.eq_ignore_ascii_case(word))
}

/// The service that a timer starts: the one that `Unit=` names, else that of its own name.
pub fn service_of(stem: &str, timer: &[Source<'_>]) -> String {
    let unit = Unit::read(timer);
    // where a specifier is not known there will be no file of the name, and that is said
    let named = |value: &str| with_specifiers(value, &timer_name(stem)).unwrap_or_else(|_| value.to_owned());
    unit.last("Timer", "Unit").map_or_else(|| format!("{stem}.service"), |it| named(&it.value))
}

/// The whole name of a timer.
pub(super) fn timer_name(stem: &str) -> String {
    format!("{stem}.timer")
}

/// Lines without comments, those that end in a backslash joined with the next; each with its number, from 1.
fn logical_lines(text: &str) -> Vec<(usize, String)> {
    let mut lines: Vec<(usize, String)> = Vec::new();
    let mut goes_on = false;
    for (number, line) in (1..).zip(text.lines()) {
        let trimmed = line.trim();
        if trimmed.starts_with(['#', ';']) {
            continue;
        }
        let (part, more) = match line.strip_suffix('\\') {
            Some(part) => (part, true),
            None => (line, false),
        };
        match lines.last_mut().filter(|_| goes_on) {
            Some((_, before)) => {
                before.push(' ');
                before.push_str(part);
            }
            None => lines.push((number, part.to_owned())),
        }
        goes_on = more;
    }
    lines
        .into_iter()
        .map(|(number, line)| (number, line.trim().to_owned()))
        .filter(|(_, line)| !line.is_empty())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_those_of_systemd() {
        let main =
            b"# a\n[Service]\nExecStart=/bin/x \\\n  # within\n  a \\\n\tb\n ; c\nA = b = c \nB=1\nB=\nB=2\n[X]\nA=9\n";
        let unit = Unit::read(&[
            Source { label: "x.service", bytes: main },
            Source { label: "x.service.d/o.conf", bytes: b"[Service]\nA=d\nExecStart=\nExecStart=/bin/y\n" },
        ]);
        let value = |key| unit.last("Service", key).map(|it| (it.value.as_str(), it.at.as_str()));
        assert_eq!(value("ExecStart"), Some(("/bin/y", "x.service.d/o.conf:4")));
        assert_eq!(value("A"), Some(("d", "x.service.d/o.conf:2")));
        assert_eq!(unit.all("Service", "A").len(), 2);
        assert_eq!(unit.all("Service", "B").len(), 1);
        assert_eq!(unit.assignments[0].value, "/bin/x    a  \tb");
        assert_eq!(unit.assignments[0].at, "x.service:3");
        assert_eq!(unit.assignments[1].value, "b = c");
    }

    #[test]
    fn a_timer_starts_the_service_of_its_name_or_another() {
        let of = |text: &str| service_of("x", &[Source { label: "x.timer", bytes: text.as_bytes() }]);
        assert_eq!(of("[Timer]\nOnCalendar=daily\n"), "x.service");
        assert_eq!(of("[Timer]\nUnit=y.service\n"), "y.service");
        assert_eq!(of("[Timer]\nUnit=y.service\nUnit=\n"), "x.service");
        let timer = [Source { label: "t", bytes: b"[Timer]\nUnit=a-%p@%i.service\n" }];
        assert_eq!(service_of("x@1", &timer), "a-x@1.service");
    }
}

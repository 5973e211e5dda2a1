//! One key of a file: its value read as a type, its problems collected where they stand.

use super::schedule::{ScheduleError, ScheduleWarning};
use super::span::{self, TimeSpan};
use super::{Place, Problem};
use crate::yaml::{Entry, Meaning, Node, Scalar, Style, Value};

/// A key with its value, and where to put what is wrong with it.
///
/// Every reader gives `None` after it has said why.
pub struct Field<'a> {
    /// The key as messages name it.
    pub key: &'a str,
    /// Its value.
    pub node: &'a Node,
    /// Where problems go.
    pub problems: &'a mut Vec<Problem>,
}

/// The value of a key `timeout`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Timeout {
    /// 0: as long as it takes.
    Unlimited,
    /// So long.
    After(TimeSpan),
}

impl Timeout {
    /// The span, if there is one.
    pub fn span(self) -> Option<TimeSpan> {
        match self {
            Timeout::Unlimited => None,
            Timeout::After(span) => Some(span),
        }
    }
}

/// The longest piece of a file that a message quotes.
const MAX_FOUND: usize = 60;

impl Field<'_> {
    /// Says what is wrong with the value, and what is allowed.
    pub fn refuse<T>(&mut self, what: impl Into<String>, allowed: impl Into<String>) -> Option<T> {
        let problem = Problem::error(self.node.place, self.key, what).allowed(allowed);
        self.problems.push(with_found(problem, self.node));
        None
    }

    /// Says what the author should look at.
    pub fn warn(&mut self, what: impl Into<String>, allowed: impl Into<String>) {
        let problem = Problem::warning(self.node.place, self.key, what).allowed(allowed);
        self.problems.push(with_found(problem, self.node));
    }

    /// Says what nobody can have meant, though the job runs.
    pub fn mistake(&mut self, what: impl Into<String>, allowed: impl Into<String>) {
        let problem = Problem::mistake(self.node.place, self.key, what).allowed(allowed);
        self.problems.push(with_found(problem, self.node));
    }

    /// Reads the keys of a mapping, each as `KEY/NAME`. `read` gives nothing for a key that it does not know: then what
    /// `unknown` makes of its place is said.
    pub fn keys(
        &mut self,
        allowed: &str,
        unknown: impl Fn(Place) -> Problem,
        mut read: impl FnMut(&str, &mut Field<'_>) -> Option<()>,
    ) {
        let Some(entries) = self.node.map() else {
            return self.refuse("this is no mapping", allowed).unwrap_or_default();
        };
        for Entry { key, place, value } in entries {
            let name = format!("{}/{}", self.key, key.text);
            let inner = &mut Field { key: &name, node: value, problems: self.problems };
            if read(&key.text, inner).is_none() {
                self.problems.push(unknown(*place).found(&*key.text).allowed(allowed));
            }
        }
    }

    fn wrong_kind<T>(&mut self, allowed: &str) -> Option<T> {
        self.refuse(format!("this is {}", self.node.kind()), allowed)
    }

    /// A word, whatever it means, as Python's `str()` has it; but not nothing at all.
    pub fn word(&mut self) -> Option<String> {
        let said = self.node.scalar().filter(|scalar| scalar.meaning() != Meaning::Null);
        said.and_then(crate::yaml::python::scalar_text).or_else(|| self.wrong_kind("one text"))
    }

    /// Text, not a word that YAML takes for something else.
    pub fn text(&mut self) -> Option<&str> {
        match self.node.scalar() {
            Some(scalar) if scalar.meaning() == Meaning::Text => Some(&scalar.text),
            Some(_) => self.wrong_kind("text; put it in quotes"),
            None => self.wrong_kind("one text"),
        }
    }

    /// `true` or `false`.
    pub fn flag(&mut self) -> Option<bool> {
        match self.node.scalar().map(Scalar::meaning) {
            Some(Meaning::Bool(value)) => Some(value),
            _ => self.wrong_kind("true or false, without quotes"),
        }
    }

    /// A whole number within bounds.
    pub fn number(&mut self, least: u64, most: u64) -> Option<u64> {
        let number = match self.node.scalar().map(Scalar::meaning) {
            Some(Meaning::Int(digits)) => digits.parse().ok().filter(|number| (least..=most).contains(number)),
            _ => None,
        };
        number.or_else(|| self.refuse("this is no number in range", format!("a whole number from {least} to {most}")))
    }

    /// A span of time with its unit.
    pub fn span(&mut self) -> Option<TimeSpan> {
        let span = self.node.scalar().and_then(|scalar| TimeSpan::parse(&scalar.text));
        match span {
            Some(span) => Some(span),
            None => self.refuse("this is no time span", span::ALLOWED),
        }
    }

    /// A span of time, where a bare number is minutes, as in the original, and 0 is no limit.
    pub fn minutes(&mut self) -> Option<Timeout> {
        let allowed = "minutes, as in 10 or 0.5, or a span, as in 90s or 2h; 0 for no limit";
        let Some(scalar) = self.node.scalar() else { return self.wrong_kind(allowed) };
        let minutes = match scalar.meaning() {
            Meaning::Int(digits) => digits.parse().ok(),
            Meaning::Float(value) => Some(value),
            Meaning::Null => Some(0.0),
            // a quoted number crashed the original; there is only one thing that it can mean
            Meaning::Text if scalar.style == Style::Quoted => scalar.text.trim().parse().ok(),
            _ => None,
        };
        let span = match minutes {
            Some(minutes) => TimeSpan::from_minutes(minutes),
            None => TimeSpan::parse(&scalar.text),
        };
        if scalar.style == Style::Plain && scalar.text.contains(':') && span.is_some() {
            let what = "YAML 1.1 reads this as a number to the base of 60";
            self.warn(what, "write the minutes, or a span as in 90s");
        }
        match span {
            Some(span) if span.is_zero() => Some(Timeout::Unlimited),
            Some(span) => Some(Timeout::After(span)),
            None => self.refuse("this is no length of time", allowed),
        }
    }

    /// One text or a list of them; `read` makes each certain.
    pub fn one_or_many<T>(&mut self, mut read: impl FnMut(&mut Field) -> Option<T>) -> Option<Vec<T>> {
        let Value::List(items) = &self.node.value else { return Some(vec![read(self)?]) };
        let all: Vec<Option<T>> =
            items.iter().map(|node| read(&mut Field { key: self.key, node, problems: self.problems })).collect();
        all.into_iter().collect()
    }

    /// Says what is wrong with a schedule, at the very field of it.
    pub fn refuse_schedule<T>(&mut self, error: ScheduleError) -> Option<T> {
        let place = inside(self.node, &error.at);
        self.problems.push(Problem {
            found: error.found,
            allowed: error.allowed,
            ..Problem::error(place, self.key, error.what)
        });
        None
    }

    /// Says what the author of a schedule may not have meant.
    pub fn warn_schedule(&mut self, warning: ScheduleWarning) {
        let place = inside(self.node, &warning.at);
        self.problems.push(Problem { allowed: warning.advice, ..Problem::warning(place, self.key, warning.what) });
    }
}

fn with_found(problem: Problem, node: &Node) -> Problem {
    match node.scalar() {
        Some(scalar) if !scalar.text.is_empty() => {
            problem.found(scalar.text.chars().take(MAX_FOUND).collect::<String>())
        }
        _ => problem,
    }
}

/// The place of a part of a word. Where escapes make file and value differ, the whole word.
fn inside(node: &Node, part: &std::ops::Range<usize>) -> Place {
    let whole = node.place;
    let Some(scalar) = node.scalar() else { return whole };
    let quotes = (whole.end - whole.start).saturating_sub(scalar.text.len());
    let exact = quotes == if scalar.style == Style::Quoted { 2 } else { 0 };
    let (Some(before), true) = (scalar.text.get(..part.start), exact) else { return whole };
    Place {
        line: whole.line,
        column: whole.column + quotes / 2 + before.chars().count(),
        start: whole.start + quotes / 2 + part.start,
        end: whole.start + quotes / 2 + part.end,
    }
}

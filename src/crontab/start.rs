//! What of a command starts jobs, by `run-job`: all of it, or a part of something else.

use super::leftover::Ours;
use crate::config::VARIABLE;
use crate::history::Command;
use crate::job::JobName;

/// The start of a job in a command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Start {
    pub(super) job: JobName,
    pub(super) command: Command,
    pub(super) extent: Extent,
}

/// Whether a command does anything besides.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Extent {
    /// It starts the job, with its output wherever it goes.
    Whole,
    /// It does something else too, or decides whether the job starts at all.
    Part,
}

/// A piece of a command, as a shell takes it apart.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Token {
    Word(String),
    /// `;`, `&&`, `|`, `(` and the like, also a line break.
    Control,
    /// `>`, `2>&1` and the like: the next word is where to.
    Redirect,
}

/// What may stand before `run-job`, and decides nothing.
const BEFORE: &[&str] = &["env", "nice", "ionice", "exec"];
/// A text in quotes may be a command itself, which may have such a text again.
const DEEPEST: usize = 3;

/// The jobs that a command starts. What goes by another configuration starts none of ours.
pub(super) fn starts(command: &str, ours: Ours<'_>) -> Vec<Start> {
    of_text(command, ours, DEEPEST)
}

fn of_text(command: &str, ours: Ours<'_>, depth: usize) -> Vec<Start> {
    let tokens = tokens(command);
    let segments: Vec<Vec<&str>> = tokens.split(|token| *token == Token::Control).map(words).collect();
    let is_single = segments.len() == 1;
    let mut found = Vec::new();
    for words in segments {
        if let Some(start) = of_words(&words, ours) {
            found.push(start);
            continue;
        }
        // sh -c '…', su -c "…"
        let quoted = words.iter().filter(|word| word.contains(char::is_whitespace) && depth > 0);
        let inner = quoted.flat_map(|text| of_text(text, ours, depth - 1));
        found.extend(inner.map(|start| Start { extent: Extent::Part, ..start }));
    }
    if !is_single {
        for start in &mut found {
            start.extent = Extent::Part;
        }
    }
    found
}

/// The words of a simple command, without where its output goes.
fn words(tokens: &[Token]) -> Vec<&str> {
    let mut words = Vec::new();
    let mut tokens = tokens.iter();
    while let Some(token) = tokens.next() {
        match token {
            Token::Word(word) => words.push(word.as_str()),
            Token::Redirect | Token::Control => drop(tokens.next()),
        }
    }
    words
}

fn of_words(words: &[&str], ours: Ours<'_>) -> Option<Start> {
    let is_runner = |word: &&str| *word == ours.runner || word.rsplit('/').next() == Some("run-job");
    let at = words.iter().position(is_runner)?;
    let (before, after) = (&words[..at], &words[at + 1..]);
    let configuration = before.iter().rev().find_map(|word| word.strip_prefix(VARIABLE)?.strip_prefix('='));
    if configuration.is_some_and(|path| !ours.is_configured_by(path)) {
        return None;
    }
    let (mut job, mut command, mut extent) = (None, Command::Normal, extent_of(before));
    let mut arguments = after.iter();
    while let Some(word) = arguments.next() {
        match option(word) {
            Argument::SlowStart => command = Command::SlowStart,
            Argument::Job(None) => job = arguments.next().copied(),
            Argument::Job(given) => job = given,
            Argument::Other => extent = Extent::Part,
        }
    }
    Some(Start { job: JobName::from_argument(job?).ok()?, command, extent })
}

/// Whether what stands before `run-job` only sets how it runs.
fn extent_of(before: &[&str]) -> Extent {
    let base = |word: &str| word.rsplit('/').next().unwrap_or_default().to_owned();
    let is_number = |word: &str| !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_digit());
    let fits = |word: &&str| {
        BEFORE.contains(&base(word).as_str())
            || word.starts_with('-') && word.len() > 1
            || is_number(word)
            || word.split_once('=').is_some_and(|(name, _)| !name.contains('/') && !name.is_empty())
    };
    if before.iter().all(fits) { Extent::Whole } else { Extent::Part }
}

enum Argument<'a> {
    SlowStart,
    /// The job, if it is in the same word.
    Job(Option<&'a str>),
    Other,
}

/// Long options may be cut, as the original allowed.
fn option(word: &str) -> Argument<'_> {
    let (name, value) = word.split_once('=').map_or((word, None), |(name, value)| (name, Some(value)));
    match name {
        "-w" => Argument::SlowStart,
        "-j" => Argument::Job(value),
        long if long.len() > 3 && "--slow-start".starts_with(long) => Argument::SlowStart,
        long if long.len() > 2 && "--job".starts_with(long) => Argument::Job(value),
        option if option.starts_with("-j") => Argument::Job(Some(&word[2..])),
        option if option.starts_with('-') => Argument::Other,
        _ => Argument::Job(Some(word)),
    }
}

fn tokens(command: &str) -> Vec<Token> {
    let mut tokens = Vec::new();
    let mut word: Option<String> = None;
    let mut chars = command.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '\'' => {
                let word = word.get_or_insert_default();
                word.extend(chars.by_ref().take_while(|c| *c != '\''));
            }
            '"' => {
                let word = word.get_or_insert_default();
                while let Some(c) = chars.next().filter(|c| *c != '"') {
                    let escaped = (c == '\\').then(|| chars.next_if(|c| matches!(c, '"' | '\\' | '$' | '`'))).flatten();
                    word.push(escaped.unwrap_or(c));
                }
            }
            '\\' => word.get_or_insert_default().extend(chars.next()),
            '>' | '<' => {
                // the number of a descriptor belongs to it
                let is_number = word.as_ref().is_some_and(|word| word.bytes().all(|byte| byte.is_ascii_digit()));
                tokens.extend(word.take().filter(|_| !is_number).map(Token::Word));
                while chars.next_if(|c| matches!(c, '>' | '<' | '&' | '|')).is_some() {}
                tokens.push(Token::Redirect);
            }
            '&' if chars.peek() == Some(&'>') => {
                tokens.extend(word.take().map(Token::Word));
            }
            '#' if word.is_none() => while chars.next_if(|c| *c != '\n').is_some() {},
            ';' | '&' | '|' | '(' | ')' | '\n' | '`' => {
                tokens.extend(word.take().map(Token::Word));
                tokens.push(Token::Control);
            }
            blank if blank.is_whitespace() => tokens.extend(word.take().map(Token::Word)),
            other => word.get_or_insert_default().push(other),
        }
    }
    tokens.extend(word.map(Token::Word));
    tokens
}

#[cfg(test)]
mod tests {
    use super::{Extent, Ours, starts};
    use crate::history::Command;

    const OURS: Ours<'_> = Ours { runner: "/opt/start", user: "u", configuration: Some("/our own") };

    fn shown(command: &str) -> String {
        let found = starts(command, OURS).into_iter().map(|start| {
            let pace = if start.command == Command::SlowStart { " slowly" } else { "" };
            let extent = if start.extent == Extent::Part { " and more" } else { "" };
            format!("{}{pace}{extent}", start.job)
        });
        found.collect::<Vec<_>>().join(", ")
    }

    #[test]
    fn a_job_is_found_however_it_is_started() {
        for (command, job) in [
            ("/usr/bin/run-job --job a", "a"),
            ("/usr/bin/run-job -j a > /dev/null", "a"),
            ("run-job -j a>/dev/null 2>&1", "a"),
            ("run-job -j a &>/dev/null", "a"),
            ("run-job --slow-start 'a b'", "a b slowly"),
            ("run-job --slow a", "a slowly"),
            ("run-job --jo a", "a"),
            ("run-job --jo=a", "a"),
            ("run-job --job=50%", "50%"),
            ("X=1 nice -n 10 /opt/start -w --job a", "a slowly"),
            ("/usr/bin/env A=b ionice -c 3 run-job --job a -w", "a slowly"),
            ("run-job -ja", "a"),
            ("run-job \"a\\\"b\"", "a\"b"),
            ("run-job --status", ""),
            ("run-job", ""),
            ("run-job --kill-job a", "a and more"),
            ("/bin/true --job a", ""),
            ("PROCESS_CONTROL_CONFIG=/x run-job --job a", ""),
            ("env PROCESS_CONTROL_CONFIG='/our own' run-job --job a", "a"),
            ("run-job --job a # nightly", "a"),
            ("run-job --job a#b", "a#b"),
            ("true # run-job --job a", ""),
        ] {
            assert_eq!(shown(command), job, "{command}");
        }
    }

    #[test]
    fn what_else_a_command_does_is_known() {
        for (command, jobs) in [
            ("run-job --job a && /usr/local/bin/upload", "a and more"),
            ("test -e /etc/active && run-job --job a | logger", "a and more"),
            ("run-job a; run-job b;", "a and more, b and more"),
            ("(run-job -j a)", "a and more"),
            ("sleep 5\nrun-job a", "a and more"),
            ("su jenkins -c \"run-job --job a\"", "a and more"),
            ("sh -c 'cd /; exec run-job \"a b\"'", "a b and more"),
            ("sudo -u jenkins run-job a", "a and more"),
            ("flock /tmp/x run-job a", "a and more"),
            ("run-job a --unknown", "a and more"),
            ("run-job a &", "a and more"),
            ("/bin/true run-job a", "a and more"),
            ("echo x > run-job", ""),
        ] {
            assert_eq!(shown(command), jobs, "{command}");
        }
    }
}

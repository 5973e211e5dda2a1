//! What runs said, line by line.

use crate::job::schedule::Zone;
use crate::job::text::printable;
use crate::page::words::date_and_time;
use anstyle::{AnsiColor, Style};
use chrono::{DateTime, Utc};

/// One line of a log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// When it was said.
    pub at: DateTime<Utc>,
    /// Who said it.
    pub from: Speaker,
    /// As in syslog(3): 3 and below are errors, 4 is a warning.
    pub priority: u8,
    /// What was said.
    pub text: String,
}

/// Who said a line. The name that a process gives itself is nothing to go by: anybody can call itself `systemd`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Speaker {
    /// systemd, which alone is process 1.
    Systemd,
    /// A process of the run with this id; empty where it is of none.
    Run(String),
}

/// With the time in front.
pub fn line(line: &Line, zone: &Zone) -> String {
    let dimmed = Style::new().dimmed();
    let style = match line.priority {
        0..=3 => AnsiColor::Red.on_default(),
        4 => AnsiColor::Yellow.on_default(),
        _ => Style::new(),
    };
    let (from, style) = match line.from {
        Speaker::Systemd => ("systemd: ", if line.priority > 4 { dimmed } else { style }),
        Speaker::Run(_) => ("", style),
    };
    let time = date_and_time(line.at, zone);
    format!("{dimmed}{time}{dimmed:#}  {style}{from}{}{style:#}", said(line))
}

/// The text alone, as the command wrote it, but for what could lead a terminal astray.
pub fn said(line: &Line) -> String {
    printable(&anstream::adapter::strip_str(&line.text).to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_log_cannot_steer_a_terminal() {
        let line = Line {
            at: DateTime::UNIX_EPOCH,
            from: Speaker::Run("aa".to_owned()),
            priority: 6,
            text: "\u{1b}]0;title\u{7}a\tb\u{1b}[31mred\u{1b}[0m\u{202e}\u{9b}2J\r\u{8}".to_owned(),
        };
        assert_eq!(said(&line), "a\tbred2J");
    }
}

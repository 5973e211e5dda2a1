//! The text of a crontab, taken apart line by line.

use super::Said;
use super::variable::{Variable, parsed};

/// Whether each entry names the user as whom it runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Columns {
    /// As in `/etc/crontab` and `/etc/cron.d`: between the times and the command.
    WithUser,
    /// As in the crontab of a user.
    WithoutUser,
}

/// What a crontab says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Table {
    /// Its entries, in order.
    pub entries: Vec<Entry>,
    /// Lines that cron would not understand either.
    pub unread: Vec<Said>,
}

/// A line that runs something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Its line, from 1.
    pub line: usize,
    /// When it runs.
    pub when: When,
    /// As whom, if the crontab says so.
    pub user: Option<String>,
    /// The rest of the line, with its percent signs.
    pub command: String,
    /// The comment directly above, if it is one about the entry.
    pub comment: Option<String>,
    /// The variables set above it, each once.
    pub variables: Vec<Variable>,
}

/// When an entry runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum When {
    /// `@reboot`
    AtBoot,
    /// Five fields, those of the nicknames too.
    Fields(String),
}

/// Each nickname but `@reboot`, with its fields.
const NICKNAMES: &[(&str, &str)] = &[
    ("hourly", "0 * * * *"),
    ("daily", "0 0 * * *"),
    ("midnight", "0 0 * * *"),
    ("weekly", "0 0 * * 0"),
    ("monthly", "0 0 1 * *"),
    ("yearly", "0 0 1 1 *"),
    ("annually", "0 0 1 1 *"),
];

/// Takes a crontab apart.
pub fn read(bytes: &[u8], columns: Columns) -> Table {
    let mut table = Table::default();
    let mut variables: Vec<Variable> = Vec::new();
    let mut comment = None;
    for (number, line) in (1..).zip(bytes.split(|byte| *byte == b'\n')) {
        let above = comment.take();
        let Ok(line) = std::str::from_utf8(line) else {
            table.unread.push(Said::not_carried(number, "this line is not UTF-8; write it in UTF-8"));
            continue;
        };
        let line = line.trim_start_matches([' ', '\t']);
        if line.is_empty() || line == "\r" {
            continue;
        }
        if let Some(text) = line.strip_prefix('#') {
            comment = about_an_entry(text, columns);
            continue;
        }
        if line.contains('\r') {
            let what = "a carriage return is a part of this line for cron; end lines with a line feed alone";
            table.unread.push(Said::not_carried(number, what));
            continue;
        }
        if let Some((name, value)) = parsed(line) {
            variables.retain(|variable| variable.name != name);
            variables.push(Variable { line: number, name, value });
            continue;
        }
        match entry(line, columns) {
            Ok((when, user, command)) => table.entries.push(Entry {
                line: number,
                when,
                user: user.map(ToOwned::to_owned),
                command: command.to_owned(),
                comment: above,
                variables: variables.clone(),
            }),
            Err(what) => table.unread.push(Said::not_carried(number, what)),
        }
    }
    table
}

/// When, as whom and what.
type Parts<'a> = (When, Option<&'a str>, &'a str);

fn entry(line: &str, columns: Columns) -> Result<Parts<'_>, String> {
    let (when, rest) = match line.strip_prefix('@') {
        Some(rest) => {
            let (name, rest) = word(rest);
            (nickname(name)?, rest)
        }
        // with a minus cron says nothing of it in its log
        None => fields(line.strip_prefix('-').unwrap_or(line)),
    };
    let (user, command) = match columns {
        Columns::WithUser => {
            let (user, rest) = word(rest);
            (Some(user), rest)
        }
        Columns::WithoutUser => (None, rest),
    };
    if command.is_empty() {
        return Err(match columns {
            Columns::WithUser => "this is no entry; five fields or a word such as @daily, a user, a command".to_owned(),
            Columns::WithoutUser => "this is no entry; five fields or a word such as @daily, a command".to_owned(),
        });
    }
    Ok((when, user, command))
}

fn nickname(name: &str) -> Result<When, String> {
    if name == "reboot" {
        return Ok(When::AtBoot);
    }
    let fields =
        NICKNAMES.iter().find(|(known, _)| *known == name).map(|(_, fields)| When::Fields((*fields).to_owned()));
    fields.ok_or_else(|| {
        let known: Vec<String> = NICKNAMES.iter().map(|(name, _)| format!("@{name}")).collect();
        format!("cron has no such word for a time; @reboot, {}", known.join(", "))
    })
}

fn fields(line: &str) -> (When, &str) {
    let mut rest = line;
    let mut fields = Vec::new();
    for _ in 0..5 {
        let (field, after) = word(rest);
        fields.push(field);
        rest = after;
    }
    (When::Fields(fields.join(" ")), rest)
}

/// The first word, and what comes after it and its blanks.
fn word(text: &str) -> (&str, &str) {
    let (word, rest) = text.split_at(text.find([' ', '\t']).unwrap_or(text.len()));
    (word, rest.trim_start_matches([' ', '\t']))
}

/// What a comment says of the entry below it: it is neither a rule, nor the names of the columns, nor an entry or a
/// variable that somebody took out.
fn about_an_entry(text: &str, columns: Columns) -> Option<String> {
    let text = text.trim_matches(|c: char| c == '#' || c.is_whitespace());
    let mut words = text.split_whitespace();
    let names_columns = words.next() == Some("m") && words.next() == Some("h");
    let is_entry = entry(text, columns).is_ok_and(|(when, ..)| match when {
        When::AtBoot => true,
        When::Fields(fields) => !fields.starts_with(|c: char| c.is_alphabetic()),
    });
    let is_prose = text.contains(char::is_alphabetic) && !text.contains("|  ") && !text.contains("----");
    (is_prose && !names_columns && !is_entry && parsed(text).is_none()).then(|| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(line: &str, columns: Columns) -> Result<(When, Option<String>, String), String> {
        let mut table = read(line.as_bytes(), columns);
        match table.entries.pop() {
            Some(entry) => Ok((entry.when, entry.user, entry.command)),
            None => Err(table.unread.pop().map(|said| said.what).unwrap_or_default()),
        }
    }

    #[test]
    fn times_users_and_commands() {
        let fields = |text: &str| When::Fields(text.to_owned());
        for (line, when, command) in [
            ("0 5 * * 1 tar -zcf a /home", fields("0 5 * * 1"), "tar -zcf a /home"),
            ("\t*/5\t*  * jan-mar mon\t x  y ", fields("*/5 * * jan-mar mon"), "x  y "),
            ("-0 5 * * * x", fields("0 5 * * *"), "x"),
            ("@reboot x", When::AtBoot, "x"),
            ("@midnight\tx", fields("0 0 * * *"), "x"),
            ("@annually x # y", fields("0 0 1 1 *"), "x # y"),
            ("@weekly A=b x=y", fields("0 0 * * 0"), "A=b x=y"),
        ] {
            assert_eq!(one(line, Columns::WithoutUser), Ok((when, None, command.to_owned())), "{line}");
        }
        assert_eq!(
            one("17 * * * *\troot\tcd / && run-parts /etc/cron.hourly", Columns::WithUser),
            Ok((fields("17 * * * *"), Some("root".to_owned()), "cd / && run-parts /etc/cron.hourly".to_owned()))
        );
    }

    #[test]
    fn what_is_no_entry_says_why() {
        for (line, columns, why) in [
            ("0 5 * * 1", Columns::WithoutUser, "this is no entry"),
            ("0 5 * * 1 root", Columns::WithUser, "a user, a command"),
            ("@fortnightly x", Columns::WithoutUser, "cron has no such word"),
            ("hello", Columns::WithoutUser, "this is no entry"),
            ("0 5 * * 1 x\r", Columns::WithoutUser, "carriage return"),
        ] {
            let error = one(line, columns).unwrap_err();
            assert!(error.contains(why), "{line}: {error}");
        }
        assert_eq!(read(b"0 5 * * * \xff", Columns::WithoutUser).unread.len(), 1);
    }

    #[test]
    fn a_variable_holds_below_its_line() {
        let table = read(b"@daily a\nA=1\nB=2\n@daily b\nA=3\n@daily c\n", Columns::WithoutUser);
        let values = |entry: &Entry| -> Vec<String> {
            entry.variables.iter().map(|variable| format!("{}={}", variable.name, variable.value)).collect()
        };
        let all: Vec<_> = table.entries.iter().map(values).collect();
        assert_eq!(all, [vec![], vec!["A=1".to_owned(), "B=2".to_owned()], vec!["B=2".to_owned(), "A=3".to_owned()]]);
    }

    #[test]
    fn a_comment_directly_above_is_about_the_entry() {
        for (above, expected) in [
            ("# Backs up the database", Some("Backs up the database")),
            ("## At 5 every day: clean up ##", Some("At 5 every day: clean up")),
            ("#", None),
            ("# Backs up\n", None),
            ("# Backs up\nA=1", None),
            ("# ----------- jobs", None),
            ("# m h  dom mon dow   command", None),
            ("#0 5 * * 1 tar -zcf a /home", None),
            ("# *  *  *  *  * user-name command to be executed", None),
            ("#@daily x", None),
            ("#MAILTO=root", None),
        ] {
            let table = read(format!("{above}\n@daily x\n").as_bytes(), Columns::WithoutUser);
            assert_eq!(table.entries[0].comment.as_deref(), expected, "{above}");
        }
    }
}

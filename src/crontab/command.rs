//! What cron runs for an entry, as a `command` of a job: the shell gets the very text that cron would give it.

/// Shells that split plain words as our own `command` does.
const PLAIN_SHELLS: &[&str] = &["sh", "bash", "dash", "ksh"];
/// The shell of cron where a crontab has no `SHELL`.
pub(super) const SHELL: &str = "/bin/sh";

/// The rest of an entry's line, by cron's rule of percent signs: the first is the end of the command, the others are
/// line ends of what it reads; a backslash before one makes it a percent sign, and stays a backslash anywhere else.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Split {
    /// What the shell gets.
    pub(super) command: String,
    /// What the command reads, line by line; none if it finds nothing there.
    pub(super) input: Option<Vec<String>>,
}

pub(super) fn split(text: &str) -> Split {
    let (mut command, mut input) = (String::new(), None::<String>);
    let mut escaped = false;
    for c in text.chars() {
        if c == '%' && !escaped && input.is_none() {
            input = Some(String::new());
            continue;
        }
        let out = input.as_mut().unwrap_or(&mut command);
        match c {
            '%' if escaped => out.push('%'),
            '\\' if escaped => {
                // the one before it is one, and this may be about what comes next
                out.push('\\');
                continue;
            }
            _ if escaped => out.extend(['\\', c]),
            '\\' => {
                escaped = true;
                continue;
            }
            '%' => out.push('\n'),
            _ => out.push(c),
        }
        escaped = false;
    }
    if escaped {
        input.as_mut().unwrap_or(&mut command).push('\\');
    }
    let lines = |text: String| text.strip_suffix('\n').unwrap_or(&text).split('\n').map(ToOwned::to_owned).collect();
    Split { command, input: input.filter(|input| !input.is_empty()).map(lines) }
}

/// The value of the key `command`.
pub(super) fn line(split: &Split, shell: &str) -> String {
    let own = if is_plain(&split.command, shell) {
        split.command.trim().to_owned()
    } else {
        shell_words::join([shell, "-c", &split.command])
    };
    match &split.input {
        None => own,
        Some(lines) => {
            let fed = format!("printf '%s\\n' {} | {own}", shell_words::join(lines));
            shell_words::join([SHELL, "-c", &fed])
        }
    }
}

/// Whether a shell would do nothing but run these words.
fn is_plain(command: &str, shell: &str) -> bool {
    let plain = |c: char| {
        c.is_ascii_alphanumeric() || matches!(c, ' ' | '\t' | '/' | '.' | '_' | '-' | ',' | ':' | '@' | '+' | '=' | '%')
    };
    let name = shell.rsplit('/').next().unwrap_or_default();
    PLAIN_SHELLS.contains(&name) && command.starts_with('/') && command.chars().all(plain)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::job::CommandLine;

    #[test]
    fn percent_signs_by_the_rule_of_cron() {
        for (text, command, input) in [
            ("date +\\%F", "date +%F", None),
            ("mail a%Hello%%World", "mail a", Some(vec!["Hello", "", "World"])),
            ("cat%one\\%two\\n%", "cat", Some(vec!["one%two\\n"])),
            ("cat%", "cat", None),
            ("cat%%", "cat", Some(vec![""])),
            ("sed s/\\./\\\\./", "sed s/\\./\\\\./", None),
            ("echo \\\\%x", "echo \\%x", None),
            ("echo \\", "echo \\", None),
        ] {
            let input = input.map(|lines: Vec<&str>| lines.into_iter().map(ToOwned::to_owned).collect());
            assert_eq!(split(text), Split { command: command.to_owned(), input }, "{text}");
        }
    }

    #[test]
    fn the_shell_gets_the_very_text() {
        for text in ["echo 'a b' \"$HOME\" \\$x > y 2>&1; z", "a && b || c &", "echo # no", "x  ", "'", "echo \"ä\\n\""]
        {
            let command = CommandLine::parse(&line(&split(text), "/bin/bash")).unwrap();
            assert_eq!(command.program(), "/bin/bash");
            assert_eq!(command.arguments(), ["-c", text]);
        }
    }

    #[test]
    fn plain_words_need_no_shell() {
        let line = |text, shell| line(&split(text), shell);
        assert_eq!(line("/usr/bin/x --a=b  c\t1.2 ", SHELL), "/usr/bin/x --a=b  c\t1.2");
        assert_eq!(line("x a", SHELL), "/bin/sh -c 'x a'");
        assert_eq!(line("/x *", SHELL), "/bin/sh -c '/x *'");
        assert_eq!(line("/x y", "/usr/bin/fish"), "/usr/bin/fish -c '/x y'");
        assert_eq!(line("/x%in%put", SHELL), "/bin/sh -c 'printf '\\''%s\\n'\\'' in put | /x'");
    }
}

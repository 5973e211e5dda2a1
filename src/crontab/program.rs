//! What an entry is called: by the program that it is about.

use crate::job::JobName;

/// Programs that only prepare what comes after `&&` or `;`.
const PREPARE: &[&str] =
    &["cd", "test", "[", "[[", "export", "umask", "ulimit", "set", "sleep", ".", "source", "true", "if"];
/// Programs that run the one after their options.
const RUN_ANOTHER: &[&str] = &[
    "sudo", "nice", "ionice", "env", "nohup", "time", "timeout", "flock", "chronic", "setsid", "chrt", "exec",
    "command", "then",
];
/// Programs that run a script.
const INTERPRETERS: &[&str] =
    &["sh", "bash", "dash", "ksh", "zsh", "python", "python2", "python3", "perl", "php", "ruby", "node"];
/// Programs that need more rights than their caller has, or hand mail to one that does.
const NEED_PRIVILEGES: &[&str] = &["sudo", "doas", "pkexec", "su", "sendmail", "mail", "mailx", "newgrp"];
/// Longer ones are cut: there must be room for a number.
const LONGEST: usize = 60;

/// The name of the job for this command, before it is made unique.
pub(super) fn name(command: &str) -> String {
    let segments = command.split(['\n', ';', '|', '&', '(', ')', '{', '}', '`']);
    let programs: Vec<String> = segments.filter_map(of_segment).collect();
    let first = programs.iter().find(|program| !PREPARE.contains(&program.as_str())).or(programs.first());
    let name = first.map(|program| tidy(program)).unwrap_or_default();
    if JobName::new(&name).is_ok() { name } else { "job".to_owned() }
}

/// The first word of a command that is a program which may need rights that no run has by itself.
pub(super) fn that_needs_privileges(command: &str) -> Option<&'static str> {
    let mut words = command.split(|c: char| !c.is_ascii_alphanumeric() && !matches!(c, '_' | '-' | '.'));
    words.find_map(|word| NEED_PRIVILEGES.iter().copied().find(|known| *known == word))
}

/// The program of a simple command.
fn of_segment(text: &str) -> Option<String> {
    let words = shell_words::split(text).unwrap_or_else(|_| text.split_whitespace().map(ToOwned::to_owned).collect());
    let mut rest = words.as_slice();
    while rest.first().is_some_and(|word| is_assignment(word) || word == "!") {
        rest = &rest[1..];
    }
    let mut program = base(rest.first()?);
    while RUN_ANOTHER.contains(&program) {
        let mut after = without_options(&rest[1..]);
        if program == "flock" {
            // the lock file
            after = without_options(after.get(1..).unwrap_or_default());
        }
        let Some(next) = after.first() else { break };
        (program, rest) = (base(next), after);
    }
    let arguments = rest.get(1..).unwrap_or_default();
    let asks_for_text = arguments.iter().any(|word| matches!(word.as_str(), "-c" | "-e" | "-r" | "-m"));
    if !INTERPRETERS.contains(&program) || asks_for_text {
        return Some(program.to_owned());
    }
    let script = arguments.iter().find(|word| !word.starts_with('-')).filter(|word| word.contains(['/', '.']));
    Some(script.map_or(program, |script| base(script)).to_owned())
}

fn base(word: &str) -> &str {
    word.rsplit('/').next().unwrap_or_default()
}

fn is_assignment(word: &str) -> bool {
    word.split_once('=').is_some_and(|(name, _)| !name.contains('/'))
}

/// What comes after options with their numbers and users, and after assignments.
fn without_options(words: &[String]) -> &[String] {
    let mut rest = words;
    while let Some(word) = rest.first() {
        let is_number = word.starts_with(|c: char| c.is_ascii_digit());
        if !is_number && !is_assignment(word) && !word.starts_with(['-', '+']) {
            break;
        }
        let with_value = matches!(word.as_str(), "-u" | "-g");
        rest = rest.get(if with_value { 2 } else { 1 }..).unwrap_or_default();
    }
    rest
}

/// In lower case, without the suffix, and with nothing that has to be quoted anywhere.
fn tidy(program: &str) -> String {
    let stem = program.rsplit_once('.').map_or(program, |(stem, _)| if stem.is_empty() { program } else { stem });
    let safe = |c: char| if c.is_ascii_alphanumeric() || c == '_' { c.to_ascii_lowercase() } else { '-' };
    let text: String = stem.chars().map(safe).take(LONGEST).collect();
    text.trim_matches(['-', '_']).to_owned()
}

#[cfg(test)]
mod tests {
    use super::name;

    #[test]
    fn a_job_is_called_by_its_program() {
        for (command, expected) in [
            ("/usr/local/bin/Nightly_Report.sh --all", "nightly_report"),
            ("cd /srv && ./backup.py > /dev/null 2>&1", "backup"),
            ("cd / && run-parts --report /etc/cron.hourly", "run-parts"),
            ("test -x /usr/sbin/anacron || { cd / && run-parts --report /etc/cron.daily; }", "run-parts"),
            ("[ -x /usr/bin/certbot ] && certbot -q renew", "certbot"),
            ("A=b LANG=C sort x", "sort"),
            ("sudo -u www nice -n 19 /opt/x/sync-all", "sync-all"),
            ("nice -n 19 ionice -c3 rsync -a a b", "rsync"),
            ("flock -n /tmp/x.lock /usr/bin/php -q /var/www/cron.php", "cron"),
            ("python3 -m http.server", "python3"),
            ("bash -c 'x y'", "bash"),
            ("timeout 30 curl -fsS https://example.org/ping", "curl"),
            ("(date; uptime) >> log", "date"),
            ("'päpste und so'", "p-pste-und-so"),
            ("sleep 30", "sleep"),
            ("...", "job"),
            ("> /tmp/x", "job"),
        ] {
            assert_eq!(name(command), expected, "{command}");
        }
    }
}

//! What a job does differently here than under the original.

use super::leftover::Leftover;
use super::program::that_needs_privileges;
use crate::job::keys::{JOB_KEYS, ORIGINAL_JOB_KEYS};
use crate::job::sandbox::Permission;
use crate::job::{CommandLine, Job, Overtime, Problem, Severity};

/// It kept the ends of so many runs, and counted one more.
const MOST_FAILURES: u32 = 11;
/// Programs that leave processes behind.
const LEAVE_BEHIND: &[&str] = &["nohup", "setsid", "daemonize", "start-stop-daemon"];

/// A job file, as far as it can be understood.
pub struct Subject<'a> {
    /// The job, unless its file has an error.
    pub job: Option<&'a Job>,
    /// What is wrong with the file.
    pub problems: &'a [Problem],
    /// Whether the file itself has a key, as `timeout` or `failmail/to_address`.
    pub has: &'a dyn Fn(&str) -> bool,
    /// The days of the coming year on which a change of the clocks costs it a run.
    pub clocks: &'a [String],
    /// The entries of crontabs that start it.
    pub leftovers: &'a [&'a Leftover],
}

/// What holds for each job, whatever its file says.
pub const FOR_ALL: &[&str] = &[
    "systemd's timers start it, not cron; a changed file counts within seconds, without cron-generate",
    "output goes to the journal (jobctl logs NAME), and to output_directory if that is set; cron mails nothing",
    "run-job ends with the exit status of the command; the original's was 0 even when the job failed",
    "no program gets more rights than its caller (NoNewPrivileges), so sudo and the like do not work by themselves",
    "PATH is systemd's longer one, not /usr/bin:/bin; MAILTO is not set",
    "what a command leaves in the background ends with the run",
    "a lock file no longer means that the job runs; ask systemctl is-active job@NAME",
];

/// Each difference, in one line.
pub fn differences(subject: &Subject<'_>) -> Vec<String> {
    let mut found = of_crontabs(subject);
    found.extend(subject.problems.iter().filter(|problem| problem.severity != Severity::Note).map(of_problem));
    found.extend(new_keys(subject.has));
    if let Some(job) = subject.job {
        found.extend(of_commands(job));
        found.extend(of_failures(job, subject));
        found.extend(subject.clocks.iter().map(|note| format!("schedule: {note}")));
    }
    found
}

/// The keys of a job, or of `default_job_config`, that the original did not know.
pub fn new_keys(has: &dyn Fn(&str) -> bool) -> Vec<String> {
    let new = JOB_KEYS.iter().filter(|key| !ORIGINAL_JOB_KEYS.contains(&key.name) && has(key.name));
    let lines = new.map(|key| match key.name {
        "tags" => "tags: the original ignored it; here it is the same as tag".to_owned(),
        name => format!("{name}: the original ignored it; here it is {}", key.meaning),
    });
    lines.collect()
}

fn of_crontabs(subject: &Subject<'_>) -> Vec<String> {
    let is_scheduled = subject.job.is_some_and(Job::is_scheduled);
    let lines = subject.leftovers.iter().map(|leftover| {
        let (file, line) = (&leftover.file, leftover.line);
        if is_scheduled {
            format!("would run twice: cron starts it too, by {file}:{line}, until jobctl migrate")
        } else {
            format!("cron starts it, by {file}:{line}, and systemd does not")
        }
    });
    lines.collect()
}

fn of_problem(problem: &Problem) -> String {
    let allowed = problem.allowed.as_deref().map(|allowed| format!("; {allowed}")).unwrap_or_default();
    match (problem.key.as_str(), problem.what.as_str()) {
        _ if problem.is_error() => format!("does not run here, nor stop the others: {problem}"),
        (parent, "an unknown key") => {
            let found = problem.found.as_deref().map(crate::job::text::one_line).unwrap_or_default();
            let key = if parent.is_empty() { found } else { format!("{parent}/{found}") };
            format!("{key}: an unknown key; the original ignored it, here jobctl check calls it an error{allowed}")
        }
        ("name", what) if what.starts_with("missing") => {
            "name: missing; the original refused the file, here the job name stands for it".to_owned()
        }
        (key, what) if key.starts_with("failmail/") && what.starts_with("missing") => {
            format!("{key}: missing; the original could not run the job, here it runs and nobody gets mail")
        }
        ("", what) => format!("{what}{allowed}"),
        (key, what) => format!("{key}: {what}{allowed}"),
    }
}

fn of_commands(job: &Job) -> Vec<String> {
    let mut found = Vec::new();
    let has_path = job.environment.iter().any(|(name, _)| name == "PATH");
    for (key, commands) in [("command", &job.commands), ("slow_start_command", &job.slow_start)] {
        let privileged = || commands.iter().find_map(|command| that_needs_privileges(&command.to_string()));
        if let Some(program) = privileged().filter(|_| job.sandbox.new_privileges == Permission::Denied) {
            found.push(format!(
                "{key}: {program} may need rights that no run has by itself; if it does, write sandbox: {{new_privileges: allowed}}"
            ));
        }
        if let Some(word) = commands.iter().find_map(left_behind) {
            found.push(format!("{key}: {word}: what it leaves in the background ends with the run"));
        }
        let by_path = commands.iter().map(CommandLine::program).find(|program| !program.contains('/'));
        if let Some(program) = by_path.filter(|_| !has_path) {
            let program = crate::job::text::one_line(program);
            found.push(format!(
                "{key}: {program} is looked for in systemd's longer PATH, which may find another one than cron's; give its whole path"
            ));
        }
    }
    if let Some(timeout) = job.timeout {
        let grace = job.kill_grace;
        found.push(format!(
            "timeout: after {timeout} all its processes get SIGTERM, {grace} later SIGKILL (kill_grace); the original sent SIGKILL to one of them"
        ));
    }
    found
}

/// What in a command keeps a process after its end.
fn left_behind(command: &CommandLine) -> Option<&'static str> {
    let text = command.to_string();
    let mut words = text.split(|c: char| c.is_whitespace() || matches!(c, '\'' | '"' | ';' | '(' | ')' | '/'));
    words.find_map(|word| match word {
        "&" => Some("&"),
        word => LEAVE_BEHIND.iter().copied().find(|known| *known == word),
    })
}

fn of_failures(job: &Job, subject: &Subject<'_>) -> Vec<String> {
    let mut found = Vec::new();
    let own = |key: &str| (subject.has)(key);
    let is_told = subject.problems.iter().any(|problem| problem.key.starts_with("failmail"));
    match &job.failmail {
        None if !is_told => {
            found.push(
                "failmail: none; the original could not run the job, here it runs and nobody gets mail".to_owned(),
            );
        }
        Some(_) if own("failmail") && !(own("failmail/from_address") && own("failmail/to_address")) => {
            let what = "failmail: default_job_config gives the address that is missing; the original lost it, and could not run the job";
            found.push(what.to_owned());
        }
        _ => {}
    }
    if job.failure_threshold > MOST_FAILURES {
        let threshold = job.failure_threshold;
        found.push(format!(
            "failure_threshold_for_mail: mail from {threshold} failures in a row on; the original counted no further than {MOST_FAILURES}, and never sent one"
        ));
    }
    if job.is_scheduled() && job.overtime == Overtime::Told {
        let what = "allow_overtime: a start while it runs is skipped; the original called it a failure, with a mail";
        found.push(what.to_owned());
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crontab::{Extent, When};
    use crate::history::Command;
    use crate::job::{Ceilings, JobName, Spec};

    /// What is said of a job that runs at a time, with these keys; its own keys are the first words of lines.
    fn said(keys: &str, leftovers: &[&Leftover]) -> Vec<String> {
        let text = format!("schedule: 1 2 * * *\nallow_overtime: true\n{keys}\n");
        let (job, problems) =
            Job::read(&JobName::new("a").unwrap(), text.as_bytes(), &Spec::default(), &Ceilings::default());
        let has = |key: &str| text.contains(&format!("{}:", key.rsplit('/').next().unwrap()));
        differences(&Subject { job: job.as_ref(), problems: &problems, has: &has, clocks: &[], leftovers })
    }

    const MAIL: &str = "failmail: {from_address: a@example.org, to_address: b@example.org}";

    #[test]
    fn a_plain_job_is_the_same() {
        assert!(said(&format!("name: A\ncommand: /bin/true\n{MAIL}"), &[]).is_empty());
    }

    #[test]
    fn each_difference_is_one_line() {
        for (keys, words) in [
            ("command: /bin/true", "name: missing; the original refused"),
            ("name: A\ncommand: /bin/true\nowner: x", "owner: an unknown key; the original ignored it"),
            ("name: A\ncommand: /bin/true\ntags: [x]", "tags: the original ignored it; here it is the same as tag"),
            ("name: A\ncommand: /bin/true\nnice: 5", "nice: the original ignored it; here it is how much"),
            ("name: A\ncommand: /bin/true\ntimeout: 5", "timeout: after 5min all its processes get SIGTERM, 30s later"),
            ("name: A\ncommand: /usr/bin/sudo /bin/x", "command: sudo may need rights"),
            ("name: A\ncommand: /bin/sh -c 'a | mail x'", "command: mail may need rights"),
            ("name: A\ncommand: /bin/true\nslow_start_command: /usr/sbin/sendmail", "slow_start_command: sendmail may"),
            ("name: A\ncommand: backup --all", "command: backup is looked for in systemd's longer PATH"),
            ("name: A\ncommand: /bin/sh -c 'nohup /bin/x &'", "command: nohup: what it leaves"),
            ("name: A\ncommand: ''", "does not run here, nor stop the others: "),
            ("name: A\ncommand: /bin/true\nfailure_threshold_for_mail: 12", "failure_threshold_for_mail: mail from 12"),
            ("name: A\ncommand: /bin/true\ndisabled: 'true'", "disabled: "),
        ] {
            let lines = said(&format!("{keys}\n{MAIL}"), &[]);
            assert_eq!(lines.len(), 1, "{lines:?}");
            assert!(lines[0].starts_with(words), "{lines:?}");
        }
        let allowed = "name: A\ncommand: /usr/bin/sudo /bin/x\nsandbox: {new_privileges: allowed}";
        assert!(said(&format!("{allowed}\n{MAIL}"), &[])[0].starts_with("sandbox: the original ignored it"));
    }

    #[test]
    fn mail_without_an_address_is_told_once() {
        let job = "name: A\ncommand: /bin/true\n";
        assert_eq!(said(job, &[]).len(), 1);
        let half = said(&format!("{job}failmail: {{to_address: b@example.org}}"), &[]);
        assert!(half.len() == 1 && half[0].starts_with("failmail/from_address: missing"), "{half:?}");
    }

    #[test]
    fn an_entry_of_cron_is_told() {
        let leftover = Leftover {
            file: "/etc/cron.d/process-control".to_owned(),
            line: 2,
            job: JobName::new("a").unwrap(),
            command: Command::Normal,
            extent: Extent::Whole,
            when: When::Fields("1 2 * * *".to_owned()),
            sets: Vec::new(),
        };
        let job = format!("name: A\ncommand: /bin/true\n{MAIL}");
        assert_eq!(
            said(&job, &[&leftover]),
            ["would run twice: cron starts it too, by /etc/cron.d/process-control:2, until jobctl migrate"]
        );
        let off = said(&format!("{job}\ndisabled: true"), &[&leftover]);
        assert!(off[0].starts_with("cron starts it, by "), "{off:?}");
    }
}

//! Crontabs as people have them: the job files that come of them, and what is said. Each case of `tests/crontab` is a
//! page of `snapshots/`.

mod importing;

use importing::{job, on_host, page, snapshots};
use process_control::crontab::{Columns, Imported, Source, Users, Wanted, When, import, read};
use process_control::job::{Activity, JobName, Timing};
use proptest::prelude::*;
use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

/// A crontab and what it is to be read as.
struct Case {
    name: String,
    bytes: Vec<u8>,
    columns: Columns,
    wanted: Wanted,
}

fn cases() -> Vec<Case> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/crontab");
    let mut paths: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    let case = |path: &std::path::PathBuf| {
        let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
        let columns = if name.starts_with("system") { Columns::WithUser } else { Columns::WithoutUser };
        let users = if name.ends_with("any-user") { Users::Any } else { Users::Service };
        let wanted = Wanted { activity: Activity::Disabled, users };
        Case { name, bytes: fs::read(path).unwrap(), columns, wanted }
    };
    paths.iter().map(case).collect()
}

/// What becomes of a crontab on a host that has two jobs.
fn imported(bytes: &[u8], columns: Columns, wanted: Wanted) -> Imported {
    let there = [
        ("taken", "name: Taken\ncommand: /bin/other\n"),
        (
            "already",
            "name: A\ncommand: /usr/bin/there --already\nschedule: 0 4 * * *\nenvironment: {HOME: /srv/www, TZ: America/New_York}\n",
        ),
    ];
    on_host(&there, "", |host| import(&[Source { label: "FILE", bytes, columns, owner: None }], wanted, host))
}

#[test]
fn files_and_words() {
    for case in cases() {
        let imported = imported(&case.bytes, case.columns, case.wanted);
        let name = format!("crontab-{}", case.name);
        snapshots().bind(|| insta::assert_snapshot!(name, page(&imported)));
    }
}

/// Each file is read by what reads job files, and runs when the crontab says so.
#[test]
fn every_job_is_one_and_runs_at_the_times_of_its_line() {
    let mut count = 0;
    for case in cases() {
        let table = read(&case.bytes, case.columns);
        for (entry, index) in table.entries.iter().zip(1..) {
            // each entry alone, with all that stands above it
            let lines: Vec<&[u8]> = case.bytes.split(|byte| *byte == b'\n').collect();
            let is_entry = |number: usize| table.entries.iter().any(|other| other.line == number);
            let above = (1..entry.line).filter(|number| !is_entry(*number)).map(|number| lines[number - 1]);
            let text = above.chain([lines[entry.line - 1]]).collect::<Vec<_>>().join(&b'\n');
            let imported = imported(&text, case.columns, case.wanted);
            let [(name, text)] = imported.files.as_slice() else { continue };
            let job = job(name, text);
            match (&entry.when, &job.timing) {
                (When::AtBoot, Timing::AtBoot) => {}
                (When::Fields(fields), Timing::Schedule(schedule)) => assert_eq!(schedule.as_str(), fields),
                other => panic!("{}: entry {index}: {other:?}", case.name),
            }
            assert_eq!(job.activity, Activity::Disabled);
            count += 1;
        }
    }
    assert!(count > 20, "{count}");
}

#[test]
fn enabled_only_when_asked() {
    let wanted = Wanted { activity: Activity::Enabled, users: Users::Service };
    let imported = imported(b"@daily /bin/true\n", Columns::WithoutUser, wanted);
    let (name, text) = &imported.files[0];
    assert_eq!(job(name, text).activity, Activity::Enabled);
    assert_eq!((imported.said, imported.not_carried), (vec![], 0));
}

/// What the command of the job writes, run word by word as a job is.
fn output(line: &str) -> String {
    let wanted = Wanted { activity: Activity::Enabled, users: Users::Service };
    let imported = imported(line.as_bytes(), Columns::WithoutUser, wanted);
    let [(name, text)] = imported.files.as_slice() else { panic!("{line}: {:?}", imported.said) };
    let job = job(name, text);
    let mut command = Command::new(job.commands[0].program());
    command.args(job.commands[0].arguments()).env("V", "v").stdin(Stdio::null());
    let output = command.output().unwrap();
    assert!(output.stderr.is_empty(), "{line}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn commands_do_what_the_shell_of_cron_does() {
    for (command, expected) in [
        ("/bin/echo a  b", "a b\n"),
        ("echo a  'b  c' \"$V\" \\$V `echo d`; echo e # f", "a b  c v $V d\ne\n"),
        ("echo 'it'\\''s' | tr a-z A-Z", "IT'S\n"),
        ("printf '\\%s|' a\\%b '\\n'", "a%b|\\n|"),
        ("cat%one%%it's \"two\" \\n $V \\%", "one\n\nit's \"two\" \\n $V %\n"),
        ("cat; echo end # all%one%", "one\nend\n"),
        ("read a; read b; echo $b$a & wait%", "\n"),
        ("/bin/cat%-n%--%\\", "-n\n--\n\\\n"),
        ("cat%%%", "\n\n"),
        ("false || { (echo a); }", "a\n"),
    ] {
        assert_eq!(output(&format!("@daily {command}\n")), expected, "{command}");
    }
    // as cron would: the text before the percent sign to the shell, the rest to its stdin
    let mut shell = Command::new("/bin/sh");
    let mut child = shell.args(["-c", "wc -c"]).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(b"one\ntwo\n").unwrap();
    let expected = String::from_utf8(child.wait_with_output().unwrap().stdout).unwrap();
    assert_eq!(output("@daily wc -c%one%two\n"), expected);
}

/// Lines as cron has them, and with what breaks quotes.
fn crontab() -> impl Strategy<Value = String> {
    let line = prop_oneof![
        "(@daily|0 5 \\* \\* 1|@reboot)[ \t][ -~\u{e0}-\u{ff}]{0,40}",
        "[A-Z_]{1,8} ?= ?[\"']?[ -~]{0,12}[\"']?",
        "#[ -~]{0,20}",
        "[ -~\t]{0,30}",
        "\\PC{0,20}",
    ];
    proptest::collection::vec(line, 0..8).prop_map(|lines| lines.join("\n"))
}

proptest! {
    /// Whatever stands in a crontab, what comes of it are jobs with names of their own, and lines of text.
    #[test]
    fn any_crontab_makes_jobs_that_can_be_read(text in crontab()) {
        for columns in [Columns::WithUser, Columns::WithoutUser] {
            let wanted = Wanted { activity: Activity::Disabled, users: Users::Any };
            let imported = imported(text.as_bytes(), columns, wanted);
            let names: std::collections::BTreeSet<&JobName> = imported.files.iter().map(|(name, _)| name).collect();
            prop_assert_eq!(names.len(), imported.files.len());
            for (name, text) in &imported.files {
                prop_assert_eq!(job(name, text).activity, Activity::Disabled);
            }
            prop_assert!(imported.said.iter().all(|line| !line.contains(|c: char| c.is_control() && c != '\t')));
        }
    }

    /// The shell gets what stands in the line, whatever quotes are in it. Percent signs and backslashes have a rule of
    /// their own, and before a sign of equality `@daily` is a variable.
    #[test]
    fn no_quote_is_lost_on_the_way_to_the_shell(command in r"[!-$&-<>-\[\]-~][ -$&-\[\]-~]{0,40}") {
        let imported = imported(format!("@daily {command}").as_bytes(), Columns::WithoutUser, Wanted { activity: Activity::Enabled, users: Users::Any });
        let (name, text) = &imported.files[0];
        let job = job(name, text);
        let line = &job.commands[0];
        if line.program() == "/bin/sh" && line.arguments().first().is_some_and(|first| first == "-c") {
            prop_assert_eq!(&line.arguments()[1], &command);
        } else {
            let words: Vec<&str> = command.split_whitespace().collect();
            prop_assert_eq!(words[0], line.program());
            prop_assert_eq!(&words[1..], line.arguments());
        }
    }
}

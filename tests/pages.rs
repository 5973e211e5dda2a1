//! The manual pages hold every verb, option and key, are made of roff that nothing complains about, and refer to pages
//! that exist.

mod tools;

#[path = "../packaging/manual/pages/mod.rs"]
mod pages;

use clap::{Arg, Command, CommandFactory};
use pages::{Page, all, commands};
use process_control::app::args::{CronGenerate, JobCtl, RunJob};
use process_control::app::complete::scripts;
use process_control::config::CONFIG_KEYS;
use process_control::job::keys::{JOB_KEYS, Key};
use process_control::schema::Kind;
use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command as Process;
use tools::there_or_skip;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn page(name: &str) -> Page {
    all(root()).into_iter().find(|page| page.name == name).unwrap_or_else(|| panic!("no page {name}"))
}

fn built(mut command: Command) -> Command {
    command.build();
    command
}

/// A line as a reader sees it.
fn seen(line: &str) -> String {
    let escapes = [
        ("\\fB", ""),
        ("\\fI", ""),
        ("\\fR", ""),
        ("\\-", "-"),
        ("\\&", ""),
        ("\\ ", " "),
        ("\\(aq", "'"),
        ("\\(dq", "\""),
        ("\\e", "\\"),
    ];
    escapes.iter().fold(line.to_owned(), |line, (from, to)| line.replace(from, to))
}

/// What stands below a heading, up to the next one of its kind or of a higher one.
fn below<'a>(text: &'a str, request: &str, title: &str) -> Option<&'a str> {
    let is_heading = |line: &str| line.starts_with(".SH ") || line.starts_with(&format!("{request} "));
    let wanted = format!("{request} \"{title}\"");
    let start = text.lines().position(|line| seen(line) == wanted)?;
    let at = |number: usize| text.lines().take(number).map(|line| line.len() + 1).sum::<usize>();
    let length = text.lines().skip(start + 1).position(is_heading);
    Some(&text[at(start + 1)..length.map_or(text.len(), |length| at(start + 1 + length))])
}

/// The tags of a text, each with the first line of its paragraph.
fn tags(text: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        if line == ".TP" {
            found.push((seen(lines.next().unwrap_or_default()), seen(lines.next().unwrap_or_default())));
        }
    }
    found
}

/// As the page writes it: `-n, --lines NUMBER`.
fn tag(argument: &Arg) -> String {
    let short = argument.get_short().map(|short| format!("-{short}"));
    let long = argument.get_long().map(|long| format!("--{long}"));
    let mut words = vec![[short, long].into_iter().flatten().collect::<Vec<_>>().join(", ")];
    if argument.get_action().takes_values() {
        words.extend(argument.get_value_names().unwrap_or_default().iter().map(ToString::to_string));
    }
    words.join(" ").trim().to_owned()
}

#[track_caller]
fn options_are_told(place: &str, text: &str, command: &Command, general: bool) {
    let tags = tags(text);
    for argument in command.get_arguments().filter(|it| commands::is_general(it) == general) {
        let wanted = tag(argument);
        let Some((_, body)) = tags.iter().find(|(tag, _)| *tag == wanted) else {
            panic!("{place}: no paragraph for {wanted}");
        };
        let help = argument.get_help().map(ToString::to_string).unwrap_or_default().replace('`', "");
        let first = help.split(" (see").next().unwrap();
        assert!(body.starts_with(first), "{place}: {wanted}: {body:?} is not {first:?}");
    }
}

#[test]
fn every_verb_and_its_options_are_told() {
    let (page, command) = (page("jobctl"), built(JobCtl::command()));
    options_are_told("jobctl", below(&page.text, ".SH", "OPTIONS").unwrap(), &command, true);
    let mut count = 0;
    for verb in commands::verbs(&command) {
        let title = commands::names(verb).join(", ");
        let Some(text) = below(&page.text, ".SS", &title) else { panic!("jobctl: no subsection {title}") };
        assert!(seen(text).contains(&format!("jobctl {}", verb.get_name())), "{title}: no synopsis");
        options_are_told(&title, text, verb, false);
        count += 1;
    }
    assert!(count > 15, "{count} verbs were found");
}

#[test]
fn every_option_of_the_other_programs_is_told() {
    for (name, command) in [("run-job", RunJob::command()), ("cron-generate", CronGenerate::command())] {
        let (page, command) = (page(name), built(command));
        let text = below(&page.text, ".SH", "OPTIONS").unwrap();
        options_are_told(name, text, &command, false);
        options_are_told(name, text, &command, true);
    }
}

fn keys_are_told(name: &str, keys: &[Key]) {
    let page = page(name);
    let overview = seen(below(&page.text, ".SH", "KEYS").unwrap());
    for key in keys {
        assert!(overview.lines().any(|line| line.split(' ').next() == Some(key.name)), "{name}: no line {}", key.name);
        let Some(text) = below(&page.text, ".SS", key.name) else { panic!("{name}: no subsection {}", key.name) };
        let head = format!("Takes {}. Default: {}.", key.takes, key.default);
        let mut lines = text.lines().map(seen);
        assert_eq!(lines.next(), Some(head), "{name}: {}", key.name);
        assert!(lines.any(|line| !line.starts_with('.')), "{name}: nothing is told of {}", key.name);
    }
}

#[test]
fn every_key_is_told() {
    keys_are_told("job.yaml", JOB_KEYS);
    keys_are_told("process-control.yaml", CONFIG_KEYS);
}

#[test]
fn every_definition_has_help() {
    for command in [JobCtl::command(), RunJob::command(), CronGenerate::command()] {
        let command = built(command);
        for each in std::iter::once(&command).chain(commands::verbs(&command)) {
            assert!(each.get_about().is_some(), "{}: no help", each.get_name());
            for argument in each.get_arguments() {
                let help = argument.get_help().map(ToString::to_string).unwrap_or_default();
                assert!(!help.is_empty(), "{} {}: no help", each.get_name(), argument.get_id());
            }
        }
    }
}

#[test]
fn every_page_has_the_sections_that_people_look_for() {
    for page in all(root()) {
        let name = page.name;
        let more: &[&str] = match (page.section, name) {
            (1, _) => &["EXIT STATUS", "ENVIRONMENT"],
            (_, "job.yaml") => &["SCHEDULES", "EXAMPLES"],
            _ => &["ENVIRONMENT"],
        };
        for title in ["NAME", "SYNOPSIS", "DESCRIPTION", "FILES", "SEE ALSO"].iter().chain(more) {
            let text = below(&page.text, ".SH", title).unwrap_or_else(|| panic!("{name}: no section {title}"));
            assert!(text.lines().any(|line| !line.starts_with('.')), "{name}: {title} is empty");
        }
        assert!(seen(&page.text).contains(&format!("\n{name} - ")), "{name}: no line for apropos(1)");
    }
}

#[test]
fn pages_that_are_referred_to_exist() {
    let pages = all(root());
    let ours: BTreeSet<String> = pages.iter().map(|page| format!("{}({})", page.name, page.section)).collect();
    let named = fs::read_dir(root().join("units")).unwrap().flatten().filter_map(|entry| {
        let text = fs::read_to_string(entry.path()).unwrap();
        text.split_once("Documentation=man:").map(|(_, rest)| rest.lines().next().unwrap_or_default().to_owned())
    });
    let named: BTreeSet<String> = named.collect();
    assert!(!named.is_empty() && named.is_subset(&ours), "{named:?}");
    for page in &pages {
        let own = format!("{}({})", page.name, page.section);
        let others = seen(below(&page.text, ".SH", "SEE ALSO").unwrap());
        for other in ours.iter().filter(|other| **other != own) {
            assert!(others.contains(other.as_str()), "{own} does not refer to {other}");
        }
        assert!(!page.text.contains(".md)") && !page.text.contains(".md."), "{own} refers to a file of docs/");
    }
}

#[test]
fn what_is_made_is_installed_where_it_is_looked_for() {
    let folder = tempfile::tempdir().unwrap();
    let (programs, target) = (folder.path().join("programs"), folder.path().join("target"));
    for page in all(root()) {
        let section = programs.join(format!("man/man{}", page.section));
        fs::create_dir_all(&section).unwrap();
        fs::write(section.join(format!("{}.{}", page.name, page.section)), page.text).unwrap();
    }
    for script in scripts() {
        let folder = programs.join("completions").join(script.shell);
        fs::create_dir_all(&folder).unwrap();
        fs::write(folder.join(script.file), script.text).unwrap();
    }
    fs::create_dir_all(programs.join("schema")).unwrap();
    for kind in Kind::ALL {
        fs::write(programs.join("schema").join(kind.file()), "").unwrap();
    }
    for program in [
        "process-control-generator",
        "run-job",
        "jobctl",
        "check-jobs-icinga",
        "cron-generate",
        "process-control-notify",
    ] {
        fs::write(programs.join(program), "").unwrap();
    }
    let done = Process::new(root().join("packaging/install.sh")).arg(&target).arg(&programs).output().unwrap();
    assert!(done.status.success(), "{done:?}");
    let is_installed = |file: &str| {
        let meta = fs::metadata(target.join(file)).unwrap_or_else(|error| panic!("{file}: {error}"));
        assert_eq!(meta.permissions().mode() & 0o777, 0o644, "{file}");
    };
    for page in all(root()) {
        is_installed(&format!("usr/share/man/man{0}/{1}.{0}", page.section, page.name));
        for word in seen(&page.text).split([' ', '(', '\n']).filter(|word| word.starts_with("/usr/share/doc/")) {
            is_installed(word.trim_matches(['.', ',', ')', '/']));
        }
    }
    for script in scripts() {
        let folder = match script.shell {
            "bash" => "usr/share/bash-completion/completions",
            "zsh" => "usr/share/zsh/vendor-completions",
            _ => "usr/share/fish/vendor_completions.d",
        };
        is_installed(&format!("{folder}/{}", script.file));
    }
    for kind in Kind::ALL {
        is_installed(&format!("usr/share/process-control/{}", kind.file()));
    }
}

/// What a formatter says of a page.
fn complaints(page: &Page, formatter: &[&str], locale: &str) -> String {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join(format!("{}.{}", page.name, page.section));
    fs::write(&file, &page.text).unwrap();
    let [program, arguments @ ..] = formatter else { panic!("which formatter?") };
    let said = Process::new(program).args(arguments).arg(&file).env("LC_ALL", locale).env("MANWIDTH", "80").output();
    let said = said.unwrap();
    let lines = if *program == "man" { said.stderr } else { said.stdout };
    String::from_utf8_lossy(&lines).into_owned()
}

#[test]
fn man_has_nothing_to_complain_of() {
    if !there_or_skip("the manual as man(1) reads it", &["man", "--version"])
        || !there_or_skip("the manual as man(1) reads it", &["groff", "--version"])
    {
        return;
    }
    for page in all(root()) {
        for locale in ["C.UTF-8", "C"] {
            assert_eq!(complaints(&page, &["man", "--warnings=w", "-l"], locale), "", "{}, {locale}", page.name);
        }
    }
    let wrong = Page { text: ".TH x 1\n.nosuch request\n".to_owned(), ..page("jobctl") };
    assert!(complaints(&wrong, &["man", "--warnings=w", "-l"], "C").contains("nosuch"), "it would be seen");
}

#[test]
fn mandoc_has_nothing_to_complain_of() {
    if !there_or_skip("the manual as mandoc(1) reads it", &["sh", "-c", "command -v mandoc"]) {
        return;
    }
    for page in all(root()) {
        let said = complaints(&page, &["mandoc", "-Tlint", "-Wwarning"], "C.UTF-8");
        // a page has the date of its release, and so none before it; and mandoc needs no signs for those that it has
        let known = ["missing date", "unsupported roff request: fchar"];
        let said: Vec<&str> = said.lines().filter(|line| !known.iter().any(|it| line.contains(it))).collect();
        assert!(said.is_empty(), "{}", said.join("\n"));
    }
}

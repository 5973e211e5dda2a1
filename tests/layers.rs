//! The table of the design, who may import whom, held against the source.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// One row: a module, the modules of ours and the crates of others that it may use.
struct Row {
    module: &'static str,
    ours: &'static [&'static str],
    others: &'static [&'static str],
}

const fn row(module: &'static str, ours: &'static [&'static str], others: &'static [&'static str]) -> Row {
    Row { module, ours, others }
}

const ALL: &[&str] = &[
    "yaml", "job", "config", "unit", "compile", "run", "history", "pause", "page", "notice", "check", "schema",
    "status", "outlook", "crontab", "timers", "sys", "app",
];

/// In the order of the layers. Within layer 0, `yaml` says what is wrong in `job`'s words, `job` checks paths by
/// `unit`'s rule, and `unit` makes text of people printable by `job`'s.
const TABLE: &[Row] = &[
    row("yaml", &["job"], &["serde", "serde_yaml", "chrono"]),
    row("job", &["yaml", "unit"], &["chrono", "serde", "shell_words", "strsim", "tz"]),
    row("config", &["yaml", "job", "unit"], &[]),
    row("unit", &["job"], &[]),
    row("compile", &["config", "job", "unit"], &[]),
    row("history", &["yaml", "job"], &["chrono", "serde"]),
    row("pause", &["job", "history"], &["chrono"]),
    row("page", &["job"], &["anstyle", "chrono", "unicode_width"]),
    row("notice", &["job", "history", "page"], &["chrono", "serde", "shell_words"]),
    row("run", &["job", "history", "pause", "notice"], &["chrono"]),
    row(
        "status",
        &["job", "run", "history", "pause", "page"],
        &["anstream", "anstyle", "chrono", "serde", "serde_json", "strsim"],
    ),
    row("outlook", &["job", "history", "page", "status"], &["anstyle", "chrono", "serde", "unicode_width"]),
    row("crontab", &["job", "config", "history"], &["shell_words"]),
    row("timers", &["crontab", "job", "unit"], &["shell_words"]),
    row("check", &["job"], &["chrono", "annotate_snippets", "serde_json"]),
    row("schema", &["config", "job"], &["serde_json"]),
    row(
        "sys",
        &["yaml", "job", "config", "unit", "compile", "run", "history", "pause", "notice", "status"],
        &[
            "chrono",
            "rustix",
            "signal_hook",
            "nix",
            "close_fds",
            "anyhow",
            "futures_core",
            "lettre",
            "rustls",
            "serde_json",
            "shell_words",
            "tempfile",
            "ureq",
            "zbus",
        ],
    ),
    row("app", ALL, &["chrono", "clap", "clap_complete", "anyhow", "anstream", "serde", "serde_json"]),
];

/// What touches the world, and so belongs into `sys`. The rest of the program gets it as data.
const WORLD: &[&str] = &[
    "std::fs",
    "std::process",
    "std::net",
    "std::thread",
    "std::os",
    "Instant::now",
    "SystemTime",
    "Utc::now",
    "Local::now",
    ".is_dir()",
    ".is_file()",
    ".exists()",
    ".metadata()",
    ".canonicalize()",
];
/// What an edge may do besides: read its own environment, speak.
const EDGE: &[&str] = &["std::env", "std::io"];
/// What panics where nobody listens: `print` of `app` and `speak` of `sys::voice` do not.
const PANICS: &[&str] = &["println!", "print!(", "eprintln!", "eprint!("];

/// Commands do not import each other, but for what all of them need.
const SHARED_BY_COMMANDS: &[&str] = &[
    "args",
    "again",
    "book",
    "changes",
    "crontabs",
    "ended",
    "existing",
    "exit",
    "facts",
    "kept",
    "lock_wait",
    "others",
    "overdue",
    "print",
    "translate",
    "turn",
];
/// Nor do the verbs of `jobctl`.
const SHARED_BY_VERBS: &[&str] = &[
    "checked",
    "chosen",
    "codes",
    "draft",
    "hand_timers",
    "existing",
    "export",
    "from_original",
    "meant",
    "output",
    "own_units",
    "past",
    "refusal",
    "save",
    "upcoming",
    "warning",
    "written",
    // of the folder itself
    "configuration",
    "print",
    "print_json",
    "print_line",
    "say",
    "Screen",
];
/// Programs of several commands.
const PAIRS: &[(&str, &str)] =
    &[("jobctl", "complete"), ("run", "finish"), ("run", "original"), ("notify", "invalid"), ("status", "one")];

/// A source file without comments and without its tests.
struct Source {
    path: PathBuf,
    lines: Vec<(usize, String)>,
}

impl Source {
    fn read(path: &Path) -> Source {
        let text = fs::read_to_string(path).unwrap();
        let code = text.split("#[cfg(test)]").next().unwrap();
        let without_comment = |line: &str| line.split("//").next().unwrap_or_default().to_owned();
        let lines = (1..).zip(code.lines().map(without_comment)).collect();
        Source { path: path.to_owned(), lines }
    }

    fn module(&self) -> String {
        let below = self.path.strip_prefix(root().join("src")).unwrap();
        let first = below.iter().next().unwrap().to_str().unwrap();
        first.strip_suffix(".rs").unwrap_or(first).to_owned()
    }

    /// `FILE:LINE: word` for each word of this file that is refused.
    fn refused(&self, words: impl Fn(&str) -> Vec<String>, allowed: impl Fn(&str) -> bool) -> Vec<String> {
        let found =
            self.lines.iter().flat_map(|(number, line)| words(line).into_iter().map(move |word| (number, word)));
        found
            .filter(|(_, word)| !allowed(word))
            .map(|(number, word)| format!("{}:{number}: {word}", self.path.display()))
            .collect()
    }
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
        if entry.is_dir() {
            found.extend(files(&entry));
        } else if entry.extension().is_some_and(|extension| extension == "rs") {
            found.push(entry);
        }
    }
    found.sort();
    found
}

fn modules() -> Vec<Source> {
    let sources = files(&root().join("src")).into_iter().map(|path| Source::read(&path));
    sources.filter(|source| !["lib", "bin"].contains(&source.module().as_str())).collect()
}

fn row_of(module: &str) -> &'static Row {
    TABLE.iter().find(|row| row.module == module).unwrap_or_else(|| panic!("{module} is not in the table"))
}

/// The names that follow `prefix` in a line.
fn after(line: &str, prefix: &str) -> Vec<String> {
    let name = |rest: &str| rest.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
    line.match_indices(prefix).map(|(at, _)| name(&line[at + prefix.len()..])).collect()
}

/// The first names of paths in a line that are not ours: `serde` of `serde::Serialize`.
fn crates(line: &str) -> Vec<String> {
    let own = |name: &str| ["std", "core", "crate", "super", "self"].contains(&name);
    let mut found = Vec::new();
    for (at, _) in line.match_indices("::") {
        let before = &line[..at];
        let name = before.rsplit(|c: char| !c.is_alphanumeric() && c != '_' && c != ':').next().unwrap_or_default();
        let is_path = name.contains("::") || name.is_empty() || own(name);
        if !is_path && name.starts_with(|c: char| c.is_ascii_lowercase()) {
            found.push(name.to_owned());
        }
    }
    found
}

/// What a line takes from the folder of its file: one name, or several in braces.
fn imported(line: &str) -> Vec<String> {
    let Some((_, rest)) = line.split_once("super::") else { return Vec::new() };
    let names = rest.strip_prefix('{').and_then(|list| list.split('}').next()).unwrap_or(rest);
    let names = if rest.starts_with('{') { names.split(',').collect() } else { vec![names] };
    let word = |name: &str| name.trim().chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
    names.into_iter().map(word).collect()
}

#[track_caller]
fn none(refused: impl Iterator<Item = String>) {
    let refused: Vec<String> = refused.collect();
    assert!(refused.is_empty(), "\n{}", refused.join("\n"));
}

#[test]
fn every_module_is_in_the_table_and_nothing_else() {
    let found: BTreeSet<String> = modules().iter().map(Source::module).collect();
    let known: BTreeSet<String> = TABLE.iter().map(|row| row.module.to_owned()).collect();
    assert_eq!(found, known);
}

#[test]
fn modules_import_what_the_table_allows() {
    none(modules().iter().flat_map(|source| {
        let module = source.module();
        let row = row_of(&module);
        source.refused(|line| after(line, "crate::"), |name| name == row.module || row.ours.contains(&name))
    }));
    // no way around it
    none(modules().iter().flat_map(|source| source.refused(|line| after(line, "super::super::"), |_| false)));
}

#[test]
fn crates_are_used_where_the_table_allows() {
    let manifest = fs::read_to_string(root().join("Cargo.toml")).unwrap();
    let dependencies = manifest.split("[dependencies]").nth(1).unwrap().split("\n[").next().unwrap();
    let names = dependencies.lines().filter_map(|line| Some(line.split_once(" =")?.0.trim().replace('-', "_")));
    let names: BTreeSet<String> = names.map(|name| if name == "tz_rs" { "tz".to_owned() } else { name }).collect();
    assert!(names.contains("serde_yaml") && names.len() > 8, "{names:?}");
    none(modules().iter().flat_map(|source| {
        let others = row_of(&source.module()).others;
        let known = |name: &str| !names.contains(name) || others.contains(&name);
        source.refused(crates, known)
    }));
}

#[test]
fn only_sys_touches_the_world() {
    none(modules().iter().filter(|source| source.module() != "sys").flat_map(|source| {
        let edge = source.module() == "app";
        let words = WORLD.iter().chain(EDGE.iter().filter(|_| !edge));
        let words: Vec<&str> = words.copied().collect();
        source.refused(
            |line| words.iter().filter(|word| line.contains(**word)).map(ToString::to_string).collect(),
            |_| false,
        )
    }));
}

#[test]
fn nothing_speaks_by_a_macro_that_panics() {
    none(modules().iter().flat_map(|source| {
        let found = |line: &str| PANICS.iter().filter(|word| line.contains(**word)).map(ToString::to_string).collect();
        source.refused(found, |_| false)
    }));
}

#[test]
fn commands_do_not_import_each_other() {
    none(modules().iter().filter(|source| source.module() == "app").flat_map(|source| {
        // a command may be a folder, whose files see each other as `super`
        let name = |path: &Path| path.file_stem().unwrap().to_str().unwrap().to_owned();
        let (file, folder) = (name(&source.path), name(source.path.parent().unwrap()));
        let own = if folder == "app" { file.clone() } else { folder.clone() };
        let siblings = if folder == "app" || file == "mod" { "super::" } else { "crate::app::" };
        // so may a verb of jobctl
        let is_verb = source.path.parent().unwrap().parent().unwrap().ends_with("app/jobctl");
        let shared = if is_verb && file == "mod" { SHARED_BY_VERBS } else { SHARED_BY_COMMANDS };
        source.refused(
            |line| after(line, siblings),
            |name| {
                let own_program = is_verb && name == "jobctl";
                name.is_empty() || own_program || shared.contains(&name) || PAIRS.contains(&(own.as_str(), name))
            },
        )
    }));
    none(modules().iter().filter(|source| source.path.iter().any(|part| part == "jobctl")).flat_map(|source| {
        source.refused(
            |line| after(line, "crate::app::jobctl::"),
            |name| name.is_empty() || SHARED_BY_VERBS.contains(&name),
        )
    }));
    none(modules().iter().filter(|source| source.path.parent().unwrap().ends_with("app/jobctl")).flat_map(|source| {
        let own = source.path.file_stem().unwrap().to_str().unwrap().to_owned();
        let words = |line: &str| if own == "mod" { Vec::new() } else { imported(line) };
        source.refused(words, |name| SHARED_BY_VERBS.contains(&name) || PAIRS.contains(&(own.as_str(), name)))
    }));
}

#[test]
fn programs_are_a_few_lines_over_the_library() {
    for folder in ["src/bin", "generators"] {
        for path in files(&root().join(folder)) {
            let text = fs::read_to_string(&path).unwrap();
            assert!(text.lines().count() <= 10, "{}", path.display());
            let ours = after(&text, "process_control::");
            assert!(ours.iter().all(|name| name == "app"), "{}: {ours:?}", path.display());
        }
    }
}

#[test]
fn files_are_short() {
    let long = ["src", "tests", "generators", "packaging"].into_iter().flat_map(|folder| files(&root().join(folder)));
    none(long.filter_map(|path| {
        let lines = fs::read_to_string(&path).unwrap().lines().count();
        (lines > 400).then(|| format!("{}: {lines} lines", path.display()))
    }));
}

/// The readers above see what they look for.
#[test]
fn a_violation_would_be_seen() {
    assert_eq!(after("use crate::sys::clock; let x = crate::job::Job;", "crate::"), ["sys", "job"]);
    assert_eq!(
        crates("fn f(x: rustix::io::Errno) -> serde_yaml::Error { Vec::new(); std::fs::read() }"),
        ["rustix", "serde_yaml"]
    );
    assert_eq!(crates("use clap::Parser;"), ["clap"]);
    assert_eq!(imported("use super::{start, print as p};"), ["start", "print"]);
    assert_eq!(imported("use super::start::start;"), ["start"]);
}

//! `jobctl schema` against the readers: what they take a validator takes, and what they refuse it refuses.

#[path = "schema/reading.rs"]
mod reading;
mod tools;
#[path = "schema/values.rs"]
mod values;

use process_control::config::{self, CONFIG_KEYS};
use process_control::job::keys::{JOB_KEYS, Key};
use process_control::job::{Ceilings, Job, JobName, Problem, Severity, Spec};
use process_control::schema::{Kind, schema};
use process_control::yaml::parse;
use reading::{Words, json_of, yaml_1_1, yaml_1_2};
use serde_json::{Value as Json, json};
use std::collections::BTreeSet;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// A document and what it is.
struct Document {
    place: String,
    kind: Kind,
    text: String,
}

/// What a reader says of a document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Verdict {
    Fine,
    Warned,
    Refused,
}

fn verdict(problems: &[Problem]) -> Verdict {
    // that a job has no name is no fault of a value
    let values = problems.iter().filter(|problem| !(problem.key == "name" && problem.what.starts_with("missing")));
    values.fold(Verdict::Fine, |worst, problem| match problem.severity {
        Severity::Error | Severity::Mistake => Verdict::Refused,
        Severity::Warning if worst == Verdict::Fine => Verdict::Warned,
        _ => worst,
    })
}

fn read(kind: Kind, text: &str, defaults: &Spec) -> Verdict {
    let mut problems = Vec::new();
    match kind {
        Kind::Job => {
            let name = JobName::new("example").unwrap();
            problems = Job::read(&name, text.as_bytes(), defaults, &Ceilings::default()).1;
        }
        Kind::Config => {
            config::read(None, text.as_bytes(), &mut problems);
        }
    }
    verdict(&problems)
}

/// What the validator says of each document, as read by one YAML; nothing where there is no validator.
fn validate(documents: &[Document], words: Words) -> Option<Vec<Option<String>>> {
    let python = "/usr/bin/python3";
    let there = tools::there_or_skip("schemas against a validator", &[python, "-c", "import jsonschema"]);
    there.then(|| {
        let instance = |text: &str| parse(text.as_bytes()).map_or(Json::Null, |node| json_of(&node, words));
        let asked: Vec<Json> =
            documents.iter().map(|document| json!([document.kind.word(), instance(&document.text)])).collect();
        let schemas = json!({ "job": schema(Kind::Job), "config": schema(Kind::Config) });
        let mut oracle = Command::new(python)
            .arg(path("tests/schema/oracle.py"))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let question = json!({ "schemas": schemas, "asked": asked }).to_string();
        oracle.stdin.take().unwrap().write_all(question.as_bytes()).unwrap();
        let answers: Vec<Option<String>> = serde_json::from_slice(&oracle.wait_with_output().unwrap().stdout).unwrap();
        assert_eq!(answers.len(), documents.len());
        answers
    })
}

fn path(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(name)
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut found: Vec<PathBuf> =
        entries.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect();
    found.sort();
    found
}

/// Every YAML file of a folder that is YAML at all.
fn documents(folder: &str) -> Vec<Document> {
    let files = files(&path(folder)).into_iter().filter(|path| path.extension().is_some_and(|end| end == "yaml"));
    let document = |file: PathBuf| {
        let text = fs::read_to_string(&file).ok()?;
        let name = file.file_name().unwrap().to_string_lossy();
        let kind = if name.starts_with("process-control") { Kind::Config } else { Kind::Job };
        parse(text.as_bytes()).ok()?;
        Some(Document { place: file.strip_prefix(path("")).unwrap().display().to_string(), kind, text })
    };
    files.filter_map(document).collect()
}

#[track_caller]
fn none(differences: &[String]) {
    assert!(differences.is_empty(), "{}:\n{}", differences.len(), differences.join("\n"));
}

/// Both ways, by both YAMLs: what is fine is taken, what is refused is refused, but for what is `known` to differ.
#[track_caller]
fn agree(documents: &[Document], read: impl Fn(&Document) -> Verdict, known: &[&str]) {
    let mut different = BTreeSet::new();
    let mut said = Vec::new();
    for (yaml, words) in [("1.1", yaml_1_1 as Words), ("1.2", yaml_1_2)] {
        let Some(answers) = validate(documents, words) else { return };
        for (document, answer) in documents.iter().zip(answers) {
            let place = document.place.as_str();
            let differs = match read(document) {
                Verdict::Fine => answer.is_some(),
                Verdict::Refused => answer.is_none(),
                Verdict::Warned => false,
            };
            if differs {
                different.insert(place);
            }
            if differs && !known.contains(&place) {
                said.push(format!("{place}: YAML {yaml}: {}", answer.as_deref().unwrap_or("taken")));
            }
        }
    }
    said.extend(known.iter().filter(|place| !different.contains(*place)).map(|place| format!("{place}: agrees now")));
    none(&said);
}

#[test]
fn files_of_ours_are_taken() {
    let mut all = documents("packaging");
    // and with what is commented out
    for kind in ["job", "process-control"] {
        let place = format!("packaging/{kind}.example.yaml");
        let text = fs::read_to_string(path(&place)).unwrap();
        let is_key = |rest: &str| rest.starts_with(|c: char| c.is_ascii_lowercase()) || rest.starts_with("  ");
        let line = |line: &str| line.strip_prefix('#').filter(|rest| is_key(rest)).unwrap_or(line).to_owned() + "\n";
        let kind = if kind == "job" { Kind::Job } else { Kind::Config };
        all.push(Document { place: format!("{place}, all of it"), kind, text: text.lines().map(line).collect() });
    }
    for page in files(&path("docs")) {
        let text = fs::read_to_string(&page).unwrap();
        for block in text.split("\n```").skip(1).step_by(2) {
            let (kind, example) = block.split_once('\n').unwrap();
            let (kind, more) = match kind {
                "yaml" if example.lines().any(|line| line.starts_with("command:")) => (Kind::Job, ""),
                "yaml" => (Kind::Job, "\ncommand: /bin/true\n"),
                "yaml config" => (Kind::Config, ""),
                _ => continue,
            };
            let place = format!("{}: {}", page.display(), example.lines().next().unwrap_or_default());
            all.push(Document { place, kind, text: format!("{example}{more}") });
        }
    }
    assert!(all.len() > 40, "{}", all.len());
    let refused = |document: &Document| {
        assert_ne!(read(document.kind, &document.text, &Spec::default()), Verdict::Refused, "{}", document.place);
        Verdict::Fine
    };
    agree(&all, refused, &[]);
}

#[test]
fn files_of_the_cases_are_taken() {
    let all = documents("tests/cases");
    assert!(all.len() > 60, "{}", all.len());
    // a date that never comes
    let known = ["tests/cases/05-timings/jobs/never.yaml"];
    agree(&all, |document| read(document.kind, &document.text, &Spec::default()), &known);
}

#[test]
fn broken_files_are_refused() {
    let all = documents("tests/diagnostics");
    agree(&all, |document| read(document.kind, &document.text, &Spec::default()), values::LEFT_TO_CHECK);
}

/// A document of one key, which alone is looked at.
fn read_value(document: &Document) -> Verdict {
    let mut problems = Vec::new();
    match document.kind {
        Kind::Config => return read(Kind::Config, &document.text, &Spec::default()),
        Kind::Job => Spec::read(&parse(document.text.as_bytes()).unwrap(), &mut problems),
    };
    verdict(&problems)
}

fn value(kind: Kind, key: &str, word: &str) -> Document {
    let command = if kind == Kind::Job && key != "command" { "command: x\n" } else { "" };
    Document { place: format!("{key}: {word}"), kind, text: format!("{command}{key}: {word}\n") }
}

const TABLES: [(Kind, &[Key]); 2] = [(Kind::Job, JOB_KEYS), (Kind::Config, CONFIG_KEYS)];

/// Each key with each word of a long list, and with values of its own.
#[test]
fn values_are_taken_and_refused_alike() {
    let mut all = Vec::new();
    for (kind, key) in TABLES.iter().flat_map(|(kind, keys)| keys.iter().map(|key| (*kind, key.name))) {
        let own = values::OWN.iter().filter(|(name, _)| *name == key).flat_map(|(_, words)| *words);
        all.extend(values::WORDS.iter().chain(own).map(|word| value(kind, key, word)));
    }
    agree(&all, read_value, values::DIFFERENT);
}

#[test]
fn defaults_are_taken() {
    let mut all = Vec::new();
    for (kind, keys) in TABLES {
        let schema = schema(kind);
        let default = |key: &Key| schema["properties"][key.name].get("default").map(Json::to_string);
        all.extend(keys.iter().filter_map(|key| Some(value(kind, key.name, &default(key)?))));
    }
    assert!(all.len() > 20, "{}", all.len());
    let said: Vec<String> = all
        .iter()
        .filter(|document| read_value(document) != Verdict::Fine)
        .map(|document| document.place.clone())
        .collect();
    none(&said);
    agree(&all, read_value, &[]);
}

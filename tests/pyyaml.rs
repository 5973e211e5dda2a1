//! Our YAML against `PyYAML`, with which the original read its files: words, Python's `str()` of them, whole documents.

mod tools;
#[path = "pyyaml/words.rs"]
mod words;

use process_control::yaml::{Node, Style, Value, parse, python};
use serde_json::{Value as Json, json};
use std::io::Write as _;
use std::process::{Command, Stdio};

/// What `PyYAML` answers to each question; nothing where there is none.
fn ask(questions: &[Json]) -> Option<Vec<Json>> {
    let there = tools::there_or_skip("the comparison with PyYAML", &["python3", "-c", "import yaml"]);
    there.then(|| {
        let mut python = Command::new("python3")
            .arg(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/pyyaml/oracle.py"))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let asked = serde_json::to_vec(questions).unwrap();
        python.stdin.take().unwrap().write_all(&asked).unwrap();
        let answers: Vec<Json> = serde_json::from_slice(&python.wait_with_output().unwrap().stdout).unwrap();
        assert_eq!(answers.len(), questions.len());
        answers
    })
}

/// Compares what we read with what `PyYAML` reads, and tells all differences at once.
fn compare(kind: &str, texts: &[String], ours: impl Fn(&str) -> Json) {
    let questions: Vec<Json> = texts.iter().map(|text| json!([kind, text])).collect();
    let Some(answers) = ask(&questions) else { return };
    let differences: Vec<String> = texts
        .iter()
        .zip(answers)
        .map(|(text, theirs)| (text, ours(text), theirs))
        .filter(|(text, ours, theirs)| (ours != theirs) != words::DIFFERENT.iter().any(|(known, _)| known == text))
        .map(|(text, ours, theirs)| format!("{text:?}: ours {ours}, PyYAML's {theirs}"))
        .collect();
    assert!(differences.is_empty(), "{} of {}:\n{}", differences.len(), texts.len(), differences.join("\n"));
}

/// Python's `str()` of a document, null where it cannot be read.
fn value(text: &str) -> Json {
    parse(text.as_bytes()).ok().and_then(|node| python::text(&node)).map_or(Json::Null, Json::String)
}

/// `str()` of each entry of a mapping, as an environment gets it.
fn entries(text: &str) -> Json {
    let Ok(node) = parse(text.as_bytes()) else { return Json::Null };
    let Some(entries) = node.map() else { return Json::Null };
    let pairs = entries.iter().map(|entry| {
        let key = python::scalar_text(&entry.key)?;
        Some((key, Json::String(python::text(&entry.value)?)))
    });
    pairs.collect::<Option<serde_json::Map<_, _>>>().map_or(Json::Null, Json::Object)
}

/// The tree as it was written: what is text, what is a word that may mean more.
fn shape(node: &Node) -> Json {
    let scalar = |text: &str, style| json!([if style == Style::Plain { "plain" } else { "text" }, text]);
    match &node.value {
        Value::Scalar(word) => scalar(&word.text, word.style),
        Value::List(items) => Json::Array(items.iter().map(shape).collect()),
        Value::Map(all) => {
            let pairs = all.iter().map(|entry| json!([scalar(&entry.key.text, entry.key.style), shape(&entry.value)]));
            json!({ "map": pairs.collect::<Vec<_>>() })
        }
    }
}

#[test]
fn words_mean_what_they_meant() {
    let mut texts: Vec<String> = words::TRICKY.iter().map(ToString::to_string).collect();
    texts.extend(words::generated(6000));
    let lines: Vec<String> = texts.iter().map(|word| format!("k: {word}\n")).collect();
    compare("entries", &lines, entries);
}

#[test]
fn keys_mean_what_they_meant() {
    let lines: Vec<String> = words::TRICKY.iter().map(|word| format!("{word}: v\n")).collect();
    compare("entries", &lines, entries);
}

#[test]
fn lists_and_mappings_have_their_python_form() {
    let inside = words::TRICKY.iter().filter(|word| !word.contains([',', '[', ']', '{', '}', '#', ' ']));
    let mut texts: Vec<String> = inside.map(|word| format!("[{word}, {{a: {word}}}]")).collect();
    texts.extend(words::COLLECTIONS.iter().map(ToString::to_string));
    compare("value", &texts, value);
}

#[test]
fn documents_have_the_same_entries() {
    let texts: Vec<String> = words::DOCUMENTS.iter().map(ToString::to_string).collect();
    compare("entries", &texts, entries);
}

#[test]
fn documents_have_the_same_shape() {
    let texts: Vec<String> = words::shapes(600);
    compare("shape", &texts, |text| parse(text.as_bytes()).map_or(Json::Null, |node| shape(&node)));
}

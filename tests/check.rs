//! `jobctl check` for a folder in which each file has something wrong: what a person reads, and what a tool reads.

use assert_cmd::Command;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use tempfile::TempDir;

/// A host of our own whose jobs are `tests/diagnostics` and what cannot be kept there.
fn host() -> TempDir {
    let host = tempfile::tempdir().unwrap();
    let folder = |name: &str| {
        let path = host.path().join(name);
        fs::create_dir(&path).unwrap();
        path
    };
    let (jobs, run, state) = (folder("jobs"), folder("run"), folder("state"));
    for file in fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/diagnostics")).unwrap() {
        let file = file.unwrap();
        fs::copy(file.path(), jobs.join(file.file_name())).unwrap();
    }
    fs::write(jobs.join("too_large.yaml"), format!("name: A\ncommand: /bin/true\n#{}\n", "x".repeat(65536))).unwrap();
    let mut settings = format!("job_directory: {}\nuser: nobody\n", jobs.display());
    for (key, path) in [("run_directory", run), ("state_directory", state), ("output_crontab", "/nowhere".into())] {
        writeln!(settings, "{key}: {}", path.display()).unwrap();
    }
    fs::write(host.path().join("process-control.yaml"), settings).unwrap();
    host
}

fn check(host: &Path, arguments: &[&str]) -> (String, Option<i32>) {
    let output = Command::cargo_bin("jobctl")
        .unwrap()
        .arg("check")
        .args(arguments)
        .env("PROCESS_CONTROL_CONFIG", host.join("process-control.yaml"))
        .output()
        .unwrap();
    assert_eq!(String::from_utf8_lossy(&output.stderr), "", "what is found is the answer, on stdout");
    let text = String::from_utf8(output.stdout).unwrap().replace(host.to_str().unwrap(), "HOST");
    (text, output.status.code())
}

fn settings() -> insta::Settings {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path("../snapshots");
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.add_filter(r"; next .*", "; next …");
    settings.add_filter(r#""\d{4}-\d\d-\d\dT[^"]*""#, "\"…\"");
    settings
}

#[test]
fn every_mistake_in_words() {
    let host = host();
    let (text, code) = check(host.path(), &[]);
    assert_eq!(code, Some(2));
    let hostile = text.chars().find(|c| c.is_control() && *c != '\n');
    assert_eq!(hostile, None, "nothing of a file reaches the terminal as a command");
    settings().bind(|| insta::assert_snapshot!("check", text));
}

#[test]
fn every_mistake_as_json() {
    let host = host();
    let (text, code) = check(host.path(), &["--json"]);
    assert_eq!(code, Some(2));
    let report: serde_json::Value = serde_json::from_str(&text).expect("stdout is one JSON document");
    let brief = report["files"].as_array().unwrap().iter().flat_map(|file| {
        let name = file["file"].as_str().unwrap().trim_start_matches("HOST/");
        let problems = file["problems"].as_array().unwrap();
        problems.iter().map(move |problem| format!("{name}: {problem}\n"))
    });
    // one line for each problem; the shape as a whole is shown by one file
    settings().bind(|| {
        insta::assert_snapshot!("check-json-problems", brief.collect::<String>());
        let (one, _) = check(host.path(), &["--json", host.path().join("jobs/several.yaml").to_str().unwrap()]);
        insta::assert_snapshot!("check-json", one);
    });
}

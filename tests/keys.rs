//! `docs/keys.md` is the tables of keys as a page.

use process_control::config::{CONFIG_KEYS, ORIGINAL_CONFIG_KEYS};
use process_control::job::keys::{JOB_KEYS, Key, ORIGINAL_JOB_KEYS};
use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;

const PAGE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/keys.md");

const HEAD: &str = "\
# All keys

Every key of a job file and of the configuration, in one line each. The key leads to its section, which says more and has an example.
*original* are those that the original process-control had too; files of the original work as they are. `tests/keys.rs` writes this page from the code.

";

/// One table; a key is a link to its section on the page.
fn table(keys: &[Key], original: &[&str], page: &str) -> String {
    let mut out = "| key | takes | default | meaning | since |\n| --- | --- | --- | --- | --- |\n".to_owned();
    for key in keys {
        let since = if original.contains(&key.name) { "original" } else { "new" };
        let cells = [key.takes, key.default, key.meaning];
        // a bar would end the cell
        assert!(cells.iter().all(|cell| !cell.contains('|')), "{}", key.name);
        writeln!(out, "| [`{0}`]({page}#{0}) | {1} | {since} |", key.name, cells.join(" | ")).unwrap();
    }
    out
}

#[test]
fn the_page_of_all_keys_is_what_the_code_says() {
    let jobs = table(JOB_KEYS, ORIGINAL_JOB_KEYS, "job.yaml.md");
    let configuration = table(CONFIG_KEYS, ORIGINAL_CONFIG_KEYS, "process-control.yaml.md");
    let page = format!("{HEAD}## Job files\n\n{jobs}\n## The configuration\n\n{configuration}");
    if std::env::var_os("UPDATE_DOCS").is_some() {
        fs::write(PAGE, &page).unwrap();
    }
    let written = fs::read_to_string(PAGE).unwrap_or_default();
    assert!(written == page, "{PAGE}: run the test with UPDATE_DOCS=1: cargo test --test keys");
}

#[test]
fn what_the_original_knew_is_known_here() {
    for (keys, original) in [(JOB_KEYS, ORIGINAL_JOB_KEYS), (CONFIG_KEYS, ORIGINAL_CONFIG_KEYS)] {
        let known: BTreeSet<&str> = keys.iter().map(|key| key.name).collect();
        for name in original {
            assert!(known.contains(name), "{name}");
        }
    }
}

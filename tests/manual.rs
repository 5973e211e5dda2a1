//! The manual and the code agree: keys, options, dependencies, examples, and the tests that are named.

use clap::{Arg, CommandFactory};
use process_control::app::args::{JobCtl, RunJob};
use process_control::config::{self, CONFIG_KEYS};
use process_control::history;
use process_control::job::keys::{JOB_KEYS, Key};
use process_control::job::{Ceilings, Job, JobName, Problem, Spec};
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

fn path(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(name)
}

fn read(name: &str) -> String {
    fs::read_to_string(path(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// Every file below a folder.
fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
}

/// Each key has a heading of the third level, then the two lines of the table.
fn keys_are_told(page: &str, keys: &[Key]) {
    let text = read(page);
    let sections: Vec<(&str, &str)> =
        text.split("\n### `").skip(1).map(|section| section.split_once('`').unwrap()).collect();
    for key in keys {
        let Some((_, section)) = sections.iter().find(|(name, _)| *name == key.name) else {
            panic!("{page}: no heading for {}", key.name);
        };
        let expected = format!("\n\n- takes: {}\n- default: {}\n\n", key.takes, key.default);
        assert!(section.starts_with(&expected), "{page}: {}: expected{expected}", key.name);
    }
    let known: BTreeSet<&str> = keys.iter().map(|key| key.name).collect();
    let told: BTreeSet<&str> = sections.iter().map(|(name, _)| *name).collect();
    assert_eq!(told, known, "{page}: a heading names no key");
    assert_eq!(sections.len(), keys.len(), "{page}: a key has two headings");
}

#[test]
fn every_job_key_is_told() {
    keys_are_told("docs/job.yaml.md", JOB_KEYS);
}

#[test]
fn every_key_of_the_configuration_is_told() {
    keys_are_told("docs/process-control.yaml.md", CONFIG_KEYS);
}

#[test]
fn examples_name_every_key() {
    for (page, keys) in
        [("packaging/job.example.yaml", JOB_KEYS), ("packaging/process-control.example.yaml", CONFIG_KEYS)]
    {
        let text = read(page);
        // one spelling is enough, exactly one timing may stand there, and the original's leftovers need no example
        let others =
            ["tags", "calendar", "every", "at_boot", "after_success", "cron_template", "output_crontab", "logging"];
        for key in keys.iter().filter(|key| !others.contains(&key.name)) {
            let stands = text.lines().any(|line| line.trim_start_matches('#').starts_with(&format!("{}:", key.name)));
            assert!(stands, "{page}: {} is missing", key.name);
        }
    }
}

fn options_are_told(place: &str, text: &str, options: &[&Arg]) {
    for argument in options {
        let names = argument.get_long().map(|long| format!("--{long}")).into_iter();
        for name in names.chain(argument.get_short().map(|short| format!("-{short}"))) {
            let told = [format!("`{name}`"), format!("`{name} "), format!("[{name}]")];
            assert!(told.iter().any(|form| text.contains(form)), "{place}: {name}");
        }
    }
}

#[test]
fn every_option_is_told() {
    let mut run_job = RunJob::command();
    run_job.build();
    options_are_told("docs/run-job.md", &read("docs/run-job.md"), &run_job.get_arguments().collect::<Vec<_>>());
    // what is told of one verb is not told of another
    let (mut jobctl, page) = (JobCtl::command(), read("docs/jobctl.md"));
    jobctl.build();
    let (general, verbs) = page.split_once("\n## ").unwrap();
    options_are_told("docs/jobctl.md", general, &jobctl.get_arguments().collect::<Vec<_>>());
    for verb in jobctl.get_subcommands().filter(|verb| verb.get_name() != "help") {
        let name = verb.get_name();
        let own = |section: &&str| {
            let rest = section.strip_prefix("`jobctl ").and_then(|rest| rest.strip_prefix(name));
            rest.is_some_and(|rest| rest.starts_with([' ', '`']))
        };
        let section = verbs.split("\n## ").find(own).unwrap_or_else(|| panic!("docs/jobctl.md: no heading for {name}"));
        // of help it is told once that each has it
        let options: Vec<&Arg> = verb.get_arguments().filter(|argument| argument.get_id() != "help").collect();
        options_are_told(&format!("docs/jobctl.md: {name}"), section, &options);
        for alias in verb.get_visible_aliases() {
            assert!(section.contains(&format!("`jobctl {alias}`")), "docs/jobctl.md: {name}: alias {alias}");
        }
    }
}

#[test]
fn every_dependency_has_its_reason() {
    let (manifest, page) = (read("Cargo.toml"), read("CONTRIBUTING.md"));
    let mut inside = false;
    let mut known = BTreeSet::new();
    for line in manifest.lines() {
        if line.starts_with('[') {
            inside = line.ends_with("dependencies]");
        } else if inside && let Some((name, _)) = line.split_once(" = ").filter(|_| !line.starts_with('#')) {
            known.insert(name);
            assert!(page.contains(&format!("\n| `{name}` | ")), "CONTRIBUTING.md: no row for {name}");
        }
    }
    let table = page.split_once("| crate | for |\n").unwrap().1;
    let rows = table.lines().skip(1).map_while(|line| line.strip_prefix("| `")?.split('`').next());
    assert_eq!(rows.collect::<BTreeSet<_>>(), known, "CONTRIBUTING.md: a row names no dependency");
}

fn fine(place: &str, problems: &[Problem]) {
    let said: Vec<String> = problems.iter().map(ToString::to_string).collect();
    assert!(said.is_empty(), "{place}: {}", said.join("\n"));
}

fn read_job(place: &str, text: &str) {
    let name = JobName::new("example").unwrap();
    let (job, problems) = Job::read(&name, text.as_bytes(), &Spec::default(), &Ceilings::default());
    fine(place, &problems);
    assert!(job.is_some(), "{place}");
}

fn read_config(place: &str, text: &str) {
    let mut problems = Vec::new();
    let config = config::read(None, text.as_bytes(), &mut problems);
    fine(place, &problems);
    assert!(config.is_some(), "{place}");
}

/// What stands between two fences, with the words after the first.
fn examples(text: &str) -> impl Iterator<Item = (&str, &str)> {
    text.split("\n```").skip(1).step_by(2).map(|block| block.split_once('\n').unwrap())
}

#[test]
fn examples_of_the_manual_are_read_without_a_problem() {
    let mut pages = files(&path("docs"));
    pages.extend(["README.md", "examples/README.md", "CONTRIBUTING.md", "CHANGELOG.md"].map(path));
    let mut count = 0;
    for page in pages {
        let text = fs::read_to_string(&page).unwrap();
        for (kind, example) in examples(&text) {
            let place = format!("{}:\n{example}", page.display());
            match kind {
                // a part of a job: what it needs besides is not the point there
                "yaml" => {
                    let lacks = |key: &str| !example.lines().any(|line| line.starts_with(key));
                    let rest = [("name:", "name: x\n"), ("command:", "command: x\n")];
                    let rest: String = rest.iter().filter(|(key, _)| lacks(key)).map(|(_, line)| *line).collect();
                    read_job(&place, &format!("{example}\n{rest}"));
                }
                "yaml config" => read_config(&place, example),
                "yaml history" => {
                    let history = history::parse(example).unwrap_or_else(|error| panic!("{place}{error}"));
                    assert_eq!(history::render(&history).unwrap().trim_end(), example.trim_end(), "{place}");
                }
                "text" | "json" => {}
                // tests/booted/tour.rs types what stands there
                "console" if page.ends_with("README.md") => {}
                other => panic!("{place}no such kind of example: {other:?}"),
            }
            count += 1;
        }
    }
    assert!(count > 30, "{count} examples were found");
}

#[test]
fn shipped_examples_are_read_without_a_problem() {
    let ours = config::read(None, read("examples/process-control.yaml").as_bytes(), &mut Vec::new()).unwrap();
    let table = read("examples/README.md");
    for file in [files(&path("examples/jobs")), files(&path("packaging/demo"))].concat() {
        let (place, text) = (file.display().to_string(), fs::read_to_string(&file).unwrap());
        let name = JobName::new(file.file_stem().unwrap().to_str().unwrap()).unwrap();
        // by itself, and under the configuration beside it
        for (defaults, ceilings) in [(&Spec::default(), &Ceilings::default()), (&ours.defaults, &ours.ceilings)] {
            let (job, problems) = Job::read(&name, text.as_bytes(), defaults, ceilings);
            fine(&place, &problems);
            assert!(job.is_some(), "{place}");
        }
        if file.starts_with(path("examples")) {
            let lines = text.lines().take_while(|line| line.starts_with("# ")).count();
            assert!((1..=3).contains(&lines), "{place}: what it shows, in one to three lines");
            let row = format!("\n| [{0}](jobs/{0}) | ", file.file_name().unwrap().display());
            assert!(table.contains(&row), "examples/README.md: no row for {place}");
        }
    }
    read_config("examples/process-control.yaml", &read("examples/process-control.yaml"));
    // as it is, and with every line in force that is commented out
    let (job, config) = ("packaging/job.example.yaml", "packaging/process-control.example.yaml");
    read_job(job, &read(job));
    read_job(job, &in_force(&read(job)));
    read_config(config, &read(config));
    read_config(config, &in_force(&read(config)));
}

#[test]
fn pictures_of_readme_are_there_and_load_nothing() {
    let text = read("README.md");
    let named: Vec<&str> = text.split("](docs/pictures/").skip(1).map(|rest| rest.split(')').next().unwrap()).collect();
    assert!(!named.is_empty());
    for name in named {
        let picture = read(&format!("docs/pictures/{name}"));
        assert!(picture.starts_with("<svg ") && picture.ends_with("</svg>\n"), "{name}: make pictures");
        assert!(picture.len() < 60_000, "{name}: {} bytes", picture.len());
        for word in ["href", "url(", "@import", "<script"] {
            assert!(!picture.contains(word), "{name}: {word}");
        }
    }
}

#[test]
fn a_configuration_of_comments_alone_changes_nothing_and_one_cut_off_is_refused() {
    let read = |text: &str| {
        let mut problems = Vec::new();
        (
            config::read(None, text.as_bytes(), &mut problems),
            problems.iter().map(ToString::to_string).collect::<String>(),
        )
    };
    let (config, said) = read("\n # user: root\n");
    assert!(config.is_some_and(|config| !config.user.says_root()) && said.is_empty(), "{said}");
    for text in ["", "\n \n"] {
        let (config, said) = read(text);
        assert!(config.is_none() && said.contains("the file is empty"), "{text:?}: {said}");
    }
    // to YAML that is the end of a line
    let (config, said) = read("# all jobs\ruser: root\n");
    assert!(config.is_none() && said.contains("root"), "{said}");
}

/// `#key: value` is a setting, `# text` is a comment.
fn in_force(text: &str) -> String {
    let lines = text.lines().map(|line| match line.strip_prefix('#') {
        Some(rest) if !rest.starts_with(' ') || rest.starts_with("  ") => rest,
        _ => line,
    });
    lines.collect::<Vec<_>>().join("\n")
}

#[test]
fn tests_that_the_manual_names_exist() {
    let sources: String = ["src", "tests"]
        .map(path)
        .iter()
        .flat_map(|folder| files(folder))
        .filter_map(|file| fs::read_to_string(file).ok())
        .collect();
    let page = read("docs/security.md");
    for row in page.lines().filter(|line| line.starts_with("| ") && line.matches(" | ").count() == 2) {
        let last = row.trim_end_matches(" |").rsplit(" | ").next().unwrap();
        for name in last.split('`').skip(1).step_by(2) {
            assert!(sources.contains(&format!("fn {name}(")), "docs/security.md: there is no test {name}");
        }
    }
}

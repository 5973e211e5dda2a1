//! Every folder of `tests/cases` is a job directory as an administrator would write it; its page in `snapshots/`
//! is the whole of what the generator makes of it, and all that is said on the way. `examples` is one more such folder.

use process_control::compile::{self, Links, Unit};
use process_control::config::{self, Config};
use process_control::job::retries::Growth;
use process_control::job::schedule::Zone;
use process_control::job::{Job, Problem, Timing};
use process_control::sys::jobs::Folder;
use process_control::sys::zone;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

#[test]
fn compile() {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path("../snapshots");
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| {
        insta::glob!("cases/*", |case| insta::assert_snapshot!(page(case)));
        let examples = page(Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/examples")));
        assert!(examples.starts_with("said:\nnothing\n"), "{examples}");
        insta::assert_snapshot!("compile@examples", examples);
    });
}

/// The generated folder as one text.
fn page(case: &Path) -> String {
    let mut said = String::new();
    let config = configuration(case, &mut said);
    let (mut units, mut links) = (Vec::new(), Links::default());
    let folder = Folder::open(&case.join("jobs")).unwrap();
    for candidate in folder.list().unwrap() {
        let source = config.job_directory.join(&candidate.file);
        let name = candidate.name().unwrap();
        let (job, problems) = match folder.read(&name).unwrap_or_else(|| panic!("{} is listed", source.display())) {
            Ok(file) => Job::read(&name, &file.bytes, &config.defaults, &config.ceilings),
            Err(problem) => (None, vec![problem]),
        };
        tell(&mut said, &source, &problems);
        let Some(job) = job else {
            units.extend(compile::broken(&name, &source, &config));
            continue;
        };
        links.order.add(&job);
        units.extend(compile::job(&job, &source, &rules(&job), Growth::Steps, &config));
        if compile::has_timer(&job, &rules(&job)) {
            links.timers.push(compile::timer_name(&name));
        } else if job.is_scheduled() && job.timing == Timing::AtBoot {
            links.at_boot.push(compile::service_name(&name));
        }
    }
    // the generator says so of each
    links.order.without_circles();
    units.extend(compile::host(&links, &config));
    let said = if said.is_empty() { "nothing\n" } else { &said };
    units.iter().fold(format!("said:\n{said}\n"), |mut page, unit| {
        write!(page, "---- {}\n{}\n", unit.name, text(unit)).unwrap();
        page
    })
}

/// The zone's rules; a job without a zone is on a host in Berlin here, wherever the test runs.
fn rules(job: &Job) -> Zone {
    match job.timing.zone(job.zone.as_ref()) {
        Some(name) => zone::read(Some(name)),
        None => Zone::from_tz_data(None, &fs::read("/usr/share/zoneinfo/Europe/Berlin").unwrap()).unwrap(),
    }
}

fn configuration(case: &Path, said: &mut String) -> Config {
    let Ok(bytes) = fs::read(case.join("process-control.yaml")) else { return Config::default() };
    let mut problems = Vec::new();
    let config = config::read(None, &bytes, &mut problems);
    tell(said, Path::new(config::DEFAULT_PATH), &problems);
    config.unwrap()
}

fn tell(said: &mut String, path: &Path, problems: &[Problem]) {
    for problem in problems {
        writeln!(said, "{:?} {}: {problem}", problem.severity, path.display()).unwrap();
    }
}

/// The text without its first line, which every file has.
fn text(unit: &Unit) -> String {
    let text = unit.file.to_string();
    let (heading, rest) = text.split_once("\n\n").unwrap();
    assert!(heading.starts_with("# Made by process-control-generator"), "{heading}");
    rest.to_owned()
}

//! Timers of systemd as people write them: the job files that come of them, and what is said. Each folder of
//! `tests/timers` is a page of `snapshots/`.

mod importing;

use importing::{job, on_host, page, snapshots};
use process_control::crontab::{Imported, Users, Wanted};
use process_control::job::Activity;
use process_control::sys::{timers, unit_files};
use process_control::timers::{Pair, Source, Start, import, service_of};
use proptest::prelude::*;
use std::fs;
use std::path::{Path, PathBuf};

fn entries(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    let mut paths: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths
}

/// The folders of units of a case: itself, or those within it that are named after where systemd looks first.
fn folders(case: &Path) -> Vec<PathBuf> {
    let found = ["etc", "run", "usr"].map(|name| case.join(name)).into_iter().filter(|path| path.is_dir());
    let found: Vec<PathBuf> = found.collect();
    if found.is_empty() { vec![case.to_owned()] } else { found }
}

/// A file and its drop-ins, each with its name below the folder of the case.
fn texts(case: &Path, name: &str) -> Vec<(String, Vec<u8>)> {
    let label = |path: &Path| path.strip_prefix(case).unwrap().display().to_string();
    let found = unit_files::read(&folders(case), name).unwrap();
    found.into_iter().map(|text| (label(&text.path), text.bytes)).collect()
}

fn sources(texts: &[(String, Vec<u8>)]) -> Vec<Source<'_>> {
    texts.iter().map(|(label, bytes)| Source { label, bytes }).collect()
}

/// What becomes of pairs on a host that has two jobs.
fn imported(pairs: &[Pair<'_>], wanted: Wanted, configuration: &str) -> Imported {
    let there = [
        ("taken", "name: Taken\ncommand: /bin/other\n"),
        ("already", "name: A\ncommand: /usr/bin/there --already\ncalendar: 04:00\nenvironment: {HOME: /srv/www}\n"),
    ];
    on_host(&there, configuration, |host| import(pairs, wanted, host))
}

fn of_folder(folder: &Path, wanted: Wanted) -> Imported {
    let own = &folders(folder)[0];
    let read = timers::of_folder(own, &["started@now.timer".to_owned()]).unwrap().into_iter().map(|path| {
        let stem = path.file_stem().unwrap().to_str().unwrap().to_owned();
        let timer = texts(folder, &format!("{stem}.timer"));
        let service_name = service_of(&stem, &sources(&timer));
        let service = texts(folder, &service_name);
        (stem, timer, service_name, service)
    });
    let read: Vec<_> = read.collect();
    let pairs: Vec<Pair<'_>> = read
        .iter()
        .map(|(stem, timer, service_name, service)| Pair {
            stem,
            timer: sources(timer),
            service_name,
            service: sources(service),
            start: Start::Maybe,
        })
        .collect();
    let configuration = fs::read_to_string(folder.join("process-control.yaml")).unwrap_or_default();
    imported(&pairs, wanted, &configuration)
}

#[test]
fn files_and_words() {
    for folder in entries(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/timers")) {
        let case = folder.file_name().unwrap().to_str().unwrap();
        let users = if case.ends_with("any-user") { Users::Any } else { Users::Service };
        let imported = of_folder(&folder, Wanted { activity: Activity::Disabled, users });
        for (name, text) in &imported.files {
            assert_eq!(job(name, text).activity, Activity::Disabled);
        }
        snapshots().bind(|| insta::assert_snapshot!(format!("timers-{case}"), page(&imported)));
    }
}

const TIMER: &[u8] = b"[Timer]\nOnCalendar=daily\n";
const SERVICE: &[u8] = b"[Service]\nUser=process-control\nExecStart=/bin/true\n";

fn one(timer: &[u8], service: &[u8], activity: Activity, start: Start) -> Imported {
    let pair = Pair {
        stem: "x",
        timer: vec![Source { label: "x.timer", bytes: timer }],
        service_name: "x.service",
        service: vec![Source { label: "x.service", bytes: service }],
        start,
    };
    imported(&[pair], Wanted { activity, users: Users::Service }, "")
}

#[test]
fn enabled_only_when_asked_and_when_systemd_starts_the_timer() {
    for (wanted, start, activity) in [
        (Activity::Disabled, Start::Maybe, Activity::Disabled),
        (Activity::Enabled, Start::Maybe, Activity::Enabled),
        (Activity::Enabled, Start::Never, Activity::Disabled),
    ] {
        let imported = one(TIMER, SERVICE, wanted, start);
        let (name, text) = &imported.files[0];
        assert_eq!(job(name, text).activity, activity);
        assert_eq!(imported.said.len(), usize::from(start == Start::Never), "{:?}", imported.said);
    }
}

#[test]
fn what_is_no_text_stays_behind() {
    let imported =
        one(TIMER, b"[Service]\nUser=process-control\nExecStart=/bin/echo \xff\n", Activity::Disabled, Start::Maybe);
    assert!(imported.files.is_empty(), "{imported:?}");
    assert_eq!(
        (imported.said, imported.not_carried),
        (vec!["x.service: this is not UTF-8; write it in UTF-8".to_owned()], 1)
    );
}

proptest! {
    /// Whatever stands in the units, what comes of them is a job that can be read, or words that say why not.
    #[test]
    fn any_unit_makes_a_job_or_words(
        timer in "(On(Calendar|BootSec|UnitActiveSec)|Persistent|RandomizedDelaySec)=(daily|yes|[ -~]{0,20})",
        service in "((ExecStart|Environment|Nice|Type|TimeoutSec|MemoryMax)=[ -~\u{e0}-\u{ff}]{0,30}(\\\\)?\n){0,6}",
    ) {
        let timer = format!("[Timer]\n{timer}\n");
        let service = format!("[Service]\nUser=process-control\nType=oneshot\n{service}");
        let imported = one(timer.as_bytes(), service.as_bytes(), Activity::Disabled, Start::Maybe);
        for (name, text) in &imported.files {
            prop_assert_eq!(job(name, text).activity, Activity::Disabled);
        }
        prop_assert!(!imported.files.is_empty() || imported.not_carried > 0);
        prop_assert!(imported.said.iter().all(|line| !line.contains(|c: char| c.is_control() && c != '\t')));
    }
}

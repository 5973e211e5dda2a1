//! The table of all jobs, at several widths, and its JSON.

use chrono::{DateTime, TimeDelta, Utc};
use process_control::config::Config;
use process_control::history::{Command, End, Exit, History, Outcome, Run, Trigger};
use process_control::job::schedule::Zone;
use process_control::job::{Job, JobName};
use process_control::status::{Facts, Header, State, Table, json, table};

const NOW: DateTime<Utc> = DateTime::from_timestamp(1_800_000_000, 0).unwrap();

fn facts(name: &str, keys: &str) -> Facts {
    let name = JobName::new(name).unwrap();
    let Config { defaults, ceilings, .. } = Config::default();
    let text = format!("name: Job {name}\ncommand: /bin/true\n{keys}\n");
    let (job, _) = Job::read(&name, text.as_bytes(), &defaults, &ceilings);
    Facts { name, job, pid: None, paused: None, next: None, history: History::default() }
}

fn ran(mut facts: Facts, outcome: Outcome, ago: TimeDelta, took: TimeDelta) -> Facts {
    let end = NOW - ago;
    let mut run = Run::begun("a".repeat(32), Trigger::Timer, Command::Normal, end - took, String::new());
    run.end = Some(End { at: end, outcome, exit: Some(Exit::Code(0)), reason: None });
    facts.history.add(run);
    facts
}

fn next(facts: Facts, after: TimeDelta) -> Facts {
    Facts { next: Some(NOW + after), ..facts }
}

fn settings() -> insta::Settings {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path("../snapshots");
    settings.set_prepend_module_to_snapshot(false);
    settings
}

const OFTEN: &str = "schedule: '*/5 * * * *'";

fn jobs() -> Vec<Facts> {
    let (ms, s, m, h, d) =
        (TimeDelta::milliseconds, TimeDelta::seconds, TimeDelta::minutes, TimeDelta::hours, TimeDelta::days);
    vec![
        facts("broken", "schedule: x"),
        Facts { pid: Some(4711), ..ran(facts("export", OFTEN), Outcome::Success, h(5), m(12)) },
        next(ran(facts("heartbeat", OFTEN), Outcome::Success, s(12), ms(6)), s(48)),
        next(
            ran(facts("import-of-very-many-things-from-everywhere", OFTEN), Outcome::Timeout, d(3), m(95)),
            d(2) + h(4),
        ),
        ran(
            facts("manual", "tags: [by-hand, database, reports, nightly, and-many-more]"),
            Outcome::Stopped,
            d(40),
            h(7),
        ),
        facts("off", "schedule: '0 0 * * *'\ndisabled: true"),
        Facts { paused: Some("by uid 0: maintenance".to_owned()), ..next(facts("paused", OFTEN), h(30)) },
    ]
}

fn shown(width: Option<usize>, header: Header) -> String {
    let coloured = table(&jobs(), Table { width, header, now: NOW, zone: &Zone::utc() });
    anstream::adapter::strip_str(&coloured).to_string()
}

#[test]
fn the_table_fits_its_terminal() {
    for width in [80, 120, 200] {
        let page = shown(Some(width), Header::Shown);
        assert!(page.lines().all(|line| line.chars().count() <= width && !line.ends_with(' ')), "{width}:\n{page}");
        settings().bind(|| insta::assert_snapshot!(format!("table-{width}"), page));
    }
    assert!(shown(None, Header::Left).starts_with("broken "));
}

#[test]
fn states_come_in_the_order_in_which_people_must_know_them() {
    use State::{Disabled, Failed, Invalid, Manual, Paused, Running, Waiting};
    let states: Vec<State> = jobs().iter().map(Facts::state).collect();
    assert_eq!(states, [Invalid, Running, Waiting, Failed, Manual, Disabled, Paused]);
}

#[test]
fn json_tells_the_same() {
    settings().bind(|| insta::assert_snapshot!("status-json", format!("{:#}", json(&jobs()))));
}

//! The table of all jobs, at several widths, and its JSON.

mod facts;

use chrono::TimeDelta;
use facts::{NOW, facts, fits, next, page, plain, ran, snapshots};
use process_control::history::Outcome;
use process_control::job::JobName;
use process_control::job::schedule::Zone;
use process_control::page::{Header, Page};
use process_control::pause::{Hold, Marker, Scope, What};
use process_control::status::{Facts, Jobs, LockWait, Running, Service, Sort, State, Timer, sort, table};

fn hold(what: What, reason: &str, scope: Scope) -> Hold {
    let marker = Marker { what, reason: reason.to_owned() };
    Hold { marker, by: "olga".to_owned(), since: NOW - TimeDelta::hours(2), scope }
}

const OFTEN: &str = "schedule: '*/5 * * * *'";

fn jobs() -> Vec<Facts> {
    let (ms, s, m, h, d) =
        (TimeDelta::milliseconds, TimeDelta::seconds, TimeDelta::minutes, TimeDelta::hours, TimeDelta::days);
    vec![
        facts("broken", "schedule: x"),
        Facts {
            running: Some(Running { pid: Some(4711), since: Some(NOW - m(3)) }),
            ..ran(facts("export", OFTEN), Outcome::Success, h(5), m(12))
        },
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
        Facts {
            pause: Some(hold(What::Until(NOW + h(9)), "the database is being moved", Scope::Job)),
            ..next(facts("paused", OFTEN), h(30))
        },
        Facts {
            retry: Some(NOW + m(4)),
            ..ran(facts("restless", &format!("{OFTEN}\nretries: 2")), Outcome::Failure, m(1), s(2))
        },
        Facts {
            running: Some(Running { pid: Some(4712), since: None }),
            lock_wait: Some(LockWait {
                why: "the lock group kitchen is full (1)".to_owned(),
                by: vec![JobName::new("export").unwrap()],
            }),
            ..ran(facts("second", OFTEN), Outcome::Success, m(7), s(2))
        },
        Facts { left_out: Some(NOW + h(1)), ..next(facts("skipped", OFTEN), h(1)) },
        Facts { timer: Timer::Off, ..facts("stopped", OFTEN) },
        Facts { service: Service::Failed, ..next(facts("unstartable", OFTEN), m(2)) },
    ]
}

fn shown(width: Option<usize>, header: Header) -> String {
    plain(&table(&jobs(), Page { header, ..page(width, &Zone::utc()) }))
}

#[test]
fn the_table_fits_its_terminal() {
    for width in [80, 120, 200] {
        let page = shown(Some(width), Header::Shown);
        fits(&page, width);
        snapshots().bind(|| insta::assert_snapshot!(format!("table-{width}"), page));
    }
    assert!(shown(None, Header::Left).starts_with("broken "));
}

#[test]
fn states_come_in_the_order_in_which_people_must_know_them() {
    use State::{Disabled, Failed, Invalid, Manual, Paused, Retrying, Running, Waiting};
    let states: Vec<State> = jobs().iter().map(Facts::state).collect();
    let last = [Retrying, Running, Waiting, Waiting, Failed];
    assert_eq!(states, [&[Invalid, Running, Waiting, Failed, Manual, Disabled, Paused][..], &last].concat());
}

#[test]
fn json_tells_the_same() {
    let json = serde_json::to_string_pretty(&Jobs { jobs: &jobs() }).unwrap();
    snapshots().bind(|| insta::assert_snapshot!("status-json", json));
}

#[test]
fn jobs_are_sorted_by_what_a_person_looks_for() {
    let sorted = |by| {
        let mut jobs = jobs();
        sort(&mut jobs, by);
        jobs.iter().map(|facts| facts.name.to_string()).collect::<Vec<_>>()
    };
    assert_eq!(sorted(Sort::State)[..3], ["broken", "import-of-very-many-things-from-everywhere", "unstartable"]);
    assert_eq!(sorted(Sort::Next)[..3], ["heartbeat", "unstartable", "skipped"]);
    assert_eq!(sorted(Sort::Last)[..2], ["heartbeat", "restless"]);
    assert_eq!(sorted(Sort::Took)[..2], ["manual", "import-of-very-many-things-from-everywhere"]);
    assert!(sorted(Sort::Name).is_sorted());
}

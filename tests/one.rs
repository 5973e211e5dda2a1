//! The pages about one job: everything at once, its runs, what its schedule means.

mod facts;

use chrono::TimeDelta;
use facts::{NOW, facts, fits, history, next, page, plain, run, snapshots};
use process_control::history::{Exit, History, Outcome, Run, Trigger};
use process_control::job::schedule::{Vixie, Zone};
use process_control::job::{JobName, Problem, TimeSpan, Timing};
use process_control::pause::{Hold, Marker, Scope, What};
use process_control::status::log::{Line, Speaker};
use process_control::status::{
    About, Explained, Facts, LockWait, Running, Service, Timer, explained, numbered, one, runs,
};
use std::path::{Path, PathBuf};

fn past() -> History {
    let (h, s) = (TimeDelta::hours, TimeDelta::seconds);
    let skipped = |ago, reason: &str| {
        let mut run = run(Outcome::Skipped, None, ago, TimeDelta::zero());
        run.end.as_mut().unwrap().reason = Some(reason.to_owned());
        run
    };
    let by_hand = |run: Run| Run { trigger: Trigger::Manual, ..run };
    history(vec![
        run(Outcome::Success, Some(Exit::Code(0)), h(96), s(600)),
        run(Outcome::Timeout, Some(Exit::Signal(15)), h(72), s(1200)),
        skipped(h(71), "paused by olga: maintenance"),
        run(Outcome::Interrupted, None, h(48), s(30)),
        by_hand(run(Outcome::Success, Some(Exit::Code(4)), h(47), s(45))),
        run(Outcome::Failure, Some(Exit::Code(3)), h(24), s(2)),
        skipped(h(1), "the slot of 2027-01-15 07:00:00 UTC came during the previous run"),
    ])
}

fn nightly() -> Facts {
    let keys = "description: |\n  Sends the sales\n  of yesterday.\nschedule: '30 4 * * 1-5'\ntimeout: 20\nmemory_max: 512M\n\
                tag: [finance, nightly]\ncommand: [/bin/echo 'a b', /bin/true]\nslow_start_command: /bin/echo slow";
    let mut facts = next(facts("nightly", keys), TimeDelta::minutes(20 * 60 + 30 + 66 * 60 - 66 * 60));
    let past = past();
    facts.recent.run = past.runs.iter().rev().find(|run| !run.is_skipped()).cloned();
    facts
}

/// It once said so of an attempt that was still to come.
#[test]
fn a_failure_was_tried_again_when_it_was() {
    let (s, m) = (TimeDelta::seconds, TimeDelta::minutes);
    let failed = |ago, retry: TimeDelta| Run {
        retry: Some(NOW + retry),
        ..run(Outcome::Failure, Some(Exit::Code(3)), ago, s(1))
    };
    let table = |last: Run| {
        let history = history(vec![failed(m(9), -m(8)), last]);
        let table = plain(&runs(&numbered(&history), page(None, &Zone::utc())));
        table
            .lines()
            .skip(1)
            .map(|line| line.split("failure, exit 3").nth(1).unwrap().trim()[..12].to_owned())
            .collect()
    };
    let told: Vec<String> = table(failed(s(10), s(50)));
    assert_eq!(told, [", to be trie", ", tried agai"]);
    let told: Vec<String> = table(failed(m(7), -m(6)));
    assert_eq!(told, ["timer  4a100", ", tried agai"], "somebody took it away");
}

/// Six of the keys were missing.
#[test]
fn the_page_tells_every_limit() {
    let keys = "schedule: '0 3 * * *'\npause_after_failures: 3\nunrecoverable_exit_codes: [64, 78]\nlock_group: kitchen\n\
                lock_group_size: 2\nlock_wait: 5min\nlate_after: 10min\nexpected_duration: 45min";
    let page = shown(&facts("watched", keys), &History::default(), &[], Ok(&[]));
    let limits: Vec<&str> = page.lines().skip_while(|line| !line.contains("limits: ")).collect();
    let told = "limits: no timeout, kill_grace 30s, pause_after_failures 3, unrecoverable_exit_codes 64 78, \
                late_after 10min, expected_duration 45min, lock_group kitchen of 2, lock_wait 5min";
    assert_eq!(limits[0].trim(), told);
}

/// It once looked as if it ran.
#[test]
fn a_start_that_waits_for_a_lock_says_so() {
    let by = vec![JobName::new("toast").unwrap()];
    let lock_wait = Some(LockWait { why: "the lock group kitchen is full (1)".to_owned(), by });
    let running = Some(Running { pid: Some(7), since: None });
    let page = shown(&Facts { running, lock_wait, ..nightly() }, &past(), &[], Ok(&[]));
    assert!(page.contains("    state: held up, process 7\n  held up: for toast: the lock group kitchen"), "{page}");
}

fn shown(facts: &Facts, history: &History, problems: &[Problem], log: Result<&[Line], &str>) -> String {
    let units = [
        ("job@nightly.timer".to_owned(), vec![PathBuf::from("/run/systemd/generator/job@nightly.timer")]),
        (
            "job@nightly.service".to_owned(),
            ["/run/systemd/generator/job@nightly.service", "/etc/systemd/system/job@nightly.service.d/own.conf"]
                .map(PathBuf::from)
                .to_vec(),
        ),
    ];
    let about = About {
        facts,
        file: Path::new("/var/lib/process-control/nightly.yaml"),
        problems,
        units: &units,
        refused: None,
        history,
        zone: &Zone::utc(),
        log,
    };
    plain(&one(&about, page(Some(100), &Zone::utc())))
}

#[test]
fn everything_about_a_job_stands_on_its_page() {
    let said = |text: &str, from, priority| Line { at: NOW, from, priority, text: text.to_owned() };
    let log = [
        said("fetching\u{1b}[2J", Speaker::Run("0815".to_owned()), 6),
        said("job@nightly.service: Failed", Speaker::Systemd, 4),
    ];
    let page = shown(&nightly(), &past(), &[], Ok(&log));
    snapshots().bind(|| insta::assert_snapshot!("one-nightly", page));
}

#[test]
fn what_keeps_a_job_from_running_is_told() {
    let hold = Hold {
        marker: Marker { what: What::Until(NOW + TimeDelta::hours(30)), reason: "new disk".to_owned() },
        by: "olga".to_owned(),
        since: NOW - TimeDelta::hours(1),
        scope: Scope::Job,
    };
    let none = History::default();
    let paused = Facts { pause: Some(hold), ..nightly() };
    let running =
        Facts { running: Some(Running { pid: Some(42), since: Some(NOW - TimeDelta::minutes(3)) }), ..nightly() };
    let left_out = Facts { left_out: Some(NOW + TimeDelta::minutes(20 * 60 + 30)), ..nightly() };
    let stopped = Facts { timer: Timer::Off, ..nightly() };
    let disabled = facts("nightly", "schedule: '30 4 * * *'\ndisabled: true");
    let broken = facts("nightly", "schedule: '30 25 * * *'");
    let error = broken.error.clone().unwrap();
    let pages = [
        shown(&paused, &none, &[], Err("you may not read the journal")),
        shown(&running, &none, &[], Ok(&[])),
        shown(&left_out, &none, &[], Ok(&[])),
        shown(&stopped, &none, &[], Ok(&[])),
        shown(&disabled, &none, &[], Ok(&[])),
        shown(&broken, &none, &[error], Ok(&[])),
    ];
    snapshots().bind(|| insta::assert_snapshot!("one-held-back", pages.join("\n----\n")));
}

#[test]
fn what_systemd_could_not_start_is_told() {
    let facts = Facts { service: Service::Failed, ..nightly() };
    let refused = process_control::status::refused("exit-code", 203);
    let about = About {
        facts: &facts,
        file: Path::new("/var/lib/process-control/nightly.yaml"),
        problems: &[],
        units: &[],
        refused: refused.as_deref(),
        history: &History::default(),
        zone: &Zone::utc(),
        log: Ok(&[]),
    };
    let page = plain(&one(&about, page(Some(100), &Zone::utc())));
    let why = "    state: failed\n      why: systemd could not start it: run-job cannot be executed (203/EXEC)\n";
    assert!(page.contains(why), "{page}");
}

#[test]
fn five_starts_to_come_are_told_of_every_job() {
    let told = |facts: &Facts| {
        let page = shown(facts, &History::default(), &[], Ok(&[]));
        let from = page.lines().skip_while(|line| !line.contains("next: ")).take(5);
        from.map(|line| line[11..].split("  in ").collect::<Vec<_>>().join("|")).collect::<Vec<_>>()
    };
    let m = TimeDelta::minutes;
    let every = next(facts("every", "every: 30min"), m(10));
    let day = "Fri 2027-01-15";
    assert_eq!(
        told(&every),
        [
            format!("{day} 08:10:00|10min"),
            format!("{day} 08:40:00|40min, expected"),
            format!("{day} 09:10:00|1h 10min, expected"),
            format!("{day} 09:40:00|1h 40min, expected"),
            format!("{day} 10:10:00|2h 10min, expected"),
        ]
    );
    let mut running =
        Facts { running: Some(Running { pid: None, since: Some(NOW - m(5)) }), timer: Timer::On(None), ..every };
    running.foresee(&Zone::utc(), NOW);
    assert_eq!(told(&running)[0], format!("{day} 08:25:00|25min, expected"));
}

#[test]
fn runs_stand_in_a_table_that_fits() {
    let past = past();
    for width in [80, 120, 200] {
        let page = plain(&runs(&numbered(&past), page(Some(width), &Zone::utc())));
        fits(&page, width);
        snapshots().bind(|| insta::assert_snapshot!(format!("history-{width}"), page));
    }
    let numbers: Vec<Option<usize>> = numbered(&past).iter().map(|entry| entry.number).collect();
    assert_eq!(numbers, [None, Some(1), Some(2), Some(3), None, Some(4), Some(5)]);
}

#[test]
fn a_schedule_is_explained() {
    let zone = Zone::utc();
    let page = page(None, &zone);
    let told =
        |text: &str, timing: &Timing| plain(&explained(&Explained { text, timing, zone: &zone, number: 2 }, page));
    assert_eq!(
        told("0 0 13 * 5", &Timing::Schedule(Vixie::parse("0 0 13 * 5").unwrap())),
        "at 00:00, on day 13 of the month, or on Friday\n  OnCalendar=*-*-13 00:00:00 UTC\n  \
         OnCalendar=Fri *-*-* 00:00:00 UTC\nnext, by the clock of UTC:\n  Fri 2027-01-22 00:00:00  in 6d 16h\n  \
         Fri 2027-01-29 00:00:00  in 13d 16h\n"
    );
    assert_eq!(
        told("0 0 31 2 *", &Timing::Schedule(Vixie::parse("0 0 31 2 *").unwrap())),
        "at 00:00, on day 31 of the month, in February\n  OnCalendar=*-02-31 00:00:00 UTC\nnext, by the clock of UTC:\n  never\n"
    );
    let every = Timing::Every(TimeSpan::from_secs(90));
    assert_eq!(
        told("90s", &every),
        "1min 30s after its last start\n  OnActiveSec=1min 30s\n  OnUnitActiveSec=1min 30s\n"
    );
}

//! What will run when: starts to come, and the drawings of them.

mod facts;

use chrono::{DateTime, TimeDelta, Utc};
use facts::{NOW, facts, fits, history, next, page, plain, run, snapshots};
use process_control::history::Outcome;
use process_control::job::JobName;
use process_control::job::schedule::Zone;
use process_control::outlook::{Outlook, Window, expected, meetings, next as table, svg, timeline};
use process_control::pause::{Hold, Marker, Scope, What};
use process_control::status::{Facts, Running, Timer};

fn window(hours: i64) -> Window {
    Window { from: NOW, until: NOW + TimeDelta::hours(hours) }
}

fn starts(facts: &Facts, hours: i64) -> Vec<String> {
    let outlook = Outlook::of(facts, &Zone::utc(), window(hours), None);
    outlook.starts.iter().map(|at| at.format("%d %H:%M:%S").to_string()).collect()
}

#[test]
fn starts_are_those_that_the_timer_will_make() {
    let m = TimeDelta::minutes;
    let daily = || facts("daily", "schedule: '0 9 * * *'");
    assert_eq!(starts(&daily(), 50), ["15 09:00:00", "16 09:00:00", "17 09:00:00"]);
    // the delay is always the same, and what has begun to be late comes still
    assert_eq!(starts(&next(daily(), m(67)), 30), ["15 09:07:00", "16 09:07:00"]);
    let delayed = facts("daily", "schedule: '50 7 * * *'");
    assert_eq!(starts(&next(delayed, m(5)), 30), ["15 08:05:00", "16 08:05:00"]);
    // a timer that was not there at seven plans no late start for it, though that would still be to come
    let new = facts("new", "schedule: '0 * * * *'\nrandom_delay: 1h");
    assert_eq!(starts(&next(new, m(75)), 3), ["15 09:15:00", "15 10:15:00"]);
    let every = facts("every", "every: 30min");
    assert_eq!(starts(&next(every.clone(), m(10)), 1), ["15 08:10:00", "15 08:40:00"]);
    assert_eq!(starts(&every, 1), [""; 0], "nobody knows when it began");
    for none in ["", "at_boot: true", "schedule: '0 9 * * *'\ndisabled: true"] {
        assert_eq!(starts(&facts("none", none), 50), [""; 0], "{none}");
    }
    assert_eq!(starts(&Facts { timer: Timer::Off, ..daily() }, 50), [""; 0], "its timer does not run");
    assert_eq!(starts(&Facts { left_out: Some(NOW + m(60)), ..daily() }, 30), ["16 09:00:00"]);
    let hold = |what| Hold {
        marker: Marker { what, reason: String::new() },
        by: "olga".to_owned(),
        since: NOW,
        scope: Scope::Job,
    };
    let paused = |what| Facts { pause: Some(hold(what)), ..daily() };
    assert_eq!(starts(&paused(What::All), 50), [""; 0]);
    assert_eq!(starts(&paused(What::Until(NOW + m(26 * 60))), 50), ["17 09:00:00"]);
    let often = Outlook::of(&facts("often", "calendar: '*:*:*'"), &Zone::utc(), window(1), None);
    assert_eq!((often.starts.len(), often.more), (2000, 1600), "of very many only the first");
}

/// While its service runs, a timer has no next elapse.
#[test]
fn a_job_that_runs_starts_again_after_its_run() {
    let m = TimeDelta::minutes;
    let running = |keys: &str, minutes: i64| {
        let mut facts = facts("long", keys);
        facts.running = Some(Running { pid: None, since: Some(NOW - m(minutes)) });
        facts.foresee(&Zone::utc(), NOW);
        facts
    };
    let daily = running("schedule: '0 9 * * *'", 40);
    assert_eq!(
        (daily.next(), starts(&daily, 30)),
        (Some(NOW + m(60)), vec!["15 09:00:00".into(), "16 09:00:00".into()])
    );
    assert_eq!(starts(&running("every: 1h", 40), 2), ["15 08:20:00", "15 09:20:00"]);
    assert_eq!(starts(&running("every: 30min", 40), 1), ["15 08:30:00"], "it ends now at the earliest");
    assert_eq!(
        starts(&running("every: 30min\nrandom_delay: 10min", 20), 2),
        ["15 08:20:00", "15 08:50:00", "15 09:20:00", "15 09:50:00"]
    );
    for none in ["", "at_boot: true"] {
        assert_eq!(running(none, 40).next(), None, "{none}");
    }
    let unknown = Facts { running: Some(Running::default()), ..facts("every", "every: 1h") };
    let foreseen = |mut facts: Facts| {
        facts.foresee(&Zone::utc(), NOW);
        facts.next()
    };
    assert_eq!(foreseen(unknown), None, "nobody knows when it began");
    assert_eq!(foreseen(facts("quiet", "schedule: '0 9 * * *'")), None, "systemd would tell");
    assert_eq!(foreseen(Facts { timer: Timer::On(Some(NOW + m(5))), ..daily.clone() }), Some(NOW + m(5)), "it did");

    // as late as its last start was, and not for the slot that came during the run
    let mut late = Facts { timer: Timer::On(None), ..running("schedule: '*/30 * * * *'\nrandom_delay: 20min", 20) };
    let mut open = run(Outcome::Success, None, TimeDelta::zero(), TimeDelta::zero());
    (open.slot, open.start, open.end) = (Some(NOW - m(30)), Some(NOW - m(20)), None);
    late.recent.open = Some(open);
    late.foresee(&Zone::utc(), NOW);
    assert_eq!(starts(&late, 1), ["15 08:40:00"]);
    // what a marker leaves out is its slot, not the moment after the delay
    late.left_out = Some(NOW + m(30));
    assert_eq!(starts(&late, 2), ["15 09:10:00", "15 09:40:00"]);
}

#[test]
fn a_run_is_expected_to_take_as_long_as_the_middle_one() {
    let took = |seconds| run(Outcome::Success, None, TimeDelta::hours(1), TimeDelta::seconds(seconds));
    let failed = run(Outcome::Failure, None, TimeDelta::hours(1), TimeDelta::seconds(1));
    assert_eq!(expected(&history(vec![took(60), took(900), failed.clone(), took(70)])), Some(TimeDelta::seconds(70)));
    assert_eq!(expected(&history(vec![failed])), None);
}

fn outlook(name: &str, starts: &[i64], minutes: i64) -> Outlook {
    Outlook {
        name: JobName::new(name).unwrap(),
        starts: starts.iter().map(|at| NOW + TimeDelta::minutes(*at)).collect(),
        more: 0,
        running: None,
        expected: (minutes > 0).then(|| TimeDelta::minutes(minutes)),
    }
}

#[test]
fn runs_that_meet_are_found() {
    let jobs =
        [outlook("a", &[0, 60], 30), outlook("b", &[30, 70], 10), outlook("c", &[75], 0), outlook("d", &[80], 5)];
    let found: Vec<(DateTime<Utc>, String)> = meetings(&jobs, window(24))
        .into_iter()
        .map(|meeting| (meeting.at, meeting.first.iter().map(|name| name.as_str()).collect::<Vec<_>>().join(" ")))
        .collect();
    let at = |minutes| NOW + TimeDelta::minutes(minutes);
    // b begins at 30 when a ends, and at 80 when b ends d begins: neither meets the other
    assert_eq!(found, [(at(70), "a b".to_owned()), (at(75), "a b c".to_owned()), (at(80), "a d".to_owned())]);
    // a run that goes on meets those that begin, and itself never
    let running = Outlook { running: Some(NOW - TimeDelta::minutes(5)), ..outlook("a", &[1], 30) };
    assert_eq!(meetings(std::slice::from_ref(&running), window(24)), []);
    assert_eq!(meetings(&[running, outlook("b", &[10], 1)], window(24)).len(), 1);
}

/// To look at all jobs, or to name all that run, at each of these starts would take hours.
#[test]
fn thousands_of_jobs_that_start_together_are_drawn_at_once() {
    let starts: Vec<i64> = (0..96).map(|number| number * 15).collect();
    let jobs: Vec<Outlook> = (0..5000).map(|number| outlook(&format!("job-{number:04}"), &starts, 1)).collect();
    let found = meetings(&jobs, window(24));
    assert_eq!(found.len(), 96, "one for each moment");
    assert!(found.iter().all(|meeting| meeting.number == 5000 && meeting.first.len() == 6));
    let drawn = plain(&timeline(&jobs[..2000], window(24), page(Some(120), &Zone::utc())));
    let first = "  together: job-0000, job-0001, job-0002, job-0003, job-0004, job-0005 and 1994 more\n";
    assert!(drawn.contains(first), "{drawn}");
    assert!(drawn.ends_with("91 moments more\n"), "{drawn}");
}

/// Any job can write any history.
#[test]
fn a_run_of_centuries_is_drawn_as_a_long_one() {
    let ages = |start: DateTime<Utc>, end: DateTime<Utc>| {
        let mut forged = run(Outcome::Success, None, TimeDelta::zero(), TimeDelta::zero());
        (forged.start, forged.end.as_mut().unwrap().at) = (Some(start), end);
        history(vec![forged])
    };
    let (least, most) = (DateTime::<Utc>::MIN_UTC, DateTime::<Utc>::MAX_UTC);
    for (start, end) in [(least, most), (NOW, most), (least, NOW), (most, least)] {
        let took = expected(&ages(start, end));
        for since in [start, end, NOW] {
            let running = Some(Running { pid: None, since: Some(since) });
            let facts = Facts { running, ..facts("forged", "schedule: '0 9 * * *'") };
            let mut outlook = Outlook::of(&facts, &Zone::utc(), window(744), took);
            for expected in [outlook.expected, took] {
                outlook.expected = expected;
                let jobs = [outlook.clone(), Outlook { name: JobName::new("other").unwrap(), ..outlook.clone() }];
                assert!(timeline(&jobs, window(744), page(Some(80), &Zone::utc())).contains("together"));
                assert!(svg(&jobs, window(744), &Zone::utc()).contains("together"));
            }
        }
    }
}

fn day() -> Vec<Outlook> {
    vec![
        outlook("export", &(0..24).map(|hour| hour * 60 + 5).collect::<Vec<_>>(), 2),
        outlook("import-of-very-many-things-from-everywhere", &[1100], 240),
        Outlook { running: Some(NOW - TimeDelta::minutes(20)), ..outlook("long", &[700], 90) },
        outlook("nightly", &[1140], 75),
        Outlook { more: 100, ..outlook("often", &[1, 2, 3], 0) },
        outlook("日本語", &[1200], 20),
    ]
}

#[test]
fn the_day_is_drawn_as_wide_as_the_terminal() {
    for width in [80, 120, 200] {
        let drawn = plain(&timeline(&day(), window(24), page(Some(width), &Zone::utc())));
        assert!(drawn.lines().all(|line| !line.ends_with(' ')), "{drawn}");
        snapshots().bind(|| insta::assert_snapshot!(format!("timeline-{width}"), drawn));
    }
    let narrow = plain(&timeline(&day()[..1], window(24), page(Some(10), &Zone::utc())));
    assert!(narrow.contains('▪'), "{narrow}");
    for hours in [1, 3, 48, 744] {
        assert!(!timeline(&day(), window(hours), page(None, &Zone::utc())).is_empty());
    }
}

#[test]
fn the_next_starts_stand_in_a_table() {
    for width in [80, 120, 200] {
        let page = plain(&table(&day(), page(Some(width), &Zone::utc())));
        fits(&page, width);
        snapshots().bind(|| insta::assert_snapshot!(format!("next-{width}"), page));
    }
}

#[test]
fn the_picture_has_a_bar_for_each_run() {
    let picture = svg(&day(), window(24), &Zone::utc());
    snapshots().bind(|| insta::assert_snapshot!("timeline-svg", picture));
}

#[test]
fn a_name_cannot_leave_its_place_in_the_picture() {
    let hostile = outlook("<script>alert(\"x\") & 'y'", &[1, 1], 5);
    let picture =
        svg(&[hostile.clone(), Outlook { name: JobName::new("a").unwrap(), ..hostile }], window(1), &Zone::utc());
    assert!(!picture.contains("<script") && !picture.contains("\"x\""), "{picture}");
    assert!(picture.contains("&lt;script&gt;alert(&quot;x&quot;) &amp; 'y'"), "{picture}");
}

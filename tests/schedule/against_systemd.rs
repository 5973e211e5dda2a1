//! The same schedules asked of `systemd-analyze calendar`: it decides what a timer really does.

use std::process::Command;

use chrono::{DateTime, Utc};
use process_control::job::schedule::{Calendar, Slots, Vixie, Zone};

use crate::random::Random;
use crate::tools;
use crate::zones::{local, utc, zone};

const COUNT: usize = 12;

/// Shapes that meet a change of the clocks, in each zone below.
const SHAPES: [&str; 14] = [
    "* * * * *",
    "*/15 * * * *",
    "7-59/20 * * * *",
    "0 * * * *",
    "30 2 * * *",
    "15,45 1-2 * * *",
    "*/10 2 * * *",
    "*/20 1-3 * * 0,6",
    "0 */2 * * *",
    "0 0 * * *",
    "30 0,2,4 * * 7",
    "30 23 * * *",
    "45 1 29 2 *",
    "30 1 25,28 10,3 */2",
];

/// Just before a change, right before it, within its second pass, and far from any.
const MOMENTS: [(&str, &[&str]); 8] = [
    ("UTC", &["2026-12-31 23:00:00", "2028-02-28 23:59:59"]),
    (
        "Europe/Berlin",
        &[
            "2026-10-24 21:50:00",
            "2026-10-25 00:20:00",
            "2026-10-25 01:10:00",
            "2027-03-27 22:10:00",
            "2027-03-28 00:59:00",
            "2027-07-01 12:00:00",
        ],
    ),
    (
        "America/New_York",
        &[
            "2026-11-01 03:50:00",
            "2026-11-01 05:20:00",
            "2026-11-01 06:10:00",
            "2027-03-14 05:10:00",
            "2027-03-14 06:59:00",
        ],
    ),
    (
        "Australia/Lord_Howe",
        &[
            "2026-10-03 13:10:00",
            "2026-10-03 15:29:00",
            "2027-04-03 13:40:00",
            "2027-04-03 14:50:00",
            "2027-04-03 15:10:00",
        ],
    ),
    ("Asia/Kolkata", &["2026-10-25 00:20:00", "2027-03-28 00:59:00"]),
    ("Atlantic/Azores", &["2026-10-24 22:10:00", "2026-10-25 00:40:00", "2026-10-25 01:20:00", "2027-03-27 23:20:00"]),
    ("Asia/Beirut", &["2026-10-24 19:40:00", "2026-10-24 20:50:00", "2026-10-24 21:20:00", "2027-03-27 20:20:00"]),
    ("America/Havana", &["2026-10-31 22:40:00", "2026-11-01 04:20:00", "2026-11-01 05:10:00", "2027-03-13 23:20:00"]),
];

#[test]
fn slots_around_clock_changes_are_systemd_s() {
    if is_missing() {
        return;
    }
    let schedules: Vec<Vixie> = SHAPES.iter().map(|text| Vixie::parse(text).unwrap()).collect();
    for (name, moments) in MOMENTS {
        for (zone, here) in [(zone(name), "UTC"), (local(name), name)] {
            for moment in moments {
                compare(schedules.iter().map(|schedule| asked(schedule, &zone)), here, moment);
            }
        }
    }
}

#[test]
fn random_schedules_are_systemd_s() {
    if is_missing() {
        return;
    }
    let mut random = Random::new(3);
    for (name, moments) in MOMENTS {
        let zone = local(name);
        for moment in moments {
            let schedules: Vec<Vixie> = (0..60).map(|_| Vixie::parse(&random.vixie()).unwrap()).collect();
            compare(schedules.iter().map(|schedule| asked(schedule, &zone)), name, moment);
        }
    }
}

#[test]
fn calendars_mean_what_systemd_reads_in_their_text() {
    if is_missing() {
        return;
    }
    let texts = [
        "minutely",
        "hourly",
        "daily",
        "weekly",
        "monthly",
        "quarterly",
        "semiannually",
        "yearly",
        "annually",
        "Weekly UTC",
        "Mon",
        "sat,MON..wed 5:0",
        "Monday,Wednesday 10:00",
        "12-1",
        "12-1..3 5:0:0",
        "2027-1/6-1..3",
        "2027/2-1-1",
        "2028..2031-*-29",
        "*:2/4",
        "*:*:7/20",
        "*:0..59/20:*",
        "1,3..5,22/1:00",
        "Sun *-*-* 1,3..5:00",
        "*-2-29",
        "Tue *-02-29 1:1",
        "*-*-30/1",
        "*-*-1,1..4,2 1:0",
        "Mon..Sun *-1..12-* 0..23:0..59:0",
        "*:50/5",
        "2027-02-29 5:0",
        "*-*-* *:*:*",
        "*-*-15/10 7/8:30",
    ];
    let zone = Zone::utc();
    let now = "2026-11-22 07:30:00";
    for text in texts {
        let calendar = Calendar::parse(text).unwrap_or_else(|error| panic!("{text}: {error}"));
        let answers = systemd_answers(&[text.to_owned()], "UTC", now);
        let ours: Vec<_> = calendar.slots(&zone).unwrap().upcoming(utc(now)).take(COUNT).collect();
        assert_eq!(ours, answers[0].slots, "{text}");
        let lines = calendar.on_calendar(&local("Etc/UTC"));
        let again = systemd_answers(&lines, "UTC", now);
        assert_eq!((lines.len(), &again[0].normalized), (1, &lines[0]), "{text}");
        assert_eq!(again[0].slots, answers[0].slots, "{text}");
    }
}

#[test]
fn random_calendars_mean_what_systemd_reads_in_their_text() {
    if is_missing() {
        return;
    }
    let mut random = Random::new(4);
    for (name, now) in [("Etc/UTC", "2026-11-22 07:30:00"), ("Europe/Berlin", "2027-03-27 20:00:00")] {
        let zone = local(name);
        let texts: Vec<String> = (0..300).map(|_| random.calendar()).collect();
        let calendars =
            texts.iter().map(|text| Calendar::parse(text).unwrap_or_else(|error| panic!("{text}: {error}")));
        let calendars: Vec<Calendar> = calendars.collect();
        let lines: Vec<String> = calendars.iter().flat_map(|calendar| calendar.on_calendar(&zone)).collect();
        let written = systemd_answers(&lines, name, now);
        for (calendar, written) in calendars.iter().zip(&written) {
            let ours: Vec<_> = calendar.slots(&zone).unwrap().upcoming(utc(now)).take(COUNT).collect();
            assert_eq!(ours, written.slots, "{} in {name}", calendar.as_str());
        }
        // Systemd gives up on open steps around a clock change ("Resource deadlock avoided"), and days of
        // January get lost in them at the turn of a year. What we write has bounded ones.
        let is_open = |text: &str| text.split([' ', '-', ':', ',']).any(|it| it.contains('/') && !it.contains(".."));
        let (bounded, written): (Vec<String>, Vec<Answer>) =
            texts.into_iter().zip(written).filter(|(text, _)| !is_open(text)).unzip();
        for (raw, (written, text)) in systemd_answers(&bounded, name, now).iter().zip(written.iter().zip(&bounded)) {
            assert_eq!(raw.slots, written.slots, "{text} in {name}");
        }
    }
}

/// One schedule as systemd and as we are asked about it.
struct Asked<'a> {
    text: &'a str,
    lines: Vec<String>,
    slots: Slots<'a>,
}

fn asked<'a>(schedule: &'a Vixie, zone: &'a Zone) -> Asked<'a> {
    Asked { text: schedule.as_str(), lines: schedule.on_calendar(zone), slots: schedule.slots(zone).unwrap() }
}

/// What `systemd-analyze` says about one expression.
struct Answer {
    normalized: String,
    slots: Vec<DateTime<Utc>>,
}

fn compare<'a>(asked: impl Iterator<Item = Asked<'a>>, here: &str, now: &str) {
    let asked: Vec<Asked> = asked.collect();
    let lines: Vec<String> = asked.iter().flat_map(|asked| asked.lines.clone()).collect();
    let mut answers = systemd_answers(&lines, here, now).into_iter();
    for Asked { text, lines, slots } in asked {
        // A timer with two lines fires at whichever comes first, once.
        let mut theirs = Vec::new();
        for line in lines {
            let answer = answers.next().unwrap();
            assert_eq!(answer.normalized, line, "{text}");
            theirs.extend(answer.slots);
        }
        theirs.sort_unstable();
        theirs.dedup();
        theirs.truncate(COUNT);
        let ours: Vec<_> = slots.upcoming(utc(now)).take(COUNT).collect();
        assert_eq!(ours, theirs, "{text} with TZ={here} after {now}");
    }
}

fn systemd_answers(lines: &[String], here: &str, now: &str) -> Vec<Answer> {
    let output = Command::new("systemd-analyze")
        .arg("calendar")
        .args([format!("--iterations={COUNT}"), format!("--base-time={now} UTC")])
        .args(lines)
        .envs([("TZ", here), ("LC_ALL", "C"), ("SYSTEMD_COLORS", "0")])
        .output()
        .unwrap();
    assert!(output.status.success(), "{lines:?}: {}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).unwrap();
    let answers: Vec<Answer> = text.split("\n\n").map(answer).collect();
    assert_eq!(answers.len(), lines.len());
    answers
}

fn answer(block: &str) -> Answer {
    let mut answer = Answer { normalized: String::new(), slots: Vec::new() };
    let mut universal = Vec::new();
    for line in block.lines() {
        let Some((key, value)) = line.split_once(": ") else { continue };
        match key.trim() {
            "Original form" if answer.normalized.is_empty() => value.clone_into(&mut answer.normalized),
            "Normalized form" => value.clone_into(&mut answer.normalized),
            "(in UTC)" => universal.push(instant(value)),
            "Next elapse" if value == "never" => {}
            key if key == "Next elapse" || key.starts_with("Iter") || key.starts_with("Iteration") => {
                answer.slots.extend(value.ends_with(" UTC").then(|| instant(value)));
            }
            _ => {}
        }
    }
    // In a local zone other than UTC each instant is said twice, and the local one may be ambiguous.
    answer.slots.extend(universal);
    answer
}

/// `Sun 2026-10-25 00:30:00 UTC`
fn instant(text: &str) -> DateTime<Utc> {
    utc(text.split_once(' ').unwrap().1.trim_end_matches(" UTC"))
}

fn is_missing() -> bool {
    !tools::there_or_skip("schedules as systemd reads them", &["systemd-analyze", "--version"])
}

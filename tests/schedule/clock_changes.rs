//! What happens to schedules when clocks change.

use process_control::job::schedule::{Calendar, DstEffect, Vixie, Zone, ZoneName};

use crate::zones::{local, utc, zone};

#[test]
fn only_patterns_of_minutes_in_whole_hour_zones_follow_universal_time() {
    let lines = |text: &str, zone: &Zone| Vixie::parse(text).unwrap().on_calendar(zone).join(" | ");
    let berlin = zone("Europe/Berlin");
    assert_eq!(lines("*/15 * * * *", &berlin), "*-*-* *:00..45/15:00 UTC");
    assert_eq!(lines("*/15 * * * *", &local("Europe/Berlin")), "*-*-* *:00..45/15:00 UTC");
    assert_eq!(lines("*/15 * * * *", &Zone::unread(None)), "*-*-* *:00..45/15:00");
    assert_eq!(lines("*/15 * * * *", &Zone::unread(berlin.name().cloned())), "*-*-* *:00..45/15:00 Europe/Berlin");
    assert_eq!(lines("*/15 * * * *", &zone("Australia/Lord_Howe")), "*-*-* *:00..45/15:00 Australia/Lord_Howe");
    assert_eq!(lines("*/15 * * * *", &zone("Asia/Kolkata")), "*-*-* *:00..45/15:00 Asia/Kolkata");
    assert_eq!(lines("*/15 * * * *", &local("Etc/UTC")), "*-*-* *:00..45/15:00");
    assert_eq!(lines("*/15 * * * *", &zone("America/St_Johns")), "*-*-* *:00..45/15:00 America/St_Johns");
    assert_eq!(lines("*/15 * * * *", &zone("Africa/Casablanca")), "*-*-* *:00..45/15:00 UTC");
    assert_eq!(lines("0 9 * * 1-5", &berlin), "Mon..Fri *-*-* 09:00:00 Europe/Berlin");
    assert_eq!(lines("*/15 9-17 * * *", &local("Europe/Berlin")), "*-*-* 09..17:00..45/15:00");
    assert_eq!(lines("0 0 13 * 5", &berlin), "*-*-13 00:00:00 Europe/Berlin | Fri *-*-* 00:00:00 Europe/Berlin");
    assert_eq!(Calendar::parse("*:0/5").unwrap().on_calendar(&berlin), ["*-*-* *:00..55/5:00 UTC"]);
    assert_eq!(Calendar::parse("hourly").unwrap().on_calendar(&Zone::utc()), ["*-*-* *:00:00 UTC"]);
}

#[test]
fn what_a_change_costs_is_told_where_cron_would_have_run() {
    let berlin = zone("Europe/Berlin");
    let notes = |text: &str, zone: &Zone| -> Vec<String> {
        let schedule = Vixie::parse(text).unwrap();
        let slots = schedule.slots(zone).unwrap();
        let notes = slots.dst_notes(utc("2026-09-01 00:00:00"), utc("2027-08-31 00:00:00"));
        notes.iter().map(ToString::to_string).collect()
    };
    assert_eq!(notes("30 2 * * *", &berlin), ["on 2027-03-28 02:30 does not exist in Europe/Berlin: no run then"]);
    assert_eq!(
        notes("0-30/10 2,4 * * *", &local("Europe/Berlin")),
        ["on 2027-03-28 the time from 02:00 to 03:00 does not exist in local time: no run then"]
    );
    assert_eq!(
        notes("*/10 2 * * *", &berlin),
        ["on 2026-10-25 the time from 02:00 to 03:00 comes twice in Europe/Berlin: no run the second time"]
    );
    assert_eq!(
        notes("15 * * * 0", &berlin),
        ["on 2026-10-25 02:15 comes twice in Europe/Berlin: no run the second time"]
    );
    for quiet in ["*/10 * * * *", "30 2 * * 1", "0 3 * * *", "59 1 * * *", "*/10 * * * 1-5", "30 2 28 2 *"] {
        assert_eq!(notes(quiet, &berlin), [""; 0], "{quiet}");
    }
    assert_eq!(
        notes("*/15 * * * *", &zone("Australia/Lord_Howe")),
        ["on 2027-04-04 the time from 01:30 to 02:00 comes twice in Australia/Lord_Howe: no run the second time"]
    );
    let schedule = Vixie::parse("30 2 * * *").unwrap();
    let note = &schedule.slots(&berlin).unwrap().dst_notes(utc("2027-01-01 00:00:00"), utc("2027-12-31 00:00:00"))[0];
    assert_eq!((note.at, note.effect), (utc("2027-03-28 01:00:00"), DstEffect::Skipped));
}

#[test]
fn every_slot_belongs_to_itself_and_none_is_doubled() {
    for name in
        ["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Atlantic/Azores", "America/Havana", "Asia/Beirut"]
    {
        let zone = zone(name);
        for text in ["*/7 * * * *", "*/15 0-3 * * *", "30 2 * * *", "30 0,1,23 * * *", "0 0 1 * 0"] {
            let schedule = Vixie::parse(text).unwrap();
            let slots = schedule.slots(&zone).unwrap();
            let mut last = utc("2026-10-01 00:00:00");
            for slot in slots.upcoming(last).take_while(|&slot| slot < utc("2027-06-01 00:00:00")) {
                assert!(slot > last, "{text} in {name}");
                assert_eq!(slots.last_at_or_before(slot), Some(slot), "{text} in {name}");
                let before = slots.last_at_or_before(slot - chrono::TimeDelta::seconds(1));
                assert!(
                    before.is_some_and(|before| before == last || last == utc("2026-10-01 00:00:00")),
                    "{text} in {name}: {slot}"
                );
                last = slot;
            }
        }
    }
}

#[test]
fn a_start_in_the_second_pass_belongs_to_the_slot_of_the_first() {
    let berlin = zone("Europe/Berlin");
    let schedule = Vixie::parse("55 2 * * *").unwrap();
    let slots = schedule.slots(&berlin).unwrap();
    // Eight minutes of random delay: systemd looks on from 02:03 winter time and finds 02:55 again.
    assert_eq!(slots.next_after(utc("2026-10-25 01:03:00")), Some(utc("2026-10-25 01:55:00")));
    assert_eq!(slots.last_at_or_before(utc("2026-10-25 01:55:00")), Some(utc("2026-10-25 00:55:00")));
    // Local time is behind the slot here: it is 02:10 again, and the slot was at 02:55.
    assert_eq!(slots.last_at_or_before(utc("2026-10-25 01:10:00")), Some(utc("2026-10-25 00:55:00")));
}

#[test]
fn a_rare_slot_is_found_years_away() {
    let zone = Zone::utc();
    let schedule = Vixie::parse("0 0 29 2 *").unwrap();
    let slots = schedule.slots(&zone).unwrap();
    assert_eq!(slots.next_after(utc("2096-03-01 00:00:00")), Some(utc("2104-02-29 00:00:00")));
    assert_eq!(slots.last_at_or_before(utc("2104-02-28 23:59:59")), Some(utc("2096-02-29 00:00:00")));
    let never = Vixie::parse("0 0 31 2 *").unwrap();
    assert_eq!(never.slots(&zone).unwrap().next_after(utc("2026-01-01 00:00:00")), None);
    assert_eq!(never.slots(&zone).unwrap().last_at_or_before(utc("2026-01-01 00:00:00")), None);
}

#[test]
fn without_rules_nothing_is_foretold_and_odd_rules_are_refused() {
    let schedule = Vixie::parse("0 0 * * *").unwrap();
    assert!(schedule.slots(&Zone::unread(None)).is_none());
    assert!(Zone::from_tz_data(None, b"no tz data").is_err());
    assert!(ZoneName::new("Europe/Berlin").is_ok() && ZoneName::new("Etc/GMT+5").is_ok());
    for bad in
        ["", "/etc/passwd", "../x", "Europe/", "Europe//Berlin", "Europe/..", "a b", "-x", "Zürich", &"x".repeat(65)]
    {
        assert!(ZoneName::new(bad).is_err(), "{bad}");
    }
}

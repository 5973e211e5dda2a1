//! Ten thousand schedules against the croner crate (named `cron` here).

use cron::parser::CronParser;
use process_control::job::schedule::{Vixie, Zone};

use crate::random::Random;
use crate::zones::utc;

#[test]
fn ten_thousand_schedules_fire_when_croner_says() {
    let mut random = Random::new(2);
    let zone = Zone::utc();
    let mut compared = 0;
    while compared < 10_000 {
        let text = random.vixie();
        let schedule = Vixie::parse(&text).unwrap_or_else(|error| panic!("{text}: {error}"));
        if croner_errs(&text) {
            continue;
        }
        // The star adapter: croner joins the day fields by OR where cron sees the `*` in `*/2`.
        let words: Vec<&str> = text.split_whitespace().collect();
        let both_days = words[2].starts_with('*') || words[4].starts_with('*');
        let croner = CronParser::builder().dom_and_dow(both_days).build().parse(&words.join(" "));
        let croner = croner.unwrap_or_else(|error| panic!("{text}: {error}"));
        let now = utc("2026-11-22 07:30:00") + chrono::TimeDelta::minutes(random.between(0, 2_000_000).cast_signed());
        if schedule.never_fires() {
            assert!(croner.find_next_occurrence(&now, false).is_err(), "{text}");
        } else {
            let ours: Vec<_> = schedule.slots(&zone).unwrap().upcoming(now).take(20).collect();
            let theirs: Vec<_> = croner.iter_after(now).take(ours.len()).collect();
            assert_eq!(ours, theirs, "{text} after {now}");
        }
        compared += 1;
    }
}

/// Croner reads `sun` at the end of a range as 7, and refuses `*` as one of several elements.
fn croner_errs(text: &str) -> bool {
    text.split_whitespace().any(|field| {
        let elements: Vec<&str> = field.split(',').collect();
        elements.iter().any(|element| element.ends_with("-sun") || *element == "*" && elements.len() > 1)
    })
}

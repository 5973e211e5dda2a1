//! Ten thousand schedules against a matcher that knows cron's rules in another shape: it reads the text
//! again for every minute and asks of each element whether this minute fits.

use chrono::{DateTime, Datelike, TimeDelta, Timelike, Utc};
use process_control::job::schedule::{Vixie, Zone};

use crate::random::Random;
use crate::zones::utc;

#[test]
fn ten_thousand_schedules_fire_in_cron_s_minutes() {
    let mut random = Random::new(1);
    let zone = Zone::utc();
    for _ in 0..10_000 {
        let text = random.vixie();
        let schedule = Vixie::parse(&text).unwrap_or_else(|error| panic!("{text}: {error}"));
        let slots = schedule.slots(&zone).unwrap();
        let fields = Fields::of(&text);

        // Every day of four years, a leap day among them, somewhere in eleven years.
        let first = utc("2026-01-01 00:00:00") + TimeDelta::days(random.between(0, 2500).cast_signed());
        let mut last = None;
        for day in 0..1500 {
            let (begin, end) = (first + TimeDelta::days(day), first + TimeDelta::days(day + 1));
            let next = slots.next_after(begin - TimeDelta::seconds(1)).filter(|&slot| slot < end);
            assert_eq!(next.is_some(), fields.has_day(begin), "{text}: {begin}");
            last = next.or(last);
        }
        assert_eq!(last.is_none() && fields.never(), schedule.never_fires(), "{text}");

        // Every minute of one day with slots; backwards from some of them.
        let Some(last) = last else { continue };
        let begin = last.with_hour(0).unwrap().with_minute(0).unwrap();
        let mut latest = slots.last_at_or_before(begin - TimeDelta::minutes(1));
        for minute in (0..24 * 60).map(|minute| begin + TimeDelta::minutes(minute)) {
            if fields.has_day(minute) && fields.has_minute(minute) {
                assert_eq!(slots.next_after(latest.unwrap_or(begin - TimeDelta::minutes(1))), Some(minute), "{text}");
                latest = Some(minute);
            }
            if minute.minute().is_multiple_of(7) || latest == Some(minute) {
                assert_eq!(slots.last_at_or_before(minute), latest, "{text}: {minute}");
            }
        }
    }
}

/// The fields as lists of elements `low-high/step`.
struct Fields {
    elements: Vec<Vec<(u32, u32, u32)>>,
    both_days: bool,
}

impl Fields {
    fn of(text: &str) -> Self {
        let words: Vec<String> = text.split_whitespace().map(str::to_lowercase).collect();
        let limits = [(0, 59), (0, 23), (1, 31), (1, 12), (0, 7)];
        let elements =
            words.iter().zip(limits).map(|(word, limits)| word.split(',').map(|e| element(e, limits)).collect());
        Fields { elements: elements.collect(), both_days: words[2].starts_with('*') || words[4].starts_with('*') }
    }

    fn fits(&self, field: usize, value: u32) -> bool {
        self.elements[field]
            .iter()
            .any(|&(low, high, step)| (low..=high).contains(&value) && (value - low).is_multiple_of(step))
    }

    fn has_minute(&self, at: DateTime<Utc>) -> bool {
        self.fits(0, at.minute()) && self.fits(1, at.hour())
    }

    fn has_day(&self, at: DateTime<Utc>) -> bool {
        let day = self.fits(2, at.day());
        let weekday = match at.weekday().num_days_from_sunday() {
            0 => self.fits(4, 0) || self.fits(4, 7),
            weekday => self.fits(4, weekday),
        };
        self.fits(3, at.month()) && if self.both_days { day && weekday } else { day || weekday }
    }

    /// A leap day on one weekday may be twenty-eight years away: look at the calendar's whole circle.
    fn never(&self) -> bool {
        !(0..28 * 366).any(|day| self.has_day(utc("2030-01-01 00:00:00") + TimeDelta::days(day)))
    }
}

fn element(text: &str, limits: (u32, u32)) -> (u32, u32, u32) {
    let (base, step) = text.split_once('/').map_or((text, 1), |(base, step)| (base, step.parse().unwrap()));
    match base.split_once('-') {
        _ if base == "*" => (limits.0, limits.1, step),
        Some((low, high)) => (number(low), number(high), step),
        None => (number(base), number(base), step),
    }
}

fn number(text: &str) -> u32 {
    let months = "jan feb mar apr may jun jul aug sep oct nov dec".split(' ').zip(1..);
    let weekdays = "sun mon tue wed thu fri sat".split(' ').zip(0..);
    let by_name = months.chain(weekdays).find(|&(name, _)| name == text).map(|(_, number)| number);
    by_name.unwrap_or_else(|| text.parse().unwrap())
}

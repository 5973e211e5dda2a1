//! A pattern as the five fields of a crontab, where they can say it.

use super::pattern::{DAYS, DayRule, HOURS, MINUTES, MONTHS, Pattern, Set, WEEKDAYS, Years};

/// Why five fields cannot say a pattern.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unsayable {
    /// cron starts at full minutes.
    Seconds,
    /// cron knows no years.
    Years,
    /// cron takes a day that fits either of date and weekday, and here both must.
    DateAndWeekday,
}

impl std::fmt::Display for Unsayable {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Unsayable::Seconds => "cron starts nothing but at full minutes",
            Unsayable::Years => "cron knows no years",
            Unsayable::DateAndWeekday => {
                "cron takes a day that fits either the date or the weekday, and here both must"
            }
        })
    }
}

impl std::error::Error for Unsayable {}

/// The five fields.
pub(super) fn five_fields(pattern: &Pattern) -> Result<String, Unsayable> {
    if pattern.seconds != Set::only(0) {
        return Err(Unsayable::Seconds);
    }
    if pattern.years != Years::Every {
        return Err(Unsayable::Years);
    }
    let fields = [
        field(pattern.minutes, MINUTES),
        field(pattern.hours, HOURS),
        field(pattern.days, DAYS),
        field(pattern.months, MONTHS),
        field(pattern.weekdays, WEEKDAYS),
    ];
    // the rule of cron: one field that begins with a star, and both must fit
    let begins = [&fields[2], &fields[4]].iter().any(|field| field.starts_with('*'));
    let rule = if begins { DayRule::Both } else { DayRule::Either };
    if rule != pattern.day_rule {
        return Err(Unsayable::DateAndWeekday);
    }
    Ok(fields.join(" "))
}

fn field(set: Set, all: Set) -> String {
    if set == all {
        return "*".to_owned();
    }
    let step = |step: &u8| all.values().step_by((*step).into()).eq(set.values());
    // with a larger one only the first value is left, which a number says better
    if let Some(step) = (2..=all.last() - all.first()).find(step) {
        return format!("*/{step}");
    }
    let mut runs: Vec<(u8, u8)> = Vec::new();
    for value in set.values() {
        match runs.last_mut() {
            Some((_, high)) if *high + 1 == value => *high = value,
            _ => runs.push((value, value)),
        }
    }
    let run = |(low, high): (u8, u8)| match high - low {
        0 => low.to_string(),
        1 => format!("{low},{high}"),
        _ => format!("{low}-{high}"),
    };
    runs.into_iter().map(run).collect::<Vec<_>>().join(",")
}

#[cfg(test)]
mod tests {
    use super::super::{Calendar, Vixie};
    use super::Unsayable;
    use proptest::prelude::*;

    #[test]
    fn a_calendar_that_five_fields_can_say_means_the_same() {
        for (calendar, fields) in [
            ("minutely", "* * * * *"),
            ("hourly", "0 * * * *"),
            ("daily", "0 0 * * *"),
            ("weekly", "0 0 * * 1"),
            ("quarterly", "0 0 1 */3 *"),
            ("yearly", "0 0 1 1 *"),
            ("Mon..Fri 09:30", "30 9 * * 1-5"),
            ("Sat,Sun 06,18:00/15", "*/15 6,18 * * */6"),
            ("*-*-1..7 04:05", "5 4 1-7 * *"),
            ("*-02-29 00:00", "0 0 29 2 *"),
            ("*:7/15", "7,22,37,52 * * * *"),
            ("Sun *-*-1/2 00:00", "0 0 */2 * 0"),
            ("0,1,2,9:00", "0 0-2,9 * * *"),
            ("*:0,59", "*/59 * * * *"),
        ] {
            let calendar = Calendar::parse(calendar).unwrap_or_else(|error| panic!("{calendar}: {error}"));
            let text = calendar.five_fields().unwrap();
            assert_eq!(text, fields, "{}", calendar.as_str());
            let vixie = Vixie::parse(&text).unwrap();
            let zone = super::super::Zone::utc();
            assert_eq!(vixie.on_calendar(&zone), calendar.on_calendar(&zone), "{text}");
        }
    }

    fn list(low: u8, high: u8) -> impl Strategy<Value = String> {
        let some = proptest::collection::vec(low..=high, 1..6);
        let some = some.prop_map(|values| values.iter().map(ToString::to_string).collect::<Vec<_>>().join(","));
        let step = (low..=high, 1..=high).prop_map(|(from, step)| format!("{from}/{step}"));
        prop_oneof![Just("*".to_owned()), some, step]
    }

    proptest! {
        /// Whatever the sets of a calendar are, its fields start nothing at other times.
        #[test]
        fn fields_mean_what_the_calendar_does(
            minute in list(0, 59), hour in list(0, 23), day in list(1, 31), month in list(1, 12),
            weekdays in proptest::sample::subsequence(vec!["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"], 1..=7),
        ) {
            let text = format!("{} *-{month}-{day} {hour}:{minute}", weekdays.join(","));
            // a step that is larger than its range is refused
            let Ok(calendar) = Calendar::parse(&text) else { return Ok(()) };
            let zone = super::super::Zone::utc();
            match calendar.five_fields() {
                Ok(fields) => {
                    let vixie = Vixie::parse(&fields).unwrap();
                    prop_assert_eq!(vixie.on_calendar(&zone), calendar.on_calendar(&zone), "{}", fields);
                }
                Err(why) => prop_assert_eq!(why, Unsayable::DateAndWeekday, "{}", text),
            }
        }
    }

    #[test]
    fn what_five_fields_cannot_say() {
        for (calendar, why) in [
            ("*:*:00/20", Unsayable::Seconds),
            ("12:00:30", Unsayable::Seconds),
            ("2030-*-* 00:00", Unsayable::Years),
            ("Sun *-*-1..7 00:00", Unsayable::DateAndWeekday),
        ] {
            assert_eq!(Calendar::parse(calendar).unwrap().five_fields(), Err(why), "{calendar}");
        }
    }
}

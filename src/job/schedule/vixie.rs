//! The five fields of a crontab line.

use super::error::{ScheduleError, ScheduleWarning};
use super::field::{Field, Lead};
use super::firing::Slots;
use super::on_calendar;
use super::part::Part;
use super::pattern::{DAYS, DayRule, Pattern, Rhythm, SECONDS, Set, WEEKDAYS, Years};
use super::words;
use super::zone::Zone;

/// A schedule of five fields, with the meaning that Debian's Vixie cron gives it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Vixie {
    text: String,
    pattern: Pattern,
    warnings: Vec<ScheduleWarning>,
}

const FIVE_FIELDS: &str = "five fields: minute, hour, day of the month, month, weekday";

/// What cron's short forms mean in five fields.
const SHORT_FORMS: [(&str, &str); 8] = [
    ("@yearly", "write `0 0 1 1 *`"),
    ("@annually", "write `0 0 1 1 *`"),
    ("@monthly", "write `0 0 1 * *`"),
    ("@weekly", "write `0 0 * * 0`"),
    ("@daily", "write `0 0 * * *`"),
    ("@midnight", "write `0 0 * * *`"),
    ("@hourly", "write `0 * * * *`"),
    ("@reboot", "use `at_boot: true` instead of a schedule"),
];

impl Vixie {
    /// Reads five fields.
    pub fn parse(text: &str) -> Result<Self, ScheduleError> {
        let whole = Part::whole(text);
        if let Some(line_break) = whole.find(|c| matches!(c, '\n' | '\r')) {
            return Err(line_break.error("a schedule is one line").allowed(FIVE_FIELDS));
        }
        if let Some(sign) = whole.find(|c| c == '=') {
            return Err(sign.error("a schedule holds no `=`").allowed(FIVE_FIELDS));
        }
        let words = whole.words();
        if let Some(first) = words.first().filter(|word| word.text.starts_with('@')) {
            let meant = SHORT_FORMS.iter().find(|(name, _)| name.eq_ignore_ascii_case(first.text));
            return Err(first
                .error("short forms are not read here")
                .allowed(meant.map_or(FIVE_FIELDS, |(_, five)| five)));
        }
        let &[minute, hour, day, month, weekday] = words.as_slice() else {
            return Err(miscounted(whole, &words));
        };

        let mut warnings = Vec::new();
        let mut values = Vec::with_capacity(5);
        for (field, part) in Field::ALL.into_iter().zip([minute, hour, day, month, weekday]) {
            values.push(field.read(part, &mut warnings)?);
        }
        let &[minutes, hours, days, months, weekdays] = values.as_slice() else {
            unreachable!("five fields were read")
        };

        // Cron's own rule: a `*` in front of either day field means both must fit, even in `*/2`.
        let day_rule = match (days.lead, weekdays.lead) {
            (Lead::Number, Lead::Number) => DayRule::Either,
            _ => DayRule::Both,
        };
        if day_rule == DayRule::Either {
            warn_of_idle_field((day, days.set == DAYS), (weekday, weekdays.set == WEEKDAYS), &mut warnings);
        }
        let rhythm = match (minutes.lead, hours.lead) {
            (Lead::Number, Lead::Number) => Rhythm::Times,
            _ => Rhythm::Interval,
        };
        let pattern = Pattern {
            years: Years::Every,
            months: months.set,
            days: days.set,
            weekdays: weekdays.set,
            day_rule,
            hours: hours.set,
            minutes: minutes.set,
            seconds: Set::only(SECONDS.first()),
            rhythm,
        };
        Ok(Vixie { text: text.to_owned(), pattern, warnings })
    }

    /// The schedule as it was written.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Whether it means the same minutes, however it is written; what happens on days on which the clocks change is not
    /// looked at.
    pub fn is_same_as(&self, other: &Vixie) -> bool {
        let times = |vixie: &Vixie| Pattern { rhythm: Rhythm::Times, ..vixie.pattern.clone() };
        times(self) == times(other)
    }

    /// What other crons would read differently, and what its author may not have meant.
    pub fn warnings(&self) -> Vec<ScheduleWarning> {
        self.warnings.clone()
    }

    /// Whether no day ever fits, as in `0 0 31 2 *`.
    pub fn never_fires(&self) -> bool {
        self.pattern.never_fires()
    }

    /// What it means, as a person would say it.
    pub fn words(&self) -> String {
        words::words(&self.pattern)
    }

    /// The `OnCalendar=` values of the timer: one, or two when either day field is enough.
    pub fn on_calendar(&self, zone: &Zone) -> Vec<String> {
        on_calendar::lines(&self.pattern, zone)
    }

    /// The instants at which systemd starts the job; none can be told when the zone's rules are not known.
    pub fn slots<'a>(&'a self, zone: &'a Zone) -> Option<Slots<'a>> {
        Slots::new(&self.pattern, zone)
    }
}

fn miscounted(whole: Part, words: &[Part]) -> ScheduleError {
    match words {
        [] => whole.error("the schedule is empty"),
        [_, _, _, _, _, sixth, ..] => {
            let rest = whole.slice(sixth.range().start..whole.text.len());
            rest.error(format!("the schedule has {} fields", words.len()))
        }
        _ => whole.error(format!("the schedule has {} of five fields", words.len())),
    }
    .allowed(FIVE_FIELDS)
}

/// `0 0 1-31 * 1` runs every day: the full list has no `*`, so it is enough alone.
fn warn_of_idle_field(day: (Part, bool), weekday: (Part, bool), warnings: &mut Vec<ScheduleWarning>) {
    for ((part, is_full), idle) in [(day, "weekday"), (weekday, "day of the month")] {
        if is_full {
            let what = format!("this allows every day without beginning with `*`, so the {idle} does not matter");
            warnings.push(part.warning(what, "write `*` to let the other day field choose"));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_shape_becomes_the_lines_that_systemd_would_write() {
        let here = Zone::unread(None);
        for (text, lines) in [
            ("* * * * *", &["*-*-* *:*:00"][..]),
            ("*/5 * * * *", &["*-*-* *:00..55/5:00"]),
            ("0,30 * * * *", &["*-*-* *:00,30:00"]),
            ("30 12 * * *", &["*-*-* 12:30:00"]),
            (" 05\t4  * * * ", &["*-*-* 04:05:00"]),
            ("0 9 * * 1-5", &["Mon..Fri *-*-* 09:00:00"]),
            ("0 9 * * MON-Fri", &["Mon..Fri *-*-* 09:00:00"]),
            ("0 0 * * 0", &["Sun *-*-* 00:00:00"]),
            ("0 0 * * 7", &["Sun *-*-* 00:00:00"]),
            ("0 0 * * 5-7", &["Fri..Sun *-*-* 00:00:00"]),
            ("0 0 * * 0-7", &["*-*-* 00:00:00"]),
            ("0 0 * * */2", &["Tue,Thu,Sat,Sun *-*-* 00:00:00"]),
            ("0 0 1 jan-mar,DEC *", &["*-01..03,12-01 00:00:00"]),
            ("7-59/15 2 * * *", &["*-*-* 02:07..52/15:00"]),
            ("*/90 * * * *", &["*-*-* *:00:00"]),
            ("5-5 * * * *", &["*-*-* *:05:00"]),
            ("0 0 13 * 5", &["*-*-13 00:00:00", "Fri *-*-* 00:00:00"]),
            ("0 0 */2 * 1", &["Mon *-*-01..31/2 00:00:00"]),
            ("0 0 *,5 * 1", &["Mon *-*-* 00:00:00"]),
            ("0 0 5,* * 1", &["*-*-* 00:00:00"]),
            ("0 0 1-31 * 1", &["*-*-* 00:00:00"]),
            ("0 0 31 2 *", &["*-02-31 00:00:00"]),
        ] {
            let schedule = Vixie::parse(text).unwrap_or_else(|error| panic!("{text}: {error}"));
            assert_eq!(schedule.on_calendar(&here), lines, "{text}");
        }
    }

    #[test]
    fn what_cron_would_not_run_says_why_and_where() {
        for (text, at, message) in [
            ("", 0..0, "the schedule is empty; five fields: minute, hour, day of the month, month, weekday"),
            ("* * * *", 0..7, "the schedule has 4 of five fields; "),
            ("* * * * * root", 10..14, "the schedule has 6 fields; "),
            ("60 * * * *", 0..2, "the minute is out of range; a minute is 0 to 59"),
            ("0 24 * * *", 2..4, "the hour is out of range; an hour is 0 to 23"),
            ("0 0 0 * *", 4..5, "the day of the month is out of range; a day of the month is 1 to 31"),
            ("0 0 1 13 *", 6..8, "the month is out of range; a month is 1 to 12 or jan to dec"),
            ("0 0 * * 99999999999", 8..19, "the weekday is out of range; a weekday is 0 to 7 or sun to sat"),
            ("0/5 * * * *", 0..3, "a step needs a range in front; write `*/5` or `0-59/5` for one in 5"),
            ("1,5/15 * * * *", 2..6, "a step needs a range in front; write `5-59/15` for one in 15 from 5 on"),
            ("0 22-2 * * *", 2..6, "the range runs backwards, cron would never run it; write 22-23,0-2"),
            ("0 0 * * fri-sun", 8..15, "the range runs backwards, cron would never run it; write 5-7"),
            ("0 0 * * 6-1", 8..11, "the range runs backwards, cron would never run it; write 6,0-1"),
            ("1-5-7 * * * *", 0..5, "a range has one dash; "),
            ("1x * * * *", 0..2, "something stands behind the number; a minute is 0 to 59"),
            ("*-5 * * * *", 0..3, "something stands behind the `*`; "),
            ("*/0 * * * *", 2..3, "a step of 0 never ends; "),
            ("*/ * * * *", 2..2, "the number of the step is missing; "),
            ("*/x * * * *", 2..3, "the step is not a number; "),
            ("1,,2 * * * *", 2..2, "a list has an empty place; "),
            ("1- * * * *", 2..2, "a minute is missing; "),
            ("-5 * * * *", 0..0, "a minute is missing; "),
            ("mon * * * *", 0..3, "this is not a minute; "),
            ("0 0 * * Monday", 8..14, "a name has three letters; write mon"),
            ("0 0 L * *", 4..5, "cron does not know the signs L and W; "),
            ("0 0 15W * *", 4..7, "cron does not know the signs L and W; "),
            ("0 0 * * 1#2", 9..10, "cron does not know this sign; "),
            ("0 0 ? * 1", 4..5, "cron does not know this sign; "),
            ("~ * * * *", 0..1, "cron does not know this sign; "),
            ("0 0 * * %", 8..9, "cron does not know this sign; "),
            ("A=b * * * *", 1..2, "a schedule holds no `=`; "),
            ("0 0 * * *\n", 9..10, "a schedule is one line; "),
            ("@daily", 0..6, "short forms are not read here; write `0 0 * * *`"),
            ("@Reboot", 0..7, "short forms are not read here; use `at_boot: true` instead of a schedule"),
            ("@every 5m", 0..6, "short forms are not read here; five fields: "),
        ] {
            let error = Vixie::parse(text).expect_err(text);
            assert_eq!(error.at, at, "{text}: {error}");
            assert!(error.to_string().starts_with(message), "{text}: {error}");
            assert_eq!(error.found.as_deref().unwrap_or_default(), &text[at], "{text}");
        }
    }

    #[test]
    fn what_other_crons_read_differently_is_told() {
        for (text, marked) in [
            ("*/90 * * * *", "*/90"),
            ("1-5/7 * * * *", "1-5/7"),
            ("0 0 * * 0-sun", "0-sun"),
            ("0 0 1-31 * 1", "1-31"),
            ("0 0 1 * 0-6", "0-6"),
        ] {
            let warnings = Vixie::parse(text).unwrap().warnings();
            assert_eq!(warnings.len(), 1, "{text}");
            assert_eq!(&text[warnings[0].at.clone()], marked);
        }
        assert_eq!(Vixie::parse("*/59 0-23/23 1 1 0-0").unwrap().warnings(), []);
    }

    #[test]
    fn each_shape_is_told_in_words() {
        for (text, words) in [
            ("* * * * *", "every minute"),
            ("*/5 * * * *", "every 5 minutes"),
            ("2-59/5 * * * *", "every 5 minutes from minute 2 on"),
            ("*/7 * * * *", "at minute 0, 7, 14, 21, 28, 35, 42, 49 and 56 of every hour"),
            ("0,30 * * * *", "every 30 minutes"),
            ("0 * * * *", "every hour"),
            ("17 * * * *", "every hour at minute 17"),
            ("5,6,7,20 * * * *", "at minute 5 to 7 and 20 of every hour"),
            ("30 12 * * *", "at 12:30 every day"),
            ("0 */2 * * *", "every 2 hours"),
            ("10 */4 * * *", "at 00:10, 04:10, 08:10, 12:10, 16:10 and 20:10 every day"),
            ("10 */3 * * *", "every 3 hours at minute 10"),
            ("0 9 * * 1-5", "at 09:00, Monday to Friday"),
            ("*/15 9-17 * * 1-5", "every 15 minutes from 09:00 to 17:45, Monday to Friday"),
            ("* 9-17 * * *", "every minute from 09:00 to 17:59"),
            ("*/20 1,5,9 * * *", "every 20 minutes of hour 1, 5 and 9"),
            ("5,25 0-20/2 * * *", "at minute 5 and 25 of hour 0, 2, 4, 6, 8, 10, 12, 14, 16, 18 and 20 every day"),
            ("0 0 * * 0", "at 00:00, on Sunday"),
            ("0 0 * * 6,0", "at 00:00, on Saturday and Sunday"),
            ("0 0 * * 5-7", "at 00:00, on Friday to Sunday"),
            ("0 0 13 * 5", "at 00:00, on day 13 of the month, or on Friday"),
            ("0 0 */2 * 1", "at 00:00, on Monday, if it is every 2nd day of the month from day 1 on"),
            ("0 0 1,15 * *", "at 00:00, on day 1 and 15 of the month"),
            ("0 0 1 jan-mar,DEC *", "at 00:00, on day 1 of the month, in January to March and December"),
            ("0 0 1-31 * 1", "at 00:00 every day"),
            ("0 0 29 2 *", "at 00:00, on day 29 of the month, in February"),
        ] {
            assert_eq!(Vixie::parse(text).unwrap().words(), words, "{text}");
        }
    }

    #[test]
    fn a_schedule_without_a_day_is_known() {
        let never = |text| Vixie::parse(text).unwrap().never_fires();
        assert!(never("0 0 31 2 *") && never("0 0 30,31 2 */2") && never("0 0 31 4,6,9,11 *"));
        assert!(!never("0 0 29 2 *") && !never("0 0 29 2 */2") && !never("0 0 31 2 1") && !never("* * * * *"));
    }
}

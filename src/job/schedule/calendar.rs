//! A calendar event of systemd, as far as we can foretell it ourselves.

use super::error::ScheduleError;
use super::firing::Slots;
use super::five_fields::{Unsayable, five_fields};
use super::on_calendar;
use super::part::Part;
use super::pattern::{DAYS, DayRule, HOURS, MINUTES, MONTHS, Pattern, Rhythm, Set, WEEKDAYS, Years};
use super::unit_of_time::UnitOfTime;
use super::words;
use super::zone::{Zone, ZoneName};

/// A calendar event in a subset of what systemd.time(7) describes:
///
/// ```text
/// [WEEKDAYS] [[YEAR-]MONTH-DAY] [HOUR:MINUTE[:SECOND]] [ZONE]
/// minutely | hourly | daily | weekly | monthly | quarterly | semiannually | yearly | annually [ZONE]
/// ```
///
/// Each number may be `*` or a list of numbers, ranges `a..b` and steps `a/n`, `a..b/n`; weekdays are
/// names, ranges and lists of names. Left out are counting from the end of the month (`~`), fractions of
/// a second, years of two digits and seconds since 1970 (`@`). An open step `a/n` ends with its field, as
/// it is meant; systemd itself loses days of January in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Calendar {
    text: String,
    pattern: Pattern,
    zone: Option<ZoneName>,
}

const FORM: &str = "a calendar event is like `Mon..Fri *-*-* 09:00:00 Europe/Berlin`";

const SHORT_FORMS: [(&str, &str); 9] = [
    ("minutely", "*-*-* *:*:00"),
    ("hourly", "*-*-* *:00:00"),
    ("daily", "*-*-* 00:00:00"),
    ("weekly", "Mon *-*-* 00:00:00"),
    ("monthly", "*-*-01 00:00:00"),
    ("quarterly", "*-01,04,07,10-01 00:00:00"),
    ("semiannually", "*-01,07-01 00:00:00"),
    ("yearly", "*-01-01 00:00:00"),
    ("annually", "*-01-01 00:00:00"),
];

/// Names from Monday, as ranges run; Sunday is the last here though its number is 0.
const WEEKDAY_NAMES: [&str; 7] = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];

impl Calendar {
    /// Reads a calendar event.
    pub fn parse(text: &str) -> Result<Self, ScheduleError> {
        let whole = Part::whole(text);
        if let Some(sign) = whole.find(|c| c.is_control() && c != '\t') {
            return Err(sign.error("a calendar event is one line of text").allowed(FORM));
        }
        let words = whole.words();
        let (zone, words) = match words.as_slice() {
            [] => return Err(whole.error("the calendar event is empty").allowed(FORM)),
            // The first word that begins with a letter is a weekday or a short form.
            [before @ .., last] if !before.is_empty() && begins_with_letter(*last) => (Some(zone(*last)?), before),
            words => (None, words),
        };
        let short_form = match words {
            [only] => SHORT_FORMS.iter().find(|(name, _)| name.eq_ignore_ascii_case(only.text)),
            _ => None,
        };
        let pattern = match short_form {
            Some((_, meaning)) => read(&Part::whole(meaning).words())?,
            None => read(words)?,
        };
        Ok(Calendar { text: text.to_owned(), pattern, zone })
    }

    /// The calendar event as it was written.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The zone that the text itself names.
    pub fn zone(&self) -> Option<&ZoneName> {
        self.zone.as_ref()
    }

    /// Whether no day of the years from 1970 to 2199 fits.
    pub fn never_fires(&self) -> bool {
        self.pattern.never_fires()
    }

    /// What it means, as a person would say it.
    pub fn words(&self) -> String {
        words::words(&self.pattern)
    }

    /// The same as five fields of a crontab.
    ///
    /// # Errors
    /// Why they cannot say it.
    pub fn five_fields(&self) -> Result<String, Unsayable> {
        five_fields(&self.pattern)
    }

    /// The `OnCalendar=` values of the timer, written anew; `zone` is the one that [`zone`](Calendar::zone)
    /// names, else the job's.
    pub fn on_calendar(&self, zone: &Zone) -> Vec<String> {
        on_calendar::lines(&self.pattern, zone)
    }

    /// The instants at which systemd starts the job; none can be told when the zone's rules are not known.
    pub fn slots<'a>(&'a self, zone: &'a Zone) -> Option<Slots<'a>> {
        Slots::new(&self.pattern, zone)
    }
}

fn begins_with_letter(part: Part) -> bool {
    part.text.starts_with(|first: char| first.is_ascii_alphabetic())
}

fn zone(part: Part) -> Result<ZoneName, ScheduleError> {
    if part.text.eq_ignore_ascii_case("utc") {
        return Ok(ZoneName::utc());
    }
    ZoneName::new(part.text).map_err(|error| part.error("this is no time zone").allowed(error.to_string()))
}

fn read(words: &[Part]) -> Result<Pattern, ScheduleError> {
    let mut pattern = Pattern {
        years: Years::Every,
        months: MONTHS,
        days: DAYS,
        weekdays: WEEKDAYS,
        day_rule: DayRule::Both,
        hours: Set::only(0),
        minutes: Set::only(0),
        seconds: Set::only(0),
        rhythm: Rhythm::Times,
    };
    let mut rest = words;
    if let [first, others @ ..] = rest
        && begins_with_letter(*first)
    {
        pattern.weekdays = weekdays(*first)?;
        rest = others;
    }
    if let [first, others @ ..] = rest
        && !first.text.contains(':')
    {
        date(*first, &mut pattern)?;
        rest = others;
    }
    if let [first, others @ ..] = rest
        && first.text.contains(':')
    {
        time(*first, &mut pattern)?;
        rest = others;
    }
    if let [surplus, ..] = rest {
        return Err(surplus.error("this stands where nothing more is expected").allowed(FORM));
    }
    if pattern.hours == HOURS || pattern.minutes == MINUTES {
        pattern.rhythm = Rhythm::Interval;
    }
    Ok(pattern)
}

fn weekdays(part: Part) -> Result<Set, ScheduleError> {
    let mut set = Set::default();
    for element in part.split(',') {
        let (first, last) = match element.split_once("..") {
            Some((first, last)) => (weekday(first)?, weekday(last)?),
            None => (weekday(element)?, weekday(element)?),
        };
        if first > last {
            let what = "the range of weekdays runs backwards, and a week begins on Monday here";
            return Err(element.error(what).allowed("name the days one by one, as in Sat,Sun,Mon"));
        }
        // From Monday as 0 to cron's numbers, where Sunday is 0.
        (first..=last).for_each(|day| set.insert((day + 1) % 7));
    }
    Ok(set)
}

/// Monday is 0.
fn weekday(part: Part) -> Result<u8, ScheduleError> {
    let is_name = |name: &&str| part.text.eq_ignore_ascii_case(name) || part.text.eq_ignore_ascii_case(&name[..3]);
    match (0..).zip(&WEEKDAY_NAMES).find(|(_, name)| is_name(name)) {
        Some((day, _)) => Ok(day),
        None => Err(part
            .error("this is no weekday")
            .allowed("a weekday is Mon to Sun or its full name, a range is written Mon..Fri, a list Mon,Wed")),
    }
}

fn date(part: Part, pattern: &mut Pattern) -> Result<(), ScheduleError> {
    if let Some(sign) = part.find(|c| c == '~') {
        return Err(sign.error("days are not counted from the end of the month here").allowed(FORM));
    }
    let parts: Vec<Part> = part.split('-').collect();
    let (month, day) = match parts.as_slice() {
        [year, month, day] => {
            pattern.years = UnitOfTime::Year.numbers(*year)?.map_or(Years::Every, |years| Years::Only(years.collect()));
            (*month, *day)
        }
        [month, day] => (*month, *day),
        _ => return Err(part.error("this is no date").allowed("a date is written 2027-12-31, *-12-31 or 12-31")),
    };
    pattern.months = UnitOfTime::Month.set(month)?;
    pattern.days = UnitOfTime::Day.set(day)?;
    Ok(())
}

fn time(part: Part, pattern: &mut Pattern) -> Result<(), ScheduleError> {
    let parts: Vec<Part> = part.split(':').collect();
    match parts.as_slice() {
        [hour, minute, second @ ..] if second.len() <= 1 => {
            pattern.hours = UnitOfTime::Hour.set(*hour)?;
            pattern.minutes = UnitOfTime::Minute.set(*minute)?;
            if let [second] = second {
                pattern.seconds = UnitOfTime::Second.set(*second)?;
            }
            Ok(())
        }
        _ => Err(part.error("this is no time of the day").allowed("a time is written 09:00 or 09:00:00")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_subset_is_written_anew_and_bounded() {
        let here = Zone::unread(None);
        for (text, line) in [
            ("minutely", "*-*-* *:*:00"),
            ("Weekly UTC", "Mon *-*-* 00:00:00"),
            ("Mon", "Mon *-*-* 00:00:00"),
            ("saturday,Mon..wed 5:0", "Mon..Wed,Sat *-*-* 05:00:00"),
            ("12-1", "*-12-01 00:00:00"),
            ("2027-1/6-1..3", "2027-01,07-01..03 00:00:00"),
            ("2027/2-*-* *:*", "2027..2199/2-*-* *:*:00"),
            ("*:2/4", "*-*-* *:02..58/4:00"),
            ("*:0..59/20:*", "*-*-* *:00,20,40:*"),
            ("Sun *-*-* 1,3..5:00 Europe/Berlin", "Sun *-*-* 01,03..05:00:00"),
        ] {
            let calendar = Calendar::parse(text).unwrap_or_else(|error| panic!("{text}: {error}"));
            assert_eq!(calendar.on_calendar(&here), [line], "{text}");
        }
        assert_eq!(Calendar::parse("daily utc").unwrap().zone(), Some(&ZoneName::utc()));
        assert_eq!(Calendar::parse("5:0 Etc/GMT-1").unwrap().zone().map(ZoneName::as_str), Some("Etc/GMT-1"));
        assert!(Calendar::parse("2027-02-29").unwrap().never_fires());
        assert!(!Calendar::parse("*-02-29").unwrap().never_fires());
    }

    #[test]
    fn what_cron_cannot_say_is_told_in_words_too() {
        for (text, words) in [
            ("*:*:00/20", "every 20 seconds"),
            ("*:*:*", "every second"),
            ("*:*:15,45", "at second 15 and 45, every minute"),
            ("12:00:30", "at second 30, at 12:00 every day"),
            (
                "Sat,Sun *-*-01..07 04:00 Europe/Berlin",
                "at 04:00, on Saturday and Sunday, if it is day 1 to 7 of the month",
            ),
            ("2027-02-03 05:00", "at 05:00, on day 3 of the month, in February, in 2027"),
            ("2027/2-*-* 05:00", "at 05:00, in some years from 2027 to 2199"),
        ] {
            assert_eq!(Calendar::parse(text).unwrap().words(), words, "{text}");
        }
    }

    #[test]
    fn the_rest_is_refused_with_its_place() {
        for (text, at, message) in [
            ("", 0..0, "the calendar event is empty; "),
            ("5:0\nExecStart=x", 3..4, "a calendar event is one line of text; "),
            ("fortnightly", 0..11, "this is no weekday; "),
            ("Europe/Berlin", 0..13, "this is no weekday; "),
            ("Fri..Mon", 0..8, "the range of weekdays runs backwards"),
            ("Mon-Fri 5:0", 0..7, "this is no weekday; "),
            ("*-*~1", 3..4, "days are not counted from the end of the month here; "),
            ("1969-1-1", 0..4, "the year is out of range; the year is 1970 to 2199"),
            ("12", 0..2, "this is no date; "),
            ("24:00", 0..2, "the hour is out of range; the hour is 0 to 23"),
            ("*:0/60", 4..6, "the step is larger than its range; write 0 alone"),
            (
                "*:*/5",
                2..3,
                "`*` stands alone, without list, range or step; for a step write its first number, as in 0/5",
            ),
            ("*:5..4", 2..6, "the range runs backwards; "),
            ("*:0..59/0", 8..9, "a step of 0 never ends; "),
            ("*:*:0.5", 4..7, "fractions of a second are not read here; "),
            ("*:*:*:*", 0..7, "this is no time of the day; "),
            ("@86400", 0..6, "this is no date; "),
            ("5:00 ../../etc", 5..14, "this stands where nothing more is expected; "),
            ("5:00 Europe/../x", 5..16, "this is no time zone; "),
            ("5:00 Europe//x", 5..14, "this is no time zone; "),
            ("daily 5:00", 0..5, "this is no weekday; "),
        ] {
            let error = Calendar::parse(text).expect_err(text);
            assert_eq!(error.at, at, "{text}: {error}");
            assert!(error.to_string().starts_with(message), "{text}: {error}");
        }
    }
}

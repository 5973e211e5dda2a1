//! One of the five fields of a crontab line, read as Debian's Vixie cron reads it.

use super::error::{ScheduleError, ScheduleWarning};
use super::part::Part;
use super::pattern::Set;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Field {
    Minute,
    Hour,
    Day,
    Month,
    Weekday,
}

/// What a field says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Value {
    pub(super) set: Set,
    pub(super) lead: Lead,
}

/// How a field begins: cron joins the two day fields by this sign alone, not by what they hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Lead {
    Star,
    Number,
}

/// `low-high/step`
struct Range {
    low: u8,
    high: u8,
    step: u32,
}

const SIGNS: &str = "digits, names and `* , - /`";
const MONTHS: [&str; 12] = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
const WEEKDAYS: [&str; 7] = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];

impl Field {
    pub(super) const ALL: [Field; 5] = [Field::Minute, Field::Hour, Field::Day, Field::Month, Field::Weekday];

    fn label(self) -> &'static str {
        match self {
            Field::Minute => "minute",
            Field::Hour => "hour",
            Field::Day => "day of the month",
            Field::Month => "month",
            Field::Weekday => "weekday",
        }
    }

    /// The smallest and the largest number; a weekday may be 7, which is Sunday again.
    fn limits(self) -> (u8, u8) {
        match self {
            Field::Minute => (0, 59),
            Field::Hour => (0, 23),
            Field::Day => (1, 31),
            Field::Month => (1, 12),
            Field::Weekday => (0, 7),
        }
    }

    fn names(self) -> &'static [&'static str] {
        match self {
            Field::Month => &MONTHS,
            Field::Weekday => &WEEKDAYS,
            _ => &[],
        }
    }

    fn allowed(self) -> String {
        let (low, high) = self.limits();
        match self {
            Field::Month => format!("a month is {low} to {high} or jan to dec"),
            Field::Weekday => format!("a weekday is {low} to {high} or sun to sat, both 0 and 7 are Sunday"),
            _ => format!("{} is {low} to {high}", self.with_article()),
        }
    }

    fn with_article(self) -> String {
        match self {
            Field::Hour => "an hour".to_owned(),
            _ => format!("a {}", self.label()),
        }
    }

    pub(super) fn read(self, part: Part, warnings: &mut Vec<ScheduleWarning>) -> Result<Value, ScheduleError> {
        if let Some(sign) = part.find(|c| matches!(c, '#' | '?' | '~' | '%')) {
            return Err(sign.error("cron does not know this sign").allowed(SIGNS));
        }
        let mut set = Set::default();
        for element in part.split(',') {
            let range = self.element(element, warnings)?;
            for value in (range.low..=range.high).step_by(range.step as usize) {
                set.insert(value);
            }
        }
        if self == Field::Weekday && set.has(7) {
            set.remove(7);
            set.insert(0);
        }
        Ok(Value { set, lead: if part.text.starts_with('*') { Lead::Star } else { Lead::Number } })
    }

    fn element(self, element: Part, warnings: &mut Vec<ScheduleWarning>) -> Result<Range, ScheduleError> {
        if element.text.is_empty() {
            return Err(element.error("a list has an empty place").allowed("one comma between two values"));
        }
        let (base, step) = match element.split_once("/") {
            Some((base, step)) => (base, Some(step)),
            None => (element, None),
        };
        let (low, high) = match base.split_once("-") {
            _ if base.text == "*" => self.limits(),
            _ if base.text.starts_with('*') => {
                return Err(base
                    .error("something stands behind the `*`")
                    .allowed("`*` alone, or `*/5` for every fifth"));
            }
            Some(ends) => self.range(base, ends, warnings)?,
            None => {
                let value = self.value(base)?;
                if let Some(step) = step {
                    let allowed = self.stepped_from(value, number_of_step(step)?);
                    return Err(element.error("a step needs a range in front").allowed(allowed));
                }
                (value, value)
            }
        };
        let step = step.map_or(Ok(1), number_of_step)?;
        if low < high && step > u32::from(high - low) {
            warnings.push(element.warning(
                format!("the step is larger than its range, so only {low} counts; some crons take every value instead"),
                format!("write {low}"),
            ));
        }
        Ok(Range { low, high, step })
    }

    fn range(
        self,
        range: Part,
        (first, last): (Part, Part),
        warnings: &mut Vec<ScheduleWarning>,
    ) -> Result<(u8, u8), ScheduleError> {
        if last.text.contains('-') {
            return Err(range.error("a range has one dash").allowed("a range is written like 1-5"));
        }
        let (low, high) = (self.value(first)?, self.value(last)?);
        if low > high {
            return Err(range
                .error("the range runs backwards, cron would never run it")
                .allowed(self.turned(low, high)));
        }
        if self == Field::Weekday && high == 0 && !last.is_number() {
            warnings
                .push(range.warning("some crons read `sun` at the end of a range as 7", "write 0 for Sunday alone"));
        }
        Ok((low, high))
    }

    fn value(self, part: Part) -> Result<u8, ScheduleError> {
        let (low, high) = self.limits();
        if part.is_number() {
            return u8::try_from(part.number())
                .ok()
                .filter(|number| (low..=high).contains(number))
                .ok_or_else(|| part.error(format!("the {} is out of range", self.label())).allowed(self.allowed()));
        }
        if let Some(index) = self.names().iter().position(|name| name.eq_ignore_ascii_case(part.text)) {
            // The first month is 1, the first weekday is 0.
            return Ok(low + u8::try_from(index).expect("twelve names at most"));
        }
        if last_day_or_workday(part) {
            return Err(part.error("cron does not know the signs L and W").allowed(SIGNS));
        }
        Err(match part.text.bytes().next() {
            None => part.error(format!("{} is missing", self.with_article())).allowed(self.allowed()),
            Some(b'0'..=b'9') => part.error("something stands behind the number").allowed(self.allowed()),
            Some(_) => match self.names().iter().find(|name| begins_with(part.text, name)) {
                Some(name) => part.error("a name has three letters").allowed(format!("write {name}")),
                None => part.error(format!("this is not {}", self.with_article())).allowed(self.allowed()),
            },
        })
    }

    /// What the author of `5/15` may have meant.
    fn stepped_from(self, low: u8, step: u32) -> String {
        let (first, mut last) = self.limits();
        if self == Field::Weekday {
            last = 6;
        }
        if low == first {
            format!("write `*/{step}` or `{low}-{last}/{step}` for one in {step} from {low} on")
        } else {
            format!("write `{low}-{last}/{step}` for one in {step} from {low} on")
        }
    }

    /// The range `low-high` that goes over the end, as cron can read it.
    fn turned(self, low: u8, high: u8) -> String {
        let span = |low, high| if low == high { format!("{low}") } else { format!("{low}-{high}") };
        match self {
            Field::Weekday if high == 0 => format!("write {}", span(low, 7)),
            Field::Weekday => format!("write {},{}", span(low.min(6), 6), span(0, high)),
            _ => {
                let (first, last) = self.limits();
                format!("write {},{}", span(low, last), span(first, high))
            }
        }
    }
}

fn number_of_step(part: Part) -> Result<u32, ScheduleError> {
    let allowed = "a step is a whole number from 1 on";
    match part.is_number() {
        false if part.text.is_empty() => Err(part.error("the number of the step is missing").allowed(allowed)),
        false => Err(part.error("the step is not a number").allowed(allowed)),
        true if part.number() == 0 => Err(part.error("a step of 0 never ends").allowed(allowed)),
        true => Ok(part.number()),
    }
}

/// `L`, `15W`, `5L`, `LW`: the last day, the nearest workday of other schedulers.
fn last_day_or_workday(part: Part) -> bool {
    let rest = part.text.trim_start_matches(|c: char| c.is_ascii_digit());
    ["l", "w", "lw"].iter().any(|sign| rest.eq_ignore_ascii_case(sign))
}

fn begins_with(text: &str, name: &str) -> bool {
    text.get(..name.len()).is_some_and(|head| head.eq_ignore_ascii_case(name))
}

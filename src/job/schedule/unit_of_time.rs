//! One number of a calendar event: the year, the month, and so on down to the second.

use std::collections::BTreeSet;

use super::error::ScheduleError;
use super::part::Part;
use super::pattern::{FIRST_YEAR, LAST_YEAR, Set};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum UnitOfTime {
    Year,
    Month,
    Day,
    Hour,
    Minute,
    Second,
}

const FORMS: &str = "`*` or a list of numbers, ranges `a..b` and steps `a/n` or `a..b/n`";

impl UnitOfTime {
    fn limits(self) -> (u16, u16) {
        match self {
            UnitOfTime::Year => (FIRST_YEAR, LAST_YEAR),
            UnitOfTime::Month => (1, 12),
            UnitOfTime::Day => (1, 31),
            UnitOfTime::Hour => (0, 23),
            UnitOfTime::Minute | UnitOfTime::Second => (0, 59),
        }
    }

    fn label(self) -> &'static str {
        match self {
            UnitOfTime::Year => "year",
            UnitOfTime::Month => "month",
            UnitOfTime::Day => "day",
            UnitOfTime::Hour => "hour",
            UnitOfTime::Minute => "minute",
            UnitOfTime::Second => "second",
        }
    }

    /// The numbers that a part allows; none means every one.
    pub(super) fn numbers(self, part: Part) -> Result<Option<impl Iterator<Item = u16>>, ScheduleError> {
        if part.text == "*" {
            return Ok(None);
        }
        let mut numbers = BTreeSet::new();
        for element in part.split(',') {
            let (low, high, step) = self.element(element)?;
            numbers.extend((low..=high).step_by(step.into()));
        }
        Ok(Some(numbers.into_iter()))
    }

    /// The same for the small numbers.
    pub(super) fn set(self, part: Part) -> Result<Set, ScheduleError> {
        let small = |number| u8::try_from(number).expect("all but years are below 60");
        let (low, high) = self.limits();
        Ok(match self.numbers(part)? {
            None => Set::span(small(low), small(high)),
            Some(numbers) => numbers.fold(Set::default(), |mut set, number| {
                set.insert(small(number));
                set
            }),
        })
    }

    /// First number, last number, step.
    fn element(self, element: Part) -> Result<(u16, u16, u16), ScheduleError> {
        let (base, step) = match element.split_once("/") {
            Some((base, step)) => (base, Some(step)),
            None => (element, None),
        };
        let (low, high) = match (base.split_once(".."), step) {
            (Some((low, high)), _) => (self.number(low)?, self.number(high)?),
            (None, Some(_)) => (self.number(base)?, self.limits().1),
            (None, None) => (self.number(base)?, self.number(base)?),
        };
        if low > high {
            return Err(base.error("the range runs backwards").allowed("the smaller number stands first"));
        }
        let Some(step) = step else { return Ok((low, high, 1)) };
        match u16::try_from(step.number()) {
            _ if !step.is_number() => Err(step.error("the step is not a whole number").allowed(FORMS)),
            Ok(0) => Err(step.error("a step of 0 never ends").allowed("a step is 1 or more")),
            Ok(by) if by <= high - low => Ok((low, high, by)),
            _ => Err(step.error("the step is larger than its range").allowed(format!("write {low} alone"))),
        }
    }

    fn number(self, part: Part) -> Result<u16, ScheduleError> {
        let (low, high) = self.limits();
        let range = format!("the {} is {low} to {high}", self.label());
        if part.is_number() {
            let number = u16::try_from(part.number()).ok().filter(|number| (low..=high).contains(number));
            return number.ok_or_else(|| part.error(format!("the {} is out of range", self.label())).allowed(range));
        }
        Err(match part.text {
            "" => part.error(format!("the {} is missing", self.label())).allowed(range),
            "*" => part
                .error("`*` stands alone, without list, range or step")
                .allowed(format!("for a step write its first number, as in {low}/5")),
            _ if self == UnitOfTime::Second && part.text.contains('.') => {
                part.error("fractions of a second are not read here").allowed("whole seconds")
            }
            _ => part.error(format!("this is not a number for the {}", self.label())).allowed(FORMS),
        })
    }
}

//! Patterns of `schedule` and `calendar`.

use super::text;

const HOUR: &str = "0*(?:1?[0-9]|2[0-3])";
const MINUTE: &str = "0*[1-5]?[0-9]";
const DAY: &str = "0*(?:[1-9]|[12][0-9]|3[01])";
const MONTH: &str = "0*(?:[1-9]|1[0-2])";
const YEAR: &str = "0*(?:19[789][0-9]|2[01][0-9]{2})";
const GAP: &str = "[ \\t]+";

/// Five fields of crontab(5).
pub(super) fn schedule() -> String {
    let months = any_of(&["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]);
    let weekdays = any_of(&["sun", "mon", "tue", "wed", "thu", "fri", "sat"]);
    let [month, weekday] = [format!("{MONTH}|{months}"), format!("0*[0-7]|{weekdays}")];
    let fields = [MINUTE, HOUR, DAY, &month, &weekday]
        .map(|value| list(&format!("(?:\\*|(?:{value})-(?:{value}))(?:/[0-9]+)?|{value}")));
    format!("^[ \\t]*{}[ \\t]*$", fields.join(GAP))
}

/// A calendar event of systemd.time(7), as much as is read of it.
pub(super) fn calendar() -> String {
    let names = ["mon(day)?", "tue(sday)?", "wed(nesday)?", "thu(rsday)?", "fri(day)?", "sat(urday)?", "sun(day)?"];
    let short = ["minutely", "hourly", "daily", "weekly", "monthly", "quarterly", "semiannually", "yearly", "annually"];
    let weekday = any_of(&names);
    let weekdays = list(&format!("(?:{weekday})(?:\\.\\.(?:{weekday}))?"));
    let numbers = |value: &str| format!("(?:\\*|{})", list(&format!("{value}(?:\\.\\.{value})?(?:/[0-9]+)?")));
    let date = format!("(?:{}-)?{}-{}", numbers(YEAR), numbers(MONTH), numbers(DAY));
    let time = format!("{}:{}(?::{})?", numbers(HOUR), numbers(MINUTE), numbers(MINUTE));
    let event = format!(
        "(?:{weekdays}(?:{GAP}{date})?(?:{GAP}{time})?|{date}(?:{GAP}{time})?|{time}|{short})",
        short = any_of(&short)
    );
    let zone = text::ZONE.trim_start_matches('^').trim_end_matches('$');
    format!("^[ \\t]*{event}(?:{GAP}{zone})?[ \\t]*$")
}

/// Elements with commas between them.
fn list(element: &str) -> String {
    format!("(?:{element})(?:,(?:{element}))*")
}

/// One of some names, in capitals or not.
fn any_of(names: &[&str]) -> String {
    let letter = |c: char| match c {
        'a'..='z' => format!("[{}{c}]", c.to_ascii_uppercase()),
        '(' => "(?:".to_owned(),
        other => other.to_string(),
    };
    names.iter().map(|name| name.chars().map(letter).collect::<String>()).collect::<Vec<_>>().join("|")
}

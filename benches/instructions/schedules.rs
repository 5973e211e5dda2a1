//! Translates a thousand schedules, for `make instructions`: nothing else shall be counted with them.

use process_control::job::schedule::{Vixie, Zone};

const SCHEDULES: [&str; 8] = [
    "*/5 * * * *",
    "30 4 * * 1-5",
    "0 0 13 * 5",
    "7-59/15 2 * * *",
    "0 9-17 * * mon-fri",
    "15,45 */2 1 jan-jun *",
    "0 3 * * 0",
    "* * * * *",
];

fn main() {
    let zone = Zone::utc();
    let lines: usize = SCHEDULES
        .iter()
        .cycle()
        .take(1_000)
        .map(|text| Vixie::parse(text).expect("it is a schedule").on_calendar(&zone).len())
        .sum();
    // of the eight, one says both a day of the month and a weekday, and so needs two lines
    assert_eq!(lines, 1_125);
}

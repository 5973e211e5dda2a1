//! What the shipped programs cost, each beside the least that could be done and beside its peers, in one run.
//!
//! Everything is timed inside booted hosts, by this program itself, which is copied into them and tells its rows as JSON.
//! There are no thresholds: machines differ, ratios tell. BENCHMARKS.md says how to read the table.

mod generator;
mod host;
mod reload;
mod row;
mod run;
mod status;

use std::io;

fn main() -> io::Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let number = |text: &str| text.parse().expect("a number");
    match arguments[..] {
        ["inside", "generator", count] => generator::inside(number(count)),
        ["inside", "floor", jobs, list, out] => generator::floor(jobs, list, out),
        ["inside", "run", python] => run::inside(python == "python"),
        ["inside", "status", count] => status::inside(number(count)),
        ["inside", "reload", count] => reload::inside(number(count)),
        ["inside", "cron", count] => reload::inside_cron(number(count)),
        // `cargo bench` adds --bench; the rest names what is wanted of it
        _ => host::measure(|topic| {
            let wanted: Vec<&&str> = arguments.iter().filter(|word| !word.starts_with('-')).collect();
            wanted.is_empty() || wanted.iter().any(|word| **word == topic)
        }),
    }
}

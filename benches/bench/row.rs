//! The table of results: ours and the other in turns, as ratios.

use std::io;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

pub(crate) fn heading() {
    println!("| ratio | what | median | min | spread | against | median | min | spread | runs |");
    println!("| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |");
}

/// How long a whole process takes, from start to end.
pub(crate) fn time(command: &mut Command) -> io::Result<Duration> {
    let start = Instant::now();
    let status = command.stdin(Stdio::null()).status()?;
    let took = start.elapsed();
    assert!(status.success(), "{command:?}: {status}");
    Ok(took)
}

pub(crate) fn row(what: &str, mut ours: Vec<Duration>, against: &str, mut least: Vec<Duration>) {
    let cells = |times: &mut Vec<Duration>| {
        times.sort_unstable();
        let at = |share: usize| times[(times.len() - 1) * share / 100].as_secs_f64() * 1e3;
        (at(50), format!("{:.2} ms | {:.2} ms | {:.0} %", at(50), at(0), (at(75) - at(25)) / at(50) * 100.0))
    };
    let ((our_median, ours), (least_median, floor)) = (cells(&mut ours), cells(&mut least));
    println!("| {:.2} | {what} | {ours} | {against} | {floor} | {} |", our_median / least_median, least.len());
}

//! How often things are tried here and by `make soak`, and the rows that it makes its table of.

use crate::hosts::Suite;
use std::time::Duration;

/// How often it is tried: of a soak so many percent of the second number.
pub(crate) fn times(short: usize, long: usize) -> usize {
    let percent: Option<usize> = std::env::var("PROCESS_CONTROL_SOAK").ok().map(|percent| percent.parse().unwrap());
    percent.map_or(short, |percent| long * percent / 100)
}

/// A row of the table; libtest shows it when asked to (`--nocapture`).
pub(crate) fn row(suite: Suite, what: &str, count: usize, result: &str) {
    println!("soak | {what} | Debian {} | {count} | {result} |", if suite == Suite::Bookworm { 12 } else { 13 });
}

/// Numbers without a pattern, the same each time.
pub(crate) struct Moments(pub(crate) u64);

impl Moments {
    /// One below so many milliseconds.
    pub(crate) fn below(&mut self, millis: u64) -> Duration {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        Duration::from_millis((self.0 >> 33) % millis)
    }
}

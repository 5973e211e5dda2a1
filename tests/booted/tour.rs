//! The tour of README, typed as it stands there, on a host that has nothing of ours. What is printed is compared line by line;
//! what differs from run to run (times, spans, ids, lengths of bars) only has to be there. `…` is any number of lines, or of words.

use crate::hosts::{Host, Suite};
use crate::jobs::{SOON, on_both_suites};
use crate::packages::{DEBS, bare, built_or_skip};
use std::thread::sleep;
use std::time::{Duration, Instant};

on_both_suites!(the_tour_of_readme_is_what_a_host_prints);

const README: &str = include_str!("../../README.md");
/// Commands that only look: what they show may take a few seconds to come.
const LOOKS: &[&str] = &["systemctl", "journalctl", "cat /", "jobctl history", "jobctl next", "jobctl status"];

/// A command as it is typed, and the lines that follow.
#[derive(Debug, Default)]
struct Step {
    command: String,
    printed: Vec<&'static str>,
}

/// Every command of the blocks that are marked `console`, in order.
fn steps() -> Vec<Step> {
    let blocks = README.split("\n```console\n").skip(1).map(|block| block.split("\n```").next().unwrap());
    let mut steps: Vec<Step> = Vec::new();
    let mut until_end = false;
    for line in blocks.flat_map(str::lines) {
        if until_end {
            let step = steps.last_mut().unwrap();
            step.command.extend(["\n", line]);
            until_end = line != "END";
        } else if let Some(command) = line.strip_prefix("$ ") {
            steps.push(Step { command: command.to_owned(), printed: Vec::new() });
            until_end = command.ends_with("<<'END'");
        } else {
            steps.last_mut().expect("a block begins with a command").printed.push(line);
        }
    }
    steps
}

fn the_tour_of_readme_is_what_a_host_prints(suite: Suite) {
    if !built_or_skip() {
        return;
    }
    let steps = steps();
    assert!(steps.len() > 20, "{steps:?}");
    let host = bare(suite);
    host.sh(&format!("cp /packages/{} /root", DEBS[0].file_name().unwrap().display()));
    for step in &steps {
        let looks = step.command == "jobctl" || LOOKS.iter().any(|look| step.command.starts_with(look));
        let end = Instant::now() + if looks { SOON } else { Duration::ZERO };
        let mut said = typed(&host, step);
        while !is_as_told(&said, step) {
            assert!(Instant::now() < end, "{suite:?}: {step:#?}, but\n{said}");
            sleep(Duration::from_millis(200));
            said = typed(&host, step);
        }
    }
}

/// What a terminal shows.
fn typed(host: &Host, step: &Step) -> String {
    let done = host.run(&["sh", "-c", &format!("cd /root; {{ {}\n}} 2>&1", step.command)]);
    let ending = if done.ok() { "" } else { "it exits with an error\n" };
    done.stdout + ending
}

fn is_as_told(said: &str, step: &Step) -> bool {
    let (told, said): (Vec<_>, Vec<_>) =
        (step.printed.iter().map(|line| words(line)).collect(), said.lines().map(words).collect());
    fits(&told, &said, &|line| line == &[GAP], &|told, said| fits(told, said, &|word| word == GAP, &|a, b| a == b))
}

const GAP: &str = "…";

/// Whether a text is as the pattern says, in which a gap stands for any number of things.
fn fits<T>(pattern: &[T], text: &[T], gap: &dyn Fn(&T) -> bool, same: &dyn Fn(&T, &T) -> bool) -> bool {
    let Some((first, rest)) = pattern.split_first() else { return text.is_empty() };
    if gap(first) {
        return (0..=text.len()).any(|length| fits(rest, &text[length..], gap, same));
    }
    text.split_first().is_some_and(|(next, more)| same(first, next) && fits(rest, more, gap, same))
}

/// The words of a line; in the place of what differs from run to run stands its kind, however many words it takes.
fn words(line: &str) -> Vec<String> {
    let mut words: Vec<String> = line.split_whitespace().map(kind).collect();
    words.dedup_by(|a, b| a == b && ["a moment", "a span"].contains(&a.as_str()));
    words
}

fn kind(word: &str) -> String {
    let (bare, all) = (word.trim_end_matches([',', ':']), |set: &dyn Fn(char) -> bool| word.chars().all(set));
    let unit = bare.trim_start_matches(|c: char| c.is_ascii_digit() || c == '.');
    let kind = if all(&|c| c == '▪' || ('▀'..='▟').contains(&c)) {
        "a bar"
    } else if word.len() == 8 && all(&|c| c.is_ascii_hexdigit()) {
        "an id"
    } else if ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"].contains(&word)
        || bare.contains([':', '-']) && bare.chars().all(|c| c.is_ascii_digit() || ":-".contains(c))
    {
        "a moment"
    } else if unit.len() < bare.len() && ["us", "ms", "s", "min", "h", "d"].contains(&unit) {
        "a span"
    } else if word.len() > 3 && all(&|c| c.is_ascii_digit()) {
        "a number"
    } else {
        word
    };
    kind.to_owned()
}

#[test]
fn a_tour_that_is_not_true_is_found() {
    let step = |printed: &[&'static str]| Step { command: String::new(), printed: printed.to_vec() };
    let said = "JOB  LAST\nnightly  failure 2h 3min ago, took 10ms\n1 job\n";
    assert!(is_as_told(said, &step(&["JOB LAST", "nightly  failure 3s ago, took 1s", "1 job"])));
    assert!(is_as_told(said, &step(&["…", "nightly … took 1s", "…"])));
    assert!(!is_as_told(said, &step(&["…", "nightly  success 3s ago, took 1s", "…"])));
    assert!(!is_as_told(said, &step(&["JOB LAST", "nightly  failure 3s ago, took 1s"])));
    assert!(!is_as_told("2\n", &step(&["0"])));
}

//! The history file: the original's read and kept, ours written so that its tools read on, anything else survived.

use chrono::{DateTime, TimeDelta, Utc};
use indoc::indoc;
use process_control::history::{Command, End, Exit, History, KEPT, Outcome, Run, Trigger, parse, render};

const BEGIN: DateTime<Utc> = DateTime::from_timestamp(1_800_000_000, 0).unwrap();

fn run(number: i64, outcome: Option<Outcome>) -> Run {
    let start = BEGIN + TimeDelta::minutes(number);
    let mut run = Run::begun(format!("{number:032x}"), Trigger::Timer, Command::Normal, start, "boot".to_owned());
    let exit = outcome.filter(|outcome| *outcome != Outcome::Skipped).map(|_| Exit::Code(0));
    run.end =
        outcome.map(|outcome| End { at: start + TimeDelta::seconds(5), outcome, cause: None, exit, reason: None });
    run
}

const ORIGINAL: &str = indoc! {"
    history:
    - status: started
      time: '2026-11-22 04:30:03.496396'
    - status: completed
      time: '2026-11-22 04:30:04'
    - status: started
      time: '2026-11-22 05:30:03.100000'
    - status: failed
      time: '2026-11-22 05:31:03.100000'
    - status: skipped
      time: '2026-11-22 05:30:59.000001'
    - status: started
      time: '2026-11-22 06:30:03.100000'
    last_completion_status: failure
"};

#[test]
fn the_originals_file_is_read() {
    let history = parse(ORIGINAL).unwrap();
    let said: Vec<_> = history
        .runs
        .iter()
        .map(|run| {
            let start = run.start.map(|at| at.format("%H:%M:%S%.f").to_string()).unwrap_or_default();
            let end = run.end.as_ref().map(|end| (end.outcome, end.at.format("%H:%M:%S").to_string()));
            (start, end)
        })
        .collect();
    let ended = |outcome, at: &str| Some((outcome, at.to_owned()));
    assert_eq!(
        said,
        [
            ("04:30:03.496396".to_owned(), ended(Outcome::Success, "04:30:04")),
            ("05:30:03.100".to_owned(), ended(Outcome::Failure, "05:31:03")),
            (String::new(), ended(Outcome::Skipped, "05:30:59")),
            ("06:30:03.100".to_owned(), None),
        ]
    );
    assert_eq!(history.seen, None);
}

#[test]
fn what_the_original_knew_outlives_our_first_run() {
    use Outcome::{Failure, Skipped, Success};
    let mut history = parse(ORIGINAL).unwrap();
    history.add(run(0, Some(Outcome::Success)));
    let again = parse(&render(&history).unwrap()).unwrap();
    assert_eq!(again.runs.len(), 5);
    assert_eq!(again, parse(&render(&again).unwrap()).unwrap(), "once written, it stays the same");
    let outcomes: Vec<_> = again.runs.iter().map(|run| run.end.as_ref().map(|end| end.outcome)).collect();
    assert_eq!(outcomes, [Some(Success), Some(Failure), Some(Skipped), None, Some(Success)]);
}

#[test]
fn the_last_completion_is_in_the_originals_words() {
    let last = |outcome| {
        let mut history = History::default();
        history.add(run(0, outcome));
        let text = render(&history).unwrap();
        text.lines().find_map(|line| line.strip_prefix("last_completion_status: ")).unwrap().to_owned()
    };
    assert_eq!(last(None), "unknown");
    assert_eq!(last(Some(Outcome::Success)), "success");
    assert_eq!(last(Some(Outcome::Skipped)), "skipped");
    for outcome in [Outcome::Failure, Outcome::Timeout, Outcome::Stopped, Outcome::Interrupted] {
        assert_eq!(last(Some(outcome)), "failure");
    }
}

#[test]
fn twenty_runs_are_kept() {
    let mut history = History::default();
    (0..50).for_each(|number| history.add(run(number, Some(Outcome::Success))));
    assert_eq!(history.runs.len(), KEPT);
    assert_eq!(history.runs[0].start, Some(BEGIN + TimeDelta::minutes(30)));
}

#[test]
fn skipped_starts_push_no_run_out() {
    let mut history = History::default();
    history.add(run(0, Some(Outcome::Failure)));
    (1..100).for_each(|number| history.add(run(number, Some(Outcome::Skipped))));
    assert_eq!(history.runs.len(), 1 + KEPT);
    assert_eq!(history.last_run().unwrap().id, format!("{:032x}", 0));
    (100..200).for_each(|number| history.add(run(number, Some(Outcome::Success))));
    assert_eq!(history.runs.iter().filter(|run| run.is_skipped()).count(), KEPT);
}

#[test]
fn a_run_without_an_end_was_interrupted() {
    let mut history = History::default();
    history.add(run(0, Some(Outcome::Success)));
    history.add(run(1, None));
    history.settle(BEGIN + TimeDelta::hours(1));
    let durations = |history: &History| render(history).unwrap().matches("duration: ").count();
    assert_eq!(durations(&history), 1, "nobody knows how long an interrupted run took");
    let outcome = |history: &History, at: usize| history.runs[at].end.as_ref().unwrap().outcome;
    assert_eq!((outcome(&history, 0), outcome(&history, 1)), (Outcome::Success, Outcome::Interrupted));
    // who saw the end knows better than who guessed; nobody knows better than who saw it
    let seen = |outcome| End { at: BEGIN, outcome, cause: None, exit: None, reason: None };
    history.end(&format!("{:032x}", 1), seen(Outcome::Failure), None);
    assert_eq!(outcome(&history, 1), Outcome::Failure);
    history.end(&format!("{:032x}", 1), seen(Outcome::Success), None);
    assert_eq!(outcome(&history, 1), Outcome::Failure);
}

#[test]
fn nobody_is_found_by_an_empty_id() {
    let mut history = parse(ORIGINAL).unwrap();
    assert_eq!(history.run(""), None);
    let before = history.clone();
    history.end("", End { at: BEGIN, outcome: Outcome::Success, cause: None, exit: None, reason: None }, None);
    assert_eq!(history, before);
}

#[test]
fn what_is_no_history_says_where() {
    for text in
        ["history: 5\n", "[]\n", "history:\n- status: [a]\n", "history: [\n", "a: b: c\n", "history: *x\n", "\u{1b}\n"]
    {
        let said = parse(text).expect_err(text);
        assert!(!said.is_empty());
    }
}

#[test]
fn hostile_values_are_taken_for_nothing_more() {
    let text = format!(
        "history:\n- status: \"\\e[2Jcompleted\"\n  time: never\n  run: \"{}\\e[31m\\n\"\n  start: '9999-12-31 23:59:59'\n  \
         reason: \"<script>\\u202e\\e]0;x\\a {}\"\n  outcome: failure\n  exit_status: 2147483647\n  signal: -2147483648\n\
         - status: completed\n  time: '2026-02-30 00:00:00'\n- {{}}\n- status: started\n  run: x\n  boot: \"\\0\"\n\
         last_completion_status: \"\\e[2J\"\ntiming: \"schedule * * * * *\\n\"\ntiming_seen: '0000-00-00 00:00:00'\n",
        "a".repeat(5000),
        "b".repeat(5000),
    );
    let history = parse(&text).unwrap();
    let written = render(&history).unwrap();
    assert_eq!(written.chars().find(|c| c.is_control() && *c != '\n'), None, "{written}");
    assert!(!written.contains("\\e") && !written.contains('\u{202e}') && written.len() < 3000, "{written}");
    assert_eq!(parse(&written).unwrap(), parse(&render(&parse(&written).unwrap()).unwrap()).unwrap());
    let exit = history.runs[0].end.as_ref().unwrap().exit.unwrap();
    assert_eq!(exit.status(), i32::MIN + 128);
}

#[test]
fn huge_numbers_and_lists_end_somewhere() {
    assert!(parse("history:\n- exit_status: 99999999999999999999\n").is_err());
    let many = format!("history:\n{}", "- status: completed\n".repeat(5000));
    assert!(parse(&many).unwrap().runs.len() <= 200);
    let bomb = "a: &a [x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b]\n\
                d: &d [*c,*c,*c,*c,*c,*c,*c,*c,*c]\ne: &e [*d,*d,*d,*d,*d,*d,*d,*d,*d]\nf: &f [*e,*e,*e,*e,*e,*e,*e,*e,*e]\n\
                g: &g [*f,*f,*f,*f,*f,*f,*f,*f,*f]\nh: [*g,*g,*g,*g,*g,*g,*g,*g,*g]\n";
    let begin = std::time::Instant::now();
    let _ = parse(bomb);
    assert!(begin.elapsed().as_secs() < 2);
    let deep = format!("history: {}{}", "[".repeat(20_000), "]".repeat(20_000));
    assert!(parse(&deep).is_err());
}

/// `counts` outlive the entries of the list.
#[test]
fn runs_are_counted_beyond_the_list() {
    let mut history = History::default();
    for second in 0..50 {
        let start = BEGIN + TimeDelta::seconds(second);
        let outcome = if second % 10 == 0 { Outcome::Failure } else { Outcome::Success };
        history.add(Run::begun(format!("{second:032x}"), Trigger::Timer, Command::Normal, start, String::new()));
        let end = End { at: start, outcome, cause: None, exit: None, reason: None };
        history.end(&format!("{second:032x}"), end.clone(), None);
        // a second end is none
        history.end(&format!("{second:032x}"), end, None);
    }
    assert_eq!(history.runs.len(), KEPT);
    let read = parse(&render(&history).unwrap()).unwrap();
    assert_eq!((read.tally.success, read.tally.failure, read.tally.successes_in_a_row), (45, 5, 9));
    // and a file without them is counted from its list
    let text = render(&history).unwrap();
    let (bare, _) = text.split_once("counts:").unwrap();
    let counted = parse(bare).unwrap().tally;
    assert_eq!((counted.success, counted.failure, counted.successes_in_a_row), (18, 2, 9));
}

/// That a run was interrupted is a guess; its true end is counted in its place.
#[test]
fn an_interrupted_run_is_not_counted_twice() {
    let mut history = History::default();
    history.add(Run::begun("1".repeat(32), Trigger::Timer, Command::Normal, BEGIN, String::new()));
    history.settle(BEGIN);
    assert_eq!(history.tally.interrupted, 1);
    history.end(
        &"1".repeat(32),
        End { at: BEGIN, outcome: Outcome::Failure, cause: None, exit: None, reason: None },
        None,
    );
    assert_eq!((history.tally.interrupted, history.tally.failure, history.tally.failures_in_a_row), (0, 1, 1));
}

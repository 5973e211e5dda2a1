//! The last of a history, for those who look at many: most of the file need not be read for that.

use super::{History, Outcome, Run, Tally, parse};
use chrono::{DateTime, Utc};

/// What a job did last.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Recent {
    /// The last run that has ended; skipped starts are no runs.
    pub run: Option<Run>,
    /// The run that has no end yet.
    pub open: Option<Run>,
    /// How the entry ended that ended last, be it a run or a skipped start.
    pub last_outcome: Option<Outcome>,
    /// What all runs came to; of a file without counts, the runs at its end. To read the whole of ten thousand for that
    /// would take seconds, and the next run of each writes them.
    pub tally: Tally,
    /// When its timer last elapsed.
    pub elapsed: Option<DateTime<Utc>>,
    /// Why nothing is known, where there is a file and it cannot be read.
    pub unreadable: Option<String>,
}

/// So many entries at the end of a file nearly always hold all of that.
const ENOUGH: usize = 4;
/// How an entry of the list begins, as we write it and the original did.
const ENTRY: &str = "\n- status:";

impl Recent {
    /// Reads the end of a history file, and the whole only where the end does not tell. `boot` is this boot's id.
    ///
    /// # Errors
    /// A sentence that says where it is no history.
    pub fn read(text: &str, boot: &str) -> Result<Recent, String> {
        let read = |text: &str| {
            let mut history = parse(text)?;
            history.settle_other_boots(boot);
            Ok::<_, String>(Recent::of(history))
        };
        let recent = match end_of(text) {
            Some(end) => read(&format!("history:{end}"))?,
            None => read(text)?,
        };
        match recent.run {
            // so many skipped starts, or one run that never ended
            None => read(text),
            Some(_) => Ok(recent),
        }
    }

    /// The last of a history that was read.
    pub fn of(history: History) -> Recent {
        let last_outcome = history.last_ended().map(|(_, end)| end.outcome);
        let mut recent = Recent {
            last_outcome,
            tally: history.tally,
            elapsed: history.seen.as_ref().map(|seen| seen.at),
            ..Recent::default()
        };
        for run in history.runs.into_iter().rev() {
            match &run.end {
                Some(_) if run.is_skipped() => {}
                Some(_) if recent.run.is_none() => recent.run = Some(run),
                None if recent.open.is_none() && recent.run.is_none() => recent.open = Some(run),
                _ => {}
            }
        }
        recent
    }
}

/// The last entries, if the file has more.
fn end_of(text: &str) -> Option<&str> {
    text.rmatch_indices(ENTRY).nth(ENOUGH - 1).map(|(at, _)| &text[at..])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::history::{Command, End, Trigger, render};
    use chrono::DateTime;

    fn history(outcomes: &[Option<Outcome>]) -> History {
        let mut history = History::default();
        for (minute, outcome) in (0..).zip(outcomes) {
            let start = DateTime::from_timestamp(minute * 60, 0).unwrap();
            let mut run = Run::begun(format!("{minute:032x}"), Trigger::Timer, Command::Normal, start, String::new());
            run.end = outcome.map(|outcome| End {
                at: start,
                outcome,
                cause: None,
                exit: None,
                reason: Some("a\nb".to_owned()),
            });
            history.add(run);
        }
        history
    }

    #[test]
    fn the_end_tells_the_same_as_the_whole() {
        let (ok, bad, skipped) = (Some(Outcome::Success), Some(Outcome::Failure), Some(Outcome::Skipped));
        for outcomes in [
            vec![],
            vec![None],
            vec![ok],
            vec![ok, bad, ok, bad, ok, bad],
            vec![bad, ok, ok, ok, ok, ok, None],
            vec![bad, skipped, skipped, skipped, skipped, skipped, skipped],
            vec![bad, ok, None, skipped, skipped, skipped, skipped, skipped],
            vec![ok, skipped, None],
        ] {
            let text = render(&history(&outcomes)).unwrap();
            assert_eq!(Recent::read(&text, ""), Ok(Recent::of(parse(&text).unwrap())), "{outcomes:?}");
        }
    }

    #[test]
    fn a_run_that_never_ended_is_not_open_when_another_has_ended_since() {
        assert_eq!(Recent::of(history(&[None, Some(Outcome::Success)])).open, None);
    }

    #[test]
    fn a_run_of_another_boot_is_over() {
        let mut history = history(&[Some(Outcome::Success), None]);
        history.runs[1].boot = "before".to_owned();
        let text = render(&history).unwrap();
        let seen = |boot| Recent::read(&text, boot).unwrap();
        assert!(seen("before").open.is_some() && seen("").open.is_some());
        let recent = seen("now");
        assert_eq!((recent.open, recent.last_outcome), (None, Some(Outcome::Interrupted)));
        assert_eq!(recent.run.and_then(|run| run.end).unwrap().outcome, Outcome::Interrupted);
    }

    #[test]
    fn the_originals_file_is_read_too() {
        let event = |status, minute| format!("- status: {status}\n  time: '2026-11-22 04:{minute:02}:03.496396'\n");
        let text: String = (0..10).map(|run| event("started", run * 2) + &event("failed", run * 2 + 1)).collect();
        let recent = Recent::read(&format!("history:\n{text}last_completion_status: failure\n"), "b").unwrap();
        assert_eq!(recent.run.and_then(|run| run.start).unwrap().to_rfc3339(), "2026-11-22T04:18:03.496396+00:00");
        assert_eq!(recent.last_outcome, Some(Outcome::Failure));
    }
}

//! What is written when a run begins, ends or is skipped, and what follows from that, as data: the history, the pause of a
//! job that fails too often, and the notices for those who want to know.

use super::after;
use crate::history::{End, History, Outcome, Run, Tally, Written};
use crate::job::Job;
use crate::notice::{Circumstances, News, Notice, is_mailed, notices};
use crate::pause::{Pace, Resumed};
use chrono::{DateTime, Utc};

/// What a change of a history comes to.
#[derive(Debug)]
pub struct Entry {
    /// What has happened, in this order.
    pub news: Vec<News>,
    /// Why the job is to be paused, if it is.
    pub paused: Option<String>,
    /// The counts before it.
    pub before: Tally,
    /// The counts with it.
    pub after: Tally,
}

/// Who tells of an end that the history does not know: two of a run's processes would do it twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unwritten {
    /// Who sees it.
    ToldNow,
    /// `--finish`, which comes after each run of a unit and finds it without an end.
    ToldByFinish,
}

/// Writes the end of a run into its history, and when it is tried again, if it is: news, unless it was known, or is no
/// end yet, or a skipped start, which is no run.
pub fn ended(history: &mut History, id: &str, end: End, retry: Option<DateTime<Utc>>) -> News {
    match (history.end(id, end.clone(), retry), history.run(id)) {
        (Written::Yes, Some(run)) if retry.is_some() => News::TriedAgain(run.clone(), end),
        (Written::Yes, Some(run)) if end.outcome != Outcome::Skipped => News::Ended(run.clone(), end),
        _ => News::Other,
    }
}

/// Changes a history, which says what the news is. `job`: none when its file has gone meanwhile. `resumed`: when somebody
/// last resumed it.
pub fn enter(
    history: &mut History,
    job: Option<&Job>,
    resumed: Option<Resumed>,
    change: impl FnOnce(&mut History) -> News,
) -> Entry {
    let before = history.tally;
    if let Some(resumed) = resumed.filter(|it| it.is_news_to(history)) {
        history.resumed = Some(resumed.at);
        history.tally.begin_again();
        history.tally.slow_start |= resumed.pace == Pace::Slow;
    }
    let announced = history.announced().map(|(run, _)| run.id.clone());
    let changed = change(history);
    // the attempt that was to come does not, so the one before it was the last
    let news: Vec<News> = announced.and_then(|id| given_up(history, &id)).into_iter().chain([changed]).collect();
    let mut paused = None;
    let ends = news.iter().filter_map(|news| if let News::Ended(_, end) = news { Some(end) } else { None });
    for (end, job) in ends.zip(job.iter().cycle()) {
        let tally = &mut history.tally;
        paused = after::pause(job, end, tally).or(paused);
        tally.slow_start = after::starts_slowly(job, tally, paused.as_deref());
        match end.outcome {
            Outcome::Success => tally.failure_mailed = false,
            Outcome::Failure | Outcome::Timeout => tally.failure_mailed |= is_mailed(job, tally, paused.as_deref()),
            Outcome::Stopped | Outcome::Skipped | Outcome::Interrupted => {}
        }
    }
    Entry { news, paused, before, after: history.tally }
}

/// The end of a run whose next attempt was announced, if it has become one.
fn given_up(history: &History, id: &str) -> Option<News> {
    let run = history.run(id).filter(|run| run.retry.is_none())?;
    Some(News::Ended(run.clone(), run.end.clone()?))
}

impl Entry {
    /// What is left of it when the history cannot be written. What was to be tried again is not, as nobody would know how
    /// often it was; it is the last attempt, which `--finish` tells too.
    #[must_use]
    pub fn unwritten(mut self, teller: Unwritten) -> Entry {
        if teller == Unwritten::ToldByFinish {
            self.news.retain(|news| !matches!(news, News::Ended(..)));
        }
        self
    }

    /// Whom to tell what. `log`: where a run's log is, if there is a folder for logs.
    pub fn notices(
        &self,
        job: &Job,
        host: &str,
        now: DateTime<Utc>,
        log: impl Fn(&Run) -> Option<String>,
    ) -> Vec<Notice> {
        let of = |news: &News| {
            let about = Circumstances {
                host,
                now,
                tally: self.after,
                failure_mailed: self.before.failure_mailed,
                failed_before: self.before.failures_since_success,
                paused: self.paused.as_deref(),
                log: if let News::Started(run) | News::Ended(run, _) = news { log(run) } else { None },
            };
            notices(job, news, &about)
        };
        self.news.iter().flat_map(of).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Config;
    use crate::history::{Cause, Command, Exit, Trigger};
    use crate::job::JobName;
    use chrono::TimeDelta;

    const BEGIN: DateTime<Utc> = DateTime::from_timestamp(1_800_000_000, 0).unwrap();
    const TOLD: &str =
        "on_start: /bin/a\non_success: /bin/a\non_failure: /bin/a\non_recovery: /bin/a\non_skip: /bin/a\n";

    /// What happens to a job.
    #[derive(Clone, Copy)]
    enum Step {
        Begins,
        Ends(Outcome),
        /// With this code.
        Fails(i32),
        /// And is to be tried again.
        IsTriedAgain,
        /// The next attempt of what is to be tried again.
        BeginsAgain,
        /// Nobody waits for the next attempt any more.
        IsGivenUp,
        IsSkipped,
        /// Its end is recorded once more.
        EndsOnceMore,
        IsResumed(Pace),
    }
    use Step::*;

    fn job(keys: &str) -> Job {
        let text = format!("name: Tea\ncommand: /bin/true\n{TOLD}{keys}");
        let Config { defaults, ceilings, .. } = Config::default();
        let (job, problems) = Job::read(&JobName::new("tea").unwrap(), text.as_bytes(), &defaults, &ceilings);
        job.unwrap_or_else(|| panic!("{problems:?}"))
    }

    fn end(at: DateTime<Utc>, outcome: Outcome, code: i32) -> End {
        let cause = (outcome == Outcome::Failure).then_some(Cause::ExitCode);
        End { at, outcome, cause, exit: Some(Exit::Code(code)), reason: None }
    }

    /// Goes these steps, each a minute after the other, and gives what the last one comes to.
    fn go(job: Option<&Job>, steps: &[Step]) -> (History, Entry) {
        let (mut history, mut resumed, mut last) = (History::default(), None, None);
        for (number, step) in (0..).zip(steps) {
            let at = BEGIN + TimeDelta::minutes(number);
            if let IsResumed(pace) = step {
                resumed = Some(Resumed { at, pace: *pace });
                continue;
            }
            let begins = |attempt| Run {
                attempt,
                ..Run::begun(format!("run{number}"), Trigger::Timer, Command::Normal, at, "boot".to_owned())
            };
            let id = history.last_run().map(|run| run.id.clone()).unwrap_or_default();
            let ends = |history: &mut History, outcome, code, retry| ended(history, &id, end(at, outcome, code), retry);
            let change = |history: &mut History| match step {
                Begins | BeginsAgain => {
                    let run = begins(if matches!(step, Begins) { 1 } else { 2 });
                    history.add(run.clone());
                    News::Started(run)
                }
                Ends(outcome) => ends(history, *outcome, i32::from(*outcome == Outcome::Failure), None),
                Fails(code) => ends(history, Outcome::Failure, *code, None),
                IsTriedAgain => ends(history, Outcome::Failure, 1, Some(at + TimeDelta::minutes(1))),
                EndsOnceMore => ends(history, Outcome::Failure, 9, None),
                IsGivenUp | IsResumed(_) => {
                    history.give_up();
                    News::Other
                }
                IsSkipped => {
                    let run = Run { end: Some(end(at, Outcome::Skipped, 0)), ..begins(1) };
                    history.add(run.clone());
                    News::Skipped(run)
                }
            };
            last = Some(enter(&mut history, job, resumed, change));
        }
        (history, last.expect("a step that is written"))
    }

    /// In a word for each.
    fn news(entry: &Entry) -> Vec<String> {
        let word = |news: &News| match news {
            News::Started(run) => format!("{} started", run.id),
            News::Ended(run, end) => format!("{} {}", run.id, end.outcome),
            News::TriedAgain(run, _) => format!("{} tried again", run.id),
            News::Skipped(run) => format!("{} skipped", run.id),
            News::Other => "other".to_owned(),
        };
        entry.news.iter().map(word).collect()
    }

    fn events(entry: &Entry, job: &Job) -> Vec<String> {
        let notices = entry.notices(job, "db1", BEGIN, |_| None);
        notices.iter().map(|notice| format!("{} {}", notice.facts.run, notice.facts.event.word())).collect()
    }

    #[test]
    fn each_step_has_its_news_and_its_notices() {
        let (failure, success) = (Ends(Outcome::Failure), Ends(Outcome::Success));
        for (steps, is_news, is_told) in [
            (&[Begins][..], &["run0 started"][..], &["run0 start"][..]),
            (&[Begins, success], &["run0 success"], &["run0 success"]),
            (&[Begins, failure], &["run0 failure"], &["run0 failure"]),
            (&[Begins, Ends(Outcome::Stopped)], &["run0 stopped"], &[]),
            (&[Begins, Ends(Outcome::Skipped)], &["other"], &[]),
            // who comes after finds the end written
            (&[Begins, failure, EndsOnceMore], &["other"], &[]),
            // and `interrupted` was a guess
            (&[Begins, Ends(Outcome::Interrupted), EndsOnceMore], &["run0 failure"], &["run0 failure"]),
            // there is no such run
            (&[failure], &["other"], &[]),
            (&[IsSkipped], &["run0 skipped"], &["run0 skip"]),
            (&[Begins, failure, Begins, success], &["run2 success"], &["run2 success", "run2 recovery"]),
            (
                &[Begins, failure, IsResumed(Pace::Normal), Begins, success],
                &["run3 success"],
                &["run3 success", "run3 recovery"],
            ),
            (&[Begins, IsTriedAgain], &["run0 tried again"], &[]),
            (&[Begins, IsTriedAgain, BeginsAgain], &["run2 started"], &[]),
            (&[Begins, IsTriedAgain, BeginsAgain, failure], &["run2 failure"], &["run2 failure"]),
            (&[Begins, IsTriedAgain, IsGivenUp], &["run0 failure", "other"], &["run0 failure"]),
            (&[Begins, IsTriedAgain, Begins], &["run0 failure", "run2 started"], &["run0 failure", "run2 start"]),
            (&[Begins, IsTriedAgain, IsSkipped], &["run0 failure", "run2 skipped"], &["run0 failure", "run2 skip"]),
        ] {
            let job = job("");
            let (_, entry) = go(Some(&job), steps);
            assert_eq!((news(&entry), events(&entry, &job)), (owned(is_news), owned(is_told)));
            let (_, entry) = go(None, steps);
            assert_eq!(news(&entry), owned(is_news), "also when the job's file has gone");
        }
    }

    fn owned(words: &[&str]) -> Vec<String> {
        words.iter().map(|word| (*word).to_owned()).collect()
    }

    #[test]
    fn a_job_that_fails_too_often_is_paused() {
        let failure = Ends(Outcome::Failure);
        let twice = "pause_after_failures: 2\n";
        let unrecoverable = "unrecoverable_exit_codes: 3\n";
        for (keys, steps, reason) in [
            ("", &[Begins, failure][..], None),
            (twice, &[Begins, failure], None),
            (twice, &[Begins, failure, Begins], None),
            (twice, &[Begins, failure, Begins, failure], Some("2 failures in a row (the last: exit code)")),
            (twice, &[Begins, failure, IsResumed(Pace::Normal), Begins, failure], None),
            (twice, &[Begins, failure, Begins, IsTriedAgain], None),
            (
                twice,
                &[Begins, failure, Begins, IsTriedAgain, IsGivenUp],
                Some("2 failures in a row (the last: exit code)"),
            ),
            (twice, &[Begins, failure, Begins, failure, EndsOnceMore], None),
            (unrecoverable, &[Begins, Fails(3)], Some("exit code 3, which is unrecoverable")),
            (unrecoverable, &[Begins, Fails(4)], None),
        ] {
            let job = job(keys);
            let (_, entry) = go(Some(&job), steps);
            assert_eq!(entry.paused.as_deref(), reason, "{keys}");
            let told = entry.notices(&job, "db1", BEGIN, |_| None);
            assert!(told.iter().all(|notice| notice.facts.paused.as_deref() == reason), "{told:?}");
            assert_eq!(go(None, steps).1.paused, None, "nobody knows when it would be");
        }
    }

    #[test]
    fn the_counts_say_what_was_and_what_is() {
        let mail = "failmail: {from_address: a@example.org, to_address: b@example.org}\n";
        let slow = "slow_start_command: /bin/b\nslow_start: {until_successes: 1}\npause_after_failures: 1\n";
        let (failure, success) = (Ends(Outcome::Failure), Ends(Outcome::Success));
        // failures in a row before and after, mailed before and after, slow after
        for (keys, steps, counts) in [
            (mail, &[Begins, failure][..], (0, 1, false, true, false)),
            (mail, &[Begins, failure, Begins, success], (1, 0, true, false, false)),
            (mail, &[Begins, failure, IsResumed(Pace::Normal), Begins], (1, 0, true, true, false)),
            (mail, &[Begins, failure, Begins, Ends(Outcome::Stopped)], (1, 1, true, true, false)),
            ("", &[Begins, failure], (0, 1, false, false, false)),
            (slow, &[Begins, failure], (0, 1, false, false, true)),
            (slow, &[Begins, failure, Begins, success], (1, 0, false, false, false)),
            (slow, &[IsResumed(Pace::Slow), Begins], (0, 0, false, false, true)),
        ] {
            let (history, Entry { before, after, .. }) = go(Some(&job(keys)), steps);
            let found = (
                before.failures_in_a_row,
                after.failures_in_a_row,
                before.failure_mailed,
                after.failure_mailed,
                after.slow_start,
            );
            assert_eq!(found, counts, "{keys}");
            assert_eq!(history.tally, after, "what is written is what is told");
        }
    }

    /// Two processes of a run see its end, and one of them tells of it.
    #[test]
    fn an_end_that_is_not_written_is_told_by_one() {
        let failure = Ends(Outcome::Failure);
        for (steps, now, by_finish) in [
            (&[Begins][..], &["run0 start"][..], &["run0 start"][..]),
            (&[IsSkipped], &["run0 skip"], &["run0 skip"]),
            (&[Begins, failure], &["run0 failure"], &[]),
            // the history still says that its next attempt is to come
            (&[Begins, IsTriedAgain, Begins], &["run0 failure", "run2 start"], &["run2 start"]),
        ] {
            let job = job("");
            for (teller, told) in [(Unwritten::ToldNow, now), (Unwritten::ToldByFinish, by_finish)] {
                let (_, entry) = go(Some(&job), steps);
                assert_eq!(events(&entry.unwritten(teller), &job), owned(told), "{teller:?}");
            }
        }
    }
}

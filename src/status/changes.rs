//! What a reload changes, job by job.

use crate::job::JobName;
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// A unit that is not what it was.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// Its name.
    pub unit: String,
    /// The job that it belongs to; none if it is of the host as a whole.
    pub job: Option<JobName>,
    /// The text before; none if it is new.
    pub before: Option<String>,
    /// The text now; none if it is gone.
    pub after: Option<String>,
}

/// What becomes of a job.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It has units, and had none.
    New,
    /// Some unit of it is another.
    Changed,
    /// It had units, and has none.
    Gone,
}

impl Fate {
    fn word(self) -> &'static str {
        match self {
            Fate::New => "new",
            Fate::Changed => "changed",
            Fate::Gone => "gone",
        }
    }
}

/// What becomes of each job whose units change, in the order of the names. Whether one is new or gone is told
/// by its service, which every job has.
pub fn fates(changes: &[Change]) -> BTreeMap<&JobName, Fate> {
    let mut fates = BTreeMap::new();
    for change in changes {
        let Some(job) = &change.job else { continue };
        let is_service = change.unit.starts_with("job@") && change.unit.ends_with(".service");
        let fate = match (is_service, &change.before, &change.after) {
            (true, None, Some(_)) => Fate::New,
            (true, Some(_), None) => Fate::Gone,
            _ => Fate::Changed,
        };
        let known = fates.entry(job).or_insert(fate);
        if fate != Fate::Changed {
            *known = fate;
        }
    }
    fates
}

/// Of the changes that a reload was to bring, those that came; `still` is what is another after it. A unit that was
/// edited meanwhile came as it was wanted, and is another again.
pub fn brought(wanted: &[Change], still: &[Change]) -> Vec<Change> {
    let still: BTreeMap<&str, &Change> = still.iter().map(|change| (change.unit.as_str(), change)).collect();
    let came = |change: &&Change| still.get(change.unit.as_str()).is_none_or(|again| again.before == change.after);
    wanted.iter().filter(came).cloned().collect()
}

/// Changes and those that came after them, as one change for each unit.
pub fn joined(first: Vec<Change>, then: Vec<Change>) -> Vec<Change> {
    let mut all: BTreeMap<String, Change> = BTreeMap::new();
    for change in first.into_iter().chain(then) {
        match all.get_mut(&change.unit) {
            Some(known) => known.after = change.after,
            None => drop(all.insert(change.unit.clone(), change)),
        }
    }
    all.into_values().filter(|change| change.before != change.after).collect()
}

/// A line for each job, with what is another about it; where only units of the host change, a line for each of them.
pub fn changes(changes: &[Change]) -> String {
    let fates = fates(changes);
    let mut of_job: BTreeMap<&JobName, Vec<&Change>> = BTreeMap::new();
    for change in changes {
        if let Some(job) = &change.job {
            of_job.entry(job).or_default().push(change);
        }
    }
    let width = fates.keys().map(|job| job.as_str().chars().count()).max().unwrap_or_default();
    let mut out = String::new();
    for (job, fate) in &fates {
        let own = of_job.get(job).into_iter().flatten();
        let details: Vec<String> = own.flat_map(|change| details(change, *fate)).collect();
        let line = format!("{:8} {:width$}  {}", fate.word(), job.as_str(), details.join("; "));
        writeln!(out, "{}", line.trim_end()).expect(STRING);
    }
    if fates.is_empty() {
        for change in changes {
            let word = match (&change.before, &change.after) {
                (None, _) => "new",
                (_, None) => "gone",
                _ => "changed",
            };
            writeln!(out, "{word:8} {}", change.unit).expect(STRING);
        }
    }
    out
}

const STRING: &str = "a String takes every write";

/// What is worth a word: when the job runs, if that is new; what is another, with what it was.
fn details(change: &Change, fate: Fate) -> Vec<String> {
    let empty = String::new();
    let (before, after) = (change.before.as_ref().unwrap_or(&empty), change.after.as_ref().unwrap_or(&empty));
    match fate {
        Fate::Gone => Vec::new(),
        Fate::New => {
            settings(after).filter(|(key, _)| is_timing(key)).map(|(key, value)| format!("{key}={value}")).collect()
        }
        Fate::Changed if change.before.is_none() || change.after.is_none() => {
            let what = if change.before.is_none() { "now has" } else { "no longer has" };
            vec![format!("{what} {}", change.unit)]
        }
        Fate::Changed => {
            let values = |text: &str, key: &str| {
                settings(text).filter(|(other, _)| *other == key).map(|(_, value)| value.to_owned()).collect::<Vec<_>>()
            };
            let mut keys: Vec<&str> = settings(before).chain(settings(after)).map(|(key, _)| key).collect();
            keys.sort_unstable();
            keys.dedup();
            let differ = keys.into_iter().filter_map(|key| {
                let (old, new) = (values(before, key), values(after, key));
                let shown =
                    |values: &[String]| if values.is_empty() { "nothing".to_owned() } else { values.join(", ") };
                (old != new).then(|| format!("{key}={}, was {}", shown(&new), shown(&old)))
            });
            differ.collect()
        }
    }
}

fn is_timing(key: &str) -> bool {
    matches!(key, "OnCalendar" | "OnUnitActiveSec")
}

/// The settings of a unit file, which has no line that goes on in the next.
fn settings(text: &str) -> impl Iterator<Item = (&str, &str)> {
    text.lines().filter(|line| !line.starts_with(['#', '['])).filter_map(|line| line.split_once('='))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn change(unit: &str, job: Option<&str>, before: Option<&str>, after: Option<&str>) -> Change {
        Change {
            unit: unit.to_owned(),
            job: job.map(|name| JobName::new(name).unwrap()),
            before: before.map(str::to_owned),
            after: after.map(str::to_owned),
        }
    }

    #[test]
    fn each_job_has_a_line_that_says_what_is_another() {
        let (five, six) = ("# x\n[Timer]\nOnCalendar=*-*-* 05:00:00\n", "[Timer]\nOnCalendar=*-*-* 06:00:00\n");
        let all = [
            change("job@tea.timer", Some("tea"), Some(five), Some(six)),
            change("job@tea.service", Some("tea"), Some("[Service]\nRuntimeMaxSec=1min\n"), Some("[Service]\n")),
            change("job@new.service", Some("new"), None, Some("[Service]\nUser=x\n")),
            change("job@new.timer", Some("new"), None, Some(five)),
            change("job@gone.service", Some("gone"), Some(""), None),
            change("job@gone.timer", Some("gone"), Some(five), None),
            change("job@manual.timer", Some("manual"), Some(five), None),
            change("process-control.target.d/50-timers.conf", None, Some("a"), Some("b")),
        ];
        let expected = "\
gone     gone
changed  manual  no longer has job@manual.timer
new      new     OnCalendar=*-*-* 05:00:00
changed  tea     OnCalendar=*-*-* 06:00:00, was *-*-* 05:00:00; RuntimeMaxSec=nothing, was 1min
";
        assert_eq!(changes(&all), expected);
        assert_eq!(changes(&all[7..]), "changed  process-control.target.d/50-timers.conf\n");
    }

    #[test]
    fn what_a_reload_brought_is_told_from_what_it_did_not() {
        let all = [
            change("job@came.timer", Some("came"), Some("a"), Some("b")),
            change("job@again.timer", Some("again"), Some("a"), Some("b")),
            change("job@refused.timer", Some("refused"), Some("a"), Some("b")),
            change("job@lost.timer", Some("lost"), Some("a"), Some("b")),
            change("job@gone.timer", Some("gone"), Some("a"), None),
        ];
        let still = [
            change("job@again.timer", Some("again"), Some("b"), Some("c")),
            change("job@refused.timer", Some("refused"), Some("a"), Some("b")),
            change("job@lost.timer", Some("lost"), None, Some("b")),
            change("job@other.timer", Some("other"), None, Some("b")),
        ];
        let came = brought(&all, &still);
        assert_eq!(came, [all[0].clone(), all[1].clone(), all[4].clone()]);
        assert_eq!(brought(&all, &all), []);
        // a unit that changed twice is told once
        let both = joined(came, vec![still[0].clone(), change("job@came.timer", Some("came"), Some("b"), Some("a"))]);
        assert_eq!(both, [change("job@again.timer", Some("again"), Some("a"), Some("c")), all[4].clone()]);
    }

    /// To go through all changes for each of these jobs would take minutes.
    #[test]
    fn the_jobs_of_a_whole_host_are_told_at_once() {
        let name = |number| format!("job-{number:06}");
        let all: Vec<Change> = (0..100_000)
            .map(|number| change(&format!("job@{}.service", name(number)), Some(&name(number)), None, Some("")))
            .collect();
        let told = changes(&all);
        assert!(told.lines().count() == 100_000 && told.ends_with("new      job-099999\n"));
    }
}

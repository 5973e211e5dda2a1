//! Which run logs of a job are old enough to go: key `keep_logs`.

use crate::job::{JobName, KeepLogs};
use chrono::{DateTime, NaiveDateTime, Utc};

/// Those of the files of a job's folder that are run logs and are not to be kept, the oldest first. What has another
/// name is somebody else's.
pub fn surplus(files: &[String], job: &JobName, keep: &KeepLogs, now: DateTime<Utc>) -> Vec<String> {
    let mut logs: Vec<(DateTime<Utc>, &String)> =
        files.iter().filter_map(|file| Some((began(file, job)?, file))).collect();
    logs.sort();
    let gone = match keep {
        KeepLogs::Runs(most) => logs.len().saturating_sub(usize::try_from(*most).unwrap_or(usize::MAX)),
        KeepLogs::For(span) => match now.checked_sub_signed(span.delta()) {
            Some(oldest) => logs.partition_point(|(began, _)| *began < oldest),
            None => 0,
        },
    };
    logs.into_iter().take(gone).map(|(_, file)| file.clone()).collect()
}

/// Whether a file in a job's folder is the log of a run of that job.
pub fn is_log(file: &str, job: &JobName) -> bool {
    began(file, job).is_some()
}

/// When the run began whose log has this name: `NAME-YYYYMMDD-HHMMSS.log`, in UTC.
fn began(file: &str, job: &JobName) -> Option<DateTime<Utc>> {
    let time = file.strip_prefix(job.as_str())?.strip_prefix('-')?.strip_suffix(".log")?;
    let plain = time.len() == 15 && time.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-');
    Some(NaiveDateTime::parse_from_str(time, "%Y%m%d-%H%M%S").ok().filter(|_| plain)?.and_utc())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::job::TimeSpan;

    #[test]
    fn the_oldest_logs_go_and_nothing_else() {
        let tea = JobName::new("tea").unwrap();
        let now = "2027-01-10T00:00:00Z".parse().unwrap();
        let files = [
            "tea-20270109-000000.log",
            "tea-20270101-000000.log",
            "tea-20270105-120000.log",
            "tea-green-20200101-000000.log",
            "tea-20270101-000000.log.gz",
            "notes.txt",
            "tea-2027010-0000000.log",
            "tea-20279999-000000.log",
            "tea-20200101-000000.txt",
        ]
        .map(str::to_owned);
        let gone = |keep| surplus(&files, &tea, &keep, now);
        assert_eq!(gone(KeepLogs::Runs(1)), ["tea-20270101-000000.log", "tea-20270105-120000.log"]);
        assert!(gone(KeepLogs::Runs(3)).is_empty() && gone(KeepLogs::Runs(1000)).is_empty());
        assert_eq!(gone(KeepLogs::For(TimeSpan::from_secs(7 * 86_400))), ["tea-20270101-000000.log"]);
        assert!(gone(KeepLogs::For(TimeSpan::from_secs(u64::MAX / 2_000_000))).is_empty());
    }
}

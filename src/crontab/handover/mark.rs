//! The mark that makes a comment of an entry.

use super::Crontab;
use crate::crontab::leftover::{Leftover, Ours, leftovers};
use std::collections::BTreeSet;

/// Stands before an entry whose job systemd starts. It says whose it is, for whoever reads the crontab.
pub const MARK: &str = "#process-control# ";

/// A crontab in which these lines, counted from 1, are comments.
pub fn marked(bytes: &[u8], lines: &BTreeSet<usize>) -> Vec<u8> {
    each_line(
        bytes,
        |number, line| if lines.contains(&number) { [MARK.as_bytes(), line].concat() } else { line.to_vec() },
    )
}

/// A crontab in which these lines are entries again, if they have the mark.
pub fn unmarked(bytes: &[u8], lines: &BTreeSet<usize>) -> Vec<u8> {
    let mut text = each_line(bytes, |number, line| {
        let entry = line.strip_prefix(MARK.as_bytes()).filter(|_| lines.contains(&number));
        entry.unwrap_or(line).to_vec()
    });
    // cron passes over a last line without an end
    let last = bytes.split(|byte| *byte == b'\n').count();
    if !text.ends_with(b"\n") && lines.contains(&last) {
        text.push(b'\n');
    }
    text
}

/// The entries behind marks.
pub fn behind_marks(crontab: &Crontab<'_>, ours: Ours<'_>) -> Vec<Leftover> {
    let has_mark = |line: &&[u8]| line.starts_with(MARK.as_bytes());
    let numbered = (1..).zip(crontab.bytes.split(|byte| *byte == b'\n'));
    let lines: BTreeSet<usize> = numbered.filter(|(_, line)| has_mark(line)).map(|(number, _)| number).collect();
    let bytes = unmarked(crontab.bytes, &lines);
    let mut found = leftovers(&Crontab { bytes: &bytes, ..*crontab }, ours);
    found.retain(|leftover| lines.contains(&leftover.line));
    found
}

fn each_line(bytes: &[u8], change: impl Fn(usize, &[u8]) -> Vec<u8>) -> Vec<u8> {
    let lines = (1..).zip(bytes.split(|byte| *byte == b'\n'));
    lines.map(|(number, line)| change(number, line)).collect::<Vec<_>>().join(&b'\n')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crontab::{Author, Columns};

    const TEXT: &str = "A=b\n1 2 * * * u run-job --job a\n# no entry\n@daily u run-job b\n";

    #[test]
    fn a_mark_that_is_taken_off_leaves_the_bytes_as_they_were() {
        let lines = BTreeSet::from([2, 4]);
        let mut text = TEXT.as_bytes().to_vec();
        // what is no UTF-8, and no line feed at the end
        text.extend(b"\xff\xfe");
        let there = marked(&text, &lines);
        let shown = String::from_utf8_lossy(&there).into_owned();
        assert!(
            shown.starts_with("A=b\n#process-control# 1 2 * * * u run-job --job a\n# no entry\n#process-control# @d")
        );
        assert_eq!(unmarked(&there, &lines), text);
        assert_eq!(unmarked(&there, &BTreeSet::from([1, 2, 3])), marked(&text, &BTreeSet::from([4])));
    }

    #[test]
    fn what_is_behind_a_mark_is_found_and_nothing_else() {
        let bytes = marked(TEXT.as_bytes(), &BTreeSet::from([1, 2]));
        let crontab =
            Crontab { label: "x", bytes: &bytes, columns: Columns::WithUser, owner: None, author: Author::People };
        let ours = Ours { runner: "/usr/bin/run-job", user: "u", configuration: None };
        let found = behind_marks(&crontab, ours);
        assert_eq!(found.iter().map(|it| (it.line, it.job.as_str())).collect::<Vec<_>>(), [(2, "a")]);
        let active = leftovers(&crontab, ours);
        assert_eq!(active.iter().map(|it| it.job.as_str()).collect::<Vec<_>>(), ["b"]);
    }
}

//! Which jobs a person means: names, patterns and tags.

use crate::job::{Job, JobName};
use std::collections::BTreeSet;

/// The words and the tag of a command line. No word at all means every job.
#[derive(Clone, Copy, Debug, Default)]
pub struct Selection<'a> {
    /// Names, and patterns in which `*` is any text and `?` any character.
    pub words: &'a [String],
    /// Key `tag`.
    pub tag: Option<&'a str>,
}

/// A word that names no job.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unknown {
    /// The word.
    pub word: String,
    /// The names that are near it.
    pub near: Vec<String>,
}

impl std::fmt::Display for Unknown {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "there is no job {}{}", crate::job::text::one_line(&self.word), self.offer())
    }
}

/// So many near names help.
const MOST_NEAR: usize = 3;
/// For so many words near names are looked for.
const MOST_CORRECTED: usize = 20;

impl Selection<'_> {
    /// The names that the words mean, each once, in the order of `names`; and the words that mean none.
    pub fn of(&self, names: Vec<JobName>) -> (Vec<JobName>, Vec<Unknown>) {
        if self.words.is_empty() {
            return (names, Vec::new());
        }
        let words = Words::of(self.words);
        let mut found = BTreeSet::new();
        let mut is_meant = |name: &JobName| {
            let own = words.naming(name);
            let meant = !own.is_empty();
            found.extend(own);
            meant
        };
        let meant: Vec<bool> = names.iter().map(&mut is_meant).collect();
        let unknown = self.words.iter().filter(|word| found.insert(word.as_str())).enumerate();
        let unknown = unknown.map(|(place, word)| match place {
            // to look for those that are near takes a while
            0..MOST_CORRECTED => Unknown::of(word, &names),
            _ => Unknown { word: word.clone(), near: Vec::new() },
        });
        let unknown = unknown.collect();
        (names.into_iter().zip(meant).filter_map(|(name, meant)| meant.then_some(name)).collect(), unknown)
    }

    /// Whether a job has the tag that is asked for. One whose file has an error has none.
    pub fn has_tag(&self, job: Option<&Job>) -> bool {
        self.tag.is_none_or(|tag| job.is_some_and(|job| job.tags.iter().any(|own| own == tag)))
    }

    /// The one job that is meant by its very name.
    pub fn single(&self) -> Option<&str> {
        match self.words {
            [word] if self.tag.is_none() && !is_pattern(word) => Some(word),
            _ => None,
        }
    }
}

impl Unknown {
    /// `; did you mean tea?`, if there is anything near.
    pub fn offer(&self) -> String {
        if self.near.is_empty() { String::new() } else { format!("; did you mean {}?", self.near.join(" or ")) }
    }

    /// A word that names none of these.
    pub fn of(word: &str, names: &[JobName]) -> Unknown {
        let mut near: Vec<(usize, &str)> =
            names.iter().map(|name| (strsim::damerau_levenshtein(word, name.as_str()), name.as_str())).collect();
        near.retain(|(distance, name)| *distance <= 1 + word.len() / 4 || (word.len() > 2 && name.contains(word)));
        near.sort_unstable();
        let near = near.into_iter().take(MOST_NEAR).map(|(_, name)| name.to_owned()).collect();
        Unknown { word: word.to_owned(), near }
    }
}

/// Words as they are looked up: a script may name every job of the host one by one.
struct Words<'a> {
    exact: BTreeSet<&'a str>,
    patterns: Vec<(&'a str, Vec<char>)>,
}

impl<'a> Words<'a> {
    fn of(words: &'a [String]) -> Words<'a> {
        let (patterns, exact): (Vec<&str>, Vec<&str>) =
            words.iter().map(String::as_str).partition(|word| is_pattern(word));
        Words {
            exact: exact.into_iter().collect(),
            patterns: patterns.into_iter().map(|word| (word, word.chars().collect())).collect(),
        }
    }

    /// Those that mean this job: by its name, plain or as it stands in a unit name, or by a pattern.
    fn naming(&self, name: &JobName) -> Vec<&'a str> {
        let names = [name.to_string(), name.instance()];
        let exact = names.iter().filter_map(|name| self.exact.get(name.as_str()).copied());
        let chars: Vec<char> = name.as_str().chars().collect();
        let patterns = self.patterns.iter().filter(|(_, pattern)| fits(pattern, &chars)).map(|(word, _)| *word);
        exact.chain(patterns).collect()
    }
}

fn is_pattern(word: &str) -> bool {
    word.contains(['*', '?'])
}

/// A pattern of the shell: `*` is any text, `?` any character.
fn fits(pattern: &[char], name: &[char]) -> bool {
    let (mut at, mut star) = ((0, 0), None);
    while at.1 < name.len() {
        match pattern.get(at.0) {
            Some('*') => {
                star = Some(at);
                at.0 += 1;
            }
            Some(c) if *c == '?' || *c == name[at.1] => at = (at.0 + 1, at.1 + 1),
            _ => match star {
                // the last star takes one character more
                Some((place, taken)) => {
                    star = Some((place, taken + 1));
                    at = (place + 1, taken + 1);
                }
                None => return false,
            },
        }
    }
    pattern[at.0..].iter().all(|c| *c == '*')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_are_those_of_the_shell() {
        let chars = |text: &str| text.chars().collect::<Vec<_>>();
        let fits = |pattern: &str, name: &str| fits(&chars(pattern), &chars(name));
        for (pattern, name) in
            [("a", "a"), ("*", ""), ("a*c", "abbc"), ("a*b*c", "axbxbc"), ("?b", "ab"), ("*-x", "a-b-x")]
        {
            assert!(fits(pattern, name), "{pattern} {name}");
        }
        for (pattern, name) in [("a", "b"), ("a*c", "abb"), ("?", ""), ("", "a"), ("a", "ab"), ("?b", "b")] {
            assert!(!fits(pattern, name), "{pattern} {name}");
        }
    }

    #[test]
    fn a_word_that_names_nothing_is_told_with_what_is_near() {
        let names =
            || ["export", "import-orders", "nightly-report", "a b"].map(|name| JobName::new(name).unwrap()).to_vec();
        let select = |words: &[&str]| {
            let words: Vec<String> = words.iter().map(ToString::to_string).collect();
            let (names, unknown) = Selection { words: &words, tag: None }.of(names());
            let text = |all: Vec<String>| all.join(", ");
            let told = text(unknown.iter().map(ToString::to_string).collect());
            (text(names.iter().map(ToString::to_string).collect()), told)
        };
        let wrong = |words: &[&str]| select(words).1;
        assert_eq!(
            select(&["*port*", "a\\x20b"]),
            ("export, import-orders, nightly-report, a b".into(), String::new())
        );
        assert_eq!(wrong(&["exprot"]), "there is no job exprot; did you mean export?");
        assert_eq!(wrong(&["report"]), "there is no job report; did you mean export or nightly-report?");
        assert_eq!(wrong(&["z*"]), "there is no job z*");
        assert_eq!(wrong(&["z*", "y", "z*"]), "there is no job z*, there is no job y", "each once");
        assert_eq!(wrong(&["\u{1b}[2J"]), "there is no job [2J");
        assert_eq!(select(&["z", "export"]), ("export".into(), "there is no job z".into()), "the others are meant");
    }

    /// To hold each word against each name would take minutes.
    #[test]
    fn every_job_of_a_host_may_be_named_one_by_one() {
        let words: Vec<String> = (0..30_000).map(|number| format!("job-{number:05}")).collect();
        let names: Vec<JobName> = words.iter().map(|word| JobName::new(word).unwrap()).collect();
        assert_eq!(Selection { words: &words, tag: None }.of(names.clone()), (names, Vec::new()));
        // nor do those that all are wrong take longer
        let none = Selection { words: &words, tag: None }.of(vec![JobName::new("other").unwrap()]);
        assert_eq!((none.0.len(), none.1.len()), (0, words.len()));
    }
}

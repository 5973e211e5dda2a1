//! Which jobs a person means: names, patterns and tags.

use crate::job::{Job, JobName};

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
        write!(f, "there is no job {}", crate::job::text::one_line(&self.word))?;
        if self.near.is_empty() { Ok(()) } else { write!(f, "; did you mean {}?", self.near.join(" or ")) }
    }
}

/// So many near names help.
const MOST_NEAR: usize = 3;

impl Selection<'_> {
    /// The names that the words mean, each once, in the order of `names`.
    ///
    /// # Errors
    /// The first word that names none.
    pub fn of(&self, names: Vec<JobName>) -> Result<Vec<JobName>, Unknown> {
        for word in self.words {
            if !names.iter().any(|name| matches(word, name)) {
                return Err(Unknown::of(word, &names));
            }
        }
        let is_meant = |name: &JobName| self.words.is_empty() || self.words.iter().any(|word| matches(word, name));
        Ok(names.into_iter().filter(is_meant).collect())
    }

    /// Whether a job has the tag that is asked for. One whose file has an error has none.
    pub fn has_tag(&self, job: Option<&Job>) -> bool {
        self.tag.is_none_or(|tag| job.is_some_and(|job| job.tags.iter().any(|own| own == tag)))
    }

    /// The one job that is meant by its very name.
    pub fn single(&self) -> Option<&str> {
        match self.words {
            [word] if self.tag.is_none() && !word.contains(['*', '?']) => Some(word),
            _ => None,
        }
    }
}

impl Unknown {
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

/// A name plain, as a pattern, or as it stands in a unit name.
fn matches(word: &str, name: &JobName) -> bool {
    fits(word, name.as_str()) || (word.contains('\\') && word == name.instance())
}

/// A pattern of the shell: `*` is any text, `?` any character.
fn fits(pattern: &str, name: &str) -> bool {
    let (pattern, name): (Vec<char>, Vec<char>) = (pattern.chars().collect(), name.chars().collect());
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
            let found = Selection { words: &words, tag: None }.of(names());
            found.map(|names| names.iter().map(ToString::to_string).collect::<Vec<_>>()).map_err(|it| it.to_string())
        };
        assert_eq!(select(&["*port*", "a\\x20b"]).unwrap(), ["export", "import-orders", "nightly-report", "a b"]);
        assert_eq!(select(&["exprot"]).unwrap_err(), "there is no job exprot; did you mean export?");
        assert_eq!(select(&["report"]).unwrap_err(), "there is no job report; did you mean export or nightly-report?");
        assert_eq!(select(&["z*"]).unwrap_err(), "there is no job z*");
        assert_eq!(select(&["\u{1b}[2J"]).unwrap_err(), "there is no job [2J");
    }
}

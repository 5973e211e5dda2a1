//! Which jobs a person means: names, patterns and tags.

use super::Facts;

/// The jobs that the words name, each once, in the order of `jobs`; a word that names none is an
/// error. No word at all means every job.
///
/// # Errors
/// The word, with the names that are near it.
pub fn select(jobs: Vec<Facts>, words: &[String], tag: Option<&str>) -> Result<Vec<Facts>, String> {
    for word in words {
        if !jobs.iter().any(|facts| matches(word, facts.name.as_str())) {
            return Err(unknown(word, &jobs));
        }
    }
    let named = |facts: &Facts| words.is_empty() || words.iter().any(|word| matches(word, facts.name.as_str()));
    let tagged = |facts: &Facts| {
        let tags = facts.job.iter().flat_map(|job| &job.tags);
        tag.is_none_or(|tag| tags.into_iter().any(|own| own == tag))
    };
    Ok(jobs.into_iter().filter(|facts| named(facts) && tagged(facts)).collect())
}

fn unknown(word: &str, jobs: &[Facts]) -> String {
    let near = jobs.iter().map(|facts| facts.name.as_str());
    let near: Vec<&str> =
        near.filter(|name| strsim::damerau_levenshtein(word, name) <= 1 + word.len() / 4).take(3).collect();
    let hint = if near.is_empty() { String::new() } else { format!("; did you mean {}?", near.join(", ")) };
    format!("there is no job {word}{hint}")
}

/// A pattern of the shell: `*` is any text, `?` any character.
fn matches(pattern: &str, name: &str) -> bool {
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
    use super::matches;

    #[test]
    fn patterns_are_those_of_the_shell() {
        for (pattern, name) in
            [("a", "a"), ("*", ""), ("a*c", "abbc"), ("a*b*c", "axbxbc"), ("?b", "ab"), ("*-x", "a-b-x")]
        {
            assert!(matches(pattern, name), "{pattern} {name}");
        }
        for (pattern, name) in [("a", "b"), ("a*c", "abb"), ("?", ""), ("", "a"), ("a", "ab"), ("?b", "b")] {
            assert!(!matches(pattern, name), "{pattern} {name}");
        }
    }
}

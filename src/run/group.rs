//! Jobs that may not all run at once: `lock_group`, and the caps of the configuration.

use crate::job::{Caps, Job, TimeSpan};
use std::fmt;

/// A number of places, of which each run takes one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Group {
    /// Which.
    pub kind: Kind,
    /// How many places there are.
    pub size: u32,
}

/// What a group is made of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The jobs that name it: `lock_group`.
    Named(String),
    /// All jobs: `max_running`.
    All,
    /// The jobs with a tag: `max_running_by_tag`.
    Tag(String),
}

/// How long a run waits for a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Patience {
    /// So long; then the start is skipped.
    For(TimeSpan),
    /// Until there is one: a cap delays runs, and loses none.
    Endless,
}

/// The groups in which a run of a job needs a place, in the order in which they are taken: the same for all, so that
/// no two runs wait for each other.
pub fn groups(job: &Job, caps: &Caps) -> Vec<(Group, Patience)> {
    let named = job.lock_group.iter().map(|name| {
        (Group { kind: Kind::Named(name.clone()), size: job.lock_group_size }, Patience::For(job.lock_wait))
    });
    let tags = caps.by_tag.iter().filter(|(tag, _)| job.tags.contains(tag));
    let tags = tags.map(|(tag, size)| (Group { kind: Kind::Tag(tag.clone()), size: *size }, Patience::Endless));
    let all = caps.all.map(|size| (Group { kind: Kind::All, size }, Patience::Endless));
    named.chain(tags).chain(all).collect()
}

impl Group {
    /// What its files are called, without the place: no job's lock is called so, and no folder is left.
    pub fn file(&self) -> String {
        // a tag is any text: in a file name its digits are safe, and the first hundred fit
        let safe = |text: &str| text.bytes().take(100).fold(String::new(), |out, byte| out + &format!("{byte:02x}"));
        match &self.kind {
            Kind::Named(name) => format!("group-{name}"),
            Kind::All => "all".to_owned(),
            Kind::Tag(tag) => format!("tag-{}", safe(tag)),
        }
    }
}

/// `the lock group kitchen is full (1)`: that there is no place.
impl fmt::Display for Group {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.kind {
            Kind::Named(name) => write!(f, "the lock group {name} is full ({})", self.size),
            Kind::All => write!(f, "max_running is reached ({})", self.size),
            Kind::Tag(tag) => write!(f, "max_running_by_tag of {tag} is reached ({})", self.size),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::job::{Ceilings, JobName, Spec};

    #[test]
    fn a_run_takes_its_places_in_one_order() {
        let text =
            b"name: A\ncommand: 'true'\ntags: [b, a, ../x]\nlock_group: kitchen\nlock_group_size: 2\nlock_wait: 5s\n";
        let (job, _) = Job::read(&JobName::new("a").unwrap(), text, &Spec::default(), &Ceilings::default());
        let by_tag = [("a", 1), ("b", 2), ("c", 3), ("../x", 4)].map(|(tag, size)| (tag.to_owned(), size)).into();
        let caps = Caps { all: Some(9), by_tag };
        let groups = groups(&job.unwrap(), &caps);
        let said: Vec<String> = groups.iter().map(|(group, _)| format!("{} {}", group.file(), group.size)).collect();
        assert_eq!(said, ["group-kitchen 2", "tag-2e2e2f78 4", "tag-61 1", "tag-62 2", "all 9"]);
        assert_eq!(groups[0].1, Patience::For(TimeSpan::from_secs(5)));
        assert!(groups[1..].iter().all(|(_, patience)| *patience == Patience::Endless), "a cap loses no run");
    }
}

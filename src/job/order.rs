//! Jobs that come after others (key `after_success`): who waits for whom, and who waits for themselves.

use super::{Job, JobName, Timing};
use std::collections::{BTreeMap, BTreeSet};

/// Which jobs come after which.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Order(BTreeMap<JobName, Vec<JobName>>);

impl Order {
    /// Takes a job that comes after others and is not disabled; any other is left out.
    pub fn add(&mut self, job: &Job) {
        if let (Timing::After(others), true) = (&job.timing, job.is_scheduled()) {
            self.0.insert(job.name.clone(), others.clone());
        }
    }

    /// Takes the jobs of another one.
    pub fn join(&mut self, other: Order) {
        self.0.extend(other.0);
    }

    /// Forgets those that nobody can wait for, as there is no file of them.
    pub fn forget_unless(&mut self, is_there: impl Fn(&JobName) -> bool) {
        self.0.values_mut().for_each(|others| others.retain(&is_there));
    }

    /// Each job that others come after, or that comes after others, with those that may start when it ends: those
    /// after it, and itself, if it comes after others that may have succeeded while it ran.
    pub fn followers(&self) -> BTreeMap<&JobName, BTreeSet<&JobName>> {
        let mut followers: BTreeMap<&JobName, BTreeSet<&JobName>> = BTreeMap::new();
        for (job, others) in &self.0 {
            followers.entry(job).or_default().insert(job);
            for other in others {
                followers.entry(other).or_default().insert(job);
            }
        }
        followers
    }

    /// The jobs that come after others.
    pub fn jobs(&self) -> impl Iterator<Item = &JobName> {
        self.0.keys()
    }

    /// Whether it says of a job what the job says itself.
    pub fn has(&self, job: &Job) -> bool {
        match (&job.timing, self.0.get(&job.name)) {
            (Timing::After(others), Some(known)) => job.is_scheduled() && known == others,
            (Timing::After(_), None) => !job.is_scheduled(),
            (_, known) => known.is_none(),
        }
    }

    /// Whether a job comes after others.
    pub fn comes_after(&self, job: &JobName) -> bool {
        self.0.contains_key(job)
    }

    /// Takes the jobs out that wait for themselves, by way of others: none of them would ever be the first, and if a
    /// person started one they would run for ever. Those between two circles count as well. Each comes with the way
    /// from it back to it, as far as that is worth telling.
    pub fn without_circles(&mut self) -> BTreeMap<JobName, Vec<JobName>> {
        let mut left: BTreeSet<JobName> = self.0.keys().cloned().collect();
        // who waits for nobody that is left is in no circle, nor is who nobody waits for
        for direction in [self.0.clone(), reversed(&self.0)] {
            peel(&mut left, &direction);
        }
        let circles = left.iter().map(|job| (job.clone(), self.way(job, &left))).collect();
        self.0.retain(|job, _| !left.contains(job));
        circles
    }

    /// From a job to those that it comes after, among some, until one comes twice.
    fn way(&self, job: &JobName, among: &BTreeSet<JobName>) -> Vec<JobName> {
        let mut way = vec![job.clone()];
        while way.len() < LONGEST_WAY {
            let others = way.last().and_then(|last| self.0.get(last)).into_iter().flatten();
            let Some(next) = others.into_iter().find(|other| among.contains(*other)) else { break };
            let seen = way.contains(next);
            way.push(next.clone());
            if seen {
                break;
            }
        }
        way
    }
}

/// So many names make a circle plain.
const LONGEST_WAY: usize = 8;

fn reversed(order: &BTreeMap<JobName, Vec<JobName>>) -> BTreeMap<JobName, Vec<JobName>> {
    let mut reversed: BTreeMap<JobName, Vec<JobName>> = BTreeMap::new();
    for (job, others) in order {
        for other in others {
            reversed.entry(other.clone()).or_default().push(job.clone());
        }
    }
    reversed
}

/// Takes away whatever points at nothing that is left, until nothing does; each edge is looked at twice at most.
fn peel(left: &mut BTreeSet<JobName>, order: &BTreeMap<JobName, Vec<JobName>>) {
    let back = reversed(order);
    let within = |left: &BTreeSet<JobName>, job| {
        order.get(job).into_iter().flatten().filter(|other| left.contains(*other)).count()
    };
    let mut count: BTreeMap<JobName, usize> = left.iter().map(|job| (job.clone(), within(left, job))).collect();
    let mut free: Vec<JobName> = count.iter().filter(|(_, count)| **count == 0).map(|(job, _)| job.clone()).collect();
    while let Some(job) = free.pop() {
        if !left.remove(&job) {
            continue;
        }
        for before in back.get(&job).into_iter().flatten() {
            if let Some(count) = count.get_mut(before) {
                *count = count.saturating_sub(1);
                if *count == 0 {
                    free.push(before.clone());
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(text: &str) -> JobName {
        JobName::new(text).unwrap()
    }

    fn order(edges: &[(&str, &[&str])]) -> Order {
        Order(edges.iter().map(|(job, others)| (name(job), others.iter().map(|other| name(other)).collect())).collect())
    }

    fn circles(edges: &[(&str, &[&str])]) -> Vec<String> {
        let told = |(_, way): (JobName, Vec<JobName>)| way.iter().map(JobName::as_str).collect::<Vec<_>>().join(" ");
        order(edges).without_circles().into_iter().map(told).collect()
    }

    #[test]
    fn who_waits_for_themselves_is_found() {
        assert_eq!(circles(&[("b", &["a"]), ("c", &["a", "b"]), ("d", &["c"])]), [""; 0]);
        assert_eq!(circles(&[("a", &["b"]), ("b", &["a"]), ("c", &["b"]), ("a0", &["x"])]), ["a b a", "b a b"]);
        assert_eq!(circles(&[("a", &["a"])]), ["a a"]);
        assert_eq!(circles(&[("a", &["c"]), ("b", &["a", "z"]), ("c", &["b"])]), ["a c b a", "b a c b", "c b a c"]);
    }

    #[test]
    fn a_long_chain_takes_no_time() {
        let names: Vec<String> = (0..20_000).map(|number| format!("job{number:05}")).collect();
        let edges = names.windows(2).map(|pair| (name(&pair[1]), vec![name(&pair[0])]));
        let mut order = Order(edges.collect());
        assert_eq!(order.without_circles(), BTreeMap::new());
        order.0.insert(name("job00000"), vec![name("job19999")]);
        let circles = order.without_circles();
        assert_eq!(circles.len(), 20_000);
        assert!(circles.values().all(|way| way.len() <= LONGEST_WAY));
    }

    #[test]
    fn who_ends_wakes_those_that_come_after() {
        let order = order(&[("c", &["a", "b"]), ("d", &["c"])]);
        let followers = order.followers();
        let told: Vec<String> = followers
            .iter()
            .map(|(job, all)| format!("{job}: {}", all.iter().map(|job| job.as_str()).collect::<Vec<_>>().join(" ")))
            .collect();
        assert_eq!(told, ["a: c", "b: c", "c: c d", "d: d"]);
        assert!(order.comes_after(&name("c")) && !order.comes_after(&name("a")));
    }
}

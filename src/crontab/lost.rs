//! What cron, and `run-job` where no unit of systemd is around it, do not do of what a job file says.

use crate::job::hook::Event;
use crate::job::{CatchUp, IoClass, Job, Limits, Timing};

/// Why no entry of a crontab can stand for it.
pub(super) fn why_not(timing: &Timing) -> &'static str {
    match timing {
        Timing::Every(_) => "every: cron does not know when a job last started; write schedule instead",
        Timing::After(_) => "after_success: cron starts no job after others; write schedule instead",
        Timing::Manual | Timing::Schedule(_) | Timing::Calendar(_) | Timing::AtBoot => "nothing is wrong with it",
    }
}

/// Who delivers notices.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Delivery {
    /// systemd starts `process-control-notify`, whoever starts the jobs.
    Here,
    /// Nobody, unless somebody sees to it.
    Nobody,
}

/// Each key that has an effect under systemd and none under cron, with what is lost.
pub(super) fn lost(job: &Job, delivery: Delivery) -> Vec<(&'static str, String)> {
    let mut lost = of_times(job);
    lost.extend(of_runs(job));
    lost.extend(of_limits(job));
    if delivery == Delivery::Nobody {
        lost.extend(of_notices(job));
    }
    lost
}

fn of_times(job: &Job) -> Vec<(&'static str, String)> {
    let mut lost = Vec::new();
    let mut add = |key, what: &str| lost.push((key, what.to_owned()));
    if !job.random_delay.is_zero() && job.timing.is_by_timer() {
        add("random_delay", "cron starts the job at the minute itself");
    }
    if job.catch_up == CatchUp::Latest {
        add("catch_up", "nothing makes up for slots at which the host was off");
    }
    if job.catch_up_max_age.is_some() && job.catch_up == CatchUp::Latest {
        add("catch_up_max_age", "nothing is caught up with");
    }
    lost
}

fn of_runs(job: &Job) -> Vec<(&'static str, String)> {
    let mut lost = Vec::new();
    let mut add = |key, what: &str| lost.push((key, what.to_owned()));
    if job.retries.is_some() {
        add("retries", "a run that failed is not tried again");
    }
    // what cron starts is a start by hand for the gate
    if job.pause_after_failures.is_some() {
        add("pause_after_failures", "a pause does not keep cron from the job");
    }
    if !job.unrecoverable_exit_codes.is_empty() {
        add("unrecoverable_exit_codes", "a pause does not keep cron from the job");
    }
    if job.slow_start_until.is_some() {
        add("slow_start", "cron always runs command");
    }
    lost
}

fn of_limits(job: &Job) -> Vec<(&'static str, String)> {
    let mut lost = Vec::new();
    // nice holds without systemd too
    let Limits { nice: _, io_class, memory_max, cpu_quota, tasks_max } = &job.limits;
    let io_class = io_class.as_ref().map(|class| match class {
        IoClass::BestEffort => "best-effort".to_owned(),
        IoClass::Idle => "idle".to_owned(),
    });
    for (key, value) in [
        ("memory_max", memory_max.as_ref().map(ToString::to_string)),
        ("cpu_quota", cpu_quota.map(|percent| format!("{percent}%"))),
        ("tasks_max", tasks_max.map(|most| most.to_string())),
        ("io_class", io_class),
    ] {
        lost.extend(value.map(|value| (key, format!("the limit of {value} holds in a unit of systemd alone"))));
    }
    for key in job.sandbox.of_units() {
        let what = match key {
            "no_network" => "the run has the host's network",
            "read_only" => "the run can change the host's files, as far as its user may",
            _ => "the run has the host's /tmp",
        };
        lost.push((key, what.to_owned()));
    }
    lost
}

fn of_notices(job: &Job) -> Vec<(&'static str, String)> {
    const EVENTS: [(Event, &str); 5] = [
        (Event::Start, "on_start"),
        (Event::Success, "on_success"),
        (Event::Failure, "on_failure"),
        (Event::Recovery, "on_recovery"),
        (Event::Skip, "on_skip"),
    ];
    let hooks = EVENTS.into_iter().filter(|(event, _)| !job.hooks.of(*event).is_empty()).map(|(_, key)| key);
    let keys = job.failmail.iter().map(|_| "failmail").chain(hooks);
    keys.map(|key| (key, "it waits until process-control-notify runs, which systemd starts".to_owned())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::job::{Ceilings, JobName, Spec};

    #[test]
    fn each_key_that_only_systemd_heeds_is_told() {
        let told = |keys: &str| -> Vec<&'static str> {
            let text = format!("name: x\ncommand: /bin/true\nschedule: 1 2 * * *\n{keys}\n");
            let name = JobName::new("a").unwrap();
            let (job, problems) = Job::read(&name, text.as_bytes(), &Spec::default(), &Ceilings::default());
            let job = job.unwrap_or_else(|| panic!("{keys}: {problems:?}"));
            lost(&job, Delivery::Nobody).into_iter().map(|(key, _)| key).collect()
        };
        for keys in [
            "random_delay: 5min",
            "catch_up: latest",
            "retries: 2",
            "pause_after_failures: 3",
            "unrecoverable_exit_codes: 3",
            "memory_max: 1G",
            "cpu_quota: 50%",
            "tasks_max: 10",
            "io_class: idle",
            "no_network: true",
            "read_only: true",
            "private_tmp: true",
            "failmail: {from_address: a@example.org, to_address: b@example.org}",
            "on_failure: {command: /bin/true}",
        ] {
            assert_eq!(told(keys), [keys.split(':').next().unwrap()], "{keys}");
        }
        for keys in ["timeout: 5", "nice: 5", "umask: '027'", "lock_group: x", "environment: {A: b}", "tag: x"] {
            assert!(told(keys).is_empty(), "{keys}");
        }
    }
}

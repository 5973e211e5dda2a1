//! A job file as it was typed: [`Spec`] holds what each key says, [`Spec::job`] makes a [`Job`].

use super::hook::{Event, Hooks, hooks};
use super::keys::{self, JOB_KEYS};
use super::read::{Field, Timeout};
use super::sandbox::Wanted;
use super::schedule::ZoneName;
use super::text::one_line;
use super::values::{
    absolute_path, activity, calendar, catch_up, commands, count, environment, every, exit_code, grace, group,
    io_class, jobs, keep_logs, mail_address, mail_server, memory, overtime, percent, places, retries, schedule,
    slow_start, tag, tasks, title, umask, zone,
};
use super::{
    Activity, CatchUp, Ceilings, CommandLine, FailMail, Job, JobName, KeepLogs, Limits, MAX_PROBLEMS, Overtime, Place,
    Problem, Retries, TimeSpan, Timing,
};
use crate::yaml::{Entry, Meaning, Node, Scalar};
use std::path::PathBuf;

/// How long a job has to end after SIGTERM when it does not say.
const DEFAULT_KILL_GRACE: TimeSpan = TimeSpan::from_secs(30);
/// How long after a failed attempt the next one comes when the job does not say.
const DEFAULT_RETRY_DELAY: TimeSpan = TimeSpan::from_secs(60);
/// The keys below `failmail`.
const FAILMAIL: &str = "from_address, to_address, smtp";

/// What a file says, key by key; None for a key that it does not have.
///
/// The configuration's `default_job_config` is a `Spec` too: its keys stand for those that a job
/// file lacks, whole, as in the original; only `failmail` is joined address by address.
#[derive(Clone, Debug, Default)]
pub struct Spec {
    name: Option<String>,
    description: Option<String>,
    command: Option<Vec<CommandLine>>,
    slow_start_command: Option<Vec<CommandLine>>,
    slow_start: Option<u32>,
    timing: Option<Timing>,
    timezone: Option<ZoneName>,
    random_delay: Option<TimeSpan>,
    catch_up: Option<CatchUp>,
    activity: Option<Activity>,
    timeout: Option<Timeout>,
    kill_grace: Option<TimeSpan>,
    environment: Option<Vec<(String, String)>>,
    working_directory: Option<PathBuf>,
    umask: Option<u32>,
    limits: Limits,
    sandbox: Wanted,
    lock_group: Option<String>,
    lock_group_size: Option<u32>,
    lock_wait: Option<TimeSpan>,
    conflicts: Option<Vec<JobName>>,
    late_after: Option<TimeSpan>,
    expected_duration: Option<TimeSpan>,
    catch_up_max_age: Option<TimeSpan>,
    keep_logs: Option<KeepLogs>,
    success_exit_codes: Option<Vec<u8>>,
    unrecoverable_exit_codes: Option<Vec<u8>>,
    retries: Option<u32>,
    retry_delay: Option<TimeSpan>,
    retry_backoff: Option<TimeSpan>,
    pause_after_failures: Option<u32>,
    overtime: Option<Overtime>,
    tags: Option<Vec<String>>,
    hooks: Hooks,
    from_address: Option<String>,
    to_address: Option<String>,
    smtp: Option<String>,
    failure_threshold: Option<u32>,
}

impl Spec {
    /// Reads a mapping of job keys. What is wrong is added to `problems`, all of it.
    pub fn read(node: &Node, problems: &mut Vec<Problem>) -> Spec {
        let mut spec = Spec::default();
        let Some(entries) = node.map() else {
            let what = format!("this is {}", node.kind());
            problems
                .push(Problem::error(node.place, "", what).allowed("a mapping of keys, as in `command: /bin/true`"));
            return spec;
        };
        for entry in entries {
            spec.read_entry(entry, problems);
        }
        spec.read_timing(node, problems);
        if let (Some(_), Some(second)) = (node.get("tag"), node.get("tags")) {
            let what = "tag and tags are the same key";
            problems.push(Problem::error(second.place, "tags", what).allowed("one of them, with a list"));
        }
        spec
    }

    fn read_entry(&mut self, Entry { key, place, value }: &Entry, problems: &mut Vec<Problem>) {
        let is_empty = value.scalar().map(Scalar::meaning) == Some(Meaning::Null);
        let field = &mut Field { key: &key.text, node: value, problems };
        match key.text.as_str() {
            // nothing after the colon: as if the key were not there
            "name" | "description" | "slow_start_command" | "tag" | "tags" if is_empty => {}
            "name" => self.name = title(field),
            "description" => self.description = field.word(),
            "command" => self.command = commands(field),
            "slow_start_command" => self.slow_start_command = commands(field),
            "slow_start" => self.slow_start = slow_start(field),
            "timezone" => self.timezone = zone(field),
            "random_delay" => self.random_delay = field.span(),
            "catch_up" => self.catch_up = catch_up(field),
            "disabled" => self.activity = Some(activity(field)),
            "timeout" => self.timeout = field.minutes(),
            "kill_grace" => self.kill_grace = grace(field),
            "environment" => self.environment = environment(field),
            "working_directory" => self.working_directory = absolute_path(field),
            "umask" => self.umask = umask(field),
            "nice" => self.limits.nice = field.number(0, 19).and_then(|nice| u8::try_from(nice).ok()),
            "io_class" => self.limits.io_class = io_class(field),
            "memory_max" => self.limits.memory_max = memory(field),
            "cpu_quota" => self.limits.cpu_quota = percent(field),
            "tasks_max" => self.limits.tasks_max = tasks(field),
            "no_network" => self.sandbox.no_network = field.flag(),
            "read_only" => self.sandbox.read_only = field.flag(),
            "private_tmp" => self.sandbox.private_tmp = field.flag(),
            "sandbox" => self.sandbox.read(field),
            "lock_group" => self.lock_group = group(field),
            "lock_group_size" => self.lock_group_size = places(field),
            "conflicts" => self.conflicts = jobs(field),
            "lock_wait" => self.lock_wait = field.span(),
            "late_after" => self.late_after = field.span(),
            "expected_duration" => self.expected_duration = field.span(),
            "catch_up_max_age" => self.catch_up_max_age = field.span(),
            "keep_logs" => self.keep_logs = keep_logs(field),
            "success_exit_codes" => self.success_exit_codes = field.one_or_many(exit_code),
            "unrecoverable_exit_codes" => self.unrecoverable_exit_codes = field.one_or_many(exit_code),
            "retries" => self.retries = retries(field),
            "retry_delay" => self.retry_delay = field.span(),
            "retry_backoff" => self.retry_backoff = field.span(),
            "pause_after_failures" => self.pause_after_failures = count(field, 0),
            "allow_overtime" => self.overtime = overtime(field),
            "tag" | "tags" => self.tags = field.one_or_many(tag),
            "on_start" => self.hooks.set(Event::Start, hooks(field)),
            "on_success" => self.hooks.set(Event::Success, hooks(field)),
            "on_failure" => self.hooks.set(Event::Failure, hooks(field)),
            "on_recovery" => self.hooks.set(Event::Recovery, hooks(field)),
            "on_skip" => self.hooks.set(Event::Skip, hooks(field)),
            "failmail" => self.read_failmail(field),
            "failure_threshold_for_mail" => self.failure_threshold = count(field, 1),
            // read together, in read_timing
            "schedule" | "calendar" | "every" | "at_boot" | "after_success" => {}
            // to look for the key that was meant takes a while
            unknown if problems.len() <= MAX_PROBLEMS => problems.push(unknown_key(*place, "", unknown, JOB_KEYS)),
            _ => {}
        }
    }

    fn read_timing(&mut self, node: &Node, problems: &mut Vec<Problem>) {
        let mut found: Option<&str> = None;
        for key in ["schedule", "calendar", "every", "at_boot", "after_success"] {
            let Some(value) = node.get(key) else { continue };
            let field = &mut Field { key, node: value, problems };
            let timing = match key {
                "schedule" => schedule(field),
                "calendar" => calendar(field),
                "every" => every(field),
                "after_success" => jobs(field).map(Timing::After),
                _ => match field.flag() {
                    Some(true) => Some(Timing::AtBoot),
                    _ => continue,
                },
            };
            if let Some(first) = found {
                let what = format!("a job has one timing, and {first} is one already");
                problems.push(
                    Problem::error(value.place, key, what)
                        .allowed("one of schedule, calendar, every, at_boot, after_success"),
                );
                continue;
            }
            found = Some(key);
            self.timing = timing;
        }
    }

    fn read_failmail(&mut self, field: &mut Field) {
        let unknown = |place| Problem::mistake(place, "failmail", "an unknown key");
        field.keys(FAILMAIL, unknown, |key, field| {
            match key {
                "from_address" => self.from_address = mail_address(field),
                "to_address" => self.to_address = mail_address(field),
                "smtp" => self.smtp = mail_server(field),
                _ => return None,
            }
            Some(())
        });
    }

    /// Both addresses, each from the job or from the defaults.
    fn failmail(&self, defaults: &Spec, problems: &mut Vec<Problem>) -> Option<FailMail> {
        let from = self.from_address.as_ref().or(defaults.from_address.as_ref());
        let to = self.to_address.as_ref().or(defaults.to_address.as_ref());
        let missing = match (from, to) {
            (Some(from), Some(to)) => {
                let smtp = self.smtp.as_ref().or(defaults.smtp.as_ref()).cloned();
                return Some(FailMail { from_address: from.clone(), to_address: to.clone(), smtp });
            }
            (None, None) => return None,
            (None, Some(_)) => "failmail/from_address",
            (Some(_), None) => "failmail/to_address",
        };
        problems.push(Problem::warning(Place::TOP, missing, "missing; no mail will be sent"));
        None
    }

    /// From whom mail comes; none if it does not say.
    pub fn sender(&self) -> Option<&str> {
        self.from_address.as_deref()
    }

    /// How often and when a run is tried again; none if not at all.
    fn retries(&self, defaults: &Spec, problems: &mut Vec<Problem>) -> Option<Retries> {
        let most = self.retries.or(defaults.retries).unwrap_or_default();
        let delay = self.retry_delay.or(defaults.retry_delay).unwrap_or(DEFAULT_RETRY_DELAY);
        let longest = self.retry_backoff.or(defaults.retry_backoff);
        if longest.is_some_and(|longest| longest < delay) {
            let problem = Problem::error(Place::TOP, "retry_backoff", "shorter than retry_delay");
            problems.push(problem.allowed(format!("{delay} or more: the delay grows up to this")));
        }
        // what the defaults say for all jobs is for those that are tried again
        for (key, own) in [("retry_delay", self.retry_delay), ("retry_backoff", self.retry_backoff)] {
            if own.is_some() && most == 0 && problems.iter().all(|problem| problem.key != "retries") {
                problems.push(Problem::warning(Place::TOP, key, "nothing is tried again without retries"));
            }
        }
        (most > 0).then_some(Retries { most, delay, longest })
    }

    /// The job of this name, if nothing that it needs is missing or too much.
    pub fn job(self, name: &JobName, defaults: &Spec, most: &Ceilings, problems: &mut Vec<Problem>) -> Option<Job> {
        let top = Place::TOP;
        let failmail = self.failmail(defaults, problems);
        let retries = self.retries(defaults, problems);
        let title = self.name.unwrap_or_else(|| {
            if problems.iter().all(|problem| problem.key != "name") {
                let what = "missing; the job name stands for it";
                problems.push(Problem::warning(top, "name", what).allowed("what people call the job"));
            }
            one_line(name.as_str())
        });
        let commands = self.command.or_else(|| defaults.command.clone());
        if commands.is_none() && problems.iter().all(|problem| problem.key != "command") {
            problems.push(Problem::error(top, "command", "missing").allowed("what to run, as in `command: /bin/true`"));
        }
        let own = |limit: &str, most: String| {
            Problem::error(top, limit, "more than the configuration's ceilings allow")
                .allowed(format!("{most} at the most"))
        };
        let timeout = self.timeout.or(defaults.timeout).and_then(Timeout::span).or(most.timeout);
        if let Some(ceiling) = most.timeout.filter(|ceiling| timeout.is_some_and(|wanted| wanted > *ceiling)) {
            problems.push(own("timeout", ceiling.to_string()));
        }
        let limits = self.limits.over(&defaults.limits).over(&most.as_limits());
        for key in limits.above(most) {
            problems.push(own(key, most.text(key)));
        }
        let slow_start_command =
            self.slow_start_command.or_else(|| defaults.slow_start_command.clone()).unwrap_or_default();
        // what the defaults say for all jobs is for those that can
        if self.slow_start.is_some() && slow_start_command.is_empty() {
            let problem = Problem::error(top, "slow_start", "there is nothing to start slowly with");
            problems.push(problem.allowed("a slow_start_command"));
        }
        let success_exit_codes =
            self.success_exit_codes.or_else(|| defaults.success_exit_codes.clone()).unwrap_or_default();
        let unrecoverable_exit_codes =
            self.unrecoverable_exit_codes.or_else(|| defaults.unrecoverable_exit_codes.clone()).unwrap_or_default();
        let both = |code: &u8| *code == 0 || success_exit_codes.contains(code);
        if let Some(code) = unrecoverable_exit_codes.iter().copied().find(both) {
            let what = format!("{code} is a success");
            problems.push(Problem::error(top, "unrecoverable_exit_codes", what).allowed("codes of failures"));
        }
        if problems.iter().any(Problem::is_error) {
            return None;
        }
        Some(Job {
            name: name.clone(),
            title,
            description: self.description.or_else(|| defaults.description.clone()),
            commands: commands?,
            slow_start_until: self.slow_start.or(defaults.slow_start).filter(|_| !slow_start_command.is_empty()),
            slow_start: slow_start_command,
            timing: self.timing.or_else(|| defaults.timing.clone()).unwrap_or(Timing::Manual),
            zone: self.timezone.or_else(|| defaults.timezone.clone()),
            activity: self.activity.or(defaults.activity).unwrap_or(Activity::Enabled),
            timeout,
            kill_grace: self.kill_grace.or(defaults.kill_grace).unwrap_or(DEFAULT_KILL_GRACE),
            environment: self.environment.or_else(|| defaults.environment.clone()).unwrap_or_default(),
            tags: self.tags.or_else(|| defaults.tags.clone()).unwrap_or_default(),
            overtime: self.overtime.or(defaults.overtime).unwrap_or(Overtime::Told),
            failmail,
            hooks: self.hooks.over(&defaults.hooks),
            failure_threshold: self.failure_threshold.or(defaults.failure_threshold).unwrap_or(1),
            random_delay: self.random_delay.or(defaults.random_delay).unwrap_or(TimeSpan::ZERO),
            catch_up: self.catch_up.or(defaults.catch_up).unwrap_or(CatchUp::None),
            working_directory: self.working_directory.or_else(|| defaults.working_directory.clone()),
            umask: self.umask.or(defaults.umask),
            limits,
            sandbox: self.sandbox.over(defaults.sandbox),
            lock_group: self.lock_group.or_else(|| defaults.lock_group.clone()),
            lock_group_size: self.lock_group_size.or(defaults.lock_group_size).unwrap_or(1),
            lock_wait: self.lock_wait.or(defaults.lock_wait).unwrap_or(TimeSpan::ZERO),
            conflicts: self.conflicts.or_else(|| defaults.conflicts.clone()).unwrap_or_default(),
            late_after: self.late_after.or(defaults.late_after),
            expected_duration: self.expected_duration.or(defaults.expected_duration),
            catch_up_max_age: self.catch_up_max_age.or(defaults.catch_up_max_age),
            keep_logs: self.keep_logs.or_else(|| defaults.keep_logs.clone()),
            success_exit_codes,
            unrecoverable_exit_codes,
            retries,
            pause_after_failures: self.pause_after_failures.or(defaults.pause_after_failures).filter(|most| *most > 0),
        })
    }
}

/// Who is told by mail of a file that has an error: whom it names itself, as far as it can be read, else whom the
/// defaults name.
pub fn failmail_of(bytes: &[u8], defaults: &Spec) -> Option<FailMail> {
    let mut problems = Vec::new();
    let spec = crate::yaml::parse(bytes).ok().map(|node| Spec::read(&node, &mut problems)).unwrap_or_default();
    let misread = problems.iter().any(|problem| problem.is_error() && problem.key.starts_with("failmail"));
    let spec = if misread { Spec::default() } else { spec };
    spec.failmail(defaults, &mut problems)
}

/// The complaint about a key that the table does not have.
pub fn unknown_key(place: Place, parent: &str, word: &str, table: &[keys::Key]) -> Problem {
    let problem = Problem::mistake(place, parent, "an unknown key").found(word);
    match keys::nearest(word, table) {
        Some(near) => problem.allowed(format!("did you mean {near}?")),
        None => problem.allowed("a key of the manual, job.yaml(5)"),
    }
}

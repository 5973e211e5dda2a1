//! The services of a job, and the templates that stand in when a job's own are gone.

use super::{Unit, sandbox};
use crate::config::{Config, VARIABLE};
use crate::job::retries::{Growth, Restart, TRY_AGAIN};
use crate::job::{Job, JobName, Limits, Sandbox, TimeSpan};
use crate::unit::{UnitFile, Value};
use std::path::Path;

/// After the last file of a job has gone, its run may still take this long.
const ORPHAN_TIMEOUT: TimeSpan = TimeSpan::from_secs(24 * 60 * 60);
const ORPHAN_GRACE: TimeSpan = TimeSpan::from_secs(30);
/// Time enough to record the end of a run that is killed at once.
const RECORDING: TimeSpan = TimeSpan::from_secs(10);

/// Exit status 75, with which `run-job` skips a start because the job is running: no failure.
/// A command's own 75 is made one by `--finish`.
const BUSY: u8 = 75;

/// The number of slices that the jobs are spread over. PID 1 looks at every sibling in a slice
/// whenever it frees a unit of it, so one slice for all makes a reload quadratic.
const SLICES: u32 = 256;

pub(super) fn run(job: &Job, source: &Path, growth: Growth, config: &Config) -> Unit {
    service(job, super::service_name(&job.name), Command::Normal, source, growth, config)
}

pub(super) fn slow_start(job: &Job, source: &Path, growth: Growth, config: &Config) -> Unit {
    service(job, super::slow_start_name(&job.name), Command::SlowStart, source, growth, config)
}

#[derive(Clone, Copy)]
enum Command {
    Normal,
    SlowStart,
}

fn service(job: &Job, unit: String, command: Command, source: &Path, growth: Growth, config: &Config) -> Unit {
    let runner = &*config.runner_path.to_string_lossy();
    let start = format!("--job={}", job.name);
    let finish = format!("--finish={}", job.name);
    let (what, start) = match command {
        Command::Normal => ("job", vec![runner, &start]),
        Command::SlowStart => ("slow start of job", vec![runner, &start, "--slow-start"]),
    };
    let at_once = job.kill_grace.is_zero();
    let success = job.success_exit_codes.iter().copied().chain([BUSY]);
    let file = heading(&format!("{what} {}: {}", job.name, job.title), source)
        .section("Service")
        .set("Type", Value::fixed("exec"))
        .set("User", Value::plain(&config.user))
        .set_some("Environment", configuration(config))
        .set("ExecStart", Value::command(start))
        .set("ExecStopPost", Value::command([runner, &finish]))
        .set_each("SuccessExitStatus", success.map(Value::number))
        .set_some("RuntimeMaxSec", limit(job).as_ref().map(Value::plain))
        // 0 would be no limit; and the recorder of the end has no longer than this either
        .set_some("KillSignal", at_once.then(|| Value::fixed("SIGKILL")))
        .set("TimeoutStopSec", Value::plain(if at_once { &RECORDING } else { &job.kill_grace }));
    let file = tried_again(file, job.retries.map(|retries| retries.restart(growth)));
    let file = sandbox::of_job(file, job.sandbox, config);
    Unit::new(unit, logged(as_cron(locks(usage(file, &job.limits), config)), &job.name))
}

pub(super) fn broken(name: &JobName, source: &Path, config: &Config) -> Unit {
    let runner = &*config.runner_path.to_string_lossy();
    let file = heading(&format!("job {name}: its file has an error; see jobctl check"), source)
        .section("Service")
        .set("Type", Value::fixed("exec"))
        .set("User", Value::plain(&config.user))
        .set_some("Environment", configuration(config))
        .set("ExecStart", Value::command([runner, &format!("--job={name}")]))
        .set("ExecStopPost", Value::command([runner, &format!("--finish={name}")]));
    Unit::new(super::service_name(name), logged(as_cron(locks(bounded(file, config), config)), name))
}

/// `job@.service` and `job-slow-start@.service`: a run whose job file vanishes keeps its user, an
/// end and its recorder; and no name of ours is free for a unit that somebody else makes up.
pub(super) fn templates(config: &Config) -> [Unit; 2] {
    let template = |name: &str, start: &'static str| {
        let runner = &*config.runner_path.to_string_lossy();
        let file = UnitFile::new()
            .section("Unit")
            .set("Description", Value::fixed("job %i"))
            .set("Documentation", Value::fixed("man:job.yaml(5)"))
            .set("StartLimitIntervalSec", Value::fixed("0"))
            // an operator may start any name: what is no job shall not stay in memory as failed
            .set("CollectMode", Value::fixed("inactive-or-failed"))
            .section("Service")
            .set("Type", Value::fixed("exec"))
            .set("User", Value::plain(&config.user))
            .set_some("Environment", configuration(config))
            .set("ExecStart", Value::template_command(runner, start))
            .set("ExecStopPost", Value::template_command(runner, "--finish=%i"));
        let file = as_cron(locks(bounded(file, config), config))
            .set("LogExtraFields", Value::fixed("PROCESS_CONTROL_JOB=%i"))
            .set("SyslogIdentifier", Value::fixed("%i"))
            .set("Slice", Value::fixed("process-control.slice"));
        Unit::new(name, file)
    };
    [template("job@.service", "--job=%i"), template("job-slow-start@.service", "--job=%i --slow-start")]
}

/// What holds for a run whose own limits are not known: its file has gone, or had an error when systemd
/// last read it.
fn bounded(file: UnitFile, config: &Config) -> UnitFile {
    let most = &config.ceilings;
    let file = file
        .set("SuccessExitStatus", Value::number(BUSY))
        .set("RuntimeMaxSec", Value::plain(&most.timeout.unwrap_or(ORPHAN_TIMEOUT)))
        .set("TimeoutStopSec", Value::plain(&ORPHAN_GRACE));
    sandbox::of_job(usage(file, &most.as_limits()), Sandbox::default(), config)
}

/// When systemd ends a run. One that may be tried again `run-job` ends itself, which then asks for it; this is for a
/// `run-job` that does not.
fn limit(job: &Job) -> Option<TimeSpan> {
    let timeout = job.timeout?;
    Some(if job.retries.is_some() { timeout.plus(job.kill_grace).plus(RECORDING) } else { timeout })
}

/// systemd starts the service again when `run-job` asks for it, and never else: `Restart=` knows neither slots nor an end,
/// and while it waits systemd 252 keeps the timer waiting.
fn tried_again(file: UnitFile, restart: Option<Restart>) -> UnitFile {
    let Some(Restart { delay, growth }) = restart else { return file };
    let file = file.set("RestartForceExitStatus", Value::number(TRY_AGAIN)).set("RestartSec", Value::plain(&delay));
    match growth {
        Some((steps, longest)) => {
            file.set("RestartSteps", Value::number(steps)).set("RestartMaxDelaySec", Value::plain(&longest))
        }
        None => file,
    }
}

/// What a run may use of the machine; what `run-job` sees to is not here.
fn usage(file: UnitFile, limits: &Limits) -> UnitFile {
    let Limits { nice: _, io_class, memory_max, cpu_quota, tasks_max } = limits;
    file.set_some("IOSchedulingClass", io_class.as_ref().map(Value::plain))
        .set_some("MemoryMax", memory_max.as_ref().map(Value::plain))
        .set_some("CPUQuota", cpu_quota.map(Value::percent))
        .set_some("TasksMax", tasks_max.map(Value::number))
}

fn heading(description: &str, source: &Path) -> UnitFile {
    UnitFile::new()
        .section("Unit")
        .set("Description", Value::text(description))
        .set("Documentation", Value::fixed("man:job.yaml(5)"))
        .set("SourcePath", Value::path(source))
        .set("StartLimitIntervalSec", Value::fixed("0"))
}

/// The folder of locks, if it is one of those below `/run` that systemd makes for a service: it then
/// comes back by itself when somebody has removed it, and no job runs without a lock.
fn locks(file: UnitFile, config: &Config) -> UnitFile {
    let below = ["/run", "/var/run"].iter().find_map(|run| config.run_directory.strip_prefix(run).ok());
    // systemd gives the folder to the service user: so never one that is not ours by its name, as /run/lock
    let ours = |name: &&str| {
        name.starts_with("process-control")
            && name.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.'))
    };
    match below.and_then(Path::to_str).filter(ours) {
        Some(name) => {
            file.set("RuntimeDirectory", Value::text(name)).set("RuntimeDirectoryPreserve", Value::fixed("yes"))
        }
        None => file,
    }
}

/// What a job has from cron and would miss: a pipe that ends its writer, and every line kept.
fn as_cron(file: UnitFile) -> UnitFile {
    file.set("IgnoreSIGPIPE", Value::fixed("no")).set("LogRateLimitIntervalSec", Value::fixed("0"))
}

fn logged(file: UnitFile, name: &JobName) -> UnitFile {
    file.set("LogExtraFields", Value::words([&*format!("PROCESS_CONTROL_JOB={name}")]))
        .set("SyslogIdentifier", Value::text(name.as_str()))
        .set("Slice", Value::plain(&format!("process-control-{:02x}.slice", slice(name))))
}

fn configuration(config: &Config) -> Option<Value> {
    let source = config.source.as_deref()?.to_string_lossy();
    Some(Value::words([&*format!("{VARIABLE}={source}")]))
}

/// A hash that stays the same for ever (FNV-1a), so that a job's slice depends on its name alone.
fn slice(name: &JobName) -> u32 {
    name.as_str().bytes().fold(0x811c_9dc5, |hash: u32, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193))
        % SLICES
}

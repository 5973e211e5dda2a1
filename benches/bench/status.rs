//! `jobctl status --json` on booted hosts, against `systemctl list-timers --all --output=json`, which knows less.
//!
//! Both are timed inside the host, in turns. No job fires meanwhile. Each has a history of twenty runs.

mod table;

use std::fmt::Write as _;
use std::io::{self, Write as _};
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::thread::sleep;
use std::time::Duration;
use table::{heading, row, time};

const JOBS: [(usize, usize); 3] = [(100, 31), (1_000, 21), (10_000, 7)];
const HOST: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/hosts/host");
const JOB_FOLDER: &str = "/var/lib/process-control";
const STATE_FOLDER: &str = "/var/lib/process-control-state";

fn main() -> io::Result<()> {
    let arguments: Vec<String> = std::env::args().collect();
    if let [_, word, count, runs] = &arguments[..]
        && word == "inside"
    {
        return inside(count.parse().expect("a number"), runs.parse().expect("a number"));
    }
    let why_not = Command::new(HOST).arg("why-not").output()?;
    if !why_not.status.success() {
        println!("no status on booted hosts: {}", String::from_utf8_lossy(&why_not.stdout).trim().replace('\n', ", "));
        return Ok(());
    }
    let programs =
        std::env::var("PROCESS_CONTROL_BENCH_PROGRAMS").expect("make bench names the folder of the programs");
    // the bench itself goes into the host
    let layer = std::env::temp_dir().join(format!("process-control-bench-{}", std::process::id()));
    std::fs::create_dir_all(&layer)?;
    std::fs::copy(std::env::current_exe()?, layer.join("bench"))?;
    let measured = ["bookworm", "trixie"].iter().try_for_each(|suite| on_a_host(suite, &programs, &layer));
    std::fs::remove_dir_all(&layer)?;
    measured
}

fn on_a_host(suite: &str, programs: &str, layer: &PathBuf) -> io::Result<()> {
    println!("\n{suite}, on a booted host\n");
    heading();
    for (count, runs) in JOBS {
        let name = format!("bench-{}", std::process::id());
        let booted = Command::new(HOST)
            .args(["boot", &name, suite, "--install", programs, "--layer"])
            .arg(layer)
            .stdout(Stdio::null())
            .status()?;
        assert!(booted.success(), "{suite} does not boot");
        let measured = Command::new(HOST)
            .args(["exec", &name, "/bench", "inside", &count.to_string(), &runs.to_string()])
            .stdin(Stdio::null())
            .status();
        Command::new(HOST).args(["end", &name]).status()?;
        assert!(measured?.success());
    }
    Ok(())
}

/// What happens in the host.
fn inside(count: usize, runs: usize) -> io::Result<()> {
    for number in 0..count {
        let name = format!("job-{number:05}");
        std::fs::write(format!("{JOB_FOLDER}/{name}.yaml"), job(number))?;
        std::fs::write(format!("{STATE_FOLDER}/{name}.yaml"), history(number))?;
    }
    time(Command::new("systemctl").arg("daemon-reload"))?;
    let listed = || {
        let listed = Command::new("systemctl").args(["list-timers", "--all", "--no-legend", "job@*"]).output()?;
        io::Result::Ok(String::from_utf8_lossy(&listed.stdout).lines().count())
    };
    while listed()? < count {
        sleep(Duration::from_millis(500));
    }
    let mut status = Command::new("jobctl");
    status.args(["status", "--json"]).stdout(Stdio::null());
    let mut timers = Command::new("systemctl");
    timers.args(["list-timers", "--all", "--output=json"]).stdout(Stdio::null());
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    for _ in 0..runs {
        ours.push(time(&mut status)?);
        theirs.push(time(&mut timers)?);
    }
    let memory = peak(&mut status)?;
    row(&format!("status --json, {count} jobs ({memory} MB)"), ours, "systemctl list-timers", theirs);
    io::stdout().flush()
}

/// The most memory that a process had, in megabytes, as it is seen every few milliseconds.
fn peak(command: &mut Command) -> io::Result<u64> {
    let mut child = command.spawn()?;
    let mut most = 0;
    while child.try_wait()?.is_none() {
        let text = std::fs::read_to_string(format!("/proc/{}/status", child.id())).unwrap_or_default();
        let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let kilobytes = line.and_then(|line| line.trim().strip_suffix(" kB")?.parse().ok()).unwrap_or(0_u64);
        most = most.max(kilobytes.div_ceil(1024));
        sleep(Duration::from_millis(2));
    }
    Ok(most)
}

fn job(number: usize) -> String {
    let (minute, hour, group) = (number % 60, number / 60 % 24, number % 20);
    format!(
        "name: Job number {number}\ndescription: One of many that are there to be counted.\n\
         schedule: \"{minute} {hour} 29 2 *\"\ntimeout: 20\ntag: [database, group-{group}]\n\
         command:\n  - /bin/echo fetching {number}\n  - /bin/echo sending {number}\nenvironment:\n  LANG: C.UTF-8\n"
    )
}

fn history(number: usize) -> String {
    let mut text = String::from("history:\n");
    for day in 1..=20 {
        let date = format!("2026-11-{day:02} 03:00:00");
        writeln!(
            text,
            "- status: completed\n  time: \"{date}.603584\"\n  run: {number:016x}{day:016x}\n  trigger: timer\n  \
             slot: \"{date}.000000\"\n  start: \"{date}.396203\"\n  end: \"{date}.603584\"\n  duration: 0.207\n  \
             outcome: success\n  exit_status: 0\n  boot: 38df71ea-6c27-4a99-9512-13ecf8d1a409"
        )
        .expect("a String takes every write");
    }
    text + "last_completion_status: success\ntiming: schedule * * * * *\ntiming_seen: \"2026-11-20 03:00:00.382299\"\n\
     counts:\n  success: 812\n  failure: 3\n  failures_in_a_row: 0\n  successes_in_a_row: 40\n"
}

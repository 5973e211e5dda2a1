//! What one run costs: by hand, started by a timer, and after a thousand runs.

use crate::row::{Figures, Row, Unit, peak, time};
use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::process::{Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

const JOBS: &str = "/var/lib/process-control";
const HISTORY: &str = "/var/lib/process-control-state/tea.yaml";
/// As the service user, whom the kernel trusts no more than any other.
const AS_SERVICE: [&str; 4] = ["setpriv", "--reuid=process-control", "--regid=process-control", "--clear-groups"];
const ROUNDS: usize = 101;
/// Both timers fire each second.
const WATCHED: Duration = Duration::from_secs(50);

pub(crate) fn inside(python: bool) -> io::Result<()> {
    fs::write(format!("{JOBS}/tea.yaml"), "name: Tea\ncommand: /usr/bin/true\n")?;
    by_hand(python)?;
    in_a_unit(python)?;
    by_timers()?;
    after_a_thousand()
}

fn service(words: &[&str]) -> Command {
    let mut command = Command::new(AS_SERVICE[0]);
    command.args(&AS_SERVICE[1..]).args(words).stdout(Stdio::null()).stderr(Stdio::null());
    command
}

fn row(what: &str, unit: Unit, ours: Vec<f64>, against: &str, theirs: Vec<f64>, goal: Option<f64>) {
    let (ours, theirs) = (Figures::of(ours), Figures::of(theirs));
    Row { what: what.to_owned(), unit, ours, against: against.to_owned(), theirs, goal }.tell();
}

fn python_wrapper() -> Command {
    service(&[
        "python3",
        "/run-job.py",
        &format!("{JOBS}/tea.yaml"),
        "/run/process-control/py.lock",
        "/run/process-control/py",
    ])
}

fn by_hand(python: bool) -> io::Result<()> {
    let mut ours = service(&["run-job", "tea"]);
    let mut flock = service(&["flock", "-n", "/run/process-control/other.lock", "/usr/bin/true"]);
    let mut wrapper = python_wrapper();
    let mut times: [Vec<f64>; 3] = Default::default();
    for _ in 0..ROUNDS {
        let commands = [&mut ours, &mut flock, &mut wrapper];
        for (times, command) in times.iter_mut().zip(commands).take(if python { 3 } else { 2 }) {
            times.push(time(command)?);
        }
    }
    let [took, flock, wrapper] = times;
    row("run-job by hand, true", Unit::Milliseconds, took.clone(), "flock -n FILE true", flock, Some(2.5));
    if python {
        row("run-job by hand, true", Unit::Milliseconds, took, "a wrapper in Python", wrapper, Some(1.0 / 60.0));
    }
    Ok(())
}

/// The memory that a run costs beside its command: systemd's own process waits, and `run-job` has become the command.
fn in_a_unit(python: bool) -> io::Result<()> {
    if !python {
        return Ok(());
    }
    fs::write(format!("{JOBS}/long.yaml"), "name: Long\ncommand: /usr/bin/sleep 3\n")?;
    time(Command::new("systemctl").arg("daemon-reload"))?;
    time(Command::new("systemctl").args(["start", "job@long.service"]))?;
    sleep(Duration::from_millis(500));
    let processes = output("systemctl", &["show", "--value", "--property=ControlGroup", "job@long.service"])?;
    let processes = fs::read_to_string(format!("/sys/fs/cgroup{}/cgroup.procs", processes.trim()))?;
    let wrappers = processes
        .lines()
        .filter(|pid| fs::read_to_string(format!("/proc/{pid}/comm")).is_ok_and(|name| name.trim() != "sleep"));
    let ours = wrappers.map(resident).fold(0.0, |all, one| all + one);
    fs::write("/run/long.yaml", "name: Long\ncommand: /usr/bin/sleep 1\n")?;
    let mut wrapper = Command::new("python3");
    wrapper.args(["/run-job.py", "/run/long.yaml", "/run/long.lock", "/run/long.state"]);
    let theirs = peak(&mut wrapper)?;
    assert!(!processes.trim().is_empty(), "the command runs");
    row("resident beside one command", Unit::Megabytes, vec![ours], "a wrapper in Python", vec![theirs], Some(0.0));
    Ok(())
}

fn resident(pid: &str) -> f64 {
    let text = fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
    let line = text.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    line.and_then(|line| line.trim().strip_suffix(" kB")?.parse::<f64>().ok()).unwrap_or(0.0) / 1024.0
}

/// From the moment when the timer elapses to the one when systemd has seen the recorder end, by systemd's own clock.
fn by_timers() -> io::Result<()> {
    fs::write(format!("{JOBS}/often.yaml"), "name: Often\nevery: 1s\ncommand: /usr/bin/true\n")?;
    let written = "[Service]\nUser=process-control\nExecStart=flock -n /run/process-control/hand.lock /usr/bin/true\n\
         ExecStopPost=/bin/sh -c 'echo \"$SERVICE_RESULT $EXIT_CODE $EXIT_STATUS\" >>/run/process-control/hand.log'\n";
    fs::write("/run/systemd/system/hand.service", written)?;
    let timer = "[Timer]\nOnActiveSec=1s\nOnUnitActiveSec=1s\nAccuracySec=100ms\n";
    fs::write("/run/systemd/system/hand.timer", timer)?;
    time(Command::new("systemctl").arg("daemon-reload"))?;
    time(Command::new("systemctl").args(["start", "hand.timer", "job@often.timer"]))?;
    let mut pairs = [BTreeMap::new(), BTreeMap::new()];
    let begun = Instant::now();
    while begun.elapsed() < WATCHED {
        for (pairs, unit) in pairs.iter_mut().zip(["job@often", "hand"]) {
            let elapsed = stamp(&format!("{unit}.timer"), "Timer", "LastTriggerUSecMonotonic")?;
            let ended = stamp(&format!("{unit}.service"), "Unit", "InactiveEnterTimestampMonotonic")?;
            // else it runs
            if ended > elapsed {
                pairs.insert(elapsed, Duration::from_micros(ended - elapsed).as_secs_f64() * 1e3);
            }
        }
        sleep(Duration::from_millis(150));
    }
    let [ours, theirs] = pairs.map(|pairs| pairs.into_values().collect());
    row(
        "a run by timer, elapsed to recorded",
        Unit::Milliseconds,
        ours,
        "timer, flock, one line appended",
        theirs,
        Some(1.3),
    );
    time(Command::new("systemctl").args(["stop", "hand.timer"]))?;
    fs::remove_file(format!("{JOBS}/often.yaml"))?;
    time(Command::new("systemctl").arg("daemon-reload"))?;
    Ok(())
}

/// A moment that systemd knows, in microseconds since boot.
fn stamp(unit: &str, interface: &str, property: &str) -> io::Result<u64> {
    let escaped = unit.replace('@', "_40").replace('.', "_2e");
    let path = format!("/org/freedesktop/systemd1/unit/{escaped}");
    let interface = format!("org.freedesktop.systemd1.{interface}");
    let said = output("busctl", &["get-property", "org.freedesktop.systemd1", &path, &interface, property])?;
    Ok(said.trim().strip_prefix("t ").expect("a number of microseconds").parse().expect("a number"))
}

/// What a run costs and a history holds after many runs: as much as before.
fn after_a_thousand() -> io::Result<()> {
    let mut run = service(&["run-job", "tea"]);
    let mut times = Vec::new();
    let mut sizes = Vec::new();
    for number in 1..=1_000 {
        times.push(time(&mut run)?);
        if [200, 1_000].contains(&number) {
            sizes.push(f64::from(u32::try_from(fs::metadata(HISTORY)?.len()).expect("it is small")));
        }
    }
    let (early, late) = (times[100..200].to_vec(), times[900..].to_vec());
    row("run-job by hand, runs 901 to 1,000", Unit::Milliseconds, late, "runs 101 to 200", early, Some(1.1));
    row("history after 1,000 runs", Unit::Bytes, vec![sizes[1]], "after 200 runs", vec![sizes[0]], Some(1.01));
    Ok(())
}

fn output(program: &str, arguments: &[&str]) -> io::Result<String> {
    let output = Command::new(program).args(arguments).output()?;
    assert!(output.status.success(), "{program} {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

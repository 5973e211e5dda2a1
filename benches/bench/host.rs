//! Outside of the hosts: boots them, has them measure, and collects the rows.

use crate::row::{Row, heading};
use crate::{reload, status};
use std::io::{self, BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

const HOST: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/hosts/host");

/// What is laid into a host beside this program.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum With {
    /// Ours.
    Ours,
    /// Ours, systemd-cron and Python.
    OursAndPeers,
    /// systemd-cron alone.
    Peers,
}

/// Everything that is wanted.
pub(crate) fn measure(wanted: impl Fn(&str) -> bool) -> io::Result<()> {
    let why_not = Command::new(HOST).arg("why-not").output()?;
    if !why_not.status.success() {
        let why_not = String::from_utf8_lossy(&why_not.stdout).trim().replace('\n', ", ");
        println!("nothing can be measured, as no host can be booted: {why_not}");
        return Ok(());
    }
    let bench = Bench::new()?;
    let measured = bench.measure_all(wanted);
    std::fs::remove_dir_all(&bench.layer)?;
    let rows = measured?;
    if let Some(json) = std::env::var_os("PROCESS_CONTROL_BENCH_JSON") {
        std::fs::write(json, serde_json::to_string_pretty(&rows)?)?;
    }
    let missed = rows.iter().filter(|(_, row)| row.goal.is_some_and(|goal| row.ratio() > goal)).count();
    println!("\n{} rows, {missed} of them miss their goal", rows.len());
    Ok(())
}

struct Bench {
    /// Holds this program.
    layer: PathBuf,
    programs: String,
    peers: String,
}

type Rows = Vec<(String, Row)>;

impl Bench {
    fn new() -> io::Result<Bench> {
        let named = |variable| std::env::var(variable).expect("make bench names the folders");
        let layer = std::env::temp_dir().join(format!("process-control-bench-{}", std::process::id()));
        std::fs::create_dir_all(&layer)?;
        std::fs::copy(std::env::current_exe()?, layer.join("bench"))?;
        for script in ["cron-generate.py", "run-job.py"] {
            let script = Path::new(script);
            std::fs::copy(
                Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/bench").join(script),
                layer.join(script),
            )?;
        }
        let (programs, peers) = (named("PROCESS_CONTROL_BENCH_PROGRAMS"), named("PROCESS_CONTROL_BENCH_PEERS"));
        Ok(Bench { layer, programs, peers })
    }

    fn measure_all(&self, wanted: impl Fn(&str) -> bool) -> io::Result<Rows> {
        let load = std::fs::read_to_string("/proc/loadavg")?;
        let cores = std::thread::available_parallelism()?;
        println!("{cores} cores, load before {}", load.split(' ').next().unwrap_or_default());
        let mut rows = Rows::new();
        if wanted("generator") {
            heading("Debian 13: the generator");
            for count in [1, 50, 1_000, 10_000] {
                rows.extend(self.on("trixie", With::OursAndPeers, &["generator", &count.to_string()])?);
            }
        }
        for (suite, name) in [("trixie", "Debian 13"), ("bookworm", "Debian 12")] {
            if wanted("run") {
                heading(&format!("{name}: a run"));
                let (with, python) = match suite {
                    "trixie" => (With::OursAndPeers, "python"),
                    _ => (With::Ours, "no"),
                };
                rows.extend(self.on(suite, with, &["run", python])?);
            }
            if wanted("status") {
                heading(&format!("{name}: looking"));
                for count in status::JOBS {
                    rows.extend(self.on(suite, With::Ours, &["status", &count.to_string()])?);
                }
            }
            if wanted("reload") {
                heading(&format!("{name}: a reload of systemd, all timers active, none firing"));
                for count in reload::jobs(suite) {
                    let count = count.to_string();
                    let ours = self.on(suite, With::Ours, &["reload", &count])?;
                    // the package of Debian 12 is an older one, in Python
                    if suite == "trixie" {
                        let theirs = self.told("trixie", With::Peers, &["cron", &count], |_| ())?;
                        let row = reload::beside(&ours, &theirs, &count);
                        row.print();
                        rows.push((name.to_owned(), row));
                    }
                    rows.extend(ours);
                }
            }
        }
        Ok(rows)
    }

    /// Measures on a host of its own and prints each row when it comes.
    fn on(&self, suite: &str, with: With, topic: &[&str]) -> io::Result<Rows> {
        self.told(suite, with, topic, Row::print)
    }

    fn told(&self, suite: &str, with: With, topic: &[&str], each: impl Fn(&Row)) -> io::Result<Rows> {
        let name = format!("bench-{}", std::process::id());
        let mut boot = Command::new(HOST);
        boot.args(["boot", &name, suite]).stdout(Stdio::null());
        if with != With::Peers {
            boot.args(["--install", &self.programs]);
        }
        if with != With::Ours {
            boot.args(["--layer", &self.peers]);
        }
        boot.arg("--layer").arg(&self.layer);
        assert!(boot.status()?.success(), "{suite} does not boot");
        let rows = inside(&name, topic, each);
        Command::new(HOST).args(["end", &name]).status()?;
        Ok(rows?.into_iter().map(|row| (suite.to_owned(), row)).collect())
    }
}

fn inside(host: &str, topic: &[&str], each: impl Fn(&Row)) -> io::Result<Vec<Row>> {
    let mut command = Command::new(HOST);
    command.args(["exec", host, "/bench", "inside"]).args(topic).stdin(Stdio::null()).stdout(Stdio::piped());
    let mut child = command.spawn()?;
    let mut rows = Vec::new();
    for line in BufReader::new(child.stdout.take().expect("it is a pipe")).lines() {
        let row = serde_json::from_str(&line?)?;
        each(&row);
        rows.push(row);
    }
    assert!(child.wait()?.success(), "{topic:?}");
    Ok(rows)
}

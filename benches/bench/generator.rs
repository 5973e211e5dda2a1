//! Whole-process times of the shipped programs, each against the least that could be done instead.
//!
//! The generator: against a process that reads the same files and writes as many bytes to as many files.
//! `run-job` by hand: against `flock -n FILE true`. No thresholds: machines differ, ratios tell.

mod table;

use std::fs;
use std::io::{self, Write as _};
use std::os::unix::fs::{PermissionsExt as _, chown};
use std::path::{Path, PathBuf};
use std::process::Command;
use table::{row, time};

const JOBS: [(usize, usize); 4] = [(1, 101), (50, 101), (1_000, 31), (10_000, 11)];
const RUNS_BY_HAND: usize = 101;
const SCHEDULES: [&str; 8] = [
    "*/5 * * * *",
    "30 4 * * 1-5",
    "0 0 13 * 5",
    "7-59/15 2 * * *",
    "0 9-17 * * mon-fri",
    "15,45 */2 1 jan-jun *",
    "0 3 * * 0",
    "* * * * *",
];

fn main() -> io::Result<()> {
    let arguments: Vec<String> = std::env::args().collect();
    if let [_, word, jobs, list, out] = &arguments[..]
        && word == "floor"
    {
        return floor(Path::new(jobs), Path::new(list), Path::new(out));
    }
    let programs = std::env::var_os("PROCESS_CONTROL_BENCH_PROGRAMS").map(PathBuf::from);
    let programs = programs.expect("make bench names the folder of the programs");
    let memory = Path::new("/dev/shm");
    let (base, kind) = if memory.is_dir() { (memory.to_owned(), "tmpfs") } else { (std::env::temp_dir(), "disk") };
    let folder = base.join(format!("process-control-bench-{}", std::process::id()));
    fs::create_dir(&folder)?;
    let measured = measure(&programs, &folder, kind);
    fs::remove_dir_all(&folder)?;
    measured
}

fn measure(programs: &Path, folder: &Path, kind: &str) -> io::Result<()> {
    let load = fs::read_to_string("/proc/loadavg")?;
    let cores = std::thread::available_parallelism()?;
    println!("{cores} cores, load before {}, files on {kind}\n", load.split(' ').next().unwrap_or_default());
    table::heading();
    for (count, runs) in JOBS {
        generator(&programs.join("process-control-generator"), &folder.join(count.to_string()), count, runs)?;
    }
    by_hand(&programs.join("run-job"), &folder.join("hand"))
}

fn generator(program: &Path, folder: &Path, count: usize, runs: usize) -> io::Result<()> {
    let (jobs, out, list) = (folder.join("jobs"), folder.join("out"), folder.join("list"));
    fs::create_dir_all(&jobs)?;
    for number in 0..count {
        let schedule = SCHEDULES[number % SCHEDULES.len()];
        let text = format!(
            "name: Job number {number}\ndescription: One of many.\nschedule: \"{schedule}\"\ntimeout: 10\n\
             command:\n  - /bin/echo one\n  - /bin/sh -c 'echo two; exit 0'\nenvironment:\n  LANG: C.UTF-8\n  DEBUG: yes\n"
        );
        fs::write(jobs.join(format!("job-{number:05}.yaml")), text)?;
    }
    let config = folder.join("config.yaml");
    fs::write(&config, format!("job_directory: {}\n", jobs.display()))?;
    fs::set_permissions(&config, fs::Permissions::from_mode(0o644))?;

    let mut generator = Command::new(program);
    generator.arg(&out).env("PROCESS_CONTROL_CONFIG", &config);
    fresh(&out)?;
    time(&mut generator)?;
    let written = sizes(&out, Path::new(""))?;
    let lines: Vec<String> = written.iter().map(|(name, size)| format!("{size} {}", name.display())).collect();
    fs::write(&list, lines.join("\n"))?;
    let mut floor = Command::new(std::env::current_exe()?);
    floor.arg("floor").args([&jobs, &list, &out]);

    let (mut ours, mut least) = (Vec::new(), Vec::new());
    for _ in 0..runs {
        fresh(&out)?;
        ours.push(time(&mut generator)?);
        fresh(&out)?;
        least.push(time(&mut floor)?);
    }
    row(&format!("generator, {count} jobs"), ours, &format!("the same {} files", written.len()), least);
    fs::remove_dir_all(folder)
}

/// Reads all jobs, and writes as much as the generator did.
fn floor(jobs: &Path, list: &Path, out: &Path) -> io::Result<()> {
    for entry in fs::read_dir(jobs)? {
        fs::read(entry?.path())?;
    }
    let list = fs::read_to_string(list)?;
    let zeros = vec![0; 16 * 1024 * 1024];
    for line in list.lines() {
        let (size, name) = line.split_once(' ').expect("SIZE NAME");
        let path = out.join(name);
        if name.contains('/') {
            fs::create_dir_all(path.parent().expect("it has one"))?;
        }
        fs::File::create(path)?.write_all(&zeros[..size.parse().expect("a size")])?;
    }
    Ok(())
}

fn by_hand(program: &Path, folder: &Path) -> io::Result<()> {
    let user = if is_root()? { "nobody".to_owned() } else { output("id", &["-un"])? };
    for name in ["jobs", "run", "state"] {
        fs::create_dir_all(folder.join(name))?;
    }
    let place = folder.display();
    let (job, config, lock) = (folder.join("jobs/x.yaml"), folder.join("config.yaml"), folder.join("lock"));
    fs::write(&job, "name: x\ncommand: /usr/bin/true\n")?;
    let text = format!(
        "job_directory: {place}/jobs\nrun_directory: {place}/run\nstate_directory: {place}/state\nuser: {user}\n"
    );
    fs::write(&config, text)?;
    fs::set_permissions(&config, fs::Permissions::from_mode(0o644))?;
    fs::write(&lock, "")?;
    // a copy, as the build folder may be closed to others
    let copy = folder.join("run-job");
    fs::copy(program, &copy)?;
    if is_root()? {
        let uid = output("id", &["-u", &user])?.parse().expect("a number");
        [folder.join("run"), folder.join("state"), lock.clone()]
            .iter()
            .try_for_each(|path| chown(path, Some(uid), None))?;
    }
    let with_user = |words: &[&Path]| -> io::Result<Command> {
        let mut command = Command::new(if is_root()? { Path::new("/usr/bin/setpriv") } else { words[0] });
        if is_root()? {
            command.arg(format!("--reuid={user}")).arg("--clear-groups").arg(words[0]);
        }
        command.args(&words[1..]).env("PROCESS_CONTROL_CONFIG", &config);
        Ok(command)
    };
    let mut ours = with_user(&[&copy, Path::new("x")])?;
    let mut least = with_user(&[Path::new("/usr/bin/flock"), Path::new("-n"), &lock, Path::new("/usr/bin/true")])?;
    let (mut ours_took, mut least_took) = (Vec::new(), Vec::new());
    for _ in 0..RUNS_BY_HAND {
        ours_took.push(time(&mut ours)?);
        least_took.push(time(&mut least)?);
    }
    row("run-job by hand, true", ours_took, "flock -n FILE true", least_took);
    Ok(())
}

fn is_root() -> io::Result<bool> {
    Ok(output("id", &["-u"])? == "0")
}

fn output(program: &str, arguments: &[&str]) -> io::Result<String> {
    let output = Command::new(program).args(arguments).output()?;
    Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

fn fresh(folder: &Path) -> io::Result<()> {
    if folder.exists() {
        fs::remove_dir_all(folder)?;
    }
    fs::create_dir(folder)
}

fn sizes(folder: &Path, below: &Path) -> io::Result<Vec<(PathBuf, u64)>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder.join(below))? {
        let entry = entry?;
        let name = below.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            found.extend(sizes(folder, &name)?);
        } else {
            found.push((name, entry.metadata()?.len()));
        }
    }
    Ok(found)
}

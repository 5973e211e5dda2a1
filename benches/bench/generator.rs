//! The generator, exec to exit: beside a process that reads and writes as much and thinks nothing, beside systemd-cron's, and
//! beside a stand-in for the original's.

use crate::row::{Figures, Row, Unit, peak, time};
use rustix::fs::{CWD, Mode, OFlags, openat};
use std::fmt::Write as _;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;

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
const GENERATORS: &str = "/usr/lib/systemd/system-generators";
/// On a tmpfs, as where systemd lets generators write.
const FOLDER: &str = "/run/bench";

pub(crate) fn inside(count: usize) -> io::Result<()> {
    let folder = Path::new(FOLDER);
    let (jobs, out, list) = (folder.join("jobs"), folder.join("out"), folder.join("list"));
    fs::create_dir_all(&jobs)?;
    let mut crontab = String::new();
    for number in 0..count {
        let schedule = SCHEDULES[number % SCHEDULES.len()];
        let text = format!(
            "name: Job number {number}\ndescription: One of many.\nschedule: \"{schedule}\"\ntimeout: 10\n\
             command:\n  - /bin/echo one\n  - /bin/sh -c 'echo two; exit 0'\nenvironment:\n  LANG: C.UTF-8\n  DEBUG: yes\n"
        );
        fs::write(jobs.join(format!("job-{number:05}.yaml")), text)?;
        writeln!(crontab, "{schedule} root /bin/echo one; /bin/echo two").expect("a String takes every write");
    }
    fs::write("/etc/crontab", crontab)?;
    fs::write(folder.join("config.yaml"), format!("job_directory: {}\n", jobs.display()))?;

    let mut ours = Command::new(format!("{GENERATORS}/process-control-generator"));
    ours.arg(&out).env("PROCESS_CONTROL_CONFIG", folder.join("config.yaml"));
    let mut cron = Command::new(format!("{GENERATORS}/systemd-crontab-generator"));
    cron.args([&out, &out, &out]);
    let mut python = Command::new("python3");
    python.arg("/cron-generate.py").arg(&jobs).arg(folder.join("crontab"));
    fresh(&out)?;
    time(&mut ours)?;
    let written = sizes(&out, Path::new(""))?;
    let lines: Vec<String> = written.iter().map(|(name, size)| format!("{size} {}", name.display())).collect();
    fs::write(&list, lines.join("\n"))?;
    let mut floor = Command::new(std::env::current_exe()?);
    floor.args(["inside", "floor"]).args([&jobs, &list, &out]);

    let rounds = (40_000 / (count + 200)).clamp(9, 101);
    let python_rounds = (4_000 / count).clamp(1, 21);
    let mut times: [Vec<f64>; 4] = Default::default();
    for round in 0..rounds {
        let commands = [&mut ours, &mut floor, &mut cron, &mut python];
        for (times, command) in times.iter_mut().zip(commands).take(if round < python_rounds { 4 } else { 3 }) {
            fresh(&out)?;
            times.push(time(command)?);
        }
    }
    let [took, floor, theirs, python] = times.map(Figures::of);
    let row = |against: &str, theirs, goal| Row {
        what: format!("generator, {count} jobs"),
        unit: Unit::Milliseconds,
        ours: took.clone(),
        against: against.to_owned(),
        theirs,
        goal: (count >= 1_000).then_some(goal),
    };
    row(&format!("the same {} files", written.len()), floor, 1.5).tell();
    row("systemd-cron's generator", theirs, 0.4).tell();
    row("cron-generate in Python", python, 1.0 / 60.0).tell();
    if count >= 1_000 {
        let mut memory: [Vec<f64>; 2] = Default::default();
        for _ in 0..3 {
            for (memory, command) in memory.iter_mut().zip([&mut ours, &mut cron]) {
                fresh(&out)?;
                memory.push(peak(command)?);
            }
        }
        let [ours, theirs] = memory.map(Figures::of);
        let what = format!("memory of the generator, {count} jobs");
        Row { what, unit: Unit::Megabytes, ours, against: "systemd-cron's".to_owned(), theirs, goal: None }.tell();
    }
    Ok(())
}

/// Reads all jobs and writes as much as the generator did: descriptors of folders, one read, one write, and as many threads.
pub(crate) fn floor(jobs: &str, list: &str, out: &str) -> io::Result<()> {
    let names: Vec<_> =
        fs::read_dir(jobs)?.map(|entry| entry.map(|entry| entry.file_name())).collect::<Result<_, _>>()?;
    let list = fs::read_to_string(list)?;
    let list: Vec<&str> = list.lines().collect();
    let folder = |path: &str| openat(CWD, path, OFlags::RDONLY | OFlags::DIRECTORY, Mode::empty());
    let (jobs, target) = (folder(jobs)?, folder(out)?);
    let threads = if names.len() < 256 { 1 } else { std::thread::available_parallelism()?.get() };
    let read = |names: &[std::ffi::OsString]| -> io::Result<()> {
        let mut buffer = [0; 4096];
        for name in names {
            rustix::io::read(openat(&jobs, name, OFlags::RDONLY, Mode::empty())?, &mut buffer)?;
        }
        Ok(())
    };
    let zeros = vec![0; 16 * 1024 * 1024];
    let write = |lines: &[&str]| -> io::Result<()> {
        for line in lines {
            let (size, name) = line.split_once(' ').expect("SIZE NAME");
            if let Some((folder, _)) = name.split_once('/') {
                fs::create_dir_all(Path::new(out).join(folder))?;
            }
            let file = openat(&target, name, OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL, Mode::from(0o644))?;
            rustix::io::write(file, &zeros[..size.parse().expect("a size")])?;
        }
        Ok(())
    };
    std::thread::scope(|scope| {
        let pieces = names.chunks(names.len().div_ceil(threads)).zip(list.chunks(list.len().div_ceil(threads)));
        let work = |(names, lines)| read(names).and_then(|()| write(lines));
        let started: Vec<_> = pieces.map(|piece| scope.spawn(move || work(piece))).collect();
        started.into_iter().try_for_each(|thread| thread.join().expect("it does not panic"))
    })
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

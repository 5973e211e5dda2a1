//! Fifty bad files beside one good job, from the boot on.

use crate::hosts::{Host, Suite};
use crate::jobs::{SOON, on_both_suites};
use process_control::history::Outcome;
use process_control::job::JobName;
use std::ffi::OsStr;
use std::fs::{self, File};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::symlink;
use std::os::unix::net::UnixListener;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

on_both_suites!(bad_files_cost_nobody_else_anything);

/// Texts that are no job, each in its own way.
const TEXTS: &[(&str, &str)] = &[
    ("empty", ""),
    ("null", "~\n"),
    ("number", "42\n"),
    ("text", "just a text\n"),
    ("list", "- command: ls\n"),
    ("tab", "name: x\n\tcommand: ls\n"),
    ("tab-value", "name: x\ncommand:\n\t- ls\n"),
    ("unclosed", "name: x\ncommand: 'ls\n"),
    ("unclosed-list", "name: x\ncommand: [ls\n"),
    ("unclosed-words", "name: x\ncommand: ls \"a b\n"),
    ("indent", "name: x\n command: ls\n"),
    ("colon", "name: x: y\ncommand: ls\n"),
    ("twice", "name: x\nname: y\ncommand: ls\n"),
    ("anchor", "name: *nowhere\ncommand: ls\n"),
    (
        "laughs",
        "a: &a [x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b]\nd: &d [*c,*c,*c,*c,*c,*c,*c,*c]\ne: &e [*d,*d,*d,*d,*d,*d,*d,*d]\nf: [*e,*e,*e,*e,*e,*e,*e,*e]\n",
    ),
    ("python", "name: x\ncommand: !!python/object/apply:os.system ['id']\n"),
    ("two-documents", "name: x\n---\ncommand: ls\n"),
    ("nul", "name: x\ncommand: \"ls\\0\"\n"),
    ("raw-nul", "name: x\0\ncommand: ls\n"),
    ("escape", "name: \"\\e[2J\"\ncommand: 'unclosed\n"),
    ("no-command", "name: x\n"),
    ("empty-command", "name: x\ncommand: ''\n"),
    ("map-command", "name: x\ncommand: {run: ls}\n"),
    ("deep-command", "name: x\ncommand: [[ls]]\n"),
    ("lines", "name: x\ncommand: |\n  ls\n  id\n"),
    ("schedule", "name: x\ncommand: ls\nschedule: at noon\n"),
    ("minute-60", "name: x\ncommand: ls\nschedule: 60 * * * *\n"),
    ("calendar", "name: x\ncommand: ls\ncalendar: whenever\n"),
    ("two-timings", "name: x\ncommand: ls\nschedule: '* * * * *'\nevery: 5s\n"),
    ("zone", "name: x\ncommand: ls\nschedule: '* * * * *'\ntimezone: ../../etc/shadow\n"),
    ("timeout", "name: x\ncommand: ls\ntimeout: soon\n"),
    ("negative", "name: x\ncommand: ls\ntimeout: -1\n"),
    ("nice", "name: x\ncommand: ls\nnice: -5\n"),
    ("realtime", "name: x\ncommand: ls\nio_class: realtime\n"),
    ("umask", "name: x\ncommand: ls\numask: 999\n"),
    ("relative", "name: x\ncommand: ls\nworking_directory: ../etc\n"),
    ("environment", "name: x\ncommand: ls\nenvironment: [A, B]\n"),
    ("memory", "name: x\ncommand: ls\nmemory_max: plenty\n"),
    ("directive", "name: x\ncommand: ls\ntimeout: \"5\\nUser=root\"\n"),
    ("100%i", "command: [\n"),
    ("a@b", "command: [\n"),
    ("with space", "command: [\n"),
    ("käse", "command: [\n"),
    ("-dash", "command: [\n"),
];

/// Files that are not what they look like, with what is said of them.
const OTHERS: &[(&str, &str)] = &[
    ("shadow", "a link that leaves the job directory"),
    ("loop", "too many links"),
    ("fifo", "is no regular file"),
    ("folder", "is no regular file"),
    ("socket", "is no regular file"),
    ("dangling", "cannot be read"),
    ("large", "KiB"),
    ("sparse", "KiB"),
    ("deep", ""),
];

fn fill(folder: &Path) {
    fs::create_dir_all(folder).unwrap();
    let put = |name: &[u8], text: &[u8]| fs::write(folder.join(OsStr::from_bytes(name)), text).unwrap();
    put(b"good.yaml", b"name: good\ncalendar: '*:*:0/3'\ncommand: 'true'\n");
    for (name, text) in TEXTS {
        put(format!("{name}.yaml").as_bytes(), text.as_bytes());
    }
    symlink("/etc/shadow", folder.join("shadow.yaml")).unwrap();
    symlink("loop.yaml", folder.join("loop.yaml")).unwrap();
    symlink("nothing.yaml", folder.join("dangling.yaml")).unwrap();
    assert!(Command::new("mkfifo").arg(folder.join("fifo.yaml")).status().unwrap().success());
    fs::create_dir(folder.join("folder.yaml")).unwrap();
    drop(UnixListener::bind(folder.join("socket.yaml")).unwrap());
    put(b"large.yaml", format!("name: large\ncommand: echo {}\n", "x".repeat(70_000)).as_bytes());
    File::create(folder.join("sparse.yaml")).unwrap().set_len(10 << 30).unwrap();
    put(b"deep.yaml", format!("name: x\ncommand: {}\n", "[".repeat(20_000)).as_bytes());
    // names that are none
    put(b"broken-\xff\xfe.yaml", b"command: ls\n");
    put(b"two\nlines.yaml", b"command: ls\n");
    put(b"..x.yaml", b"command: ls\n");
    put(b".yaml", b"command: ls\n");
    put(format!("{}.yaml", "n".repeat(240)).as_bytes(), b"command: ls\n");
    put(b"escape-\x1b[2J.yaml", b"command: ls\n");
}

/// Starts the job, which fails, and gives what its journal says after the file's name.
fn diagnosis(host: &Host, name: &str) -> String {
    let instance = JobName::new(name).unwrap().instance();
    let unit = format!("job@{instance}.service");
    host.run(&["systemctl", "start", &unit]);
    // without a timer a unit that is failed stays in memory all the same
    host.wait_for(SOON, &format!("failure of {unit}"), || host.property(&unit, "ActiveState") == "failed");
    assert_eq!(host.property(&unit, "ExecMainStatus"), "78", "{name}");
    let place = format!("/var/lib/process-control/{name}.yaml:");
    let diagnosis = || {
        let journal = host.journal(&[&format!("PROCESS_CONTROL_JOB={name}")]);
        journal.lines().find_map(|line| line.strip_prefix(&place).map(str::to_owned))
    };
    host.wait_for(SOON, &format!("diagnosis of {name}"), || diagnosis().is_some());
    diagnosis().unwrap()
}

fn bad_files_cost_nobody_else_anything(suite: Suite) {
    let layer = tempfile::tempdir().unwrap();
    fill(&layer.path().join("var/lib/process-control"));
    let host = Host::boot_with(suite, &["--layer", layer.path().to_str().unwrap()]);
    let started = |what: &str| {
        let time = host.sh(&format!("systemctl show --value --property=Generators{what}TimestampMonotonic"));
        Duration::from_micros(time.trim().parse().unwrap())
    };
    let took = started("Finish").saturating_sub(started("Start"));
    assert!(took < Duration::from_secs(2), "all generators took {took:?}");
    host.wait_for_runs("good", 1, Outcome::Success, SOON);
    assert_eq!(host.run(&["systemctl", "is-system-running"]).stdout, "running\n");

    host.sh("echo 'canary:$6$leaked:20000:0:99999:7:::' >>/etc/shadow");
    let is_placed = |said: &str| said.split(':').take(2).filter(|part| part.parse::<u32>().is_ok()).count() == 2;
    let texts: Vec<_> = TEXTS.iter().map(|(name, _)| (*name, diagnosis(&host, name))).collect();
    let unplaced: Vec<_> = texts.iter().filter(|(_, said)| !is_placed(said)).collect();
    assert_eq!(unplaced.iter().map(|(name, _)| *name).collect::<Vec<_>>(), ["empty"], "{unplaced:?}");
    for (name, expected) in OTHERS {
        let said = diagnosis(&host, name);
        assert!(said.contains(expected), "{name}: {said}");
    }
    assert_generator_says_where(&host);
    let units = || host.sh("cat /run/systemd/generator/job* | grep -c '^User=process-control$' || :");
    let expected = (TEXTS.len() + OTHERS.len() + 2).to_string();
    host.wait_for(SOON, "units of the service user alone", || units().trim() == expected);
    let all = host.sh("journalctl --no-pager --all; cat /tmp/kmsg");
    assert!(!all.contains("leaked") && !all.contains("root:*"), "{all}");
    // only so many runs are kept, so their number says nothing
    let last = || host.runs("good", Outcome::Success).pop().map(|run| run.id);
    let before = last();
    host.wait_for(SOON, "next run of the good job", || last() != before);
}

/// These hosts have no /dev/kmsg, so what the generator says at boot is lost; a FIFO shows what the
/// kernel would get. (A file would not do: from 253 on the generator finds all files read-only.)
fn assert_generator_says_where(host: &Host) {
    host.sh("mkfifo /dev/kmsg
        setsid sh -c 'exec 3<>/dev/kmsg; exec cat <&3 >/tmp/kmsg' >/dev/null 2>&1 </dev/null &
        systemctl daemon-reload");
    let said = || {
        let log = host.run(&["grep", "process-control-generator", "/tmp/kmsg"]).stdout;
        log.lines().map(str::to_owned).collect::<Vec<_>>()
    };
    // of many only the first: it is the log of the kernel
    host.wait_for(SOON, "nine lines", || said().len() == 9);
    let lines = said();
    assert!(lines.iter().all(|line| line.starts_with("<3>process-control-generator[")), "{lines:#?}");
    assert!(lines[0].contains(" broken jobs, ") && lines[0].ends_with("jobctl check shows all"), "{lines:#?}");
    let one = "]: /var/lib/process-control/-dash.yaml:1:";
    assert!(lines.iter().any(|line| line.contains(one)), "{lines:#?}");

    // the watch of the folder says it all, to the journal
    host.write_job("one-more", "command: ls\nshedule: '* * * * *'\n");
    let said = || host.journal(&["_SYSTEMD_UNIT=process-control-reload.service"]);
    for line in ["schedule.yaml:3:11: ", "one-more.yaml:3:1: "] {
        host.wait_for(SOON, line, || said().contains(&format!("/var/lib/process-control/{line}")));
    }
}

//! What programs of ours ask of the kernel, as strace(1) sees it: what a power failure leaves, and whom a signal hits. A killed
//! host keeps what the kernel had not written yet, so killing one shows nothing of the first.

use crate::hosts::{Host, Suite};
use crate::jobs::{FAR, host_with, on_both_suites, shell};
use crate::soak::row;
use std::process::Command;

on_both_suites!(
    what_is_recorded_is_on_the_disk_before_anything_depends_on_it,
    a_signal_is_for_a_process_and_never_for_a_number,
);

/// The calls that can change files or start programs.
const RECORDING: &str = "openat,fsync,fdatasync,rename,renameat,renameat2,link,linkat,execve";

/// These calls of a command on a host, in order.
fn traced(host: &Host, calls: &str, command: &str) -> Vec<String> {
    let trace = tempfile::NamedTempFile::new().unwrap();
    let path = trace.path().display();
    let line = format!("exec strace -f -y -s 300 -o {path} -e trace={calls} {}", host.shell(command));
    let done = Command::new("sh").args(["-c", &line]).output().unwrap();
    assert!(done.status.success(), "{done:?}");
    std::fs::read_to_string(trace.path()).unwrap().lines().map(str::to_owned).collect()
}

/// Whether a call did what it was to do; of one that another process interrupts strace tells the end in a later line.
fn is_done(call: &str) -> bool {
    call.ends_with("= 0") || call.ends_with("<unfinished ...>")
}

/// Checks each file that came to its name in a folder of ours, and gives their names and where in the trace they are safe.
fn safe(calls: &[String]) -> Vec<(String, usize)> {
    let mut safe = Vec::new();
    for (place, call) in calls.iter().enumerate() {
        let Some((_, names)) = call.split_once("rename").or(call.split_once("link")) else { continue };
        let names: Vec<&str> = names.split('"').skip(1).step_by(2).collect();
        let [from, to] = names[..] else { continue };
        if !to.starts_with("/var/lib/process-control") || !is_done(call) {
            continue;
        }
        let folder = to.rsplit_once('/').unwrap().0;
        let synced = |path: &str, calls: &[String]| {
            calls
                .iter()
                .position(|call| call.contains("fsync(") && call.contains(&format!("<{path}>")) && is_done(call))
        };
        assert!(synced(from, &calls[..place]).is_some(), "{from} was not synced before {call}");
        let after = synced(folder, &calls[place..]).unwrap_or_else(|| panic!("{folder} was not synced after {call}"));
        safe.push((to.to_owned(), place + after));
    }
    safe
}

fn what_is_recorded_is_on_the_disk_before_anything_depends_on_it(suite: Suite) {
    let told = "on_failure: {webhook: 'http://127.0.0.1:1/'}\nunrecoverable_exit_codes: 1\n";
    let host = host_with(suite, &[("tea", &shell(&format!("{FAR}{told}"), "touch /tmp/begun; exit 1"))]);
    let history = "/var/lib/process-control-state/tea.yaml";
    let calls = traced(&host, RECORDING, "runuser -u process-control -- run-job tea || true");
    let records = safe(&calls);
    let of_history: Vec<usize> = records.iter().filter(|(name, _)| name == history).map(|(_, place)| *place).collect();
    let [begin, end] = of_history[..] else { panic!("{records:?}") };
    let started = calls.iter().position(|call| call.contains("execve(\"/usr/bin/touch\"")).expect("the command ran");
    assert!(begin < started && started < end, "{begin} {started} {end}");
    // what the history knows is told to nobody again: the rest is safe before it is known
    let known = calls.iter().rposition(|call| call.contains("rename") && call.contains(history)).unwrap();
    for what in ["/post/", "/tea.paused"] {
        let (_, place) = records.iter().find(|(name, _)| name.contains(what)).expect(what);
        assert!(started < *place && *place < known, "{what}: {started} {place} {known}");
    }
    // what an operator asked for is there when the answer comes
    let calls = traced(&host, RECORDING, "jobctl pause tea; jobctl skip-next tea || true; jobctl resume tea");
    assert!(safe(&calls).len() >= 2, "{calls:#?}");
    row(
        suite,
        "order of sync and rename of a record, by strace",
        records.len(),
        "synced, renamed, folder synced; then the command starts; pause and notices before the end",
    );
}

/// Who enters a host as this does is in a process group that the host has no number for: a timeout once ended `run-job` itself.
fn a_signal_is_for_a_process_and_never_for_a_number(suite: Suite) {
    let host = host_with(
        suite,
        &[(
            "slow",
            &shell(&format!("{FAR}timeout: 1s\nkill_grace: 1s\n"), "trap : TERM; while true; do sleep 1 || true; done"),
        )],
    );
    let calls = traced(
        &host,
        "execve,kill,tkill,tgkill,pidfd_send_signal",
        "runuser -u process-control -- run-job slow || true",
    );
    let of_ours = calls.iter().skip_while(|call| !call.contains("run-job\""));
    let sent: Vec<&String> = of_ours.filter(|call| call.contains("kill(") || call.contains("pidfd_send")).collect();
    for signal in ["SIGTERM", "SIGKILL"] {
        assert!(sent.iter().any(|call| call.contains(signal)), "no {signal} in {sent:#?}");
    }
    let numbers = |call: &&&String| [" kill(", " tkill(", " tgkill("].iter().any(|name| call.contains(name));
    assert_eq!(sent.iter().find(numbers), None);
}

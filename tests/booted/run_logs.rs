//! With `output_directory` a run is written to a file as well, as the original wrote it.

use crate::hosts::{Host, Suite};
use crate::jobs::{FAR, SOON, host_with, on_both_suites, shell};
use process_control::history::Outcome;

on_both_suites!(
    a_run_has_a_log_file_too,
    a_log_that_cannot_be_written_stops_no_run,
    old_logs_are_removed_as_the_job_says
);

const FOLDER: &str = "/var/log/process-control";

fn host(suite: Suite) -> Host {
    let host = host_with(suite, &[("tea", &shell(FAR, "echo boiling; echo hot >&2; exit 3"))]);
    host.write("/etc/process-control.yaml", &format!("output_directory: {FOLDER}\n"));
    host.sh("systemctl daemon-reload");
    host
}

fn in_the_journal(host: &Host, line: &str) {
    host.wait_for(SOON, line, || host.journal(&["SYSLOG_IDENTIFIER=tea"]).contains(line));
}

fn a_run_has_a_log_file_too(suite: Suite) {
    let host = host(suite);
    let run = host.run_job("tea");
    assert_eq!(run.end.unwrap().outcome, Outcome::Failure);
    let name = run.start.unwrap().format("tea-%Y%m%d-%H%M");
    let log = host.sh(&format!("stat -c '%U' {FOLDER}/tea; cat {FOLDER}/tea/{name}*.log"));
    let lines: Vec<_> = log.lines().map(|line| line.split_once('\t').map_or(line, |(_, said)| said)).collect();
    assert_eq!(lines[0], "process-control");
    assert_eq!(lines[1], "INFO\t===========");
    assert!(lines[2].starts_with("INFO\tsh -ec '") || lines[2].starts_with("INFO\tsh -ec "), "{log}");
    assert!(lines.contains(&"INFO\tboiling") && lines.contains(&"ERROR\thot"), "{log}");
    assert_eq!(*lines.last().unwrap(), "INFO\t----------- end command output");
    in_the_journal(&host, "boiling\n");
    in_the_journal(&host, "hot\n");
}

fn a_log_that_cannot_be_written_stops_no_run(suite: Suite) {
    let host = host(suite);
    host.sh(&format!("chown root {FOLDER}; chmod 755 {FOLDER}"));
    let run = host.run_job("tea");
    let end = run.end.unwrap();
    assert_eq!((end.outcome, end.exit.unwrap().status()), (Outcome::Failure, 3));
    in_the_journal(&host, &format!("tea: no run log in {FOLDER}: "));
    in_the_journal(&host, "boiling\n");
}

fn old_logs_are_removed_as_the_job_says(suite: Suite) {
    let host = host(suite);
    host.edit(&[("tea", &shell(&format!("{FAR}keep_logs: 2\n"), "true")), ("all", &shell(FAR, "true"))]);
    for job in ["tea", "all"] {
        host.sh(&format!(
            "install -d -o process-control {FOLDER}/{job}; cd {FOLDER}/{job}
            for day in 1 2 3; do echo old >{job}-2020010$day-000000.log; done; echo mine >notes.log; ln -s /etc/passwd {job}-20200109-000000.log"
        ));
        host.run_job(job);
    }
    let files = |job: &str| host.sh(&format!("ls {FOLDER}/{job}")).lines().map(str::to_owned).collect::<Vec<_>>();
    let left = files("tea");
    assert_eq!(
        (left.len(), left[0].as_str(), left[1].as_str()),
        (3, "notes.log", "tea-20200109-000000.log"),
        "{left:?}"
    );
    assert_eq!(files("all").len(), 6);
    // a link is a name like any other: what it leads to stays
    host.run_job("tea");
    host.run_job("tea");
    assert!(host.run(&["test", "-s", "/etc/passwd"]).ok() && files("tea").len() <= 3);
}

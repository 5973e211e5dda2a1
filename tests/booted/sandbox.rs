//! What a run cannot reach when its file says so.

use crate::hosts::Suite;
use crate::jobs::{FAR, host_with, on_both_suites, shell};
use process_control::history::Outcome;

on_both_suites!(
    a_run_reaches_only_what_it_may,
    no_program_gets_a_run_more_rights_unless_its_file_says_so,
    every_unit_is_at_its_level,
);

fn a_run_reaches_only_what_it_may(suite: Suite) {
    let (outcome, success) = (|run: process_control::history::Run| run.end.unwrap().outcome, Outcome::Success);
    let network = "test $(ls /sys/class/net | wc -l) = 1; test $(grep -c . /proc/net/route) = 1";
    let write = "! touch /srv/it; ! touch /var/lib/process-control/it.yaml; touch /tmp/it; test ! -e /tmp/theirs";
    let host = host_with(
        suite,
        &[
            ("offline", &shell(&format!("{FAR}no_network: true\n"), network)),
            ("online", &shell(FAR, "test -n \"$(ls /proc/self/ns/net)\"; readlink /proc/self/ns/net > /srv/net")),
            ("reader", &shell(&format!("{FAR}read_only: true\n"), write)),
            (
                "listed",
                &format!("{FAR}read_only: true\nretries: 1\ncommand:\n  - 'true'\n  - sh -c '! touch /srv/it'\n"),
            ),
            ("tidy", &shell(&format!("{FAR}private_tmp: true\n"), "test ! -e /tmp/theirs; touch /tmp/mine /srv/tidy")),
        ],
    );
    host.sh("chmod 777 /srv; touch /tmp/theirs");
    for job in ["offline", "online", "reader", "listed", "tidy"] {
        assert_eq!(
            outcome(host.run_job(job)),
            success,
            "{job}: {}",
            host.journal(&["-u", &format!("job@{job}.service")])
        );
    }
    assert_eq!(host.read("/srv/net").trim(), host.sh("readlink /proc/1/ns/net").trim(), "others have the host's");
    assert!(!host.run(&["test", "-e", "/tmp/mine"]).ok(), "what it left there is gone");
    // by hand it says that nothing is kept from it
    host.sh("rm -f /srv/tidy");
    let by_hand = host.as_service_user(&["run-job", "tidy"]);
    assert!(by_hand.stderr.contains("tidy: by hand the run has no private_tmp"), "{by_hand:?}");
}

fn no_program_gets_a_run_more_rights_unless_its_file_says_so(suite: Suite) {
    let who = "/srv/id -u > /srv/$1 2>&1; grep -h NoNewPrivs /proc/self/status >> /srv/$1; exit 0";
    let job = |name: &str, keys: &str| {
        format!("{FAR}{keys}command: {}\n", serde_json::to_string(&format!("sh -c '{who}' sh {name}")).unwrap())
    };
    let namespaces = |name: &str, keys: &str| {
        shell(&format!("{FAR}{keys}"), &format!("unshare --user echo made > /srv/{name} 2>&1 || true"))
    };
    let host = host_with(
        suite,
        &[
            ("kept", &job("kept", "")),
            ("free", &job("free", "sandbox: {new_privileges: allowed}\n")),
            ("hand", &job("hand", "")),
            ("caged", &namespaces("caged", "")),
            ("maker", &namespaces("maker", "sandbox: {namespaces: allowed}\n")),
        ],
    );
    host.sh("chmod 777 /srv; cp /usr/bin/id /srv/id; chmod 4755 /srv/id");
    let uid = host.sh("id -u process-control");
    for name in ["kept", "free", "caged", "maker"] {
        assert_eq!(host.run_job(name).end.unwrap().outcome, Outcome::Success, "{name}");
    }
    assert_eq!(host.read("/srv/kept"), format!("{uid}NoNewPrivs:\t1\n"));
    assert_eq!(host.read("/srv/free"), "0\nNoNewPrivs:\t0\n", "as sudo would");
    // by hand as in the unit
    assert!(host.as_service_user(&["run-job", "hand"]).ok());
    assert_eq!(host.read("/srv/hand"), format!("{uid}NoNewPrivs:\t1\n"));
    assert!(host.read("/srv/caged").contains("Operation not permitted"), "{}", host.read("/srv/caged"));
    assert_eq!(host.read("/srv/maker"), "made\n");
    // the host's default, and a job that says otherwise
    host.write("/etc/process-control.yaml", "default_job_config: {sandbox: {new_privileges: allowed}}\n");
    host.edit(&[("strict", &job("strict", "sandbox: {new_privileges: denied}\n"))]);
    for (name, seen) in [("kept", "0\nNoNewPrivs:\t0\n".to_owned()), ("strict", format!("{uid}NoNewPrivs:\t1\n"))] {
        host.run_job(name);
        assert_eq!(host.read(&format!("/srv/{name}")), seen, "{name}");
    }
}

/// The level of each unit, in tenths, as the table of the document on security states it.
fn every_unit_is_at_its_level(suite: Suite) {
    let host = host_with(
        suite,
        &[
            ("plain", &shell(FAR, "true")),
            ("kept", &shell(&format!("{FAR}no_network: true\nread_only: true\n"), "true")),
            ("free", &shell(&format!("{FAR}sandbox: {{new_privileges: allowed}}\n"), "true")),
            ("next", "after_success: plain\ncommand: 'true'\n"),
        ],
    );
    host.write("/etc/process-control.yaml", "metrics_file: /var/lib/metrics/it.prom\n");
    host.sh("systemctl daemon-reload");
    let document = include_str!("../../docs/security.md");
    let rows: Vec<(&str, String)> = document
        .lines()
        .filter_map(|line| line.strip_prefix("| `")?.split_once("` | at most "))
        .map(|(unit, rest)| (unit, rest.trim_end_matches([' ', '|']).replace('.', "")))
        .collect();
    let all = host.sh(
        "cd /usr/lib/systemd/system; ls -d job*.service process-control-*.service; cd /run/systemd/generator; ls -d job*.service process-control-*.service",
    );
    for unit in all.lines() {
        let unit = unit.replace("@.service", "@gone.service");
        let row = rows.iter().find(|(known, _)| *known == unit);
        let (_, level) = row.unwrap_or_else(|| panic!("{unit} has no level in docs/security.md"));
        let said = host.run(&["systemd-analyze", "security", "--no-pager", &format!("--threshold={level}"), &unit]);
        assert!(said.ok(), "{unit} is worse than {level}:\n{}", said.stdout);
    }
}

//! What ordinary users see.

use crate::hosts::Suite;
use crate::jobs::{FAR, SOON, host_with, on_both_suites, shell};
use process_control::history::Outcome;
use serde_json::Value;

on_both_suites!(everybody_may_look, last_nights_run_is_found, what_will_run_is_foretold, units_are_shown_as_loaded);

fn everybody_may_look(suite: Suite) {
    let host = host_with(
        suite,
        &[
            ("tea", &format!("description: Hot\ntag: kitchen\ntimeout: 90s\n{FAR}command: 'true'\n")),
            ("fails", &shell(FAR, "exit 3")),
            ("broken", "schedule: x\ncommand: 'true'\n"),
        ],
    );
    host.people();
    host.run_job("tea");
    host.run_job("fails");
    let json: Value = serde_json::from_str(&host.jobctl("fred", &["status", "--json"], 0).stdout).unwrap();
    let states: Vec<&str> = json["jobs"].as_array().unwrap().iter().map(|job| job["state"].as_str().unwrap()).collect();
    assert_eq!(states, ["invalid", "failed", "waiting"]);
    assert_eq!(json["jobs"][1]["last"]["exit_status"], 3);
    assert!(json["jobs"][2]["next"].as_str().unwrap().contains("-02-29T00:00:00"), "{json}");

    let page = host.jobctl("fred", &["status", "tea"], 0).stdout;
    for part in [
        "tea - tea\n  Hot\n",
        "state: waiting\n",
        "last: success, ",
        "file: /var/lib/process-control/tea.yaml",
        "runs: at 00:00, on day 29 of the month, in February, by the host's clock",
        "limits: timeout 1min 30s",
        "tags: kitchen",
        "units: job@tea.timer",
        "no log: you may not read the journal",
    ] {
        assert!(page.contains(part), "{part:?} is not in\n{page}");
    }
    let page = host.jobctl("fred", &["status", "broken"], 0).stdout;
    assert!(page.contains("problem: 2:11: schedule: "), "{page}");
    // the rest that needs no right but to read
    let checked = host.jobctl("fred", &["check", "tea"], 0).stdout;
    assert!(checked.contains("runs by the host's clock: at 00:00"), "{checked}");
    assert!(host.jobctl("fred", &["explain", "tea"], 0).stdout.contains("OnCalendar=*-02-29 00:00:00"));
    assert!(host.jobctl("fred", &["show", "tea"], 0).stdout.contains("## job@tea.timer\n"));
    let unknown = host.jobctl("fred", &["status", "faisl"], 66);
    assert_eq!(unknown.stderr, "jobctl: there is no job faisl; did you mean fails?\n");
    let page = host.jobctl("fred", &["history", "fails", "--no-header"], 0).stdout;
    assert!(page.starts_with("1 ") && page.contains("failure, exit 3"), "{page}");
}

fn last_nights_run_is_found(suite: Suite) {
    let host = host_with(suite, &[("tea", &shell(FAR, "echo cup $(cat /tmp/number); exit $(cat /tmp/number)"))]);
    host.people();
    for number in [7, 0, 5] {
        host.sh(&format!("echo {number} >/tmp/number"));
        host.run_job("tea");
    }
    let shown = |arguments: &[&str]| host.jobctl("olga", &[&["logs", "tea"], arguments].concat(), 0).stdout;
    host.wait_for(SOON, "log", || shown(&[]).contains("cup 5"));
    assert!(!shown(&[]).contains("cup 0"), "the last run alone");
    assert!(shown(&[]).contains("systemd: job@tea.service: Main process exited"), "and what systemd said of it");
    assert!(shown(&["--run", "3"]).contains("cup 7"));
    let json: Value = serde_json::from_str(&host.jobctl("fred", &["history", "tea", "--json"], 0).stdout).unwrap();
    assert_eq!(json["runs"][1]["number"], 2);
    assert_eq!(json["runs"][2]["exit_status"], 7);
    let id = json["runs"][2]["run"].as_str().unwrap();
    assert!(shown(&["--run", &id[..8]]).contains("cup 7"));
    let all = shown(&["--since", "1h"]);
    assert!(["cup 7", "cup 0", "cup 5"].iter().all(|text| all.contains(text)), "{all}");
    assert_eq!(shown(&["--since", "1h", "--lines", "1"]).lines().count(), 1);
    for (arguments, status, words) in [
        (&["logs", "tea", "--run", "9"][..], 66, "no run 9"),
        (&["logs", "tea", "--run", "beef"], 66, "no run beef"),
        (&["logs", "tea", "--since", "then"], 64, "then is no moment"),
        (&["logs", "toa"], 66, "did you mean tea?"),
    ] {
        let refused = host.jobctl("olga", arguments, status);
        assert!(refused.stderr.contains(words), "{refused:?}");
    }
    // a job that is gone has left its history
    host.sh("rm /var/lib/process-control/tea.yaml; systemctl daemon-reload");
    assert!(shown(&["--run", "3"]).contains("cup 7"));
    host.jobctl("fred", &["history", "tea"], 0);
    host.jobctl("fred", &["status", "tea"], 66);
}

fn what_will_run_is_foretold(suite: Suite) {
    let host = host_with(
        suite,
        &[
            ("hourly", "schedule: '0 * * * *'\ncommand: 'true'\n"),
            ("late", "schedule: '0 * * * *'\nrandom_delay: 20min\ncommand: 'true'\n"),
            ("every", "every: 2h\ncommand: 'true'\n"),
            ("hand", "command: 'true'\n"),
            ("paused", "schedule: '0 * * * *'\ncommand: 'true'\n"),
        ],
    );
    host.people();
    host.jobctl("olga", &["pause", "paused", "--until", "3h"], 0);
    let json: Value =
        serde_json::from_str(&host.jobctl("fred", &["next", "--hours", "6", "--json"], 0).stdout).unwrap();
    let starts = |job: &str| {
        let found = json["jobs"].as_array().unwrap().iter().find(|entry| entry["job"] == job);
        found.map(|entry| entry["starts"].as_array().unwrap().clone()).unwrap_or_default()
    };
    assert_eq!(starts("hourly").len(), 6);
    assert!(starts("hourly").iter().all(|at| at.as_str().unwrap().contains(":00:00.000000Z")));
    assert!((2..=3).contains(&starts("every").len()), "{json}");
    assert_eq!(starts("hand"), Vec::<Value>::new());
    assert_eq!(starts("paused").len(), 3);
    // systemd's own word on the delay, and the same for each
    let status: Value = serde_json::from_str(&host.jobctl("fred", &["status", "--json", "late"], 0).stdout).unwrap();
    assert_eq!(starts("late")[0], status["jobs"][0]["next"]);
    let minutes: Vec<String> = starts("late").iter().map(|at| at.as_str().unwrap()[13..].to_owned()).collect();
    assert!(minutes.windows(2).all(|pair| pair[0] == pair[1]), "{minutes:?}");

    let drawn = host.jobctl("fred", &["timeline"], 0).stdout;
    assert!(drawn.lines().any(|line| line.starts_with("hourly") && line.contains('▪')), "{drawn}");
    host.jobctl("fred", &["timeline", "--svg", "/tmp/day.svg"], 0);
    let svg = host.read("/tmp/day.svg");
    assert!(svg.starts_with("<svg ") && svg.ends_with("</svg>\n") && svg.contains("<title>hourly: "), "{svg}");

    host.sh("systemctl stop process-control.target");
    let none = host.jobctl("fred", &["next"], 0);
    assert!(none.stderr.contains("left out, as their timers do not run: every, hourly, late, paused"), "{none:?}");
    let seen = host.jobctl("fred", &["status", "--no-header", "hourly", "hand"], 0).stdout;
    assert!(seen.contains("its timer does not run"), "{seen}");
}

fn units_are_shown_as_loaded(suite: Suite) {
    let host = host_with(suite, &[("tea", &format!("{FAR}command: 'true'\n")), ("hand", "command: 'true'\n")]);
    host.people();
    host.write("/etc/systemd/system/job@tea.service.d/own.conf", "[Service]\nNice=5\n");
    host.sh("systemctl daemon-reload");
    let shown = host.jobctl("fred", &["cat", "tea"], 0).stdout;
    for part in ["# /run/systemd/generator/job@tea.timer", "OnCalendar=*-02-29", "own.conf", "Nice=5"] {
        assert!(shown.contains(part), "{part}: {shown}");
    }
    // the template of timers is not the job's own
    let shown = host.jobctl("fred", &["cat", "hand"], 0).stdout;
    assert!(shown.contains("job@hand.service") && !shown.contains(".timer"), "{shown}");
    let page = host.jobctl("fred", &["status", "tea"], 0).stdout;
    assert!(page.contains("job@tea.service, with /etc/systemd/system/job@tea.service.d/own.conf"), "{page}");
    assert_eq!(host.runs("tea", Outcome::Success).len(), 0);
}

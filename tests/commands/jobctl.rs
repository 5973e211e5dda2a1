//! `jobctl check` and `show`: exit codes, and what goes to which stream.

use super::scene::{Ended, Scene};
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::CommandExt;
use std::process::Stdio;

const CLEAN: &str = "name: A\ncommand: /bin/true\nschedule: 0 1 1 1 *\ntimezone: UTC\n";
const WARNED: &str = "command: /bin/true\n";
const BAD: &str = "name: A\n";

fn scene() -> Scene {
    let scene = Scene::new().configure("output_directory: /tmp\n");
    scene.job("clean", CLEAN)
}

#[test]
fn check_exits_by_what_it_finds() {
    let scene = scene();
    let clean = scene.call("jobctl", &["check", "clean"]).code(0).silent();
    assert!(clean.stdout.ends_with("1 job: 0 errors, 0 warnings\n"), "{clean:?}");
    scene.call("jobctl", &["check", "--strict", "clean"]).code(0);
    let scene = scene.job("warned", WARNED);
    scene.call("jobctl", &["check", "warned"]).code(0);
    scene.call("jobctl", &["check", "--strict", "warned"]).code(1);
    scene.call("jobctl", &["check", "--strict", "clean", "warned"]).code(1);
    let scene = scene.job("bad", BAD);
    for arguments in [&["check"][..], &["check", "bad"], &["check", "--strict", "warned", "bad"]] {
        assert!(scene.call("jobctl", arguments).code(2).silent().stdout.contains("command: missing"));
    }
    // a mistake runs, and is an error all the same
    let scene = scene.job("bad", "name: A\ncommand: /bin/true\ntimeuot: 5\n");
    scene.call("jobctl", &["check", "bad"]).code(2);
    scene.run(&["bad"]).code(0);
}

#[test]
fn check_takes_files_from_anywhere() {
    let scene = scene();
    scene.write("state/new.yaml", BAD);
    scene.call("jobctl", &["check", scene.path("state/new.yaml").to_str().unwrap()]).code(2);
    scene.call("jobctl", &["check", "state/new.yaml"]).code(2);
    assert!(
        scene
            .call("jobctl", &["check", "jobs/clean.yaml"])
            .code(0)
            .stdout
            .contains("clean  runs by the clock of UTC: at 01:00, on day 1 of the month, in January; next ")
    );
}

#[test]
fn check_without_such_a_job() {
    let scene = scene();
    for file in ["nowhere/x.yaml", "/nowhere/x.yaml", "x.yaml", "\u{1b}[2J.yaml"] {
        let said = scene.call("jobctl", &["check", file]).code(2).silent().stdout;
        assert!(!said.contains("\u{1b}[2J"), "{said:?}");
    }
    for name in ["nobody-wrote-this", "\u{1b}[2J"] {
        let said = scene.call("jobctl", &["check", name]).code(66).says("there is no job ");
        assert!(said.stdout.is_empty() && !said.stderr.contains('\u{1b}'), "{said:?}");
    }
    let scene = scene.configure("job_directory: /nowhere\n");
    for arguments in [&["check"][..], &["check", "nobody-wrote-this"]] {
        assert!(scene.call("jobctl", arguments).code(2).silent().stdout.contains("the same key twice"));
    }
}

/// What is wrong with the host itself, one thing after the other.
#[test]
fn check_warns_of_the_host() {
    let host = |scene: &Scene| {
        let ended = scene.call("jobctl", &["check", "--json"]).code(0).silent();
        let report: serde_json::Value = serde_json::from_str(&ended.stdout).unwrap();
        report["host"].as_array().unwrap().iter().map(|it| it["what"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    let scene = scene();
    scene.write("crontab", "");
    let crontab = scene.path("crontab");
    let scene = scene.configure(&format!("output_crontab: {}\n", crontab.display()));
    assert_eq!(host(&scene), [""; 0], "an empty crontab runs nothing");
    let scene = scene.job("at-noon", "name: a\nschedule: 0 12 * * *\ncommand: /bin/true\n");
    let user = process_control::sys::account::name(scene.uid);
    scene.write("crontab", &format!("0 12 * * * {user} run-job --job at-noon\n"));
    let twice = format!("cron starts 1 job by {}, and systemd too while it schedules; ", crontab.display());
    assert!(host(&scene)[0].starts_with(&twice), "{:?}", host(&scene));
    scene.write("crontab", "");
    fs::set_permissions(scene.path("jobs"), PermissionsExt::from_mode(0o777)).unwrap();
    assert!(host(&scene)[0].starts_with("everybody may write to "));
    fs::set_permissions(scene.path("jobs"), PermissionsExt::from_mode(0o755)).unwrap();
    fs::remove_dir(scene.path("run")).unwrap();
    assert!(host(&scene)[0].starts_with("run_directory "));
    fs::create_dir(scene.path("run")).unwrap();
    assert_eq!(
        host(&scene.configure("user: no-such-user\n")),
        ["the service user no-such-user does not exist: no job can run"]
    );
}

#[test]
fn check_writes_json_and_nothing_else() {
    let scene = scene().job("bad", BAD).job("warned", WARNED);
    for (arguments, errors) in
        [(&["check", "--json", "clean"][..], 0), (&["check", "--json", "clean", "bad", "warned"], 1)]
    {
        let ended = scene.call("jobctl", arguments).code(if errors > 0 { 2 } else { 0 }).silent();
        let report: serde_json::Value = serde_json::from_str(&ended.stdout).unwrap();
        assert_eq!(report["errors"], errors);
        let next = report["files"][0]["next"].as_array().unwrap();
        assert_eq!(next.len(), 5);
        assert!(next.iter().all(|at| at.as_str().unwrap().contains("-01-01T01:00:00+00:00")), "{next:?}");
    }
}

/// No colours but on a terminal.
#[test]
fn check_has_plain_text_for_a_pipe() {
    let ended = scene().job("bad", BAD).call("jobctl", &["check"]);
    assert!(!ended.stdout.contains('\u{1b}'), "{ended:?}");
}

#[test]
fn a_reader_that_goes_away_is_no_error() {
    let scene = (0..200).fold(scene(), |scene, number| scene.job(&format!("bad{number}"), BAD));
    let mut child = scene.command("jobctl", &["check"]).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    drop(child.stdout.take());
    Ended::from(child.wait_with_output().unwrap()).code(2).silent();
}

#[test]
fn the_command_line_is_checked() {
    let scene = scene();
    scene.call("jobctl", &["start"]).code(64).says("which jobs?");
    scene.call("jobctl", &["no-such-verb"]).code(64).says("no-such-verb");
    scene.call("jobctl", &["check", "--no-such-flag"]).code(64);
    scene.call("jobctl", &["show"]).code(64);
    assert!(scene.call("jobctl", &["--help"]).code(0).silent().stdout.contains("check"));
    assert!(scene.call("jobctl", &["--version"]).code(0).stdout.starts_with("jobctl "));
}

#[test]
fn show_prints_what_would_be_generated() {
    let scene = scene().job("bad", BAD);
    let clean = scene.call("jobctl", &["show", "clean"]).code(0).silent();
    assert!(clean.stdout.contains("## job@clean.service\n") && clean.stdout.contains("## job@clean.timer\n"));
    let bad = scene.call("jobctl", &["show", "bad"]).code(0).says("command: missing");
    assert!(bad.stdout.contains("its file has an error"));
    scene.call("jobctl", &["show", "nobody-wrote-this"]).code(66).says("there is no job nobody-wrote-this");
    let both = scene.call("jobctl", &["show", "nobody-wrote-this", "clean"]).code(66);
    assert!(both.stdout.contains("job@clean.timer"), "the others are shown all the same");
}

/// All but the complaints of `check` once showed them as healthy.
#[test]
fn jobs_that_nothing_starts_are_shown_as_broken() {
    let scene = scene()
        .job("hen", "name: Hen\nafter_success: egg\ncommand: /bin/true\n")
        .job("egg", "name: Egg\nafter_success: hen\ncommand: /bin/true\n")
        .job("lost", "name: Lost\nafter_success: nobody\ncommand: /bin/true\n")
        .job("alone", "name: Alone\nschedule: 0 3 * * *\nconflicts: nobody\ncommand: /bin/true\n")
        .job("well", "name: Well\nafter_success: clean\ncommand: /bin/true\n");
    let checked = scene.call("jobctl", &["check"]).code(2).stdout;
    for line in [
        "hen    runs by hand alone: the job waits for itself, and so nothing starts it: hen after egg after hen\n",
        "lost   runs by hand alone: there is no such job\n",
        "alone  runs by the host's clock: at 03:00 every day, with an error: conflicts: there is no such job; next ",
        "well   runs after a success of clean\n",
    ] {
        assert!(checked.contains(line), "{line} in\n{checked}");
    }
    let table = scene.call("jobctl", &["status", "--no-header"]).stdout;
    let line = |name: &str| table.lines().find(|line| line.starts_with(name)).unwrap_or_default().to_owned();
    assert!(line("hen").contains(" invalid ") && line("hen").contains("2:16: after_success: the job waits"), "{table}");
    assert!(line("lost").contains(" invalid ") && line("lost").contains("there is no such job"), "{table}");
    // these run by themselves
    assert!(!line("alone").contains("invalid") && !line("well").contains("invalid"), "{table}");
    let page = |name: &str| scene.call("jobctl", &["status", name]).stdout;
    assert!(page("egg").contains("state: invalid") && page("egg").contains("problem: 2:16: after_success: "));
    assert!(page("alone").contains("problem: 3:12: conflicts: there is no such job"), "{}", page("alone"));
    scene.call("jobctl", &["explain", "hen"]).code(64).says("hen: its file has an error: 2:16: after_success: ");
    scene.run(&["hen"]).code(0);
}

#[test]
fn show_takes_patterns() {
    let scene = scene().job("bad", BAD);
    let all = scene.call("jobctl", &["show", "clean", "*"]).code(0).says("command: missing").stdout;
    assert_eq!(all.matches("## job@clean.service\n").count(), 1, "{all}");
    assert!(all.contains("## job@bad.service\n"), "{all}");
    let none = scene.call("jobctl", &["show", "z*", "clea?"]).code(66).says("there is no job z*");
    assert!(none.stdout.contains("## job@clean.timer\n"), "the others are shown all the same");
}

/// What the modes of a job file say of who reads and writes it.
#[test]
fn a_file_that_the_wrong_people_can_read_or_write_is_told() {
    let scene = scene();
    let file = scene.path("jobs/clean.yaml");
    let mode = |mode| fs::set_permissions(&file, fs::Permissions::from_mode(mode)).unwrap();
    mode(0o666);
    let said = scene.call("jobctl", &["check", "clean"]).code(0);
    assert!(said.stdout.contains("everybody may write this file"), "{said:?}");
    if Scene::is_root() {
        mode(0o600);
        std::os::unix::fs::chown(&file, Some(0), Some(0)).unwrap();
        let said = Ended::of(scene.command("jobctl", &["check", "clean"]).uid(0).gid(0)).code(0);
        assert!(said.stdout.contains("may be unable to read this file"), "{said:?}");
    }
}

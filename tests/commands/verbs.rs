//! Verbs that need no systemd: explain, history, logs, and what new and edit refuse.

use super::scene::{Ended, Scene};
use std::process::Stdio;

fn scene() -> Scene {
    Scene::new()
        .job("tea", "name: Tea\ncommand: /bin/echo tea\nschedule: 30 4 * * 1-5\ntimezone: UTC\n")
        .job("fails", "name: Fails\ncommand: /bin/false\n")
}

#[test]
fn explain_tells_words_times_and_settings() {
    let scene = scene();
    let told = |arguments: &[&str]| scene.call("jobctl", &[&["explain"], arguments].concat()).code(0).silent().stdout;
    let five = told(&["*/15 9-17 * * 1-5", "--timezone", "Europe/Berlin", "-n", "2"]);
    assert!(five.starts_with("every 15 minutes from 09:00 to 17:45, Monday to Friday\n"), "{five}");
    assert!(five.contains("  OnCalendar=Mon..Fri *-*-* 09..17:00..45/15:00 Europe/Berlin\n"), "{five}");
    assert_eq!(five.lines().filter(|line| line.contains("  in ")).count(), 2, "{five}");
    // without quotes the shell hands over five words
    assert!(told(&["30", "4", "1", "*", "*"]).starts_with("at 04:30, on day 1 of the month\n"));
    assert!(told(&["Sat *-*-* 04:00"]).starts_with("at 04:00, on Saturday\n"));
    assert!(told(&["90s"]).starts_with("1min 30s after its last start\n"));
    assert!(told(&["tea"]).starts_with("at 04:30, Monday to Friday\n  OnCalendar=Mon..Fri *-*-* 04:30:00 UTC\n"));
    // a clock that is changed
    let spring = told(&["30 2 * * *", "--timezone", "Europe/Berlin"]);
    assert!(
        spring.contains("note: on ") && spring.contains("does not exist in Europe/Berlin: no run then"),
        "{spring}"
    );
}

#[test]
fn explain_points_at_what_is_wrong() {
    let scene = scene();
    for (arguments, words) in [
        (&["0 25 * * *"][..], "the hour is out of range; an hour is 0 to 23\n  0 25 * * *\n    ^^\n"),
        (&["@daily"], "short forms are not read here; write `0 0 * * *`"),
        (&["fortnightly *-*-*"], "this is no weekday; "),
        (&["30min:5"], ""),
        (&["0 1 * * *", "--timezone", "Mars/Olympus_Mons"], "this host has no time zone Mars/Olympus_Mons"),
        (&["0 1 * * *", "--timezone", "../etc"], "--timezone: "),
        (&["\u{1b}[2J"], "[2J"),
        (&[], "SCHEDULE"),
    ] {
        let refused = scene.call("jobctl", &[&["explain"], arguments].concat()).code(64).says(words);
        assert!(!refused.stderr.contains('\u{1b}'), "{refused:?}");
    }
}

#[test]
fn schema_is_one_document_of_each_kind() {
    let scene = scene();
    let schema = |arguments: &[&str]| -> serde_json::Value {
        let told = scene.call("jobctl", &[&["schema"], arguments].concat()).code(0).silent().stdout;
        serde_json::from_str(&told).expect("stdout is one JSON document")
    };
    assert_eq!(schema(&[]), schema(&["job"]));
    assert_eq!(schema(&["job"])["required"], serde_json::json!(["command"]));
    assert!(schema(&["config"])["properties"]["job_directory"].is_object());
    scene.call("jobctl", &["schema", "history"]).code(64).says("[possible values: job, config]");
}

/// Every verb that takes a name.
#[test]
fn a_name_that_is_near_is_offered() {
    let scene = scene();
    for arguments in [
        &["status", "tae"][..],
        &["status", "tae", "--json"],
        &["start", "tae"],
        &["stop", "tae"],
        &["restart", "tae"],
        &["pause", "tae"],
        &["resume", "tae"],
        &["history", "tae"],
        &["logs", "tae"],
        &["next", "tae"],
        &["explain", "tae"],
        &["check", "tae"],
        &["check", "tae", "--json"],
        &["show", "tae"],
        &["skip-next", "tae"],
        &["metrics", "tae"],
        &["timeline", "tae"],
        &["edit", "tae"],
    ] {
        let refused = scene.call("jobctl", arguments).code(66).says("there is no job tae; did you mean tea?\n");
        assert_eq!((refused.stdout.as_str(), refused.stderr.lines().count()), ("", 1), "{arguments:?}");
    }
    let nothing_near = "jobctl: this is no schedule, and there is no job fortnightly\n";
    assert_eq!(scene.call("jobctl", &["explain", "fortnightly"]).code(66).stderr, nothing_near);
    scene.call("jobctl", &["check", "a\u{1b}[2J"]).code(66).says("there is no job a[2J");
    let by_hand = scene.run(&["tae"]).code(78);
    assert!(by_hand.stderr.ends_with("tae.yaml; did you mean tea?\n"), "{by_hand:?}");
    // a file is no name
    let missing = scene.call("jobctl", &["check", "tae.yaml"]).code(2);
    assert!(missing.stdout.contains("there is no such file"), "{missing:?}");
}

/// It once cancelled the whole order.
#[test]
fn a_wrong_name_costs_the_others_nothing() {
    let scene = scene().job("milk", "name: Milk\ncommand: /bin/true\n");
    let wrong = "jobctl: there is no job tae; did you mean tea?\n";
    for arguments in [&["pause", "-y", "tea", "tae", "milk"][..], &["resume", "-y", "tea", "tae", "milk"]] {
        let done = scene.call("jobctl", arguments).code(66);
        assert_eq!((done.stderr.as_str(), done.stdout.lines().count()), (wrong, 2), "{done:?}");
    }
    for arguments in [
        &["check", "tae", "tea"][..],
        &["check", "tea", "--json", "tae"],
        &["show", "tae", "tea"],
        // without systemd they say so too
        &["status", "--no-header", "tae", "tea"],
        &["metrics", "tae", "tea"],
    ] {
        let done = scene.call("jobctl", arguments).says(wrong);
        assert!(done.stdout.contains("tea") && [Some(66), Some(69)].contains(&done.code), "{arguments:?}: {done:?}");
    }
    // a pause whose job is gone is taken back besides
    scene.write("pauses/gone", "");
    let done = scene.call("jobctl", &["resume", "gone", "tae", "tea"]).code(66).says(wrong).stdout;
    assert!(done.contains("gone: there is no such job any more") && done.contains("tea was not paused"), "{done}");
}

#[test]
fn a_table_without_a_terminal_is_as_wide_as_columns_says() {
    let scene = scene().job("milk", "name: Milk\ncommand: 'unclosed\n");
    let widest = |columns: Option<&str>| {
        let mut command = scene.command("jobctl", &["status"]);
        columns.map(|columns| command.env("COLUMNS", columns));
        let shown = Ended::of(&mut command).stdout;
        assert!(shown.contains("milk"), "{shown}");
        shown.lines().map(|line| line.chars().count()).max().unwrap()
    };
    let whole = widest(None);
    assert!(whole > 50, "{whole}");
    assert_eq!(widest(Some("50")), 50);
    assert_eq!((widest(Some("0")), widest(Some("wide"))), (whole, whole), "that is no width");
}

/// It was once an empty table.
#[test]
fn a_tag_that_no_job_has_is_told() {
    let scene = scene().job("milk", "name: Milk\ntag: white\ncommand: /bin/true\n");
    for verb in ["status", "next", "metrics", "timeline", "pause"] {
        let said = scene.call("jobctl", &[verb, "--tag", "nosuch"]).code(66);
        assert_eq!((&*said.stdout, &*said.stderr), ("", "jobctl: no job that is meant has the tag nosuch\n"), "{verb}");
        scene.call("jobctl", &[verb, "tea", "--tag", "white"]).code(66);
    }
    assert!(scene.call("jobctl", &["status", "--tag", "white", "--no-header"]).stdout.starts_with("milk "));
}

/// It once took the pause away, said that it could not be, and left out the others.
#[test]
fn a_job_that_cannot_start_slowly_stays_paused_and_costs_the_others_nothing() {
    let slow = "name: Slow\ncommand: /bin/true\nslow_start_command: /bin/true\nslow_start: {until_successes: 2}\n";
    let scene = scene().job("zslow", slow);
    scene.call("jobctl", &["pause", "-y", "tea", "zslow"]).code(0);
    let done = scene.call("jobctl", &["resume", "-y", "--slow-start", "tea", "zslow"]).code(64);
    assert_eq!(done.stderr, "jobctl: tea: its file has no slow_start: until_successes\n");
    assert_eq!(done.stdout, "zslow starts slowly by its timer\n");
    assert!(scene.path("pauses/tea").exists() && !scene.path("pauses/zslow").exists());
}

#[test]
fn the_past_of_a_job_is_told_without_systemd() {
    let scene = scene();
    scene.run(&["tea"]).code(0);
    scene.run(&["fails"]).code(1);
    let table = scene.call("jobctl", &["history", "fails"]).code(0).silent().stdout;
    assert!(table.starts_with("RUN  START ") && table.contains("failure, exit 1"), "{table}");
    assert_eq!(scene.call("jobctl", &["history", "tea", "--no-header"]).code(0).stdout.lines().count(), 1);
    let json: serde_json::Value =
        serde_json::from_str(&scene.call("jobctl", &["history", "tea", "--json"]).stdout).unwrap();
    assert_eq!((&json["job"], &json["runs"][0]["outcome"]), (&"tea".into(), &"success".into()));
    scene.call("jobctl", &["history", "tae"]).code(66).says("there is no job tae; did you mean tea?");
    let scene = scene.job("new", "name: New\ncommand: /bin/true\n");
    assert_eq!(scene.call("jobctl", &["history", "new"]).code(0).stdout.lines().last(), Some("new has not run yet"));
    // a job that is gone is known by what it did
    std::fs::remove_file(scene.path("jobs/tea.yaml")).unwrap();
    scene.call("jobctl", &["history", "tea"]).code(0);
    scene.call("jobctl", &["status", "tea"]).code(66);
    // a history that is none
    scene.write("state/fails.yaml", "history: 7\n");
    scene.call("jobctl", &["history", "fails"]).code(66).says("the history is none");
}

#[test]
fn new_and_edit_write_nothing_that_is_wrong() {
    let scene = scene();
    let files = || std::fs::read_dir(scene.path("jobs")).unwrap().count();
    scene.call("jobctl", &["new", "tea", "--command", "/bin/true"]).code(73).says("there is a job tea already");
    let bad = scene.call("jobctl", &["new", "bad", "--schedule", "x", "--command", "/bin/true"]).code(2);
    assert!(bad.stdout.contains("the schedule has 1 of five fields"), "{bad:?}");
    scene.call("jobctl", &["new", "a/b", "--command", "/bin/true"]).code(64).says("a job name holds no slash");
    scene
        .call("jobctl", &["new", "two", "--every", "1h", "--at-boot", "--command", "x"])
        .code(64)
        .says("cannot be used with");
    scene.call("jobctl", &["new", "none"]).code(64).says("--command");
    assert_eq!(files(), 2);
    let edit = |editor: &str| Ended::of(scene.command("jobctl", &["edit", "tea"]).env("EDITOR", editor));
    assert_eq!(edit("true").code(0).stdout, "nothing was changed\n");
    edit("false").code(73).says("nothing was saved: false ended with exit status: 1");
    edit("/no/such/editor").code(73).says("nothing was saved: /no/such/editor: ");
    edit("sed -i s/30/99/").code(2).says("what you wrote is kept as ");
    edit("'").code(73);
    scene.call("jobctl", &["edit", "tae"]).code(66).says("did you mean tea?");
    assert!(scene.text("jobs/tea.yaml").contains("30 4"));
}

#[test]
fn a_log_that_nobody_reads_ends() {
    let scene = scene().configure("").job("many", "name: Many\ncommand: seq 1 200000\n");
    let log = scene.path("log");
    let scene = scene.configure(&format!("output_directory: {}\n", log.display()));
    let mut run = scene.command("run-job", &["many"]);
    run.stdout(Stdio::null()).stderr(Stdio::null());
    assert!(run.status().unwrap().success());
    let mut child =
        scene.command("jobctl", &["logs", "many"]).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    drop(child.stdout.take());
    Ended::from(child.wait_with_output().unwrap()).code(0);
}

/// An editor that leaves the template as it was has not made it right.
#[test]
fn an_untouched_draft_of_a_new_job_is_checked_too() {
    let scene = scene();
    let new = |arguments: &[&str]| {
        Ended::of(scene.command("jobctl", &[&["new", "--edit"], arguments].concat()).env("EDITOR", "true"))
    };
    new(&["bare"]).code(2).says("nothing was saved");
    new(&["quoted", "--command", "x \"y"]).code(2).says("nothing was saved");
    assert_eq!(std::fs::read_dir(scene.path("jobs")).unwrap().count(), 2);
    new(&["good", "--command", "/bin/true"]);
    assert!(scene.text("jobs/good.yaml").contains("/bin/true"));
}

#[test]
fn a_pause_that_outlives_its_job_is_said_and_can_be_taken_back() {
    let scene = scene();
    scene.write("pauses/gone", "the disk\n");
    let made = scene.call("jobctl", &["new", "gone", "--command", "/bin/true"]);
    assert!(made.stderr.contains("gone is paused by ") && made.stderr.contains(": the disk; "), "{made:?}");
    std::fs::remove_file(scene.path("jobs/gone.yaml")).unwrap();
    let resumed = scene.call("jobctl", &["resume", "gone"]).code(0);
    assert_eq!(resumed.stdout, "gone: there is no such job any more, and its pause is taken back\n");
    assert!(!scene.path("pauses/gone").exists());
    scene.call("jobctl", &["resume", "gone"]).code(66);
}

#[test]
fn prune_removes_what_is_gone_and_nothing_else() {
    let scene = scene();
    let log = scene.path("log");
    let scene = scene.configure(&format!("output_directory: {}\n", log.display()));
    scene.run(&["tea"]).code(0);
    let scene = scene.job("old", "name: Old\ncommand: /bin/true\n");
    scene.run(&["old"]).code(0);
    scene.write("pauses/old", "why\n");
    scene.write("state/old.paused", "why\n");
    std::os::unix::fs::chown(scene.path("state/old.paused"), Some(scene.uid), None).unwrap();
    scene.write("pauses/.all", "");
    let files = |name: &str| {
        let files = ["state", "run", "pauses", "log"].map(|folder| std::fs::read_dir(scene.path(folder)).unwrap());
        let names = files.into_iter().flatten().map(|entry| entry.unwrap().file_name().into_string().unwrap());
        names.filter(|file| file.trim_start_matches('.').split('.').next() == Some(name)).count()
    };
    let prune = |arguments: &[&str]| scene.call("jobctl", &[&["prune"], arguments].concat());
    assert_eq!(prune(&[]).code(0).stdout, "no job that is gone has left anything\n");
    std::fs::remove_file(scene.path("jobs/old.yaml")).unwrap();
    let before = (files("old"), files("tea"));
    assert_eq!(before, (6, 4));
    let listed = prune(&["--dry-run"]).code(0).silent().stdout;
    assert_eq!((listed.lines().next(), listed.lines().count()), (Some("old"), 7), "{listed}");
    // what others have in the same folders
    std::fs::create_dir_all(scene.path("log/apt")).unwrap();
    for file in ["log/apt/history.log", "log/syslog", "log/old/notes.txt", "state/notes.txt", "pauses/other"] {
        scene.write(file, "mine\n");
    }
    std::os::unix::fs::symlink("/etc", scene.path("log/linked")).unwrap();
    let foreign = || {
        ["log/apt/history.log", "log/syslog", "log/old/notes.txt", "state/notes.txt", "pauses/other"]
            .iter()
            .all(|file| scene.path(file).exists())
    };
    prune(&[]).code(64).says("nothing was done");
    assert_eq!((files("old"), files("tea")), before);
    prune(&["--yes"]).code(0).silent();
    assert_eq!((files("old"), files("tea")), (1, 4), "its folder holds somebody's notes");
    assert!(foreign());
    assert!(scene.path("pauses/.all").exists());
    // a folder that is not mounted looks as if all were gone
    for job in ["tea", "fails"] {
        std::fs::remove_file(scene.path(&format!("jobs/{job}.yaml"))).unwrap();
    }
    prune(&["--yes"]).code(66).says("is its file system mounted?");
    assert_eq!(files("tea"), 4);
}

#[test]
fn a_job_that_runs_is_not_pruned() {
    let scene = Scene::new().job("other", "name: Other\ncommand: /bin/true\n").waiting_job("slow", "");
    let mut run = scene.start(&["slow"]);
    std::fs::remove_file(scene.path("jobs/slow.yaml")).unwrap();
    scene.call("jobctl", &["prune", "--yes"]).code(0);
    assert!(scene.path("run/slow.lock").exists() && scene.path("state/slow.yaml").exists());
    scene.write("state/end", "");
    run.wait().unwrap();
}

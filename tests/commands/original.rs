//! What the original's scripts call: listings, `--kill-job`, the Icinga check.

use super::scene::{Ended, Scene};

fn scene() -> Scene {
    Scene::new()
        .job("multi", "name: Multi job\ncommand: /bin/true\ntag: [database, queue]\n")
        .job("fails", "name: Fails\ncommand: /bin/false\ndescription: |\n  It always\n  fails.\n")
        .job("broken", "name: [\n")
        .waiting_job("blast", "")
}

#[test]
fn listings_have_the_originals_form() {
    let scene = scene();
    scene.run(&["multi"]).code(0);
    scene.run(&["fails"]).code(1);
    let first = scene.start(&["blast"]);
    assert_eq!(scene.run(&["--list-jobs"]).code(0).silent().stdout, "blast\nbroken\nfails\nmulti\n");
    assert_eq!(scene.run(&["-l", "-r"]).code(0).stdout, "blast\n");
    let pid = first.id();
    let expected = format!(
        "blast - Waiting job    {{pid: {pid}, status: running}}\n    last status: unknown\nbroken ***Invalid configuration***\n\
         fails - Fails\n    It always\n    fails.\n    last status: failure\n\
         multi - Multi job\n    tags: database, queue\n    last status: success\n"
    );
    assert_eq!(scene.run(&["-s"]).code(0).stdout, expected);
    assert!(!scene.run(&["-s", "-r"]).stdout.contains("broken"));
    scene.write("state/end", "");
    assert_eq!(Ended::from(first.wait_with_output().unwrap()).code, Some(0));
    assert_eq!(scene.run(&["-l", "-r"]).code(0).stdout, "");
}

#[test]
fn a_job_is_killed_by_its_process() {
    let scene = scene();
    let none = scene.run(&["-k", "multi"]).code(0);
    assert_eq!(none.stdout, "No running process found for job multi.\n");
    let first = scene.start(&["blast"]);
    let killed = scene.run(&["--kill-job", "blast"]).code(0);
    assert_eq!(killed.stdout, format!("Killing process ID {} of job blast.\n", first.id()));
    assert_eq!(Ended::from(first.wait_with_output().unwrap()).signal, Some(15));
    assert_eq!(scene.outcomes("blast"), ["stopped"]);
}

/// Every job can write the lock file; root must not be led to end another process by it.
#[test]
fn what_stands_in_a_lock_file_is_not_believed() {
    let scene = scene();
    scene.write("run/multi.lock", "1 x\n");
    assert_eq!(scene.run(&["-k", "multi"]).code(0).stdout, "No running process found for job multi.\n");
    let first = scene.start(&["blast"]);
    scene.write("run/blast.lock", "1 x\n");
    assert_eq!(
        scene.run(&["-k", "blast"]).code(0).stdout,
        format!("Killing process ID {} of job blast.\n", first.id())
    );
    first.wait_with_output().unwrap();
}

#[test]
fn actions_exclude_each_other() {
    let scene = scene();
    for arguments in [&["-l", "-s"][..], &["-j", "multi", "-l"], &["-k", "multi", "-s"], &["-w", "-l"]] {
        scene.run(arguments).code(2);
    }
}

#[test]
fn icinga_hears_of_failures() {
    let scene = scene();
    assert_eq!(scene.call("check-jobs-icinga", &[]).code(2).stdout, "INVALID JOBS: broken\n");
    std::fs::remove_file(scene.path("jobs/broken.yaml")).unwrap();
    assert_eq!(scene.call("check-jobs-icinga", &[]).code(0).stdout, "JOBS OK\n");
    scene.run(&["multi"]).code(0);
    scene.run(&["fails"]).code(1);
    assert_eq!(scene.call("check-jobs-icinga", &[]).code(2).stdout, "FAILING JOBS: fails\n");
    let scene = scene.configure("user: [\n");
    let unknown = scene.call("check-jobs-icinga", &[]).code(3).says("check-jobs-icinga: ");
    let why = unknown.stdout.strip_prefix("JOBS UNKNOWN: ").unwrap();
    assert!(why.contains("process-control.yaml:") && why.lines().count() == 1, "{why}");
}

#[test]
fn status_tells_what_files_tell_without_a_bus() {
    let scene = scene();
    scene.run(&["fails"]).code(1);
    let said = scene.call("jobctl", &["status", "--no-header"]).code(69).says("systemd does not answer");
    let states: Vec<&str> = said.stdout.lines().map(|line| line.split_whitespace().nth(1).unwrap()).collect();
    assert_eq!(states, ["manual", "invalid", "failed", "manual"]);
    let some = scene.call("jobctl", &["status", "--json", "f*"]).code(69);
    let json: serde_json::Value = serde_json::from_str(&some.stdout).unwrap();
    assert_eq!(json["jobs"][0]["last"]["exit_status"], 1);
    assert_eq!(json["jobs"].as_array().unwrap().len(), 1);
    scene.call("jobctl", &["status", "fials"]).code(66).says("there is no job fials; did you mean fails?");
    scene.call("jobctl", &["start", "multi", "fails"]).code(64).says("nothing was done");
}

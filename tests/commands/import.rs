//! `jobctl import crontab`: exit codes, files, what is left alone.

use crate::scene::{Ended, Scene};
use std::fs;
use std::process::Stdio;

const CRONTAB: &str = "# Makes tea\n0 17 * * * /bin/tea --hot\n@hourly echo a | cat\n";

fn files(scene: &Scene) -> Vec<String> {
    let entries = fs::read_dir(scene.path("jobs")).unwrap();
    let mut names: Vec<String> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[test]
fn a_crontab_becomes_files_that_are_disabled() {
    let scene = Scene::new().job("tea", "name: Tea\ncommand: /bin/true\n");
    scene.write("mine", CRONTAB);
    let dry = scene.call("jobctl", &["import", "crontab", "--dry-run", "mine"]).code(0);
    assert!(dry.stdout.starts_with("## tea-2.yaml\nname: \"tea-2\"\n"), "{dry:?}");
    assert_eq!(files(&scene), ["tea.yaml"]);
    let made = scene.call("jobctl", &["import", "crontab", "mine"]);
    assert!(made.stdout.contains("set disabled to false"), "{made:?}");
    made.says("mine:2: there is a job tea already; this one is tea-2");
    assert_eq!(files(&scene), ["echo.yaml", "tea-2.yaml", "tea.yaml"]);
    assert_eq!(scene.text("jobs/tea.yaml"), "name: Tea\ncommand: /bin/true\n");
    for words in
        ["description: \"Makes tea\"", "schedule: \"0 17 * * *\"", "disabled: true", "command: \"/bin/tea --hot\""]
    {
        assert!(scene.text("jobs/tea-2.yaml").contains(words), "{words}");
    }
    // once is enough
    scene.call("jobctl", &["import", "crontab", "mine"]).code(0).says("mine:2: the job tea-2 does this already");
    assert_eq!(files(&scene).len(), 3);
}

#[test]
fn stdin_is_read_and_jobs_run_at_once_if_asked() {
    let scene = Scene::new();
    scene.write("mine", CRONTAB);
    let mut command = scene.command("jobctl", &["import", "crontab", "-", "--enable"]);
    command.stdin(Stdio::from(fs::File::open(scene.path("mine")).unwrap()));
    let made = Ended::of(&mut command);
    assert!(made.stdout.contains("Take their lines out of the crontab now"), "{made:?}");
    assert!(!scene.text("jobs/tea.yaml").contains("disabled"));
}

#[test]
fn the_exit_status_tells_what_stays_behind() {
    let scene = Scene::new();
    fs::create_dir(scene.path("cron.d")).unwrap();
    scene.write("cron.d/other", "@daily nobody-of-ours /bin/x\n@weekly /bin/y\n");
    let import = |arguments: &[&str]| scene.call("jobctl", &[&["import", "crontab"], arguments].concat());
    import(&["cron.d/other"])
        .code(1)
        .says("cron.d/other:1: nobody-of-ours runs this")
        .says("cron.d/other:2: this is no entry");
    assert!(files(&scene).is_empty());
    let any = import(&["cron.d/other", "--any-user", "-n"]).code(1).says("the job will run as");
    assert!(any.stdout.contains("command: \"/bin/x\""), "{any:?}");
    scene.write("copy", "@daily nobody-of-ours /bin/x\n");
    import(&["copy", "--user-column"]).code(1).says("copy:1: nobody-of-ours runs this");
    scene.write("empty", "# nothing\n");
    import(&["empty"]).code(0).says("no job is made");
    import(&["nowhere"]).code(66).says("nowhere: No such file");
    import(&["--user", "no-such-user"]).code(if Scene::is_root() { 66 } else { 77 });
    import(&["--user", "../x"]).code(64).says("no name of a user");
    import(&[]).code(64);
    import(&["--system", "copy"]).code(64);
    scene.call("jobctl", &["import", "anacrontab", "copy"]).code(64);
}

#[test]
fn files_for_another_host_go_elsewhere() {
    let scene = Scene::new().job("tea", "name: Tea\ncommand: /bin/tea --hot\nschedule: 0 17 * * *\n");
    scene.write("mine", CRONTAB);
    let there = scene.path("log").display().to_string();
    let import = |to: &str| scene.call("jobctl", &["import", "crontab", "mine", "--enable", "--to", to]);
    let made = import(&there).code(0);
    assert!(made.stdout.contains(&format!("saved as {there}/tea.yaml\n")), "{made:?}");
    assert!(
        made.stdout.ends_with("then put them into the job directory\n") && !made.stdout.contains("run at their times")
    );
    assert_eq!(files(&scene), ["tea.yaml"]);
    assert!(scene.text("log/echo.yaml").contains("command: \"/bin/sh -c 'echo a | cat'\""));
    scene.call("jobctl", &["check", "log/tea.yaml", "log/echo.yaml"]).code(0);
    // once is enough there too
    import(&there).code(0).says("mine:2: the job tea does this already").says("no job is made");
    import("/nowhere").code(66).says("/nowhere: ");
    scene.call("jobctl", &["import", "process-control", "--to", &there]).code(64);
}

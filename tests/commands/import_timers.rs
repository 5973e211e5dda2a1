//! `jobctl import systemd-timers`: exit codes, files, what is left alone.

use crate::scene::Scene;
use std::fs;
use std::os::unix::fs::symlink;

const TIMER: &str = "[Timer]\nOnCalendar=17:00\nPersistent=yes\n";

fn service(scene: &Scene, more: &str) -> String {
    format!("[Service]\nUser={}\nExecStart=/bin/tea --hot '%N'\n{more}", scene.uid)
}

#[test]
fn a_timer_becomes_a_file_that_is_disabled() {
    let scene = Scene::new().job("tea", "name: Tea\ncommand: /bin/true\n");
    fs::create_dir_all(scene.path("units/tea.service.d")).unwrap();
    scene.write("units/tea.timer", TIMER);
    scene.write("units/tea.service", &service(&scene, ""));
    scene.write("units/tea.service.d/nice.conf", "[Service]\nNice=7\n");
    let import = |arguments: &[&str]| scene.call("jobctl", &[&["import", "systemd-timers"], arguments].concat());
    let dry = import(&["units/tea.timer", "--dry-run"]).code(0);
    assert!(dry.stdout.starts_with("## tea-2.yaml\nname: \"tea-2\"\n"), "{dry:?}");
    let made = import(&["units/tea.timer"]).says("units/tea.timer: there is a job tea already; this one is tea-2");
    assert!(made.stdout.contains("systemctl disable --now; then set disabled to false"), "{made:?}");
    assert_eq!(scene.text("jobs/tea.yaml"), "name: Tea\ncommand: /bin/true\n");
    let text = scene.text("jobs/tea-2.yaml");
    for line in
        ["calendar: \"17:00\"", "catch_up: \"latest\"", "disabled: true", "command: \"/bin/tea --hot tea\"", "nice: 7"]
    {
        assert!(text.contains(&format!("{line}\n")), "{line}: {text}");
    }
    scene.call("jobctl", &["check", "tea-2"]).code(0);
    // once is enough
    import(&["units/tea.timer"]).code(0).says("units/tea.timer: the job tea-2 does this already");
    assert_eq!(fs::read_dir(scene.path("jobs")).unwrap().count(), 2);
}

#[test]
fn a_template_stands_for_its_instances() {
    let scene = Scene::new();
    fs::create_dir_all(scene.path("units/timers.target.wants")).unwrap();
    fs::create_dir_all(scene.path("units/service.d")).unwrap();
    scene.write("units/tea@.timer", TIMER);
    scene.write("units/tea@.service", &service(&scene, "Restart=always\n"));
    scene.write("units/service.d/nice.conf", "[Service]\nNice=7\n");
    let import = |file: &str| scene.call("jobctl", &["import", "systemd-timers", file]);
    import("units/tea@.timer")
        .code(1)
        .says("units/tea@.timer: no instance of this template is enabled, started or a file of its own")
        .says("no job is made");
    for name in ["tea@green.timer", "tea@black.timer"] {
        symlink("../tea@.timer", scene.path("units/timers.target.wants").join(name)).unwrap();
    }
    import("units/tea@.timer").code(1).says("units/tea@.service:4: tea@green.timer: Restart=: not carried");
    for name in ["black", "green"] {
        let text = scene.text(&format!("jobs/tea-{name}.yaml"));
        assert!(text.contains(&format!("command: \"/bin/tea --hot tea@{name}\"\n")), "{text}");
        assert!(text.contains("nice: 7\n"), "{text}");
    }
    // one that nothing names yet
    import("units/tea@mint.timer").code(1).says("units/tea@.service:4: Restart=: not carried");
    assert!(scene.text("jobs/tea-mint.yaml").contains("--hot tea@mint"));
    import("units/coffee@mint.timer").code(66);
}

/// With a configuration that has a default, which systemd does not have.
#[test]
fn a_default_timeout_is_told() {
    let scene = Scene::new().configure("default_job_config: {timeout: 30}\n");
    scene.write("a.timer", TIMER);
    scene.write("a.service", &service(&scene, "Type=oneshot\n"));
    let dry = scene.call("jobctl", &["import", "systemd-timers", "a.timer", "--dry-run"]).code(0);
    assert!(dry.stderr.contains("a.service: without TimeoutStartSec= systemd lets it run"), "{dry:?}");
    assert!(dry.stderr.contains("here the configuration's default timeout ends a run after 30min"), "{dry:?}");
    scene.write("a.service", &service(&scene, "Type=oneshot\nTimeoutStartSec=5\n"));
    let dry = scene.call("jobctl", &["import", "systemd-timers", "a.timer", "--dry-run"]).code(0);
    assert_eq!(dry.stderr, "", "{dry:?}");
}

#[test]
fn the_exit_status_tells_what_stays_behind() {
    let scene = Scene::new();
    scene.write("a.timer", TIMER);
    scene.write("b.timer", TIMER);
    scene.write("b.service", &service(&scene, "Restart=always\n"));
    scene.write("c.timer", TIMER);
    scene.write("c.service", "[Service]\nExecStart=/bin/c\n");
    let import = |arguments: &[&str]| scene.call("jobctl", &[&["import", "systemd-timers"], arguments].concat());
    import(&["a.timer"]).code(1).says("a.timer: there is no file of a.service").says("no job is made");
    let carried = import(&["b.timer", "-n"]).code(1).says("b.service:4: Restart=: not carried; write retries");
    assert!(carried.stdout.contains("command: \"/bin/tea --hot b\""), "{carried:?}");
    import(&["c.timer", "-n"]).code(1).says("c.service: root runs this");
    import(&["c.timer", "-n", "--any-user"]).code(0).says("the job will run as");
    import(&["nowhere.timer"]).code(66).says("nowhere.timer: ");
    import(&["a.service"]).code(64).says("ends in .timer");
    import(&["-"]).code(64);
    import(&["--user", "olga"]).code(64).says("about crontabs");
    import(&["a.timer", "--user-column"]).code(64);
    import(&[]).code(64);
}

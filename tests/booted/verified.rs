//! systemd itself finds nothing to say about our units.

use crate::hosts::{Host, Suite};
use crate::jobs::{host_with, on_both_suites};

on_both_suites!(systemd_verifies_every_unit, systemd_verifies_every_example);

fn systemd_verifies_every_unit(suite: Suite) {
    let rich = "description: 100% of $HOME; \"quoted\" \\ it's\nschedule: '*/5 2-4 1,15 * mon'\ntimezone: Europe/Berlin\n\
        random_delay: 5min\ncatch_up: latest\ntimeout: 2h\nkill_grace: 1min\nmemory_max: 1G\ncpu_quota: 150%\n\
        tasks_max: 10\nretries: 2\nretry_backoff: 1h\nnice: 3\nio_class: idle\numask: '0077'\nworking_directory: /srv\nsuccess_exit_codes: [1, 75]\n\
        slow_start_command: sleep 1\ncommand: ['true', 'false']\n";
    let jobs = [
        ("rich", rich),
        ("Käse & Brot; 100% @home", rich),
        ("-dash", "every: 1h 30min\ncommand: 'true'\n"),
        ("boot", "at_boot: true\ncommand: 'true'\n"),
        ("manual", "command: 'true'\n"),
        ("disabled", "schedule: '@daily'\ncommand: 'true'\n"),
        ("calendar", "calendar: 'Mon..Fri *-*-1..7 18:00:00 America/New_York'\ncommand: 'true'\n"),
        ("sundays", "schedule: '0 0 * * 0,7'\ncommand: 'true'\n"),
        ("broken", "schedule: at noon\ncommand: 'true'\n"),
        ("unclosed", "command: 'true\n"),
    ];
    let host = host_with(suite, &jobs);
    verify(&host);

    // and it finds a fault where there is one
    host.write("/run/systemd/system/faulty.service", "[Service]\nType=exec\nExecStart=/bin/true\nNoSuchKey=1\n");
    let verified = host.run(&["systemd-analyze", "verify", "--man=no", "/run/systemd/system/faulty.service"]);
    assert_ne!(verified.stderr, "");
}

/// As who installed a package finds them.
fn systemd_verifies_every_example(suite: Suite) {
    let host = Host::boot(suite);
    host.sh("cd /usr/share/doc/process-control/examples
        cp jobs/*.yaml /var/lib/process-control; cp process-control.yaml /etc; systemctl daemon-reload");
    let count = host.sh("ls /var/lib/process-control | wc -l");
    // their programs are not here, and that is a warning
    let checked = host.run(&["jobctl", "check"]).stdout;
    assert!(checked.contains(&format!("{} jobs: 0 errors, ", count.trim_end())), "{checked}");
    verify(&host);
}

fn verify(host: &Host) {
    // drop-ins are judged with the unit that they are for
    let units = host.sh("cd /run/systemd/generator; ls -d $PWD/job* $PWD/process-control*.path | grep -v '[.]d$'
        ls /usr/lib/systemd/system/process-control* | grep -v @");
    let units: Vec<_> = units.lines().collect();
    assert!(units.len() > 20, "{units:?}");
    let verified = host.run(&[&["systemd-analyze", "verify", "--man=no"], &units[..]].concat());
    assert_eq!((verified.status, verified.stderr.as_str()), (0, ""), "{:?}", host.suite);
}

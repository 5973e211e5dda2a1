//! A host boots with our programs installed, and nothing about it is broken.

use crate::hosts::{Host, Suite, hosts_or_skip};

#[test]
fn bookworm_boots_with_the_programs_in_place() {
    boots_with_the_programs_in_place(Suite::Bookworm);
}

#[test]
fn trixie_boots_with_the_programs_in_place() {
    boots_with_the_programs_in_place(Suite::Trixie);
}

fn boots_with_the_programs_in_place(suite: Suite) {
    if !hosts_or_skip() {
        return;
    }
    let host = Host::boot(suite);
    assert_eq!(host.run(&["systemctl", "is-system-running"]).stdout, "running\n", "{}", host.sh("systemctl --failed"));
    let version = host.sh("systemctl --version");
    assert!(version.starts_with(&format!("systemd {} ", suite.systemd())), "{version}");
    for program in
        ["/usr/lib/systemd/system-generators/process-control-generator", "/usr/bin/run-job", "/usr/bin/jobctl"]
    {
        host.sh(&format!("test -x {program}"));
    }
    assert_eq!(host.sh("systemctl is-active process-control.target"), "active\n");
    assert_eq!(host.sh("systemctl is-enabled process-control.target"), "enabled\n");
}

#[test]
fn folders_belong_to_those_who_write_them() {
    if !hosts_or_skip() {
        return;
    }
    assert_folders(&Host::boot(Suite::Bookworm));
}

/// Every folder with its mode and owners.
pub(crate) fn assert_folders(host: &Host) {
    let folders =
        host.sh("stat -c '%a %U %G %n' /var/lib/process-control* /var/lib/process-control-notices/* /run/process-control /var/log/process-control");
    assert_eq!(
        folders.lines().collect::<Vec<_>>(),
        [
            "2775 root process-control-authors /var/lib/process-control",
            "755 root root /var/lib/process-control-notices",
            "2775 root process-control-operators /var/lib/process-control-pauses",
            "755 process-control process-control /var/lib/process-control-state",
            "755 process-control process-control /var/lib/process-control-notices/commands",
            "755 process-control-notify process-control-notify /var/lib/process-control-notices/later",
            "2775 process-control process-control-notify /var/lib/process-control-notices/post",
            "750 process-control process-control /var/lib/process-control-notices/told",
            "755 process-control process-control /run/process-control",
            "2750 process-control process-control-operators /var/log/process-control",
        ]
    );
}

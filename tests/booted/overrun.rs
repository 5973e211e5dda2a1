//! A run that takes past its next slot costs that slot, and no later one.

use crate::hosts::{Host, Suite, hosts_or_skip};
use std::time::Duration;

#[test]
fn bookworm_goes_on_after_a_run_that_took_too_long() {
    goes_on_after_a_run_that_took_too_long(Suite::Bookworm);
}

#[test]
fn trixie_goes_on_after_a_run_that_took_too_long() {
    goes_on_after_a_run_that_took_too_long(Suite::Trixie);
}

/// Without a reload in between systemd gives all later starts the stamp of the long run.
fn goes_on_after_a_run_that_took_too_long(suite: Suite) {
    if !hosts_or_skip() {
        return;
    }
    let host = Host::boot(suite);
    for (name, timing) in [("slots", "calendar: '*:*:0/3'"), ("spans", "every: 3s")] {
        // its folder is the home, where the first run leaves a file
        let command = format!("sh -c 'test -e {name}.once || {{ touch {name}.once; sleep 7; }}'");
        let job = format!("name: {name}\n{timing}\ncommand: {command}\n");
        host.write(&format!("/var/lib/process-control/{name}.yaml"), &job);
    }
    host.sh("systemctl daemon-reload");
    for name in ["slots", "spans"] {
        let count = |words: &str| {
            let history = host.run(&["cat", &format!("/var/lib/process-control-state/{name}.yaml")]).stdout;
            history.lines().filter(|line| line.contains(words)).count()
        };
        host.wait_for(Duration::from_secs(60), &format!("second success of {name}"), || count("outcome: success") > 1);
        assert_eq!(count("came during the previous run"), 1, "{name}");
    }
}

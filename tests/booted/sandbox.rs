//! What a run cannot reach when its file says so.

use crate::hosts::Suite;
use crate::jobs::{FAR, host_with, on_both_suites, shell};
use process_control::history::Outcome;

on_both_suites!(a_run_reaches_only_what_it_may);

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
    assert!(by_hand.stderr.contains("tidy: by hand nothing is kept from it"), "{by_hand:?}");
}

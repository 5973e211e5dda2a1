//! A terminal: colours, its width, and questions that somebody answers.

use crate::hosts::{Host, Suite, hosts_or_skip};
use crate::jobs::{FAR, SOON, host_with, shell};
use process_control::history::Outcome;
use std::process::Command;
use std::thread::sleep;
use std::time::{Duration, Instant};

/// A tmux of its own, with one pane in which a command runs on a host.
struct Pane {
    socket: String,
}

impl Pane {
    fn open(host: &Host, columns: u32, command: &str) -> Pane {
        let pane = Pane { socket: format!("process-control-{}-{columns}", std::process::id()) };
        // the pane outlives its command, so that there is time to look at it
        let command = format!("{}; echo \"[ended $?]\"; sleep 100", host.shell(command));
        let columns = columns.to_string();
        pane.tmux(&["-f", "/dev/null", "new-session", "-d", "-x", &columns, "-y", "40", &command]);
        pane
    }

    fn tmux(&self, arguments: &[&str]) -> String {
        let done = Command::new("tmux").env("LC_ALL", "C.UTF-8").args(["-L", &self.socket]).args(arguments).output();
        let done = done.expect("tmux (see packaging/setup-tests.sh)");
        assert!(done.status.success(), "tmux {arguments:?}: {}", String::from_utf8_lossy(&done.stderr));
        String::from_utf8(done.stdout).unwrap()
    }

    /// What stands there, with its colours, once the text is there.
    fn shows(&self, text: &str) -> String {
        let end = Instant::now() + SOON;
        loop {
            let seen = self.tmux(&["capture-pane", "-p", "-e"]);
            if seen.contains(text) {
                return seen;
            }
            assert!(Instant::now() < end, "no {text:?} in\n{seen}");
            sleep(Duration::from_millis(50));
        }
    }
}

impl Drop for Pane {
    fn drop(&mut self) {
        let _ = Command::new("tmux").args(["-L", &self.socket, "kill-server"]).output();
    }
}

fn plain(text: &str) -> String {
    anstream::adapter::strip_str(text).to_string()
}

#[test]
fn colours_and_width_are_those_of_the_terminal() {
    if !hosts_or_skip() {
        return;
    }
    let host = host_with(
        Suite::Bookworm,
        &[
            (
                "a-job-with-quite-a-long-name-for-a-narrow-terminal",
                &format!("tag: [one, two, three]\n{FAR}command: 'true'\n"),
            ),
            ("fails", &shell(FAR, "printf \"\\\\033]0;title\\\\007\\\\033[31mred\\\\n\"; exit 3")),
        ],
    );
    host.people();
    host.run_job("fails");
    // wide enough for the name whatever the ages beside it say
    for columns in [80, 160] {
        let seen = Pane::open(&host, columns, "runuser -u fred -- jobctl").shows("[ended 0]");
        let bold_red = ["\u{1b}[1m\u{1b}[31mfailed", "\u{1b}[1;31mfailed"].iter().any(|code| seen.contains(code));
        assert!(bold_red, "{seen:?}");
        let text = plain(&seen);
        let widest = text.lines().map(|line| line.trim_end().chars().count()).max().unwrap();
        assert!(widest <= usize::try_from(columns).unwrap(), "{text}");
        assert_eq!(text.contains("a-job-with-quite-a-long-name-for-a-narrow-terminal"), columns == 160, "{text}");
    }
    let seen = Pane::open(&host, 81, "runuser -u fred -- env NO_COLOR=1 jobctl").shows("[ended 0]");
    assert!(!["[31m", ";31m"].iter().any(|code| seen.contains(code)), "{seen:?}");
    // what a job says cannot colour, or worse
    let seen = Pane::open(&host, 82, "runuser -u olga -- jobctl logs fails").shows("[ended 0]");
    assert!(plain(&seen).contains("  red\n") && !seen.contains("title"), "{seen:?}");
}

#[test]
fn more_than_one_job_is_asked_about() {
    if !hosts_or_skip() {
        return;
    }
    let host = host_with(Suite::Trixie, &[("a", "command: 'true'\n"), ("b", "command: 'true'\n")]);
    host.people();
    let pane = Pane::open(&host, 90, "runuser -u olga -- jobctl start a b");
    pane.shows("start 2 jobs (a, b)? [y/N]");
    pane.tmux(&["send-keys", "n", "Enter"]);
    assert!(plain(&pane.shows("[ended 64]")).contains("nothing was done"));
    assert_eq!(host.history("a").runs, []);
    let pane = Pane::open(&host, 91, "runuser -u olga -- jobctl start a b");
    pane.shows("[y/N]");
    pane.tmux(&["send-keys", "y", "Enter"]);
    pane.shows("[ended 0]");
    host.wait_for_runs("b", 1, Outcome::Success, SOON);
}

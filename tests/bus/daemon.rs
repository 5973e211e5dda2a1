//! A bus of its own for one test.

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

/// A dbus-daemon that ends with its test.
pub(crate) struct Daemon {
    child: Child,
    /// Where it listens.
    pub(crate) address: String,
}

const CONFIGURATION: &str = r#"<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:path=SOCKET</listen>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow user="*"/>
    <allow own="*"/>
    <allow send_destination="*"/>
    <allow send_type="signal"/>
    <allow receive_sender="*"/>
  </policy>
</busconfig>
"#;

impl Daemon {
    /// Starts one whose socket everybody may use.
    pub(crate) fn start(folder: &Path) -> Daemon {
        let (socket, file) = (folder.join("bus"), folder.join("bus.conf"));
        fs::write(&file, CONFIGURATION.replace("SOCKET", socket.to_str().unwrap())).unwrap();
        let mut child = Command::new("dbus-daemon")
            .arg(format!("--config-file={}", file.display()))
            .args(["--nofork", "--nopidfile", "--print-address=1"])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            // it complains of limits that only root may raise
            .stderr(Stdio::null())
            .spawn()
            .unwrap_or_else(|error| panic!("dbus-daemon (see packaging/setup-tests.sh): {error}"));
        let mut address = String::new();
        // it prints when it listens
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut address).unwrap();
        Daemon { child, address: address.trim().to_owned() }
    }

    /// The bus goes away.
    pub(crate) fn end(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        self.end();
    }
}

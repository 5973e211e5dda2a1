//! The world outside a host, for what is told to it: `outside.py` in the host's own network.

use crate::hosts::{HOST, Host};
use crate::jobs::SOON;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command};
use tempfile::TempDir;

const SCRIPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/booted/outside.py");

/// Servers that end with the test.
pub(crate) struct Outside {
    server: Child,
    folder: TempDir,
}

impl Outside {
    /// Starts them in the network of a host.
    pub(crate) fn of(host: &Host) -> Outside {
        let folder = tempfile::tempdir().unwrap();
        let (certificate, key) = (folder.path().join("cert.pem"), folder.path().join("key.pem"));
        let made = Command::new("openssl")
            .args(["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"])
            .args(["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"])
            .args(["-addext", "basicConstraints=critical,CA:FALSE"])
            .arg("-keyout")
            .arg(&key)
            .arg("-out")
            .arg(&certificate)
            .output()
            .unwrap();
        assert!(made.status.success(), "{made:?}");
        let pid = Command::new(HOST).args(["leader", host.name()]).output().unwrap();
        let pid = String::from_utf8(pid.stdout).unwrap().trim().to_owned();
        let server = Command::new("nsenter")
            .args([&format!("--net=/proc/{pid}/ns/net"), "/usr/bin/python3", SCRIPT])
            .args([folder.path(), &certificate, &key])
            .spawn()
            .unwrap();
        // the image of a host knows no names at all
        host.write("/etc/hosts", "127.0.0.1 localhost\n");
        let outside = Outside { server, folder };
        host.wait_for(SOON, "servers outside", || outside.path("ready").exists());
        outside
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// The certificate of the web server on port 8443, which signs itself.
    pub(crate) fn certificate(&self) -> String {
        fs::read_to_string(self.path("cert.pem")).unwrap()
    }

    /// How the mail server answers from now on.
    pub(crate) fn mail_is(&self, how: &str) {
        fs::write(self.path("smtp"), how).unwrap();
    }

    /// How the web servers answer from now on.
    pub(crate) fn web_is(&self, status: u16) {
        fs::write(self.path("http"), status.to_string()).unwrap();
    }

    /// The mails that came, with their envelope in the first line, and each header on one line.
    pub(crate) fn mails(&self) -> Vec<String> {
        let read = |path: &Path| {
            let text = String::from_utf8_lossy(&fs::read(path).unwrap()).replace("\r\n", "\n");
            let (head, body) = text.split_once("\n\n").unwrap();
            format!("{}\n\n{body}", head.replace("\n ", " "))
        };
        (1..1000)
            .map(|number| self.path(&format!("mails/{number}")))
            .take_while(|path| path.exists())
            .map(|path| read(&path))
            .collect()
    }

    /// The requests that came.
    pub(crate) fn requests(&self) -> Vec<serde_json::Value> {
        let lines = fs::read_to_string(self.path("requests")).unwrap_or_default();
        lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }
}

impl Drop for Outside {
    fn drop(&mut self) {
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}

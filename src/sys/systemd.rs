//! Which systemd the host has, by the name of its library: the generator asks nobody.

use crate::job::retries::Growth;
use std::cell::OnceCell;
use std::path::Path;

/// Where distributions keep it; Debian has a folder more, for each architecture, below the last.
const FOLDERS: [&str; 3] = ["/usr/lib/systemd", "/usr/lib64/systemd", "/lib/systemd"];
const ARCHITECTURES: &str = "/usr/lib";
/// The first with `RestartSteps=`.
const GROWTH_SINCE: u32 = 254;

/// What the host's systemd can do, looked up when it is first asked for.
#[derive(Debug, Default)]
pub struct Systemd(OnceCell<Growth>);

impl Systemd {
    /// Whether it can let the delay before a restart grow. One that is not found is taken for an old one.
    pub fn growth(&self) -> Growth {
        *self.0.get_or_init(|| match version() {
            Some(GROWTH_SINCE..) => Growth::Steps,
            _ => Growth::None,
        })
    }
}

fn version() -> Option<u32> {
    FOLDERS.iter().find_map(|folder| version_in(Path::new(folder))).or_else(|| {
        let all = names(Path::new(ARCHITECTURES));
        let folders = all.iter().filter(|name| name.contains("-linux-gnu"));
        folders.map(|name| Path::new(ARCHITECTURES).join(name).join("systemd")).find_map(|folder| version_in(&folder))
    })
}

fn version_in(folder: &Path) -> Option<u32> {
    names(folder).iter().filter_map(|name| of_library(name)).max()
}

fn names(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    entries.filter_map(|entry| entry.file_name().into_string().ok()).collect()
}

/// `libsystemd-shared-252.so`, or `libsystemd-shared-257.7-1.fc42.so`.
fn of_library(name: &str) -> Option<u32> {
    let rest = name.strip_prefix("libsystemd-shared-")?;
    let digits = rest.split(|c: char| !c.is_ascii_digit()).next()?;
    digits.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::of_library;

    #[test]
    fn a_library_tells_its_version() {
        assert_eq!(of_library("libsystemd-shared-252.so"), Some(252));
        assert_eq!(of_library("libsystemd-shared-257.7-1.fc42.so"), Some(257));
        assert_eq!(of_library("libsystemd-core-257.so"), None);
        assert_eq!(of_library("libsystemd-shared-.so"), None);
    }
}

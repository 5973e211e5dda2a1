//! Secrets that PID 1 has handed to this very service: see `LoadCredential=` in systemd.exec(5).

use crate::compile::MISSING;
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

const MAX_BYTES: u64 = 16 * 1024;

/// Reads a credential, without the line break at its end.
///
/// # Errors
/// Why there is none: the service has none of this name, or it is empty, or no text of one line.
pub fn read(name: &str) -> io::Result<String> {
    let folder = std::env::var_os("CREDENTIALS_DIRECTORY")
        .ok_or_else(|| io::Error::new(io::ErrorKind::NotFound, "this service has no credentials"))?;
    let mut text = String::new();
    File::open(Path::new(&folder).join(name))?.take(MAX_BYTES).read_to_string(&mut text)?;
    let text = text.trim_end_matches(['\n', '\r']);
    if text == MISSING {
        return Err(io::Error::new(io::ErrorKind::NotFound, "systemd has not found it"));
    }
    if text.is_empty() || text.chars().any(char::is_control) {
        return Err(io::Error::new(io::ErrorKind::InvalidData, "it is empty, or no single line"));
    }
    Ok(text.to_owned())
}

//! Key `secrets`: what only the operators know, and to which address it may be sent.

use crate::job::Problem;
use crate::job::hook::{self, Url};
use crate::job::read::Field;
use crate::yaml::Entry;
use std::path::PathBuf;

/// A secret: the value of the header `Authorization:` of what is sent to one place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Secret {
    /// What it is called; systemd's name for the credential too.
    pub name: String,
    /// Every address that begins so gets it, and no other does.
    pub url: Url,
    /// Where it is.
    pub source: Source,
}

/// Where a secret is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// In a file that PID 1 reads.
    File(PathBuf),
    /// In the host's store of credentials; see `LoadCredential=` in systemd.exec(5).
    Credential(String),
}

impl Secret {
    /// Whether it is for this address.
    pub fn is_for(&self, url: &Url) -> bool {
        url.as_str().starts_with(self.url.as_str())
    }
}

const ALLOWED: &str = "url, and file or credential";

pub(super) fn secrets(field: &mut Field) -> Vec<Secret> {
    let Some(entries) = field.node.map() else {
        return field.refuse("this is no mapping", "names, each with url, and file or credential").unwrap_or_default();
    };
    let all = entries.iter().filter_map(|Entry { key, place, value }| {
        let Some(name) = name(&key.text) else {
            let problem = Problem::error(*place, "secrets", "this is no name of a secret").found(&*key.text);
            field.problems.push(problem.allowed("letters, digits, - and _"));
            return None;
        };
        let path = format!("secrets/{name}");
        secret(name, &mut Field { key: &path, node: value, problems: field.problems })
    });
    all.collect()
}

fn secret(name: String, field: &mut Field) -> Option<Secret> {
    let Some(entries) = field.node.map() else { return field.refuse("this is no mapping", ALLOWED) };
    let mut url = None;
    let mut source = None;
    for Entry { key, value, .. } in entries {
        let path = format!("{}/{}", field.key, key.text);
        let inner = &mut Field { key: &path, node: value, problems: field.problems };
        let found = match key.text.as_str() {
            "url" => {
                url = Some(prefix(inner)?);
                continue;
            }
            "file" => Source::File(super::spec::path(inner)?),
            "credential" => Source::Credential(credential(inner)?),
            _ => return field.refuse("an unknown key", ALLOWED),
        };
        if source.replace(found).is_some() {
            return field.refuse("this is both a file and a credential", ALLOWED);
        }
    }
    match (url, source) {
        (Some(url), Some(source)) => Some(Secret { name, url, source }),
        _ => field.refuse("something is missing", ALLOWED),
    }
}

/// With a / at the end, or `https://example.org` would also be the beginning of `https://example.org.evil.net`.
fn prefix(field: &mut Field) -> Option<Url> {
    let url = hook::url(field)?;
    if url.is_open() {
        return field.refuse("a secret could be read on the way", "https://, or http:// to this host");
    }
    if url.as_str().ends_with('/') && !url.as_str().contains('?') {
        Some(url)
    } else {
        field.refuse("this is no place", "an address that ends in /, as in https://example.org/jobs/")
    }
}

fn credential(field: &mut Field) -> Option<String> {
    match name(field.text()?) {
        Some(name) => Some(name),
        None => field.refuse("this is no name of a credential", "letters, digits, - and _"),
    }
}

fn name(text: &str) -> Option<String> {
    let fits =
        (1..=64).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_');
    fits.then(|| text.to_owned())
}

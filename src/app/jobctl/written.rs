//! What a verb makes, as a file that somebody named.

use super::refusal::Refusal;
use crate::app::exit;
use crate::sys::replace::{self, Existing, Lasting};
use std::path::Path;

/// Everybody may look at it.
const MODE: u32 = 0o644;

/// Writes a file at once, in place of the one that may be there.
pub(super) fn written(path: &Path, bytes: &[u8]) -> Result<(), Refusal> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let cannot = |why: String| Refusal::new(exit::NOT_MADE, format!("{}: {why}", path.display()));
    let file = path.file_name().and_then(|file| file.to_str()).ok_or_else(|| cannot("no file name".to_owned()))?;
    let written = replace::write(folder, file, MODE, bytes, Existing::Replaced).and_then(Lasting::surely);
    written.map_err(|error| cannot(error.to_string()))
}

//! The tables of keys, and what the docs tell of each → subsections.

use super::links::Links;
use super::markdown::{Block, Section, Table};
use super::prose::{self, Depth};
use super::roff::{Roff, Text, bold, italic, plain, roman};
use super::table::aligned;
use process_control::job::keys::Key;

/// All keys at a glance.
pub(crate) fn overview(roff: &mut Roff, keys: &[Key]) {
    let row = |key: &Key| vec![vec![bold(key.name)], vec![roman(key.takes)], vec![roman(key.default)]];
    let header = ["key", "takes", "default"].map(|word| vec![roman(word)]).to_vec();
    let lines = aligned(&Table { header, rows: keys.iter().map(row).collect() }).expect("keys are short");
    roff.section("KEYS");
    roff.literal(lines.iter().map(Vec::as_slice), 0);
}

/// Whether a section tells of keys.
pub(crate) fn has_keys(section: &Section, keys: &[Key]) -> bool {
    section.parts.iter().any(|part| key_of(part, keys).is_some())
}

/// A section whose parts may be keys.
pub(crate) fn section(roff: &mut Roff, section: &Section, keys: &[Key]) {
    let title = plain(&section.title);
    roff.section(&title.to_uppercase());
    prose::blocks(roff, &section.blocks, &title);
    for part in &section.parts {
        match key_of(part, keys) {
            Some(key) => {
                roff.subsection(key.name);
                roff.paragraph(&takes(key));
                prose::body(roff, &without_takes(part), Depth::Subsection);
            }
            None => prose::section(roff, part, Depth::Subsection),
        }
    }
}

/// The keys of which the docs tell nothing.
pub(crate) fn others(roff: &mut Roff, docs: &Section, keys: &[Key], links: &Links<'_>) {
    let told = |key: &&Key| docs.parts.iter().flat_map(|it| &it.parts).any(|part| plain(&part.title) == key.name);
    let missing: Vec<&Key> = keys.iter().filter(|key| !told(key)).collect();
    if missing.is_empty() {
        return;
    }
    roff.section("OTHER KEYS");
    for key in missing {
        roff.subsection(key.name);
        roff.paragraph(&takes(key));
        let meaning = super::commands::sentences(&prose::capitalized(key.meaning), links);
        prose::blocks(roff, &meaning, "");
    }
}

fn key_of<'a>(section: &Section, keys: &'a [Key]) -> Option<&'a Key> {
    keys.iter().find(|key| plain(&section.title) == key.name)
}

fn takes(key: &Key) -> Text {
    vec![roman("Takes "), italic(key.takes), roman(". Default: "), italic(key.default), roman(".")]
}

/// The docs begin with the same two lines.
fn without_takes(section: &Section) -> Section {
    let mut section = section.clone();
    if let [Block::List(..), ..] = section.blocks.as_slice() {
        section.blocks.remove(0);
    }
    section
}

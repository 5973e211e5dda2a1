//! Sections and blocks → roff.

use super::markdown::{Block, Section, Table};
use super::roff::{Roff, Text, plain, roman};
use super::table::{WIDTH, aligned};

/// How far examples stand in.
const INDENT: usize = 4;

/// Of a page, how deep a heading is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Depth {
    /// `.SH`
    Section,
    /// `.SS`
    Subsection,
    /// A line of its own.
    Line,
}

impl Depth {
    fn below(self) -> Depth {
        match self {
            Depth::Section => Depth::Subsection,
            Depth::Subsection | Depth::Line => Depth::Line,
        }
    }
}

/// A section with its heading, and all below.
pub(crate) fn section(roff: &mut Roff, section: &Section, depth: Depth) {
    let title = plain(&section.title);
    match depth {
        Depth::Section => roff.section(&title.to_uppercase()),
        Depth::Subsection => roff.subsection(&title),
        Depth::Line => roff.paragraph(&[super::roff::bold(title)]),
    }
    body(roff, section, depth);
}

/// What stands below a heading.
pub(crate) fn body(roff: &mut Roff, section: &Section, depth: Depth) {
    blocks(roff, &section.blocks, &plain(&section.title));
    for part in &section.parts {
        self::section(roff, part, depth.below());
    }
}

/// Blocks below a heading.
pub(crate) fn blocks(roff: &mut Roff, blocks: &[Block], heading: &str) {
    for block in blocks {
        match block {
            Block::Paragraph(text) => roff.paragraph(text),
            Block::List(first, items) => list(roff, *first, items),
            Block::Table(table) if is_of_options(table) => {}
            Block::Table(table) => self::table(roff, table, heading),
            Block::Code(code) => {
                let lines: Vec<Text> = code.lines().map(|line| vec![roman(line)]).collect();
                let is_wide = code.lines().any(|line| line.chars().count() > WIDTH - INDENT);
                roff.literal(lines.iter().map(Vec::as_slice), if is_wide { 0 } else { INDENT });
            }
        }
    }
}

/// What is told already, from the definitions of the commands.
fn is_of_options(table: &Table) -> bool {
    table.header.first().is_some_and(|cell| ["option", "options"].contains(&plain(cell).as_str()))
}

fn list(roff: &mut Roff, first: Option<u64>, items: &[Vec<Block>]) {
    for (number, item) in (first.unwrap_or_default()..).zip(items) {
        let mark = if first.is_some() { format!("{number}.") } else { "*".to_owned() };
        let (text, rest) = head(item);
        roff.item(&mark, text);
        within(roff, rest);
    }
}

/// The text of the first paragraph, and the blocks after it.
pub(crate) fn head(blocks: &[Block]) -> (&[super::roff::Span], &[Block]) {
    match blocks {
        [Block::Paragraph(text), rest @ ..] => (text, rest),
        all => (&[], all),
    }
}

/// What belongs to a tag or an item besides its first paragraph.
pub(crate) fn within(roff: &mut Roff, blocks: &[Block]) {
    if !blocks.is_empty() {
        roff.within();
        self::blocks(roff, blocks, "");
        roff.back();
    }
}

/// A longer cell is a sentence, not a word beside a word.
const WORDS: usize = 45;

/// Words and their meanings become tags with paragraphs, all else aligned columns.
fn table(roff: &mut Roff, table: &Table, heading: &str) {
    let (first, second) = match table.header.as_slice() {
        [first, second] => (plain(first), Some(plain(second))),
        _ => (String::new(), None),
    };
    let is_long = |row: &Vec<Text>| plain(&row[1]).chars().count() > WORDS;
    let explains = second
        .as_ref()
        .is_some_and(|second| second.is_empty() || second == "meaning" || table.rows.iter().any(is_long));
    if let Some(lines) = aligned(table).filter(|_| !explains) {
        return roff.literal(lines.iter().map(Vec::as_slice), 0);
    }
    // `exit status`, with nothing beside it, is what the table is about
    let is_said = heading.to_lowercase().contains(&first);
    if second.is_some_and(|second| second.is_empty()) && !first.is_empty() && !is_said {
        roff.paragraph(&[roman(format!("{}:", capitalized(&first)))]);
    }
    for row in &table.rows {
        let (tag, rest) = row.split_first().expect("a row has cells");
        roff.tag(tag);
        roff.line(&rest.join(&roman("; ")));
    }
}

/// With a capital letter, as a sentence begins.
pub(crate) fn capitalized(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map(|first| first.to_uppercase().chain(chars).collect()).unwrap_or_default()
}

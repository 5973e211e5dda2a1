//! A page of docs/ → sections of blocks, its links made references.

use super::links::{Links, Reference};
use super::roff::{Face, Span, Text, plain, roman};
use pulldown_cmark::{CodeBlockKind, Event, HeadingLevel, Options, Parser, Tag, TagEnd};

/// A heading, and what stands below it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Section {
    pub(crate) title: Text,
    pub(crate) blocks: Vec<Block>,
    /// Those of lower headings.
    pub(crate) parts: Vec<Section>,
}

/// One block of text.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Block {
    Paragraph(Text),
    /// Its items, numbered or not.
    List(Option<u64>, Vec<Vec<Block>>),
    Table(Table),
    /// Lines that stay as they are.
    Code(String),
}

/// A table.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Table {
    pub(crate) header: Vec<Text>,
    pub(crate) rows: Vec<Vec<Text>>,
}

impl Section {
    /// The part with this title.
    pub(crate) fn part(&self, title: &str) -> Option<&Section> {
        self.parts.iter().find(|part| plain(&part.title) == title)
    }
}

/// Reads a page: its first heading, with all that is below.
pub(crate) fn page(markdown: &str, links: &Links<'_>) -> Section {
    let mut flat = Vec::new();
    let mut reader = Reader::new(markdown, links);
    while let Some(level) = reader.up_to_heading(&mut flat) {
        flat.push((level as usize, Section { title: reader.text(TagEnd::Heading(level)), ..Section::default() }));
    }
    // from the end on, each goes below the last one before it that is higher
    let mut page = Section::default();
    while let Some((level, mut section)) = flat.pop() {
        section.parts.reverse();
        match flat.iter_mut().rev().find(|(above, _)| *above < level) {
            Some((_, above)) => above.parts.push(section),
            None => page = section,
        }
    }
    page
}

/// Reads a text without headings, as in the help of an option.
pub(crate) fn blocks(markdown: &str, links: &Links<'_>) -> Vec<Block> {
    Reader::new(markdown, links).blocks(None)
}

struct Reader<'a> {
    events: std::iter::Peekable<Parser<'a>>,
    links: &'a Links<'a>,
}

impl<'a> Reader<'a> {
    fn new(markdown: &'a str, links: &'a Links<'a>) -> Self {
        Reader { events: Parser::new_ext(markdown, Options::ENABLE_TABLES).peekable(), links }
    }

    /// Adds blocks to the last section, up to the next heading.
    fn up_to_heading(&mut self, sections: &mut [(usize, Section)]) -> Option<HeadingLevel> {
        let mut blocks = Vec::new();
        let level = loop {
            match self.events.next() {
                Some(Event::Start(Tag::Heading { level, .. })) => break Some(level),
                Some(Event::Start(tag)) => blocks.extend(self.block(tag)),
                Some(_) => {}
                None => break None,
            }
        };
        if let Some((_, section)) = sections.last_mut() {
            section.blocks = blocks;
        }
        level
    }

    /// The blocks up to the end of what they stand in. An item of a short list holds its text without a paragraph.
    fn blocks(&mut self, end: Option<TagEnd>) -> Vec<Block> {
        let mut blocks = Vec::new();
        let mut loose = Text::new();
        while let Some(event) = self.events.next() {
            match event {
                Event::End(tag) if Some(tag) == end => break,
                Event::Start(
                    tag @ (Tag::Paragraph
                    | Tag::List(_)
                    | Tag::Item
                    | Tag::Table(_)
                    | Tag::CodeBlock(_)
                    | Tag::BlockQuote(_)),
                ) => {
                    blocks.extend(paragraph(&mut loose));
                    blocks.extend(self.block(tag));
                }
                other => self.inline(other, Face::Roman, &mut loose),
            }
        }
        blocks.extend(paragraph(&mut loose));
        blocks
    }

    fn block(&mut self, tag: Tag<'a>) -> Vec<Block> {
        match tag {
            Tag::Paragraph => vec![Block::Paragraph(self.text(TagEnd::Paragraph))],
            Tag::List(first) => {
                let mut items = Vec::new();
                while let Some(Event::Start(Tag::Item)) = self.events.next() {
                    items.push(self.blocks(Some(TagEnd::Item)));
                }
                vec![Block::List(first, items)]
            }
            Tag::Table(_) => vec![Block::Table(self.table())],
            Tag::CodeBlock(CodeBlockKind::Fenced(_) | CodeBlockKind::Indented) => {
                vec![Block::Code(plain(&self.text(TagEnd::CodeBlock)))]
            }
            other => self.blocks(Some(other.to_end())),
        }
    }

    fn table(&mut self) -> Table {
        let mut table = Table::default();
        let mut row = Vec::new();
        while let Some(event) = self.events.next() {
            match event {
                Event::Start(Tag::TableCell) => row.push(self.text(TagEnd::TableCell)),
                Event::End(TagEnd::TableHead) => table.header = std::mem::take(&mut row),
                Event::End(TagEnd::TableRow) => table.rows.push(std::mem::take(&mut row)),
                Event::End(TagEnd::Table) => break,
                _ => {}
            }
        }
        table
    }

    /// Running text up to an end.
    fn text(&mut self, end: TagEnd) -> Text {
        self.faced(end, Face::Roman)
    }

    fn faced(&mut self, end: TagEnd, face: Face) -> Text {
        let mut text = Text::new();
        while let Some(event) = self.events.next() {
            if event == Event::End(end) {
                break;
            }
            self.inline(event, face, &mut text);
        }
        text
    }

    fn inline(&mut self, event: Event<'a>, face: Face, to: &mut Text) {
        match event {
            Event::Text(text) | Event::Html(text) | Event::InlineHtml(text) => {
                to.push(Span { text: text.into(), face });
            }
            Event::Code(text) => {
                // a bold full stop is not seen to be one
                let quote = if text.chars().all(|c| ".,:;".contains(c)) { "\"" } else { "" };
                to.push(Span { text: format!("{quote}{text}{quote}"), face: Face::Bold });
            }
            Event::SoftBreak | Event::HardBreak => to.push(roman(" ")),
            Event::Start(Tag::Strong) => to.extend(self.faced(TagEnd::Strong, Face::Bold)),
            Event::Start(Tag::Emphasis) => to.extend(self.faced(TagEnd::Emphasis, Face::Italic)),
            Event::Start(Tag::Link { dest_url, .. }) => {
                let text = self.faced(TagEnd::Link, face);
                match self.links.reference(&dest_url, &plain(&text)) {
                    Reference::None => to.extend(text),
                    Reference::Instead(page) => to.extend(page),
                    Reference::Beside(page) => {
                        to.extend(text);
                        to.push(roman(" ("));
                        to.extend(page);
                        to.push(roman(")"));
                    }
                }
            }
            _ => {}
        }
    }
}

fn paragraph(loose: &mut Text) -> Option<Block> {
    (!loose.is_empty()).then(|| Block::Paragraph(std::mem::take(loose)))
}

#[cfg(test)]
mod tests {
    use super::super::roff::bold;
    use super::*;

    fn read(markdown: &str) -> Section {
        page(markdown, &Links::of("job.yaml(5)"))
    }

    #[test]
    fn sections_stand_below_one_another() {
        let page = read("# A\n\nx\n\n## B\n\n### C\n\ny\n\n## D\n\nz\n");
        let titles = |parts: &[Section]| parts.iter().map(|part| plain(&part.title)).collect::<Vec<_>>();
        assert_eq!(titles(&page.parts), ["B", "D"]);
        assert_eq!(titles(&page.parts[0].parts), ["C"]);
        assert_eq!(page.blocks, [Block::Paragraph(vec![roman("x")])]);
        assert_eq!(page.part("D").unwrap().blocks, [Block::Paragraph(vec![roman("z")])]);
    }

    #[test]
    fn blocks_of_every_kind() {
        let page =
            read("# A\n\n- x\n- `y`\n\n| a | b |\n| --- | --- |\n| c | |\n\n```text\n.x\n```\n\n1. z\n\n   zz\n");
        let table =
            Table { header: vec![vec![roman("a")], vec![roman("b")]], rows: vec![vec![vec![roman("c")], vec![]]] };
        let paragraph = |span| vec![Block::Paragraph(vec![span])];
        assert_eq!(
            page.blocks,
            [
                Block::List(None, vec![paragraph(roman("x")), paragraph(bold("y"))]),
                Block::Table(table),
                Block::Code(".x\n".to_owned()),
                Block::List(Some(1), vec![[paragraph(roman("z")), paragraph(roman("zz"))].concat()]),
            ]
        );
    }

    #[test]
    fn links_are_references() {
        let text = |markdown: &str| match blocks(markdown, &Links::of("job.yaml(5)")).as_slice() {
            [Block::Paragraph(text)] => plain(text),
            other => panic!("{other:?}"),
        };
        assert_eq!(text("see [jobctl](jobctl.md)."), "see jobctl(1).");
        assert_eq!(text("[the list](run-job.md#x) tells"), "the list (run-job(1)) tells");
        assert_eq!(text("[the gate](schedule.md#the-gate)"), "the gate");
        assert_eq!(text("in [schedule.md](schedule.md)"), "in SCHEDULES");
        assert_eq!(text("[Time](#time)"), "Time");
        assert_eq!(text("see [json.md](json.md)"), "see /usr/share/doc/process-control/json.md");
        assert_eq!(text("the [README](../README.md)"), "the README");
    }
}

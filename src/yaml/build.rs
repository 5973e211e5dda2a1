//! Parser events → tree, within bounds.

use super::{EMPTY, Entry, Node, Scalar, Style, Value, syntax};
use crate::job::{Place, Problem};
use serde_yaml::granit_parser::{self as granit, Event, Marker, Parser, ScalarStyle, Span};
use std::collections::HashMap;

/// The deepest nesting that is read.
pub const MAX_DEPTH: usize = 16;
/// The most values in one file, each use of an alias counted with all that it stands for.
pub const MAX_NODES: usize = 20_000;

/// Builds the tree of the only document in `text`.
pub(super) fn document(text: &str) -> Result<Node, Problem> {
    let options = granit::options! { flow_nesting_limit: MAX_DEPTH + 1, block_nesting_limit: MAX_DEPTH + 1 };
    let events = Parser::new_from_str_with_options(text, options);
    let mut builder = Builder { text, events, anchors: Vec::new(), nodes: 0 };
    let mut root = None;
    while let Some((event, span)) = builder.next()? {
        match event {
            Event::DocumentStart(..) if root.is_some() => {
                return Err(Problem::error(place(span), "", "a second document").allowed("one document in a file"));
            }
            Event::StreamStart | Event::StreamEnd | Event::DocumentStart(..) | Event::DocumentEnd => {}
            event => root = Some(builder.node(event, span, 0)?),
        }
    }
    root.ok_or_else(|| Problem::error(Place::default(), "", EMPTY))
}

struct Builder<'a> {
    text: &'a str,
    events: Parser<'a, granit::StrInput<'a>>,
    /// Values that have an anchor, by the parser's number for it.
    anchors: Vec<(usize, Node)>,
    nodes: usize,
}

impl<'a> Builder<'a> {
    fn next(&mut self) -> Result<Option<(Event<'a>, Span)>, Problem> {
        self.events.next_event().transpose().map_err(|error| syntax::problem(&error, self.text))
    }

    fn within(&mut self, span: Span) -> Result<(Event<'a>, Span), Problem> {
        self.next()?.ok_or_else(|| Problem::error(place(span), "", "the file ends too early"))
    }

    fn count(&mut self, more: usize, span: Span) -> Result<(), Problem> {
        self.nodes += more;
        if self.nodes > MAX_NODES {
            let what = "too many values, aliases counted";
            return Err(Problem::error(place(span), "", what).allowed(format!("{MAX_NODES} at the most")));
        }
        Ok(())
    }

    fn node(&mut self, event: Event<'a>, span: Span, depth: usize) -> Result<Node, Problem> {
        self.count(1, span)?;
        if depth > MAX_DEPTH {
            return Err(too_deep(span));
        }
        let (anchor, value) = match event {
            Event::Scalar(text, style, anchor, tag) => {
                let style = match (style, tag) {
                    (_, Some(tag)) if tag.is_yaml_core_schema_tag("str") => Style::Quoted,
                    (_, Some(_)) => {
                        return Err(
                            Problem::error(place(span), "", "a type tag that is not read").allowed("only !!str")
                        );
                    }
                    (ScalarStyle::Plain, None) => Style::Plain,
                    _ => Style::Quoted,
                };
                // the parser writes ~ for a value that is not there
                let absent = style == Style::Plain && span.start.index() == span.end.index();
                let text = if absent { String::new() } else { text.into_owned() };
                (anchor, Value::Scalar(Scalar { text, style }))
            }
            Event::SequenceStart(_, anchor, tag) => {
                refuse_tag(tag.is_some(), span)?;
                let mut items = Vec::new();
                loop {
                    match self.within(span)? {
                        (Event::SequenceEnd, _) => break,
                        (event, span) => items.push(self.node(event, span, depth + 1)?),
                    }
                }
                (anchor, Value::List(items))
            }
            Event::MappingStart(_, anchor, tag) => {
                refuse_tag(tag.is_some(), span)?;
                (anchor, Value::Map(self.entries(span, depth)?))
            }
            Event::Alias(id) => {
                let Some((_, node)) = self.anchors.iter().rev().find(|(known, _)| *known == id) else {
                    return Err(Problem::error(place(span), "", "an alias inside the value that it stands for"));
                };
                let copy = Node { place: place(span), value: node.value.clone() };
                self.count(size(&copy), span)?;
                return Ok(copy);
            }
            _ => return Err(Problem::error(place(span), "", "a value was expected here")),
        };
        let node = Node { place: place(span), value };
        if anchor > 0 {
            self.anchors.push((anchor, node.clone()));
        }
        Ok(node)
    }

    fn entries(&mut self, span: Span, depth: usize) -> Result<Vec<Entry>, Problem> {
        let mut entries: Vec<Entry> = Vec::new();
        let mut lines = HashMap::new();
        let mut merged: Vec<Entry> = Vec::new();
        loop {
            let key = match self.within(span)? {
                (Event::MappingEnd, _) => break,
                (event, span) => self.node(event, span, depth + 1)?,
            };
            let (event, span) = self.within(span)?;
            let value = self.node(event, span, depth + 1)?;
            let Value::Scalar(name) = key.value else {
                return Err(Problem::error(key.place, "", "a key that is no text").allowed("a key is one word"));
            };
            if name.text == "<<" && name.style == Style::Plain {
                merged.extend(merge(value)?);
                continue;
            }
            if let Some(first) = lines.insert(name.text.clone(), key.place.line) {
                let what = format!("the same key twice; the first stands in line {first}");
                return Err(Problem::error(key.place, "", what).found(name.text));
            }
            entries.push(Entry { key: name, place: key.place, value });
        }
        if merged.is_empty() { Ok(entries) } else { Ok(joined(merged.into_iter().chain(entries))) }
    }
}

/// Entries as Python's dict has them: in the order of the first of each key, with the value of the last.
fn joined(all: impl Iterator<Item = Entry>) -> Vec<Entry> {
    let mut entries: Vec<Entry> = Vec::new();
    let mut known = HashMap::new();
    for entry in all {
        let at = *known.entry(entry.key.text.clone()).or_insert(entries.len());
        match entries.get_mut(at) {
            Some(first) => *first = entry,
            None => entries.push(entry),
        }
    }
    entries
}

/// The entries that a `<<` brings in, those that win at the end: of a list of mappings the first.
fn merge(value: Node) -> Result<Vec<Entry>, Problem> {
    let wrong = |place| Problem::error(place, "<<", "what is merged is no mapping").allowed("an alias of a mapping");
    match value.value {
        Value::Map(entries) => Ok(entries),
        Value::List(items) => items.into_iter().rev().try_fold(Vec::new(), |mut all, item| match item.value {
            Value::Map(entries) => {
                all.extend(entries);
                Ok(all)
            }
            _ => Err(wrong(item.place)),
        }),
        Value::Scalar(_) => Err(wrong(value.place)),
    }
}

fn size(node: &Node) -> usize {
    1 + match &node.value {
        // text counts too: an alias of one large scalar is as good a bomb as an alias of a list
        Value::Scalar(scalar) => scalar.text.len() / 64,
        Value::List(items) => items.iter().map(size).sum(),
        Value::Map(entries) => entries.iter().map(|entry| size(&entry.value)).sum(),
    }
}

fn refuse_tag(tagged: bool, span: Span) -> Result<(), Problem> {
    if tagged {
        Err(Problem::error(place(span), "", "a type tag that is not read").allowed("only !!str"))
    } else {
        Ok(())
    }
}

fn too_deep(span: Span) -> Problem {
    Problem::error(place(span), "", "nested too deep").allowed(format!("{MAX_DEPTH} levels at the most"))
}

fn place(span: Span) -> Place {
    let start = offset(span.start);
    Place { line: span.start.line(), column: span.start.col() + 1, start, end: offset(span.end).max(start) }
}

pub(super) fn offset(marker: Marker) -> usize {
    marker.byte_offset().unwrap_or_else(|| marker.index())
}

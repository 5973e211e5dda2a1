//! Definitions of commands → synopsis, options, verbs.

use super::links::Links;
use super::markdown::{self, Block, Section, Table};
use super::prose::{self, Depth, head, within};
use super::roff::{Roff, Text, bold, italic, plain, roman};
use super::table::aligned;
use clap::{Arg, ArgAction, Command};

/// Help and version are of the program as a whole.
pub(crate) fn is_general(argument: &Arg) -> bool {
    matches!(argument.get_action(), ArgAction::Help | ArgAction::HelpShort | ArgAction::HelpLong | ArgAction::Version)
}

/// The verbs, but for `help`, which is an option too.
pub(crate) fn verbs(command: &Command) -> impl Iterator<Item = &Command> {
    command.get_subcommands().filter(|verb| verb.get_name() != "help" && !verb.is_hide_set())
}

fn own(command: &Command) -> impl Iterator<Item = &Arg> {
    command.get_arguments().filter(|argument| !is_general(argument) && !argument.is_hide_set())
}

/// How a command is called: all of its options, then its arguments; a bar between those of which one may stand there.
pub(crate) fn synopsis(name: &str, command: &Command) -> Text {
    let mut text = vec![bold(name)];
    let (mut options, arguments): (Vec<&Arg>, Vec<&Arg>) = own(command).partition(|argument| !argument.is_positional());
    options.extend(arguments);
    while !options.is_empty() {
        let first = options[0];
        let group = alternatives(command, first);
        // what has an argument in it comes last, as arguments do
        if group.iter().any(|member| member.is_positional()) && !first.is_positional() {
            options.remove(0);
            continue;
        }
        options.retain(|option| group.iter().all(|member| member.get_id() != option.get_id()));
        let forms = group.iter().map(|member| usage(member)).collect::<Vec<_>>().join(&roman(" | "));
        let (open, close) = if first.is_required_set() { (" ", "") } else { (" [", "]") };
        text.push(roman(open));
        text.extend(forms);
        text.extend([close, if is_repeated(first) { "..." } else { "" }].map(roman));
    }
    if command.has_subcommands() {
        text.extend([roman(" ["), italic("VERB"), roman(" ["), italic("ARGUMENT"), roman("]...]")]);
    }
    text
}

/// The arguments of which only one may be given: this one, and others if it is one of such a group.
fn alternatives<'a>(command: &'a Command, argument: &'a Arg) -> Vec<&'a Arg> {
    let groups = command.get_groups().filter(|group| !(*group).clone().is_multiple());
    let ids = groups.map(|group| group.get_args().collect::<Vec<_>>()).find(|ids| ids.contains(&argument.get_id()));
    let members = ids.unwrap_or_default().into_iter();
    let members: Vec<&Arg> = members.filter_map(|id| own(command).find(|it| it.get_id() == id)).collect();
    if members.is_empty() { vec![argument] } else { members }
}

fn is_repeated(argument: &Arg) -> bool {
    matches!(argument.get_action(), ArgAction::Append | ArgAction::Count)
        || argument.get_num_args().is_some_and(|range| range.max_values() > 1)
}

/// An argument in a synopsis.
fn usage(argument: &Arg) -> Text {
    let mut text = Text::new();
    match (argument.get_long(), argument.get_short()) {
        (Some(long), _) => text.push(bold(format!("--{long}"))),
        (None, Some(short)) => text.push(bold(format!("-{short}"))),
        (None, None) => return values(argument),
    }
    let values = values(argument);
    // an option and its value stand on one line
    text.extend((!values.is_empty()).then(|| roman("\u{a0}")));
    text.extend(values);
    text
}

/// What an argument takes: `N|ID`.
fn values(argument: &Arg) -> Text {
    if !argument.get_action().takes_values() {
        return Text::new();
    }
    let names = argument.get_value_names().unwrap_or_default();
    let names: Vec<Text> = names.iter().map(|name| vec![italic(name.as_str())]).collect();
    names.join(&roman(" "))
}

/// A paragraph for each argument and option.
pub(crate) fn options(roff: &mut Roff, command: &Command, links: &Links<'_>) {
    let (arguments, options): (Vec<&Arg>, Vec<&Arg>) = own(command).partition(|argument| argument.is_positional());
    for argument in arguments.into_iter().chain(options) {
        option(roff, argument, links);
    }
}

/// A paragraph for each of `--help` and `--version`.
pub(crate) fn general_options(roff: &mut Roff, command: &Command, links: &Links<'_>) {
    for argument in command.get_arguments().filter(|argument| is_general(argument)) {
        option(roff, argument, links);
    }
}

fn option(roff: &mut Roff, argument: &Arg, links: &Links<'_>) {
    let short = argument.get_short().map(|short| vec![bold(format!("-{short}"))]);
    let long = argument.get_long().map(|long| vec![bold(format!("--{long}"))]);
    let mut tag = [short, long].into_iter().flatten().collect::<Vec<Text>>().join(&roman(", "));
    let values = values(argument);
    tag.extend((!tag.is_empty() && !values.is_empty()).then(|| roman(" ")));
    tag.extend(values);
    roff.tag(&tag);
    let mut help = help(argument, links);
    let more = more(argument);
    match help.last_mut() {
        Some(Block::Paragraph(text)) => text.extend(more),
        _ => help.push(Block::Paragraph(more)),
    }
    let (first, rest) = head(&help);
    roff.line(first);
    within(roff, rest);
}

/// The help with all that belongs to it, in sentences.
fn help(argument: &Arg, links: &Links<'_>) -> Vec<Block> {
    // of help and version, clap's longer text speaks of its own output
    let long = argument.get_long_help().filter(|_| !is_general(argument));
    let text = long.or(argument.get_help()).map(ToString::to_string).unwrap_or_default();
    let text = if is_general(argument) { text.split(" (").next().unwrap_or_default().to_owned() } else { text };
    sentences(&text, links)
}

/// Paragraphs that end as sentences do: the definitions leave the last full stop out.
pub(crate) fn sentences(text: &str, links: &Links<'_>) -> Vec<Block> {
    let mut blocks = markdown::blocks(text, links);
    for block in &mut blocks {
        if let Block::Paragraph(text) = block
            && !plain(text).ends_with(['.', ':', '!', '?'])
        {
            text.push(roman("."));
        }
    }
    blocks
}

/// The values that are possible, and the one that holds without the option.
fn more(argument: &Arg) -> Text {
    let mut text = Text::new();
    let possible = argument.get_possible_values();
    let possible: Vec<Text> =
        possible.iter().filter(|it| !it.is_hide_set()).map(|it| vec![bold(it.get_name())]).collect();
    if !possible.is_empty() && argument.get_action().takes_values() {
        text.push(roman(" One of: "));
        text.extend(possible.join(&roman(", ")));
        text.push(roman("."));
    }
    let defaults = argument.get_default_values();
    if !defaults.is_empty() && argument.get_action().takes_values() && !argument.is_hide_default_value_set() {
        let words: Vec<Text> = defaults.iter().map(|word| vec![bold(word.to_string_lossy())]).collect();
        text.push(roman(" Default: "));
        text.extend(words.join(&roman(" ")));
        text.push(roman("."));
    }
    text
}

/// One line for each verb.
pub(crate) fn overview(roff: &mut Roff, command: &Command) {
    let row = |verb: &Command| {
        let about = verb.get_about().map(ToString::to_string).unwrap_or_default();
        vec![vec![bold(verb.get_name())], vec![roman(about)]]
    };
    let table = Table { header: vec![Text::new(), Text::new()], rows: verbs(command).map(row).collect() };
    let lines = aligned(&table).expect("verbs are short");
    roff.literal(lines.iter().map(Vec::as_slice), 0);
}

/// A subsection for each verb: how it is called, what the docs tell, its options.
pub(crate) fn verb_sections(roff: &mut Roff, command: &Command, docs: &Section, links: &Links<'_>) {
    for verb in verbs(command) {
        roff.subsection(&names(verb).join(", "));
        let name = format!("{} {}", command.get_name(), verb.get_name());
        roff.hanging(&synopsis(&name, verb));
        let section = docs.parts.iter().find(|section| is_of_verb(section, &name));
        if let Some(section) = section {
            prose::blocks(roff, &section.blocks, &name);
        } else {
            let about = verb.get_long_about().or(verb.get_about()).map(ToString::to_string);
            prose::blocks(roff, &sentences(&about.unwrap_or_default(), links), "");
        }
        options(roff, verb, links);
        for part in section.iter().flat_map(|section| &section.parts) {
            prose::section(roff, part, Depth::Line);
        }
    }
}

/// A verb and what it is called besides.
pub(crate) fn names(verb: &Command) -> Vec<String> {
    let aliases = verb.get_visible_aliases().map(ToOwned::to_owned);
    std::iter::once(verb.get_name().to_owned()).chain(aliases).collect()
}

/// Whether a heading is `jobctl VERB …`.
pub(crate) fn is_of_verb(section: &Section, name: &str) -> bool {
    let title = plain(&section.title);
    title.strip_prefix(name).is_some_and(|rest| !rest.starts_with(|c: char| c.is_alphanumeric() || c == '-'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_verb_has_its_own_section() {
        let section = |title: &str| Section { title: vec![roman(title)], ..Section::default() };
        for title in ["jobctl stop", "jobctl stop [--yes] [NAME]…", "jobctl stop, jobctl kill"] {
            assert!(is_of_verb(&section(title), "jobctl stop"), "{title}");
        }
        for title in ["jobctl stop-all", "jobctl stopped", "stop", "Exit status"] {
            assert!(!is_of_verb(&section(title), "jobctl stop"), "{title}");
        }
    }
}

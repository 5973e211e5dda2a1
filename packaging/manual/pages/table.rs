//! A table → lines of aligned columns, narrow enough for a terminal of 80 columns.

use super::markdown::Table;
use super::roff::{Span, Text, italic, plain, roman};

/// What a page of 80 columns leaves beside its margins.
pub(crate) const WIDTH: usize = 71;
const GAP: usize = 2;

/// The lines; none if there is no room for the longest words.
pub(crate) fn aligned(table: &Table) -> Option<Vec<Text>> {
    let widths = widths(table)?;
    let header: Vec<Text> = table.header.iter().map(|cell| vec![italic(plain(cell))]).collect();
    let has_header = header.iter().any(|cell| !plain(cell).is_empty());
    let rows = has_header.then_some(&header).into_iter().chain(&table.rows);
    Some(rows.flat_map(|row| lines(row, &widths)).collect())
}

fn natural(table: &Table) -> Vec<usize> {
    let rows = || std::iter::once(&table.header).chain(&table.rows);
    (0..table.header.len()).map(|column| rows().map(|row| width(&row[column])).max().unwrap_or_default()).collect()
}

fn total(widths: &[usize]) -> usize {
    widths.iter().sum::<usize>() + GAP * widths.len().saturating_sub(1)
}

/// The widest column gives way, word by word, until all of them fit.
fn widths(table: &Table) -> Option<Vec<usize>> {
    let mut widths = natural(table);
    let rows = || std::iter::once(&table.header).chain(&table.rows);
    let longest = |column: usize| rows().flat_map(|row| words(&row[column])).map(|word| width(&word)).max();
    let least: Vec<usize> = (0..widths.len()).map(|column| longest(column).unwrap_or_default()).collect();
    while total(&widths) > WIDTH {
        let widest =
            (0..widths.len()).filter(|column| widths[*column] > least[*column]).max_by_key(|it| widths[*it])?;
        widths[widest] -= 1;
    }
    Some(widths)
}

fn width(text: &[Span]) -> usize {
    text.iter().map(|span| span.text.chars().count()).sum()
}

/// What stands between blanks: pieces of several faces may be one word.
fn words(text: &[Span]) -> Vec<Text> {
    let mut words = vec![Text::new()];
    for span in text {
        for (number, piece) in span.text.split(' ').enumerate() {
            if number > 0 {
                words.push(Text::new());
            }
            if !piece.is_empty() {
                words.last_mut().expect("there is one").push(Span { text: piece.to_owned(), face: span.face });
            }
        }
    }
    words.retain(|word| !word.is_empty());
    words
}

fn wrapped(text: &[Span], most: usize) -> Vec<Text> {
    let mut lines = vec![Text::new()];
    for word in words(text) {
        let line = lines.last_mut().expect("there is one");
        if line.is_empty() {
            line.extend(word);
        } else if width(line) + 1 + width(&word) <= most {
            line.push(roman(" "));
            line.extend(word);
        } else {
            lines.push(word);
        }
    }
    lines
}

/// One row, as many lines as its highest cell.
fn lines(row: &[Text], widths: &[usize]) -> Vec<Text> {
    let cells: Vec<Vec<Text>> = row.iter().zip(widths).map(|(cell, width)| wrapped(cell, *width)).collect();
    let height = cells.iter().map(Vec::len).max().unwrap_or_default();
    let line = |number: usize| {
        let mut line = Text::new();
        let mut column = 0;
        for (cell, width) in cells.iter().zip(widths) {
            if let Some(piece) = cell.get(number).filter(|piece| !piece.is_empty()) {
                let pad = column - self::width(&line);
                line.extend((pad > 0).then(|| roman(" ".repeat(pad))));
                line.extend(piece.iter().cloned());
            }
            column += width + GAP;
        }
        line
    };
    (0..height).map(line).collect()
}

#[cfg(test)]
mod tests {
    use super::super::roff::bold;
    use super::*;

    fn table(cells: &[[&str; 3]]) -> Table {
        let row = |cells: &[&str; 3]| cells.iter().map(|cell| vec![roman(*cell)]).collect::<Vec<Text>>();
        Table { header: row(&cells[0]), rows: cells[1..].iter().map(row).collect() }
    }

    fn shown(table: &Table) -> Option<String> {
        Some(aligned(table)?.iter().map(|line| plain(line) + "\n").collect())
    }

    #[test]
    fn columns_are_as_wide_as_they_need_to_be() {
        let table = table(&[["a", "b", "c"], ["one", "", "three"], ["x", "twofold", ""]]);
        assert_eq!(shown(&table).unwrap(), "a    b        c\none           three\nx    twofold\n");
    }

    #[test]
    fn the_widest_column_is_wrapped() {
        let long = "words ".repeat(20);
        let table = table(&[["a", "b", "c"], ["one", long.trim_end(), "three and four"]]);
        let shown = shown(&table).unwrap();
        assert_eq!(shown.lines().count(), 4, "{shown}");
        assert!(shown.lines().all(|line| line.len() <= WIDTH), "{shown}");
        assert!(shown.lines().nth(1).unwrap().ends_with("three and four"), "{shown}");
    }

    #[test]
    fn a_word_is_never_broken() {
        let word = "x".repeat(60);
        assert_eq!(shown(&table(&[["a", "b", "c"], [&word, "yyyyyyyyyy", "z"]])), None);
    }

    #[test]
    fn pieces_without_a_blank_are_one_word() {
        assert_eq!(words(&[bold("a b"), roman(", c")]).len(), 3);
    }
}

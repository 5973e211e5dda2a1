//! One line of a bounded length, whatever others wrote: what is more of it is read over, and never kept.

use std::io::{self, BufRead, ErrorKind};

/// Stands at the end of what was cut.
const MARK: &str = " [cut]";

/// A line as it comes, piece by piece.
pub(super) struct Line {
    longest: usize,
    bytes: Vec<u8>,
    is_cut: bool,
}

impl Line {
    /// An empty one, of which so many bytes are kept.
    pub(super) fn new(longest: usize) -> Line {
        Line { longest, bytes: Vec::new(), is_cut: false }
    }

    /// Takes what is there, up to the end of the line. Whether that has come; it is not kept.
    pub(super) fn read(&mut self, from: &mut impl BufRead) -> io::Result<bool> {
        loop {
            let there = available(from)?;
            if there.is_empty() {
                return Ok(false);
            }
            let end = there.iter().position(|&byte| byte == b'\n');
            let length = there.len();
            self.keep(&there[..end.unwrap_or(length)]);
            from.consume(end.map_or(length, |end| end + 1));
            if end.is_some() {
                return Ok(true);
            }
        }
    }

    /// Takes so many bytes, line ends as well. Whether all have come.
    pub(super) fn read_sized(&mut self, from: &mut impl BufRead, mut size: u64) -> io::Result<bool> {
        while size > 0 {
            let there = available(from)?;
            if there.is_empty() {
                return Ok(false);
            }
            let length = usize::try_from(size).map_or(there.len(), |size| size.min(there.len()));
            self.keep(&there[..length]);
            from.consume(length);
            size -= length as u64;
        }
        Ok(true)
    }

    fn keep(&mut self, bytes: &[u8]) {
        let kept = bytes.len().min(self.longest - self.bytes.len());
        self.bytes.extend_from_slice(&bytes[..kept]);
        self.is_cut |= kept < bytes.len();
    }

    /// What is kept of it.
    pub(super) fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Whether nothing has come.
    pub(super) fn is_empty(&self) -> bool {
        self.bytes.is_empty() && !self.is_cut
    }

    /// From a place on as text, with a mark if it was cut.
    pub(super) fn text(&self, from: usize) -> String {
        let text = String::from_utf8_lossy(&self.bytes[from..]);
        if self.is_cut { format!("{text}{MARK}") } else { text.into_owned() }
    }

    /// Makes room for the next one.
    pub(super) fn clear(&mut self) {
        self.bytes.clear();
        self.is_cut = false;
    }
}

fn available(from: &mut impl BufRead) -> io::Result<&[u8]> {
    // in a loop of its own: what is there is borrowed until it is consumed
    while let Err(error) = from.fill_buf() {
        if error.kind() != ErrorKind::Interrupted {
            return Err(error);
        }
    }
    from.fill_buf()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::{BufReader, Read, repeat};

    #[test]
    fn a_line_without_end_is_cut_and_read_over() {
        let endless = repeat(b'x').take(10_000_000).chain(&b"\nnext\nres"[..]);
        let mut from = BufReader::new(endless);
        let mut line = Line::new(8);
        assert!(line.read(&mut from).unwrap());
        assert_eq!(line.text(0), "xxxxxxxx [cut]");
        assert!(line.bytes.capacity() < 100);
        line.clear();
        assert!(line.read(&mut from).unwrap());
        assert_eq!(line.text(1), "ext");
        line.clear();
        assert!(!line.read(&mut from).unwrap(), "it may go on");
        assert_eq!(line.text(0), "res");
    }

    #[test]
    fn a_line_of_known_size_holds_line_ends() {
        let mut from = &b"a\nbc\nd"[..];
        let mut line = Line::new(3);
        assert!(line.read_sized(&mut from, 4).unwrap());
        assert_eq!((line.text(0).as_str(), from), ("a\nb [cut]", &b"\nd"[..]));
        assert!(!line.read_sized(&mut from, 3).unwrap());
    }
}

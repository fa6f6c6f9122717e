//! The lines of a file, with a limit on their length.
//!
//! A file whose line never ends (a device, a file of another kind, a malicious compressed file)
//! would otherwise be read until the memory is exhausted.

use std::cell::Cell;
use std::io::{self, BufRead, Read};
use std::rc::Rc;

use super::file::Source;

/// The most bytes that a row may have, all its lines together.
pub(super) const LONGEST: usize = 16 << 20;

/// Reads lines.
pub(super) struct Lines {
    content: Box<dyn BufRead>,
    bytes: Rc<Cell<u64>>,
    number: u64,
}

/// The result of reading a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Line {
    Read,
    /// There are no more.
    End,
    /// The row would be longer than [`LONGEST`]; nothing after it can be read.
    TooLong,
}

impl Lines {
    pub(super) fn new(source: Source) -> Self {
        Self { content: source.content, bytes: source.bytes, number: 0 }
    }

    /// The number of the line that was read last, from one.
    pub(super) fn number(&self) -> u64 {
        self.number
    }

    /// The bytes read of the file, as stored on disk.
    pub(super) fn bytes(&self) -> u64 {
        self.bytes.get()
    }

    /// Appends the next line to a row, with its line feed. A byte order mark before the first line
    /// is left out.
    pub(super) fn append(&mut self, row: &mut Vec<u8>) -> io::Result<Line> {
        let before = row.len();
        let room = (LONGEST + 1).saturating_sub(before) as u64;
        if (&mut self.content).take(room).read_until(b'\n', row)? == 0 && room > 0 {
            return Ok(Line::End);
        }
        self.number += 1;
        if self.number == 1 && row[before..].starts_with("\u{feff}".as_bytes()) {
            row.drain(before..before + 3);
        }
        Ok(if row.len() > LONGEST { Line::TooLong } else { Line::Read })
    }
}

/// The message for a row that is too long.
pub(super) fn too_long() -> String {
    format!("this line exceeds {} MiB, the limit for a row", LONGEST >> 20)
}

/// The message for a line that is not UTF-8. If its first bytes show that the whole file is
/// something else, reading on is pointless: then the second is true.
pub(super) fn not_text(line: &[u8], first: bool, what: &str) -> (String, bool) {
    let known: [(&[u8], &str); 4] = [
        (b"\xff\xfe", "UTF-16 text; write it as UTF-8"),
        (b"\xfe\xff", "UTF-16 text; write it as UTF-8"),
        (b"\x28\xb5\x2f\xfd", "compressed with zstd; its name must end in .zst"),
        (b"\x1f\x8b", "compressed with gzip; decompress it, or compress it with zstd"),
    ];
    match known.iter().find(|(start, _)| first && line.starts_with(start)) {
        Some((_, what)) => (format!("this file is {what}"), true),
        None => (format!("this {what} is not UTF-8 text"), false),
    }
}

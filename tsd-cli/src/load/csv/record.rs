//! The records of a table, cell by cell.
//!
//! Common CSV readers are lenient: an unclosed quote makes the rest of the file one cell, text
//! after a closing quote is added to the cell, and afterwards nobody can tell whether a cell was in
//! quotes. Here that matters, because `NA` in quotes is a text, and everything else is an error
//! with its place. So this module reads records itself, as RFC 4180 defines them.

use std::io;
use std::str::{self, Utf8Error};

use super::super::lines::{LONGEST, Line, Lines, too_long};

/// Reads records, and keeps the last one.
pub(super) struct Records {
    lines: Lines,
    /// The record as it is written.
    raw: Vec<u8>,
    /// The contents of its cells, one after the other.
    text: Vec<u8>,
    cells: Vec<Cell>,
    line: u64,
}

struct Cell {
    /// Where its text ends; it begins where the previous one ends.
    end: usize,
    quoted: bool,
}

/// The result of reading a record.
pub(super) enum Next {
    Record,
    End,
    Fault(Fault),
}

/// Why there is no record.
pub(super) struct Fault {
    pub(super) line: u64,
    pub(super) column: Option<usize>,
    pub(super) message: String,
    /// Whether nothing more can be read; otherwise the next line begins a record.
    pub(super) last: bool,
}

impl Records {
    pub(super) fn new(lines: Lines) -> Self {
        Self { lines, raw: Vec::new(), text: Vec::new(), cells: Vec::new(), line: 1 }
    }

    /// The line on which the record begins.
    pub(super) fn line(&self) -> u64 {
        self.line
    }

    pub(super) fn bytes(&self) -> u64 {
        self.lines.bytes()
    }

    /// How many cells the record has.
    pub(super) fn len(&self) -> usize {
        self.cells.len()
    }

    /// The record as it is written.
    pub(super) fn raw(&self) -> &[u8] {
        &self.raw
    }

    /// The text of a cell.
    pub(super) fn text(&self, cell: usize) -> Result<&str, Utf8Error> {
        let start = cell.checked_sub(1).map_or(0, |before| self.cells[before].end);
        str::from_utf8(&self.text[start..self.cells[cell].end])
    }

    /// Whether a cell is in quotes.
    pub(super) fn is_quoted(&self, cell: usize) -> bool {
        self.cells[cell].quoted
    }

    /// Reads the next record; blank lines are skipped.
    pub(super) fn next(&mut self) -> io::Result<Next> {
        self.text.clear();
        self.cells.clear();
        loop {
            self.raw.clear();
            let read = self.lines.append(&mut self.raw)?;
            self.line = self.lines.number().max(1);
            match read {
                Line::End => return Ok(Next::End),
                Line::TooLong => return Ok(Next::Fault(self.fault(self.line, None, too_long(), true))),
                Line::Read if is_line_end(&self.raw) => {}
                Line::Read => break,
            }
        }
        let mut at = 0;
        loop {
            let quoted = self.raw.get(at) == Some(&b'"');
            let cell = if quoted { self.quoted(at + 1)? } else { self.plain(at) };
            at = match cell {
                Ok(end) => end,
                Err(fault) => return Ok(Next::Fault(fault)),
            };
            self.cells.push(Cell { end: self.text.len(), quoted });
            if self.raw.get(at) != Some(&b',') {
                return Ok(Next::Record);
            }
            at += 1;
        }
    }

    /// Reads a cell without quotes that begins at `at`, and returns where it ends.
    fn plain(&mut self, at: usize) -> Result<usize, Fault> {
        let rest = &self.raw[at..];
        let length = rest.iter().position(|byte| b",\r\n".contains(byte)).unwrap_or(rest.len());
        if rest[length..].starts_with(b"\r") && !is_line_end(&rest[length..]) {
            let message = "this carriage return has no line feed after it; lines end with a line feed";
            return Err(self.fault(self.line, Some(self.cells.len() + 1), message, false));
        }
        self.text.extend_from_slice(&rest[..length]);
        Ok(at + length)
    }

    /// Reads a cell whose quote is open, from `at`, and returns where it ends. It may span any
    /// number of lines.
    fn quoted(&mut self, mut at: usize) -> io::Result<Result<usize, Fault>> {
        let column = Some(self.cells.len() + 1);
        let opened = self.lines.number();
        loop {
            let rest = &self.raw[at..];
            if let Some(length) = rest.iter().position(|byte| *byte == b'"') {
                self.text.extend_from_slice(&rest[..length]);
                at += length + 1;
                if self.raw.get(at) != Some(&b'"') {
                    break;
                }
                self.text.push(b'"');
                at += 1;
                continue;
            }
            self.text.extend_from_slice(rest);
            at = self.raw.len();
            let message = match self.lines.append(&mut self.raw)? {
                Line::Read => continue,
                Line::End => "the quote that opens this cell is never closed".to_owned(),
                Line::TooLong => {
                    format!("the quote that opens this cell is not closed within {} MiB", LONGEST >> 20)
                }
            };
            return Ok(Err(self.fault(opened, column, message, true)));
        }
        let rest = &self.raw[at..];
        if rest.is_empty() || rest.starts_with(b",") || is_line_end(rest) {
            return Ok(Ok(at));
        }
        let line = self.lines.number();
        let mut message =
            "there is text after the closing quote of this cell (a quote within is doubled)".to_owned();
        if opened != line {
            message += &format!("; the cell begins on line {opened}: is its quote meant to be closed there?");
        }
        Ok(Err(self.fault(line, column, message, false)))
    }

    fn fault(&self, line: u64, column: Option<usize>, message: impl Into<String>, last: bool) -> Fault {
        Fault { line, column, message: message.into(), last }
    }
}

/// Whether this is nothing but the end of a line.
fn is_line_end(rest: &[u8]) -> bool {
    matches!(rest, b"\n" | b"\r\n" | b"\r")
}

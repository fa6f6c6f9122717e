//! Tables: the header tells which column is which field.

use std::io::{self, Read};
use std::path::Path;
use std::str;

use csv::{ByteRecord, ReaderBuilder};
use tsd_compiler::diagnostics::closest;
use tsd_runtime::ir::{Type, TypeId};
use tsd_runtime::program::Program;

use super::cell::Cell;
use super::file::{self, Source};
use super::rows::{Place, Rows};

/// Reads a table.
pub(super) fn read<P: Program>(rows: &mut Rows<'_, P>, ty: TypeId, path: &Path) -> io::Result<()> {
    let Source { mut content, bytes } = file::open(path)?;
    let line_break = LineBreak::of(content.fill_buf()?);
    // Rows of another length are reported here, with a message of our own. The line break ends the last row; a second
    // one is a blank line, which the reader skips.
    let mut reader = ReaderBuilder::new().flexible(true).from_reader(content.chain(line_break.bytes()));
    let header = reader.byte_headers().map_err(io_error)?.clone();
    let Some(columns) = columns(rows, ty, path, &header) else { return Ok(()) };
    let mut record = ByteRecord::new();
    while reader.read_byte_record(&mut record).map_err(io_error)? {
        let line = line_break.start(reader.position().line(), &record);
        let place = Place { path, line, bytes: bytes.get() };
        if record.len() != header.len() {
            let plural = if record.len() == 1 { "" } else { "s" };
            let message =
                format!("this row has {} column{plural}, the header has {}", record.len(), header.len());
            rows.problem(ty, place, None, message);
        } else if let Some(column) = columns.iter().flatten().find(|column| !is_text(&record, **column)) {
            rows.problem(ty, place, Some(column + 1), "this cell is not UTF-8 text");
        } else {
            rows.row(ty, place, |field| cell(&record, columns[field]));
        }
        if rows.is_full() {
            break;
        }
    }
    Ok(())
}

/// For each field of the type the place of its column; none for an optional field that the table lacks.
fn columns<P: Program>(
    rows: &mut Rows<'_, P>,
    ty: TypeId,
    path: &Path,
    header: &ByteRecord,
) -> Option<Vec<Option<usize>>> {
    let names: Vec<&str> = header.iter().map(|name| str::from_utf8(name).unwrap_or_default()).collect();
    let mut problems: Vec<(Option<usize>, String)> = Vec::new();
    let declared: &Type = rows.schema().ty(ty);
    let mut columns = Vec::with_capacity(declared.fields.len());
    for field in declared.fields.iter() {
        let name = &*field.name;
        let mut places = (0..names.len()).filter(|place| names[*place] == name);
        let first = places.next();
        if let Some(second) = places.next() {
            problems.push((Some(second + 1), format!("the column `{name}` stands here a second time")));
        }
        if first.is_none() && !field.optional {
            let mut message = format!("there is no column `{name}` for {}.{name}", declared.name);
            if let Some(meant) = closest(name, names.iter().copied()) {
                message += &format!("; is it the column `{meant}`?");
            }
            problems.push((None, message));
        }
        columns.push(first);
    }
    let sound = problems.is_empty();
    for (column, message) in problems {
        rows.problem(ty, Place { path, line: 1, bytes: 0 }, column, message);
    }
    sound.then_some(columns)
}

fn cell(record: &ByteRecord, column: Option<usize>) -> (Cell<'_>, Option<usize>) {
    let text = column.and_then(|column| record.get(column)).and_then(|cell| str::from_utf8(cell).ok());
    let cell = match text {
        None => Cell::Missing(""),
        Some(text @ ("" | "NA")) => Cell::Missing(text),
        Some(text) => Cell::Untyped(text),
    };
    (cell, column.map(|column| column + 1))
}

fn is_text(record: &ByteRecord, column: usize) -> bool {
    record.get(column).is_none_or(|cell| str::from_utf8(cell).is_ok())
}

/// How lines end. The reader takes a line feed for the end of a row, but of a carriage return and a line feed only the
/// former; it also skips blank lines. So the line of a row is counted back from where the reader is behind it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum LineBreak {
    Lf,
    CrLf,
}

impl LineBreak {
    /// The first line break in the beginning of a file.
    fn of(text: &[u8]) -> Self {
        match text.iter().position(|byte| *byte == b'\n') {
            Some(end) if text[..end].ends_with(b"\r") => Self::CrLf,
            _ => Self::Lf,
        }
    }

    fn bytes(self) -> &'static [u8] {
        match self {
            Self::Lf => b"\n",
            Self::CrLf => b"\r\n",
        }
    }

    /// The line on which a record begins, behind which the reader is on the line `after`.
    fn start(self, after: u64, record: &ByteRecord) -> u64 {
        let within = record.as_slice().iter().filter(|byte| **byte == b'\n').count() as u64;
        after.saturating_sub(within + u64::from(self == Self::Lf)).max(1)
    }
}

fn io_error(error: csv::Error) -> io::Error {
    match error.into_kind() {
        csv::ErrorKind::Io(error) => error,
        other => io::Error::new(io::ErrorKind::InvalidData, format!("{other:?}")),
    }
}

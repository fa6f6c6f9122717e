//! Tables: the header determines which column is which field.

mod record;

use std::io;
use std::path::Path;
use std::str;

use tsd_compiler::diagnostics::closest;
use tsd_runtime::Program;
use tsd_runtime::ir::{Type, TypeId};

use self::record::{Fault, Next, Records};
use super::cell::Cell;
use super::file::Source;
use super::lines::{Lines, not_text};
use super::rows::{Place, Rows};

/// Reads a table.
pub(super) fn read<P: Program>(
    rows: &mut Rows<'_, P>,
    ty: TypeId,
    path: &Path,
    source: Source,
) -> io::Result<()> {
    let mut records = Records::new(Lines::new(source));
    let begun = records.next()?;
    let place = |records: &Records| Place { path, line: records.line(), bytes: records.bytes() };
    if let Some(message) = other_separator(rows.schema().ty(ty), &records) {
        rows.problem(ty, place(&records), None, message);
        return Ok(());
    }
    match begun {
        Next::End => {
            let message = "the file is empty; the first line of a table names its columns";
            rows.problem(ty, Place { path, line: 1, bytes: 0 }, None, message);
            return Ok(());
        }
        Next::Fault(fault) => {
            rows.problem(ty, Place { line: fault.line, ..place(&records) }, fault.column, fault.message);
            return Ok(());
        }
        Next::Record => {}
    }
    let width = records.len();
    let Some(columns) = columns(rows, ty, place(&records), &records) else { return Ok(()) };
    while !rows.is_full() {
        match records.next()? {
            Next::End => break,
            Next::Record => {}
            Next::Fault(Fault { line, column, message, last }) => {
                rows.problem(ty, Place { line, ..place(&records) }, column, message);
                if last {
                    break;
                }
                continue;
            }
        }
        let place = place(&records);
        if records.len() != width {
            let count = records.len();
            let plural = if count == 1 { "" } else { "s" };
            rows.problem(
                ty,
                place,
                None,
                format!("this row has {count} column{plural}, the header has {width}"),
            );
        } else if let Some(column) = columns.iter().flatten().find(|column| records.text(**column).is_err()) {
            rows.problem(ty, place, Some(column + 1), "this cell is not UTF-8 text");
        } else {
            rows.row(ty, place, |field| cell(&records, columns[field]));
        }
    }
    Ok(())
}

/// For each field of the type the index of its column; none for an optional field that the table
/// lacks.
fn columns<P: Program>(
    rows: &mut Rows<'_, P>,
    ty: TypeId,
    place: Place<'_>,
    header: &Records,
) -> Option<Vec<Option<usize>>> {
    if let Some(column) = (0..header.len()).find(|column| header.text(*column).is_err()) {
        let (message, _) = not_text(header.raw(), true, "name of a column");
        rows.problem(ty, place, Some(column + 1), message);
        return None;
    }
    let names: Vec<&str> = (0..header.len()).map(|column| header.text(column).unwrap_or_default()).collect();
    let mut problems: Vec<(Option<usize>, String)> = Vec::new();
    let mut warnings: Vec<(Option<usize>, String)> = Vec::new();
    let declared: &Type = rows.schema().ty(ty);
    let strange =
        || names.iter().copied().filter(|name| declared.fields.iter().all(|field| *field.name != **name));
    let mut columns = Vec::with_capacity(declared.fields.len());
    for field in declared.fields.iter() {
        let name = &*field.name;
        let mut places = (0..names.len()).filter(|place| names[*place] == name);
        let first = places.next();
        if let Some(second) = places.next() {
            problems.push((Some(second + 1), format!("the column `{name}` occurs twice")));
        }
        let meant = first.is_none().then(|| closest(name, strange())).flatten();
        match (first, meant) {
            (None, Some(meant)) if field.optional => {
                let column = names.iter().position(|name| *name == meant).map(|column| column + 1);
                warnings.push((column, ignored("column", meant, declared, name)));
            }
            (None, meant) if !field.optional => {
                let mut message = format!("there is no column `{name}` for {}.{name}", declared.name);
                if let Some(meant) = meant {
                    message += &format!("; is it the column `{meant}`?");
                }
                problems.push((None, message));
            }
            _ => {}
        }
        columns.push(first);
    }
    if problems.is_empty() && columns.iter().all(Option::is_none) {
        problems.push((None, format!("no column of this table is a field of {}", declared.name)));
    }
    let sound = problems.is_empty();
    warnings.into_iter().for_each(|(column, message)| rows.warning(place, column, message));
    problems.into_iter().for_each(|(column, message)| rows.problem(ty, place, column, message));
    sound.then_some(columns)
}

/// The message for a column or key that may be meant for an optional field.
pub(super) fn ignored(what: &str, written: &str, declared: &Type, field: &str) -> String {
    let ty = &declared.name;
    format!("{ty} has no field `{written}`, so this {what} is ignored; is `{field}` meant?")
}

/// The message for a table whose columns are not separated by commas: then no name of the header is
/// a field, but some are with another separator.
fn other_separator(declared: &Type, header: &Records) -> Option<String> {
    let line = String::from_utf8_lossy(header.raw());
    let names_fields = |separator: char| {
        let names = line.trim_end().split(separator).map(|name| name.trim().trim_matches('"'));
        names.into_iter().any(|name| declared.fields.iter().any(|field| *field.name == *name))
    };
    if names_fields(',') {
        return None;
    }
    let known = [(';', "semicolons"), ('\t', "tabs"), ('|', "bars")];
    let (_, found) = known.into_iter().find(|(separator, _)| names_fields(*separator))?;
    Some(format!(
        "the columns of a table are parted by commas, and here by {found}; write the file with commas"
    ))
}

/// A cell. Without quotes, nothing and `NA` are missing; in quotes they are texts.
fn cell(record: &Records, column: Option<usize>) -> (Cell<'_>, Option<usize>) {
    let cell = match column.map(|column| (record.text(column), record.is_quoted(column))) {
        None => Cell::Missing(""),
        Some((Ok(text @ ("" | "NA")), false)) => Cell::Missing(text),
        Some((Ok(text), true)) => Cell::Quoted(text),
        Some((text, _)) => Cell::Untyped(text.unwrap_or_default()),
    };
    (cell, column.map(|column| column + 1))
}

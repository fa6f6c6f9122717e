//! A row of a table, by the names of its columns.

use csv::StringRecord;

/// One row.
#[derive(Debug)]
pub struct Row<'a> {
    names: &'a StringRecord,
    cells: &'a StringRecord,
    /// The column behind the one that was read last: mostly it is the next to be read.
    next: usize,
}

impl<'a> Row<'a> {
    pub(super) fn new(names: &'a StringRecord, cells: &'a StringRecord) -> Self {
        Self { names, cells, next: 0 }
    }

    /// The value in the column of this name.
    ///
    /// # Errors
    /// When there is no such column, or the cell does not fit.
    pub fn get<T: Cell>(&mut self, column: &str) -> Result<T, String> {
        let place = match self.names.get(self.next) {
            Some(name) if name == column => Some(self.next),
            _ => self.names.iter().position(|name| name == column),
        };
        let cell = place.and_then(|place| self.cells.get(place));
        let cell = cell.ok_or_else(|| format!("there is no column {column}"))?;
        self.next = place.map_or(0, |place| place + 1);
        T::parse(cell).ok_or_else(|| format!("{column} cannot be {cell:?}"))
    }
}

/// What a cell can hold.
pub trait Cell: Sized {
    /// The value of a text.
    fn parse(text: &str) -> Option<Self>;
}

impl Cell for String {
    fn parse(text: &str) -> Option<Self> {
        (text != "NA").then(|| text.to_owned())
    }
}

impl Cell for i64 {
    fn parse(text: &str) -> Option<Self> {
        text.parse().ok()
    }
}

impl Cell for f64 {
    fn parse(text: &str) -> Option<Self> {
        text.parse().ok()
    }
}

/// `NA` is a missing value.
impl<T: Cell> Cell for Option<T> {
    fn parse(text: &str) -> Option<Self> {
        if text == "NA" { Some(None) } else { T::parse(text).map(Some) }
    }
}

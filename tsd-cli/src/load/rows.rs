//! What tables and JSON lines have in common: rows become facts, or problems.

use std::io;
use std::path::Path;

use tsd_runtime::Program;
use tsd_runtime::ir::{FieldId, Schema, TypeId, Value};
use tsd_runtime::{Error, Session};

use super::cell::{self, Cell, Fault};
use super::file::{self, FactFile, Format};
use super::problem::Problem;
use super::references::References;
use super::{LoadError, Loaded, PROBLEMS_KEPT, Progress, csv, jsonl};

/// How many rows are read between two reports of the progress.
const ROWS_PER_REPORT: u64 = 512;

/// Loads facts into a session.
pub(super) struct Rows<'a, P: Program> {
    session: &'a mut Session<P>,
    references: References,
    problems: Vec<Problem>,
    warnings: Vec<Problem>,
    on_progress: &'a mut dyn FnMut(Progress<'_>),
    total_bytes: u64,
    /// The bytes of the finished files.
    bytes_before: u64,
    facts: u64,
    rows: u64,
}

/// Where a row stands.
#[derive(Clone, Copy)]
pub(super) struct Place<'a> {
    pub(super) path: &'a Path,
    pub(super) line: u64,
    /// The bytes read of the file.
    pub(super) bytes: u64,
}

impl<'a, P: Program> Rows<'a, P> {
    pub(super) fn new(
        session: &'a mut Session<P>,
        total_bytes: u64,
        on_progress: &'a mut dyn FnMut(Progress<'_>),
    ) -> Self {
        Self {
            session,
            references: References::default(),
            problems: Vec::new(),
            warnings: Vec::new(),
            on_progress,
            total_bytes,
            bytes_before: 0,
            facts: 0,
            rows: 0,
        }
    }

    pub(super) fn schema(&self) -> &Schema {
        self.session.schema()
    }

    /// Reads a file, whose size is `size`, until its end or until there are too many problems.
    pub(super) fn read(&mut self, ty: TypeId, file: &FactFile, size: u64) -> io::Result<()> {
        if self.is_full() {
            return Ok(());
        }
        let (source, format) = file::open(file)?;
        match format {
            Format::Csv => csv::read(self, ty, file.shown(), source)?,
            Format::JsonLines => jsonl::read(self, ty, file.shown(), source)?,
        }
        self.bytes_before += size;
        Ok(())
    }

    pub(super) fn finish(self) -> Result<Loaded, LoadError> {
        let Self { problems, warnings, facts, .. } = self;
        if problems.is_empty() {
            Ok(Loaded { facts, warnings })
        } else {
            Err(LoadError::Rows { problems, warnings })
        }
    }

    /// Whether no more problems are kept.
    pub(super) fn is_full(&self) -> bool {
        self.problems.len() >= PROBLEMS_KEPT
    }

    pub(super) fn problem(
        &mut self,
        ty: TypeId,
        place: Place<'_>,
        column: Option<usize>,
        message: impl Into<String>,
    ) {
        self.references.broken(ty);
        if !self.is_full() {
            let path = place.path.to_owned();
            self.problems.push(Problem { path, line: place.line, column, message: message.into() });
        }
    }

    /// Stores a possible mistake.
    pub(super) fn warning(&mut self, place: Place<'_>, column: Option<usize>, message: String) {
        if self.warnings.len() < PROBLEMS_KEPT {
            self.warnings.push(Problem { path: place.path.to_owned(), line: place.line, column, message });
        }
    }

    /// Creates a fact from a row: `cells` returns for each field its value and its column. Returns
    /// whether to continue.
    pub(super) fn row<'c>(
        &mut self,
        ty: TypeId,
        place: Place<'_>,
        cells: impl Fn(usize) -> (Cell<'c>, Option<usize>),
    ) -> bool {
        self.report_progress(place);
        let mut values: Vec<Value> = Vec::new();
        let mut faults: Vec<(Option<usize>, Fault)> = Vec::new();
        let declared = self.session.schema().ty(ty);
        values.reserve_exact(declared.fields.len());
        for (index, field) in declared.fields.iter().enumerate() {
            let (cell, column) = cells(index);
            match cell::read(cell, declared, field, self.session, &mut self.references) {
                Ok(value) => values.push(value),
                Err(fault) => faults.push((column, fault)),
            }
        }
        if faults.is_empty() {
            self.insert(ty, place, &values, |field| cells(field.index()).1);
        }
        faults.sort_by_key(|(column, _)| *column);
        for (column, fault) in faults {
            match fault {
                Fault::Message(message) => self.problem(ty, place, column, message),
                Fault::Consequence => self.references.broken(ty),
            }
        }
        !self.is_full()
    }

    fn insert(
        &mut self,
        ty: TypeId,
        place: Place<'_>,
        values: &[Value],
        column: impl Fn(FieldId) -> Option<usize>,
    ) {
        match self.session.insert_values(ty, values) {
            Ok(_) => self.facts += 1,
            Err(error) => {
                let key = self.schema().ty(ty).key.first().copied();
                let at = match &error {
                    Error::DuplicateKey { .. } => key.and_then(column),
                    _ => None,
                };
                self.problem(ty, place, at, error.to_string());
            }
        }
    }

    fn report_progress(&mut self, place: Place<'_>) {
        self.rows += 1;
        if self.rows.is_multiple_of(ROWS_PER_REPORT) {
            let bytes = self.bytes_before + place.bytes;
            let Self { total_bytes, facts, .. } = *self;
            (self.on_progress)(Progress { path: place.path, bytes, total_bytes, facts });
        }
    }
}

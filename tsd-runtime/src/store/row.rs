//! Fields are written to rows and read from rows as typed values.

use std::fmt;

use tsd_ir::{FactHandle, FactRef, FieldId, Origin, Type, Value};

use super::facts::{Store, is_present};
use super::lineage::Lineage;
use super::strings::{Strings, Symbol};

/// Writes the fields of one fact, in order of declaration, into a row.
#[derive(Debug)]
pub struct RowWriter<'a> {
    ty: &'a Type,
    strings: &'a mut Strings,
    /// Tells which handles a field may contain.
    lineage: &'a Lineage,
    stores: &'a [Store],
    row: &'a mut [u64],
    /// The presence bits, where fields may be missing.
    presence: &'a mut [u64],
    /// The next field.
    field: usize,
    /// Why a field could not be written. The fields after it are ignored.
    problem: Option<Problem>,
}

/// What is wrong with the value of a field.
#[derive(Clone, Copy, Debug)]
enum Problem {
    /// The field cannot hold it.
    Invalid(&'static str),
    /// It refers to a fact that this session does not have.
    Foreign,
}

/// Why a row could not be written.
#[derive(Debug)]
pub(crate) enum Unwritten {
    /// A field cannot hold its value.
    Invalid(InvalidValue),
    /// A reference field has a handle of another session.
    Foreign,
}

/// A value that a field cannot hold.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct InvalidValue {
    /// The field's type.
    pub ty: String,
    /// The field.
    pub field: String,
    /// What is wrong with the value.
    pub problem: &'static str,
}

impl fmt::Display for InvalidValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{} {}", self.ty, self.field, self.problem)
    }
}

impl std::error::Error for InvalidValue {}

impl InvalidValue {
    /// The value of a field does not fit the field of the user's struct.
    pub(crate) fn unfit(ty: &Type, field: FieldId) -> Self {
        let field = ty.field(field).name.to_string();
        Self { ty: ty.name.to_string(), field, problem: "has a value that the field's Rust type cannot hold" }
    }
}

impl<'a> RowWriter<'a> {
    /// Starts a row of `fields` fields. Its presence bits are zero.
    #[inline]
    pub(crate) fn new(
        ty: &'a Type,
        strings: &'a mut Strings,
        (lineage, stores): (&'a Lineage, &'a [Store]),
        row: &'a mut [u64],
        fields: usize,
    ) -> Self {
        let (row, presence) = row.split_at_mut(fields);
        Self { ty, strings, lineage, stores, row, presence, field: 0, problem: None }
    }

    /// The type of the fact.
    pub(crate) fn declared(&self) -> &'a Type {
        self.ty
    }

    // Generated code writes field after field. The functions that it calls are inlined, so that the
    // position of the writer is known at compile time.

    #[inline]
    fn put(&mut self, word: u64) {
        if self.problem.is_some() {
            return;
        }
        let Some(place) = self.row.get_mut(self.field) else { return };
        *place = word;
        if let Some(present) = self.presence.get_mut(self.field / 64) {
            *present |= 1 << (self.field % 64);
        }
        self.field += 1;
    }

    #[inline]
    fn reject(&mut self, problem: &'static str) {
        self.problem = self.problem.or(Some(Problem::Invalid(problem)));
    }

    /// Writes the next field, a string.
    #[inline]
    pub fn text(&mut self, text: &str) {
        if self.problem.is_none() {
            let symbol = self.strings.intern(text);
            self.put(u64::from(symbol));
        }
    }

    /// Writes the next field, a number; NaN is rejected.
    #[inline]
    pub fn number(&mut self, number: f64) {
        if number.is_nan() {
            self.reject("is not a number (NaN); a field without a value is declared `number?` and left out");
        } else {
            self.put((number + 0.0).to_bits());
        }
    }

    /// Writes the next field, an integer.
    #[inline]
    pub fn int(&mut self, int: i64) {
        self.put(int as u64);
    }

    /// Writes the next field, a Boolean.
    #[inline]
    pub fn bool(&mut self, bool: bool) {
        self.put(u64::from(bool));
    }

    /// Writes the next field, a reference to a fact.
    #[inline]
    pub fn fact(&mut self, handle: FactHandle) {
        match self.lineage.known(handle, self.stores) {
            Some(fact) => self.put(fact.to_word()),
            None => self.problem = self.problem.or(Some(Problem::Foreign)),
        }
    }

    /// Leaves the next field without a value.
    #[inline]
    pub fn missing(&mut self) {
        if self.problem.is_none() {
            if self.ty.fields[self.field].optional {
                self.field += 1;
            } else {
                self.reject("has no value, and the field is not optional");
            }
        }
    }

    /// Rejects the next field, which is out of the range of its kind.
    #[inline]
    pub fn out_of_range(&mut self) {
        self.reject("is beyond the range of a 64-bit integer");
    }

    /// Writes the next field, whose value must be of its kind.
    pub fn value(&mut self, value: &Value) {
        use tsd_ir::Kind;
        if self.problem.is_some() {
            return;
        }
        match (value, self.ty.fields[self.field].kind) {
            (Value::Missing, _) => self.missing(),
            (Value::Text(text), Kind::Text) => self.text(text),
            (Value::Number(number), Kind::Number) => self.number(*number),
            (Value::Int(int), Kind::Number) => self.number(tsd_ir::ops::int_to_number(*int)),
            (Value::Int(int), Kind::Int) => self.int(*int),
            (Value::Bool(bool), Kind::Bool) => self.bool(*bool),
            (Value::Fact(handle), Kind::Fact(ty)) if handle.ty() == ty => self.fact(*handle),
            _ => self.reject("has a value of another kind"),
        }
    }

    /// Ends the row. The error is the first problem. (The writer is taken apart first, so that it
    /// need not be in memory where there is none.)
    #[inline]
    pub(crate) fn finish(self) -> Result<(), Box<Unwritten>> {
        let Self { ty, strings, row, presence, field, problem, .. } = self;
        match problem {
            Some(problem) => Err(give_back((ty, field), strings, (row, presence), problem)),
            None => {
                debug_assert_eq!(field, ty.fields.len(), "every field is written");
                Ok(())
            }
        }
    }
}

/// Releases the strings that were written before the field with the problem.
#[cold]
#[inline(never)]
fn give_back(
    (ty, field): (&Type, usize),
    strings: &mut Strings,
    (row, presence): (&[u64], &[u64]),
    problem: Problem,
) -> Box<Unwritten> {
    for (index, written) in ty.fields[..field].iter().enumerate() {
        let present = presence.is_empty() || is_present(presence, 0, index);
        if written.kind == tsd_ir::Kind::Text && present {
            strings.release(row[index] as Symbol);
        }
    }
    let Problem::Invalid(problem) = problem else { return Box::new(Unwritten::Foreign) };
    let (ty, field) = (ty.name.to_string(), ty.fields[field].name.to_string());
    Box::new(Unwritten::Invalid(InvalidValue { ty, field, problem }))
}

/// The word of a value in a field of a kind, if some fact can have it.
#[cfg(feature = "dynamic")]
pub(crate) fn find_word(strings: &Strings, kind: tsd_ir::Kind, value: &Value) -> Option<u64> {
    match (value, kind) {
        (Value::Text(text), _) => strings.find(text).map(u64::from),
        (Value::Int(int), tsd_ir::Kind::Number) => Some((tsd_ir::ops::int_to_number(*int) + 0.0).to_bits()),
        (Value::Number(number), _) => Some((number + 0.0).to_bits()),
        (Value::Int(int), _) => Some(*int as u64),
        (Value::Bool(bool), _) => Some(u64::from(*bool)),
        (Value::Fact(handle), _) => Some(handle.fact().to_word()),
        // `Value` may grow; no other value is in a row.
        _ => None,
    }
}

/// A row that is about to be stored, whose values can be rounded.
#[derive(Debug)]
pub struct RowFitter<'a> {
    fields: usize,
    strings: &'a Strings,
    origin: Origin,
    row: &'a mut [u64],
}

impl<'a> RowFitter<'a> {
    pub(crate) fn new(fields: usize, strings: &'a Strings, origin: Origin, row: &'a mut [u64]) -> Self {
        Self { fields, strings, origin, row }
    }

    /// A reader of the row.
    pub fn reader(&self) -> RowReader<'_> {
        RowReader::new(self.fields, self.strings, self.origin, self.row)
    }

    /// Replaces the value of a number field.
    pub fn set_number(&mut self, field: usize, number: f64) {
        self.row[field] = (number + 0.0).to_bits();
    }
}

/// Reads the fields of one fact.
#[derive(Clone, Copy, Debug)]
pub struct RowReader<'a> {
    fields: usize,
    strings: &'a Strings,
    origin: Origin,
    row: &'a [u64],
}

impl<'a> RowReader<'a> {
    pub(crate) fn new(fields: usize, strings: &'a Strings, origin: Origin, row: &'a [u64]) -> Self {
        Self { fields, strings, origin, row }
    }

    /// Whether the field has a value.
    pub fn is_present(self, field: usize) -> bool {
        is_present(self.row, self.fields, field)
    }

    /// A string field.
    pub fn text(self, field: usize) -> &'a str {
        self.strings.text(self.row[field] as Symbol)
    }

    /// A number field.
    pub fn number(self, field: usize) -> f64 {
        f64::from_bits(self.row[field])
    }

    /// An integer field.
    pub fn int(self, field: usize) -> i64 {
        self.row[field] as i64
    }

    /// A Boolean field.
    pub fn bool(self, field: usize) -> bool {
        self.row[field] != 0
    }

    /// A reference field.
    pub fn fact(self, field: usize) -> FactHandle {
        FactHandle::new(FactRef::from_word(self.row[field]), self.origin)
    }

    /// A field of the kind that its type declares.
    pub fn value(self, ty: &Type, field: usize) -> Value {
        use tsd_ir::Kind;
        if !self.is_present(field) {
            return Value::Missing;
        }
        match ty.fields[field].kind {
            Kind::Text => Value::Text(self.text(field).to_owned()),
            Kind::Number => Value::Number(self.number(field)),
            Kind::Int => Value::Int(self.int(field)),
            Kind::Bool => Value::Bool(self.bool(field)),
            Kind::Fact(_) => Value::Fact(self.fact(field)),
        }
    }
}

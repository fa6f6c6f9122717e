//! Which Rust types can be fields of which kinds.
//!
//! Generated code moves every field of a struct in and out of its row through [`Column`], so rustc checks that the
//! fields of a user's own struct exist and fit what the rules say of them.

use std::borrow::Cow;
use std::rc::Rc;
use std::sync::Arc;

use crate::memory::{RowReader, RowWriter};
use crate::program::Handle;

/// The kind `string`.
#[derive(Clone, Copy, Debug)]
pub struct AsText;

/// The kind `number`.
#[derive(Clone, Copy, Debug)]
pub struct AsNumber;

/// The kind `int`.
#[derive(Clone, Copy, Debug)]
pub struct AsInt;

/// The kind `bool`.
#[derive(Clone, Copy, Debug)]
pub struct AsBool;

/// A reference to a fact.
#[derive(Clone, Copy, Debug)]
pub struct AsFact;

/// A kind whose value may be missing.
#[derive(Clone, Copy, Debug)]
pub struct Maybe<K>(std::marker::PhantomData<K>);

/// A Rust type that a field of the kind `K` can have.
#[diagnostic::on_unimplemented(
    message = "a field that the rules declare as `{K}` cannot be a `{Self}`",
    label = "this Rust type does not fit the declaration in the rules",
    note = "`string` fits String, Box<str>, Arc<str>, Rc<str> and Cow<'static, str>; `number` fits floats and \
            integers up to 32 bits; `int` fits integers; `bool` fits bool; a reference fits tsd::Handle; and an \
            optional field is an Option of one of these"
)]
pub trait Column<K>: Sized {
    /// Writes the value as the next field of a row.
    fn write(&self, row: &mut RowWriter<'_>);

    /// Reads the value of a field.
    fn read(row: RowReader<'_>, field: usize) -> Self;
}

macro_rules! text_columns {
    ($($ty:ty),*) => {$(
        impl Column<AsText> for $ty {
            #[inline]
            fn write(&self, row: &mut RowWriter<'_>) {
                row.text(self);
            }

            #[inline]
            fn read(row: RowReader<'_>, field: usize) -> Self {
                Self::from(row.text(field).to_owned())
            }
        }
    )*};
}

text_columns!(String, Box<str>, Arc<str>, Rc<str>, Cow<'static, str>);

macro_rules! number_columns {
    ($($ty:ty),*) => {$(
        impl Column<AsNumber> for $ty {
            #[inline]
            fn write(&self, row: &mut RowWriter<'_>) {
                row.number(f64::from(*self));
            }

            /// Out of its range, a narrower type keeps the nearest value that it has.
            #[inline]
            fn read(row: RowReader<'_>, field: usize) -> Self {
                row.number(field) as Self
            }
        }
    )*};
}

number_columns!(f64, f32, i8, i16, i32, u8, u16, u32);

macro_rules! int_columns {
    ($($ty:ty),*) => {$(
        impl Column<AsInt> for $ty {
            #[inline]
            fn write(&self, row: &mut RowWriter<'_>) {
                match i64::try_from(*self) {
                    Ok(int) => row.int(int),
                    Err(_) => row.out_of_range(),
                }
            }

            /// Out of its range, a narrower type keeps the nearest value that it has.
            #[inline]
            fn read(row: RowReader<'_>, field: usize) -> Self {
                let int = row.int(field);
                Self::try_from(int).unwrap_or(if int < 0 { Self::MIN } else { Self::MAX })
            }
        }
    )*};
}

int_columns!(i64, i8, i16, i32, isize, u8, u16, u32, u64, usize);

impl Column<AsBool> for bool {
    #[inline]
    fn write(&self, row: &mut RowWriter<'_>) {
        row.bool(*self);
    }

    #[inline]
    fn read(row: RowReader<'_>, field: usize) -> Self {
        row.bool(field)
    }
}

impl<T> Column<AsFact> for Handle<T> {
    #[inline]
    fn write(&self, row: &mut RowWriter<'_>) {
        row.fact(self.raw());
    }

    #[inline]
    fn read(row: RowReader<'_>, field: usize) -> Self {
        Self::from_raw(row.fact(field))
    }
}

impl<K, C: Column<K>> Column<Maybe<K>> for Option<C> {
    #[inline]
    fn write(&self, row: &mut RowWriter<'_>) {
        match self {
            Some(value) => value.write(row),
            None => row.missing(),
        }
    }

    #[inline]
    fn read(row: RowReader<'_>, field: usize) -> Self {
        row.is_present(field).then(|| C::read(row, field))
    }
}

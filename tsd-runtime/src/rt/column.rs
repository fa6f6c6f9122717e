//! Which Rust types can be fields of which kinds.
//!
//! Generated code moves every field of a struct in and out of its row through [`Column`]. So rustc
//! checks that the fields of a user's struct exist and fit their declaration in the rules.
//!
//! A user's field may hold less than its column: a `u8` beside an `int`. Before a row changes, its
//! new values are made to fit, and the change is refused where one does not. So a row and its
//! struct never differ.

use std::borrow::Cow;
use std::rc::Rc;
use std::sync::Arc;

use crate::base::Handle;
use crate::store::{RowFitter, RowReader, RowWriter};

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
    note = "`string` fits String, Box<str>, Arc<str>, Rc<str> and Cow<'static, str>; `number` fits \
        floats and \
            integers up to 32 bits; `int` fits integers; `bool` fits bool; a reference fits \
            tsd::Handle; and an \
            optional field is an Option of one of these"
)]
pub trait Column<K>: Sized {
    /// Writes the value as the next field of a row.
    fn write(&self, row: &mut RowWriter<'_>);

    /// Reads the value of a field; `None` if the type cannot hold it.
    fn read(row: RowReader<'_>, field: usize) -> Option<Self>;

    /// Rounds the value of a field that is about to change to the nearest one that the type can
    /// hold. Returns whether there is one.
    #[inline]
    fn fit(row: &mut RowFitter<'_>, field: usize) -> bool {
        Self::read(row.reader(), field).is_some()
    }

    /// The same, where the type is that of a struct's field.
    #[inline]
    fn fit_as<T>(_: impl Fn(&T) -> &Self, row: &mut RowFitter<'_>, field: usize) -> bool {
        Self::fit(row, field)
    }
}

macro_rules! text_columns {
    ($($ty:ty),*) => {$(
        impl Column<AsText> for $ty {
            #[inline]
            fn write(&self, row: &mut RowWriter<'_>) {
                row.text(self);
            }

            #[inline]
            fn read(row: RowReader<'_>, field: usize) -> Option<Self> {
                Some(Self::from(row.text(field).to_owned()))
            }

            #[inline]
            fn fit(_row: &mut RowFitter<'_>, _field: usize) -> bool {
                true
            }
        }
    )*};
}

text_columns!(String, Box<str>, Arc<str>, Rc<str>, Cow<'static, str>);

impl Column<AsNumber> for f64 {
    #[inline]
    fn write(&self, row: &mut RowWriter<'_>) {
        row.number(*self);
    }

    #[inline]
    fn read(row: RowReader<'_>, field: usize) -> Option<Self> {
        Some(row.number(field))
    }
}

impl Column<AsNumber> for f32 {
    #[inline]
    fn write(&self, row: &mut RowWriter<'_>) {
        row.number(f64::from(*self));
    }

    /// The nearest `f32`, unless the number is out of its range.
    #[inline]
    fn read(row: RowReader<'_>, field: usize) -> Option<Self> {
        let number = row.number(field);
        Some(number as Self).filter(|nearest| nearest.is_finite() || number.is_infinite())
    }

    fn fit(row: &mut RowFitter<'_>, field: usize) -> bool {
        let nearest = <Self as Column<AsNumber>>::read(row.reader(), field);
        nearest.is_some_and(|nearest| {
            row.set_number(field, f64::from(nearest));
            true
        })
    }
}

macro_rules! number_columns {
    ($($ty:ty),*) => {$(
        impl Column<AsNumber> for $ty {
            #[inline]
            fn write(&self, row: &mut RowWriter<'_>) {
                row.number(f64::from(*self));
            }

            #[inline]
            fn read(row: RowReader<'_>, field: usize) -> Option<Self> {
                let number = row.number(field);
                Some(number as Self).filter(|whole| f64::from(*whole) == number)
            }
        }
    )*};
}

number_columns!(i8, i16, i32, u8, u16, u32);

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

            #[inline]
            fn read(row: RowReader<'_>, field: usize) -> Option<Self> {
                Self::try_from(row.int(field)).ok()
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
    fn read(row: RowReader<'_>, field: usize) -> Option<Self> {
        Some(row.bool(field))
    }
}

impl<T> Column<AsFact> for Handle<T> {
    #[inline]
    fn write(&self, row: &mut RowWriter<'_>) {
        row.fact(self.raw());
    }

    #[inline]
    fn read(row: RowReader<'_>, field: usize) -> Option<Self> {
        Some(Self::from_raw(row.fact(field)))
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
    fn read(row: RowReader<'_>, field: usize) -> Option<Self> {
        if row.is_present(field) { C::read(row, field).map(Some) } else { Some(None) }
    }

    #[inline]
    fn fit(row: &mut RowFitter<'_>, field: usize) -> bool {
        !row.reader().is_present(field) || C::fit(row, field)
    }
}

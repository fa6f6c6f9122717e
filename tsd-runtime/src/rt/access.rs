//! Generated functions read constants and arguments of known kinds, and must deal with "no value".

use tsd_ir::{FactHandle, Signature, Value};

/// Whether a test holds; a test without a value does not.
#[inline]
pub fn holds(test: impl FnOnce() -> Option<bool>) -> bool {
    test() == Some(true)
}

/// The value of an expression; `None` where an operand has none.
#[inline]
pub fn value<T>(compute: impl FnOnce() -> Option<T>) -> Option<T> {
    compute()
}

/// Whether an action was called. It is not when a required argument has no value.
#[inline]
pub fn done(call: impl FnOnce() -> Option<()>) -> bool {
    call().is_some()
}

/// Reads the constants of one use of a generated function. Each is of the kind that its reader
/// expects.
pub mod constant {
    use tsd_ir::Const;

    /// A string.
    #[inline]
    pub fn text(constants: &[Const], index: usize) -> &str {
        match &constants[index] {
            Const::Text(text) => text,
            _ => "",
        }
    }

    /// A number.
    #[inline]
    pub fn number(constants: &[Const], index: usize) -> f64 {
        match constants[index] {
            Const::Number(number) => number,
            _ => 0.0,
        }
    }

    /// An integer.
    #[inline]
    pub fn int(constants: &[Const], index: usize) -> i64 {
        match constants[index] {
            Const::Int(int) => int,
            _ => 0,
        }
    }

    /// A Boolean.
    #[inline]
    pub fn bool(constants: &[Const], index: usize) -> bool {
        matches!(constants[index], Const::Bool(true))
    }
}

/// Reads the computed arguments of an action; `None` for a missing one.
pub mod argument {
    use tsd_ir::Value;

    use crate::base::Handle;

    /// A string.
    pub fn text(arguments: &[Value], index: usize) -> Option<&str> {
        match arguments.get(index) {
            Some(Value::Text(text)) => Some(text),
            _ => None,
        }
    }

    /// A number; an integer is widened.
    pub fn number(arguments: &[Value], index: usize) -> Option<f64> {
        match arguments.get(index) {
            Some(Value::Number(number)) => Some(*number),
            Some(Value::Int(int)) => Some(tsd_ir::ops::int_to_number(*int)),
            _ => None,
        }
    }

    /// An integer.
    pub fn int(arguments: &[Value], index: usize) -> Option<i64> {
        match arguments.get(index) {
            Some(Value::Int(int)) => Some(*int),
            _ => None,
        }
    }

    /// A Boolean.
    pub fn bool(arguments: &[Value], index: usize) -> Option<bool> {
        match arguments.get(index) {
            Some(Value::Bool(bool)) => Some(*bool),
            _ => None,
        }
    }

    /// A reference to a fact.
    pub fn fact<T>(arguments: &[Value], index: usize) -> Option<Handle<T>> {
        match arguments.get(index) {
            Some(Value::Fact(handle)) => Some(Handle::from_raw(*handle)),
            _ => None,
        }
    }
}

/// The result of a generated expression.
pub trait ToValue {
    /// The result as a value of any kind.
    fn to_value(self) -> Value;
}

macro_rules! to_value {
    ($($ty:ty => $variant:ident),* $(,)?) => {$(
        impl ToValue for $ty {
            #[inline]
            fn to_value(self) -> Value {
                Value::$variant(self.into())
            }
        }
    )*};
}

to_value!(&str => Text, String => Text, f64 => Number, i64 => Int, bool => Bool, FactHandle => Fact);

/// A computed value of any kind; [`Value::Missing`] when there is none.
#[inline]
pub fn value_of(computed: Option<impl ToValue>) -> Value {
    computed.map_or(Value::Missing, ToValue::to_value)
}

/// The signature with these 64 hexadecimal digits.
pub const fn signature(digits: &str) -> Signature {
    let digits = digits.as_bytes();
    let mut bytes = [0; 32];
    let mut index = 0;
    while index < bytes.len() && 2 * index + 1 < digits.len() {
        bytes[index] = digit(digits[2 * index]) << 4 | digit(digits[2 * index + 1]);
        index += 1;
    }
    Signature(bytes)
}

const fn digit(digit: u8) -> u8 {
    match digit {
        b'a'..=b'f' => digit - b'a' + 10,
        _ => digit.wrapping_sub(b'0') & 15,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signature_is_read_as_it_is_written() {
        let written = Signature(std::array::from_fn(|index| (index * 37 + 11) as u8));
        assert_eq!(signature(&format!("{written:?}")), written);
    }
}

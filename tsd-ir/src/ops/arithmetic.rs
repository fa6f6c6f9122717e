//! The operators of arithmetic, chosen by name.

use super::{
    add_int, add_number, divide_int, divide_number, multiply_int, multiply_number, remainder_int,
    remainder_number, subtract_int, subtract_number,
};
use crate::Arithmetic;

/// The value of `left op right` on integers.
pub fn int_arithmetic(op: Arithmetic, left: i64, right: i64) -> Option<i64> {
    match op {
        Arithmetic::Add => add_int(left, right),
        Arithmetic::Subtract => subtract_int(left, right),
        Arithmetic::Multiply => multiply_int(left, right),
        Arithmetic::Divide => divide_int(left, right),
        Arithmetic::Remainder => remainder_int(left, right),
    }
}

/// The value of `left op right` on numbers.
pub fn number_arithmetic(op: Arithmetic, left: f64, right: f64) -> Option<f64> {
    match op {
        Arithmetic::Add => add_number(left, right),
        Arithmetic::Subtract => subtract_number(left, right),
        Arithmetic::Multiply => multiply_number(left, right),
        Arithmetic::Divide => divide_number(left, right),
        Arithmetic::Remainder => remainder_number(left, right),
    }
}

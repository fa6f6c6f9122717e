//! Arithmetic on `number`: IEEE 754 doubles without NaN and without negative zero. Division and remainder by
//! zero, and whatever else would be NaN, have no value; infinities are values.

use std::cmp::Ordering;

/// A result as a value of the language: NaN is none, and negative zero is zero.
fn value(result: f64) -> Option<f64> {
    (!result.is_nan()).then_some(result + 0.0)
}

/// `left + right`
pub fn add_number(left: f64, right: f64) -> Option<f64> {
    value(left + right)
}

/// `left - right`
pub fn subtract_number(left: f64, right: f64) -> Option<f64> {
    value(left - right)
}

/// `left * right`
pub fn multiply_number(left: f64, right: f64) -> Option<f64> {
    value(left * right)
}

/// `left / right`
pub fn divide_number(left: f64, right: f64) -> Option<f64> {
    if right == 0.0 { None } else { value(left / right) }
}

/// `left % right`, with the sign of `left`
pub fn remainder_number(left: f64, right: f64) -> Option<f64> {
    if right == 0.0 { None } else { value(left % right) }
}

/// `- operand`
pub fn negate_number(operand: f64) -> Option<f64> {
    value(-operand)
}

/// `ABS(operand)`
pub fn abs_number(operand: f64) -> Option<f64> {
    value(operand.abs())
}

/// `ROUND(operand)`: half away from zero
pub fn round_number(operand: f64) -> Option<f64> {
    value(operand.round())
}

/// `FLOOR(operand)`
pub fn floor_number(operand: f64) -> Option<f64> {
    value(operand.floor())
}

/// `CEIL(operand)`
pub fn ceil_number(operand: f64) -> Option<f64> {
    value(operand.ceil())
}

/// The order of two numbers, neither of which is NaN.
pub fn compare_number(left: f64, right: f64) -> Ordering {
    left.partial_cmp(&right).unwrap_or(Ordering::Equal)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_would_be_nan_has_no_value() {
        assert_eq!(divide_number(1.0, 0.0), None);
        assert_eq!(divide_number(0.0, -0.0), None);
        assert_eq!(remainder_number(1.0, 0.0), None);
        assert_eq!(subtract_number(f64::INFINITY, f64::INFINITY), None);
        assert_eq!(multiply_number(f64::MAX, 2.0), Some(f64::INFINITY));
    }

    #[test]
    fn rounding_goes_half_away_from_zero() {
        assert_eq!(round_number(2.5), Some(3.0));
        assert_eq!(round_number(-2.5), Some(-3.0));
    }

    #[test]
    fn there_is_no_negative_zero() {
        assert_eq!(negate_number(0.0).map(f64::to_bits), Some(0.0_f64.to_bits()));
        assert_eq!(round_number(-0.2).map(f64::to_bits), Some(0.0_f64.to_bits()));
    }
}

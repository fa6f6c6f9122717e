//! Arithmetic on `number`: IEEE 754 doubles without NaN and without negative zero. Division and
//! remainder by zero, overflow, and whatever would be NaN have no value. Only the host program can
//! supply an infinity, because no operation on finite numbers results in one. Operations on
//! infinities follow IEEE 754, as in SQL.

use std::cmp::Ordering;

/// A result as a value of the language: NaN has none, and negative zero becomes zero.
fn value(result: f64) -> Option<f64> {
    (!result.is_nan()).then_some(result + 0.0)
}

/// The result for two operands: an infinite result of finite operands has overflowed.
#[inline]
fn of_two(left: f64, right: f64, result: f64) -> Option<f64> {
    if result.is_finite() || left.is_infinite() || right.is_infinite() { value(result) } else { None }
}

/// `left + right`
pub fn add_number(left: f64, right: f64) -> Option<f64> {
    of_two(left, right, left + right)
}

/// `left - right`
pub fn subtract_number(left: f64, right: f64) -> Option<f64> {
    of_two(left, right, left - right)
}

/// `left * right`
pub fn multiply_number(left: f64, right: f64) -> Option<f64> {
    of_two(left, right, left * right)
}

/// `left / right`
pub fn divide_number(left: f64, right: f64) -> Option<f64> {
    if right == 0.0 { None } else { of_two(left, right, left / right) }
}

/// `left % right`, with the sign of `left`
pub fn remainder_number(left: f64, right: f64) -> Option<f64> {
    if right == 0.0 { None } else { of_two(left, right, left % right) }
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
        assert_eq!(multiply_number(f64::INFINITY, 0.0), None);
    }

    #[test]
    fn overflow_has_no_value() {
        assert_eq!(add_number(f64::MAX, f64::MAX), None);
        assert_eq!(subtract_number(-f64::MAX, f64::MAX), None);
        assert_eq!(multiply_number(f64::MAX, -2.0), None);
        assert_eq!(divide_number(f64::MAX, 0.5), None);
        assert_eq!(divide_number(1.0, 5e-324), None);
        assert_eq!(multiply_number(5e-324, 0.5), Some(0.0), "what is too small is rounded");
    }

    #[test]
    fn an_infinity_stays_one() {
        let infinite = f64::INFINITY;
        assert_eq!(add_number(infinite, 1.0), Some(infinite));
        assert_eq!(multiply_number(-2.0, infinite), Some(-infinite));
        assert_eq!(divide_number(1.0, infinite), Some(0.0));
        assert_eq!(remainder_number(1.0, infinite), Some(1.0));
        assert_eq!(negate_number(infinite), Some(-infinite));
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

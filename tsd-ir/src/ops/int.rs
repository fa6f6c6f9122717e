//! Arithmetic on `int`. Overflow and division by zero have no value. Division truncates towards
//! zero, and the remainder has the sign of the dividend, as in SQL and Rust. A remainder never
//! overflows, even where the quotient does.

/// `left + right`
pub fn add_int(left: i64, right: i64) -> Option<i64> {
    left.checked_add(right)
}

/// `left - right`
pub fn subtract_int(left: i64, right: i64) -> Option<i64> {
    left.checked_sub(right)
}

/// `left * right`
pub fn multiply_int(left: i64, right: i64) -> Option<i64> {
    left.checked_mul(right)
}

/// `left / right`
pub fn divide_int(left: i64, right: i64) -> Option<i64> {
    left.checked_div(right)
}

/// `left % right`
pub fn remainder_int(left: i64, right: i64) -> Option<i64> {
    (right != 0).then(|| left.wrapping_rem(right))
}

/// `- operand`
pub fn negate_int(operand: i64) -> Option<i64> {
    operand.checked_neg()
}

/// `ABS(operand)`
pub fn abs_int(operand: i64) -> Option<i64> {
    operand.checked_abs()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn overflow_and_division_by_zero_have_no_value() {
        assert_eq!(add_int(i64::MAX, 1), None);
        assert_eq!(subtract_int(i64::MIN, 1), None);
        assert_eq!(multiply_int(i64::MAX, 2), None);
        assert_eq!(divide_int(1, 0), None);
        assert_eq!(divide_int(i64::MIN, -1), None);
        assert_eq!(remainder_int(1, 0), None);
        assert_eq!(negate_int(i64::MIN), None);
        assert_eq!(abs_int(i64::MIN), None);
    }

    #[test]
    fn division_truncates_towards_zero() {
        assert_eq!(divide_int(-7, 2), Some(-3));
        assert_eq!(remainder_int(-7, 2), Some(-1));
        assert_eq!(remainder_int(i64::MIN, -1), Some(0));
    }
}

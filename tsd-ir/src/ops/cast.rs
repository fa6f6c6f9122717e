//! Casts between texts, numbers, integers and Booleans. A cast that fails has no value.

/// `(number) int`; integers beyond 2^53 are rounded to the nearest number
pub fn int_to_number(operand: i64) -> f64 {
    operand as f64
}

/// `(int) number`: towards zero; no value beyond the range of an integer
pub fn number_to_int(operand: f64) -> Option<i64> {
    let whole = operand.trunc();
    // -2^63 is a number, 2^63 - 1 is not: the range is half open.
    (-9_223_372_036_854_775_808.0..9_223_372_036_854_775_808.0).contains(&whole).then_some(whole as i64)
}

/// `(string) number`: the shortest decimal that reads back as the same number, without `.0`
pub fn number_to_text(operand: f64) -> String {
    operand.to_string()
}

/// `(string) int`
pub fn int_to_text(operand: i64) -> String {
    operand.to_string()
}

/// `(string) bool`: `true` or `false`
pub fn bool_to_text(operand: bool) -> &'static str {
    if operand { "true" } else { "false" }
}

/// `(number) bool`: 1 or 0
pub fn bool_to_number(operand: bool) -> f64 {
    f64::from(u8::from(operand))
}

/// `(int) bool`: 1 or 0
pub fn bool_to_int(operand: bool) -> i64 {
    i64::from(operand)
}

/// `(bool) number`: whether it is not 0
pub fn number_to_bool(operand: f64) -> bool {
    operand != 0.0
}

/// `(bool) int`: whether it is not 0
pub fn int_to_bool(operand: i64) -> bool {
    operand != 0
}

/// `(number) string`: a decimal number, with white space around it ignored
pub fn text_to_number(operand: &str) -> Option<f64> {
    let number: f64 = operand.trim().parse().ok()?;
    number.is_finite().then_some(number + 0.0)
}

/// `(int) string`: a decimal integer, with white space around it ignored
pub fn text_to_int(operand: &str) -> Option<i64> {
    operand.trim().parse().ok()
}

/// `(bool) string`: `true` or `false` in any case, with white space around it ignored
pub fn text_to_bool(operand: &str) -> Option<bool> {
    let operand = operand.trim();
    if operand.eq_ignore_ascii_case("true") {
        Some(true)
    } else if operand.eq_ignore_ascii_case("false") {
        Some(false)
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_numbers_print_without_a_fraction() {
        assert_eq!(number_to_text(1200.0), "1200");
        assert_eq!(number_to_text(0.5), "0.5");
    }

    #[test]
    fn a_cast_that_fails_has_no_value() {
        assert_eq!(text_to_number("12a"), None);
        assert_eq!(text_to_number("NaN"), None);
        assert_eq!(text_to_number(" 1e3 "), Some(1000.0));
        assert_eq!(text_to_int("3.5"), None);
        assert_eq!(text_to_bool("yes"), None);
        assert_eq!(text_to_bool("True"), Some(true));
        assert_eq!(number_to_int(9.3e18), None);
        assert_eq!(number_to_int(-2.9), Some(-2));
        assert_eq!(number_to_int(-9_223_372_036_854_775_808.0), Some(i64::MIN));
    }
}

//! Sums without rounding errors: every number is an integer multiple of the smallest number, and
//! integers of any length are added exactly.

use num_bigint::{BigInt, BigUint, Sign};

/// The number of bits of a number's significand.
const SIGNIFICANT: u64 = 53;

/// The least number is 2 to the power of minus this.
const LEAST: u64 = 1074;

/// The real sum of numbers, rounded once; none if it is beyond the range of numbers or contains
/// both infinities.
pub(crate) fn sum(numbers: &[f64]) -> Option<f64> {
    let has = |infinity: f64| numbers.contains(&infinity);
    match (has(f64::INFINITY), has(f64::NEG_INFINITY)) {
        (true, true) => None,
        (true, false) => Some(f64::INFINITY),
        (false, true) => Some(f64::NEG_INFINITY),
        (false, false) => {
            let sum = rounded(&numbers.iter().copied().map(multiple).sum());
            sum.is_finite().then_some(sum)
        }
    }
}

/// The exact sum of integers.
pub(crate) fn sum_of_ints(ints: &[i64]) -> BigInt {
    ints.iter().copied().map(BigInt::from).sum()
}

/// The number nearest to a whole number, ties to even.
pub(crate) fn nearest(whole: &BigInt) -> f64 {
    rounded(&(whole << LEAST))
}

/// A finite number as a multiple of the smallest one.
fn multiple(number: f64) -> BigInt {
    let bits = number.to_bits();
    let (exponent, fraction) = (bits >> 52 & 0x7ff, bits & ((1 << 52) - 1));
    let magnitude = match exponent {
        0 => BigInt::from(fraction),
        _ => BigInt::from(fraction | 1 << 52) << (exponent - 1),
    };
    if number < 0.0 { -magnitude } else { magnitude }
}

/// The number nearest to this multiple of the smallest one.
fn rounded(multiple: &BigInt) -> f64 {
    let magnitude: &BigUint = multiple.magnitude();
    let dropped = magnitude.bits().saturating_sub(SIGNIFICANT);
    let mut kept: BigUint = magnitude >> dropped;
    if dropped > 0 {
        let rest = magnitude - (&kept << dropped);
        let half = BigUint::from(1_u8) << (dropped - 1);
        if rest > half || (rest == half && kept.bit(0)) {
            kept += 1_u8;
        }
    }
    // At most 53 bits, or one more with nothing but zeros behind it.
    let digits = kept.iter_u64_digits().next().unwrap_or(0);
    let number = digits as f64 * power_of_two(dropped);
    if multiple.sign() == Sign::Minus { -number } else { number }
}

/// The smallest number, doubled this many times.
fn power_of_two(doublings: u64) -> f64 {
    match doublings {
        0..52 => f64::from_bits(1 << doublings),
        52..2098 => f64::from_bits((doublings - 51) << 52),
        _ => f64::INFINITY,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_lost_on_the_way() {
        assert_eq!(sum(&[1e17, 0.5, -1e17]), Some(0.5));
        assert_eq!(sum(&[0.1; 10]), Some(1.0), "one by one it would be 0.9999999999999999");
        assert_eq!(sum(&[1e308, 1e308, -1e308]), Some(1e308), "what is between may be beyond the range");
        assert_eq!(sum(&[f64::MAX, f64::MAX]), None);
        assert_eq!(sum(&[]), Some(0.0));
        assert_eq!(sum(&[5e-324, 5e-324]), Some(1e-323));
    }

    #[test]
    fn a_sum_is_rounded_to_the_nearest_number_and_a_tie_to_the_even_one() {
        let large = 9_007_199_254_740_992.0;
        assert_eq!(sum(&[large, 1.0]), Some(large));
        assert_eq!(sum(&[large, 1.0, 5e-324]), Some(large + 2.0));
        assert_eq!(sum(&[large, 3.0]), Some(large + 4.0));
        assert_eq!(sum(&[-large, -1.0, -0.25]), Some(-large - 2.0));
        assert_eq!(sum(&[f64::MAX, 1e291]), Some(f64::MAX));
        assert_eq!(sum(&[f64::MAX, 1e292]), None);
    }

    #[test]
    fn powers_of_two_go_from_the_least_number_to_infinity() {
        assert_eq!((power_of_two(0), power_of_two(1)), (5e-324, 1e-323));
        assert_eq!((power_of_two(51), power_of_two(52)), (f64::MIN_POSITIVE / 2.0, f64::MIN_POSITIVE));
        assert_eq!((power_of_two(LEAST), power_of_two(LEAST + 3)), (1.0, 8.0));
        assert_eq!((power_of_two(2097), power_of_two(2098)), (2.0_f64.powi(1023), f64::INFINITY));
    }

    #[test]
    fn infinities_that_contradict_each_other_have_no_sum() {
        assert_eq!(sum(&[f64::INFINITY, 1.0]), Some(f64::INFINITY));
        assert_eq!(sum(&[f64::INFINITY, f64::NEG_INFINITY]), None);
    }

    #[test]
    fn a_whole_number_is_rounded_to_the_nearest() {
        assert_eq!(nearest(&sum_of_ints(&[i64::MAX, i64::MAX])), 1.844_674_407_370_955_2e19);
        assert_eq!(nearest(&sum_of_ints(&[9_007_199_254_740_993])), 9_007_199_254_740_992.0);
        assert_eq!(nearest(&sum_of_ints(&[])), 0.0);
    }
}

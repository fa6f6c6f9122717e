//! Sums of numbers that neither drift nor depend on the order of additions and removals.
//!
//! Adding and subtracting doubles rounds at every step, so after a million changes a running sum
//! would differ from the sum of the remaining numbers. An [`ExactSum`] is the sum itself, in fixed
//! point. 128 bits suffice for common sums; others switch to an accumulator as wide as the range of
//! doubles (Kulisch, "Computer Arithmetic and Validity", 2008). The sum is rounded once, when it is
//! read.
//!
//! Two doubles are an exact sum, too, as long as the second can hold everything that is rounded off
//! the first: that is a [`PairSum`], which is smaller and faster.

/// The exact sum of some numbers. It takes 24 bytes, and about 600 more in the wide form.
#[derive(Clone, Debug)]
pub struct ExactSum(Form);

#[derive(Clone, Debug)]
enum Form {
    /// The halves of a number in units of 2^-70. (An `i128` would make the sum a third larger.)
    Fixed {
        lower: u64,
        upper: i64,
    },
    Wide(Box<Wide>),
}

/// The unit of the fixed form is two to the minus this.
const FIXED_SCALE: i32 = 70;

const FIXED_UNIT: f64 = 1.0 / (1_u128 << FIXED_SCALE) as f64;

/// Numbers from this power of two on need the wide form.
const FIXED_LIMIT: f64 = (1_u64 << 54) as f64;

impl Default for ExactSum {
    fn default() -> Self {
        Self(Form::Fixed { lower: 0, upper: 0 })
    }
}

impl ExactSum {
    /// One number more.
    #[inline]
    pub fn add(&mut self, number: f64) {
        self.change(number, 1);
    }

    /// Removes a number that was added before.
    #[inline]
    pub fn subtract(&mut self, number: f64) {
        self.change(number, -1);
    }

    #[inline]
    fn change(&mut self, number: f64, sign: i8) {
        if let Form::Fixed { lower, upper } = self.0
            && let Some(units) = fixed_units(number)
            && let Some(sum) = joined(lower, upper).checked_add(units * i128::from(sign))
        {
            self.0 = Form::Fixed { lower: sum as u64, upper: (sum >> 64) as i64 };
        } else {
            self.change_wide(number, sign);
        }
    }

    #[cold]
    fn change_wide(&mut self, number: f64, sign: i8) {
        let mut wide = std::mem::take(self).widened();
        wide.add(number, sign);
        self.0 = Form::Wide(wide);
    }

    /// The sum in the wide form.
    fn widened(self) -> Box<Wide> {
        match self.0 {
            Form::Wide(wide) => wide,
            Form::Fixed { lower, upper } => {
                let (mut wide, units) = (Box::<Wide>::default(), joined(lower, upper));
                wide.change(units.unsigned_abs(), Wide::LOWEST - FIXED_SCALE, units < 0);
                wide
            }
        }
    }

    /// The sum, rounded to the nearest number. `None` beyond the range of numbers, or for
    /// infinities of both signs.
    #[inline]
    pub fn value(&self) -> Option<f64> {
        match &self.0 {
            Form::Fixed { lower, upper } => {
                // Exact: the unit is a power of two, and no result is so small that it is
                // subnormal.
                Some(joined(*lower, *upper) as f64 * FIXED_UNIT)
            }
            Form::Wide(wide) => wide.value(),
        }
    }
}

/// A number of units from its halves.
fn joined(lower: u64, upper: i64) -> i128 {
    i128::from(upper) << 64 | i128::from(lower)
}

/// The exact sum of numbers of similar size, such as amounts of money: two doubles, of which the
/// second is what was rounded off the first. It takes 16 bytes.
#[derive(Clone, Copy, Debug, Default)]
pub struct PairSum {
    high: f64,
    low: f64,
}

impl PairSum {
    /// Adds a number, or removes it if its sign is inverted, unless two doubles cannot hold the
    /// sum. Returns whether they can.
    #[inline]
    pub fn add(&mut self, number: f64) -> bool {
        let (high, rounded_off) = two_sum(self.high, number);
        // Carries seldom go further.
        if rounded_off == 0.0 {
            self.high = high;
            return true;
        }
        let (low, lost) = two_sum(self.low, rounded_off);
        // It is NaN where something is infinite.
        let is_exact = lost == 0.0;
        if is_exact {
            *self = Self { high, low };
        }
        is_exact
    }

    /// The sum, rounded to the nearest number; none beyond the range of numbers.
    #[inline]
    pub fn value(&self) -> Option<f64> {
        Some(self.high + self.low).filter(|sum| sum.is_finite())
    }
}

impl From<PairSum> for ExactSum {
    fn from(PairSum { high, low }: PairSum) -> Self {
        let mut sum = Self::default();
        sum.add(high);
        sum.add(low);
        sum
    }
}

/// The rounded sum of two numbers, and what was rounded off, which is a number unless the sum is
/// infinite. (Knuth, The Art of Computer Programming 4.2.2, theorem B.)
#[inline]
fn two_sum(one: f64, other: f64) -> (f64, f64) {
    let sum = one + other;
    let other_part = sum - one;
    (sum, (one - (sum - other_part)) + (other - other_part))
}

/// A number in units of 2^-70, where it is a whole number of them and not too large.
#[inline]
fn fixed_units(number: f64) -> Option<i128> {
    if number.abs() >= FIXED_LIMIT {
        return None;
    }
    let bits = number.to_bits();
    // A smaller number would only have a smaller exponent, and then the shift below is too far.
    let exponent = ((bits >> 52) & 0x7ff) as i32 - 1075;
    let mantissa = (bits & ((1 << 52) - 1)) | (1 << 52);
    let shift = exponent + FIXED_SCALE;
    let units = if shift >= 0 {
        i128::from(mantissa) << shift
    } else if number == 0.0 {
        0
    } else if shift > -64 && mantissa.trailing_zeros() as i32 >= -shift {
        i128::from(mantissa >> -shift)
    } else {
        return None;
    };
    Some(if number < 0.0 { -units } else { units })
}

/// A finite number without its sign as mantissa times a power of two.
fn parts(number: f64) -> (u64, i32) {
    let bits = number.to_bits();
    let (exponent, fraction) = (((bits >> 52) & 0x7ff) as i32, bits & ((1 << 52) - 1));
    if exponent == 0 { (fraction, -1074) } else { (fraction | 1 << 52, exponent - 1075) }
}

/// A fixed-point number with a bit for every bit of every double, and room to sum 2^32 of them.
#[derive(Clone, Debug)]
struct Wide {
    /// Of 32 bits each, lowest first, with room for carries that are not yet passed on.
    digits: [i64; Self::DIGITS],
    /// How many changes there were since carries were passed on.
    changes: u32,
    /// How many positive infinities were added.
    infinities: u32,
    negative_infinities: u32,
}

impl Default for Wide {
    fn default() -> Self {
        Self { digits: [0; Self::DIGITS], changes: 0, infinities: 0, negative_infinities: 0 }
    }
}

impl Wide {
    /// The lowest bit is worth two to the minus this.
    const LOWEST: i32 = 1074;
    const DIGITS: usize = (1074 + 1024 + 64) / 32 + 1;

    /// Adds or removes a number.
    fn add(&mut self, number: f64, sign: i8) {
        if number.is_infinite() {
            let count = if number > 0.0 { &mut self.infinities } else { &mut self.negative_infinities };
            *count = if sign > 0 { count.saturating_add(1) } else { count.saturating_sub(1) };
            return;
        }
        let (mantissa, exponent) = parts(number);
        self.change(u128::from(mantissa), exponent + Self::LOWEST, (number < 0.0) != (sign < 0));
    }

    /// Adds a magnitude times two to the `place` (counted from the lowest bit), or subtracts it.
    fn change(&mut self, magnitude: u128, place: i32, negative: bool) {
        let (mut at, shift) = (place as usize / 32, place as u32 % 32);
        // The magnitude has at most 127 bits, so its top bits are not lost to a shift made in two
        // steps.
        let mut rest = magnitude;
        let mut carried = 0_u64;
        while rest != 0 || carried != 0 {
            let chunk = ((rest as u32 as u64) << shift) + carried;
            rest >>= 32;
            carried = chunk >> 32;
            let digit = (chunk & 0xffff_ffff) as i64;
            self.digits[at] += if negative { -digit } else { digit };
            at += 1;
        }
        self.changes += 1;
        if self.changes == 1 << 30 {
            self.pass_carries();
        }
    }

    /// Normalises every digit but the highest, which has the sign, to 32 bits.
    fn pass_carries(&mut self) {
        let mut carry = 0;
        for digit in &mut self.digits[..Self::DIGITS - 1] {
            let sum = *digit + carry;
            *digit = sum & 0xffff_ffff;
            carry = sum >> 32;
        }
        self.digits[Self::DIGITS - 1] += carry;
        self.changes = 0;
    }

    #[cold]
    fn value(&self) -> Option<f64> {
        match (self.infinities > 0, self.negative_infinities > 0) {
            (true, true) => None,
            (true, false) => Some(f64::INFINITY),
            (false, true) => Some(f64::NEG_INFINITY),
            (false, false) => Some(self.rounded()).filter(|sum| sum.is_finite()),
        }
    }

    /// The nearest double; of two that are as near, the even one.
    fn rounded(&self) -> f64 {
        let mut magnitude = self.clone();
        magnitude.pass_carries();
        let negative = magnitude.digits[Self::DIGITS - 1] < 0;
        if negative {
            magnitude.digits.iter_mut().for_each(|digit| *digit = -*digit);
            magnitude.pass_carries();
        }
        let Some(top) = magnitude.digits.iter().rposition(|digit| *digit != 0) else { return 0.0 };
        let highest = top as i32 * 32 + 63 - magnitude.digits[top].leading_zeros() as i32;
        // The bits that a double keeps begin here; below the lowest bit there is nothing.
        let lowest = (highest - 52).max(0);
        let bit = |place: i32| (magnitude.digits[place as usize / 32] >> (place % 32)) & 1;
        let mantissa =
            (lowest..=highest).rev().fold(0_u64, |mantissa, place| mantissa << 1 | bit(place) as u64);
        let half = lowest > 0 && bit(lowest - 1) == 1;
        let beyond_half = || (0..lowest - 1).any(|place| bit(place) == 1);
        let up = half && (mantissa & 1 == 1 || beyond_half());
        let exponent = lowest - Self::LOWEST;
        let value = scaled(mantissa + u64::from(up), exponent);
        if negative { -value } else { value }
    }
}

/// A mantissa of at most 53 bits (or 2^53) times a power of two, of which the result is a double or
/// infinite.
fn scaled(mantissa: u64, exponent: i32) -> f64 {
    // In two steps, neither of which leaves the range of doubles on the way to a result within it.
    let first = exponent.clamp(-1000, 900);
    mantissa as f64 * f64::from(first).exp2() * f64::from(exponent - first).exp2()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn sum(numbers: &[f64]) -> Option<f64> {
        let mut sum = ExactSum::default();
        numbers.iter().for_each(|number| sum.add(*number));
        sum.value()
    }

    #[test]
    fn a_sum_is_rounded_once() {
        assert_eq!(sum(&[0.1; 10]), Some(1.0));
        assert_eq!(sum(&[1e17, 1.0, -1e17]), Some(1.0));
        assert_eq!(sum(&[1e300, 1.0, -1e300, 1e-300]), Some(1.0));
        assert_eq!(sum(&[f64::MIN_POSITIVE / 2.0, 5e-324]), Some(f64::MIN_POSITIVE / 2.0 + 5e-324));
        assert_eq!(sum(&[]), Some(0.0));
    }

    #[test]
    fn beyond_all_numbers_there_is_no_sum() {
        assert_eq!(sum(&[f64::MAX, f64::MAX]), None);
        assert_eq!(sum(&[-f64::MAX, -1e292]), None);
        let mut pair = PairSum::default();
        // Together half the distance from the greatest number to the one that would follow it.
        assert!([f64::MAX, 2_f64.powi(969), 2_f64.powi(969)].into_iter().all(|number| pair.add(number)));
        assert_eq!((pair.value(), ExactSum::from(pair).value()), (None, None));
        assert_eq!(sum(&[f64::MAX, f64::MAX, -f64::MAX]), Some(f64::MAX));
        assert_eq!(sum(&[f64::INFINITY, 1.0]), Some(f64::INFINITY));
        assert_eq!(sum(&[f64::INFINITY, f64::NEG_INFINITY]), None);
    }

    #[test]
    fn ties_go_to_the_even_number() {
        let two_to_53 = 9_007_199_254_740_992.0;
        assert_eq!(sum(&[two_to_53, 1.0]), Some(two_to_53));
        assert_eq!(sum(&[two_to_53, 1.0, 2.0]), Some(two_to_53 + 4.0));
        assert_eq!(sum(&[two_to_53, 1.0, 1e-200]), Some(two_to_53 + 2.0));
    }

    fn numbers() -> impl Strategy<Value = f64> {
        prop_oneof![
            (-1000_i64..1000).prop_map(|whole| whole as f64),
            (-1000_i64..1000).prop_map(|whole| whole as f64 / 100.0),
            (any::<i32>(), -300_i32..300)
                .prop_map(|(mantissa, exponent)| f64::from(mantissa) * f64::from(exponent).exp2()),
            proptest::num::f64::NORMAL | proptest::num::f64::SUBNORMAL,
        ]
    }

    proptest! {
        #[test]
        fn what_came_and_went_leaves_no_trace(
            stay in proptest::collection::vec(numbers(), 0..6),
            go in proptest::collection::vec(numbers(), 0..12),
        ) {
            let mut both = ExactSum::default();
            go.iter().chain(&stay).for_each(|number| both.add(*number));
            go.iter().rev().for_each(|number| both.subtract(*number));
            prop_assert_eq!(both.value(), sum(&stay));
            let backwards: Vec<f64> = stay.iter().rev().copied().collect();
            prop_assert_eq!(both.value(), sum(&backwards));
        }

        /// Some numbers are removed again. If two doubles hold the rest, they hold it exactly.
        #[test]
        fn two_doubles_are_the_sum_or_refuse(
            all in proptest::collection::vec((numbers(), any::<bool>()), 0..9),
        ) {
            let (mut pair, mut exact) = (PairSum::default(), ExactSum::default());
            let going = all.iter().filter(|(_, goes)| *goes).map(|(number, _)| -number);
            for number in all.iter().map(|(number, _)| *number).chain(going) {
                let before = pair.value();
                if pair.add(number) {
                    exact.add(number);
                } else {
                    prop_assert_eq!(pair.value(), before);
                }
                prop_assert_eq!(pair.value(), exact.value());
                prop_assert_eq!(ExactSum::from(pair).value(), exact.value());
            }
        }

        /// Amounts from 1.00 on are whole numbers of 2^-52. What is rounded off sums below 2^41 is
        /// at most 2^-13 each time, so of 400 such pieces less than 2^-4, which leaves the second
        /// double five bits to spare.
        #[test]
        fn two_doubles_are_enough_for_money(
            cents in proptest::collection::vec(100..1_000_000_000_000_i64, 0..200),
        ) {
            let mut pair = PairSum::default();
            let amounts = cents.iter().map(|cents| *cents as f64 / 100.0);
            for amount in amounts.clone().chain(amounts.map(|amount| -amount)) {
                prop_assert!(pair.add(amount));
            }
            prop_assert_eq!(pair.value(), Some(0.0));
        }

        #[test]
        fn the_sum_of_two_is_that_of_the_processor(one in numbers(), other in numbers()) {
            prop_assert_eq!(sum(&[one, other]), Some(one + other + 0.0).filter(|sum| sum.is_finite()));
        }
    }
}

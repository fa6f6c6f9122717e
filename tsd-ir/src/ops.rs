//! What every operator and function of the language computes.
//!
//! The interpreter and the generated code both call these functions, so the meaning of an operator
//! is defined once. A result of `None` is "no value": division by zero, overflow, a failed cast, a
//! result that is not a number.

mod arithmetic;
mod cast;
mod int;
mod number;
mod sum;
mod text;

pub use arithmetic::{int_arithmetic, number_arithmetic};
pub use cast::{
    bool_to_int, bool_to_number, bool_to_text, int_to_bool, int_to_number, int_to_text, number_to_bool,
    number_to_int, number_to_text, text_to_bool, text_to_int, text_to_number,
};
pub use int::{abs_int, add_int, divide_int, multiply_int, negate_int, remainder_int, subtract_int};
pub use number::{
    abs_number, add_number, ceil_number, compare_number, divide_number, floor_number, multiply_number,
    negate_number, remainder_number, round_number, subtract_number,
};
pub use sum::{ExactSum, PairSum};
pub use text::{LONGEST_TEXT, concat, contains, length, like, lower, substring, trim, upper};

//! A view must keep an aggregate of each of its groups up to date, one value at a time.
//!
//! An aggregate is an [`Accumulator`] in a file of its own: the state of one group. [`Groups`] does
//! what does not depend on the aggregate, in loops that are compiled for each. [`Aggregate`]
//! chooses between them, once for a block of rows. (DuckDB's aggregate functions have the same
//! form; Raasveldt and Mühleisen, SIGMOD 2019.)
//!
//! Adding or removing a value costs the same in a group of ten as in one of a hundred thousand, but
//! for the logarithm of `MIN` and `MAX`.

mod aggregate;
mod count;
mod distinct;
mod extreme;
mod groups;
mod input;
mod multiset;
mod sum;

use std::fmt::Debug;

pub(super) use self::aggregate::Aggregate;
pub(super) use self::input::Input;
use self::input::ReadInput;
use crate::eval::DerivedWord;
use crate::store::Strings;

/// The state of one group of an aggregate, besides the number of its values. The default is the
/// state of an empty group.
trait Accumulator: Clone + Debug + Default + Send + Sync + 'static {
    /// Whether the number of values determines the output. Then [`differs`](Self::differs) tells
    /// whether a group has changed.
    const IS_COUNT: bool = false;

    /// Adds a value. Returns whether this form of accumulator can hold it. If not, nothing has
    /// changed, and all groups are [widened](Groups::widened).
    #[inline]
    fn add(&mut self, _value: &impl ReadInput, _strings: &Strings) -> bool {
        true
    }

    /// Removes a value that was added; `left` values remain. Returns what [`add`](Self::add) does.
    #[inline]
    fn remove(&mut self, _value: &impl ReadInput, _left: u32, _strings: &Strings) -> bool {
        true
    }

    /// The result for the `count` values of the group.
    fn output(&self, count: u32) -> DerivedWord<'_>;

    /// Whether adding or removing a value in a group of `count` values may change the output.
    #[inline]
    fn may_show(_count: u32, _adds: bool) -> bool {
        true
    }

    /// Whether groups with these numbers of values have different outputs. Only called with
    /// [`IS_COUNT`](Self::IS_COUNT).
    #[inline]
    fn differs(before: u32, now: u32) -> bool {
        before != now
    }

    /// A number that can only be computed by reading the whole accumulator.
    #[inline]
    fn read(&self) -> u32 {
        0
    }

    /// An estimate of the bytes allocated by the accumulator.
    fn bytes(&self) -> usize {
        0
    }
}

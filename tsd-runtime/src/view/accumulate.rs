//! What a view keeps of the values in each of its groups, and what comes of them.
//!
//! An aggregate is an [`Accumulator`], in a file of its own: what is kept of the values of one
//! group. [`Groups`] does for all of them what does not depend on the aggregate, in loops that are
//! compiled for each; [`Aggregate`] chooses between them, once for a block of rows. (DuckDB's
//! aggregate functions have the same form; Raasveldt and Mühleisen, SIGMOD 2019.)
//!
//! One value more or less costs the same in a group of ten as in one of a hundred thousand.

mod aggregate;
mod count;
mod distinct;
mod extreme;
mod groups;
mod input;
mod sum;

use std::fmt::Debug;

pub(super) use self::aggregate::Aggregate;
pub(super) use self::input::Input;
use self::input::ReadInput;
use crate::eval::DerivedWord;
use crate::store::Strings;

/// What is kept of the values of one group, beside how many there are. A group without values is
/// the default.
trait Accumulator: Clone + Debug + Default + Send + Sync + 'static {
    /// Whether what came of a group before a change follows from how many values there were. Then
    /// [`differs`](Self::differs) tells whether the group has changed.
    const IS_COUNT: bool = false;

    /// Takes in a value. Returns whether this form of accumulator can hold it: if not, nothing has
    /// changed, and all groups are [widened](Groups::widened).
    fn add(&mut self, value: &impl ReadInput, strings: &Strings) -> bool;

    /// Gives up a value that was taken in, after which so many are left. Returns what
    /// [`add`](Self::add) does.
    fn remove(&mut self, value: &impl ReadInput, left: u32, strings: &Strings) -> bool;

    /// What comes of the values, of which there are `count`.
    fn output(&self, count: u32) -> DerivedWord<'_>;

    /// Whether a change to a group of so many values may change what comes of it.
    #[inline]
    fn may_show(_count: u32, _adds: bool) -> bool {
        true
    }

    /// Whether groups of so many values have different outputs, where counts are all that matters.
    #[inline]
    fn differs(before: u32, now: u32) -> bool {
        before != now
    }

    /// Something that can only be had by reading all of the accumulator.
    #[inline]
    fn read(&self) -> u32 {
        0
    }

    /// The bytes held beside the accumulator itself, estimated.
    fn bytes(&self) -> usize {
        0
    }
}

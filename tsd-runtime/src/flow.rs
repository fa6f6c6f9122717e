//! Tuples move through the network in blocks: deltas, and the matches that probes find for them.

mod context;
mod delta;
mod matches;
mod order;
mod pool;
mod sign;

pub(crate) use self::context::OperatorContext;
pub(crate) use self::delta::{BLOCK, Delta, TupleBlock, TupleRef, move_up};
pub(crate) use self::matches::{Keyed, Match, Matches, Pairs, collected};
pub(crate) use self::order::{BranchRank, ConflictOrder, OrderKey, TupleSource};
pub(crate) use self::pool::DeltaPool;
pub(crate) use self::sign::Sign;

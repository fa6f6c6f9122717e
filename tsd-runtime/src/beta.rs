//! Partners of a tuple must be found without searching all facts. Join nodes keep tuples in
//! memories by key, and pass pairs on to their outputs.

mod counts;
mod inputs;
mod join;
mod join_spec;
mod key;
mod key_index_input;
mod materialization;
mod memory;
mod outputs;
mod terminal;

pub use self::counts::Counts;
pub(crate) use self::join::{Emit, Join, Visit};
pub(crate) use self::join_spec::JoinSpec;
pub(crate) use self::key::KeyPart;
pub(crate) use self::materialization::EVICTION_THRESHOLD;
pub(crate) use self::outputs::Outputs;
pub(crate) use self::terminal::{BranchPath, Terminal};

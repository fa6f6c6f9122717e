//! A thousand rules filter the facts of one type, and a fact must not cost a thousand tests. Alpha
//! nodes find the rules that a fact passes.

mod alpha_node;
mod entry_points;
mod filter_index;
mod residual;

pub(crate) use self::alpha_node::{AlphaNode, Member};
pub(crate) use self::entry_points::{EntryPoint, EntryPoints};
pub(crate) use self::filter_index::FilterIndex;
pub(crate) use self::residual::{PreparedTest, Residuals};

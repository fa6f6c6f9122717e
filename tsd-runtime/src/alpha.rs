//! Where single facts are filtered: alpha nodes and the indexes behind them.

mod alpha_node;
mod entry_points;
mod filter_index;
mod residual;

pub(crate) use self::alpha_node::{AlphaNode, Member};
pub(crate) use self::entry_points::{EntryPoint, EntryPoints};
pub(crate) use self::filter_index::FilterIndex;
pub(crate) use self::residual::{PreparedTest, Residuals};

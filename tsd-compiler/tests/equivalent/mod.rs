//! Random rules, the ways to write them, and the result of compiling them.

mod nodes;
mod rules;
mod style;

pub(crate) use nodes::{Compiled, one_set_of_nodes};
pub(crate) use rules::rule;
pub(crate) use style::style;

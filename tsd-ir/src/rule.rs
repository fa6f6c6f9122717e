//! A planned rule: what the compiler hands to code generation and to the network.
//!
//! A rule's condition is a few [`Branch`]es. No two of them accept the same tuple, so a tuple
//! activates the rule at most once.

use crate::{Branch, DerivedValue, Effect, List, Pattern, Text, View};

/// One rule, checked, normalised and planned.
#[derive(Clone, Debug, PartialEq)]
pub struct Rule {
    /// The rule's name, unique in its module.
    pub name: Text,
    /// Activations of higher salience fire first.
    pub salience: i32,
    /// Whether the rule's own effects may not activate it again on the same facts.
    pub no_loop: bool,
    /// How many comparisons the rule contains, for the strategies `complexity` and `simplicity`.
    pub complexity: u32,
    /// The patterns as declared.
    pub patterns: List<Pattern>,
    /// The alternatives of the condition. None when the condition cannot be true.
    pub branches: List<Branch>,
    /// The effects, in order.
    pub effects: List<Effect>,
    /// The views that the rule reads, each after those that it reads itself.
    pub views: List<View>,
    /// The derived values that the effects read, in the order in which they number them.
    pub derived_values: List<DerivedValue>,
}

impl Rule {
    /// Whether activations of the rule support facts.
    pub fn inserts_logically(&self) -> bool {
        self.effects.iter().any(|effect| matches!(effect, Effect::Insert { logical: true, .. }))
    }
}

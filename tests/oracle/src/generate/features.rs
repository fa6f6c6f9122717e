//! What random programs may contain.

/// Constructs that can be left out of random programs, as long as the engine under test lacks them.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Features {
    /// `EXISTS (…)`.
    pub exists: bool,
    /// `SUM(…)` and the like as operands.
    pub aggregates: bool,
    /// `o.customer.name`.
    pub references: bool,
    /// Aggregate variables.
    pub groups: bool,
}

impl Features {
    /// None of them.
    pub const NONE: Self = Self { exists: false, aggregates: false, references: false, groups: false };

    /// The whole language.
    pub const ALL: Self = Self { exists: true, aggregates: true, references: true, groups: true };
}

impl Default for Features {
    /// What the engine has.
    fn default() -> Self {
        Self::ALL
    }
}

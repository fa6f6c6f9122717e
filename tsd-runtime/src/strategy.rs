//! A run must choose which of several activations of equal salience fires first.

use std::fmt;
use std::str::FromStr;

/// The order in which activations of equal salience fire, as in CLIPS.
///
/// What a strategy leaves open is decided in the same way by all. The newer change comes first (for
/// [`Breadth`](Self::Breadth) the older one), then the rule declared first, then older facts in the
/// order of the rule's patterns.
///
/// An update renews the recency of a fact. An activation keeps the recencies that its facts had
/// when it was created, or when the strategy was set.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Strategy {
    /// Activations of the oldest change first: changes are processed in turn.
    #[default]
    Breadth,
    /// Activations of the newest change first: consequences are followed to their end.
    Depth,
    /// The most recent facts first: facts are compared from the most recent to the least recent.
    /// Then the rule of higher complexity.
    Lex,
    /// The most recent fact of the first pattern first, then as [`Lex`](Self::Lex).
    Mea,
    /// The rule of higher complexity first: the one with more tests.
    Complexity,
    /// The rule of lower complexity first.
    Simplicity,
}

impl Strategy {
    /// All of them.
    pub const ALL: [Self; 6] =
        [Self::Breadth, Self::Depth, Self::Lex, Self::Mea, Self::Complexity, Self::Simplicity];

    /// The name: `breadth`, `depth`, `lex`, `mea`, `complexity` or `simplicity`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Breadth => "breadth",
            Self::Depth => "depth",
            Self::Lex => "lex",
            Self::Mea => "mea",
            Self::Complexity => "complexity",
            Self::Simplicity => "simplicity",
        }
    }
}

impl fmt::Display for Strategy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// A name that no strategy has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct UnknownStrategy;

impl fmt::Display for UnknownStrategy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names = Strategy::ALL.map(Strategy::name);
        write!(f, "a strategy is one of {}", names.join(", "))
    }
}

impl std::error::Error for UnknownStrategy {}

impl FromStr for Strategy {
    type Err = UnknownStrategy;

    fn from_str(name: &str) -> Result<Self, UnknownStrategy> {
        Self::ALL.into_iter().find(|strategy| strategy.name() == name).ok_or(UnknownStrategy)
    }
}

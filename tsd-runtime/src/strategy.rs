//! In which order activations of one salience fire.

use std::fmt;
use std::str::FromStr;

/// In which order activations of one salience fire, as CLIPS defines it.
///
/// What a strategy leaves open is decided alike by all: the newer change first (for
/// [`Breadth`](Self::Breadth) the older one), then the rule declared first, then the facts in the
/// order of the rule's patterns, older facts first.
///
/// A fact's recency is renewed when it is updated. An activation keeps the recency that its facts
/// had when it came about, or when the strategy was set.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Strategy {
    /// What the oldest change brought about first: changes are worked off in turn.
    #[default]
    Breadth,
    /// What the newest change brought about first: consequences are followed to their end.
    Depth,
    /// The most recent facts first: the activations' facts are compared from the most recent to the
    /// least; then the rule of higher complexity.
    Lex,
    /// The most recent fact of the first pattern first, then as [`Lex`](Self::Lex).
    Mea,
    /// The rule that asks for more first.
    Complexity,
    /// The rule that asks for less first.
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

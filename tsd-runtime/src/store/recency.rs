//! Some strategies order activations by the recency of facts, their place in the order of all
//! inserts and updates.
//!
//! As long as the facts of a type come one after another and do not change, their recencies follow
//! from their insertion numbers. So recencies are stored only for types whose facts come among
//! others, or change.

/// The recencies of the facts of one type.
#[derive(Clone, Debug, Default)]
pub(crate) enum Recency {
    /// There has been no fact yet.
    #[default]
    Unknown,
    /// The insertion number plus this.
    Counted(u64),
    /// By slot.
    Written(Vec<u64>),
}

impl Recency {
    /// The recency of the fact at a slot with this insertion number.
    pub(crate) fn of(&self, slot: u32, number: u64) -> u64 {
        match self {
            Self::Unknown => 0,
            Self::Counted(ahead) => number + ahead,
            Self::Written(all) => all.get(slot as usize).copied().unwrap_or(0),
        }
    }

    /// Whether the recency of a fact follows from its insertion number, as do those of its
    /// successors.
    pub(crate) fn is_counted(&self, number: u64, recency: u64) -> bool {
        matches!(self, Self::Counted(ahead) if number + ahead == recency)
    }

    /// Sets the recency of the fact at a slot; `number` returns the insertion numbers of all
    /// `slots` slots.
    #[inline]
    pub(crate) fn set(&mut self, slot: u32, recency: u64, slots: usize, number: impl Fn(u32) -> u64) {
        match self {
            Self::Unknown => *self = Self::Counted(recency.saturating_sub(number(slot))),
            Self::Counted(ahead) if number(slot) + *ahead == recency => {}
            Self::Counted(_) => {
                let mut all: Vec<u64> = (0..slots as u32).map(|slot| self.of(slot, number(slot))).collect();
                all[slot as usize] = recency;
                *self = Self::Written(all);
            }
            Self::Written(all) => {
                if all.len() <= slot as usize {
                    all.resize(slot as usize + 1, 0);
                }
                all[slot as usize] = recency;
            }
        }
    }

    /// The bytes allocated.
    pub(crate) fn bytes(&self) -> usize {
        match self {
            Self::Written(all) => all.capacity() * size_of::<u64>(),
            _ => 0,
        }
    }
}

//! Small numbers that name things: types, fields, actions, positions in a rule, and facts.

use std::fmt;
use std::hash::{Hash, Hasher};
use std::num::NonZeroU64;
use std::sync::atomic::{AtomicU64, Ordering};

/// The number of a type in its [`Schema`](crate::Schema), in order of declaration.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TypeId(pub u16);

/// The number of a field in its type, in order of declaration.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FieldId(pub u16);

/// The number of an action in its [`Schema`](crate::Schema), in order of declaration.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ActionId(pub u16);

/// A place in a tuple of facts.
///
/// In a rule's effects it counts the patterns as the rule declares them. In a
/// [`Branch`](crate::Branch) it counts them in the order in which the branch joins them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Position(pub u16);

impl TypeId {
    /// The most types that one schema can hold: a [`FactRef`] has 12 bits for the type.
    pub const LIMIT: usize = 1 << FactRef::TYPE_BITS;

    /// In the plan of a view: the type of its parameters, if they are values.
    pub const PARAMETERS: Self = Self(u16::MAX);

    const OF_A_VIEW: u16 = 1 << 15;

    /// In a network: the type of the parameters of the view with a number.
    pub const fn parameters_of(view: u16) -> Self {
        Self(Self::OF_A_VIEW | view)
    }

    /// The view whose parameters have this type, if there is one.
    #[inline]
    pub const fn view(self) -> Option<u16> {
        if self.0 & Self::OF_A_VIEW == 0 { None } else { Some(self.0 & !Self::OF_A_VIEW) }
    }

    /// The number as an index.
    pub const fn index(self) -> usize {
        self.0 as usize
    }
}

impl FieldId {
    /// The number as an index.
    pub const fn index(self) -> usize {
        self.0 as usize
    }
}

impl ActionId {
    /// The number as an index.
    pub const fn index(self) -> usize {
        self.0 as usize
    }
}

impl Position {
    /// The number as an index.
    pub const fn index(self) -> usize {
        self.0 as usize
    }
}

/// A reference to a fact within its session, in eight bytes: its slot, the slot's generation and
/// its type.
///
/// When a slot is reused after its fact was retracted, it has the next generation, so an old
/// reference never reaches a new fact. A slot whose generations are used up is retired.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FactRef(u64);

impl FactRef {
    const TYPE_BITS: u32 = 12;
    const GENERATION_BITS: u32 = 20;

    /// The highest generation that a slot can reach before it is retired.
    pub const LAST_GENERATION: u32 = (1 << Self::GENERATION_BITS) - 1;

    /// Puts a reference together. `generation` must not exceed [`Self::LAST_GENERATION`], nor `ty`
    /// [`TypeId::LIMIT`]; higher bits are cut off.
    pub const fn new(ty: TypeId, slot: u32, generation: u32) -> Self {
        let ty = (ty.0 as u64 & ((1 << Self::TYPE_BITS) - 1)) << (32 + Self::GENERATION_BITS);
        let generation = (generation & Self::LAST_GENERATION) as u64;
        Self(ty | generation << 32 | slot as u64)
    }

    /// The reference as the word that a field stores.
    pub const fn to_word(self) -> u64 {
        self.0
    }

    /// The reference whose [`to_word`](Self::to_word) is `word`.
    pub const fn from_word(word: u64) -> Self {
        Self(word)
    }

    /// The fact's type.
    pub const fn ty(self) -> TypeId {
        TypeId((self.0 >> (32 + Self::GENERATION_BITS)) as u16)
    }

    /// The fact's place in the store of its type.
    pub const fn slot(self) -> u32 {
        self.0 as u32
    }

    /// How often the slot was used before.
    pub const fn generation(self) -> u32 {
        (self.0 >> 32) as u32 & Self::LAST_GENERATION
    }
}

impl fmt::Debug for FactRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "fact {}:{}.{}", self.ty().0, self.slot(), self.generation())
    }
}

/// The session that a handle belongs to. No two origins of a process are equal, so a handle of one
/// session means nothing to another, nor to the same session after a reset.
///
/// Only handles contain an origin. What a session stores (rows, joins, the agenda) refers to its
/// own facts only.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Origin(NonZeroU64);

impl Origin {
    /// An origin that has never existed before. There are enough for a million a second for half a
    /// million years.
    #[allow(clippy::new_without_default)]
    pub fn new() -> Self {
        static NEXT: AtomicU64 = AtomicU64::new(1);
        let next = NEXT.fetch_add(1, Ordering::Relaxed);
        Self(NonZeroU64::new(next).unwrap_or(NonZeroU64::MAX))
    }
}

/// Without its number, which depends on what else the process does.
impl fmt::Debug for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Origin")
    }
}

/// Names one fact among those of all sessions of a process.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct FactHandle {
    fact: FactRef,
    origin: Origin,
}

impl FactHandle {
    /// The handle of a fact, with the origin of its session.
    pub const fn new(fact: FactRef, origin: Origin) -> Self {
        Self { fact, origin }
    }

    /// The fact as its session refers to it.
    pub const fn fact(self) -> FactRef {
        self.fact
    }

    /// The session that the fact belongs to.
    pub const fn origin(self) -> Origin {
        self.origin
    }

    /// The fact's type.
    pub const fn ty(self) -> TypeId {
        self.fact.ty()
    }
}

/// Hashes the fact alone, so that a hash is the same each time the program runs.
impl Hash for FactHandle {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.fact.hash(state);
    }
}

impl fmt::Debug for FactHandle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.fact.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reference_keeps_its_parts() {
        let fact = FactRef::new(TypeId(4095), u32::MAX, FactRef::LAST_GENERATION);
        assert_eq!(fact.ty(), TypeId(4095));
        assert_eq!(fact.slot(), u32::MAX);
        assert_eq!(fact.generation(), FactRef::LAST_GENERATION);
        assert_eq!(FactRef::from_word(fact.to_word()), fact);
        assert_eq!(FactRef::new(TypeId(3), 7, 1).generation(), 1);
    }

    #[test]
    fn handles_of_two_origins_differ_but_look_alike() {
        let fact = FactRef::new(TypeId(3), 7, 1);
        let [one, other] = [Origin::new(), Origin::new()].map(|origin| FactHandle::new(fact, origin));
        assert_ne!(one, other);
        assert_eq!(format!("{one:?}"), "fact 3:7.1");
        assert_eq!(format!("{one:?}"), format!("{other:?}"));
        assert_eq!(size_of::<Option<FactHandle>>(), 16);
    }
}

//! Small numbers that name things: types, fields, actions, positions in a rule, and facts.

use std::fmt;

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
/// In a rule's effects it counts the patterns as the rule declares them; in a [`Branch`](crate::Branch) it counts
/// them in the order in which the branch joins them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Position(pub u16);

impl TypeId {
    /// The most types that one schema can hold: a [`FactHandle`] has 12 bits for the type.
    pub const LIMIT: usize = 1 << FactHandle::TYPE_BITS;

    /// In the plan of a view: the type of its parameters, where they are values.
    pub const PARAMETERS: Self = Self(u16::MAX);

    const OF_A_VIEW: u16 = 1 << 15;

    /// In a network: the type of the parameters of the view with a number.
    pub const fn parameters_of(view: u16) -> Self {
        Self(Self::OF_A_VIEW | view)
    }

    /// The view whose parameters the type is, if it is such a type.
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

/// Names one fact of one session, in eight bytes: its slot, the slot's generation and its type.
///
/// A slot is used again after its fact was retracted, with the next generation, so an old handle never
/// reaches a new fact. A slot whose generations are used up is retired.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FactHandle(u64);

impl FactHandle {
    const TYPE_BITS: u32 = 12;
    const GENERATION_BITS: u32 = 20;

    /// The highest generation that a slot can reach before it is retired.
    pub const LAST_GENERATION: u32 = (1 << Self::GENERATION_BITS) - 1;

    /// Puts a handle together. `generation` must not exceed [`Self::LAST_GENERATION`], nor `ty`
    /// [`TypeId::LIMIT`]; higher bits are cut off.
    pub const fn new(ty: TypeId, slot: u32, generation: u32) -> Self {
        let ty = (ty.0 as u64 & ((1 << Self::TYPE_BITS) - 1)) << (32 + Self::GENERATION_BITS);
        let generation = (generation & Self::LAST_GENERATION) as u64;
        Self(ty | generation << 32 | slot as u64)
    }

    /// The handle as the word that a reference field stores.
    pub const fn to_word(self) -> u64 {
        self.0
    }

    /// The handle whose [`to_word`](Self::to_word) is `word`.
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

impl fmt::Debug for FactHandle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "fact {}:{}.{}", self.ty().0, self.slot(), self.generation())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_handle_keeps_its_parts() {
        let handle = FactHandle::new(TypeId(4095), u32::MAX, FactHandle::LAST_GENERATION);
        assert_eq!(handle.ty(), TypeId(4095));
        assert_eq!(handle.slot(), u32::MAX);
        assert_eq!(handle.generation(), FactHandle::LAST_GENERATION);
        assert_eq!(FactHandle::from_word(handle.to_word()), handle);
        assert_eq!(FactHandle::new(TypeId(3), 7, 1).generation(), 1);
    }
}

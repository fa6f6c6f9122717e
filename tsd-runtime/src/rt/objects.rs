//! Facts of `extern` types are structs of the host program, which are stored beside their rows.

use std::fmt;

/// A struct of the host program that rules may use as a fact type: `#[derive(tsd::Fact)]`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be a fact",
    label = "named by an `extern type` of the rules",
    note = "add `#[derive(Clone, tsd::Fact)]` to `{Self}`"
)]
pub trait Fact: Clone + 'static {
    /// The struct's name.
    const NAME: &'static str;

    /// The names of its fields, in order.
    const FIELDS: &'static [&'static str];
}

/// Compiles for types that can be facts.
pub const fn assert_fact<T: Fact>() {}

/// The structs of one type, by the slots of their facts.
#[derive(Clone)]
pub struct Objects<T> {
    by_slot: Vec<Option<T>>,
}

impl<T> Default for Objects<T> {
    fn default() -> Self {
        Self { by_slot: Vec::new() }
    }
}

impl<T> Objects<T> {
    /// Stores the struct of the fact at `slot`.
    pub fn keep(&mut self, slot: u32, object: T) {
        let slot = slot as usize;
        if self.by_slot.len() <= slot {
            self.by_slot.resize_with(slot + 1, || None);
        }
        self.by_slot[slot] = Some(object);
    }

    /// The struct of the fact at `slot`, to be brought up to date.
    pub fn get_mut(&mut self, slot: u32) -> Option<&mut T> {
        self.by_slot.get_mut(slot as usize)?.as_mut()
    }

    /// A copy of the struct of the fact at `slot`.
    pub fn copy(&self, slot: u32) -> Option<T>
    where
        T: Clone,
    {
        self.by_slot.get(slot as usize)?.clone()
    }

    /// Drops the struct of the fact at `slot`.
    pub fn forget(&mut self, slot: u32) {
        if let Some(object) = self.by_slot.get_mut(slot as usize) {
            *object = None;
        }
    }
}

impl<T> fmt::Debug for Objects<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} objects", self.by_slot.iter().flatten().count())
    }
}

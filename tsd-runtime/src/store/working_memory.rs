//! Working memory: the facts of a session and the strings in them.

use tsd_ir::{FactHandle, FactRef, FieldId, Origin, Schema, TypeId};

use super::facts::Store;
use super::strings::Strings;

/// The facts of a session.
#[derive(Debug)]
pub(crate) struct WorkingMemory {
    pub(crate) stores: Vec<Store>,
    /// The parameters of views, by the number of the view; empty where they are not values.
    pub(crate) parameters: Vec<Store>,
    pub(crate) strings: Strings,
    /// How often an expression had no value for another reason than a missing field.
    pub(crate) no_values: std::cell::Cell<u64>,
    /// Of the handles of all facts.
    pub(crate) origin: Origin,
    /// How many facts were inserted or updated.
    recency: u64,
}

impl WorkingMemory {
    /// Counts that an operator had no value, and tells which. Inlined, so that its name is nowhere where nothing is told.
    #[inline]
    pub(crate) fn count_no_value(&self, operator: &'static str) {
        self.no_values.set(self.no_values.get() + 1);
        crate::base::no_value(operator);
    }

    pub(crate) fn new(schema: &Schema) -> Self {
        let mut memory = Self {
            stores: Vec::new(),
            parameters: Vec::new(),
            strings: Strings::default(),
            no_values: std::cell::Cell::new(0),
            origin: Origin::new(),
            recency: 0,
        };
        memory.declare(schema);
        memory
    }

    /// Makes stores for the types of a schema that begins with the types known.
    pub(crate) fn declare(&mut self, schema: &Schema) {
        let new = schema.types.iter().enumerate().skip(self.stores.len());
        let store = |(index, ty)| Store::new(TypeId(index as u16), ty, self.origin);
        let stores = new.map(store);
        self.stores.extend(stores);
    }

    #[inline]
    pub(crate) fn store(&self, ty: TypeId) -> &Store {
        match ty.view() {
            None => &self.stores[ty.index()],
            Some(view) => &self.parameters[view as usize],
        }
    }

    #[inline]
    pub(crate) fn field(&self, ty: TypeId, slot: u32, field: FieldId) -> Option<u64> {
        self.store(ty).field(slot, field)
    }

    /// How many facts there are, of all types.
    pub(crate) fn count(&self) -> usize {
        self.stores.iter().map(Store::len).sum()
    }

    /// Makes a fact the most recent one.
    #[inline]
    pub(crate) fn renew(&mut self, ty: TypeId, slot: u32) {
        self.recency += 1;
        self.stores[ty.index()].set_recency(slot, self.recency);
    }

    /// Makes facts of one type the most recent ones, the last one most of all.
    pub(crate) fn renew_all(&mut self, ty: TypeId, slots: &[u32]) {
        let store = &mut self.stores[ty.index()];
        if !store.has_recency(slots, self.recency + 1) {
            for (slot, recency) in slots.iter().zip(self.recency + 1..) {
                store.set_recency(*slot, recency);
            }
        }
        self.recency += slots.len() as u64;
    }

    /// The slot of a handle whose fact is still there. A handle of another session has none, whatever it
    /// looks like.
    pub(crate) fn find(&self, handle: FactHandle) -> Option<u32> {
        if handle.origin() == self.origin { self.find_referred(handle.fact()) } else { None }
    }

    /// The slot of a fact to which one of this session refers, if it is still there.
    #[inline]
    pub(crate) fn find_referred(&self, fact: FactRef) -> Option<u32> {
        self.stores.get(fact.ty().index())?.find(fact)
    }

    /// The handle of a fact to which one of this session refers, by the word of its field.
    #[inline]
    pub(crate) fn handle_of(&self, word: u64) -> FactHandle {
        FactHandle::new(FactRef::from_word(word), self.origin)
    }
}

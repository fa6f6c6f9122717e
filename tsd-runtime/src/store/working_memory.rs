//! All facts of a session and the strings in them, found by type, slot and handle.

use std::sync::atomic::AtomicU64;
use std::sync::atomic::Ordering::Relaxed;

use tsd_ir::{FactHandle, FactRef, FieldId, Schema, Type, TypeId};

use super::facts::Store;
use super::lineage::Lineage;
use super::strings::Strings;

/// The facts of a session.
#[derive(Debug)]
pub(crate) struct WorkingMemory {
    pub(crate) stores: Vec<Store>,
    /// The parameters of views that are values and not facts, by the number of the view. A store is
    /// made when a tuple first reads the view.
    parameters: Vec<Option<Box<Store>>>,
    /// An empty store, for views without parameters.
    nothing: Store,
    pub(crate) strings: Strings,
    /// How often an operator had no value for another reason than a missing field.
    no_values: AtomicU64,
    /// Tells which handles name facts of this session.
    pub(crate) lineage: Lineage,
    /// The number of inserts and updates so far.
    recency: u64,
}

impl WorkingMemory {
    /// Counts and traces that an operator had no value. It is inlined, so that a build without
    /// tracing does not contain the operator's name.
    #[inline]
    pub(crate) fn count_no_value(&self, operator: &'static str) {
        self.no_values.fetch_add(1, Relaxed);
        crate::base::no_value(operator);
    }

    /// How often an operator had no value since the last call.
    pub(crate) fn take_no_values(&mut self) -> u64 {
        std::mem::take(self.no_values.get_mut())
    }

    /// A memory without facts, with the strings that the rules mention.
    pub(crate) fn new(schema: &Schema, strings: Strings) -> Self {
        let lineage = Lineage::new();
        let origin = lineage.origin();
        let mut memory = Self {
            stores: Vec::with_capacity(schema.types.len()),
            parameters: Vec::new(),
            nothing: Store::new(TypeId::PARAMETERS, &Type::default(), origin),
            strings,
            no_values: AtomicU64::new(0),
            lineage,
            recency: 0,
        };
        memory.declare(schema);
        memory
    }

    /// An independent copy. Handles of this memory name the same facts in the copy.
    pub(crate) fn forked(&self) -> Self {
        let lineage = self.lineage.forked(&self.stores);
        let origin = lineage.origin();
        let stores = self.stores.iter().map(|store| store.with_origin(origin)).collect();
        let parameters = self
            .parameters
            .iter()
            .map(|store| store.as_ref().map(|store| Box::new(store.with_origin(origin))));
        Self {
            stores,
            parameters: parameters.collect(),
            nothing: self.nothing.with_origin(origin),
            strings: self.strings.clone(),
            no_values: AtomicU64::new(0),
            lineage,
            recency: self.recency,
        }
    }

    /// Takes over the allocated rows of another memory of the same types. It has no facts any more.
    pub(crate) fn reuse(&mut self, before: &mut Self) {
        for (store, other) in self.stores.iter_mut().zip(&mut before.stores) {
            store.reuse(other);
        }
    }

    /// Adds stores for the new types of a schema that begins with the known types.
    pub(crate) fn declare(&mut self, schema: &Schema) {
        let new = schema.types.iter().enumerate().skip(self.stores.len());
        let origin = self.lineage.origin();
        let store = |(index, ty)| Store::new(TypeId(index as u16), ty, origin);
        let stores = new.map(store);
        self.stores.extend(stores);
    }

    #[inline]
    pub(crate) fn store(&self, ty: TypeId) -> &Store {
        match ty.view() {
            None => &self.stores[ty.index()],
            Some(view) => self.parameters(view),
        }
    }

    /// The parameters of a view that are values.
    #[inline]
    pub(crate) fn parameters(&self, view: u16) -> &Store {
        self.parameters.get(view as usize).and_then(Option::as_deref).unwrap_or(&self.nothing)
    }

    /// The parameters of a view that are values, and the strings. The store is made with the type
    /// `declared` if it does not exist.
    pub(crate) fn parameters_mut(
        &mut self,
        view: u16,
        declared: impl FnOnce() -> Type,
    ) -> (&mut Store, &mut Strings) {
        let index = view as usize;
        if self.parameters.len() <= index {
            self.parameters.resize_with(index + 1, || None);
        }
        let origin = self.lineage.origin();
        let new = || Box::new(Store::new(TypeId::parameters_of(view), &declared(), origin));
        (self.parameters[index].get_or_insert_with(new), &mut self.strings)
    }

    /// Removes the parameters of a view.
    pub(crate) fn forget_parameters(&mut self, view: u16) {
        let Some(store) = self.parameters.get_mut(view as usize).and_then(Option::take) else { return };
        for slot in store.live_slots() {
            store.texts_of(slot).for_each(|symbol| self.strings.release(symbol));
        }
    }

    /// The bytes that the parameters of all views occupy.
    pub(crate) fn parameter_bytes(&self) -> usize {
        self.parameters.iter().flatten().map(|store| store.bytes()).sum()
    }

    #[inline]
    pub(crate) fn field(&self, ty: TypeId, slot: u32, field: FieldId) -> Option<u64> {
        self.store(ty).field(slot, field)
    }

    /// The number of facts, of all types.
    pub(crate) fn count(&self) -> usize {
        self.stores.iter().map(Store::len).sum()
    }

    /// Makes a fact the most recent one.
    #[inline]
    pub(crate) fn renew(&mut self, ty: TypeId, slot: u32) {
        self.recency += 1;
        self.stores[ty.index()].set_recency(slot, self.recency);
    }

    /// Makes facts of one type the most recent ones, the last of them the most recent.
    pub(crate) fn renew_all(&mut self, ty: TypeId, slots: &[u32]) {
        let store = &mut self.stores[ty.index()];
        if !store.has_recency(slots, self.recency + 1) {
            for (slot, recency) in slots.iter().zip(self.recency + 1..) {
                store.set_recency(*slot, recency);
            }
        }
        self.recency += slots.len() as u64;
    }

    /// The slot of the fact that a handle names, if it still exists. A handle of an unrelated
    /// session has none.
    pub(crate) fn find(&self, handle: FactHandle) -> Option<u32> {
        self.find_referred(self.lineage.known(handle, &self.stores)?)
    }

    /// The slot of the fact to which a fact of this session refers, if it still exists.
    #[inline]
    pub(crate) fn find_referred(&self, fact: FactRef) -> Option<u32> {
        self.stores.get(fact.ty().index())?.find(fact)
    }

    /// The handle of a referenced fact, from the word of a reference field.
    #[inline]
    pub(crate) fn handle_of(&self, word: u64) -> FactHandle {
        FactHandle::new(FactRef::from_word(word), self.lineage.origin())
    }
}

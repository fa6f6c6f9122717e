//! Working memory: the facts of a session and the strings in them.

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
    /// The parameters of views that are values, by the number of the view. There is none before
    /// somebody asks.
    parameters: Vec<Option<Box<Store>>>,
    /// No parameters.
    nothing: Store,
    pub(crate) strings: Strings,
    /// How often an expression had no value for another reason than a missing field.
    no_values: AtomicU64,
    /// Whose handles name facts here.
    pub(crate) lineage: Lineage,
    /// How many facts were inserted or updated.
    recency: u64,
}

impl WorkingMemory {
    /// Counts that an operator had no value, and tells which. Inlined, so that its name is nowhere
    /// where nothing is told.
    #[inline]
    pub(crate) fn count_no_value(&self, operator: &'static str) {
        self.no_values.fetch_add(1, Relaxed);
        crate::base::no_value(operator);
    }

    /// How often an expression had no value since the last call.
    pub(crate) fn take_no_values(&mut self) -> u64 {
        std::mem::take(self.no_values.get_mut())
    }

    /// A memory without facts, with the strings that rules mention.
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

    /// The memory of a session that begins as a copy of this one. Handles of this one name the
    /// facts that both have.
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

    /// Takes over the room that another memory had for facts of the same types, of which none is
    /// left.
    pub(crate) fn reuse(&mut self, before: &mut Self) {
        for (store, other) in self.stores.iter_mut().zip(&mut before.stores) {
            store.reuse(other);
        }
    }

    /// Makes stores for the types of a schema that begins with the types known.
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

    /// The same, to change them, beside the strings in them. They are declared where they are the
    /// first.
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

    /// Forgets the parameters of a view.
    pub(crate) fn forget_parameters(&mut self, view: u16) {
        let Some(store) = self.parameters.get_mut(view as usize).and_then(Option::take) else { return };
        for slot in store.live_slots() {
            store.texts_of(slot).for_each(|symbol| self.strings.release(symbol));
        }
    }

    /// The bytes that the parameters of all views hold.
    pub(crate) fn parameter_bytes(&self) -> usize {
        self.parameters.iter().flatten().map(|store| store.bytes()).sum()
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

    /// The slot of a handle whose fact is still there. A handle of another session has none,
    /// whatever it looks like.
    pub(crate) fn find(&self, handle: FactHandle) -> Option<u32> {
        self.find_referred(self.lineage.known(handle, &self.stores)?)
    }

    /// The slot of a fact to which one of this session refers, if it is still there.
    #[inline]
    pub(crate) fn find_referred(&self, fact: FactRef) -> Option<u32> {
        self.stores.get(fact.ty().index())?.find(fact)
    }

    /// The handle of a fact to which one of this session refers, by the word of its field.
    #[inline]
    pub(crate) fn handle_of(&self, word: u64) -> FactHandle {
        FactHandle::new(FactRef::from_word(word), self.lineage.origin())
    }
}

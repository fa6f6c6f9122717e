//! Facts by the number of their type, for programs that know their types only at run time.

use tsd_ir::{FactHandle, TypeId, Value};

use super::{Batch, Program, Session};
use crate::error::Error;

impl<P: Program> Session<P> {
    /// Inserts a fact by the number of its type, with a value for each field.
    ///
    /// # Errors
    /// Those of [`insert`](Self::insert), [`Error::UnknownType`], and [`Error::WrongCount`].
    pub fn insert_values(&mut self, ty: TypeId, values: &[Value]) -> Result<FactHandle, Error> {
        self.core.insert_values(ty, values)
    }

    /// Inserts facts by the number of their type; see [`insert_all`](Self::insert_all).
    ///
    /// # Errors
    /// That of the first fact that [`insert_values`](Self::insert_values) would refuse. The facts
    /// before it are then in the session, and those after it are not.
    pub fn insert_all_values<V: AsRef<[Value]>>(
        &mut self,
        ty: TypeId,
        facts: impl IntoIterator<Item = V>,
    ) -> Result<usize, Error> {
        Batch::begin(&mut self.core).insert_all_values(ty, facts)
    }

    /// Allocates room for `facts` more facts of the type with this number; see
    /// [`reserve`](Self::reserve).
    pub fn reserve_type(&mut self, ty: TypeId, facts: usize) {
        self.core.sound();
        if let Some(store) = self.core.matcher.state.memory.stores.get_mut(ty.index()) {
            store.reserve(facts);
        }
    }

    /// Replaces all fields of a fact.
    ///
    /// # Errors
    /// Those of [`update`](Self::update), and [`Error::WrongCount`].
    pub fn update_values(&mut self, handle: FactHandle, values: &[Value]) -> Result<(), Error> {
        self.core.update_values(handle, values)
    }

    /// Retracts a fact by its handle alone.
    ///
    /// # Errors
    /// [`Error::NoSuchFact`] if it has been retracted before.
    pub fn retract_fact(&mut self, handle: FactHandle) -> Result<(), Error> {
        self.core.retract(handle)
    }

    /// The fields of a fact, in order of declaration; `None` if it has been retracted.
    pub fn values(&self, handle: FactHandle) -> Option<Vec<Value>> {
        self.core.sound();
        self.core.values(handle)
    }

    /// The handles of all facts of a type, in the order of the slots they occupy.
    pub fn handles(&self, ty: TypeId) -> impl Iterator<Item = FactHandle> + '_ {
        let store = self.core.sound().state.memory.stores.get(ty.index());
        store.into_iter().flat_map(|store| store.live_slots().map(|slot| store.handle(slot)))
    }
}

//! An action may change the session that runs it.

use tsd_ir::{FactHandle, Value};

use super::core::Core;
use super::names;
use super::program::{FactOf, Program};
use crate::base::Handle;
use crate::error::Error;

/// Lets an action that is declared with `@context` insert, update and retract facts. A change
/// brings the match up to date at once; new activations fire later in the same run.
///
/// If an action catches a panic of the session, the session is poisoned (see
/// [`Session`](crate::session::Session)) and the run ends when the action returns.
pub struct Context<'a, P: Program> {
    pub(crate) core: &'a mut Core<P>,
}

impl<P: Program> Context<'_, P> {
    /// Inserts a fact; see [`Session::insert`](crate::Session::insert).
    ///
    /// # Errors
    /// Those of [`Session::insert`](crate::Session::insert).
    pub fn insert<T: FactOf<P>>(&mut self, fact: T) -> Result<Handle<T>, Error> {
        self.core.insert(fact)
    }

    /// Changes a fact; see [`Session::update`](crate::Session::update).
    ///
    /// # Errors
    /// Those of [`Session::update`](crate::Session::update).
    pub fn update<T: FactOf<P>>(
        &mut self,
        handle: Handle<T>,
        change: impl FnOnce(&mut T),
    ) -> Result<(), Error> {
        self.core.update(handle, change)
    }

    /// Retracts a fact.
    ///
    /// # Errors
    /// [`Error::NoSuchFact`] if it has been retracted before.
    pub fn retract<T: FactOf<P>>(&mut self, handle: Handle<T>) -> Result<(), Error> {
        self.core.retract_typed(handle)
    }

    /// A copy of a fact; `None` if it has been retracted.
    pub fn get<T: FactOf<P>>(&self, handle: Handle<T>) -> Option<T> {
        self.core.sound();
        self.core.get(handle)
    }

    /// The name of a fact; see [`Session::name_of`](crate::Session::name_of).
    pub fn name_of(&self, handle: FactHandle) -> Option<String> {
        let slot = self.core.sound().find(handle)?;
        Some(names::fact(&self.core.matcher, handle.ty(), slot))
    }

    /// A value as `Print` shows it.
    pub fn show(&self, value: &Value) -> String {
        names::value(self.core.sound(), value)
    }

    /// The fields of a fact, in order of declaration; `None` if it has been retracted.
    pub fn values(&self, handle: FactHandle) -> Option<Vec<Value>> {
        self.core.sound();
        self.core.values(handle)
    }

    /// The declarations of the module.
    pub fn schema(&self) -> &tsd_ir::Schema {
        &self.core.sound().base.schema
    }
}

impl<P: Program> std::fmt::Debug for Context<'_, P> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Context").field("session", &*self.core).finish()
    }
}

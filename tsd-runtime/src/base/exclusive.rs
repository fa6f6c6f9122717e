//! What only its owner may use.
//!
//! An observer may be sent to another thread, but need not bear to be called from two. Nobody calls
//! it but who has the session for himself; that is not enough for the compiler, to which a session
//! that holds it could not be shared.

use std::sync::{Mutex, PoisonError};

/// A value that is reached only through `&mut`, so that it can be shared whatever it is.
pub(crate) struct Exclusive<T>(Mutex<T>);

impl<T> Exclusive<T> {
    pub(crate) fn new(value: T) -> Self {
        Self(Mutex::new(value))
    }

    /// The value. Nobody else has it, so nothing is locked.
    #[inline]
    pub(crate) fn get(&mut self) -> &mut T {
        self.0.get_mut().unwrap_or_else(PoisonError::into_inner)
    }
}

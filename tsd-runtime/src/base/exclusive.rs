//! A session can be shared between threads though its observers cannot be called from two at once.
//!
//! An observer is `Send` but need not be `Sync`. It is only called through `&mut Session`, so no
//! two threads ever call it; the wrapper makes that known to the compiler.

use std::sync::{Mutex, PoisonError};

/// A value that is reached only through `&mut`, so that it is `Sync` whatever it is.
pub(crate) struct Exclusive<T>(Mutex<T>);

impl<T> Exclusive<T> {
    pub(crate) fn new(value: T) -> Self {
        Self(Mutex::new(value))
    }

    /// The value. The exclusive borrow makes locking unnecessary.
    #[inline]
    pub(crate) fn get(&mut self) -> &mut T {
        self.0.get_mut().unwrap_or_else(PoisonError::into_inner)
    }
}

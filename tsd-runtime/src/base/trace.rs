//! The lowest layers trace, too, without knowing a session.

/// Traces that an operator had no value.
#[cfg(feature = "tracing")]
#[cold]
pub(crate) fn no_value(operator: &'static str) {
    tracing::debug!(target: "tsd", operator, "an operator had no value");
}

/// Traces that an operator had no value.
#[cfg(not(feature = "tracing"))]
#[inline]
pub(crate) fn no_value(_: &'static str) {}

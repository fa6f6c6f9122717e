//! Faults that several parts of the checker report.

use crate::diagnostics::{Code, Diagnostic};
use crate::source::Span;

pub(super) fn mismatch(span: Span, message: impl Into<String>) -> Diagnostic {
    Diagnostic::new(Code::TypeMismatch, span, message)
}

//! How a module is generated.

use proc_macro2::TokenStream;
use quote::quote;

use crate::diagnostics::Diagnostic;
use crate::source::Span;

/// How a module is generated.
#[derive(Clone)]
pub struct Options<'a> {
    /// The path of the facade, `::tsd` unless it is renamed.
    pub runtime: TokenStream,
    /// The first and last token of a place in the rules, if they come from a macro. rustc reports
    /// there what does not fit, such as a field that the user's own struct lacks. `None` for a
    /// place outside the macro.
    pub spans: Option<&'a dyn Fn(Span) -> Option<(proc_macro2::Span, proc_macro2::Span)>>,
    /// What rustc is to warn about; errors among them are ignored.
    pub warnings: &'a [Diagnostic],
}

impl Default for Options<'_> {
    fn default() -> Self {
        Self { runtime: quote!(::tsd), spans: None, warnings: &[] }
    }
}

impl std::fmt::Debug for Options<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Options").field("runtime", &self.runtime.to_string()).finish_non_exhaustive()
    }
}

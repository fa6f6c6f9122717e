//! Where the declarations of a module are, for the docs of generated items and for the errors that
//! rustc reports.

use proc_macro2::TokenStream;
use quote::quote;
use tsd_ir::{ActionId, FieldId, TypeId};

use super::options::Options;
use crate::hir::{self, TypePlace};
use crate::source::{SourceMap, Span};

/// The beginning of the documentation that [`Places::mark`] creates, and no other.
pub(super) const MARK: &str = "@ ";

/// The places of types, their fields and actions, in the rules and in the code.
pub(super) struct Places<'a> {
    pub(super) declared: &'a hir::Places,
    pub(super) sources: &'a SourceMap,
    pub(super) options: &'a Options<'a>,
}

impl Places<'_> {
    fn ty(&self, ty: TypeId) -> Option<&TypePlace> {
        self.declared.types.get(ty.index())
    }

    pub(super) fn type_name(&self, ty: TypeId) -> Option<Span> {
        Some(self.ty(ty)?.name)
    }

    /// The path of the user's own struct.
    pub(super) fn path(&self, ty: TypeId) -> Option<Span> {
        self.ty(ty)?.path
    }

    pub(super) fn field(&self, ty: TypeId, field: FieldId) -> Option<Span> {
        self.ty(ty)?.fields.get(field.index()).copied()
    }

    /// `None` for an action that is only called.
    pub(super) fn action(&self, action: ActionId) -> Option<Span> {
        *self.declared.actions.get(action.index())?
    }

    /// The span for tokens that come from a place.
    pub(super) fn tokens(&self, place: Option<Span>) -> proc_macro2::Span {
        let spans = self.options.spans.zip(place).and_then(|(spans, place)| spans(place));
        spans.map_or_else(proc_macro2::Span::call_site, |(first, _)| first)
    }

    /// A mark for the following statement, which adds its place as a comment at the end of its
    /// lines. rustc shows a line of generated code in an error, and the comment names the line of
    /// the rules.
    pub(super) fn mark(&self, place: Option<Span>) -> Option<TokenStream> {
        let place = place.filter(|_| self.options.spans.is_none())?;
        let mark = format!("{MARK}{}", in_comment(&crate::diagnostics::place(self.sources, place)));
        Some(quote!(#[doc = #mark]))
    }

    /// A place as `shop.tsd:12`.
    pub(super) fn line(&self, place: Span) -> String {
        format!("{}:{}", self.sources.name(place.file), self.sources.position(place).line)
    }
}

/// A text that cannot end a comment and that rustc accepts in one: control characters, line breaks
/// and characters that change the direction of writing are escaped.
fn in_comment(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for char in text.chars() {
        match char {
            '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => safe.extend(char.escape_unicode()),
            char if char.is_control() => safe.extend(char.escape_unicode()),
            char => safe.push(char),
        }
    }
    safe
}

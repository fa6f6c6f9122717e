//! Where the declarations of a module stand, for the docs of generated items and for the errors that rustc reports.

use tsd_ir::{ActionId, FieldId, TypeId};

use super::Options;
use crate::module::{self, TypePlace};
use crate::source::{SourceMap, Span};

/// The places of types, their fields and actions, in the rules and in the code.
pub(super) struct Places<'a> {
    pub(super) declared: &'a module::Places,
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

    /// The span that the tokens made for a place have.
    pub(super) fn tokens(&self, place: Option<Span>) -> proc_macro2::Span {
        let spans = self.options.spans.zip(place);
        spans.map_or_else(proc_macro2::Span::call_site, |(spans, place)| spans(place))
    }

    /// A place as `shop.tsd:12`.
    pub(super) fn line(&self, place: Span) -> String {
        format!("{}:{}", self.sources.name(place.file), self.sources.position(place).line)
    }
}

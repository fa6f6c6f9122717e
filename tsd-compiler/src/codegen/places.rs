//! Where the declarations of a module stand, for the docs of generated items and for the errors that rustc reports.

use std::collections::BTreeMap;

use tsd_ir::{Action, Field, Type};

use super::Options;
use crate::diagnostics::Diagnostics;
use crate::source::{SourceMap, Span};
use crate::syntax::{self, ast::Statement};

/// The places of types, their fields and actions, by name.
pub(super) struct Places<'a> {
    sources: &'a SourceMap,
    options: &'a Options<'a>,
    types: BTreeMap<String, TypePlace>,
    actions: BTreeMap<String, Span>,
}

struct TypePlace {
    name: Span,
    path: Option<Span>,
    fields: BTreeMap<String, Span>,
}

impl<'a> Places<'a> {
    pub(super) fn new(sources: &'a SourceMap, options: &'a Options<'a>) -> Self {
        let mut places = Self { sources, options, types: BTreeMap::new(), actions: BTreeMap::new() };
        for file in sources.files() {
            let mut sink = Diagnostics::new();
            let program = syntax::parse(sources, file, &mut sink);
            // These have been reported when the module was compiled.
            drop(sink.finish());
            program.statements.into_iter().for_each(|statement| places.add(statement));
        }
        places
    }

    fn add(&mut self, statement: Statement) {
        match statement {
            Statement::Type(declaration) => {
                let path = declaration.rust_path.as_deref().unwrap_or_default();
                let path = path.first().zip(path.last()).map(|(first, last)| first.span.to(last.span));
                let fields = declaration.fields.into_iter();
                let fields = fields.map(|field| (field.name.text, field.span)).collect();
                let place = TypePlace { name: declaration.name.span, path, fields };
                self.types.entry(declaration.name.text).or_insert(place);
            }
            Statement::Action(declaration) => {
                let ast_name = declaration.name;
                self.actions.entry(ast_name.text).or_insert(ast_name.span);
            }
            _ => {}
        }
    }

    pub(super) fn type_name(&self, ty: &Type) -> Option<Span> {
        Some(self.types.get(ty.name.as_ref())?.name)
    }

    /// The path of the user's own struct.
    pub(super) fn path(&self, ty: &Type) -> Option<Span> {
        self.types.get(ty.name.as_ref())?.path
    }

    pub(super) fn field(&self, ty: &Type, field: &Field) -> Option<Span> {
        self.types.get(ty.name.as_ref())?.fields.get(field.name.as_ref()).copied()
    }

    /// `None` for an action that is only called.
    pub(super) fn action(&self, action: &Action) -> Option<Span> {
        self.actions.get(action.name.as_ref()).copied()
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

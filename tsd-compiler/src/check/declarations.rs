//! The names that a program declares, and where.
//!
//! Types and actions may be used before they are declared, so they are collected before any rule is
//! checked. A name whose declaration is broken still counts as declared: its fault was reported
//! once, and uses of the name are not reported again.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use tsd_ir::{Action, ActionId, Field, FieldId, Kind, Schema, Type, TypeId};

use crate::diagnostics::{Code, Diagnostic, Diagnostics};
use crate::hir::{Places, TypePlace};
use crate::source::Span;
use crate::syntax::ast;
use crate::syntax::habits::built_in_type;

/// The names of the kinds that need no declaration.
const BUILT_IN: [(&str, Kind); 4] =
    [("string", Kind::Text), ("number", Kind::Number), ("int", Kind::Int), ("bool", Kind::Bool)];

/// How many names a message lists.
const SHOWN: usize = 8;

/// Types and actions by name, with the places of their declarations where they are known.
#[derive(Debug, Default)]
pub(super) struct Declarations {
    pub(super) schema: Schema,
    types: BTreeMap<String, TypeId>,
    /// The fields of each type by name.
    fields: Vec<BTreeMap<String, FieldId>>,
    actions: BTreeMap<String, ActionId>,
    /// Absent for the types and actions of a schema that existed before.
    type_spans: BTreeMap<TypeId, TypePlace>,
    action_spans: BTreeMap<ActionId, Span>,
    /// Actions that are called but not declared; their spans are those of the first calls.
    pub(super) inferred: BTreeSet<ActionId>,
    /// Names whose declarations could not be read.
    unparsed: BTreeSet<String>,
    /// The diagnostic for a name that is not found, by its place.
    guesses: Rc<BTreeMap<Span, Diagnostic>>,
    /// Fields and parameters whose types could not be resolved.
    broken_fields: BTreeSet<(TypeId, FieldId)>,
    pub(super) broken_parameters: BTreeSet<(ActionId, usize)>,
}

/// The meaning of a type name.
pub(super) enum Resolved<T> {
    /// This.
    Known(T),
    /// Unknown, and already reported.
    Broken,
}

impl Declarations {
    /// The declarations of a schema that exists already.
    pub(super) fn of_schema(schema: &Schema) -> Self {
        let mut this = Self { schema: schema.clone(), ..Self::default() };
        for (index, ty) in schema.types.iter().enumerate() {
            this.types.insert(ty.name.to_string(), TypeId(index as u16));
            let fields = ty.fields.iter().enumerate();
            this.fields
                .push(fields.map(|(at, field)| (field.name.to_string(), FieldId(at as u16))).collect());
        }
        for (index, action) in schema.actions.iter().enumerate() {
            this.actions.insert(action.name.to_string(), ActionId(index as u16));
        }
        this
    }

    /// Names whose declarations the parser had to leave out, so that their uses are not reported.
    pub(super) fn set_unparsed(&mut self, names: BTreeSet<String>) {
        self.unparsed = names;
    }

    /// From now on does not report uses of a name.
    pub(super) fn treat_as_unparsed(&mut self, name: &str) {
        self.unparsed.insert(name.to_owned());
    }

    /// The parser's diagnostics for names that are not found.
    pub(super) fn set_guesses(&mut self, guesses: Rc<BTreeMap<Span, Diagnostic>>) {
        self.guesses = guesses;
    }

    /// The diagnostic for the name at a place, if it is not declared.
    pub(super) fn guess(&self, span: Span) -> Option<&Diagnostic> {
        self.guesses.get(&span)
    }

    /// Whether the declaration of a name could not be read.
    pub(super) fn is_unparsed(&self, name: &str) -> bool {
        self.unparsed.contains(name)
    }

    /// Collects the types: first all names, then the fields.
    pub(super) fn add_types<'a>(
        &mut self,
        declarations: impl Iterator<Item = &'a ast::TypeDeclaration>,
        sink: &mut Diagnostics,
    ) {
        let accepted: Vec<_> = declarations
            .filter_map(|declaration| Some((self.add_type_name(declaration, sink)?, declaration)))
            .collect();
        for (id, declaration) in &accepted {
            self.add_fields(*id, declaration, sink);
        }
        super::cycle::report(&self.schema, |ty, field| self.field_span(ty, field), sink);
    }

    fn add_type_name(
        &mut self,
        declaration: &ast::TypeDeclaration,
        sink: &mut Diagnostics,
    ) -> Option<TypeId> {
        let ast::Name { text, span } = &declaration.name;
        if BUILT_IN.iter().any(|(name, _)| name == text) {
            let message = format!("`{text}` is a built-in type");
            sink.report(
                Diagnostic::new(Code::DuplicateDeclaration, *span, message).label("choose another name"),
            );
            return None;
        }
        if let Some(first) = self.types.get(text) {
            sink.report(duplicate("type", &declaration.name, self.type_span(*first)));
            return None;
        }
        let index = self.schema.types.len();
        if index >= TypeId::LIMIT {
            let message = format!("a module cannot have more than {} types", TypeId::LIMIT);
            sink.report(Diagnostic::new(Code::OutOfRange, *span, message));
            self.unparsed.insert(text.clone());
            return None;
        }
        let id = TypeId(index as u16);
        let path = declaration.rust_path.as_ref().map(|path| {
            let names: Vec<&str> = path.iter().map(|name| name.text.as_str()).collect();
            names.join("::").into()
        });
        self.schema.types.to_mut().push(Type {
            name: text.clone().into(),
            fields: Vec::new().into(),
            key: Vec::new().into(),
            rows: super::annotation::rows(declaration, sink),
            path,
        });
        self.types.insert(text.clone(), id);
        self.fields.push(BTreeMap::new());
        let path = declaration.rust_path.as_deref().unwrap_or_default();
        let path = path.first().zip(path.last()).map(|(first, last)| first.span.to(last.span));
        self.type_spans.insert(id, TypePlace { name: *span, fields: Vec::new(), path });
        Some(id)
    }

    fn add_fields(&mut self, id: TypeId, declaration: &ast::TypeDeclaration, sink: &mut Diagnostics) {
        let mut names: BTreeMap<String, FieldId> = BTreeMap::new();
        let (mut fields, mut spans, mut key) = (Vec::new(), Vec::new(), Vec::new());
        let mut name_spans = Vec::new();
        for field in &declaration.fields {
            let name = &field.name;
            if let Some(first) = names.get(&name.text) {
                sink.report(duplicate("field", name, Some(name_spans[first.index()])));
                continue;
            }
            if fields.len() > usize::from(u16::MAX) {
                let message = format!("a type cannot have more than {} fields", fields.len());
                sink.report(Diagnostic::new(Code::OutOfRange, name.span, message));
                break;
            }
            let field_id = FieldId(fields.len() as u16);
            names.insert(name.text.clone(), field_id);
            name_spans.push(name.span);
            let kind = match self.resolve_kind(&field.kind.name, sink) {
                Resolved::Known(kind) => kind,
                Resolved::Broken => {
                    self.broken_fields.insert((id, field_id));
                    Kind::Bool
                }
            };
            let optional = field.kind.optional;
            if field.key && optional {
                let message = format!("the key field `{}` cannot be optional", name.text);
                sink.report(
                    Diagnostic::new(Code::KeyField, field.span, message)
                        .label("part of the primary key")
                        .hint("remove the `?`, or the `#`"),
                );
            }
            if field.key {
                key.push(field_id);
            }
            fields.push(Field { name: name.text.clone().into(), kind, optional });
            spans.push(field.span);
        }
        let ty = &mut self.schema.types.to_mut()[id.index()];
        ty.fields = fields.into();
        ty.key = key.into();
        self.fields[id.index()] = names;
        if let Some(place) = self.type_spans.get_mut(&id) {
            place.fields = spans;
        }
    }

    /// Adds an action, unless the name is taken.
    pub(super) fn add_action(&mut self, name: &ast::Name, sink: &mut Diagnostics) -> Option<ActionId> {
        if let Some(first) = self.actions.get(&name.text) {
            sink.report(duplicate("action", name, self.action_span(*first)));
            return None;
        }
        let index = self.schema.actions.len();
        let Ok(number) = u16::try_from(index) else {
            let message = format!("a module cannot have more than {index} actions");
            sink.report(Diagnostic::new(Code::OutOfRange, name.span, message));
            self.unparsed.insert(name.text.clone());
            return None;
        };
        let parameters = Vec::new().into();
        let action = Action { name: name.text.clone().into(), parameters, context: false };
        self.schema.actions.to_mut().push(action);
        self.actions.insert(name.text.clone(), ActionId(number));
        self.action_spans.insert(ActionId(number), name.span);
        Some(ActionId(number))
    }

    /// An action, to be completed.
    pub(super) fn action_mut(&mut self, id: ActionId) -> &mut Action {
        &mut self.schema.actions.to_mut()[id.index()]
    }

    /// The kind that a field or parameter has by the name of its type.
    pub(super) fn resolve_kind(&self, name: &ast::Name, sink: &mut Diagnostics) -> Resolved<Kind> {
        match BUILT_IN.iter().find(|(built_in, _)| *built_in == name.text) {
            Some((_, kind)) => Resolved::Known(*kind),
            None => match self.resolve_type(name, true, sink) {
                Resolved::Known(ty) => Resolved::Known(Kind::Fact(ty)),
                Resolved::Broken => Resolved::Broken,
            },
        }
    }

    /// The fact type with a name. `or_built_in` says whether `string` and the like would be
    /// accepted, too.
    pub(super) fn resolve_type(
        &self,
        name: &ast::Name,
        or_built_in: bool,
        sink: &mut Diagnostics,
    ) -> Resolved<TypeId> {
        if let Some(id) = self.types.get(&name.text) {
            return Resolved::Known(*id);
        }
        if !self.is_unparsed(&name.text) {
            let diagnostic = match self.guess(name.span) {
                Some(guess) => guess.clone(),
                None => self.unknown_type(name, or_built_in, sink),
            };
            sink.report(diagnostic);
        }
        Resolved::Broken
    }

    fn unknown_type(&self, name: &ast::Name, or_built_in: bool, sink: &mut Diagnostics) -> Diagnostic {
        let built_in = || BUILT_IN.iter().filter(|_| or_built_in).map(|(name, _)| *name);
        let names = || self.types.keys().map(String::as_str).chain(built_in());
        let message = format!("there is no type `{}`", name.text);
        let diagnostic = Diagnostic::new(Code::UnknownType, name.span, message).label("not declared");
        if let Some((ty, holds, later)) = built_in_type(&name.text).filter(|_| or_built_in) {
            let message = format!("there is no type `{}` yet", name.text);
            let hint = format!("write `{ty}`{holds}");
            let diagnostic = if later { Diagnostic { message, ..diagnostic } } else { diagnostic };
            return diagnostic.hint(hint).edit(name.span, ty);
        }
        let shown: Vec<String> = names().take(SHOWN).map(|name| format!("`{name}`")).collect();
        let more = self.types.len() + built_in().count() - shown.len();
        let hint = match (shown.as_slice(), more) {
            ([], _) => "no type is declared: `type Order(#id: string)` declares one".to_owned(),
            (shown, 0) => format!("the types are {}", shown.join(", ")),
            (shown, more) => format!("the types are {} and {more} more", shown.join(", ")),
        };
        diagnostic.hint(hint).did_you_mean(&name.text, sink.candidates(names()))
    }

    /// The action with a name.
    pub(super) fn find_action(&self, name: &str) -> Option<ActionId> {
        self.actions.get(name).copied()
    }

    /// The names of the actions.
    pub(super) fn action_names(&self) -> impl Iterator<Item = &str> {
        self.actions.keys().map(String::as_str)
    }

    /// The type with a name.
    pub(super) fn find_type(&self, name: &str) -> Option<TypeId> {
        self.types.get(name).copied()
    }

    /// The field with a name.
    pub(super) fn find_field(&self, ty: TypeId, name: &str) -> Option<FieldId> {
        self.fields.get(ty.index())?.get(name).copied()
    }

    /// The field with a name; reported when there is none.
    pub(super) fn resolve_field(
        &self,
        ty: TypeId,
        name: &ast::Name,
        sink: &mut Diagnostics,
    ) -> Option<FieldId> {
        let declared = self.schema.ty(ty);
        let found = self.find_field(ty, &name.text);
        if found.is_none() {
            let message = format!("type `{}` has no field `{}`", declared.name, name.text);
            let mut diagnostic =
                Diagnostic::new(Code::UnknownField, name.span, message).label("no such field");
            if let Some(span) = self.type_span(ty) {
                diagnostic = diagnostic.also(span, "declared here");
            }
            let names = sink.candidates(declared.fields.iter().map(|field| field.name.as_ref()));
            let guess = self.guess(name.span).cloned();
            sink.report(guess.unwrap_or_else(|| diagnostic.did_you_mean(&name.text, names)));
        }
        found
    }

    /// The kind of a field; `None` if its declaration is wrong.
    pub(super) fn field_kind(&self, ty: TypeId, field: FieldId) -> Option<Kind> {
        let known = !self.broken_fields.contains(&(ty, field));
        known.then(|| self.schema.ty(ty).field(field).kind)
    }

    /// Where a type is declared.
    pub(super) fn type_span(&self, ty: TypeId) -> Option<Span> {
        self.type_spans.get(&ty).map(|spans| spans.name)
    }

    /// Where a field is declared.
    pub(super) fn field_span(&self, ty: TypeId, field: FieldId) -> Option<Span> {
        self.type_spans.get(&ty).and_then(|spans| spans.fields.get(field.index())).copied()
    }

    /// Where an action is declared, or first called.
    pub(super) fn action_span(&self, action: ActionId) -> Option<Span> {
        self.action_spans.get(&action).copied()
    }

    /// A value of a kind, in a sentence: `a string`, `a fact of type Order`.
    pub(super) fn described(&self, kind: Kind) -> String {
        match kind {
            Kind::Fact(_) => format!("a fact of type `{}`", self.kind_name(kind)),
            Kind::Int => "an int".to_owned(),
            _ => format!("a {}", self.kind_name(kind)),
        }
    }

    /// Where everything is declared.
    pub(super) fn places(&self) -> Places {
        let actions = self.action_spans.iter().map(|(id, span)| {
            let declared = !self.inferred.contains(id);
            declared.then_some(*span)
        });
        Places { types: self.type_spans.values().cloned().collect(), actions: actions.collect() }
    }

    /// The name of a kind as the rules write it.
    pub(super) fn kind_name(&self, kind: Kind) -> String {
        match kind {
            Kind::Fact(ty) => self.schema.ty(ty).name.to_string(),
            _ => BUILT_IN.iter().find(|(_, other)| *other == kind).map_or("", |(name, _)| name).to_owned(),
        }
    }
}

/// A name declared a second time.
pub(super) fn duplicate(what: &str, name: &ast::Name, first: Option<Span>) -> Diagnostic {
    let message = format!("{what} `{}` is declared twice", name.text);
    let diagnostic =
        Diagnostic::new(Code::DuplicateDeclaration, name.span, message).label("declared again here");
    let Some(first) = first else { return diagnostic };
    let diagnostic = diagnostic.also(first, "first declared here");
    // The name of a rule may be in quotes at one place and without them at the other.
    let written_otherwise = first.end - first.start != name.span.end - name.span.start && what != "rule";
    if !written_otherwise {
        return diagnostic;
    }
    diagnostic.hint("names that differ only in their Unicode encoding are the same name")
}

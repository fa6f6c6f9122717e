//! The facts of a program, with which a session starts.

use std::collections::BTreeMap;

use tsd_ir::{Const, Expr, FieldId, InitialFact, InitialValue, Kind, TypeId};

use super::declarations::{Declarations, Resolved, duplicate};
use super::fault::mismatch;
use super::scope::{Meaning, Scope};
use super::value::Checker;
use crate::diagnostics::{Code, Diagnostic, Diagnostics};
use crate::source::Span;
use crate::syntax::ast::{self, ExprKind};

/// The names of the program's facts, with their places. A name given twice is reported.
pub(super) fn names<'a>(
    facts: impl Iterator<Item = &'a ast::FactStatement>,
    sink: &mut Diagnostics,
) -> BTreeMap<String, Span> {
    let mut names = BTreeMap::new();
    for name in facts.filter_map(|fact| fact.variable.as_ref()) {
        match names.get(&name.text) {
            Some(first) => sink.report(duplicate("fact", name, Some(*first))),
            None => {
                names.insert(name.text.clone(), name.span);
            }
        }
    }
    names
}

/// The facts while they are checked, in order.
pub(super) struct Facts<'a> {
    declarations: &'a Declarations,
    names: &'a BTreeMap<String, Span>,
    scope: Scope<'a>,
    /// The facts that a session knows by name, with their indexes; those of the program follow
    /// them.
    known: Known,
    next: usize,
    /// The places of facts with a primary key.
    keys: BTreeMap<(TypeId, Vec<InitialValue>), Span>,
}

impl<'a> Facts<'a> {
    /// No facts yet, in a program whose facts have these names and a session with these named
    /// facts.
    pub(super) fn new(
        declarations: &'a Declarations,
        names: &'a BTreeMap<String, Span>,
        known: impl Iterator<Item = (String, TypeId)>,
    ) -> Self {
        let mut scope = Scope::default();
        for (name, span) in names {
            // The names are different.
            let _ = scope.bind(name, *span, Meaning::Later);
        }
        let known: Vec<_> = known.enumerate().map(|(index, (name, ty))| (name, (index, ty))).collect();
        let next = known.len();
        Self { declarations, names, scope, known: known.into_iter().collect(), next, keys: BTreeMap::new() }
    }

    /// Checks the next fact and assigns the next index. `None` when it is wrong, which has been
    /// reported.
    pub(super) fn check(
        &mut self,
        statement: &ast::FactStatement,
        sink: &mut Diagnostics,
    ) -> Option<InitialFact> {
        let Self { declarations, scope, known, .. } = self;
        let mut views = Vec::new();
        let mut checker = Checker { declarations, scope, sink, views: &mut views };
        let fact = fact(&mut checker, known, statement);
        let meaning = match &fact {
            Some(fact) => Meaning::Initial { index: self.next, ty: fact.ty },
            None => Meaning::Broken,
        };
        if let Some(name) = &statement.variable
            && self.names.get(&name.text) == Some(&name.span)
        {
            self.scope.rebind(&name.text, meaning);
        }
        let fact = fact?;
        self.next += 1;
        if let Some(key) = self.key(&fact) {
            let first = *self.keys.entry((fact.ty, key)).or_insert(statement.span);
            if first != statement.span {
                let name = &self.declarations.schema.ty(fact.ty).name;
                let message = format!("two facts of type `{name}` have this primary key");
                sink.report(
                    Diagnostic::new(Code::DuplicateKey, statement.span, message)
                        .label("the second fact")
                        .also(first, "the first fact"),
                );
            }
        }
        Some(fact)
    }

    /// The values of a fact's primary key; `None` when its type has none.
    pub(super) fn key(&self, fact: &InitialFact) -> Option<Vec<InitialValue>> {
        let key = &self.declarations.schema.ty(fact.ty).key;
        (!key.is_empty()).then(|| key.iter().map(|field| fact.values[field.index()].clone()).collect())
    }

    /// Frees the primary key of this fact, which a command has removed.
    pub(super) fn release(&mut self, fact: &InitialFact) {
        if let Some(key) = self.key(fact) {
            self.keys.remove(&(fact.ty, key));
        }
    }
}

/// The facts that a session knows by name, with their indexes.
type Known = BTreeMap<String, (usize, TypeId)>;

fn fact(checker: &mut Checker<'_>, known: &Known, statement: &ast::FactStatement) -> Option<InitialFact> {
    let declarations = checker.declarations;
    let Resolved::Known(ty) = declarations.resolve_type(&statement.fact.type_name, false, checker.sink)
    else {
        return None;
    };
    let declared = declarations.schema.ty(ty);
    if declared.path.is_some() {
        let message = format!("rules cannot create facts of the extern type `{}`", declared.name);
        let diagnostic = Diagnostic::new(Code::ExternInsert, statement.fact.span, message)
            .label("a struct of the host program")
            .hint("insert such facts from the host program");
        checker.sink.report(diagnostic);
        return None;
    }
    let mut values = vec![InitialValue::Const(Const::Missing); declared.fields.len()];
    let mut seen = BTreeMap::new();
    let mut sound = true;
    for field in &statement.fact.fields {
        let id = checker.field_once(ty, &field.name, &mut seen);
        match (id, value(checker, known, ty, id, &field.value)) {
            (Some(id), Some(value)) => values[id.index()] = value,
            _ => sound = false,
        }
    }
    sound &= checker.report_missing(ty, &statement.fact);
    sound.then_some(InitialFact { ty, values: values.into() })
}

fn value(
    checker: &mut Checker<'_>,
    known: &Known,
    ty: TypeId,
    field: Option<FieldId>,
    written: &ast::Expr,
) -> Option<InitialValue> {
    let wanted = field.and_then(|field| checker.declarations.field_kind(ty, field));
    if let (Some(Kind::Fact(wanted)), ExprKind::Path(ast::Path { root, fields })) = (wanted, &written.kind)
        && fields.is_empty()
    {
        return reference(checker, known, wanted, root).map(|index| InitialValue::Fact(index as u32));
    }
    let expr = checker.field_value(ty, field, written)?;
    let optional = field.is_some_and(|field| checker.declarations.schema.ty(ty).field(field).optional);
    match crate::fold::folded(&expr) {
        Expr::Const(Const::Missing) if !optional => {
            let message = "this has no value: it divides by zero, overflows or fails to convert";
            checker.sink.report(mismatch(written.span, message).label("no value"));
            None
        }
        Expr::Const(constant) => Some(InitialValue::Const(constant)),
        // Without variables everything is constant, except questions about other facts.
        _ => {
            let (message, hint) =
                ("the value of a fact cannot depend on other facts", "let a rule insert the fact");
            checker.misplaced(written.span, message, hint);
            None
        }
    }
}

/// The earlier fact with a name.
fn reference(checker: &mut Checker<'_>, known: &Known, wanted: TypeId, name: &ast::Name) -> Option<usize> {
    let wanted_name = &checker.declarations.schema.ty(wanted).name;
    let wrong = |ty: TypeId| {
        let found = &checker.declarations.schema.ty(ty).name;
        let message = format!("this must be a fact of type `{wanted_name}`, not of type `{found}`");
        mismatch(name.span, message).label(format!("a {found}"))
    };
    let diagnostic = match checker.scope.find(&name.text).map(|variable| (&variable.meaning, variable.span)) {
        Some((Meaning::Initial { index, ty }, _)) if *ty == wanted => return Some(*index),
        Some((Meaning::Initial { ty, .. }, span)) => wrong(*ty).also(span, "named here"),
        Some((Meaning::Later, span)) => {
            let message = format!("the fact `{}` is only declared later", name.text);
            Diagnostic::new(Code::UnboundVariable, name.span, message)
                .also(span, "declared here")
                .hint("a fact can only refer to earlier facts; move this one after it")
        }
        Some(_) => return None,
        None if known.contains_key(&name.text) => match known[&name.text] {
            (index, ty) if ty == wanted => return Some(index),
            (_, ty) => wrong(ty),
        },
        None => {
            let message = format!("there is no fact called `{}`", name.text);
            let names = checker.scope.variables().map(|variable| &variable.name);
            let names = checker.sink.candidates(names.chain(known.keys()).map(String::as_str));
            Diagnostic::new(Code::UnknownFact, name.span, message)
                .hint(format!("name one: `{} = {wanted_name}(…)`", name.text))
                .did_you_mean(&name.text, names)
        }
    };
    checker.sink.report(diagnostic);
    None
}

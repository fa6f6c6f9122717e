//! The meaning of names in block notation.
//!
//! `Customer($id : id, tier == "gold")` names fields without their fact, and renames fields. The
//! tree knows only variables and paths from them. [`Scope`] remembers the meaning of each `$name`
//! of a rule and rewrites the paths of an expression. A variable that the expression binds itself,
//! by EXISTS or an aggregate, has priority.

use std::collections::{BTreeMap, BTreeSet};

use super::lower::Lowering;
use crate::diagnostics::{Code, Diagnostic};
use crate::syntax::ast::{Argument, Expr, ExprKind, FieldValue, Name, Path};
use crate::syntax::is_reserved;

/// The meaning of a `$name`.
pub(super) struct Meaning {
    /// The name with its `$`, where it was bound.
    pub(super) name: Name,
    /// The fact variable, and its field unless the name is that of the fact.
    pub(super) path: Path,
}

/// The `$names` of a rule, in the order in which they are bound.
#[derive(Default)]
pub(super) struct Bound {
    list: Vec<Meaning>,
    /// Where in the list a name is bound first.
    first: BTreeMap<String, usize>,
}

impl Bound {
    /// The meaning of a name.
    pub(super) fn find(&self, name: &str) -> Option<&Meaning> {
        self.first.get(name).map(|index| &self.list[*index])
    }

    pub(super) fn add(&mut self, meaning: Meaning) {
        self.first.entry(meaning.name.text.clone()).or_insert(self.list.len());
        self.list.push(meaning);
    }

    /// How many are bound.
    pub(super) fn count(&self) -> usize {
        self.list.len()
    }

    /// Forgets all but the first ones.
    pub(super) fn truncate(&mut self, count: usize) {
        for meaning in self.list.drain(count..) {
            if self.first.get(&meaning.name.text).is_some_and(|first| *first >= count) {
                self.first.remove(&meaning.name.text);
            }
        }
    }
}

/// The names visible at one place of a rule.
pub(super) struct Scope<'a> {
    /// The `$names`.
    bound: &'a Bound,
    /// The variable of the pattern whose fields are written without one; none in the actions.
    pattern: Option<&'a Name>,
    /// The variables that the enclosing expression has bound itself.
    local: Vec<String>,
    /// The names that were not bound.
    pub(super) unbound: Vec<Name>,
}

impl<'a> Scope<'a> {
    pub(super) fn new(bound: &'a Bound, pattern: Option<&'a Name>) -> Self {
        Self { bound, pattern, local: Vec::new(), unbound: Vec::new() }
    }

    /// Rewrites the paths of an expression.
    pub(super) fn resolve(&mut self, expr: &mut Expr) {
        match &mut expr.kind {
            ExprKind::Path(path) => match self.meaning(path) {
                Some(meaning) => *path = meaning,
                None => expr.kind = ExprKind::Invalid,
            },
            ExprKind::Exists(exists) => {
                self.local.push(exists.variable.text.clone());
                exists.condition.iter_mut().for_each(|condition| self.resolve(condition));
                self.local.pop();
            }
            ExprKind::Aggregate(aggregate) => {
                self.local.push(aggregate.variable.text.clone());
                aggregate
                    .condition
                    .iter_mut()
                    .chain(&mut aggregate.value)
                    .for_each(|part| self.resolve(part));
                self.local.pop();
            }
            _ => children(expr).into_iter().for_each(|child| self.resolve(child)),
        }
    }

    /// Rewrites the paths of an argument.
    pub(super) fn resolve_argument(&mut self, argument: &mut Argument) {
        match argument {
            Argument::Value(value) => self.resolve(value),
            Argument::Fact(fact) => self.resolve_fields(&mut fact.fields),
            Argument::Changes { fields, .. } => self.resolve_fields(fields),
        }
    }

    fn resolve_fields(&mut self, fields: &mut [FieldValue]) {
        fields.iter_mut().for_each(|field| self.resolve(&mut field.value));
    }

    /// The path that a written path means; none, and a fault, if its `$name` is not bound.
    fn meaning(&mut self, path: &Path) -> Option<Path> {
        if self.local.contains(&path.root.text) {
            return Some(path.clone());
        }
        if !path.root.text.starts_with('$') {
            return Some(match self.pattern {
                Some(pattern) => {
                    let fields = std::iter::once(&path.root).chain(&path.fields).cloned().collect();
                    Path { root: Name { text: pattern.text.clone(), span: path.root.span }, fields }
                }
                None => path.clone(),
            });
        }
        let Some(meaning) = self.bound.find(&path.root.text) else {
            self.unbound.push(path.root.clone());
            return None;
        };
        let at = |name: &Name| Name { text: name.text.clone(), span: path.root.span };
        Some(Path {
            root: at(&meaning.path.root),
            fields: meaning.path.fields.iter().map(at).chain(path.fields.iter().cloned()).collect(),
        })
    }
}

impl Lowering<'_> {
    /// Reports names that are not bound at their place.
    pub(super) fn report_unbound(&mut self, names: Vec<Name>, bound: &Bound) {
        for Name { text, span } in names {
            let message = format!("`{text}` is bound by no pattern before this place");
            let diagnostic = Diagnostic::new(Code::UnboundVariable, span, message)
                .label("not bound")
                .hint(format!("bind a field with `{text} : field` inside a pattern"));
            let known = self.candidates(bound.list.iter().map(|meaning| meaning.name.text.as_str()));
            self.report(diagnostic.did_you_mean(&text, known));
        }
    }
}

/// The expressions directly inside one, except those under a variable that it binds.
fn children(expr: &mut Expr) -> Vec<&mut Expr> {
    match &mut expr.kind {
        ExprKind::List(parts) | ExprKind::And(parts) | ExprKind::Or(parts) => parts.iter_mut().collect(),
        ExprKind::Function { arguments, .. } => arguments.iter_mut().collect(),
        ExprKind::Negate(operand)
        | ExprKind::Not(operand)
        | ExprKind::Cast { operand, .. }
        | ExprKind::Presence { operand, .. } => vec![&mut **operand],
        ExprKind::Arithmetic { first, rest } => {
            std::iter::once(&mut **first).chain(rest.iter_mut().map(|step| &mut step.operand)).collect()
        }
        ExprKind::Compare { left, right, .. } => vec![&mut **left, &mut **right],
        ExprKind::Literal(_)
        | ExprKind::Path(_)
        | ExprKind::Aggregate(_)
        | ExprKind::Exists(_)
        | ExprKind::Invalid => Vec::new(),
    }
}

/// Generates names that nothing else in a rule has.
pub(super) struct FreshNames {
    taken: BTreeSet<String>,
    /// For each wish that was granted with a number, the next number to try.
    next: BTreeMap<String, u64>,
}

impl FreshNames {
    /// Avoids the given names.
    pub(super) fn new(taken: BTreeSet<String>) -> Self {
        Self { taken, next: BTreeMap::new() }
    }

    /// The wish itself if it is free, otherwise the wish with a number.
    pub(super) fn pick(&mut self, wish: &str) -> String {
        let free = |name: &String| !self.taken.contains(name) && !is_reserved(name);
        let mut name = wish.to_owned();
        if !free(&name) {
            let next = self.next.entry(wish.to_owned()).or_insert(2);
            while !free(&name) {
                name = format!("{wish}_{next}");
                *next += 1;
            }
        }
        self.taken.insert(name.clone());
        name
    }
}

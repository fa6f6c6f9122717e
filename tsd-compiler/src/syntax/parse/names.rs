//! What the names of a rule in the block notation stand for.
//!
//! `Customer($id : id, tier == "gold")` speaks of fields without saying of which fact, and of fields under another name.
//! The tree knows only variables and paths from them. [`Scope`] remembers what each `$name` of a rule stands for and
//! rewrites the paths of an expression. A variable that the expression binds itself, by EXISTS or an aggregate, comes
//! first.

use std::collections::BTreeSet;

use crate::diagnostics::{Code, Diagnostic};
use crate::syntax::ast::{Argument, Expr, ExprKind, FieldValue, Name, Path};
use crate::syntax::is_reserved;

/// What a `$name` stands for.
pub(super) struct Meaning {
    /// The name with its `$`, where it was bound.
    pub(super) name: Name,
    /// The fact variable, and the field of it unless the name stands for the fact.
    pub(super) path: Path,
}

/// The names known at one place of a rule.
pub(super) struct Scope<'a> {
    /// The `$names`.
    pub(super) bound: &'a [Meaning],
    /// The variable of the pattern whose fields are written without one; none in the actions.
    pub(super) pattern: Option<&'a Name>,
    /// The variables that the expression around has bound itself.
    local: Vec<String>,
    /// The names that were not bound.
    pub(super) faults: Vec<Diagnostic>,
}

impl<'a> Scope<'a> {
    pub(super) fn new(bound: &'a [Meaning], pattern: Option<&'a Name>) -> Self {
        Self { bound, pattern, local: Vec::new(), faults: Vec::new() }
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

    /// The path that a written path stands for; none, and a fault, when its `$name` is not bound.
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
        let Some(meaning) = self.bound.iter().find(|meaning| meaning.name.text == path.root.text) else {
            let names = self.bound.iter().map(|meaning| meaning.name.text.as_str());
            self.faults.push(
                Diagnostic::new(
                    Code::UnboundVariable,
                    path.root.span,
                    format!("`{}` is bound by no pattern before this place", path.root.text),
                )
                .label("not bound")
                .hint(format!("bind a field with `{} : field` inside a pattern", path.root.text))
                .did_you_mean(&path.root.text, names),
            );
            return None;
        };
        let at = |name: &Name| Name { text: name.text.clone(), span: path.root.span };
        Some(Path {
            root: at(&meaning.path.root),
            fields: meaning.path.fields.iter().map(at).chain(path.fields.iter().cloned()).collect(),
        })
    }
}

/// The expressions directly inside one, except those that stand under a variable of its own.
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

/// Gives out names that nothing else in a rule has.
pub(super) struct FreshNames {
    taken: BTreeSet<String>,
}

impl FreshNames {
    /// Names that differ from the given ones.
    pub(super) fn new(taken: BTreeSet<String>) -> Self {
        Self { taken }
    }

    /// The wish itself where it is free, else the wish with a number.
    pub(super) fn pick(&mut self, wish: &str) -> String {
        let free = |name: &String| !self.taken.contains(name) && !is_reserved(name);
        let numbered = (2..).map(|number: u64| format!("{wish}_{number}"));
        let name = std::iter::once(wish.to_owned()).chain(numbered).find(free).unwrap_or_default();
        self.taken.insert(name.clone());
        name
    }
}

//! `EXISTS` and aggregates: conditions and operands that ask about other facts.
//!
//! Inside, one more variable is known. Its position follows those of the scopes around it. The
//! question becomes a view in which everything outer is a parameter: see [`views`](crate::views).

use tsd_ir::{AggregateKind, Expr, Kind, Position, TypeId};

use super::declarations::{Resolved, duplicate};
use super::fault::mismatch;
use super::scope::{Meaning, Scope};
use super::typed::Typed;
use super::value::Checker;
use crate::diagnostics::{Code, Diagnostic};
use crate::hir::{Condition, Pattern};
use crate::source::Span;
use crate::syntax::MAX_NESTING;
use crate::syntax::ast::{self, AggregateFunction, Name};
use crate::views::{Question, derive};

impl Checker<'_> {
    /// Whether a fact exists, as a derived value; `None` when it is wrong, which has been reported.
    pub(super) fn exists(&mut self, exists: &ast::Exists, span: Span) -> Option<Expr> {
        let inner = self.inside(&exists.variable, &exists.type_name, |checker| {
            Some(
                exists
                    .condition
                    .as_ref()
                    .map_or_else(Condition::always, |condition| checker.condition(condition)),
            )
        });
        let (pattern, condition) = inner?;
        Some(self.derive(vec![pattern], condition, AggregateKind::Exists, None, 0, span))
    }

    /// An aggregate as an operand.
    pub(super) fn aggregate(&mut self, aggregate: &ast::Aggregate, span: Span) -> Typed {
        let function = aggregate.function;
        let inner = self.inside(&aggregate.variable, &aggregate.type_name, |checker| {
            let condition = aggregate
                .condition
                .as_ref()
                .map_or_else(Condition::always, |condition| checker.condition(condition));
            let input = match &aggregate.value {
                Some(value) => Some(checker.input(function, value)?),
                None => None,
            };
            Some((condition, input))
        });
        let Some((pattern, (condition, input))) = inner else { return Typed::unknown(span) };
        self.aggregated(vec![pattern], condition, function, input, 0, span)
    }

    /// The derived value of an aggregate over some patterns.
    pub(super) fn aggregated(
        &mut self,
        sources: Vec<Pattern>,
        condition: Condition,
        function: AggregateFunction,
        input: Option<Expr>,
        source: usize,
        span: Span,
    ) -> Typed {
        // Facts are different from each other, so counting different ones is counting them.
        let own = Position((self.scope.types().len() + source) as u16);
        let (function, input) = match (function, input) {
            (AggregateFunction::CountDistinct, Some(Expr::Fact { at, .. })) if at == own => {
                (AggregateFunction::Count, None)
            }
            given => given,
        };
        let derived_value = self.derive(sources, condition, aggregate(function), input, source, span);
        let kind = derived_value.kind().unwrap_or(Kind::Bool);
        Typed::new(derived_value, kind, span)
    }

    pub(super) fn derive(
        &mut self,
        sources: Vec<Pattern>,
        condition: Condition,
        aggregate: AggregateKind,
        input: Option<Expr>,
        source: usize,
        span: Span,
    ) -> Expr {
        let outer = self.scope.types();
        let question = Question { outer, sources, condition, aggregate, input, source, span };
        derive(&self.declarations.schema, question, self.views)
    }

    /// What is aggregated: a value of a kind that the function accepts.
    pub(super) fn input(&mut self, function: AggregateFunction, value: &ast::Expr) -> Option<Expr> {
        let value = self.value(value);
        let kind = value.kind()?;
        let fits = match function {
            AggregateFunction::Count | AggregateFunction::CountDistinct => true,
            AggregateFunction::Sum | AggregateFunction::Avg => matches!(kind, Kind::Int | Kind::Number),
            AggregateFunction::Min | AggregateFunction::Max => {
                matches!(kind, Kind::Int | Kind::Number | Kind::Text)
            }
        };
        if fits {
            return Some(value.expr);
        }
        let found = self.described(&value);
        let wanted = match function {
            AggregateFunction::Sum | AggregateFunction::Avg => "numbers",
            _ => "numbers or strings",
        };
        let message = format!("`{}` needs {wanted}, not {found}", function.text());
        self.sink.report(mismatch(value.span, message).label(found));
        None
    }

    /// Checks something with one more variable in scope, and returns it with the variable's
    /// pattern.
    fn inside<T>(
        &mut self,
        variable: &Name,
        type_name: &Name,
        check: impl FnOnce(&mut Checker<'_>) -> Option<T>,
    ) -> Option<(Pattern, T)> {
        let declarations = self.declarations;
        let known = match declarations.resolve_type(type_name, false, self.sink) {
            Resolved::Known(ty) => Some(ty),
            Resolved::Broken => None,
        };
        let mut scope = Scope::within(self.scope);
        let at = Position(scope.types().len() as u16);
        let meaning = known.map_or(Meaning::Broken, |ty| Meaning::Fact { at, ty });
        if let Err(first) = scope.bind(&variable.text, variable.span, meaning) {
            self.sink.report(duplicate("variable", variable, Some(first)));
            return None;
        }
        let mut checker = Checker { declarations, scope: &scope, sink: self.sink, views: self.views };
        let checked = check(&mut checker)?;
        Some((pattern(variable, known?), checked))
    }

    /// A path that follows references: `o.customer.name`, from the field `customer` on.
    pub(super) fn followed(&mut self, start: Typed, ty: TypeId, fields: &[Name], span: Span) -> Typed {
        // Each followed reference is nested in the next, and every walk over an expression
        // recurses.
        if fields.len() > MAX_NESTING {
            let message = format!("no more than {MAX_NESTING} references can be followed one after another");
            self.sink.report(Diagnostic::new(Code::NestingTooDeep, span, message));
            return Typed::unknown(span);
        }
        let mut reached = start;
        let mut ty = ty;
        for (index, field) in fields.iter().enumerate() {
            let Some(id) = self.declarations.resolve_field(ty, field, self.sink) else {
                return Typed::unknown(span);
            };
            let Some(kind) = self.declarations.field_kind(ty, id) else { return Typed::unknown(span) };
            reached =
                Typed::new(crate::views::follow(&self.declarations.schema, reached.expr, ty, id), kind, span);
            match kind {
                Kind::Fact(next) => ty = next,
                _ if index + 1 < fields.len() => return self.no_fields(field, kind, span),
                _ => {}
            }
        }
        reached
    }

    /// Reports that a field of some kind is followed like a reference.
    pub(super) fn no_fields(&mut self, field: &Name, kind: Kind, span: Span) -> Typed {
        let kind = self.declarations.described(kind);
        self.sink.report(mismatch(span, format!("`{}` is {kind} and has no fields", field.text)));
        Typed::unknown(span)
    }

    /// Reports an aggregate where none is allowed.
    pub(super) fn misplaced(&mut self, span: Span, message: &str, hint: &str) {
        self.sink.report(
            Diagnostic::new(Code::MisplacedAggregate, span, message).label("not possible here").hint(hint),
        );
    }
}

/// A pattern for a variable.
pub(super) fn pattern(variable: &Name, ty: TypeId) -> Pattern {
    Pattern { variable: variable.text.clone(), ty, span: variable.span, reads: Vec::new() }
}

fn aggregate(function: AggregateFunction) -> AggregateKind {
    match function {
        AggregateFunction::Sum => AggregateKind::Sum,
        AggregateFunction::Avg => AggregateKind::Average,
        AggregateFunction::Min => AggregateKind::Least,
        AggregateFunction::Max => AggregateKind::Greatest,
        AggregateFunction::Count => AggregateKind::Count,
        AggregateFunction::CountDistinct => AggregateKind::CountDistinct,
    }
}

//! Conditions: from the syntax to a tree of tests.

use tsd_ir::{Comparison, Const, Expr, Kind, Test};

use super::fault::mismatch;
use super::typed::{Pair, Typed};
use super::value::Checker;
use crate::diagnostics::{Code, Diagnostic};
use crate::hir::{Condition, may_lack_value};
use crate::source::Span;
use crate::syntax::ast::{self, CompareOp, ExprKind};

impl Checker<'_> {
    /// An expression as a condition.
    pub(super) fn condition(&mut self, expr: &ast::Expr) -> Condition {
        match &expr.kind {
            ExprKind::And(parts) => Condition::All(parts.iter().map(|part| self.condition(part)).collect()),
            ExprKind::Or(parts) => match either_value(parts) {
                Some(diagnostic) => {
                    self.sink.report(diagnostic);
                    Condition::always()
                }
                None => Condition::Any(parts.iter().map(|part| self.condition(part)).collect()),
            },
            ExprKind::Not(part) => Condition::Not(Box::new(self.condition(part))),
            ExprKind::Exists(exists) => {
                let derived_value = self.exists(exists, expr.span);
                derived_value.map_or_else(Condition::always, |derived_value| {
                    Condition::Test(Test::Holds(derived_value))
                })
            }
            ExprKind::Compare { op, op_span, left, right } => {
                let left = self.value(left);
                self.comparison(*op, *op_span, left, right)
            }
            ExprKind::Presence { operand, missing } => {
                let operand = self.value(operand);
                self.presence(operand, *missing, expr.span)
            }
            _ => {
                let operand = self.value(expr);
                self.bare(operand)
            }
        }
    }

    /// A value used as a condition.
    fn bare(&mut self, operand: Typed) -> Condition {
        match operand.kind() {
            None => Condition::always(),
            Some(Kind::Bool) => Condition::Test(match operand.expr {
                Expr::Const(Const::Bool(value)) => Test::Constant(value),
                expr => Test::Holds(expr),
            }),
            Some(_) => {
                let found = self.described(&operand);
                let diagnostic =
                    Diagnostic::new(Code::NotACondition, operand.span, format!("{found} is not a condition"))
                        .label("neither true nor false");
                self.sink.report(diagnostic.hint("compare it with something"));
                Condition::always()
            }
        }
    }

    fn presence(&mut self, operand: Typed, missing: bool, span: Span) -> Condition {
        if operand.is_unknown() {
            return Condition::always();
        }
        if !self.may_lack_value(&operand.expr) {
            let word = if missing { "MISSING" } else { "PRESENT" };
            let outcome = if missing { "never" } else { "always" };
            let diagnostic = Diagnostic::new(
                Code::AlwaysPresent,
                span,
                format!("this always has a value: `IS {word}` is {outcome} true"),
            )
            .label(format!("{outcome} true"));
            self.sink.report(match operand.expr {
                Expr::Field { .. } => diagnostic.hint("only a field declared with `?` can be missing"),
                _ => diagnostic,
            });
        }
        // Even where the outcome is known, the rule mentions the operand.
        let test = Condition::Test(Test::Missing(operand.expr));
        if missing { test } else { Condition::Not(Box::new(test)) }
    }

    fn may_lack_value(&self, expr: &Expr) -> bool {
        may_lack_value(&self.declarations.schema, self.scope.types(), expr)
    }

    fn comparison(&mut self, op: CompareOp, op_span: Span, left: Typed, right: &ast::Expr) -> Condition {
        if op == CompareOp::In {
            return self.one_of(op_span, left, right);
        }
        let right = self.value(right);
        match op {
            CompareOp::Equal => self.compare(Comparison::Equal, op_span, left, right),
            CompareOp::NotEqual => self.compare(Comparison::NotEqual, op_span, left, right),
            CompareOp::Less => self.compare(Comparison::Less, op_span, left, right),
            CompareOp::LessOrEqual => self.compare(Comparison::LessOrEqual, op_span, left, right),
            CompareOp::Greater => self.compare(Comparison::Greater, op_span, left, right),
            CompareOp::GreaterOrEqual => self.compare(Comparison::GreaterOrEqual, op_span, left, right),
            _ => self.text_test(op, left, right),
        }
    }

    fn compare(&mut self, op: Comparison, op_span: Span, left: Typed, right: Typed) -> Condition {
        match left.pair(right) {
            Pair::Unknown => Condition::always(),
            Pair::Same(kind, left, right) => {
                let ordered = matches!(kind, Kind::Text | Kind::Number | Kind::Int);
                if !ordered && !matches!(op, Comparison::Equal | Comparison::NotEqual) {
                    let what = match kind {
                        Kind::Bool => "Booleans".to_owned(),
                        _ => format!("facts of type `{}`", self.declarations.kind_name(kind)),
                    };
                    let message = format!("{what} are not ordered: `{}` cannot compare them", op.symbol());
                    self.sink.report(mismatch(op_span, message).hint("`==` and `!=` can"));
                    return Condition::always();
                }
                Condition::Test(Test::Compare { op, left, right })
            }
            Pair::Mismatch(left, right) => {
                let (one, other) = (self.described(&left), self.described(&right));
                let message = format!("{one} cannot be compared with {other}");
                let diagnostic = mismatch(op_span, message).also(left.span, one).also(right.span, other);
                self.sink.report(with_cast(diagnostic, &left, &right));
                Condition::always()
            }
        }
    }

    /// `left IN [a, b]`: equal to one of them.
    fn one_of(&mut self, op_span: Span, left: Typed, right: &ast::Expr) -> Condition {
        let ExprKind::List(items) = &right.kind else {
            if !matches!(right.kind, ExprKind::Invalid) {
                let diagnostic = mismatch(right.span, "`IN` needs a list on its right").label("not a list");
                self.sink.report(diagnostic.hint("a list is written `[1, 2, 3]`"));
            }
            return Condition::always();
        };
        let tests = items.iter().map(|item| {
            let item = self.value(item);
            self.compare(Comparison::Equal, op_span, left.clone(), item)
        });
        Condition::Any(tests.collect())
    }

    /// CONTAINS, LIKE or MATCHES.
    fn text_test(&mut self, op: CompareOp, left: Typed, right: Typed) -> Condition {
        let (left_span, right_span) = (left.span, right.span);
        let mut operand = |typed: Typed| match typed.fit(Kind::Text) {
            Ok(expr) => Some(expr),
            Err(typed) => {
                let found = self.described(&typed);
                let message = format!("`{}` needs strings on both sides, not {found}", op.text());
                let diagnostic = mismatch(typed.span, message).label(found);
                let other = if typed.span == left_span { right_span } else { left_span };
                self.sink.report(diagnostic.also(other, "compared with this"));
                None
            }
        };
        let unknown = left.is_unknown() || right.is_unknown();
        let (Some(text), Some(other)) = (operand(left), operand(right)) else { return Condition::always() };
        if unknown {
            return Condition::always();
        }
        Condition::Test(match op {
            CompareOp::Contains => Test::Contains { text, part: other },
            CompareOp::Like => Test::Like { text, pattern: other },
            _ => return self.matches(text, &other, right_span),
        })
    }

    fn matches(&mut self, text: Expr, pattern: &Expr, span: Span) -> Condition {
        let Expr::Const(Const::Text(pattern)) = crate::fold::folded(pattern) else {
            let diagnostic =
                Diagnostic::new(Code::BadRegex, span, "the pattern of `MATCHES` must be a constant string");
            self.sink.report(diagnostic.hint("`CONTAINS` and `LIKE` take any string"));
            return Condition::always();
        };
        if let Err(error) = regex::Regex::new(&pattern) {
            let error = error.to_string();
            let reason = error.lines().last().unwrap_or("").trim_start_matches("error: ");
            let message = format!("this regular expression does not compile: {reason}");
            self.sink.report(
                Diagnostic::new(Code::BadRegex, span, message).label("see the `regex` crate's syntax"),
            );
            return Condition::always();
        }
        Condition::Test(Test::Matches { text, pattern })
    }
}

/// `x == "a" OR "b"`: the string is not a condition, but another value for the comparison.
fn either_value(parts: &[ast::Expr]) -> Option<Diagnostic> {
    let is_value = |part: &ast::Expr| match &part.kind {
        ExprKind::Literal(literal) => !matches!(literal, ast::Literal::Bool(_)),
        _ => false,
    };
    let first = parts.windows(2).position(|two| {
        let compared =
            matches!(&two[0].kind, ExprKind::Compare { op: CompareOp::Equal, right, .. } if is_value(right));
        compared && is_value(&two[1])
    })?;
    let ExprKind::Compare { op_span, right, .. } = &parts.get(first)?.kind else { return None };
    let others = parts.get(first + 1..)?.iter().take_while(|part| is_value(part));
    let values: Vec<&ast::Expr> = std::iter::once(&**right).chain(others).collect();
    let texts: Vec<String> = values.iter().map(|value| crate::syntax::expression(value)).collect();
    let text = format!("IN [{}]", texts.join(", "));
    let message = "a value by itself is not a condition";
    let diagnostic = Diagnostic::new(Code::NotACondition, values.get(1)?.span, message);
    let hint = format!("write `{text}`");
    Some(diagnostic.label("neither true nor false").hint(hint).edit(op_span.to(values.last()?.span), text))
}

/// Suggests a cast where one side is a string and the other could be converted to one.
fn with_cast(diagnostic: Diagnostic, left: &Typed, right: &Typed) -> Diagnostic {
    let constant = |operand: &Typed| matches!(operand.expr, Expr::Const(_));
    match (left.kind(), right.kind()) {
        (Some(Kind::Text), Some(Kind::Number | Kind::Int))
        | (Some(Kind::Number | Kind::Int), Some(Kind::Text)) => {
            let (text, number) = if left.kind() == Some(Kind::Text) { (left, right) } else { (right, left) };
            if constant(number) {
                diagnostic.hint("put the number in quotes to compare strings")
            } else if constant(text) {
                diagnostic.hint("remove the quotes to compare numbers")
            } else {
                diagnostic.hint("a cast makes a number of a string: `(number) …`")
            }
        }
        _ => diagnostic,
    }
}

//! Precedence: from a flat list of operands and operators to a tree.
//!
//! The grammar returns `NOT a + 1 > b AND c` as one list. It is folded level by level, the tightest
//! operators first, and each level turns a run of its operators into one node. Only the operands
//! recurse, so a chain of a hundred thousand operators costs a list, not a stack.

use pest::iterators::Pair;

use super::Rule;
use super::lower::Lowering;
use crate::diagnostics::{Code, Diagnostic};
use crate::source::Span;
use crate::syntax::ast::{ArithmeticOp, CompareOp, Expr, ExprKind, Step};
use crate::syntax::habits;

/// One element of an expression with its prefixes and suffixes.
pub(super) struct Operand {
    pub(super) expr: Expr,
    /// The `NOT`s before it, outermost first.
    pub(super) nots: Vec<Span>,
    /// `IS MISSING` (true) or `IS PRESENT` after it.
    pub(super) presence: Option<(bool, Span)>,
}

#[derive(Clone, Copy)]
enum Infix {
    Or,
    And,
    Compare(CompareOp),
    Arithmetic(ArithmeticOp),
}

type Chain = (Operand, Vec<(Infix, Span, Operand)>);

impl Lowering<'_> {
    /// An expression with all its operators.
    pub(super) fn expression(&mut self, pair: &Pair<'_, Rule>) -> Option<Expr> {
        let chain = self.chain(pair)?;
        self.mixed_and_or(&chain.1);
        let chain = self.arithmetic(chain, ArithmeticOp::is_multiplicative)?;
        let chain = self.arithmetic(chain, |_| true)?;
        let (first, rest) = self.comparisons(chain)?;
        let mut any_of = Vec::new();
        let mut all_of = vec![negated(first)];
        for (infix, _, operand) in rest {
            if matches!(infix, Infix::Or) {
                any_of.extend(join(std::mem::take(&mut all_of), ExprKind::And));
            }
            all_of.push(negated(operand));
        }
        any_of.extend(join(all_of, ExprKind::And));
        join(any_of, ExprKind::Or)
    }

    fn chain(&mut self, pair: &Pair<'_, Rule>) -> Option<Chain> {
        let mut parts = pair.clone().into_inner().peekable();
        let first = self.operand(&mut parts)?;
        let mut rest = Vec::new();
        while let Some(sign) = parts.next() {
            let text = sign.as_str();
            let infix = match sign.as_rule() {
                Rule::or => Infix::Or,
                Rule::and => Infix::And,
                Rule::compare => Infix::Compare(CompareOp::from_text(text)?),
                _ => Infix::Arithmetic(ArithmeticOp::from_text(text)?),
            };
            let span = self.span(&sign);
            rest.push((infix, span, self.operand(&mut parts)?));
        }
        Some((first, rest))
    }

    fn mixed_and_or(&mut self, rest: &[(Infix, Span, Operand)]) {
        let find = |wanted: fn(&Infix) -> bool| {
            rest.iter().find(|(infix, ..)| wanted(infix)).map(|(_, span, _)| *span)
        };
        let and = find(|infix| matches!(infix, Infix::And));
        let or = find(|infix| matches!(infix, Infix::Or));
        if let (Some(and), Some(or)) = (and, or) {
            let (first, second) = if and < or { (and, or) } else { (or, and) };
            self.report(
                Diagnostic::new(Code::MixedAndOr, second, "AND and OR are mixed without parentheses")
                    .label(if or > and { "this OR splits the condition" } else { "this AND binds tighter" })
                    .also(first, "mixed with this")
                    .hint("AND binds tighter than OR; put parentheses around the part that belongs together"),
            );
        }
    }

    /// Folds each run of arithmetic operators that `level` holds for.
    fn arithmetic(&mut self, (mut operand, rest): Chain, level: fn(ArithmeticOp) -> bool) -> Option<Chain> {
        let mut folded = Vec::new();
        let mut lead = None;
        let mut steps = Vec::new();
        for (infix, op_span, next) in rest {
            match infix {
                Infix::Arithmetic(op) if level(op) => {
                    self.inner_operand(operand.presence, &next.nots)?;
                    operand.presence = next.presence;
                    steps.push(Step { op, op_span, operand: next.expr });
                }
                _ => {
                    folded.push((lead, with_steps(operand, std::mem::take(&mut steps))));
                    lead = Some((infix, op_span));
                    operand = next;
                }
            }
        }
        folded.push((lead, with_steps(operand, steps)));
        relink(folded)
    }

    /// Folds comparisons and `IS MISSING`; comparisons do not chain.
    fn comparisons(&mut self, (first, rest): Chain) -> Option<Chain> {
        let mut operand = with_presence(first);
        let mut folded = Vec::new();
        let mut lead = None;
        let mut compared = None;
        for (infix, op_span, next) in rest {
            let Infix::Compare(op) = infix else {
                folded.push((lead, operand));
                lead = Some((infix, op_span));
                operand = with_presence(next);
                compared = None;
                continue;
            };
            self.inner_operand(None, &next.nots)?;
            self.first_comparison(compared, op_span)?;
            compared = Some(op_span);
            let right = with_presence(next).expr;
            self.list_after_in(op, &right)?;
            let span = operand.expr.span.to(right.span);
            let (left, right) = (Box::new(operand.expr), Box::new(right));
            operand.expr = Expr { kind: ExprKind::Compare { op, op_span, left, right }, span };
        }
        folded.push((lead, operand));
        relink(folded)
    }

    fn first_comparison(&mut self, earlier: Option<Span>, span: Span) -> Option<()> {
        let Some(earlier) = earlier else { return Some(()) };
        let diagnostic = Diagnostic::new(Code::Syntax, span, "comparisons cannot be chained")
            .label("second comparison")
            .also(earlier, "first comparison")
            .hint("write two comparisons, as in `1 < x AND x < 5`");
        self.report_with(diagnostic, habits::comparisons);
        None
    }

    /// Reports `a IS MISSING + 1` and `1 + NOT (a)`.
    fn inner_operand(&mut self, presence: Option<(bool, Span)>, nots: &[Span]) -> Option<()> {
        let (word, span) = match (presence, nots.first()) {
            (Some((_, span)), _) => ("IS", span),
            (None, Some(span)) => ("NOT", *span),
            (None, None) => return Some(()),
        };
        self.report(
            Diagnostic::new(
                Code::Syntax,
                span,
                format!("`{word} …` is a condition and cannot be used in arithmetic"),
            )
            .label("a value is needed here")
            .hint("join conditions with AND and OR; put parentheses around one that is compared"),
        );
        None
    }

    fn list_after_in(&mut self, op: CompareOp, right: &Expr) -> Option<()> {
        if op == CompareOp::In && !matches!(right.kind, ExprKind::List(_)) {
            let diagnostic = Diagnostic::new(Code::Syntax, right.span, "`IN` needs a list")
                .label("not a list")
                .hint("write the values in brackets, as in `x IN [1, 2]`");
            self.report_with(diagnostic, habits::comparisons);
            return None;
        }
        Some(())
    }
}

/// The first operand has no operator before it; all others have.
fn relink(folded: Vec<(Option<(Infix, Span)>, Operand)>) -> Option<Chain> {
    let mut folded = folded.into_iter();
    let (_, first) = folded.next()?;
    Some((
        first,
        folded.filter_map(|(lead, operand)| lead.map(|(infix, span)| (infix, span, operand))).collect(),
    ))
}

fn with_steps(mut operand: Operand, rest: Vec<Step>) -> Operand {
    if let Some(last) = rest.last() {
        let span = operand.expr.span.to(last.operand.span);
        operand.expr = Expr { kind: ExprKind::Arithmetic { first: Box::new(operand.expr), rest }, span };
    }
    operand
}

fn with_presence(mut operand: Operand) -> Operand {
    if let Some((missing, place)) = operand.presence.take() {
        let span = operand.expr.span.to(place);
        operand.expr = Expr { kind: ExprKind::Presence { operand: Box::new(operand.expr), missing }, span };
    }
    operand
}

fn negated(operand: Operand) -> Expr {
    operand.nots.into_iter().rev().fold(operand.expr, |inner, not| {
        let span = not.to(inner.span);
        Expr { kind: ExprKind::Not(Box::new(inner)), span }
    })
}

/// One expression as it is, several as one node; `None` for none.
fn join(mut parts: Vec<Expr>, node: fn(Vec<Expr>) -> ExprKind) -> Option<Expr> {
    if parts.len() > 1 {
        let span = parts.first()?.span.to(parts.last()?.span);
        return Some(Expr { kind: node(parts), span });
    }
    parts.pop()
}

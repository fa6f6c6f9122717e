//! One operand of an expression: the signs before it, the operand itself, and `IS MISSING` after
//! it.

use std::iter::Peekable;

use pest::iterators::{Pair, Pairs};

use super::Rule;
use super::expression::Operand;
use super::lower::{Lowering, part, parts, parts_of};
use crate::diagnostics::{Code, Diagnostic};
use crate::source::Span;
use crate::syntax::ast::{
    Aggregate, AggregateFunction, CastType, Exists, Expr, ExprKind, Function, Literal, Name, Number, Path,
};
use crate::syntax::habits;
use crate::syntax::scan_tokens::unescape;

type Node<'i> = Pair<'i, Rule>;

/// A sign before an operand.
enum Prefix {
    Minus,
    Cast(CastType),
}

impl Lowering<'_> {
    /// Takes one operand from the list.
    pub(super) fn operand(&mut self, parts: &mut Peekable<Pairs<'_, Rule>>) -> Option<Operand> {
        let mut nots = Vec::new();
        let mut signs: Vec<(Prefix, Span)> = Vec::new();
        let primary = loop {
            let next = parts.next()?;
            let span = self.span(&next);
            match next.as_rule() {
                Rule::kw_not if signs.is_empty() => nots.push(span),
                Rule::kw_not => {
                    self.syntax_error(span, "`NOT` makes a condition: no sign or cast can precede it");
                    return None;
                }
                Rule::minus => signs.push((Prefix::Minus, span)),
                Rule::cast => signs.push((Prefix::Cast(self.cast_type(&next)?), span)),
                _ => break next,
            }
        };
        let before = self.signs;
        let count = nots.len() + signs.len();
        let expr = match self.enter_signs(count, self.span(&primary)) {
            true => self.signed(&primary, signs),
            false => None,
        };
        self.signs = before;
        let presence = parts
            .next_if(|next| next.as_rule() == Rule::presence)
            .map(|presence| (part(&presence, Rule::kw_missing).is_some(), self.span(&presence)));
        Some(Operand { expr: expr?, nots, presence })
    }

    fn cast_type(&self, pair: &Node<'_>) -> Option<CastType> {
        CastType::from_text(part(pair, Rule::cast_word)?.as_str())
    }

    fn signed(&mut self, primary: &Node<'_>, mut signs: Vec<(Prefix, Span)>) -> Option<Expr> {
        let mut expr = match (primary.as_rule(), signs.last()) {
            (Rule::number, Some((Prefix::Minus, minus))) => {
                let span = minus.to(self.span(primary));
                signs.pop();
                let number = self.number(primary, true)?;
                Expr { kind: ExprKind::Literal(Literal::Number(number)), span }
            }
            _ => self.primary(primary)?,
        };
        for (sign, place) in signs.into_iter().rev() {
            let span = place.to(expr.span);
            let operand = Box::new(expr);
            let kind = match sign {
                Prefix::Minus => ExprKind::Negate(operand),
                Prefix::Cast(to) => ExprKind::Cast { to, operand },
            };
            expr = Expr { kind, span };
        }
        Some(expr)
    }

    fn primary(&mut self, pair: &Node<'_>) -> Option<Expr> {
        let span = self.span(pair);
        let kind = match pair.as_rule() {
            Rule::paren => return self.expression(&part(pair, Rule::expression)?),
            Rule::exists => ExprKind::Exists(Box::new(self.exists(pair)?)),
            Rule::aggregate => ExprKind::Aggregate(Box::new(self.aggregate(pair)?)),
            Rule::function => self.function(pair)?,
            Rule::list => ExprKind::List(self.expressions(pair)?),
            Rule::path => ExprKind::Path(self.path(pair)?),
            _ => ExprKind::Literal(self.literal(pair)?),
        };
        Some(Expr { kind, span })
    }

    fn expressions(&mut self, pair: &Node<'_>) -> Option<Vec<Expr>> {
        parts_of(pair, Rule::expression).map(|expression| self.expression(&expression)).collect()
    }

    fn path(&mut self, pair: &Node<'_>) -> Option<Path> {
        let mut names = parts(pair).collect::<Vec<_>>().into_iter();
        let root = names.next()?;
        if root.as_rule() == Rule::block_variable && !self.in_block_notation {
            let span = self.span(&root);
            let plain = root.as_str().trim_start_matches('$');
            self.report(
                Diagnostic::new(
                    Code::Syntax,
                    span,
                    "names with `$` belong to the `when … then … end` notation",
                )
                .hint(format!("write `{plain}`"))
                .edit(span, plain),
            );
            return None;
        }
        let mut name = self.name(&root);
        if habits::is_suspect(&name.text) && names.clone().next().is_none() {
            self.guess(Code::UnknownVariable, name.span, habits::suspects);
        }
        if root.as_rule() == Rule::block_variable {
            name.text.insert(0, '$');
        }
        Some(Path { root: name, fields: names.map(|field| self.name(&field)).collect() })
    }

    fn exists(&mut self, pair: &Node<'_>) -> Option<Exists> {
        let (variable, type_name) = self.source(pair)?;
        let condition = self.optional(part(pair, Rule::expression))?;
        Some(Exists { variable, type_name, condition })
    }

    fn aggregate(&mut self, pair: &Node<'_>) -> Option<Aggregate> {
        let word = part(pair, Rule::aggregate_word)?;
        let function_span = self.span(&word);
        let function = AggregateFunction::from_text(word.as_str())?;
        let function = self.distinct(function, part(pair, Rule::distinct))?;
        let (variable, type_name) = self.source(pair)?;
        let condition = self.optional(part(pair, Rule::expression))?;
        let value = part(pair, Rule::value).and_then(|value| part(&value, Rule::expression));
        let value = self.optional(value)?;
        if value.is_none() && function != AggregateFunction::Count {
            let (name, opening) = (function.text(), function.opening());
            self.report(
                Diagnostic::new(Code::Syntax, function_span, format!("`{name}` needs a value"))
                    .label("no value")
                    .hint(format!(
                        "add it after a `;`, as in `{opening}o: Order / o.customer == c ; o.total)`"
                    )),
            );
            return None;
        }
        Some(Aggregate { function, function_span, variable, type_name, condition, value })
    }

    /// The aggregate with the `DISTINCT` in its bracket, if there is one. Only `COUNT` can have it.
    pub(super) fn distinct(
        &mut self,
        function: AggregateFunction,
        word: Option<Node<'_>>,
    ) -> Option<AggregateFunction> {
        let Some(word) = word else { return Some(function) };
        if function == AggregateFunction::Count {
            return Some(AggregateFunction::CountDistinct);
        }
        let span = self.span(&part(&word, Rule::kw_distinct).unwrap_or(word));
        let message =
            format!("`{}` takes every value; only `COUNT` can count equal ones once", function.text());
        let diagnostic = Diagnostic::new(Code::Syntax, span, message).label("not possible here");
        self.report(match function {
            AggregateFunction::Min | AggregateFunction::Max => {
                diagnostic.hint("leave it out: it would make no difference")
            }
            _ => diagnostic,
        });
        None
    }

    fn source(&self, pair: &Node<'_>) -> Option<(Name, Name)> {
        let source = part(pair, Rule::source)?;
        Some((self.name(&part(&source, Rule::name)?), self.name(&part(&source, Rule::type_word)?)))
    }

    /// Lowers what may be absent; the outer `None` is a fault.
    fn optional(&mut self, expression: Option<Node<'_>>) -> Option<Option<Expr>> {
        match expression {
            Some(expression) => self.expression(&expression).map(Some),
            None => Some(None),
        }
    }

    fn function(&mut self, pair: &Node<'_>) -> Option<ExprKind> {
        let name = self.name(&part(pair, Rule::name)?);
        let arguments = self.expressions(pair)?;
        if let Some(function) = Function::from_text(&name.text) {
            return Some(ExprKind::Function { function, name: name.span, arguments });
        }
        let diagnostic = Diagnostic::new(
            Code::UnknownFunction,
            name.span,
            format!("there is no function `{}`", name.text),
        );
        let diagnostic = match AggregateFunction::from_text(&name.text) {
            Some(aggregate) => Diagnostic::new(
                Code::Syntax,
                name.span,
                format!("`{}` needs the facts to aggregate", name.text),
            )
            .hint(aggregate_form(aggregate)),
            None => {
                let names = || Function::ALL.iter().map(|function| function.text());
                diagnostic
                    .hint(format!("the functions are {}", names().collect::<Vec<_>>().join(", ")))
                    .did_you_mean(&name.text, names())
            }
        };
        self.report_with(diagnostic, habits::functions);
        Some(ExprKind::Invalid)
    }

    /// The aggregate that a binding such as `pay: SUM(e.salary)` names.
    pub(super) fn aggregate_function(&mut self, pair: &Node<'_>) -> Option<AggregateFunction> {
        let name = self.name(pair);
        let found = AggregateFunction::from_text(&name.text);
        if found.is_none() {
            let names = AggregateFunction::ALL.iter().map(|function| function.text());
            self.report(
                Diagnostic::new(
                    Code::UnknownFunction,
                    name.span,
                    format!("there is no aggregate `{}`", name.text),
                )
                .hint("the aggregates are SUM, AVG, MIN, MAX and COUNT")
                .did_you_mean(&name.text, names),
            );
        }
        found
    }

    /// A number, string or Boolean.
    fn literal(&mut self, pair: &Node<'_>) -> Option<Literal> {
        match pair.as_rule() {
            Rule::number => self.number(pair, false).map(Literal::Number),
            Rule::text => Some(Literal::Text(unescape(pair.as_str()))),
            Rule::boolean => Some(Literal::Bool(pair.as_str() == "true")),
            _ => None,
        }
    }

    /// A number literal, with the minus before it if there is one.
    pub(super) fn number(&mut self, pair: &Node<'_>, negative: bool) -> Option<Number> {
        let sign = if negative { "-" } else { "" };
        let text = format!("{sign}{}", pair.as_str());
        if let Ok(value) = text.parse::<i64>() {
            return Some(Number::Int(value));
        }
        let value = text.parse::<f64>().ok().filter(|value| value.is_finite());
        if value.is_none() {
            self.syntax_error(self.span(pair), "this number is too large");
        }
        value.map(Number::Float)
    }

    /// A literal or a list of literals, as defaults and annotations take them.
    pub(super) fn constant(&mut self, pair: &Node<'_>) -> Option<Expr> {
        let span = self.span(pair);
        let inner = parts(pair).next()?;
        let kind = match inner.as_rule() {
            Rule::signed_number => {
                ExprKind::Literal(Literal::Number(self.number(&part(&inner, Rule::number)?, true)?))
            }
            Rule::constant_list => ExprKind::List(
                parts_of(&inner, Rule::constant)
                    .map(|constant| self.constant(&constant))
                    .collect::<Option<_>>()?,
            ),
            _ => ExprKind::Literal(self.literal(&inner)?),
        };
        Some(Expr { kind, span })
    }
}

fn aggregate_form(function: AggregateFunction) -> String {
    match function {
        AggregateFunction::Count => "write `COUNT(o: Order / condition)`".into(),
        _ => format!("write `{}(o: Order / condition ; o.total)`", function.text()),
    }
}

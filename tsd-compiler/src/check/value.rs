//! Operands: from the syntax to an expression whose operators know their kinds.

use tsd_ir::{Arithmetic, Const, Expr, Function, Kind, ops};

use super::declarations::Declarations;
use super::fault::mismatch;
use super::scope::{Meaning, Scope};
use super::typed::{Pair, Ty, Typed};
use crate::diagnostics::{Code, Diagnostic, Diagnostics, closest};
use crate::hir::View;
use crate::source::Span;
use crate::syntax::ast::{self, ArithmeticOp, CastType, ExprKind, Literal, Number};

/// Checks expressions at one place of a program.
pub(super) struct Checker<'a> {
    pub(super) declarations: &'a Declarations,
    pub(super) scope: &'a Scope<'a>,
    pub(super) sink: &'a mut Diagnostics,
    /// The views that the rule's derived values read, each after those that it reads itself.
    pub(super) views: &'a mut Vec<View>,
}

impl Checker<'_> {
    /// An expression as a value.
    pub(super) fn value(&mut self, expr: &ast::Expr) -> Typed {
        let span = expr.span;
        match &expr.kind {
            ExprKind::Literal(literal) => self::literal(literal, span),
            ExprKind::Path(path) => self.path(path, span),
            ExprKind::Negate(operand) => self.negate(operand, span),
            ExprKind::Cast { to, operand } => self.cast(*to, operand, span),
            ExprKind::Arithmetic { first, rest } => {
                let first = self.value(first);
                rest.iter().fold(first, |left, step| self.arithmetic(left, step))
            }
            ExprKind::Function { function, arguments, .. } => self.function(*function, arguments, span),
            ExprKind::Aggregate(aggregate) => self.aggregate(aggregate, span),
            ExprKind::List(_) => {
                let diagnostic = mismatch(span, "a list is not a value").label("a list");
                self.unknown(diagnostic.hint("a list is only allowed on the right of `IN`"), span)
            }
            ExprKind::Compare { .. }
            | ExprKind::Presence { .. }
            | ExprKind::And(_)
            | ExprKind::Or(_)
            | ExprKind::Not(_)
            | ExprKind::Exists(_) => {
                let diagnostic = mismatch(span, "a condition is not a value").label("a condition");
                self.unknown(diagnostic.hint("write one rule for each outcome"), span)
            }
            ExprKind::Invalid => Typed::unknown(span),
        }
    }

    fn unknown(&mut self, diagnostic: Diagnostic, span: Span) -> Typed {
        self.sink.report(diagnostic);
        Typed::unknown(span)
    }

    /// An operand by its type, for messages.
    pub(super) fn described(&self, operand: &Typed) -> String {
        operand.kind().map_or_else(String::new, |kind| self.declarations.described(kind))
    }

    fn path(&mut self, path: &ast::Path, span: Span) -> Typed {
        let root = &path.root;
        let Some(variable) = self.scope.find(&root.text) else {
            let diagnostic = self.unknown_variable(path);
            return self.unknown(diagnostic, span);
        };
        let (at, ty) = match &variable.meaning {
            Meaning::Fact { at, ty } => (*at, *ty),
            Meaning::DerivedValue(derived_value) if path.fields.is_empty() => {
                let kind = derived_value.kind().unwrap_or(Kind::Bool);
                return Typed::new(derived_value.clone(), kind, span);
            }
            Meaning::DerivedValue(derived_value) => {
                let kind = derived_value.kind().unwrap_or(Kind::Bool);
                return self.no_fields(root, kind, span);
            }
            Meaning::Source(why) => {
                let why = *why;
                self.misplaced(span, &why.message(&root.text), why.hint());
                return Typed::unknown(span);
            }
            Meaning::Broken => return Typed::unknown(span),
            Meaning::Initial { ty, .. } if path.fields.is_empty() => {
                let message =
                    format!("`{}` is a fact of type `{}`", root.text, self.declarations.schema.ty(*ty).name);
                return self
                    .unknown(mismatch(span, message).hint("a fact can only be the value of a field"), span);
            }
            Meaning::Initial { .. } => {
                let message = "the value of a fact cannot read a field of another fact";
                return self.unknown(mismatch(span, message).hint("write the value itself"), span);
            }
            Meaning::Later => {
                let message = format!("the fact `{}` is only declared later", root.text);
                let diagnostic = Diagnostic::new(Code::UnboundVariable, root.span, message)
                    .also(variable.span, "declared here")
                    .hint("a fact can only refer to earlier facts; move this one after it");
                return self.unknown(diagnostic, span);
            }
        };
        let Some((field, further)) = path.fields.split_first() else {
            return Typed::new(Expr::Fact { at, ty }, Kind::Fact(ty), span);
        };
        let Some(field_id) = self.declarations.resolve_field(ty, field, self.sink) else {
            return Typed::unknown(span);
        };
        let Some(kind) = self.declarations.field_kind(ty, field_id) else { return Typed::unknown(span) };
        let start = Typed::new(Expr::Field { at, field: field_id, kind }, kind, span);
        match kind {
            _ if further.is_empty() => start,
            Kind::Fact(ty) => self.followed(start, ty, further, span),
            _ => self.no_fields(field, kind, span),
        }
    }

    fn unknown_variable(&mut self, path: &ast::Path) -> Diagnostic {
        let name = &path.root.text;
        if let Some(guess) = self.declarations.guess(path.root.span) {
            return guess.clone();
        }
        if let Some(fact) = self.scope.outside.and_then(|outside| outside.get(name)) {
            let message = format!("`{name}` is a fact of the program, which no pattern of this rule binds");
            return Diagnostic::new(Code::UnboundVariable, path.root.span, message)
                .also(*fact, "the fact")
                .hint("bind a variable in the rule's patterns and compare its key");
        }
        let message = format!("there is no variable `{name}` here");
        let diagnostic = Diagnostic::new(Code::UnknownVariable, path.root.span, message).label("not bound");
        let variables = self.sink.candidates(self.scope.variables());
        let known = variables.clone().map(|variable| variable.name.as_str());
        let with_field = variables.clone().find_map(|variable| match &variable.meaning {
            Meaning::Fact { ty, .. } if path.fields.is_empty() => {
                let _field = self.declarations.find_field(*ty, name)?;
                Some(format!("{}.{name}", variable.name))
            }
            _ => None,
        });
        match with_field {
            Some(path_to) => {
                let hint = format!("did you mean `{path_to}`?");
                diagnostic.hint(hint).edit(path.root.span, path_to)
            }
            None if path.fields.is_empty() => match closest(name, known) {
                Some(found) => {
                    diagnostic.hint(format!("did you mean `{found}`?")).edit(path.root.span, found)
                }
                None => {
                    let quoted = format!("\"{name}\"");
                    let hint = format!("a string is written in quotes: {quoted}");
                    diagnostic.hint(hint).edit(path.root.span, quoted)
                }
            },
            None => diagnostic.did_you_mean(name, known),
        }
    }

    fn negate(&mut self, operand: &ast::Expr, span: Span) -> Typed {
        let operand = self.value(operand);
        if let Some(literal) = operand.map_literal(ops::negate_int, ops::negate_number) {
            return Typed { span, ..literal };
        }
        match operand.kind() {
            Some(kind @ (Kind::Int | Kind::Number)) => {
                Typed::new(Expr::Negate(Box::new(operand.expr)), kind, span)
            }
            Some(_) => {
                let message = format!("`-` needs a number, not {}", self.described(&operand));
                self.unknown(mismatch(operand.span, message).label("not a number"), span)
            }
            None => Typed::unknown(span),
        }
    }

    fn cast(&mut self, to: CastType, operand: &ast::Expr, span: Span) -> Typed {
        let operand = self.value(operand);
        let to = match to {
            CastType::Number => Kind::Number,
            CastType::Int => Kind::Int,
            CastType::String => Kind::Text,
            CastType::Bool => Kind::Bool,
        };
        let Some(from) = operand.kind() else { return Typed::unknown(span) };
        let impossible = matches!(
            (from, to),
            (Kind::Fact(_), _)
                | (Kind::Bool, Kind::Number | Kind::Int)
                | (Kind::Number | Kind::Int, Kind::Bool)
        );
        if impossible {
            let (from, to) = (self.described(&operand), self.declarations.kind_name(to));
            let message = format!("{from} cannot be cast to {to}");
            return self.unknown(mismatch(operand.span, message).label(from), span);
        }
        let expr = match (operand.ty, to) {
            (Ty::Literal(Some(int)), Kind::Int) => Expr::Const(Const::Int(int)),
            (Ty::Literal(Some(int)), Kind::Text) => Expr::Const(Const::Text(ops::int_to_text(int).into())),
            _ if from == to => operand.expr,
            _ => Expr::Cast { to, operand: Box::new(operand.expr) },
        };
        Typed::new(expr, to, span)
    }

    fn arithmetic(&mut self, left: Typed, step: &ast::Step) -> Typed {
        let right = self.value(&step.operand);
        let span = left.span.to(right.span);
        let op = arithmetic_op(step.op);
        if left.is_unknown() || right.is_unknown() {
            return Typed::unknown(span);
        }
        let is_text = |operand: &Typed| operand.kind() == Some(Kind::Text);
        if op == Arithmetic::Add && (is_text(&left) || is_text(&right)) {
            return self.concatenation(left, right, span);
        }
        if let Some(literal) = left.literal_arithmetic(op, &right) {
            return literal;
        }
        match left.pair(right) {
            Pair::Same(kind @ (Kind::Int | Kind::Number), first, operand) => {
                Typed::new(chained(kind, first, op, operand), kind, span)
            }
            Pair::Same(kind, ..) => {
                let message =
                    format!("`{}` needs numbers, not {}", op.symbol(), self.declarations.described(kind));
                self.unknown(mismatch(step.op_span, message).label("needs numbers"), span)
            }
            Pair::Mismatch(left, right) => {
                let (one, other) = (self.described(&left), self.described(&right));
                let message = format!("`{}` cannot be applied to {one} and {other}", op.symbol());
                let diagnostic = mismatch(step.op_span, message).also(left.span, one).also(right.span, other);
                self.unknown(diagnostic, span)
            }
            Pair::Unknown => Typed::unknown(span),
        }
    }

    fn concatenation(&mut self, left: Typed, right: Typed, span: Span) -> Typed {
        let mut parts = Vec::new();
        for operand in [left, right] {
            match operand.into_text() {
                Ok(Expr::Concat(inner)) if parts.is_empty() => parts = inner,
                Ok(part) => parts.push(part),
                Err(reference) => {
                    let message = format!("{} is not a text", self.described(&reference));
                    let diagnostic = mismatch(reference.span, message).label("a fact");
                    return self.unknown(diagnostic.hint("name the field to show"), span);
                }
            }
        }
        Typed::new(Expr::Concat(parts), Kind::Text, span)
    }

    fn function(&mut self, function: ast::Function, arguments: &[ast::Expr], span: Span) -> Typed {
        let Some(known) = Function::ALL.into_iter().find(|known| known.name() == function.text()) else {
            let message = format!("there is no function `{}`", function.text());
            return self.unknown(Diagnostic::new(Code::UnknownFunction, span, message), span);
        };
        let arguments: Vec<Typed> = arguments.iter().map(|argument| self.value(argument)).collect();
        let (least, most) = if known == Function::Substring { (2, 3) } else { (1, 1) };
        if arguments.len() < least || arguments.len() > most {
            let takes = if least == most { "1 argument" } else { "2 or 3 arguments" };
            let message = format!("`{}` takes {takes}, not {}", known.name(), arguments.len());
            return self.unknown(Diagnostic::new(Code::WrongArity, span, message), span);
        }
        if arguments.iter().any(Typed::is_unknown) {
            return Typed::unknown(span);
        }
        if matches!(known, Function::Abs | Function::Round | Function::Floor | Function::Ceil) {
            return arguments
                .into_iter()
                .next()
                .map_or(Typed::unknown(span), |operand| self.rounding(known, operand, span));
        }
        let mut checked = Vec::with_capacity(arguments.len());
        for (index, argument) in arguments.into_iter().enumerate() {
            let wanted = if index == 0 { Kind::Text } else { Kind::Int };
            match argument.fit(wanted) {
                Ok(expr) => checked.push(expr),
                Err(argument) => {
                    let (name, wanted_described) = (known.name(), self.declarations.described(wanted));
                    let wanted = self.declarations.kind_name(wanted);
                    let found = self.described(&argument);
                    let message = format!("`{name}` needs {wanted_described} here, not {found}");
                    let diagnostic = mismatch(argument.span, message).label(found);
                    return self.unknown(diagnostic.hint(format!("a cast makes one: `({wanted}) …`")), span);
                }
            }
        }
        let kind = if known == Function::Length { Kind::Int } else { Kind::Text };
        Typed::new(Expr::Call { function: known, arguments: checked }, kind, span)
    }

    /// ABS, ROUND, FLOOR or CEIL of a number or an integer; an integer is rounded already.
    fn rounding(&mut self, function: Function, operand: Typed, span: Span) -> Typed {
        let literal = match function {
            Function::Abs => operand.map_literal(ops::abs_int, ops::abs_number),
            Function::Round => operand.map_literal(Some, ops::round_number),
            Function::Floor => operand.map_literal(Some, ops::floor_number),
            _ => operand.map_literal(Some, ops::ceil_number),
        };
        if let Some(literal) = literal {
            return Typed { span, ..literal };
        }
        match operand.kind() {
            Some(Kind::Int) if function != Function::Abs => Typed { span, ..operand },
            Some(kind @ (Kind::Int | Kind::Number)) => {
                Typed::new(Expr::Call { function, arguments: vec![operand.expr] }, kind, span)
            }
            _ => {
                let found = self.described(&operand);
                let message = format!("`{}` needs a number, not {found}", function.name());
                self.unknown(mismatch(operand.span, message).label(found), span)
            }
        }
    }
}

/// A value written out.
pub(super) fn literal(literal: &Literal, span: Span) -> Typed {
    match literal {
        Literal::Number(Number::Int(int)) => Typed::literal(Some(*int), Some(ops::int_to_number(*int)), span),
        Literal::Number(Number::Float(number)) => Typed::literal(None, Some(*number), span),
        Literal::Text(text) => Typed::new(Expr::Const(Const::Text(text.clone().into())), Kind::Text, span),
        Literal::Bool(value) => Typed::new(Expr::Const(Const::Bool(*value)), Kind::Bool, span),
    }
}

/// `first op operand`, as a longer chain where `first` is one of the same kind and precedence.
fn chained(kind: Kind, first: Expr, op: Arithmetic, operand: Expr) -> Expr {
    let additive = |op: Arithmetic| matches!(op, Arithmetic::Add | Arithmetic::Subtract);
    match first {
        Expr::Arithmetic { kind: same, first, mut rest }
            if same == kind && rest.last().is_some_and(|(other, _)| additive(*other) == additive(op)) =>
        {
            rest.push((op, operand));
            Expr::Arithmetic { kind, first, rest }
        }
        first => Expr::Arithmetic { kind, first: Box::new(first), rest: vec![(op, operand)] },
    }
}

fn arithmetic_op(op: ArithmeticOp) -> Arithmetic {
    match op {
        ArithmeticOp::Add => Arithmetic::Add,
        ArithmeticOp::Subtract => Arithmetic::Subtract,
        ArithmeticOp::Multiply => Arithmetic::Multiply,
        ArithmeticOp::Divide => Arithmetic::Divide,
        ArithmeticOp::Remainder => Arithmetic::Remainder,
    }
}

//! Expressions as text, with as few parentheses as the tree allows.

use std::fmt::Write as _;

use crate::syntax::ast::{Aggregate, Exists, Expr, ExprKind, Literal, Number, Path};

/// How tightly the outermost operator of an expression binds.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Level {
    Or,
    And,
    Not,
    Compare,
    Sum,
    Product,
    Sign,
    Operand,
}

/// An expression as text.
pub(super) fn text(expr: &Expr) -> String {
    let mut out = String::new();
    print(&mut out, expr);
    out
}

/// A condition on separate lines, one for each part of an outermost AND or OR.
pub(super) fn lines(out: &mut String, expr: &Expr) {
    let (parts, word) = match &expr.kind {
        ExprKind::And(parts) => (parts.as_slice(), "AND "),
        ExprKind::Or(parts) => (parts.as_slice(), "OR "),
        _ => (std::slice::from_ref(expr), ""),
    };
    for (index, part) in parts.iter().enumerate() {
        out.push_str("\n    ");
        if index > 0 {
            out.push_str(word);
        }
        operand(out, part, if parts.len() > 1 { Level::Not } else { Level::Or });
    }
}

/// A string literal.
pub(super) fn quoted(text: &str) -> String {
    let mut out = String::from('"');
    for c in text.chars() {
        match c {
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            '\r' => out.push_str("\\r"),
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            c if c.is_control() => out.push_str(&format!("\\u{{{:x}}}", u32::from(c))),
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

fn level(expr: &Expr) -> Level {
    match &expr.kind {
        ExprKind::Or(_) => Level::Or,
        ExprKind::And(_) => Level::And,
        ExprKind::Not(_) => Level::Not,
        ExprKind::Compare { .. } | ExprKind::Presence { .. } => Level::Compare,
        ExprKind::Arithmetic { rest, .. } => match rest.first() {
            Some(step) if step.op.is_multiplicative() => Level::Product,
            _ => Level::Sum,
        },
        ExprKind::Negate(_) | ExprKind::Cast { .. } => Level::Sign,
        _ => Level::Operand,
    }
}

/// Prints an operand that must bind at least as tightly as `least`.
fn operand(out: &mut String, expr: &Expr, least: Level) {
    if level(expr) < least {
        parenthesised(out, expr);
    } else {
        print(out, expr);
    }
}

fn parenthesised(out: &mut String, expr: &Expr) {
    out.push('(');
    print(out, expr);
    out.push(')');
}

fn print(out: &mut String, expr: &Expr) {
    match &expr.kind {
        ExprKind::Literal(literal) => print_literal(out, literal),
        ExprKind::Path(path) => print_path(out, path),
        ExprKind::List(items) => {
            out.push('[');
            separated(out, items);
            out.push(']');
        }
        ExprKind::Negate(inner) => {
            out.push('-');
            print_signed(out, inner);
        }
        ExprKind::Cast { to, operand } => {
            let _ = write!(out, "({}) ", to.text());
            match operand.kind {
                ExprKind::Exists(_) => parenthesised(out, operand),
                _ => self::operand(out, operand, Level::Sign),
            }
        }
        ExprKind::Arithmetic { first, rest } => {
            let tighter = if level(expr) == Level::Product { Level::Sign } else { Level::Product };
            operand(out, first, tighter);
            for step in rest {
                let _ = write!(out, " {} ", step.op.text());
                operand(out, &step.operand, tighter);
            }
        }
        ExprKind::Function { function, arguments, .. } => {
            out.push_str(function.text());
            out.push('(');
            separated(out, arguments);
            out.push(')');
        }
        ExprKind::Aggregate(aggregate) => print_aggregate(out, aggregate),
        ExprKind::Compare { op, left, right, .. } => {
            operand(out, left, Level::Sum);
            let _ = write!(out, " {} ", op.text());
            operand(out, right, Level::Sum);
        }
        ExprKind::Presence { operand, missing } => {
            self::operand(out, operand, Level::Sum);
            out.push_str(if *missing { " IS MISSING" } else { " IS PRESENT" });
        }
        ExprKind::And(parts) => joined(out, parts, " AND "),
        ExprKind::Or(parts) => joined(out, parts, " OR "),
        ExprKind::Not(inner) => {
            out.push_str("NOT ");
            parenthesised(out, inner);
        }
        ExprKind::Exists(exists) => print_exists(out, exists),
        ExprKind::Invalid => out.push_str("<invalid>"),
    }
}

/// The operand of a minus. A number keeps its parentheses, because `-5` is one literal.
fn print_signed(out: &mut String, expr: &Expr) {
    let unsigned = match &expr.kind {
        ExprKind::Literal(Literal::Number(Number::Int(value))) => *value >= 0,
        ExprKind::Literal(Literal::Number(Number::Float(value))) => value.is_sign_positive(),
        _ => false,
    };
    if unsigned { parenthesised(out, expr) } else { operand(out, expr, Level::Sign) }
}

fn print_literal(out: &mut String, literal: &Literal) {
    let _ = match literal {
        Literal::Number(Number::Int(value)) => write!(out, "{value}"),
        Literal::Number(Number::Float(value)) => write!(out, "{value:?}"),
        Literal::Text(text) => out.write_str(&quoted(text)),
        Literal::Bool(value) => write!(out, "{value}"),
    };
}

fn print_path(out: &mut String, path: &Path) {
    out.push_str(&path.root.text);
    for field in &path.fields {
        out.push('.');
        out.push_str(&field.text);
    }
}

fn print_aggregate(out: &mut String, aggregate: &Aggregate) {
    let _ = write!(
        out,
        "{}{}: {}",
        aggregate.function.opening(),
        aggregate.variable.text,
        aggregate.type_name.text
    );
    if let Some(condition) = &aggregate.condition {
        out.push_str(" / ");
        print(out, condition);
    }
    if let Some(value) = &aggregate.value {
        out.push_str(" ; ");
        print(out, value);
    }
    out.push(')');
}

fn print_exists(out: &mut String, exists: &Exists) {
    let _ = write!(out, "EXISTS ({}: {}", exists.variable.text, exists.type_name.text);
    if let Some(condition) = &exists.condition {
        out.push_str(" / ");
        print(out, condition);
    }
    out.push(')');
}

fn separated(out: &mut String, items: &[Expr]) {
    for (index, item) in items.iter().enumerate() {
        if index > 0 {
            out.push_str(", ");
        }
        print(out, item);
    }
}

/// Parts of an AND or OR; one within the other gets parentheses.
fn joined(out: &mut String, parts: &[Expr], word: &str) {
    for (index, part) in parts.iter().enumerate() {
        if index > 0 {
            out.push_str(word);
        }
        operand(out, part, Level::Not);
    }
}

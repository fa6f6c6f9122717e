//! Constants computed ahead: the value of an expression or test that depends on no fact.
//!
//! "No value" is a constant too ([`Const::Missing`]), and it spreads: with a division by zero
//! inside, a whole concatenation has no value.

use std::cmp::Ordering;

use tsd_ir::{Arithmetic, Const, Expr, Function, Kind, Test, ops};

const MISSING: Expr = Expr::Const(Const::Missing);

/// The expression with its constant parts computed.
pub(crate) fn folded(expr: &Expr) -> Expr {
    match expr {
        Expr::Const(_) | Expr::Field { .. } | Expr::Fact { .. } | Expr::Derived(_) => expr.clone(),
        Expr::Negate(operand) => match folded(operand) {
            Expr::Const(constant) => Expr::Const(negated(&constant)),
            operand => Expr::Negate(Box::new(operand)),
        },
        Expr::Arithmetic { kind, first, rest } => arithmetic(*kind, folded(first), rest),
        Expr::Concat(parts) => concatenation(parts),
        Expr::Call { function, arguments } => {
            let arguments: Vec<Expr> = arguments.iter().map(folded).collect();
            if arguments.contains(&MISSING) {
                return MISSING;
            }
            let constants: Option<Vec<&Const>> = arguments.iter().map(constant).collect();
            match constants {
                Some(constants) => Expr::Const(call(*function, &constants).unwrap_or(Const::Missing)),
                None => Expr::Call { function: *function, arguments },
            }
        }
        Expr::Cast { to, operand } => match folded(operand) {
            Expr::Const(constant) => Expr::Const(cast(*to, &constant).unwrap_or(Const::Missing)),
            operand => Expr::Cast { to: *to, operand: Box::new(operand) },
        },
    }
}

fn constant(expr: &Expr) -> Option<&Const> {
    match expr {
        Expr::Const(constant) => Some(constant),
        _ => None,
    }
}

fn negated(constant: &Const) -> Const {
    let value = match constant {
        Const::Int(int) => ops::negate_int(*int).map(Const::Int),
        Const::Number(number) => ops::negate_number(*number).and_then(Const::number),
        _ => None,
    };
    value.unwrap_or(Const::Missing)
}

fn arithmetic(kind: Kind, first: Expr, rest: &[(Arithmetic, Expr)]) -> Expr {
    let mut first = first;
    let mut left: Vec<(Arithmetic, Expr)> = Vec::with_capacity(rest.len());
    for (op, operand) in rest {
        let operand = folded(operand);
        if first == MISSING || operand == MISSING {
            return MISSING;
        }
        match (&first, &operand) {
            (Expr::Const(one), Expr::Const(other)) if left.is_empty() => {
                first = Expr::Const(computed(*op, one, other).unwrap_or(Const::Missing));
            }
            _ => left.push((*op, operand)),
        }
    }
    if left.is_empty() || first == MISSING {
        return first;
    }
    Expr::Arithmetic { kind, first: Box::new(first), rest: left }
}

fn computed(op: Arithmetic, left: &Const, right: &Const) -> Option<Const> {
    match (left, right) {
        (Const::Int(left), Const::Int(right)) => ops::int_arithmetic(op, *left, *right).map(Const::Int),
        (Const::Number(left), Const::Number(right)) => {
            ops::number_arithmetic(op, *left, *right).and_then(Const::number)
        }
        _ => None,
    }
}

fn concatenation(parts: &[Expr]) -> Expr {
    let mut joined: Vec<Expr> = Vec::with_capacity(parts.len());
    for part in parts {
        match folded(part) {
            Expr::Const(Const::Missing) => return MISSING,
            Expr::Concat(inner) => joined.extend(inner),
            Expr::Const(Const::Text(text)) => {
                if let Some(Expr::Const(Const::Text(last))) = joined.last_mut() {
                    last.to_mut().push_str(&text);
                } else {
                    joined.push(Expr::Const(Const::Text(text)));
                }
            }
            part => joined.push(part),
        }
    }
    match joined.as_slice() {
        [Expr::Const(_)] => joined.remove(0),
        [] => Expr::Const(Const::Text("".into())),
        _ => Expr::Concat(joined),
    }
}

fn call(function: Function, arguments: &[&Const]) -> Option<Const> {
    let text = |text: String| Some(Const::Text(text.into()));
    match (function, arguments) {
        (Function::Length, [Const::Text(operand)]) => Some(Const::Int(ops::length(operand))),
        (Function::Substring, [Const::Text(operand), Const::Int(start)]) => {
            text(ops::substring(operand, *start, None)?.to_owned())
        }
        (Function::Substring, [Const::Text(operand), Const::Int(start), Const::Int(length)]) => {
            text(ops::substring(operand, *start, Some(*length))?.to_owned())
        }
        (Function::Upper, [Const::Text(operand)]) => text(operand.to_uppercase()),
        (Function::Lower, [Const::Text(operand)]) => text(operand.to_lowercase()),
        (Function::Trim, [Const::Text(operand)]) => text(operand.trim().to_owned()),
        (Function::Abs, [Const::Int(operand)]) => ops::abs_int(*operand).map(Const::Int),
        (Function::Abs, [Const::Number(operand)]) => ops::abs_number(*operand).and_then(Const::number),
        (Function::Round, [Const::Number(operand)]) => ops::round_number(*operand).and_then(Const::number),
        (Function::Floor, [Const::Number(operand)]) => ops::floor_number(*operand).and_then(Const::number),
        (Function::Ceil, [Const::Number(operand)]) => ops::ceil_number(*operand).and_then(Const::number),
        (Function::Round | Function::Floor | Function::Ceil, [Const::Int(operand)]) => {
            Some(Const::Int(*operand))
        }
        _ => None,
    }
}

fn cast(to: Kind, operand: &Const) -> Option<Const> {
    let text = |text: String| Some(Const::Text(text.into()));
    match (operand, to) {
        (Const::Text(_), Kind::Text)
        | (Const::Number(_), Kind::Number)
        | (Const::Int(_), Kind::Int)
        | (Const::Bool(_), Kind::Bool) => Some(operand.clone()),
        (Const::Int(int), Kind::Number) => Const::number(ops::int_to_number(*int)),
        (Const::Text(operand), Kind::Number) => ops::text_to_number(operand).and_then(Const::number),
        (Const::Number(operand), Kind::Int) => ops::number_to_int(*operand).map(Const::Int),
        (Const::Text(operand), Kind::Int) => ops::text_to_int(operand).map(Const::Int),
        (Const::Text(operand), Kind::Bool) => ops::text_to_bool(operand).map(Const::Bool),
        (Const::Number(operand), Kind::Text) => text(ops::number_to_text(*operand)),
        (Const::Int(operand), Kind::Text) => text(ops::int_to_text(*operand)),
        (Const::Bool(operand), Kind::Text) => text(ops::bool_to_text(*operand).to_owned()),
        _ => None,
    }
}

/// The value of a test on constants; `None` if it depends on a fact. The operands are folded.
pub(crate) fn outcome(test: &Test) -> Option<bool> {
    let both = |left: &Expr, right: &Expr, holds: &dyn Fn(&Const, &Const) -> bool| match (left, right) {
        // A comparison with an operand without a value is false, whatever the other side is.
        (Expr::Const(Const::Missing), _) | (_, Expr::Const(Const::Missing)) => Some(false),
        (Expr::Const(left), Expr::Const(right)) => Some(holds(left, right)),
        _ => None,
    };
    let texts = |left: &Const, right: &Const, holds: fn(&str, &str) -> bool| match (left, right) {
        (Const::Text(left), Const::Text(right)) => holds(left, right),
        _ => false,
    };
    match test {
        Test::Constant(value) => Some(*value),
        Test::Compare { op, left, right } => both(left, right, &|left: &Const, right: &Const| {
            let ordering: Ordering = left.cmp(right);
            op.accepts(ordering)
        }),
        Test::Contains { text, part } => both(text, part, &|text, part| texts(text, part, ops::contains)),
        Test::Like { text, pattern } => both(text, pattern, &|text, pattern| texts(text, pattern, ops::like)),
        Test::Matches { text, pattern } => match text {
            Expr::Const(Const::Text(text)) => {
                // The checker compiled it.
                Some(regex::Regex::new(pattern).is_ok_and(|regex| regex.is_match(text)))
            }
            Expr::Const(_) => Some(false),
            _ => None,
        },
        Test::Missing(operand) => constant(operand).map(|constant| *constant == Const::Missing),
        Test::Holds(operand) => constant(operand).map(|constant| *constant == Const::Bool(true)),
        Test::All(_) | Test::Any(_) | Test::Not(_) => None,
    }
}

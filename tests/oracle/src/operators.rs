//! The meaning of operators and functions, written from the language description alone.

use std::cmp::Ordering;

use tsd_compiler::syntax::ast::{ArithmeticOp, CastType, CompareOp, Function};

use crate::value::{Operand, Value};

/// A text joined beyond this many bytes has no value.
const LONGEST_TEXT: usize = 16 * 1024 * 1024;

/// `left op right`. Strings are concatenated; a literal takes the kind of its neighbour; an integer
/// beside a number is widened.
pub fn arithmetic(op: ArithmeticOp, left: Operand, right: Operand) -> Option<Operand> {
    use Operand::{Is, Literal};
    let is_text = |operand: &Operand| matches!(operand, Is(Value::Text(_)));
    if is_text(&left) || is_text(&right) {
        let joined = text_of(&left)? + &text_of(&right)?;
        return (joined.len() <= LONGEST_TEXT).then_some(Is(Value::Text(joined)));
    }
    match (left, right) {
        (Literal { whole: one, number: left }, Literal { whole: two, number: right }) => {
            let exact = |one: i64, two: i64| {
                op != ArithmeticOp::Divide || (two != 0 && one.checked_rem(two) == Some(0))
            };
            let whole = one.zip(two).filter(|(one, two)| exact(*one, *two));
            let whole = whole.and_then(|(one, two)| on_ints(op, one, two));
            let number = on_numbers(op, left, right)?;
            Some(Literal { whole, number })
        }
        (Is(Value::Int(left)), Is(Value::Int(right)) | Literal { whole: Some(right), .. })
        | (Literal { whole: Some(left), .. }, Is(Value::Int(right))) => {
            on_ints(op, left, right).map(|int| Is(Value::Int(int)))
        }
        (left, right) => {
            let number = on_numbers(op, number_of(&left)?, number_of(&right)?)?;
            Value::number(number).map(Is)
        }
    }
}

/// `-operand`
pub fn negate(operand: Operand) -> Option<Operand> {
    match operand {
        Operand::Literal { whole, number } => {
            Some(Operand::Literal { whole: whole.and_then(i64::checked_neg), number: 0.0 - number })
        }
        Operand::Is(Value::Int(int)) => int.checked_neg().map(|int| Operand::Is(Value::Int(int))),
        Operand::Is(Value::Number(number)) => Value::number(-number).map(Operand::Is),
        Operand::Is(_) => None,
    }
}

fn on_ints(op: ArithmeticOp, left: i64, right: i64) -> Option<i64> {
    // In 128 bits nothing overflows; what does not fit 64 afterwards has no value.
    let (left, right) = (i128::from(left), i128::from(right));
    let exact = match op {
        ArithmeticOp::Add => left + right,
        ArithmeticOp::Subtract => left - right,
        ArithmeticOp::Multiply => left * right,
        ArithmeticOp::Divide | ArithmeticOp::Remainder if right == 0 => return None,
        ArithmeticOp::Divide => left / right,
        ArithmeticOp::Remainder => left % right,
    };
    i64::try_from(exact).ok()
}

fn on_numbers(op: ArithmeticOp, left: f64, right: f64) -> Option<f64> {
    let result = match op {
        ArithmeticOp::Add => left + right,
        ArithmeticOp::Subtract => left - right,
        ArithmeticOp::Multiply => left * right,
        ArithmeticOp::Divide | ArithmeticOp::Remainder if right == 0.0 => return None,
        ArithmeticOp::Divide => left / right,
        ArithmeticOp::Remainder => left % right,
    };
    // An infinity must have been there before.
    let overflows = result.is_infinite() && left.is_finite() && right.is_finite();
    (!result.is_nan() && !overflows).then_some(if result == 0.0 { 0.0 } else { result })
}

fn number_of(operand: &Operand) -> Option<f64> {
    match operand {
        Operand::Literal { number, .. } | Operand::Is(Value::Number(number)) => Some(*number),
        Operand::Is(Value::Int(int)) => Some(*int as f64),
        Operand::Is(_) => None,
    }
}

fn text_of(operand: &Operand) -> Option<String> {
    Some(match operand {
        Operand::Literal { whole: Some(whole), .. } => whole.to_string(),
        Operand::Literal { number, .. } => number.to_string(),
        Operand::Is(Value::Text(text)) => text.clone(),
        Operand::Is(Value::Number(number)) => number.to_string(),
        Operand::Is(Value::Int(int)) => int.to_string(),
        Operand::Is(Value::Bool(bool)) => bool.to_string(),
        Operand::Is(Value::Fact(_)) => return None,
    })
}

/// A comparison other than `IN`, of operands that both have a value.
pub fn compare(op: CompareOp, left: &Operand, right: &Operand) -> bool {
    use Operand::{Is, Literal};
    if let (Is(Value::Text(text)), Is(Value::Text(other))) = (left, right) {
        match op {
            CompareOp::Contains => return contains(text, other),
            CompareOp::Like => {
                return like(&text.chars().collect::<Vec<_>>(), &other.chars().collect::<Vec<_>>());
            }
            CompareOp::Matches => return regex::Regex::new(other).is_ok_and(|regex| regex.is_match(text)),
            _ => {}
        }
    }
    let ordering = match (left, right) {
        (Is(Value::Text(left)), Is(Value::Text(right))) => Some(left.chars().cmp(right.chars())),
        (Is(Value::Bool(left)), Is(Value::Bool(right))) => Some(left.cmp(right)),
        (Is(Value::Fact(left)), Is(Value::Fact(right))) => Some(left.cmp(right)),
        (Is(Value::Int(left)), Is(Value::Int(right)) | Literal { whole: Some(right), .. })
        | (Literal { whole: Some(left), .. }, Is(Value::Int(right))) => Some(left.cmp(right)),
        (left, right) => {
            number_of(left).zip(number_of(right)).and_then(|(left, right)| left.partial_cmp(&right))
        }
    };
    let Some(ordering) = ordering else { return false };
    match op {
        CompareOp::Equal => ordering == Ordering::Equal,
        CompareOp::NotEqual => ordering != Ordering::Equal,
        CompareOp::Less => ordering == Ordering::Less,
        CompareOp::LessOrEqual => ordering != Ordering::Greater,
        CompareOp::Greater => ordering == Ordering::Greater,
        CompareOp::GreaterOrEqual => ordering != Ordering::Less,
        CompareOp::In | CompareOp::Contains | CompareOp::Like | CompareOp::Matches => false,
    }
}

fn contains(text: &str, part: &str) -> bool {
    let (text, part): (Vec<char>, Vec<char>) = (text.chars().collect(), part.chars().collect());
    (0..=text.len()).any(|start| text[start..].starts_with(&part))
}

fn like(text: &[char], pattern: &[char]) -> bool {
    match pattern {
        [] => text.is_empty(),
        ['%', rest @ ..] => (0..=text.len()).any(|run| like(&text[run..], rest)),
        ['_', rest @ ..] => !text.is_empty() && like(&text[1..], rest),
        [own, rest @ ..] => text.first() == Some(own) && like(&text[1..], rest),
    }
}

/// `(to) operand`
pub fn cast(to: CastType, operand: Operand) -> Option<Operand> {
    let value = match (to, operand) {
        (CastType::Int, Operand::Literal { whole: Some(whole), .. }) => Value::Int(whole),
        (CastType::Int, operand) => match operand.settled()? {
            Value::Int(int) => Value::Int(int),
            Value::Number(number) => Value::Int(truncated(number)?),
            Value::Text(text) => Value::Int(text.trim().parse().ok()?),
            Value::Bool(_) | Value::Fact(_) => return None,
        },
        (CastType::Number, operand) => match operand.settled()? {
            Value::Int(int) => Value::Number(int as f64),
            Value::Number(number) => Value::Number(number),
            Value::Text(text) => {
                let number: f64 = text.trim().parse().ok()?;
                return if number.is_finite() { Value::number(number).map(Operand::Is) } else { None };
            }
            Value::Bool(_) | Value::Fact(_) => return None,
        },
        (CastType::String, operand) => Value::Text(text_of(&operand)?),
        (CastType::Bool, operand) => match operand.settled()? {
            Value::Bool(bool) => Value::Bool(bool),
            Value::Text(text) => match text.trim().to_ascii_lowercase().as_str() {
                "true" => Value::Bool(true),
                "false" => Value::Bool(false),
                _ => return None,
            },
            Value::Number(_) | Value::Int(_) | Value::Fact(_) => return None,
        },
    };
    Some(Operand::Is(value))
}

pub(crate) fn truncated(number: f64) -> Option<i64> {
    // 2^63 is the first number that is too large; -2^63 is the last that is not too small.
    let limit = 2_f64.powi(63);
    (-limit <= number && number < limit).then_some(number as i64)
}

/// A built-in function of arguments that all have a value.
pub fn function(function: Function, arguments: Vec<Operand>) -> Option<Operand> {
    let mut arguments = arguments.into_iter();
    let first = arguments.next()?;
    match function {
        Function::Abs => {
            return match first {
                Operand::Literal { whole, number } => {
                    Some(Operand::Literal { whole: whole.and_then(i64::checked_abs), number: number.abs() })
                }
                Operand::Is(Value::Int(int)) => int.checked_abs().map(|int| Operand::Is(Value::Int(int))),
                Operand::Is(Value::Number(number)) => Value::number(number.abs()).map(Operand::Is),
                Operand::Is(_) => None,
            };
        }
        Function::Round => return rounded(first, f64::round),
        Function::Floor => return rounded(first, f64::floor),
        Function::Ceil => return rounded(first, f64::ceil),
        _ => {}
    }
    let text = text_of(&first)?;
    let value = match function {
        Function::Length => Value::Int(i64::try_from(text.chars().count()).ok()?),
        Function::Upper => Value::Text(text.to_uppercase()),
        Function::Lower => Value::Text(text.to_lowercase()),
        Function::Trim => Value::Text(text.trim().to_owned()),
        _ => {
            let count = |operand: Operand| match operand.fit(crate::Kind::Int)? {
                Value::Int(int) => usize::try_from(int).ok(),
                _ => None,
            };
            let start = count(arguments.next()?)?;
            let length = match arguments.next() {
                Some(operand) => count(operand)?,
                None => usize::MAX,
            };
            Value::Text(text.chars().skip(start).take(length).collect())
        }
    };
    Some(Operand::Is(value))
}

fn rounded(operand: Operand, round: impl Fn(f64) -> f64) -> Option<Operand> {
    match operand {
        Operand::Literal { whole, number } => Some(Operand::Literal { whole, number: round(number) }),
        Operand::Is(Value::Number(number)) => Value::number(round(number)).map(Operand::Is),
        int @ Operand::Is(Value::Int(_)) => Some(int),
        Operand::Is(_) => None,
    }
}

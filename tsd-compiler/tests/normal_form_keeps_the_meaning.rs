//! However a condition is taken apart, it accepts the same tuples as written, each in one branch
//! only.

mod evaluate;

use evaluate::{Fact, accepting_branches};
use proptest::prelude::*;
use tsd_compiler::compile;
use tsd_compiler::source::SourceMap;
use tsd_ir::{Const, ops};

const FIELDS: [&str; 5] = ["i", "j", "x", "y", "b"];

/// An operand, by its fact and field, or a constant.
#[derive(Clone, Debug)]
enum Operand {
    Field(usize, usize),
    Int(i64),
    Fraction,
    Sum(Box<Operand>, Box<Operand>),
    Quotient(Box<Operand>, Box<Operand>),
}

#[derive(Clone, Debug)]
enum Condition {
    Compare(Operand, usize, Operand),
    In(Operand, Vec<i64>),
    Missing(usize, usize, bool),
    Bare(usize),
    Not(Box<Condition>),
    And(Vec<Condition>),
    Or(Vec<Condition>),
}

const OPS: [&str; 6] = ["==", "!=", "<", "<=", ">", ">="];

impl Operand {
    fn text(&self) -> String {
        match self {
            Self::Field(at, field) => format!("{}.{}", ["p", "q", "r"][*at], FIELDS[*field]),
            Self::Int(int) => int.to_string(),
            Self::Fraction => "0.5".to_owned(),
            Self::Sum(left, right) => format!("({} + {})", left.text(), right.text()),
            Self::Quotient(left, right) => format!("({} / {})", left.text(), right.text()),
        }
    }

    /// Whether the operand is an `int`; `None` for integer literals alone, which adapt to what is
    /// beside them.
    fn is_int(&self) -> Option<bool> {
        match self {
            Self::Field(_, field) => Some(*field < 2),
            Self::Int(_) => None,
            Self::Fraction => Some(false),
            Self::Sum(left, right) | Self::Quotient(left, right) => match (left.is_int(), right.is_int()) {
                (Some(left), Some(right)) => Some(left && right),
                (Some(one), None) | (None, Some(one)) => {
                    let literal = if left.is_int().is_none() { left } else { right };
                    Some(one && literal.whole().is_some())
                }
                (None, None) => None,
            },
        }
    }

    /// The value of literals alone, if it is whole.
    fn whole(&self) -> Option<i64> {
        let value = self.number(&[])?;
        (value.fract() == 0.0).then_some(value as i64)
    }

    fn number(&self, tuple: &[&Fact]) -> Option<f64> {
        let integers = self.is_int() == Some(true);
        match self {
            Self::Field(at, field) => match tuple[*at][*field] {
                Const::Int(int) => Some(int as f64),
                Const::Number(number) => Some(number),
                _ => None,
            },
            Self::Int(int) => Some(*int as f64),
            Self::Fraction => Some(0.5),
            Self::Sum(left, right) => Some(left.number(tuple)? + right.number(tuple)?),
            Self::Quotient(left, right) => {
                let quotient = ops::divide_number(left.number(tuple)?, right.number(tuple)?)?;
                Some(if integers { quotient.trunc() } else { quotient })
            }
        }
    }
}

impl Condition {
    fn text(&self) -> String {
        let list = |parts: &[Condition], word: &str| {
            let parts: Vec<String> = parts.iter().map(|part| format!("({})", part.text())).collect();
            parts.join(word)
        };
        match self {
            Self::Compare(left, op, right) => format!("{} {} {}", left.text(), OPS[*op], right.text()),
            Self::In(operand, items) => format!("{} IN {items:?}", operand.text()),
            Self::Missing(at, field, missing) => {
                let word = if *missing { "MISSING" } else { "PRESENT" };
                format!("{} IS {word}", Operand::Field(*at, *field).text())
            }
            Self::Bare(at) => Operand::Field(*at, 4).text(),
            Self::Not(part) => format!("NOT ({})", part.text()),
            Self::And(parts) => list(parts, " AND "),
            Self::Or(parts) => list(parts, " OR "),
        }
    }

    fn holds(&self, tuple: &[&Fact]) -> bool {
        match self {
            Self::Compare(left, op, right) => match (left.number(tuple), right.number(tuple)) {
                (Some(left), Some(right)) => {
                    [left == right, left != right, left < right, left <= right, left > right, left >= right]
                        [*op]
                }
                _ => false,
            },
            Self::In(operand, items) => {
                let value = operand.number(tuple);
                items.iter().any(|item| value == Some(*item as f64))
            }
            Self::Missing(at, field, missing) => (tuple[*at][*field] == Const::Missing) == *missing,
            Self::Bare(at) => tuple[*at][4] == Const::Bool(true),
            Self::Not(part) => !part.holds(tuple),
            Self::And(parts) => parts.iter().all(|part| part.holds(tuple)),
            Self::Or(parts) => parts.iter().any(|part| part.holds(tuple)),
        }
    }
}

fn operand() -> impl Strategy<Value = Operand> {
    let leaf = prop_oneof![
        6 => (0..3_usize, 0..4_usize).prop_map(|(at, field)| Operand::Field(at, field)),
        3 => (-1..3_i64).prop_map(Operand::Int),
        1 => Just(Operand::Fraction),
    ];
    leaf.prop_recursive(2, 4, 2, |inner| {
        prop_oneof![
            (inner.clone(), inner.clone()).prop_map(|(left, right)| Operand::Sum(left.into(), right.into())),
            (inner.clone(), inner).prop_map(|(left, right)| Operand::Quotient(left.into(), right.into())),
        ]
    })
}

fn condition() -> impl Strategy<Value = Condition> {
    let field = (0..3_usize, 0..4_usize).prop_map(|(at, field)| Operand::Field(at, field));
    let leaf = prop_oneof![
        4 => (field.clone(), 0..1_usize, field.clone())
            .prop_map(|(left, op, right)| Condition::Compare(left, op, right)),
        4 => (operand(), 0..6_usize, operand())
            .prop_map(|(left, op, right)| Condition::Compare(left, op, right)),
        2 => (field, proptest::collection::vec(-1..3_i64, 1..4))
            .prop_map(|(operand, items)| Condition::In(operand, items)),
        1 => (0..3_usize, 0..4_usize, any::<bool>())
            .prop_map(|(at, field, is)| Condition::Missing(at, field, is)),
        1 => (0..3_usize).prop_map(Condition::Bare),
    ];
    leaf.prop_recursive(4, 16, 4, |inner| {
        prop_oneof![
            inner.clone().prop_map(|part| Condition::Not(part.into())),
            proptest::collection::vec(inner.clone(), 2..4).prop_map(Condition::And),
            proptest::collection::vec(inner, 2..4).prop_map(Condition::Or),
        ]
    })
}

fn fact() -> impl Strategy<Value = Fact> {
    let maybe = |value: i64, missing: bool, make: fn(i64) -> Const| {
        if missing { Const::Missing } else { make(value) }
    };
    let number: fn(i64) -> Const = |value| Const::Number(value as f64 / 2.0);
    (-1..3_i64, -1..3_i64, -1..3_i64, -1..3_i64, any::<[bool; 3]>()).prop_map(
        move |(i, j, x, y, [mj, my, b])| {
            vec![Const::Int(i), maybe(j, mj, Const::Int), number(x), maybe(y, my, number), Const::Bool(b)]
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(1000) })]
    #[test]
    fn a_condition_accepts_what_it_accepts_as_written(
        condition in condition(),
        facts in proptest::collection::vec(fact(), 5),
    ) {
        let text = format!(
            "type T(i: int, j: int?, x: number, y: number?, b: bool)\n\
             rule r : {{p: T, q: T, r: T}} / {} ==> Print(p.i)",
            condition.text(),
        );
        let mut sources = SourceMap::new();
        let file = sources.add("r.tsd", &text);
        let compilation = compile(&sources, &[file]);
        let module = compilation.module.expect(&text);
        for p in &facts {
            for q in &facts {
                for r in &facts {
                    let tuple = [p, q, r];
                    let expected = usize::from(condition.holds(&tuple));
                    let found = accepting_branches(&module.rules[0], &tuple);
                    prop_assert_eq!(found, expected, "{}\n{}\n{:?}", text, module.to_text(), tuple);
                }
            }
        }
    }
}

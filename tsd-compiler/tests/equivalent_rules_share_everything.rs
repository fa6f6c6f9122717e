//! However a rule is written, what means the same has the same nodes: the same joins, filters and tests.
//!
//! A random rule is a list of comparisons. It is written twice, each time with other names for its variables, its patterns
//! and conditions in another order, operands swapped, constants taken apart, and NOT where it says the same; what the
//! compiler makes of both must be equal but for the names.

use proptest::prelude::*;
use tsd_compiler::source::SourceMap;
use tsd_ir::Filter;

const TYPES: &str = "type Customer(#id: string, tier: string, age: int, limit: number)\n\
    type Order(#id: string, customer: string, value: number, count: int)\n\
    type Item(#id: string, order: string, price: number)\n\
    action hit(a: string)\n";

/// The patterns by type.
const PATTERNS: [&str; 3] = ["Customer", "Order", "Item"];

/// The keys that tie the patterns together.
const KEYS: [[(usize, &str); 2]; 2] = [[(0, "id"), (1, "customer")], [(1, "id"), (2, "order")]];

/// A side of a comparison.
#[derive(Clone, Debug)]
enum Operand {
    Field(usize, &'static str),
    Whole(i32),
    Text(&'static str),
}

/// A comparison of two operands of one kind.
#[derive(Clone, Debug)]
struct Compared {
    left: Operand,
    op: usize,
    right: Operand,
}

const OPS: [&str; 6] = ["==", "!=", "<", "<=", ">", ">="];
/// The same with the operands swapped.
const SWAPPED: [usize; 6] = [0, 1, 4, 5, 2, 3];
/// What holds just when the comparison does not, of operands that have values.
const OPPOSITE: [usize; 6] = [1, 0, 5, 4, 3, 2];

fn number() -> impl Strategy<Value = Operand> {
    prop_oneof![
        Just(Operand::Field(0, "limit")),
        Just(Operand::Field(0, "age")),
        Just(Operand::Field(1, "value")),
        Just(Operand::Field(1, "count")),
        Just(Operand::Field(2, "price")),
    ]
}

fn compared() -> impl Strategy<Value = Compared> {
    let ordered = (number(), 0..6_usize, prop_oneof![number(), (-20..20_i32).prop_map(Operand::Whole)])
        .prop_map(|(left, op, right)| Compared { left, op, right });
    let texts = (0..2_usize, prop_oneof![Just("gold"), Just("silver"), Just("")])
        .prop_map(|(op, text)| Compared { left: Operand::Field(0, "tier"), op, right: Operand::Text(text) });
    prop_oneof![3 => ordered, 1 => texts]
}

/// One way to write a rule.
#[derive(Clone, Debug)]
struct Style {
    names: [&'static str; 3],
    patterns: Vec<usize>,
    conditions: Vec<usize>,
    /// For each condition: whether it is swapped, negated twice over, put in parentheses, and by what its constant is
    /// taken apart.
    forms: Vec<(bool, u8, bool, i32)>,
}

fn style(patterns: usize, conditions: usize) -> impl Strategy<Value = Style> {
    let names = prop_oneof![Just(["c", "o", "i"]), Just(["x", "a", "m"]), Just(["zulu", "yankee", "alpha"])];
    let shuffled = |count: usize| Just((0..count).collect::<Vec<_>>()).prop_shuffle();
    let form = (any::<bool>(), 0..3_u8, any::<bool>(), 0..7_i32);
    let forms = proptest::collection::vec(form, conditions);
    (names, shuffled(patterns), shuffled(conditions), forms)
        .prop_map(|(names, patterns, conditions, forms)| Style { names, patterns, conditions, forms })
}

impl Style {
    fn operand(&self, operand: &Operand, apart: i32) -> String {
        match operand {
            Operand::Field(pattern, field) => format!("{}.{field}", self.names[*pattern]),
            Operand::Whole(whole) if apart == 0 => whole.to_string(),
            Operand::Whole(whole) => format!("({} + {apart})", whole - apart),
            Operand::Text(text) if apart == 0 || text.is_empty() => format!("{text:?}"),
            Operand::Text(text) => format!("({:?} + {:?})", &text[..1], &text[1..]),
        }
    }

    fn condition(&self, number: usize, condition: &Compared) -> String {
        let (swapped, negated, parenthesised, apart) = self.forms[number];
        let (left, right) = (self.operand(&condition.left, apart), self.operand(&condition.right, apart));
        let op = if negated == 1 { OPPOSITE[condition.op] } else { condition.op };
        let text = if swapped {
            format!("{right} {} {left}", OPS[SWAPPED[op]])
        } else {
            format!("{left} {} {right}", OPS[op])
        };
        match (negated, parenthesised) {
            (1, _) => format!("NOT ({text})"),
            (2, _) => format!("NOT (NOT ({text}))"),
            (_, true) => format!("({text})"),
            (_, false) => text,
        }
    }

    fn rule(&self, conditions: &[Compared]) -> String {
        let patterns: Vec<String> =
            self.patterns.iter().map(|at| format!("{}: {}", self.names[*at], PATTERNS[*at])).collect();
        let parts: Vec<String> =
            self.conditions.iter().map(|at| self.condition(*at, &conditions[*at])).collect();
        // AND is as good to the right as to the left.
        let (head, tail) = parts.split_at(parts.len() / 2);
        let condition = match (head, tail) {
            ([_, ..], [_, _, ..]) => format!("{} AND ({})", head.join(" AND "), tail.join(" AND ")),
            _ => parts.join(" AND "),
        };
        format!("rule r : {{{}}} / {condition} ==> hit(\"x\")\n", patterns.join(", "))
    }
}

/// What a rule's nodes are, and what they must pass; `None` when it can never fire.
fn nodes(rule: &str) -> String {
    let mut sources = SourceMap::new();
    let file = sources.add("rule.tsd", format!("{TYPES}{rule}"));
    let compilation = tsd_compiler::compile(&sources, &[file]);
    let module = compilation.module.unwrap_or_else(|| panic!("{rule}\n{:?}", compilation.diagnostics));
    let filter = |filter: &Filter| {
        let tests: Vec<&str> = filter.tests.iter().map(|test| &*test.canonical).collect();
        format!("{:?} {tests:?}", filter.fields)
    };
    let mut text = String::new();
    for branch in module.rules[0].rule.branches.iter() {
        text += &format!("{:?} {}\n", branch.ty, filter(&branch.filter));
        for join in branch.joins.iter() {
            let tests: Vec<&str> = join.tests.iter().map(|test| &*test.canonical).collect();
            text += &format!("{:?} {} {tests:?}\n", join.signature, filter(&join.filter));
        }
    }
    text
}

fn written_twice() -> impl Strategy<Value = (Vec<Compared>, Style, Style)> {
    proptest::collection::vec(compared(), 0..5).prop_flat_map(|mut conditions| {
        for [(one, left), (other, right)] in KEYS {
            conditions.push(Compared {
                left: Operand::Field(one, left),
                op: 0,
                right: Operand::Field(other, right),
            });
        }
        let count = conditions.len();
        (Just(conditions), style(PATTERNS.len(), count), style(PATTERNS.len(), count))
    })
}

proptest! {
    #[test]
    fn equivalent_rules_have_the_same_nodes((conditions, one, other) in written_twice()) {
        let (one, other) = (one.rule(&conditions), other.rule(&conditions));
        prop_assert_eq!(nodes(&one), nodes(&other), "{}{}", one, other);
    }
}

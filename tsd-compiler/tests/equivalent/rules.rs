//! Random rules as trees, before they are written down.

use proptest::prelude::*;

/// The types that rules speak of.
pub(crate) const TYPES: &str = "type Customer(#id: string, tier: string, age: int, limit: number)\n\
    type Order(#id: string, customer: string, value: number, count: int)\n\
    type Item(#id: string, order: string, price: number)\n\
    action hit(a: string)\n";

pub(crate) const TYPE_NAMES: [&str; 3] = ["Customer", "Order", "Item"];
pub(crate) const FIELDS: [&[&str]; 3] =
    [&["id", "tier", "age", "limit"], &["id", "customer", "value", "count"], &["id", "order", "price"]];
const NUMBERS: [&[&str]; 3] = [&["age", "limit"], &["value", "count"], &["price"]];

/// The keys that tie the patterns together.
const KEYS: [[(usize, &str); 2]; 2] = [[(0, "id"), (1, "customer")], [(1, "id"), (2, "order")]];

/// The rule's own patterns are the variables 0 to 2, one for each type.
pub(crate) const PATTERNS: usize = 3;
/// The variable that is aggregated for aggregate variables.
pub(crate) const GATHERED: usize = PATTERNS;
/// The variables of `EXISTS` and aggregates, by how deep they are nested.
const INNER: usize = GATHERED + 1;
const DEPTH: usize = 2;
pub(crate) const VARIABLES: usize = INNER + DEPTH;

/// A variable in scope, with its type.
type Known = (usize, usize);

#[derive(Clone, Debug)]
pub(crate) enum Operand {
    Field(usize, &'static str),
    Whole(i32),
    Text(&'static str),
    Aggregate(Box<Aggregate>),
    /// An aggregate variable of the rule.
    Variable(usize),
}

#[derive(Clone, Debug)]
pub(crate) enum Condition {
    Compare { left: Operand, op: usize, right: Operand },
    Exists { negated: bool, question: Question },
}

/// The contents of `EXISTS` and aggregates.
#[derive(Clone, Debug)]
pub(crate) struct Question {
    pub(crate) variable: usize,
    pub(crate) ty: usize,
    pub(crate) conditions: Vec<Condition>,
}

#[derive(Clone, Debug)]
pub(crate) struct Aggregate {
    pub(crate) question: Question,
    pub(crate) value: Gathered,
}

/// What is aggregated: a field, or a multiple of it.
#[derive(Clone, Debug)]
pub(crate) struct Gathered {
    pub(crate) function: &'static str,
    pub(crate) field: Option<&'static str>,
    pub(crate) times: Option<i32>,
}

/// What is aggregated for aggregate variables: rows of one type.
#[derive(Clone, Debug)]
pub(crate) struct Group {
    pub(crate) question: Question,
    pub(crate) values: Vec<Gathered>,
}

/// A rule: three patterns, conditions, and perhaps aggregate variables.
#[derive(Clone, Debug)]
pub(crate) struct Rule {
    pub(crate) conditions: Vec<Condition>,
    pub(crate) group: Option<Group>,
}

impl Gathered {
    /// Whether there may be no value.
    pub(crate) fn may_lack(&self) -> bool {
        self.function != "COUNT"
    }
}

impl Operand {
    fn variables(&self, found: &mut Vec<usize>) {
        match self {
            Self::Field(variable, _) => found.push(*variable),
            Self::Aggregate(aggregate) => aggregate.question.variables(found),
            Self::Whole(_) | Self::Text(_) | Self::Variable(_) => {}
        }
    }
}

impl Condition {
    /// The variables that it mentions.
    pub(crate) fn variables(&self, found: &mut Vec<usize>) {
        match self {
            Self::Compare { left, right, .. } => {
                left.variables(found);
                right.variables(found);
            }
            Self::Exists { question, .. } => question.variables(found),
        }
    }
}

impl Question {
    fn variables(&self, found: &mut Vec<usize>) {
        self.conditions.iter().for_each(|condition| condition.variables(found));
    }
}

fn field(known: &[Known]) -> impl Strategy<Value = Operand> + Clone + use<> {
    let fields: Vec<Operand> = known
        .iter()
        .flat_map(|(variable, ty)| NUMBERS[*ty].iter().map(|field| Operand::Field(*variable, field)))
        .collect();
    proptest::sample::select(fields)
}

fn value(ty: usize) -> impl Strategy<Value = Gathered> {
    let field = proptest::sample::select(NUMBERS[ty]);
    let times = prop_oneof![3 => Just(None), 1 => (2..9_i32).prop_map(Some)];
    let of_fields = (proptest::sample::select(&["SUM", "AVG", "MIN", "MAX", "COUNT"][..]), field, times)
        .prop_map(|(function, field, times)| Gathered { function, field: Some(field), times });
    let count = Just(Gathered { function: "COUNT", field: None, times: None });
    prop_oneof![4 => of_fields, 1 => count]
}

/// The facts of some type that are tied to one variable and pass a few conditions.
fn question(known: Vec<Known>, tied: Vec<Known>, variable: usize) -> BoxedStrategy<Question> {
    let conditions =
        (0..TYPE_NAMES.len(), proptest::sample::select(tied)).prop_flat_map(move |(ty, other)| {
            let mut inner = known.clone();
            inner.push((variable, ty));
            let own = vec![(variable, ty)];
            let conditions = proptest::collection::vec(condition(inner, own, variable + 1), 0..3);
            (Just(ty), Just(other), conditions, prop_oneof![5 => Just(true), 1 => Just(false)])
        });
    let question = conditions.prop_map(move |(ty, other, mut conditions, is_tied)| {
        if is_tied {
            conditions.push(tie((variable, ty), other));
        }
        Question { variable, ty, conditions }
    });
    question.boxed()
}

/// The key by which two facts belong together.
fn tie((one, of): Known, (other, to): Known) -> Condition {
    let key = KEYS.into_iter().find_map(|key| match key {
        [left, right] if (left.0, right.0) == (of, to) => Some((left.1, right.1)),
        [left, right] if (right.0, left.0) == (of, to) => Some((right.1, left.1)),
        _ => None,
    });
    let (left, right) = key.unwrap_or(("id", "id"));
    Condition::Compare { left: Operand::Field(one, left), op: 0, right: Operand::Field(other, right) }
}

/// A condition on the variables in scope. It mentions one of `own`; `inner` is the next variable of
/// a question.
fn condition(known: Vec<Known>, own: Vec<Known>, inner: usize) -> BoxedStrategy<Condition> {
    let beside = prop_oneof![field(&known), (-20..20_i32).prop_map(Operand::Whole)];
    let compare = |(left, op, right)| Condition::Compare { left, op, right };
    let ordered = (field(&own), 0..6_usize, beside.clone()).prop_map(compare);
    let tiers: Vec<Operand> =
        own.iter().filter(|(_, ty)| *ty == 0).map(|(own, _)| Operand::Field(*own, "tier")).collect();
    let texts = proptest::sample::select(vec!["gold", "silver", ""]).prop_map(Operand::Text);
    let plain = if tiers.is_empty() {
        ordered.boxed()
    } else {
        let tier = (proptest::sample::select(tiers), 0..2_usize, texts).prop_map(compare);
        prop_oneof![3 => ordered, 1 => tier].boxed()
    };
    // The variable of an aggregate variable's rows is followed by those of questions.
    let inner = inner.max(INNER);
    if inner >= VARIABLES {
        return plain;
    }
    let asked = question(known, own, inner);
    let exists = (any::<bool>(), asked.clone())
        .prop_map(|(negated, question)| Condition::Exists { negated, question });
    let aggregate = asked.prop_flat_map(|question| (value(question.ty), Just(question)));
    let aggregate =
        aggregate.prop_map(|(value, question)| Operand::Aggregate(Box::new(Aggregate { question, value })));
    let compared = (aggregate, 0..6_usize, beside).prop_map(compare);
    prop_oneof![4 => plain, 1 => exists, 1 => compared].boxed()
}

fn group(known: &[Known]) -> impl Strategy<Value = (Group, Vec<Condition>)> + use<> {
    let known = known.to_vec();
    let (rows, beside) = (question(known.clone(), known.clone(), GATHERED), field(&known));
    rows.prop_flat_map(move |mut question| {
        // A condition that does not mention what is aggregated is not a condition on the rows.
        question.conditions.retain(|condition| {
            let mut mentioned = Vec::new();
            condition.variables(&mut mentioned);
            mentioned.contains(&GATHERED)
        });
        if question.conditions.is_empty() {
            question.conditions.push(tie((GATHERED, question.ty), known[0]));
        }
        let values = proptest::collection::vec(value(question.ty), 1..3);
        let compared = proptest::collection::vec((0..6_usize, beside.clone()), 2);
        (Just(question), values, compared).prop_map(|(question, values, compared)| {
            let conditions = (0..values.len()).zip(compared).map(|(value, (op, right))| Condition::Compare {
                left: Operand::Variable(value),
                op,
                right,
            });
            let conditions = conditions.collect();
            (Group { question, values }, conditions)
        })
    })
}

/// A rule whose patterns are connected.
pub(crate) fn rule() -> impl Strategy<Value = Rule> {
    let known: Vec<Known> = (0..PATTERNS).map(|pattern| (pattern, pattern)).collect();
    let group = proptest::option::weighted(0.3, group(&known));
    let conditions = proptest::collection::vec(condition(known.clone(), known, INNER), 0..5);
    (conditions, group).prop_map(|(mut conditions, group)| {
        conditions.push(tie((0, 0), (1, 1)));
        conditions.push(tie((1, 1), (2, 2)));
        let (group, of_group) = group.unzip();
        conditions.extend(of_group.unwrap_or_default());
        Rule { conditions, group }
    })
}

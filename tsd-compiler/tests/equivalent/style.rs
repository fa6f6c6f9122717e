//! The ways to write a rule.

use proptest::prelude::*;

use super::rules::{
    Aggregate, Condition, FIELDS, Gathered, Group, Operand, PATTERNS, Question, Rule, TYPE_NAMES, VARIABLES,
};

const OPS: [&str; 6] = ["==", "!=", "<", "<=", ">", ">="];
/// The same with the operands swapped.
const SWAPPED: [usize; 6] = [0, 1, 4, 5, 2, 3];
/// What holds just when the comparison does not, of operands that have values.
const OPPOSITE: [usize; 6] = [1, 0, 5, 4, 3, 2];

#[derive(Clone, Copy, Debug, PartialEq)]
enum Notation {
    /// Patterns in braces, with aggregate variables where the rule has them.
    Arrow,
    /// Patterns in braces; for aggregate variables the aggregates, and an `EXISTS` for a row.
    Spelled,
    /// `when … then … end`.
    Blocks,
}

/// One way to write any rule.
#[derive(Clone, Debug)]
pub(crate) struct Style {
    notation: Notation,
    names: [&'static str; VARIABLES],
    /// Whether blocks bind their fields.
    aliases: bool,
    /// Where the choices of order and form come from.
    seed: u64,
}

pub(crate) fn style() -> impl Strategy<Value = Style> {
    let notation = prop_oneof![Just(Notation::Arrow), Just(Notation::Spelled), Just(Notation::Blocks)];
    let names = prop_oneof![
        Just(["c", "o", "i", "g", "x", "y"]),
        Just(["x", "a", "m", "c", "o", "b"]),
        Just(["zulu", "yankee", "alpha", "mike", "bravo", "oscar"]),
    ];
    (notation, names, any::<bool>(), any::<u64>()).prop_map(|(notation, names, aliases, seed)| Style {
        notation,
        names,
        aliases,
        seed,
    })
}

impl Style {
    /// A rule of this name, written.
    pub(crate) fn write(&self, name: &str, rule: &Rule) -> String {
        let mut writer = Writer { style: self, state: self.seed, group: rule.group.as_ref(), own: None };
        match self.notation {
            Notation::Blocks => writer.blocks(name, rule),
            Notation::Arrow | Notation::Spelled => writer.arrow(name, rule),
        }
    }
}

/// The pattern of a block whose conditions are being written.
#[derive(Clone, Copy)]
struct Own {
    variable: usize,
    /// Whether the pattern names it.
    named: bool,
}

struct Writer<'a> {
    style: &'a Style,
    state: u64,
    group: Option<&'a Group>,
    own: Option<Own>,
}

impl Writer<'_> {
    /// A number below `count`.
    fn choose(&mut self, count: usize) -> usize {
        self.state = self.state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        ((self.state >> 33) % count as u64) as usize
    }

    fn either(&mut self) -> bool {
        self.choose(2) == 0
    }

    fn shuffled<T>(&mut self, items: impl IntoIterator<Item = T>) -> Vec<T> {
        let mut items: Vec<T> = items.into_iter().collect();
        for at in (1..items.len()).rev() {
            let other = self.choose(at + 1);
            items.swap(at, other);
        }
        items
    }

    fn field(&mut self, variable: usize, field: &str) -> String {
        let (name, bare) = (self.style.names[variable], self.either());
        match self.own {
            Some(own) if own.variable == variable && (!own.named || bare) => field.to_owned(),
            Some(_) if variable < PATTERNS && self.style.aliases => format!("${name}_{field}"),
            Some(own) if variable < PATTERNS || own.variable == variable => format!("${name}.{field}"),
            _ => format!("{name}.{field}"),
        }
    }

    /// A whole number, perhaps taken apart.
    fn whole(&mut self, whole: i32) -> String {
        match self.choose(7) as i32 {
            0 => whole.to_string(),
            apart => format!("({} + {apart})", whole - apart),
        }
    }

    fn value(&mut self, value: &Gathered, variable: usize) -> String {
        let factor = value.times.map(|times| format!(" * {}", self.whole(times))).unwrap_or_default();
        value.field.map_or_else(String::new, |field| self.field(variable, field) + &factor)
    }

    fn aggregate(&mut self, question: &Question, value: &Gathered) -> String {
        let rows = self.question(question);
        let value_text = self.value(value, question.variable);
        let measure = if value_text.is_empty() { value_text } else { format!(" ; {value_text}") };
        format!("{}({rows}{measure})", value.function)
    }

    fn operand(&mut self, operand: &Operand) -> String {
        match operand {
            Operand::Field(variable, field) => self.field(*variable, field),
            Operand::Whole(whole) => self.whole(*whole),
            Operand::Text(text) if text.is_empty() || self.either() => format!("{text:?}"),
            Operand::Text(text) => format!("({:?} + {:?})", &text[..1], &text[1..]),
            Operand::Aggregate(aggregate) => {
                let Aggregate { question, value } = &**aggregate;
                self.aggregate(question, value)
            }
            Operand::Variable(number) => match (self.style.notation, self.group) {
                (Notation::Arrow, _) | (_, None) => format!("v{number}"),
                (_, Some(group)) => self.aggregate(&group.question, &group.values[*number]),
            },
        }
    }

    fn may_lack(&self, operand: &Operand) -> bool {
        match operand {
            Operand::Aggregate(aggregate) => aggregate.value.may_lack(),
            Operand::Variable(number) => self.group.is_none_or(|group| group.values[*number].may_lack()),
            Operand::Field(..) | Operand::Whole(_) | Operand::Text(_) => false,
        }
    }

    /// `v: T / condition`.
    fn question(&mut self, question: &Question) -> String {
        let conditions = self.each(&question.conditions).join(" AND ");
        let slash = if conditions.is_empty() { "" } else { " / " };
        format!("{}: {}{slash}{conditions}", self.style.names[question.variable], TYPE_NAMES[question.ty])
    }

    fn condition(&mut self, condition: &Condition) -> String {
        let (mut negated, text) = match condition {
            Condition::Compare { left, op, right } => {
                let has_value = !self.may_lack(left) && !self.may_lack(right);
                let negated = has_value && self.choose(3) == 0;
                let op = if negated { OPPOSITE[*op] } else { *op };
                let (left, right) = (self.operand(left), self.operand(right));
                let text = if self.either() {
                    format!("{right} {} {left}", OPS[SWAPPED[op]])
                } else {
                    format!("{left} {} {right}", OPS[op])
                };
                (usize::from(negated), text)
            }
            Condition::Exists { negated, question } => {
                (usize::from(*negated), format!("EXISTS ({})", self.question(question)))
            }
        };
        negated += if self.choose(4) == 0 { 2 } else { 0 };
        let text = (0..negated).fold(text, |text, _| format!("NOT ({text})"));
        if self.either() { format!("({text})") } else { text }
    }

    /// The conditions, each written, in any order; perhaps some of them in parentheses.
    fn each(&mut self, conditions: &[Condition]) -> Vec<String> {
        let shuffled = self.shuffled(conditions);
        let mut parts: Vec<String> = shuffled.into_iter().map(|one| self.condition(one)).collect();
        // AND is as good to the right as to the left.
        if parts.len() > 2 && self.either() {
            let tail = parts.split_off(parts.len() / 2);
            parts.push(format!("({})", tail.join(" AND ")));
        }
        parts
    }

    fn arrow(&mut self, name: &str, rule: &Rule) -> String {
        let names = self.style.names;
        let mut bindings: Vec<String> = (self.shuffled(0..PATTERNS).into_iter())
            .map(|pattern| format!("{}: {}", names[pattern], TYPE_NAMES[pattern]))
            .collect();
        let mut conditions = rule.conditions.clone();
        let mut sources = String::new();
        if let Some(Group { question, values }) = self.group {
            let variable = names[question.variable];
            if self.style.notation == Notation::Arrow {
                for (number, value) in values.iter().enumerate() {
                    let text = self.value(value, question.variable);
                    let text = if text.is_empty() { variable.to_owned() } else { text };
                    bindings.push(format!("v{number}: {}({text})", value.function));
                }
                sources = format!(" / {{{variable}: {}}}", TYPE_NAMES[question.ty]);
                conditions.extend(question.conditions.iter().cloned());
            } else {
                conditions.push(Condition::Exists { negated: false, question: question.clone() });
            }
        }
        let condition = self.each(&conditions).join(" AND ");
        format!("rule {name} : {{{}}}{sources} / {condition} ==> hit(\"x\")\n", bindings.join(", "))
    }

    fn blocks(&mut self, name: &str, rule: &Rule) -> String {
        let order = self.shuffled(0..PATTERNS);
        let mut conditions = rule.conditions.clone();
        if let Some(group) = self.group {
            conditions.push(Condition::Exists { negated: false, question: group.question.clone() });
        }
        // Each condition goes where everything that it mentions is in scope, or further down.
        let mut inside = vec![Vec::new(); PATTERNS];
        let mut behind = vec![Vec::new(); PATTERNS];
        for condition in self.shuffled(conditions) {
            let mut mentioned = Vec::new();
            condition.variables(&mut mentioned);
            let place = |variable: &usize| order.iter().position(|pattern| pattern == variable);
            if condition_reads_group(&condition)
                && let Some(group) = self.group
            {
                group.question.conditions.iter().for_each(|one| one.variables(&mut mentioned));
            }
            let least = mentioned.iter().filter_map(place).max().unwrap_or(0);
            let at = least + self.choose(PATTERNS - least);
            match &condition {
                Condition::Exists { negated, question } if self.either() => {
                    behind[at].push(self.quantified(*negated, question));
                }
                condition => inside[at].push(condition.clone()),
            }
        }
        let mut patterns = String::new();
        for (at, pattern) in order.into_iter().enumerate() {
            self.own = Some(Own { variable: pattern, named: true });
            let name = self.style.names[pattern];
            let mut constraints: Vec<String> = Vec::new();
            if self.style.aliases {
                constraints.extend(FIELDS[pattern].iter().map(|field| format!("${name}_{field} : {field}")));
            }
            constraints.extend(self.each(&inside[at]));
            patterns += &format!("    ${name} : {}({})\n", TYPE_NAMES[pattern], constraints.join(", "));
            behind[at].iter().for_each(|pattern| patterns += pattern);
        }
        format!("rule {name}\nwhen\n{patterns}then\n    hit(\"x\");\nend\n")
    }

    /// `exists T(…)` or `not T(…)`.
    fn quantified(&mut self, negated: bool, question: &Question) -> String {
        let named = self.either();
        self.own = Some(Own { variable: question.variable, named });
        let constraints = self.each(&question.conditions).join(", ");
        let word = if negated { "not" } else { "exists" };
        let name = if named { format!("${} : ", self.style.names[question.variable]) } else { String::new() };
        format!("    {word} {name}{}({constraints})\n", TYPE_NAMES[question.ty])
    }
}

/// Whether a condition mentions an aggregate variable.
fn condition_reads_group(condition: &Condition) -> bool {
    let reads = |operand: &Operand| matches!(operand, Operand::Variable(_));
    match condition {
        Condition::Compare { left, right, .. } => reads(left) || reads(right),
        Condition::Exists { .. } => false,
    }
}

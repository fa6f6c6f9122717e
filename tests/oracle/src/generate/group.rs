//! Random rules with aggregate variables.

use super::expression::Expressions;
use crate::value::Kind;

/// The blocks and the condition of a rule.
pub(super) struct Head {
    /// `{v0: A, g0: SUM(s0.n1)} / {s0: B}`
    pub(super) blocks: String,
    /// Conjuncts about rows and conjuncts about groups.
    pub(super) condition: String,
}

impl Expressions<'_, '_> {
    /// The head of a rule with groups. `self` knows the variables of the group, and afterwards the
    /// aggregate variables too.
    pub(super) fn group_head(&mut self) -> Head {
        let patterns = self.variables.len();
        let mut parts = Vec::new();
        for index in 1..patterns {
            parts.extend(self.tie(index));
        }
        for source in 0..1 + self.choices.weighted(&[7, 3]) {
            let ty = self.choices.below(self.schema.types.len());
            self.variables.push((format!("s{source}"), ty));
            if self.choices.chance(85) {
                parts.extend(self.tie(patterns + source));
            }
        }
        for _ in 0..self.choices.weighted(&[5, 4, 1]) {
            parts.push(self.condition(1));
        }
        let sources = self.variables.split_off(patterns);
        let (mut written, mut derived_values) = (Vec::new(), Vec::new());
        for index in 0..1 + self.choices.weighted(&[5, 4, 2]) {
            let source = self.choices.pick(&sources);
            self.variables.push(source);
            let (value, kind) = self.aggregate_variable();
            self.variables.pop();
            written.push(format!("g{index}: {value}"));
            derived_values.push((format!("g{index}"), kind));
        }
        self.derived_values = derived_values;
        for _ in 0..self.choices.weighted(&[4, 4, 2]) {
            parts.extend(self.group_test());
        }
        if parts.len() > 1 && self.choices.chance(50) {
            let last = parts.len() - 1;
            parts.swap(0, last);
        }
        let ty = |ty: usize| &self.schema.types[ty].name;
        let mut first: Vec<String> =
            (self.variables.iter().map(|(name, of)| format!("{name}: {}", ty(*of)))).collect();
        first.extend(written);
        let later: Vec<String> =
            sources.iter().map(|(name, of)| format!("{{{name}: {}}}", ty(*of))).collect();
        let blocks = format!("{{{}}} / {}", first.join(", "), later.join(" / "));
        Head { blocks, condition: parts.join(" AND ") }
    }

    /// A condition about the group as a whole.
    fn group_test(&mut self) -> Option<String> {
        let (name, kind) = self.choices.pick(&self.derived_values);
        Some(match self.choices.weighted(&[6, 2, 1]) {
            1 => self.condition(1),
            2 => format!("{name} IS {}", self.choices.pick(&["PRESENT", "MISSING"])),
            _ => {
                let op = self.choices.pick(&[">=", "<", "==", "!=", "<=", ">"]);
                format!("{name} {op} {}", self.operand(kind, 2)?)
            }
        })
    }

    /// A derived value of the last variable, and its kind.
    fn aggregate_variable(&mut self) -> (String, Kind) {
        let count = |value: String| (format!("COUNT({value})"), Kind::Int);
        let source = self.variables.last().map(|(name, _)| name.clone()).unwrap_or_default();
        let derived_value = match self.choices.weighted(&[3, 5, 3, 1, 2]) {
            1 => {
                let function = self.choices.pick(&["SUM", "AVG", "MIN", "MAX"]);
                let value = self.measured(Kind::Number);
                value.map(|value| (format!("{function}({value})"), Kind::Number))
            }
            2 => {
                let function = self.choices.pick(&["SUM", "MIN", "MAX", "AVG"]);
                let kind = if function == "AVG" { Kind::Number } else { Kind::Int };
                self.measured(Kind::Int).map(|value| (format!("{function}({value})"), kind))
            }
            3 => {
                let function = self.choices.pick(&["MIN", "MAX"]);
                self.measured(Kind::Text).map(|value| (format!("{function}({value})"), Kind::Text))
            }
            4 => {
                let distinct = if self.choices.chance(60) { "DISTINCT " } else { "" };
                self.counted().map(|value| count(format!("{distinct}{value}")))
            }
            _ => None,
        };
        derived_value.unwrap_or_else(|| count(source))
    }
}

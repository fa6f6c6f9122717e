//! Random conditions.

use std::ops::Range;

use super::expression::Expressions;
use super::values;
use crate::value::Kind;

impl Expressions<'_, '_> {
    /// A condition of a rule: equalities that connect the patterns, and other tests.
    pub fn rule_condition(&mut self) -> Option<String> {
        let mut parts = Vec::new();
        for index in 1..self.variables.len() {
            if self.choices.chance(75) {
                parts.extend(self.tie(index));
            }
            match self.choices.weighted(&[9, 2, 2]) {
                1 => parts.extend(self.tie(index)),
                2 => parts.extend(self.either_tie(index)),
                _ => {}
            }
        }
        for _ in 0..self.choices.weighted(&[3, 4, 2, 1]) {
            parts.push(self.condition(2));
        }
        // Some rules have several tests of the same facts.
        for _ in 0..self.choices.weighted(&[20, 3, 2, 1]) {
            parts.extend(self.asked());
        }
        // Their order is nothing to rely on.
        if parts.len() > 1 && self.choices.chance(50) {
            let last = parts.len() - 1;
            parts.swap(0, last);
        }
        (!parts.is_empty()).then(|| parts.join(" AND "))
    }

    /// Ways in which a pattern is connected with earlier ones, each with a separate condition.
    fn either_tie(&mut self, index: usize) -> Option<String> {
        let mut ways = Vec::new();
        while ways.len() < 2 || (ways.len() < 4 && self.choices.chance(20)) {
            let tie = self.tie(index)?;
            ways.push(match self.choices.weighted(&[2, 3, 3]) {
                0 => tie,
                1 => format!("({tie} AND {})", self.condition(1)),
                _ => match self.asked() {
                    Some(asked) => format!("({tie} AND {asked})"),
                    None => tie,
                },
            });
        }
        Some(format!("({})", ways.join(" OR ")))
    }

    /// A condition about other facts, as far as the features permit.
    fn asked(&mut self) -> Option<String> {
        let (look, aggregate) = (self.may_look(), self.may_aggregate());
        match self.choices.weighted(&[2 * usize::from(look), usize::from(aggregate)]) {
            0 if look => Some(self.exists()),
            _ if aggregate => self.derived_test(),
            _ => None,
        }
    }

    /// An equality between a pattern and one before it.
    pub(super) fn tie(&mut self, index: usize) -> Option<String> {
        if self.choices.chance(30) {
            return self.computed_tie(index);
        }
        let (here, ty) = self.variables[index].clone();
        let (there, other) = self.variables[self.choices.below(index)].clone();
        let mut pairs = Vec::new();
        for left in &self.schema.types[ty].fields {
            if left.kind == Kind::Fact(other) {
                pairs.push((format!("{here}.{}", left.name), there.clone()));
            }
            for right in &self.schema.types[other].fields {
                let numeric = |kind| matches!(kind, Kind::Int | Kind::Number);
                if left.kind == right.kind || (numeric(left.kind) && numeric(right.kind)) {
                    pairs.push((format!("{here}.{}", left.name), format!("{there}.{}", right.name)));
                }
                if right.kind == Kind::Fact(ty) {
                    pairs.push((here.clone(), format!("{there}.{}", right.name)));
                }
            }
        }
        // Among so many fields of equal kinds references would be rare.
        let refers = |pair: &&(String, String)| pair.0 == here || pair.1 == there;
        let references: Vec<_> = pairs.iter().filter(refers).cloned().collect();
        pairs.extend(references.iter().cloned().chain(references.clone()));
        if self.features.references && self.choices.chance(10) {
            let here_at = index..index + 1;
            pairs.extend(
                self.followed_from(here_at, |kind| kind == Kind::Fact(other))
                    .into_iter()
                    .map(|path| (path, there.clone())),
            );
        }
        if pairs.is_empty() {
            return None;
        }
        let (left, right) = self.choices.pick(&pairs);
        Some(if self.choices.chance(50) {
            format!("{right} == {left}")
        } else {
            format!("{left} == {right}")
        })
    }

    /// An equality between computations from a pattern and from some earlier ones.
    fn computed_tie(&mut self, index: usize) -> Option<String> {
        let kind =
            self.choices.pick(&[Kind::Text, Kind::Int, Kind::Number, Kind::Text, Kind::Int, Kind::Bool]);
        let before = if self.choices.chance(25) { 0 } else { self.choices.below(index) };
        let until = if before == 0 && self.choices.chance(25) { index } else { before + 1 };
        let here = self.computed_of(index..index + 1, kind)?;
        // An `int` beside a `number` is widened.
        let other = if kind == Kind::Number && self.choices.chance(30) { Kind::Int } else { kind };
        let there = self.computed_of(before..until, other)?;
        Some(if self.choices.chance(50) {
            format!("{here} == {there}")
        } else {
            format!("{there} == {here}")
        })
    }

    /// An operand of a kind that reads some of these variables: a field of them, or a computation.
    fn computed_of(&mut self, variables: Range<usize>, kind: Kind) -> Option<String> {
        let own = self.variables[variables].to_vec();
        let all = std::mem::replace(&mut self.variables, own);
        let (features, derived_values) = (self.features, std::mem::take(&mut self.derived_values));
        self.features.aggregates = false;
        let mut paths = self.paths(|other, _| other == kind);
        if self.features.references && self.choices.chance(30) {
            let followed = self.followed_from(.., |other| other == kind);
            paths = if followed.is_empty() { paths } else { followed };
        }
        let mut operand = None;
        if !paths.is_empty() && self.choices.chance(40) {
            operand = Some(self.choices.pick(&paths));
        }
        for _ in 0..4 {
            let looks = |operand: &String| {
                self.variables.iter().any(|(name, _)| operand.contains(&format!("{name}.")))
            };
            if operand.as_ref().is_some_and(looks) {
                break;
            }
            operand = self.operand(kind, 2);
        }
        (self.variables, self.features, self.derived_values) = (all, features, derived_values);
        operand
    }

    /// Any condition, in parentheses if it needs them.
    pub fn condition(&mut self, depth: usize) -> String {
        match if depth == 0 { 0 } else { self.choices.weighted(&[12, 3, 5, 4]) } {
            0 => self.test(),
            1 if self.choices.chance(20) => {
                // AND binds tighter.
                let mut one_of = || self.condition(depth - 1);
                format!("({} OR {} and {} OR {})", one_of(), one_of(), one_of(), one_of())
            }
            1 => format!("({} AND {})", self.condition(depth - 1), self.condition(depth - 1)),
            2 if self.choices.chance(20) => {
                let mut one_of = || self.condition(depth - 1);
                format!("({} OR {} or {})", one_of(), one_of(), one_of())
            }
            2 => format!("({} OR {})", self.condition(depth - 1), self.condition(depth - 1)),
            _ => format!("NOT ({})", self.condition(depth - 1)),
        }
    }

    fn test(&mut self) -> String {
        let depth = 1 + self.choices.weighted(&[5, 3, 1]);
        let (look, aggregate) = (usize::from(self.may_look()), usize::from(self.may_aggregate()));
        let edges = 1 + 15 * usize::from(!self.edges().is_empty());
        match self.choices.weighted(&[12, 6, 3, 2, 3, 2, 2, 2, 3, 2, 1, 2 * look, 2 * aggregate, edges]) {
            0 => self.comparison(Kind::Number, depth),
            1 => self.comparison(Kind::Text, depth),
            2 => self.comparison(Kind::Int, depth),
            3 => self.comparison(Kind::Bool, depth),
            4 => {
                let ty = self.choices.below(self.schema.types.len());
                self.comparison(Kind::Fact(ty), depth)
            }
            5 => {
                let kind = self.choices.pick(&[Kind::Number, Kind::Text, Kind::Int, Kind::Bool]);
                let mut operand = || self.operand(kind, 1).unwrap_or_default();
                let (left, first) = (operand(), operand());
                let mut items = vec![first];
                while items.len() < 4 && self.choices.chance(60) {
                    items.push(self.operand(kind, 1).unwrap_or_default());
                }
                format!("{left} IN [{}]", items.join(", "))
            }
            6 => {
                let (text, other) = (self.text_operand(depth), self.text_operand(1));
                format!("{text} CONTAINS {other}")
            }
            7 => {
                let pattern =
                    self.choices.pick(&["\"a%\"", "\"%b\"", "\"_\"", "\"%\"", "\"\"", "\"_b%\"", "\"a\""]);
                let pattern = if self.choices.chance(15) { self.text_operand(1) } else { pattern.to_owned() };
                format!("{} LIKE {pattern}", self.text_operand(depth))
            }
            8 => {
                let word = self.choices.pick(&["MISSING", "PRESENT"]);
                format!("{} IS {word}", self.perhaps_missing())
            }
            9 => {
                let pattern = self.choices.pick(&["^a", "b$", "[a-b]+", "é|3", "^$", "(?i)a"]);
                format!("{} MATCHES {pattern:?}", self.text_operand(depth))
            }
            11 => self.exists(),
            12 => self.derived_test().unwrap_or_else(|| self.comparison(Kind::Number, depth)),
            13 => self.widened_test(),
            _ if self.choices.chance(30) => {
                self.choices.pick(&["1 == 1", "false", "true", "0.5 > 3 / 2"]).to_owned()
            }
            _ => {
                let paths = self.paths(|kind, _| kind == Kind::Bool);
                if paths.is_empty() { "2 < 3".to_owned() } else { self.choices.pick(&paths) }
            }
        }
    }

    /// An integer beside a number, so large that numbers no longer distinguish integers.
    fn widened_test(&mut self) -> String {
        let edges = self.edges();
        let int = match self.choices.weighted(&[5, 1, 1]) {
            0 if !edges.is_empty() => self.choices.pick(&edges),
            1 => format!("(number) {}", self.operand(Kind::Int, 2).unwrap_or_default()),
            _ => self.operand(Kind::Int, 2).unwrap_or_default(),
        };
        let number = if self.choices.chance(20) {
            self.operand(Kind::Number, 2)
        } else {
            values::literal(&values::edge(self.choices, Kind::Number))
        };
        let (number, op) =
            (number.unwrap_or_default(), self.choices.pick(&["==", "!=", "<", "<=", ">", ">="]));
        match self.choices.weighted(&[5, 2, 1]) {
            0 => format!("{int} {op} {number}"),
            1 => format!("{number} {op} {int}"),
            _ => format!("{int} IN [0.5, {number}]"),
        }
    }

    fn text_operand(&mut self, depth: usize) -> String {
        self.operand(Kind::Text, depth).unwrap_or_default()
    }

    fn comparison(&mut self, kind: Kind, depth: usize) -> String {
        let ops: &[&str] = match kind {
            Kind::Bool | Kind::Fact(_) => &["==", "!="],
            _ => &["==", "!=", "<", "<=", ">", ">="],
        };
        let op = self.choices.pick(ops);
        if kind == Kind::Number && self.choices.chance(15) {
            return format!("{} {op} {}", self.chain(), self.chain());
        }
        match (self.operand(kind, depth), self.operand(kind, depth)) {
            (Some(left), Some(right)) => format!("{left} {op} {right}"),
            _ => self.comparison(Kind::Number, depth),
        }
    }
}

//! Random operands of a given kind.

use std::slice::SliceIndex;

use super::choices::Choices;
use super::features::Features;
use super::values;
use crate::schema::Schema;
use crate::value::Kind;

/// Generates expressions over some variables.
#[derive(Debug)]
pub struct Expressions<'a, 'c> {
    /// What decides.
    pub choices: &'a mut Choices<'c>,
    /// The declarations.
    pub schema: &'a Schema,
    /// What may occur.
    pub features: Features,
    /// The variables with the indexes of their types.
    pub variables: Vec<(String, usize)>,
    /// The aggregate variables with their kinds.
    pub derived_values: Vec<(String, Kind)>,
    /// How many `EXISTS` and aggregates this place is inside of.
    pub(super) nesting: usize,
}

impl<'a, 'c> Expressions<'a, 'c> {
    /// Expressions over these variables.
    pub fn new(
        choices: &'a mut Choices<'c>,
        schema: &'a Schema,
        features: Features,
        variables: Vec<(String, usize)>,
    ) -> Self {
        Self { choices, schema, features, variables, derived_values: Vec::new(), nesting: 0 }
    }

    /// The fields of a kind that can be read, as paths.
    pub fn paths(&self, wanted: impl Fn(Kind, bool) -> bool) -> Vec<String> {
        self.paths_from(.., wanted)
    }

    /// Those of some variables.
    pub(super) fn paths_from(
        &self,
        variables: impl SliceIndex<[(String, usize)], Output = [(String, usize)]>,
        wanted: impl Fn(Kind, bool) -> bool,
    ) -> Vec<String> {
        let mut paths = Vec::new();
        for (variable, ty) in &self.variables[variables] {
            for field in &self.schema.types[*ty].fields {
                if wanted(field.kind, field.optional) {
                    paths.push(format!("{variable}.{}", field.name));
                }
            }
        }
        paths
    }

    /// The fields of a kind that are reached by references of some variables.
    pub(super) fn followed_from(
        &self,
        variables: impl SliceIndex<[(String, usize)], Output = [(String, usize)]>,
        wanted: impl Fn(Kind) -> bool,
    ) -> Vec<String> {
        let mut paths = Vec::new();
        // A type refers to earlier ones only, so this comes to an end.
        let mut open = self.variables[variables].to_vec();
        while let Some((path, ty)) = open.pop() {
            for field in &self.schema.types[ty].fields {
                let longer = format!("{path}.{}", field.name);
                if path.contains('.') && wanted(field.kind) {
                    paths.push(longer.clone());
                }
                if let Kind::Fact(other) = field.kind {
                    open.push((longer, other));
                }
            }
        }
        paths
    }

    /// An operand of a kind, or of one that adapts to it. `None` if nothing refers to a fact of the
    /// type.
    pub fn operand(&mut self, kind: Kind, depth: usize) -> Option<String> {
        Some(match kind {
            Kind::Text => self.text(depth),
            Kind::Number => self.number(depth),
            Kind::Int => self.int(depth),
            Kind::Bool => self.bool(depth),
            Kind::Fact(ty) => return self.fact(ty),
        })
    }

    fn fact(&mut self, ty: usize) -> Option<String> {
        let mut all: Vec<String> = self
            .variables
            .iter()
            .filter(|(_, other)| *other == ty)
            .map(|(variable, _)| variable.clone())
            .collect();
        all.extend(self.paths(|kind, _| kind == Kind::Fact(ty)));
        if self.features.references && self.choices.chance(20) {
            all.extend(self.followed_from(.., |kind| kind == Kind::Fact(ty)));
        }
        if all.is_empty() { None } else { Some(self.choices.pick(&all)) }
    }

    /// A field of the kind, at random, if there is one.
    fn path(&mut self, kind: Kind) -> Option<String> {
        let mut paths = self.paths(|other, _| other == kind);
        let last = self.variables.len().saturating_sub(1);
        if self.nesting > 0 && self.choices.chance(50) {
            // A condition is mostly about the innermost fact.
            let own = self.paths_from(last.., |other, _| other == kind);
            paths = if own.is_empty() { paths } else { own };
        }
        let derived_values = self.derived_values.iter().filter(|(_, other)| *other == kind);
        let derived_values: Vec<String> = derived_values.map(|(name, _)| name.clone()).collect();
        if !derived_values.is_empty() && self.choices.chance(50) {
            paths = derived_values;
        } else if self.features.references && self.choices.chance(10) {
            let followed = self.followed_from(.., |other| other == kind);
            paths = if followed.is_empty() { paths } else { followed };
        }
        let literal = self.choices.chance(25);
        if paths.is_empty() || literal { None } else { Some(self.choices.pick(&paths)) }
    }

    fn literal(&mut self, kind: Kind) -> String {
        values::literal(&values::of_kind(self.choices, kind)).expect("not a reference")
    }

    fn simple(&mut self, kind: Kind) -> String {
        self.path(kind).unwrap_or_else(|| self.literal(kind))
    }

    fn text(&mut self, depth: usize) -> String {
        let depth = depth.saturating_sub(1);
        let aggregate = usize::from(self.may_aggregate());
        match if depth == 0 { 0 } else { self.choices.weighted(&[10, 2, 2, 3, 2, aggregate]) } {
            0 => self.simple(Kind::Text),
            5 => self.aggregate(Kind::Text).unwrap_or_else(|| self.literal(Kind::Text)),
            1 => {
                let function = self.choices.pick(&["UPPER", "lower", "TRIM"]);
                format!("{function}({})", self.text(depth))
            }
            2 => {
                let (text, start) = (self.text(depth), self.int(1));
                if self.choices.chance(50) {
                    format!("SUBSTRING({text}, {start}, {})", self.int(1))
                } else {
                    format!("SUBSTRING({text}, {start})")
                }
            }
            3 => {
                let kind = self.choices.pick(&[Kind::Text, Kind::Int, Kind::Number, Kind::Bool]);
                let other = self.operand(kind, depth).unwrap_or_default();
                if self.choices.chance(50) {
                    format!("({} + {other})", self.text(depth))
                } else {
                    format!("({other} + {})", self.text(depth))
                }
            }
            _ => {
                let kind = self.choices.pick(&[Kind::Int, Kind::Number, Kind::Bool]);
                format!("(string) {}", self.operand(kind, depth).unwrap_or_default())
            }
        }
    }

    /// An operand that is an `int`, or an integer literal.
    fn int(&mut self, depth: usize) -> String {
        let depth = depth.saturating_sub(1);
        let aggregate = 3 * usize::from(self.may_aggregate());
        let edges = self.edges();
        let beyond = 10 * usize::from(!edges.is_empty());
        match if depth == 0 { 0 } else { self.choices.weighted(&[10, 4, 1, 1, 1, 1, 1, aggregate, beyond]) } {
            0 => self.simple(Kind::Int),
            8 => {
                let (edge, op) = (self.choices.pick(&edges), self.choices.pick(&["%", "-", "*", "/", "+"]));
                format!("({edge} {op} {})", self.choices.pick(&["-1", "1", "2"]))
            }
            7 => self.aggregate(Kind::Int).unwrap_or_else(|| self.literal(Kind::Int)),
            1 => {
                // Arithmetic among literals alone is in numbers, so the left one is not a literal.
                let left = match self.path(Kind::Int) {
                    Some(path) => path,
                    None => format!("LENGTH({})", self.text(depth)),
                };
                let op = self.choices.pick(&["+", "-", "*", "/", "%"]);
                format!("({left} {op} {})", self.int(depth))
            }
            2 => format!("LENGTH({})", self.text(depth)),
            3 => {
                let operand = self.int(depth);
                // The negation of this literal is not an integer literal, so it is invalid where an
                // integer is required.
                let least = i64::MIN.to_string();
                format!("ABS({})", if operand == least { "0" } else { &operand })
            }
            4 => format!("(int) {}", self.number(depth)),
            5 => format!("(int) {}", self.text(depth)),
            // Where an `int` is required, a constant with a whole value is one.
            _ => self.choices.pick(&["(6 / 2)", "(7 % 4)", "(1 + 2 * 3)"]).to_owned(),
        }
    }

    /// An operand that is a `number`, or an `int` that is widened.
    fn number(&mut self, depth: usize) -> String {
        let depth = depth.saturating_sub(1);
        let aggregate = 3 * usize::from(self.may_aggregate());
        match if depth == 0 { 0 } else { self.choices.weighted(&[10, 2, 5, 1, 2, 1, 1, aggregate, 1]) } {
            0 => self.simple(Kind::Number),
            7 => self.aggregate(Kind::Number).unwrap_or_else(|| self.literal(Kind::Number)),
            8 => format!("(number) {}", self.int(depth)),
            1 => self.int(depth),
            2 => {
                let op = self.choices.pick(&["+", "-", "*", "/", "%"]);
                format!("({} {op} {})", self.number(depth), self.number(depth))
            }
            3 => format!("-({})", self.number(depth)),
            4 => {
                let function = self.choices.pick(&["ROUND", "FLOOR", "CEIL", "ABS"]);
                format!("{function}({})", self.number(depth))
            }
            5 => format!("(number) {}", self.text(depth)),
            _ => self.literal(Kind::Int),
        }
    }

    /// The readable integers whose values are mostly extreme.
    pub(super) fn edges(&self) -> Vec<String> {
        let is_edgy = |path: &String| path.rsplit('.').next().is_some_and(values::is_edgy);
        self.paths(|kind, _| kind == Kind::Int).into_iter().filter(is_edgy).collect()
    }

    /// Arithmetic without parentheses, whose operators decide what belongs together.
    pub fn chain(&mut self) -> String {
        let mut chain = self.number(2);
        for _ in 0..1 + self.choices.below(3) {
            let op = self.choices.pick(&["+", "-", "*", "/", "%"]);
            chain += &format!(" {op} {}", self.number(2));
        }
        chain
    }

    fn bool(&mut self, depth: usize) -> String {
        if depth > 1 && self.choices.chance(10) {
            return format!("(bool) {}", self.text(depth - 1));
        }
        self.simple(Kind::Bool)
    }

    /// An operand that may have no value, so that `IS MISSING` makes sense.
    pub fn perhaps_missing(&mut self) -> String {
        let mut paths = self.paths(|_, optional| optional);
        paths.extend(self.derived_values.iter().map(|(name, _)| name.clone()));
        if self.features.references && self.choices.chance(30) {
            paths.extend(self.followed_from(.., |_| true));
        }
        match if paths.is_empty() { 1 } else { self.choices.weighted(&[6, 1, 1]) } {
            0 => self.choices.pick(&paths),
            1 => format!("({} / {})", self.number(1), self.number(1)),
            _ => format!("((number) {})", self.text(2)),
        }
    }
}

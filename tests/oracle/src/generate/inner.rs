//! Random conditions and operands that read facts outside the tuple: `EXISTS` and aggregates.

use super::expression::Expressions;
use crate::value::Kind;

/// How deep they are nested.
const DEEPEST: usize = 2;

impl Expressions<'_, '_> {
    /// Whether `EXISTS` is allowed here.
    pub(super) fn may_look(&self) -> bool {
        self.features.exists && self.nesting < DEEPEST
    }

    /// Whether an aggregate is allowed here.
    pub(super) fn may_aggregate(&self) -> bool {
        self.features.aggregates && self.nesting < DEEPEST
    }

    /// `EXISTS (…)` or its opposite.
    pub(super) fn exists(&mut self) -> String {
        let (source, condition, ()) = self.inside(|_| ());
        let separator = if condition.is_empty() { "" } else { " / " };
        if self.choices.chance(50) {
            format!("NOT (EXISTS ({source}{separator}{condition}))")
        } else {
            format!("EXISTS ({source}{separator}{condition})")
        }
    }

    /// A derived value of a kind, or one that adapts to it. `None` if there is none.
    pub(super) fn aggregate(&mut self, kind: Kind) -> Option<String> {
        let (functions, of): (&[&str], Kind) = match (kind, self.choices.weighted(&[4, 3, 2])) {
            (Kind::Int, 0) => return Some(self.count()),
            (Kind::Int, _) => (&["SUM", "MIN", "MAX"], Kind::Int),
            (Kind::Number, 1) => (&["AVG", "SUM", "MIN", "MAX"], Kind::Number),
            (Kind::Number, 2) => (&["AVG"], Kind::Int),
            (Kind::Number, _) => (&["SUM"], Kind::Number),
            (Kind::Text, _) => (&["MIN", "MAX"], Kind::Text),
            (Kind::Bool | Kind::Fact(_), _) => return None,
        };
        let function = self.choices.pick(functions);
        let (source, condition, value) = self.inside(|inner| inner.measured(of));
        Some(written(function, &source, &condition, &value?))
    }

    fn count(&mut self) -> String {
        if self.choices.chance(60) {
            let (source, condition, value) = self.inside(Self::counted);
            if let Some(value) = value {
                let source = if self.choices.chance(60) { format!("DISTINCT {source}") } else { source };
                return written("COUNT", &source, &condition, &value);
            }
        }
        let (source, condition, ()) = self.inside(|_| ());
        let separator = if condition.is_empty() { "" } else { " / " };
        format!("COUNT({source}{separator}{condition})")
    }

    /// A comparison of a derived value with something of its kind, perhaps another derived value.
    pub(super) fn derived_test(&mut self) -> Option<String> {
        let kind = self.choices.pick(&[Kind::Number, Kind::Int, Kind::Number, Kind::Text]);
        let mut derived_value = self.aggregate(kind)?;
        if kind != Kind::Text && self.choices.chance(25) {
            let op = self.choices.pick(&["+", "-", "*", "/", "%"]);
            derived_value = format!("{derived_value} {op} {}", self.operand(kind, 1)?);
        }
        if self.choices.chance(10) {
            let word = self.choices.pick(&["MISSING", "PRESENT"]);
            return Some(format!("({derived_value}) IS {word}"));
        }
        let other = match self.choices.weighted(&[5, 2, 1]) {
            1 => self.aggregate(kind)?,
            depth => self.operand(kind, 1 + depth)?,
        };
        let op = self.choices.pick(&[">=", "==", "<", ">", "<=", "!="]);
        Some(if self.choices.chance(70) {
            format!("{derived_value} {op} {other}")
        } else {
            format!("{other} {op} {derived_value}")
        })
    }

    /// `x: T` for a new variable, a condition on it, which may be empty, and the result of `of`.
    fn inside<T>(&mut self, of: impl FnOnce(&mut Self) -> T) -> (String, String, T) {
        let ty = self.choices.below(self.schema.types.len());
        let variable = format!("x{}", self.nesting);
        let source = format!("{variable}: {}", self.schema.types[ty].name);
        self.variables.push((variable, ty));
        self.nesting += 1;
        let mut parts = Vec::new();
        let last = self.variables.len() - 1;
        match self.choices.weighted(&[10, 3, 2]) {
            0 if last > 0 => parts.extend(self.tie(last)),
            1 => parts.extend(self.inequality()),
            _ => {}
        }
        for _ in 0..self.choices.weighted(&[6, 4, 1]) {
            parts.push(self.condition(1));
        }
        if parts.len() > 1 && self.choices.chance(30) {
            parts.swap(0, 1);
        }
        let result = of(self);
        self.nesting -= 1;
        self.variables.pop();
        (source, parts.join(" AND "), result)
    }

    /// An inequality between the last variable and something else.
    fn inequality(&mut self) -> Option<String> {
        let kind = self.choices.pick(&[Kind::Number, Kind::Int, Kind::Text]);
        let own = self.paths_from(self.variables.len() - 1.., |other, _| other == kind);
        let others = self.paths_from(..self.variables.len() - 1, |other, _| other == kind);
        if own.is_empty() || others.is_empty() {
            return None;
        }
        let op = self.choices.pick(&["<", ">", "<=", ">=", "!="]);
        Some(format!("{} {op} {}", self.choices.pick(&own), self.choices.pick(&others)))
    }

    /// A value of any kind to count, from the last variable: perhaps a reference, or the fact itself.
    pub(super) fn counted(&mut self) -> Option<String> {
        if self.choices.chance(25) {
            let last = self.variables.len() - 1;
            let is_reference = |kind| matches!(kind, Kind::Fact(_));
            let mut facts = vec![self.variables[last].0.clone()];
            facts.extend(self.paths_from(last.., |kind, _| is_reference(kind)));
            if self.features.references {
                facts.extend(self.followed_from(last.., is_reference));
            }
            return Some(self.choices.pick(&facts));
        }
        let kind = self.choices.pick(&[Kind::Text, Kind::Number, Kind::Int, Kind::Bool]);
        self.measured(kind)
    }

    /// A value of exactly this kind, from the last variable. `None` if it has none.
    pub(super) fn measured(&mut self, kind: Kind) -> Option<String> {
        let last = self.variables.len() - 1;
        let mut paths = self.paths_from(last.., |other, _| other == kind);
        if self.features.references && (paths.is_empty() || self.choices.chance(15)) {
            let followed = self.followed_from(last.., |other| other == kind);
            if !followed.is_empty() {
                paths = followed;
            }
        }
        if paths.is_empty() {
            return None;
        }
        let path = self.choices.pick(&paths);
        Some(match (kind, self.choices.weighted(&[8, 3])) {
            (Kind::Number | Kind::Int, 1) => {
                let op = self.choices.pick(&["+", "-", "*", "/", "%"]);
                format!("{path} {op} {}", self.operand(kind, 2)?)
            }
            (Kind::Text, 1) => format!("UPPER({path})"),
            _ => path,
        })
    }
}

fn written(function: &str, source: &str, condition: &str, value: &str) -> String {
    let separator = if condition.is_empty() { "" } else { " / " };
    format!("{function}({source}{separator}{condition} ; {value})")
}

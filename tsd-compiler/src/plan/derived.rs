//! The derived values of a branch: which there are, and where in the chain they matter.
//!
//! An expression names the derived value that it reads by its index in a list; equal derived values
//! are one. A test that reads derived values belongs to the first place of the chain where all
//! facts that it reads are joined. There its tuples wait in pending tests, because its outcome can
//! change while they stay the same.

use std::collections::BTreeMap;

use tsd_ir::{
    Body, Bound, Comparison, Const, DerivedExpr, DerivedTests, DerivedValue, Domain, Expr, Kind, Position,
    Source, Test, TestRef, ViewArgument,
};

use crate::normalize::widening_to;

/// Collects derived values, each after those that it depends on.
#[derive(Debug, Default)]
pub(super) struct DerivedValues {
    list: Vec<DerivedValue>,
    numbers: BTreeMap<DerivedValue, u16>,
}

impl DerivedValues {
    /// The derived values.
    pub(super) fn into_list(self) -> Vec<DerivedValue> {
        self.list
    }

    /// The expression with its derived values numbered.
    pub(super) fn numbered(&mut self, expr: &Expr) -> Expr {
        expr.rewrite(&mut |part| match part {
            Expr::Derived(derived_value) => {
                let index = self.add(derived_value);
                let operands = derived_value.operands.iter().map(|operand| self.numbered(operand)).collect();
                Some(Expr::Derived(Box::new(DerivedExpr { index, operands, ..(**derived_value).clone() })))
            }
            _ => None,
        })
    }

    /// The test with its derived values numbered.
    pub(super) fn numbered_test(&mut self, test: &Test) -> Test {
        test.rewrite(&mut |part| Some(self.numbered(part)))
    }

    fn add(&mut self, derived_value: &DerivedExpr) -> u16 {
        let arguments: Vec<ViewArgument> =
            derived_value.operands.iter().map(|operand| self.argument(operand)).collect();
        let derived_value = match derived_value.source {
            Source::View(view) => DerivedValue::Found { view, parameters: arguments.into() },
            // The one operand is the reference that is followed.
            Source::Field(ty, field) => {
                let reference = arguments.first().copied().unwrap_or(ViewArgument::Fact { at: Position(0) });
                DerivedValue::Followed { reference, ty, field }
            }
        };
        if let Some(number) = self.numbers.get(&derived_value) {
            return *number;
        }
        let number = self.list.len() as u16;
        self.numbers.insert(derived_value.clone(), number);
        self.list.push(derived_value);
        number
    }

    fn argument(&mut self, operand: &Expr) -> ViewArgument {
        match operand {
            Expr::Derived(derived_value) => ViewArgument::Derived(self.add(derived_value)),
            Expr::Field { at, field, .. } => ViewArgument::Field { at: *at, field: *field },
            Expr::Fact { at, .. } => ViewArgument::Fact { at: *at },
            // Views have no other parameters: see `views`.
            _ => ViewArgument::Fact { at: Position(0) },
        }
    }

    /// The derived values that some depend on, and they themselves; ascending.
    fn with_dependencies(&self, derived_values: impl IntoIterator<Item = u16>) -> Vec<u16> {
        let mut wanted = vec![false; self.list.len()];
        derived_values.into_iter().for_each(|derived_value| wanted[derived_value as usize] = true);
        // Each derived value is after those that it depends on.
        for index in (0..self.list.len()).rev() {
            if wanted[index] {
                let arguments = self.list[index].arguments().iter();
                let others = arguments.filter_map(|argument| match argument {
                    ViewArgument::Derived(other) => Some(usize::from(*other)),
                    _ => None,
                });
                others.for_each(|other| wanted[other] = true);
            }
        }
        (0..self.list.len()).filter(|index| wanted[*index]).map(|index| index as u16).collect()
    }
}

/// Where the derived values of a branch matter.
#[derive(Debug, Default)]
pub(super) struct DerivedTestsBuilder {
    pub(super) derived_values: DerivedValues,
    tests: BTreeMap<Position, Vec<TestRef>>,
    read: BTreeMap<Position, Vec<u16>>,
    results: Vec<u16>,
}

impl DerivedTestsBuilder {
    /// Adds a test whose derived values are numbered, at positions of the chain.
    pub(super) fn test(&mut self, test: TestRef, tree: &Test) {
        let place = tree.positions().last().copied().unwrap_or(Position(0));
        tree.walk_operands(&mut |operand| {
            if let Expr::Derived(derived_value) = operand {
                self.read.entry(place).or_default().push(derived_value.index);
            }
        });
        self.tests.entry(place).or_default().push(test);
    }

    /// Adds an expression that the results of the branch read, at positions of the chain; the last
    /// place is `last`.
    pub(super) fn results(&mut self, expr: &Expr, last: Position) {
        let mut results = Vec::new();
        // The dependencies of a derived value are not results themselves.
        self.derived_values.numbered(expr).rewrite(&mut |part| match part {
            Expr::Derived(derived_value) => {
                results.push(derived_value.index);
                Some(part.clone())
            }
            _ => None,
        });
        if !results.is_empty() {
            self.read.entry(last).or_default().extend(&results);
            self.results.extend(results);
        }
    }

    /// The derived values, and the places where they matter.
    pub(super) fn finish(mut self, last: Position) -> (Vec<DerivedValue>, Vec<DerivedTests>) {
        self.results.sort_unstable();
        self.results.dedup();
        let mut derived_tests = Vec::with_capacity(self.read.len());
        for (place, read) in &self.read {
            let mut tests = self.tests.remove(place).unwrap_or_default();
            tests.sort_by(|one, other| one.canonical.cmp(&other.canonical));
            tests.dedup_by(|one, other| one.canonical == other.canonical);
            let results = if *place == last { self.results.clone() } else { Vec::new() };
            derived_tests.push(DerivedTests {
                place: *place,
                derived_values: self.derived_values.with_dependencies(read.iter().copied()).into(),
                results: results.into(),
                bounds: bounds(&tests).into(),
                tests: tests.into(),
            });
        }
        (self.derived_values.into_list(), derived_tests)
    }
}

/// The bounds among some tests.
fn bounds(tests: &[TestRef]) -> Vec<Bound> {
    let bound = |(test, TestRef { body, .. }): (u16, &TestRef)| match body {
        Body::Tree(tree) => {
            bound(tree).map(|(derived_value, kind, values)| Bound { test, derived_value, kind, values })
        }
        Body::Native { .. } => None,
    };
    (0..).zip(tests).filter_map(bound).collect()
}

/// The derived value that a test bounds, with its kind and the accepted values; `None` for other
/// tests. A comparison without a value is false, and so is its opposite; only `NOT` inverts that.
fn bound(test: &Test) -> Option<(u16, Kind, Domain)> {
    match test {
        Test::Not(inner) => {
            bound(inner).map(|(derived_value, kind, values)| (derived_value, kind, values.complement(true)))
        }
        Test::Holds(Expr::Derived(derived_value)) => {
            Some((derived_value.index, Kind::Bool, Domain::comparing(Comparison::Equal, &Const::Bool(true))))
        }
        Test::Compare { op, left: Expr::Derived(derived_value), right: Expr::Const(constant) } => {
            in_words(derived_value, constant)
                .map(|kind| (derived_value.index, kind, Domain::comparing(*op, constant)))
        }
        Test::Compare { op, left: Expr::Const(constant), right: Expr::Derived(derived_value) } => {
            in_words(derived_value, constant)
                .map(|kind| (derived_value.index, kind, Domain::comparing(op.swapped(), constant)))
        }
        // The constant is on the right unless both sides are constant.
        Test::Compare {
            op,
            left: Expr::Cast { to: Kind::Number, operand },
            right: Expr::Const(constant),
        } => match (&**operand, constant) {
            (Expr::Derived(derived_value), Const::Number(number)) if derived_value.kind == Kind::Int => {
                Some((derived_value.index, Kind::Int, widening_to(*op, *number)))
            }
            _ => None,
        },
        _ => None,
    }
}

/// The kind of a derived value whose values are words, and which is compared with one of its kind.
fn in_words(derived_value: &DerivedExpr, constant: &Const) -> Option<Kind> {
    let fits = matches!(
        (derived_value.kind, constant),
        (Kind::Int, Const::Int(_)) | (Kind::Number, Const::Number(_)) | (Kind::Bool, Const::Bool(_))
    );
    fits.then_some(derived_value.kind)
}

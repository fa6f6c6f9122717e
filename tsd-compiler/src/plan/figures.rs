//! The figures of a branch: which there are, and where in the chain they matter.
//!
//! An expression names the figure that it reads by its place in a list; equal figures are one. A test that reads
//! figures belongs to the first place of the chain where all the facts are there that it looks at; there its tuples are
//! watched, because its outcome can change while they stay the same.

use std::collections::BTreeMap;

use tsd_ir::{
    Body, Bound, Comparison, Const, Domain, Expr, Figure, FigureExpr, Kind, Leaf, Position, Source, Test,
    TestRef, Watch,
};

use crate::normalize::widening_to;

/// Gathers figures, each behind those that it depends on.
#[derive(Debug, Default)]
pub(super) struct Figures {
    list: Vec<Figure>,
    numbers: BTreeMap<Figure, u16>,
}

impl Figures {
    /// The figures.
    pub(super) fn into_list(self) -> Vec<Figure> {
        self.list
    }

    /// The expression with its figures numbered.
    pub(super) fn numbered(&mut self, expr: &Expr) -> Expr {
        expr.rewrite(&mut |part| match part {
            Expr::Figure(figure) => {
                let index = self.add(figure);
                let operands = figure.operands.iter().map(|operand| self.numbered(operand)).collect();
                Some(Expr::Figure(Box::new(FigureExpr { index, operands, ..(**figure).clone() })))
            }
            _ => None,
        })
    }

    /// The test with its figures numbered.
    pub(super) fn numbered_test(&mut self, test: &Test) -> Test {
        test.rewrite(&mut |part| Some(self.numbered(part)))
    }

    fn add(&mut self, figure: &FigureExpr) -> u16 {
        let leaves: Vec<Leaf> = figure.operands.iter().map(|operand| self.leaf(operand)).collect();
        let figure = match figure.source {
            Source::View(view) => Figure::Found { view, parameters: leaves.into() },
            // A reference that is followed is the one operand.
            Source::Field(ty, field) => {
                let reference = leaves.first().copied().unwrap_or(Leaf::Fact { at: Position(0) });
                Figure::Followed { reference, ty, field }
            }
        };
        if let Some(number) = self.numbers.get(&figure) {
            return *number;
        }
        let number = self.list.len() as u16;
        self.numbers.insert(figure.clone(), number);
        self.list.push(figure);
        number
    }

    fn leaf(&mut self, operand: &Expr) -> Leaf {
        match operand {
            Expr::Figure(figure) => Leaf::Figure(self.add(figure)),
            Expr::Field { at, field, .. } => Leaf::Field { at: *at, field: *field },
            Expr::Fact { at, .. } => Leaf::Fact { at: *at },
            // Views are asked for nothing else: see `views`.
            _ => Leaf::Fact { at: Position(0) },
        }
    }

    /// The figures that some depend on, and they themselves; ascending.
    fn with_dependencies(&self, figures: impl IntoIterator<Item = u16>) -> Vec<u16> {
        let mut wanted = vec![false; self.list.len()];
        figures.into_iter().for_each(|figure| wanted[figure as usize] = true);
        // Each figure stands behind those that it depends on.
        for index in (0..self.list.len()).rev() {
            if wanted[index] {
                let leaves = self.list[index].leaves().iter();
                let others = leaves.filter_map(|leaf| match leaf {
                    Leaf::Figure(other) => Some(usize::from(*other)),
                    _ => None,
                });
                others.for_each(|other| wanted[other] = true);
            }
        }
        (0..self.list.len()).filter(|index| wanted[*index]).map(|index| index as u16).collect()
    }
}

/// Where the figures of a branch matter.
#[derive(Debug, Default)]
pub(super) struct Watched {
    pub(super) figures: Figures,
    tests: BTreeMap<Position, Vec<TestRef>>,
    read: BTreeMap<Position, Vec<u16>>,
    shown: Vec<u16>,
}

impl Watched {
    /// Takes in a test whose figures are numbered, at positions of the chain.
    pub(super) fn test(&mut self, test: TestRef, tree: &Test) {
        let place = tree.positions().last().copied().unwrap_or(Position(0));
        tree.walk_operands(&mut |operand| {
            if let Expr::Figure(figure) = operand {
                self.read.entry(place).or_default().push(figure.index);
            }
        });
        self.tests.entry(place).or_default().push(test);
    }

    /// Takes in an expression of what comes of the branch, at positions of the chain; the last place is `last`.
    pub(super) fn shown(&mut self, expr: &Expr, last: Position) {
        let mut shown = Vec::new();
        // What a figure depends on does not show by itself.
        self.figures.numbered(expr).rewrite(&mut |part| match part {
            Expr::Figure(figure) => {
                shown.push(figure.index);
                Some(part.clone())
            }
            _ => None,
        });
        if !shown.is_empty() {
            self.read.entry(last).or_default().extend(&shown);
            self.shown.extend(shown);
        }
    }

    /// The figures, and the places where they matter.
    pub(super) fn finish(mut self, last: Position) -> (Vec<Figure>, Vec<Watch>) {
        self.shown.sort_unstable();
        self.shown.dedup();
        let mut watches = Vec::with_capacity(self.read.len());
        for (place, read) in &self.read {
            let mut tests = self.tests.remove(place).unwrap_or_default();
            tests.sort_by(|one, other| one.canonical.cmp(&other.canonical));
            tests.dedup_by(|one, other| one.canonical == other.canonical);
            let shown = if *place == last { self.shown.clone() } else { Vec::new() };
            watches.push(Watch {
                place: *place,
                figures: self.figures.with_dependencies(read.iter().copied()).into(),
                shown: shown.into(),
                bounds: bounds(&tests).into(),
                tests: tests.into(),
            });
        }
        (self.figures.into_list(), watches)
    }
}

/// What those of some tests say that are bounds.
fn bounds(tests: &[TestRef]) -> Vec<Bound> {
    let bound = |(test, TestRef { body, .. }): (u16, &TestRef)| match body {
        Body::Tree(tree) => bound(tree).map(|(figure, kind, values)| Bound { test, figure, kind, values }),
        Body::Native { .. } => None,
    };
    (0..).zip(tests).filter_map(bound).collect()
}

/// The figure that a test bounds, with its kind and the values that it may have; `None` for other tests. A comparison
/// without a value is false, and so is its opposite; only `NOT` turns that round.
fn bound(test: &Test) -> Option<(u16, Kind, Domain)> {
    match test {
        Test::Not(inner) => {
            bound(inner).map(|(figure, kind, values)| (figure, kind, values.complement(true)))
        }
        Test::Holds(Expr::Figure(figure)) => {
            Some((figure.index, Kind::Bool, Domain::comparing(Comparison::Equal, &Const::Bool(true))))
        }
        Test::Compare { op, left: Expr::Figure(figure), right: Expr::Const(constant) } => {
            in_words(figure, constant).map(|kind| (figure.index, kind, Domain::comparing(*op, constant)))
        }
        Test::Compare { op, left: Expr::Const(constant), right: Expr::Figure(figure) } => {
            in_words(figure, constant)
                .map(|kind| (figure.index, kind, Domain::comparing(op.swapped(), constant)))
        }
        // The constant stands on the right unless both sides are constant.
        Test::Compare {
            op,
            left: Expr::Cast { to: Kind::Number, operand },
            right: Expr::Const(constant),
        } => match (&**operand, constant) {
            (Expr::Figure(figure), Const::Number(number)) if figure.kind == Kind::Int => {
                Some((figure.index, Kind::Int, widening_to(*op, *number)))
            }
            _ => None,
        },
        _ => None,
    }
}

/// The kind of a figure whose values are words, and are compared with one of theirs.
fn in_words(figure: &FigureExpr, constant: &Const) -> Option<Kind> {
    let fits = matches!(
        (figure.kind, constant),
        (Kind::Int, Const::Int(_)) | (Kind::Number, Const::Number(_)) | (Kind::Bool, Const::Bool(_))
    );
    fits.then_some(figure.kind)
}

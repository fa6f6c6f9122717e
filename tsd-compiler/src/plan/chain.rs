//! A branch in its final form: the chain of joins for a given order of the patterns.

use tsd_ir::{
    Body, Branch, Canonical, DerivedTests, DerivedValue, Expr, Filter, Join, Pattern, Position, Schema,
    Signature, Test, TestRef, TypeId,
};

use super::derived::DerivedTestsBuilder;
use super::shape::{key_to, keys_to};
use crate::hir;
use crate::normalize::{Conjunction, Followed, PatternFilter, ordered};

/// The patterns and conditions of one branch.
pub(super) struct Graph<'a> {
    pub(super) schema: &'a Schema,
    pub(super) conjunction: &'a Conjunction,
}

impl Graph<'_> {
    /// The branch that joins the patterns in this order. Derived values in `results` matter for the
    /// results of its tuples.
    pub(super) fn chain(&self, patterns: &[hir::Pattern], order: &[usize], results: &[&Expr]) -> Branch {
        let all = &self.conjunction.types;
        let types: Vec<TypeId> = order.iter().map(|pattern| all[*pattern]).collect();
        let mut place = vec![Position(0); order.len()];
        for (at, pattern) in order.iter().enumerate() {
            place[*pattern] = Position(at as u16);
        }
        let mut signature = Signature::of_type(self.schema, types[0]);
        let mut joins = Vec::with_capacity(order.len() - 1);
        for (at, pattern) in order.iter().enumerate().skip(1) {
            let keys = keys_to(&self.conjunction.keys, &order[..at], *pattern);
            signature = Signature::of_join(self.schema, signature, &types[..at], types[at], &keys);
            let complete = |positions: &[Position]| {
                positions.iter().map(|position| place[position.index()].index()).max() == Some(at)
            };
            let tests = self.conjunction.tests.iter().filter(|(positions, _)| complete(positions));
            let tests = tests.map(|(_, test)| test.clone());
            let keys_to_test = self.conjunction.keys.iter().filter(|key| {
                key.is_computed()
                    && complete(&key.positions().collect::<Vec<_>>())
                    && !(key.is_exact() && key_to(key, &order[..at], *pattern).is_some())
            });
            let tests = tests.chain(keys_to_test.filter_map(|key| key.test(self.schema, all)));
            let tests = tests.map(|test| test.at_positions(&|position| place[position.index()]));
            joins.push(Join {
                ty: types[at],
                keys: keys.into(),
                filter: self.filter(*pattern),
                tests: self.tests_of(&types, tests.collect()).into(),
                signature,
            });
        }
        let (derived_values, derived_tests) = self.derived_tests(&types, &place, results);
        Branch {
            followed: self.followed(patterns).into(),
            order: order.iter().map(|pattern| Position(*pattern as u16)).collect::<Vec<_>>().into(),
            ty: types[0],
            filter: self.filter(order[0]),
            joins: joins.into(),
            derived_values: derived_values.into(),
            derived_tests: derived_tests.into(),
        }
    }

    /// The facts that references lead to, each named as the rule writes it.
    fn followed(&self, patterns: &[hir::Pattern]) -> Vec<Pattern> {
        let Conjunction { types, followed, .. } = self.conjunction;
        let mut all: Vec<Pattern> = Vec::with_capacity(followed.len());
        for Followed { of, reference, ty, reads } in followed {
            let leading = match of.index().checked_sub(patterns.len()) {
                None => patterns[of.index()].variable.as_str(),
                Some(other) => &all[other].variable,
            };
            let field = &self.schema.ty(types[of.index()]).field(*reference).name;
            let variable = format!("{leading}.{field}").into();
            all.push(Pattern { variable, ty: *ty, reads: reads.clone().into() });
        }
        all
    }

    /// The derived values of a chain with these types; `place` maps each pattern to its place in
    /// it.
    fn derived_tests(
        &self,
        types: &[TypeId],
        place: &[Position],
        results: &[&Expr],
    ) -> (Vec<DerivedValue>, Vec<DerivedTests>) {
        let mut builder = DerivedTestsBuilder::default();
        let canonical = Canonical::new(self.schema, types);
        let at_place = |position: Position| place[position.index()];
        for test in &self.conjunction.live {
            let test = ordered(self.schema, types, test.at_positions(&at_place));
            let name = canonical.test(&test).into();
            let tree = builder.derived_values.numbered_test(&test);
            builder.test(TestRef { canonical: name, body: Body::Tree(tree.clone()) }, &tree);
        }
        let last = Position((types.len() - 1) as u16);
        results.iter().for_each(|expr| builder.results(&expr.at_positions(&at_place), last));
        builder.finish(last)
    }

    pub(super) fn filter(&self, pattern: usize) -> Filter {
        let PatternFilter { fields, tests } = &self.conjunction.filters[pattern];
        let fields: Vec<_> = fields.iter().map(|(field, domain)| (*field, domain.clone())).collect();
        let tests = tests.iter().map(|test| test.at_positions(&|_| Position(0))).collect();
        Filter {
            fields: fields.into(),
            tests: self.tests_of(&[self.conjunction.types[pattern]], tests).into(),
        }
    }

    /// Tests in their final order, each with its canonical form. Their positions are those of
    /// `types`.
    fn tests_of(&self, types: &[TypeId], tests: Vec<Test>) -> Vec<TestRef> {
        let canonical = Canonical::new(self.schema, types);
        let mut tests: Vec<TestRef> = tests
            .into_iter()
            .map(|test| {
                let test = ordered(self.schema, types, test);
                TestRef { canonical: canonical.test(&test).into(), body: Body::Tree(test) }
            })
            .collect();
        tests.sort_by(|one, other| one.canonical.cmp(&other.canonical));
        tests.dedup_by(|one, other| one.canonical == other.canonical);
        tests
    }
}

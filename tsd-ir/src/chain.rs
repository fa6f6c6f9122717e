//! Chains of joins: how the tuples of a rule, or the rows of a view, are found.
//!
//! A chain starts with the facts of one type that pass a filter, and each [`Join`] adds the facts
//! of one more pattern. Rules and views whose chains have a common beginning share those joins.

use crate::{
    DerivedTests, DerivedValue, Domain, FieldId, KeyPair, List, Position, Signature, TestRef, Text, TypeId,
};

/// One pattern of a rule: a variable that stands for a fact of a type.
#[derive(Clone, Debug, PartialEq)]
pub struct Pattern {
    /// The variable's name.
    pub variable: Text,
    /// The type of the facts.
    pub ty: TypeId,
    /// The fields of the fact that the rule reads, in its condition or its effects, in ascending
    /// order. An update of other fields does not affect the rule.
    pub reads: List<FieldId>,
}

/// A conjunction: one chain of joins. Positions in it count the patterns in the order of the chain.
#[derive(Clone, Debug, PartialEq)]
pub struct Branch {
    /// For each place in the chain, its pattern, as the rule declares them. Those in `followed` are
    /// numbered after these.
    pub order: List<Position>,
    /// The facts that take part because references lead to them. They follow from the other facts,
    /// so they are not part of the tuples of the chain.
    pub followed: List<Pattern>,
    /// The type of the first pattern.
    pub ty: TypeId,
    /// What the facts of the first pattern must satisfy.
    pub filter: Filter,
    /// The joins that add the other patterns, one each.
    pub joins: List<Join>,
    /// The derived values that tests of the branch read, and those that its results contain; each
    /// after those that it depends on.
    pub derived_values: List<DerivedValue>,
    /// Where derived values matter, by place.
    pub derived_tests: List<DerivedTests>,
}

/// What a single fact must satisfy.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Filter {
    /// The values that fields may have, a field at most once, in ascending order of the fields.
    pub fields: List<(FieldId, Domain)>,
    /// Further tests on the fact, which is at [`Position`] 0; sorted by canonical form.
    pub tests: List<TestRef>,
}

/// One join: the tuples so far with the facts of one more type.
#[derive(Clone, Debug, PartialEq)]
pub struct Join {
    /// The type of the facts that are joined.
    pub ty: TypeId,
    /// The join key, sorted; empty for a cross product.
    pub keys: List<KeyPair>,
    /// What the joined facts must satisfy by themselves.
    pub filter: Filter,
    /// What the joined tuple must satisfy beyond the keys; sorted by canonical form.
    pub tests: List<TestRef>,
    /// The identity of the join up to here: what it joins, not what passes filters and tests.
    pub signature: Signature,
}

impl Branch {
    /// The pattern at a place of the chain: one of the rule's, or a fact that a reference leads to.
    pub fn pattern<'p>(&'p self, patterns: &'p [Pattern], at: Position) -> &'p Pattern {
        match at.index().checked_sub(patterns.len()) {
            None => &patterns[at.index()],
            Some(followed) => &self.followed[followed],
        }
    }

    /// The types of the facts of a joined tuple, in the order of the chain.
    pub fn types(&self) -> Vec<TypeId> {
        std::iter::once(self.ty).chain(self.joins.iter().map(|join| join.ty)).collect()
    }
}

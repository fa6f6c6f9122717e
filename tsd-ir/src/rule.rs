//! A planned rule: what the compiler hands to code generation and to the network.
//!
//! A rule's condition is a few [`Branch`]es. No two of them accept the same tuple, so a tuple
//! activates the rule at most once. A branch is a chain of joins: it starts with the facts of one
//! type that pass a filter, and joins one pattern after another to them. Rules whose chains have a
//! common beginning share those joins.

use crate::{
    ActionId, Const, DerivedTests, DerivedValue, Domain, Expr, FieldId, KeyPair, List, Position, Signature,
    Test, Text, TypeId, View,
};

/// One rule, checked, normalised and planned.
#[derive(Clone, Debug, PartialEq)]
pub struct Rule {
    /// The rule's name, unique in its module.
    pub name: Text,
    /// Activations of higher salience fire first.
    pub salience: i32,
    /// Whether the rule's own effects may not activate it again on the same facts.
    pub no_loop: bool,
    /// How many comparisons the rule contains, for the strategies `complexity` and `simplicity`.
    pub complexity: u32,
    /// The patterns as declared.
    pub patterns: List<Pattern>,
    /// The alternatives of the condition. None when the condition cannot be true.
    pub branches: List<Branch>,
    /// The effects, in order.
    pub effects: List<Effect>,
    /// The views that the rule reads, each after those that it reads itself.
    pub views: List<View>,
    /// The derived values that the effects read, in the order in which they number them.
    pub derived_values: List<DerivedValue>,
}

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

/// A test, with the form that identifies equal tests.
#[derive(Clone, Debug, PartialEq)]
pub struct TestRef {
    /// The canonical form ([`Canonical`](crate::Canonical)): equal for tests that mean the same.
    pub canonical: Text,
    /// How to evaluate it.
    pub body: Body<Test>,
}

/// Something to evaluate: as a tree, or as a function of the generated module.
#[derive(Clone, Debug, PartialEq)]
pub enum Body<T> {
    /// The expression tree, for the interpreter.
    Tree(T),
    /// A generated function, shared by all bodies of the same shape, and the constants of this one.
    Native {
        /// The function's number in the module.
        function: u32,
        /// The constants in the order in which the shape uses them.
        constants: List<Const>,
    },
}

/// Something that a rule does when it fires. Positions count the patterns as the rule declares
/// them.
#[derive(Clone, Debug, PartialEq)]
pub enum Effect {
    /// Calls an action of the host program. A generated function reads the arguments from the facts
    /// itself, so no earlier effect of the rule may change facts; otherwise it is an
    /// [`Effect::Perform`].
    Call {
        /// Which action.
        action: ActionId,
        /// Its arguments, one for each parameter.
        arguments: Arguments,
    },
    /// Calls an action with arguments that were computed before any effect of the activation took
    /// place.
    Perform {
        /// Which action.
        action: ActionId,
        /// Its arguments, one for each parameter.
        arguments: Arguments,
    },
    /// Inserts a fact.
    Insert {
        /// Its type.
        ty: TypeId,
        /// Its fields' values, one for each field.
        values: Arguments,
        /// Whether the fact stays only as long as an activation that inserts it holds
        /// (`InsertLogical`).
        logical: bool,
    },
    /// Updates a matched fact.
    Update {
        /// Which fact.
        at: Position,
        /// The fields to set.
        fields: List<FieldId>,
        /// Their new values, one for each.
        values: Arguments,
    },
    /// Retracts a matched fact.
    Retract {
        /// Which fact.
        at: Position,
    },
    /// Prints values, separated by blanks, on a line of standard output.
    Print {
        /// What to print.
        values: Arguments,
    },
    /// Writes values to the session's log.
    Log {
        /// What to log.
        values: Arguments,
    },
}

/// A list of expressions that an effect evaluates, in the positions of the declared patterns.
#[derive(Clone, Debug, PartialEq)]
pub struct Arguments {
    /// The expressions.
    pub body: Body<Vec<Expr>>,
    /// Which of them may be missing; all others must have a value for the effect to take place.
    pub optional: List<bool>,
}

impl Rule {
    /// Whether activations of the rule support facts.
    pub fn inserts_logically(&self) -> bool {
        self.effects.iter().any(|effect| matches!(effect, Effect::Insert { logical: true, .. }))
    }
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

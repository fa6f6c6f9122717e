//! Checked rules: every name resolved, every operand of a known kind, nothing rearranged.
//!
//! The checker determines what the author meant; how to evaluate the condition is decided later. So
//! a condition still has the form in which it was written: a tree of AND, OR and NOT with tests as
//! leaves. Facts are named by [`Position`] in the order of the declared patterns, and each operator
//! has the kind of its operands.

mod places;
mod script;

use tsd_ir::{AggregateKind, Effect, Expr, FieldId, InitialFact, Parameters, Position, Schema, Test, TypeId};

pub use self::places::{Places, TypePlace};
pub use self::script::{EmptySession, Removed, Script, ScriptStep, SessionState};

use crate::join_order::JoinOrder;
use crate::source::Span;

/// Everything that a set of programs declares.
#[derive(Clone, Debug, Default)]
pub struct Program {
    /// The name given by `mod`.
    pub name: Option<String>,
    /// The join order for the patterns of rules (`@plan(greedy)` after `mod`), if the author gave
    /// one.
    pub strategy: Option<JoinOrder>,
    /// Types and actions; those that are only called come after the declared ones.
    pub schema: Schema,
    /// The rules in order.
    pub rules: Vec<Rule>,
    /// The facts that a session starts with, in order.
    pub facts: Vec<InitialFact>,
    /// Where the types and actions are declared.
    pub places: Places,
}

/// A checked rule.
#[derive(Clone, Debug)]
pub struct Rule {
    /// The rule's name, unique in its module.
    pub name: String,
    /// Higher fires first.
    pub salience: i32,
    /// Whether the rule's own effects may not activate it again on the same facts.
    pub no_loop: bool,
    /// How many comparisons the rule contains.
    pub complexity: u32,
    /// The join order for its patterns (`@plan(greedy)`), if the author gave one.
    pub strategy: Option<JoinOrder>,
    /// The patterns in order; at least one.
    pub patterns: Vec<Pattern>,
    /// The condition on the joined facts.
    pub condition: Condition,
    /// The place of the condition; that of the rule's name if it has none.
    pub condition_span: Span,
    /// What the rule does.
    pub effects: Vec<Effect>,
    /// The views that its derived values read, each after those that it reads itself.
    pub views: Vec<View>,
    /// The whole rule.
    pub span: Span,
}

/// A variable for a fact.
#[derive(Clone, Debug)]
pub struct Pattern {
    /// The variable.
    pub variable: String,
    /// The type of its facts.
    pub ty: TypeId,
    /// Where it is bound.
    pub span: Span,
    /// The fields that the rule mentions, in its condition as written or in the expressions of its
    /// effects; ascending.
    pub reads: Vec<FieldId>,
}

/// A question that derived values of a rule read: see [`tsd_ir::View`].
#[derive(Clone, Debug)]
pub struct View {
    /// What it depends on.
    pub parameters: Parameters,
    /// The parameters, if there are any, and the patterns that are aggregated.
    pub patterns: Vec<Pattern>,
    /// The condition on the facts.
    pub condition: Condition,
    /// How the rows are aggregated.
    pub aggregate: AggregateKind,
    /// What is aggregated; `None` for the rows themselves.
    pub input: Option<Expr>,
    /// The pattern each of whose facts counts once.
    pub source: Position,
}

/// A condition as written.
#[derive(Clone, Debug, PartialEq)]
pub enum Condition {
    /// Every one of them.
    All(Vec<Condition>),
    /// At least one of them.
    Any(Vec<Condition>),
    /// Not so.
    Not(Box<Condition>),
    /// A test without AND, OR or NOT inside.
    Test(Test),
}

impl Condition {
    /// The condition that is always true.
    pub fn always() -> Self {
        Self::Test(Test::Constant(true))
    }

    /// Calls `visit` for every expression in the condition, outermost first.
    pub fn walk_operands<'a>(&'a self, visit: &mut dyn FnMut(&'a Expr)) {
        match self {
            Self::All(parts) | Self::Any(parts) => parts.iter().for_each(|part| part.walk_operands(visit)),
            Self::Not(part) => part.walk_operands(visit),
            Self::Test(test) => test.walk_operands(visit),
        }
    }

    /// The condition with every part of an operand replaced for which `replace` returns another.
    pub fn rewrite(&self, replace: &mut dyn FnMut(&Expr) -> Option<Expr>) -> Self {
        let mut each = |parts: &[Condition]| parts.iter().map(|part| part.rewrite(replace)).collect();
        match self {
            Self::All(parts) => Self::All(each(parts)),
            Self::Any(parts) => Self::Any(each(parts)),
            Self::Not(part) => Self::Not(Box::new(part.rewrite(replace))),
            Self::Test(test) => Self::Test(test.rewrite(replace)),
        }
    }
}

impl Rule {
    /// The types of the patterns.
    pub fn types(&self) -> Vec<TypeId> {
        self.patterns.iter().map(|pattern| pattern.ty).collect()
    }

    /// Determines what each pattern reads; `mentions` are expressions besides the condition and the
    /// effects.
    pub(crate) fn set_read_fields(&mut self, mentions: &[Expr]) {
        let effects = self.effects.iter().flat_map(Effect::operands);
        set_read_fields(&mut self.patterns, &self.views, &self.condition, effects.chain(mentions));
    }
}

impl View {
    /// The types of the patterns.
    pub fn types(&self) -> Vec<TypeId> {
        self.patterns.iter().map(|pattern| pattern.ty).collect()
    }
}

/// Determines what each pattern reads: the fields that the condition and other expressions mention,
/// and if a whole fact is the parameter of a view, the fields that the view reads.
pub(crate) fn set_read_fields<'e>(
    patterns: &mut [Pattern],
    views: &[View],
    condition: &Condition,
    others: impl IntoIterator<Item = &'e Expr>,
) {
    let mut reads = vec![Vec::new(); patterns.len()];
    let mut visit = |expr: &Expr| match expr {
        Expr::Field { at, field, .. } => reads[at.index()].push(*field),
        Expr::Derived(derived_value) => {
            if let (tsd_ir::Source::View(view), [Expr::Fact { at, .. }]) =
                (derived_value.source, derived_value.operands.as_slice())
                && let View { parameters: Parameters::Fact(_), patterns, .. } = &views[view as usize]
            {
                reads[at.index()].extend(&patterns[0].reads);
            }
        }
        _ => {}
    };
    condition.walk_operands(&mut |expr| visit(expr));
    others.into_iter().for_each(|operand| operand.walk(&mut |expr| visit(expr)));
    for (pattern, mut reads) in patterns.iter_mut().zip(reads) {
        reads.sort_unstable();
        reads.dedup();
        pattern.reads = reads;
    }
}

/// Whether an expression may have no value, for facts of the types that positions refer to.
pub(crate) fn may_lack_value(schema: &Schema, types: &[TypeId], expr: &Expr) -> bool {
    use tsd_ir::{Const, Function, Kind};
    let lacks = |operand: &Expr| may_lack_value(schema, types, operand);
    match expr {
        Expr::Const(constant) => *constant == Const::Missing,
        Expr::Field { at, field, .. } => optional_field(schema, types, *at, *field),
        Expr::Fact { .. } => false,
        Expr::Derived(derived_value) => derived_value.optional,
        // Integers overflow; numbers only change their sign.
        Expr::Negate(operand) => operand.kind() != Some(Kind::Number) || lacks(operand),
        Expr::Arithmetic { .. } => true,
        Expr::Concat(parts) => parts.iter().any(lacks),
        Expr::Call { function, arguments } => match function {
            Function::Substring => {
                let [text, bounds @ ..] = arguments.as_slice() else { return true };
                let plain = |bound: &Expr| matches!(bound, Expr::Const(Const::Int(0..)));
                lacks(text) || !bounds.iter().all(plain)
            }
            Function::Abs => expr.kind() != Some(Kind::Number) || arguments.iter().any(lacks),
            _ => arguments.iter().any(lacks),
        },
        Expr::Cast { to, operand } => match (operand.kind(), to) {
            (_, Kind::Text) | (Some(Kind::Int), Kind::Number) => lacks(operand),
            _ => true,
        },
    }
}

/// Whether a field of the fact at a position may be missing.
pub(crate) fn optional_field(schema: &Schema, types: &[TypeId], at: Position, field: FieldId) -> bool {
    schema.ty(types[at.index()]).field(field).optional
}

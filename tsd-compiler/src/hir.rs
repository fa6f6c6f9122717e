//! Checked rules: every name resolved, every operand of a known kind, nothing rearranged.
//!
//! The checker answers what the author meant; how the condition is best evaluated is a later question. So a condition
//! still has the shape in which it was written: a tree of AND, OR and NOT with tests at its leaves. Facts are named by
//! [`Position`] in the order of the declared patterns, and an operator has the kind that it works on.

mod places;
mod script;

use tsd_ir::{AggregateKind, Effect, Expr, FieldId, InitialFact, Parameters, Position, Schema, Test, TypeId};

pub use self::places::{Places, TypePlace};
pub use self::script::{EmptySession, Removed, Script, ScriptStep, SessionState};

use crate::join_order::JoinOrder;
use crate::source::Span;

/// All that a set of programs says.
#[derive(Clone, Debug, Default)]
pub struct Program {
    /// The name that `mod` gives.
    pub name: Option<String>,
    /// How the patterns of rules are put in order (`@plan(greedy)` behind `mod`), where the author said.
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
    /// How many comparisons the rule asks for.
    pub complexity: u32,
    /// How its patterns are put in order (`@plan(greedy)`), where the author said.
    pub strategy: Option<JoinOrder>,
    /// The patterns in order; at least one.
    pub patterns: Vec<Pattern>,
    /// What the joined facts must satisfy.
    pub condition: Condition,
    /// Where the condition stands; the name of the rule when it has none.
    pub condition_span: Span,
    /// What the rule does.
    pub effects: Vec<Effect>,
    /// What its derived values ask, each view behind those that it asks itself.
    pub views: Vec<View>,
    /// The whole rule.
    pub span: Span,
}

/// A variable that stands for a fact.
#[derive(Clone, Debug)]
pub struct Pattern {
    /// The variable.
    pub variable: String,
    /// The type of its facts.
    pub ty: TypeId,
    /// Where it is bound.
    pub span: Span,
    /// The fields that the rule mentions, in its condition as written or in the expressions of its effects;
    /// ascending.
    pub reads: Vec<FieldId>,
}

/// A question that derived values of a rule ask: see [`tsd_ir::View`].
#[derive(Clone, Debug)]
pub struct View {
    /// What it depends on.
    pub parameters: Parameters,
    /// The parameters, unless there are none, and the patterns asked about.
    pub patterns: Vec<Pattern>,
    /// What the facts must satisfy.
    pub condition: Condition,
    /// What becomes of the rows.
    pub aggregate: AggregateKind,
    /// What is gathered; `None` for the rows themselves.
    pub input: Option<Expr>,
    /// The pattern each of whose facts counts once.
    pub source: Position,
}

/// A condition as it was written.
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
    /// The condition that is always so.
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

    /// The condition with every part of an operand for which `replace` has something else replaced.
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

    /// Fills in what each pattern reads; `mentions` are expressions beside the condition and the effects.
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

/// Fills in what each pattern reads: the fields that the condition and some other expressions mention, and where a
/// whole fact is the parameter of a view, those that the view reads of it.
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

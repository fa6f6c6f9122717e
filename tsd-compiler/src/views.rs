//! Views out of conditions: what `EXISTS` and aggregates compute, with everything that they depend
//! on removed.
//!
//! `SUM(o: Order / o.customer == c.id ; o.total)` inside a rule mentions the rule's `c`. The
//! checker numbers the variables of all scopes, outer ones first. Here the parts that depend on
//! outer variables alone (the leaves, `c.id`) become parameters. What remains is independent of the
//! rule: a [`View`]. The rule keeps a derived value, the view's result for its leaves.
//!
//! If the leaves name one fact of the tuple, by itself or by its whole primary key, the fact itself
//! is the parameter. Then the view joins the same facts as rules do, and shares their nodes.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use tsd_ir::{
    AggregateKind, Canonical, DerivedExpr, Expr, Kind, Network, Parameters, Position, Schema, Source, Type,
    TypeId, ViewParameter,
};

use crate::diagnostics::{Code, Diagnostic, Diagnostics};
use crate::hir::{self, Condition, Pattern, Rule, View, may_lack_value};
use crate::source::Span;

/// A question as written: its positions count first the variables of the scopes around it.
pub(crate) struct Question<'a> {
    /// The types of the outer variables, in order.
    pub(crate) outer: &'a [TypeId],
    /// The patterns that are aggregated.
    pub(crate) sources: Vec<Pattern>,
    /// The condition on their facts.
    pub(crate) condition: Condition,
    pub(crate) aggregate: AggregateKind,
    /// What is aggregated; `None` for the rows themselves.
    pub(crate) input: Option<Expr>,
    /// Which of the sources counts.
    pub(crate) source: usize,
    pub(crate) span: Span,
}

/// Adds the view for a question, and returns the derived value that reads it.
pub(crate) fn derive(schema: &Schema, question: Question<'_>, views: &mut Vec<View>) -> Expr {
    let Question { outer, sources, condition, aggregate, input, source, span } = question;
    let leaves = leaves(schema, outer, &condition, input.as_ref());
    let single = single_fact(schema, outer, &leaves);
    let (parameters, operands) = match single {
        _ if leaves.is_empty() => (Parameters::None, Vec::new()),
        Some((at, ty)) => (Parameters::Fact(ty), vec![Expr::Fact { at, ty }]),
        None => {
            let values = leaves.iter().map(|leaf| ViewParameter {
                kind: leaf.kind().unwrap_or(Kind::Bool),
                optional: may_lack_value(schema, outer, leaf),
            });
            (Parameters::Values(values.collect()), leaves.clone())
        }
    };
    let first = usize::from(!leaves.is_empty());
    let places = leaves.iter().enumerate().map(|(index, leaf)| (name(leaf), index)).collect();
    let mut replace = |part: &Expr| inside(part, outer.len(), first, &places, single.is_some());
    let condition = condition.rewrite(&mut replace);
    let input = input.map(|input| input.rewrite(&mut replace));
    let mut patterns = Vec::with_capacity(first + sources.len());
    if let Some(ty) = parameters.ty() {
        patterns.push(Pattern { variable: "parameters".to_owned(), ty, span, reads: Vec::new() });
    }
    patterns.extend(sources);
    let measured = input.as_ref().and_then(Expr::kind).unwrap_or(Kind::Bool);
    let source = Position((first + source) as u16);
    hir::set_read_fields(&mut patterns, views, &condition, &input);
    views.push(View { parameters, patterns, condition, aggregate, input, source });
    Expr::Derived(Box::new(DerivedExpr {
        index: 0,
        kind: aggregate.kind(measured),
        optional: aggregate.may_lack_value(),
        source: Source::View((views.len() - 1) as u16),
        name: "".into(),
        operands,
    }))
}

/// The parts that depend on outer variables alone, each as large as possible, grouped by kind.
/// [`normalize`](crate::normalize) determines their roles in the question; their order here only
/// matters for equal roles.
fn leaves(schema: &Schema, outer: &[TypeId], condition: &Condition, input: Option<&Expr>) -> Vec<Expr> {
    // Derived values that read different things of the same operands look alike as long as they
    // have no names.
    let mut found: BTreeMap<String, Vec<Expr>> = BTreeMap::new();
    let mut known: BTreeSet<String> = BTreeSet::new();
    let mut collect = |expr: &Expr| {
        expr.rewrite(&mut |part| {
            is_leaf(part, outer.len()).then(|| {
                if known.insert(name(part)) {
                    let alike = found.entry(Canonical::new(schema, outer).expr(part)).or_default();
                    alike.push(part.clone());
                }
                part.clone()
            })
        });
    };
    condition.rewrite(&mut |operand| {
        collect(operand);
        Some(operand.clone())
    });
    input.into_iter().for_each(&mut collect);
    let mut leaves: Vec<Expr> = found.into_values().flatten().collect();
    leaves.sort_by_cached_key(|leaf| {
        (leaf.kind(), may_lack_value(schema, outer, leaf), declared(schema, outer, leaf))
    });
    leaves
}

/// The declared names in a leaf, which do not depend on the order of the patterns around it.
fn declared(schema: &Schema, outer: &[TypeId], leaf: &Expr) -> String {
    match leaf {
        Expr::Field { at, field, .. } => {
            let ty = schema.ty(outer[at.index()]);
            format!("{}.{}", ty.name, ty.field(*field).name)
        }
        Expr::Fact { ty, .. } => schema.ty(*ty).name.to_string(),
        Expr::Derived(derived_value) => {
            let operands = derived_value.operands.iter().map(|operand| declared(schema, outer, operand));
            operands.fold(derived_value.name.to_string(), |all, operand| all + " " + &operand)
        }
        _ => String::new(),
    }
}

/// Whether a part is a field, a fact or a derived value of outer variables alone.
fn is_leaf(part: &Expr, outer: usize) -> bool {
    matches!(part, Expr::Field { .. } | Expr::Fact { .. } | Expr::Derived(_))
        && part.positions().iter().all(|at| at.index() < outer)
}

/// The one outer fact that the leaves depend on, if they name it: itself, or its whole primary key.
fn single_fact(schema: &Schema, outer: &[TypeId], leaves: &[Expr]) -> Option<(Position, TypeId)> {
    let at = match leaves.first()? {
        Expr::Field { at, .. } | Expr::Fact { at, .. } => *at,
        _ => return None,
    };
    let ty = outer[at.index()];
    let own = leaves.iter().all(|leaf| match leaf {
        Expr::Field { at: other, .. } | Expr::Fact { at: other, .. } => *other == at,
        _ => false,
    });
    let key = &schema.ty(ty).key;
    let has =
        |field| leaves.iter().any(|leaf| matches!(leaf, Expr::Field { field: other, .. } if *other == field));
    let named = leaves.iter().any(|leaf| matches!(leaf, Expr::Fact { .. }))
        || (!key.is_empty() && key.iter().all(|field| has(*field)));
    (own && named).then_some((at, ty))
}

/// Distinguishes a leaf from others that are not equal to it.
fn name(leaf: &Expr) -> String {
    format!("{leaf:?}")
}

/// The replacement for a part inside the view: a leaf becomes its parameter, and the sources follow
/// the parameters.
fn inside(
    part: &Expr,
    outer: usize,
    first: usize,
    places: &BTreeMap<String, usize>,
    single: bool,
) -> Option<Expr> {
    if is_leaf(part, outer) {
        if single {
            return Some(part.at_positions(&|_| Position(0)));
        }
        let index = *places.get(&name(part))?;
        let kind = part.kind().unwrap_or(Kind::Bool);
        return Some(Expr::Field { at: Position(0), field: tsd_ir::FieldId(index as u16), kind });
    }
    let moved = |at: Position| Position((at.index() - outer + first) as u16);
    match part {
        Expr::Field { at, field, kind } => Some(Expr::Field { at: moved(*at), field: *field, kind: *kind }),
        Expr::Fact { at, ty } => Some(Expr::Fact { at: moved(*at), ty: *ty }),
        _ => None,
    }
}

/// Whether a network has room for the views of all these rules; reports the first rule that has one
/// too many.
pub(crate) fn are_few_enough(rules: &[Rule], sink: &mut Diagnostics) -> bool {
    let mut room = Network::VIEWS;
    for rule in rules {
        let Some(left) = room.checked_sub(rule.views.len()) else {
            let message =
                format!("a module cannot have more than {} views (`EXISTS` and aggregates)", Network::VIEWS);
            sink.report(Diagnostic::new(Code::OutOfRange, rule.span, message).label("one too many"));
            return false;
        };
        room = left;
    }
    true
}

/// The schema with a type for each kind of parameters of the rules' views, which the views then
/// name.
pub(crate) fn with_parameters<'s>(schema: &'s Schema, rules: &mut [Rule]) -> Cow<'s, Schema> {
    let mut extended = Cow::Borrowed(schema);
    let mut known: BTreeMap<String, TypeId> = BTreeMap::new();
    for view in rules.iter_mut().flat_map(|rule| &mut rule.views) {
        if let (Parameters::Values(_), Some(pattern)) = (&view.parameters, view.patterns.first_mut()) {
            let declared: Type = view.parameters.declared();
            pattern.ty = *known.entry(declared.name.to_string()).or_insert_with(|| {
                let types = extended.to_mut().types.to_mut();
                types.push(declared);
                TypeId((types.len() - 1) as u16)
            });
        }
    }
    extended
}

/// A field of the fact that a reference names.
pub(crate) fn follow(schema: &Schema, reference: Expr, ty: TypeId, field: tsd_ir::FieldId) -> Expr {
    let declared = schema.ty(ty);
    let kind = declared.field(field).kind;
    let name = format!("{}.{}", declared.name, declared.field(field).name).into();
    let source = Source::Field(ty, field);
    Expr::Derived(Box::new(DerivedExpr {
        index: 0,
        kind,
        optional: true,
        source,
        name,
        operands: vec![reference],
    }))
}

//! Views, planned like rules, and the derived values that rules read from them.

use tsd_ir::{
    AggregateInput, Body, Branch, DerivedValue, Effect, Expr, List, Parameters, Pattern, Schema, Signature,
    TypeId, View,
};

use super::chain::Graph;
use super::derived::DerivedValues;
use crate::hir;
use crate::module::BranchPlan;
use crate::normalize::NormalView;

/// Plans a view.
pub(super) fn plan(schema: &Schema, plans: &[BranchPlan], normal: &NormalView) -> View {
    let NormalView { view, branches, form } = normal;
    let types = view.types();
    let mut derived_values = DerivedValues::default();
    let input = view.input.as_ref().map(|input| derived_values.numbered(input));
    let results: Vec<&Expr> = input.iter().collect();
    let branches = branches.iter().zip(plans).map(|(conjunction, plan)| {
        let branch = Graph { schema, conjunction }.chain(&view.patterns, &plan.order(), &results);
        match view.parameters {
            Parameters::Values(_) => of_parameters(branch, types[0]),
            Parameters::None | Parameters::Fact(_) => branch,
        }
    });
    let branches: List<Branch> = branches.collect();
    View {
        signature: Signature::of_view(form),
        form: form.clone(),
        parameters: view.parameters.clone(),
        patterns: patterns(view),
        branches,
        aggregate: view.aggregate,
        input: input.map(self::input),
        source: view.source,
        derived_values: derived_values.into_list().into(),
    }
}

fn patterns(view: &hir::View) -> List<Pattern> {
    let patterns = view.patterns.iter().enumerate().map(|(index, pattern)| {
        let hir::Pattern { variable, ty, reads, .. } = pattern;
        let ty = if index == 0 { view.parameters.ty().unwrap_or(*ty) } else { *ty };
        Pattern { variable: variable.clone().into(), ty, reads: reads.clone().into() }
    });
    patterns.collect()
}

fn input(expr: Expr) -> AggregateInput {
    let field = match &expr {
        Expr::Field { at, field, .. } => Some((*at, *field)),
        _ => None,
    };
    let kind = expr.kind().unwrap_or(tsd_ir::Kind::Bool);
    AggregateInput { kind, body: Body::Tree(vec![expr]), field }
}

/// The branch with the type of its parameters, which was a placeholder during planning, replaced.
fn of_parameters(mut branch: Branch, parameters: TypeId) -> Branch {
    let own = |ty: TypeId| if ty == parameters { TypeId::PARAMETERS } else { ty };
    branch.ty = own(branch.ty);
    branch.joins.to_mut().iter_mut().for_each(|join| join.ty = own(join.ty));
    branch
}

/// The effects of a rule with the derived values that they read numbered, and those derived values.
pub(super) fn numbered_effects(effects: Vec<Effect>) -> (Vec<Effect>, Vec<DerivedValue>) {
    let mut derived_values = DerivedValues::default();
    let numbered = effects.into_iter().map(|mut effect| {
        if let Some(arguments) = effect.arguments_mut()
            && let Body::Tree(operands) = &mut arguments.body
        {
            operands.iter_mut().for_each(|operand| *operand = derived_values.numbered(operand));
        }
        effect
    });
    (numbered.collect(), derived_values.into_list())
}

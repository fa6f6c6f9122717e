//! Views, planned as rules are, and the figures that rules read of them.

use tsd_ir::{
    Body, Branch, Effect, Expr, Figure, List, Measure, Parameters, Pattern, Schema, Signature, TypeId, View,
};

use super::BranchPlan;
use super::chain::Graph;
use super::figures::Figures;
use crate::hir::{self, effect_arguments_mut};
use crate::normalize::NormalView;

/// Plans a view.
pub(super) fn plan(schema: &Schema, plans: &[BranchPlan], normal: &NormalView) -> View {
    let NormalView { view, branches, form } = normal;
    let types = view.types();
    let mut figures = Figures::default();
    let measure = view.measure.as_ref().map(|measure| figures.numbered(measure));
    let shown: Vec<&Expr> = measure.iter().collect();
    let branches = branches.iter().zip(plans).map(|(conjunction, plan)| {
        let branch = Graph { schema, conjunction }.chain(&view.patterns, &plan.order(), &shown);
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
        gather: view.gather,
        measure: measure.map(self::measure),
        source: view.source,
        figures: figures.into_list().into(),
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

fn measure(expr: Expr) -> Measure {
    let field = match &expr {
        Expr::Field { at, field, .. } => Some((*at, *field)),
        _ => None,
    };
    let kind = expr.kind().unwrap_or(tsd_ir::Kind::Bool);
    Measure { kind, body: Body::Tree(vec![expr]), field }
}

/// The branch with the type that stood for the parameters while it was planned replaced by that of all parameters.
fn of_parameters(mut branch: Branch, parameters: TypeId) -> Branch {
    let own = |ty: TypeId| if ty == parameters { TypeId::PARAMETERS } else { ty };
    branch.ty = own(branch.ty);
    branch.joins.to_mut().iter_mut().for_each(|join| join.ty = own(join.ty));
    branch
}

/// The effects of a rule with the figures that they read numbered, and those figures.
pub(super) fn numbered_effects(effects: Vec<Effect>) -> (Vec<Effect>, Vec<Figure>) {
    let mut figures = Figures::default();
    let numbered = effects.into_iter().map(|mut effect| {
        if let Some(arguments) = effect_arguments_mut(&mut effect)
            && let Body::Tree(operands) = &mut arguments.body
        {
            operands.iter_mut().for_each(|operand| *operand = figures.numbered(operand));
        }
        effect
    });
    (numbered.collect(), figures.into_list())
}

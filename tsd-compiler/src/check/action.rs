//! Actions: the declared ones, and those that are only called.
//!
//! An action without a declaration has the parameters of its first call. The type of a parameter
//! depends on all calls, so that an integer literal in one call agrees with a number in another.
//! The calls are then checked like any others.

use std::collections::{BTreeMap, BTreeSet};

use tsd_ir::{Const, Expr, Kind, Parameter};

use super::bind::{Binder, Bound};
use super::declarations::{Declarations, Resolved, duplicate};
use super::fault::mismatch;
use super::typed::{Ty, Typed};
use super::value::Checker;
use super::{annotation, rule};
use crate::diagnostics::{Code, Diagnostic, Diagnostics};
use crate::source::Span;
use crate::syntax::ast::{self, ExprKind};
use crate::syntax::habits::effect;

/// Registers the declaration of an action.
pub(super) fn declare(
    declarations: &mut Declarations,
    declaration: &ast::ActionDeclaration,
    sink: &mut Diagnostics,
) {
    let context = annotation::context(declaration, sink);
    if let Some(first) = declarations.find_action(&declaration.name.text) {
        let parameters = parameters(declarations, declaration, &mut Vec::new(), sink);
        let action = declarations.schema.action(first);
        let same = action.parameters == parameters && action.context == context;
        let mut diagnostic = duplicate("action", &declaration.name, declarations.action_span(first));
        if same {
            // Files that are compiled together may each declare what they call.
            diagnostic.code = Code::RepeatedAction;
            diagnostic.severity = Code::RepeatedAction.severity();
        }
        sink.report(diagnostic);
        return;
    }
    let Some(id) = declarations.add_action(&declaration.name, sink) else { return };
    let mut broken = Vec::new();
    let parameters = parameters(declarations, declaration, &mut broken, sink);
    declarations.broken_parameters.extend(broken.into_iter().map(|index| (id, index)));
    let action = declarations.action_mut(id);
    action.parameters = parameters.into();
    action.context = context;
}

/// The parameters of a declaration; `broken` receives the places of those with unknown types.
fn parameters(
    declarations: &Declarations,
    declaration: &ast::ActionDeclaration,
    broken: &mut Vec<usize>,
    sink: &mut Diagnostics,
) -> Vec<Parameter> {
    let mut seen: BTreeMap<&str, Span> = BTreeMap::new();
    let mut parameters = Vec::with_capacity(declaration.parameters.len());
    for (index, parameter) in declaration.parameters.iter().enumerate() {
        let name = &parameter.name;
        if let Some(first) = seen.get(name.text.as_str()) {
            sink.report(duplicate("parameter", name, Some(*first)));
        }
        seen.entry(&name.text).or_insert(name.span);
        let (kind, default) = match declarations.resolve_kind(&parameter.kind.name, sink) {
            Resolved::Known(kind) => (kind, default(declarations, parameter, kind, sink)),
            Resolved::Broken => {
                broken.push(index);
                (Kind::Bool, parameter.default.is_some().then_some(Const::Missing))
            }
        };
        let name = name.text.clone().into();
        parameters.push(Parameter { name, kind, optional: parameter.kind.optional, default });
    }
    parameters
}

fn default(
    declarations: &Declarations,
    parameter: &ast::Parameter,
    kind: Kind,
    sink: &mut Diagnostics,
) -> Option<Const> {
    let default = parameter.default.as_ref()?;
    let ExprKind::Literal(literal) = &default.kind else {
        if !matches!(default.kind, ExprKind::Invalid) {
            sink.report(mismatch(default.span, "a default is a number, a string or a Boolean"));
        }
        return Some(Const::Missing);
    };
    let value = super::value::literal(literal, default.span);
    let found = value.kind();
    if let Ok(Expr::Const(constant)) = value.fit(kind) {
        return Some(constant);
    }
    let (wanted, found) =
        (declarations.described(kind), found.map_or_else(String::new, |kind| declarations.described(kind)));
    let message = format!("the default of `{}` must be {wanted}, not {found}", parameter.name.text);
    let diagnostic = mismatch(default.span, message).label(found);
    sink.report(diagnostic.also(parameter.kind.name.span, wanted));
    Some(Const::Missing)
}

/// An action that is called but not declared.
struct Undeclared<'a> {
    name: &'a ast::Name,
    /// The first call for which the warning is not switched off.
    warned: Option<Span>,
    names: Vec<String>,
    types: Vec<Vec<Ty>>,
}

/// Declares the actions that are only called, in the order of their first calls.
pub(super) fn infer<'a>(
    declarations: &mut Declarations,
    outside: &BTreeMap<String, Span>,
    rules: impl Iterator<Item = &'a ast::Rule>,
    sink: &mut Diagnostics,
) {
    let mut found: Vec<Undeclared<'a>> = Vec::new();
    let mut index: BTreeMap<&str, usize> = BTreeMap::new();
    for rule in rules {
        let is_undeclared = |call: &&ast::Call| {
            let name = call.name.text.as_str();
            declarations.find_action(name).is_none()
                && !ast::EFFECTS.contains(&name)
                && !declarations.is_unparsed(name)
        };
        let calls: Vec<&ast::Call> = rule.calls.iter().filter(is_undeclared).collect();
        let (effects, calls): (Vec<_>, Vec<_>) = calls.into_iter().partition(|call| meant(call).is_some());
        for call in effects {
            let Some(effect) = meant(call) else { continue };
            let name = &call.name;
            let message = format!("there is no action `{}`", name.text);
            let diagnostic = Diagnostic::new(Code::UnknownAction, name.span, message).label("not declared");
            sink.report(diagnostic.hint(format!("write `{effect}`")).edit(name.span, effect));
            declarations.treat_as_unparsed(&name.text);
        }
        if calls.is_empty() {
            continue;
        }
        // Faults of the rule are reported when the rule is checked.
        let mut unheard = Diagnostics::new();
        let mut views = Vec::new();
        let binder = Binder { declarations, outside, rule, views: &mut views, sink: &mut unheard };
        let Bound { scope, .. } = rule::bind(binder);
        let mut checker = Checker { declarations, scope: &scope, sink: &mut unheard, views: &mut views };
        for call in calls {
            let types = call
                .arguments
                .iter()
                .map(|argument| checker.argument(argument).map_or(Ty::Unknown, |value: Typed| value.ty));
            let types: Vec<Ty> = types.collect();
            let at = *index.entry(&call.name.text).or_insert_with(|| {
                let names = parameter_names(&call.arguments);
                let types = vec![Vec::new(); types.len()];
                found.push(Undeclared { name: &call.name, warned: None, names, types });
                found.len() - 1
            });
            let span = call.name.span;
            if found[at].warned.is_none() && !sink.is_allowed(Code::UndeclaredAction, span) {
                found[at].warned = Some(span);
            }
            if found[at].types.len() == types.len() {
                found[at].types.iter_mut().zip(types).for_each(|(all, ty)| all.push(ty));
            }
        }
        let _ = unheard.finish();
    }
    found.into_iter().for_each(|action| add(declarations, action, sink));
}

/// The effect that is meant by a call of an action that cannot be declared, because its arguments
/// are those of an effect.
fn meant(call: &ast::Call) -> Option<&'static str> {
    let takes = |argument: &ast::Argument| match argument {
        ast::Argument::Fact(_) => Some(["Insert", "InsertLogical"].as_slice()),
        ast::Argument::Changes { .. } => Some(["Update"].as_slice()),
        ast::Argument::Value(_) => None,
    };
    let effects = call.arguments.iter().find_map(takes)?;
    effect(&call.name.text).filter(|effect| effects.contains(effect))
}

fn add(declarations: &mut Declarations, action: Undeclared<'_>, sink: &mut Diagnostics) {
    let Some(id) = declarations.add_action(action.name, sink) else { return };
    declarations.inferred.insert(id);
    let mut parameters = Vec::with_capacity(action.names.len());
    for (index, (name, types)) in action.names.into_iter().zip(&action.types).enumerate() {
        let kind = common_kind(types).unwrap_or_else(|| {
            declarations.broken_parameters.insert((id, index));
            Kind::Bool
        });
        parameters.push(Parameter { name: name.into(), kind, optional: false, default: None });
    }
    let written: Vec<String> = parameters
        .iter()
        .map(|parameter| format!("{}: {}", parameter.name, declarations.kind_name(parameter.kind)))
        .collect();
    let name = &action.name.text;
    let diagnostic = Diagnostic::new(
        Code::UndeclaredAction,
        action.warned.unwrap_or(action.name.span),
        format!("the action `{name}` is not declared"),
    )
    .label("taken as called here")
    .hint(format!("declare it: `action {name}({})`", written.join(", ")));
    let diagnostic = match effect(name) {
        Some(effect) => diagnostic.hint(format!("did you mean `{effect}`?")),
        None => {
            let others = declarations.action_names().filter(|other| other != name);
            diagnostic.did_you_mean(name, sink.candidates(others.chain(ast::EFFECTS)))
        }
    };
    sink.report(diagnostic);
    declarations.action_mut(id).parameters = parameters.into();
}

/// The kind that arguments of these types agree on. The first decides, except that a number beside
/// integers makes all of them numbers.
fn common_kind(types: &[Ty]) -> Option<Kind> {
    let kinds = types.iter().filter_map(|ty| match ty {
        Ty::Is(kind) => Some(*kind),
        _ => None,
    });
    let fraction = types.contains(&Ty::Literal(None));
    let literal = types.iter().any(|ty| matches!(ty, Ty::Literal(_)));
    match kinds.clone().next() {
        Some(Kind::Int) if fraction || kinds.clone().any(|kind| kind == Kind::Number) => Some(Kind::Number),
        Some(kind) => Some(kind),
        None => literal.then_some(Kind::Number),
    }
}

/// Names for the parameters of a call: those of the fields that are passed, otherwise `a`, `b` and
/// so on.
fn parameter_names(arguments: &[ast::Argument]) -> Vec<String> {
    let mut taken = BTreeSet::new();
    let mut names = Vec::with_capacity(arguments.len());
    for (index, argument) in arguments.iter().enumerate() {
        let derived = match argument {
            ast::Argument::Value(ast::Expr { kind: ExprKind::Path(path), .. }) => {
                Some(path.fields.last().unwrap_or(&path.root).text.clone())
            }
            _ => None,
        };
        let letter = char::from(b'a' + (index % 26) as u8);
        let plain = if index < 26 { letter.to_string() } else { format!("{letter}{}", index / 26) };
        let numbered = (2..).map(|number: u64| format!("{plain}_{number}"));
        let mut wishes = derived.into_iter().chain([plain.clone()]).chain(numbered);
        let name = wishes.find(|wish| !taken.contains(wish)).unwrap_or(plain);
        taken.insert(name.clone());
        names.push(name);
    }
    names
}

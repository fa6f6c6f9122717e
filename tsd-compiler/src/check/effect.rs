//! The effects of a rule: calls of actions and the built-in effects.

use std::collections::{BTreeMap, BTreeSet};

use tsd_ir::{ActionId, Arguments, Body, Const, Effect, Expr, FieldId, Kind, Position, TypeId};

use super::fault::mismatch;
use super::typed::Typed;
use super::value::Checker;
use crate::diagnostics::{Code, Diagnostic};
use crate::source::Span;
use crate::syntax::ast::{self, Argument, Call, ExprKind};
use crate::syntax::habits::is_null;

impl Checker<'_> {
    /// A call of an action or effect. `None` if it is wrong, which has been reported.
    pub(super) fn call(&mut self, call: &Call) -> Option<Effect> {
        if let Some(action) = self.declarations.find_action(&call.name.text) {
            return self.action(action, call);
        }
        match call.name.text.as_str() {
            "Insert" => self.insert(call, false),
            "InsertLogical" => self.insert(call, true),
            "Update" => self.update(call),
            "Retract" => {
                let [Argument::Value(fact)] = call.arguments.as_slice() else {
                    return self.form(call, "`Retract` takes one fact variable, as in `Retract(o)`");
                };
                let (at, _) = self.fact_variable(fact, "Retract")?;
                Some(Effect::Retract { at })
            }
            "Print" => Some(Effect::Print { values: self.any_values(call)? }),
            "Log" => Some(Effect::Log { values: self.any_values(call)? }),
            name => {
                if !self.declarations.is_unparsed(name) {
                    let names = self.sink.candidates(self.declarations.action_names().chain(ast::EFFECTS));
                    let diagnostic = Diagnostic::new(
                        Code::UnknownAction,
                        call.name.span,
                        format!("there is no action `{name}`"),
                    )
                    .label("not declared")
                    .did_you_mean(name, names);
                    self.sink.report(diagnostic);
                }
                None
            }
        }
    }

    fn form<T>(&mut self, call: &Call, message: &str) -> Option<T> {
        let is_invalid = |argument: &Argument| {
            matches!(argument, Argument::Value(ast::Expr { kind: ExprKind::Invalid, .. }))
        };
        if call.arguments.iter().any(is_invalid) {
            return None;
        }
        self.sink.report(Diagnostic::new(Code::WrongArity, call.span, message));
        None
    }

    fn action(&mut self, id: ActionId, call: &Call) -> Option<Effect> {
        let action = self.declarations.schema.action(id);
        let parameters = &action.parameters;
        let most = parameters.len();
        let needed = |parameter: &tsd_ir::Parameter| !parameter.optional && parameter.default.is_none();
        let least = parameters.iter().rposition(needed).map_or(0, |last| last + 1);
        let given = call.arguments.len();
        if given < least || given > most {
            let takes = if least == most { format!("{most}") } else { format!("{least} to {most}") };
            let noun = if most == 1 { "argument" } else { "arguments" };
            let message = format!("`{}` takes {takes} {noun}, not {given}", action.name);
            let mut diagnostic = Diagnostic::new(Code::WrongArity, call.span, message);
            if let Some(span) = self.declarations.action_span(id) {
                let inferred = self.declarations.inferred.contains(&id);
                diagnostic =
                    diagnostic.also(span, if inferred { "first called here" } else { "declared here" });
            }
            self.sink.report(diagnostic);
            return None;
        }
        let mut expressions = Vec::with_capacity(most);
        let mut sound = true;
        for (index, parameter) in parameters.iter().enumerate() {
            let expr = match call.arguments.get(index) {
                None => Some(Expr::Const(parameter.default.clone().unwrap_or(Const::Missing))),
                Some(argument) => self.argument(argument).and_then(|value| {
                    let known = !self.declarations.broken_parameters.contains(&(id, index));
                    if known { self.fitting_argument(id, parameter, value) } else { None }
                }),
            };
            sound &= expr.is_some();
            expressions.extend(expr);
        }
        let optional = parameters.iter().map(|parameter| parameter.optional).collect();
        sound.then(|| Effect::Call { action: id, arguments: arguments(expressions, optional) })
    }

    /// An argument that must be a value.
    pub(super) fn argument(&mut self, argument: &Argument) -> Option<Typed> {
        let diagnostic = match argument {
            Argument::Value(expr) => {
                let value = self.value(expr);
                return (!value.is_unknown()).then_some(value);
            }
            Argument::Fact(fact) => {
                mismatch(fact.span, "a new fact can only be given to `Insert` or `InsertLogical`")
                    .label("a new fact")
            }
            Argument::Changes { span, .. } => {
                mismatch(*span, "changes in braces can only be given to `Update`").label("changes")
            }
        };
        self.sink.report(diagnostic);
        None
    }

    fn fitting_argument(
        &mut self,
        id: ActionId,
        parameter: &tsd_ir::Parameter,
        value: Typed,
    ) -> Option<Expr> {
        value
            .fit(parameter.kind)
            .map_err(|value| {
                let found = self.described(&value);
                let wanted = self.declarations.kind_name(parameter.kind);
                let wanted_described = self.declarations.described(parameter.kind);
                let action = &self.declarations.schema.action(id).name;
                let message =
                    format!("`{action}` takes {wanted_described} for `{}`, not {found}", parameter.name);
                let mut diagnostic = mismatch(value.span, message).label(found);
                if let Some(span) = self.declarations.action_span(id) {
                    let inferred = self.declarations.inferred.contains(&id);
                    diagnostic =
                        diagnostic.also(span, if inferred { "first called here" } else { "declared here" });
                }
                self.sink.report(hint_cast(diagnostic, &value, parameter.kind, &wanted));
            })
            .ok()
    }

    fn any_values(&mut self, call: &Call) -> Option<Arguments> {
        let values: Vec<Option<Typed>> =
            call.arguments.iter().map(|argument| self.argument(argument)).collect();
        let values: Option<Vec<Expr>> =
            values.into_iter().map(|value| value.map(|value| value.expr)).collect();
        let values = values?;
        let optional = vec![false; values.len()];
        Some(arguments(values, optional))
    }

    /// The fact variable that an effect works on.
    fn fact_variable(&mut self, expr: &ast::Expr, effect: &str) -> Option<(Position, TypeId)> {
        let value = self.value(expr);
        match value.expr {
            Expr::Fact { at, ty } => return Some((at, ty)),
            _ if value.is_unknown() => {}
            _ => {
                let message = format!("`{effect}` works on a fact variable of this rule");
                self.sink.report(mismatch(value.span, message).label("not a fact variable"));
            }
        }
        None
    }

    fn insert(&mut self, call: &Call, logical: bool) -> Option<Effect> {
        let [Argument::Fact(fact)] = call.arguments.as_slice() else {
            let name = &call.name.text;
            return self.form(call, &format!("`{name}` takes one new fact, as in `{name}(Alert(id: o.id))`"));
        };
        let super::declarations::Resolved::Known(ty) =
            self.declarations.resolve_type(&fact.type_name, false, self.sink)
        else {
            return None;
        };
        let declared = self.declarations.schema.ty(ty);
        if declared.path.is_some() {
            let message = format!("rules cannot create facts of the extern type `{}`", declared.name);
            let diagnostic = Diagnostic::new(Code::ExternInsert, fact.span, message)
                .label("a struct of the host program")
                .hint("call an action with `@context` and insert the fact there");
            self.sink.report(diagnostic);
            return None;
        }
        let values = self.field_values(ty, &fact.fields);
        let complete = self.report_missing(ty, fact);
        let count = declared.fields.len();
        let mut expressions = vec![Expr::Const(Const::Missing); count];
        for (field, value) in values? {
            expressions[field.index()] = value;
        }
        let optional = declared.fields.iter().map(|field| field.optional).collect();
        complete.then(|| Effect::Insert { ty, values: arguments(expressions, optional), logical })
    }

    fn update(&mut self, call: &Call) -> Option<Effect> {
        if let [Argument::Value(ast::Expr { kind: ExprKind::Path(path), .. }), Argument::Value(value)] =
            call.arguments.as_slice()
            && let [field] = path.fields.as_slice()
            && !matches!(value.kind, ExprKind::Invalid)
        {
            self.sink.report(update_of_field(call, path, field, value));
            return None;
        }
        let [Argument::Value(fact), Argument::Changes { fields, .. }] = call.arguments.as_slice() else {
            return self
                .form(call, "`Update` takes a fact variable and changes, as in `Update(o, {total: 0})`");
        };
        let (at, ty) = self.fact_variable(fact, "Update")?;
        let (fields, values): (Vec<FieldId>, Vec<Expr>) = self.field_values(ty, fields)?.into_iter().unzip();
        let declared = self.declarations.schema.ty(ty);
        let optional = fields.iter().map(|field| declared.field(*field).optional).collect();
        Some(Effect::Update { at, fields: fields.into(), values: arguments(values, optional) })
    }

    /// The fields of a fact literal or update with their values. `None` if some are wrong.
    fn field_values(&mut self, ty: TypeId, fields: &[ast::FieldValue]) -> Option<Vec<(FieldId, Expr)>> {
        let mut seen = BTreeMap::new();
        let mut values = Vec::with_capacity(fields.len());
        for field in fields {
            let id = self.field_once(ty, &field.name, &mut seen);
            let value = self.field_value(ty, id, &field.value);
            if let (Some(id), Some(value)) = (id, value) {
                values.push((id, value));
            }
        }
        (values.len() == fields.len()).then_some(values)
    }

    /// The field with a name, unless it was given before.
    pub(super) fn field_once(
        &mut self,
        ty: TypeId,
        name: &ast::Name,
        seen: &mut BTreeMap<FieldId, Span>,
    ) -> Option<FieldId> {
        let field = self.declarations.resolve_field(ty, name, self.sink)?;
        if let Some(first) = seen.get(&field) {
            let message = format!("the field `{}` is given twice", name.text);
            let diagnostic =
                Diagnostic::new(Code::DuplicateField, name.span, message).also(*first, "first given here");
            self.sink.report(diagnostic);
            return None;
        }
        seen.insert(field, name.span);
        Some(field)
    }

    /// The value of a field; a bare word is a string. `None` when it is wrong or the field is
    /// unknown.
    pub(super) fn field_value(
        &mut self,
        ty: TypeId,
        field: Option<FieldId>,
        value: &ast::Expr,
    ) -> Option<Expr> {
        let wanted = field.and_then(|field| self.declarations.field_kind(ty, field));
        if let Some(field) = field
            && let Some(guess) = self.no_value(ty, field, value)
        {
            self.sink.report(guess);
            return None;
        }
        let value = match self.bare_word(value, wanted) {
            Some(word) => word,
            None => self.value(value),
        };
        let (field, wanted) = (field?, wanted?);
        if value.is_unknown() {
            return None;
        }
        value
            .fit(wanted)
            .map_err(|value| {
                let found = self.described(&value);
                let wanted_name = self.declarations.kind_name(wanted);
                let wanted_described = self.declarations.described(wanted);
                let name = &self.declarations.schema.ty(ty).field(field).name;
                let message = format!("the field `{name}` holds {wanted_described}, not {found}");
                let mut diagnostic = mismatch(value.span, message).label(found);
                if let Some(span) = self.declarations.field_span(ty, field) {
                    diagnostic = diagnostic.also(span, "declared here");
                }
                self.sink.report(hint_cast(diagnostic, &value, wanted, &wanted_name));
            })
            .ok()
    }

    /// The diagnostic for a `null` as a field's value.
    fn no_value(&self, ty: TypeId, field: FieldId, value: &ast::Expr) -> Option<Diagnostic> {
        let ExprKind::Path(ast::Path { root, fields }) = &value.kind else { return None };
        let is_variable = self.scope.find(&root.text).is_some();
        let guess = self.declarations.guess(root.span).filter(|_| fields.is_empty() && !is_variable)?;
        let declared = self.declarations.schema.ty(ty).field(field);
        if declared.optional || !is_null(&root.text) {
            return (declared.optional || declared.kind == Kind::Bool).then(|| guess.clone());
        }
        let message = format!("the field `{}` cannot be without a value", declared.name);
        let diagnostic = Diagnostic::new(Code::MissingField, value.span, message);
        let Some(span) = self.declarations.field_span(ty, field) else { return Some(diagnostic) };
        let hint = format!(
            "give a value, or write `{}: {}?`",
            declared.name,
            self.declarations.kind_name(declared.kind)
        );
        let end = Span::new(span.file, span.end, span.end);
        Some(diagnostic.also(span, "declared here").hint(hint).edit(end, "?"))
    }

    /// A name that no variable has, as a string. Where a fact is required, a name is never a
    /// string.
    fn bare_word(&mut self, value: &ast::Expr, wanted: Option<Kind>) -> Option<Typed> {
        let ExprKind::Path(ast::Path { root, fields }) = &value.kind else { return None };
        let is_variable = self.scope.find(&root.text).is_some();
        if !fields.is_empty() || is_variable || matches!(wanted, Some(Kind::Fact(_))) {
            return None;
        }
        let word = Typed::new(Expr::Const(Const::Text(root.text.clone().into())), Kind::Text, value.span);
        if wanted.is_some_and(|wanted| wanted != Kind::Text) {
            // That is a separate error.
            return Some(word);
        }
        let diagnostic =
            Diagnostic::new(Code::BareWord, root.span, format!("`{}` is read as a string", root.text))
                .hint(format!("write it in quotes: \"{}\"", root.text));
        self.sink.report(diagnostic);
        Some(word)
    }

    /// Reports the fields that a fact literal lacks.
    pub(super) fn report_missing(&mut self, ty: TypeId, fact: &ast::FactLiteral) -> bool {
        let declared = self.declarations.schema.ty(ty);
        let given: BTreeSet<&str> = fact.fields.iter().map(|field| field.name.text.as_str()).collect();
        let missing = declared
            .fields
            .iter()
            .enumerate()
            .filter(|(_, field)| !field.optional && !given.contains(&*field.name));
        // The key's fields come in the order of declaration.
        let (keys, others): (Vec<_>, Vec<_>) = missing
            .map(|(index, _)| FieldId(index as u16))
            .partition(|field| declared.key.binary_search(field).is_ok());
        for (code, what, fields) in
            [(Code::MissingKeyField, "key field", &keys), (Code::MissingField, "field", &others)]
        {
            let [first, rest @ ..] = fields.as_slice() else { continue };
            let named = fields.iter().take(NAMED);
            let mut names: Vec<String> =
                named.map(|field| format!("`{}`", declared.field(*field).name)).collect();
            if fields.len() > NAMED {
                names.push(format!("and {} more", fields.len() - NAMED));
            }
            let plural = if rest.is_empty() { "" } else { "s" };
            let message =
                format!("a fact of type `{}` needs the {what}{plural} {}", declared.name, names.join(", "));
            let mut diagnostic = Diagnostic::new(code, fact.span, message).label("not given here");
            if let Some(span) = self.declarations.field_span(ty, *first) {
                diagnostic = diagnostic.also(span, "declared here");
            }
            self.sink.report(diagnostic);
        }
        keys.is_empty() && others.is_empty()
    }
}

/// How many missing fields are named.
const NAMED: usize = 20;

fn arguments(expressions: Vec<Expr>, optional: Vec<bool>) -> Arguments {
    Arguments { body: Body::Tree(expressions), optional: optional.into() }
}

/// `Update(o.total, 5)`.
fn update_of_field(call: &Call, path: &ast::Path, field: &ast::Name, value: &ast::Expr) -> Diagnostic {
    let between = |from: Span, to: Span| Span::new(from.file, from.end, to.start);
    let end = Span::new(call.span.file, call.span.end.saturating_sub(1), call.span.end.saturating_sub(1));
    let message = "`Update` takes a fact variable and changes, as in `Update(o, {total: 0})`";
    let hint = format!("write `Update({}, {{{}: …}})`", path.root.text, field.text);
    Diagnostic::new(Code::WrongArity, call.span, message)
        .hint(hint)
        .edit(between(path.root.span, field.span), ", {")
        .edit(between(field.span, value.span), ": ")
        .edit(end, "}")
}

fn hint_cast(diagnostic: Diagnostic, value: &Typed, wanted: Kind, wanted_name: &str) -> Diagnostic {
    let found = value.kind();
    if matches!(value.expr, Expr::Const(_)) {
        let quotes = wanted == Kind::Text;
        return if quotes { diagnostic.hint("put it in quotes to make it a string") } else { diagnostic };
    }
    let castable = match (found, wanted) {
        (Some(Kind::Fact(_)), _) | (_, Kind::Fact(_)) | (None, _) => false,
        (Some(Kind::Bool), _) => wanted == Kind::Text,
        (Some(_), Kind::Bool) => found == Some(Kind::Text),
        _ => true,
    };
    if castable { diagnostic.hint(format!("a cast makes one: `({wanted_name}) …`")) } else { diagnostic }
}

//! The functions that a module's rules share, one for each shape, and the rules with references to
//! them.

use std::collections::BTreeMap;

use proc_macro2::{Ident, TokenStream, TokenTree};
use quote::{format_ident, quote};
use tsd_ir::{
    Action, ActionId, AggregateInput, Arguments, Body, Branch, Canonical, Computed, Const, Effect, Expr,
    Filter, Kind, List, Part, Rule, Schema, Test, TestRef, TypeId, View,
};

use super::condition::Condition;
use super::doc::Doc;
use super::expr::Expressions;
use super::names::Names;
use super::shape::Shape;

/// Collects functions while it lowers rules, in the order of their first use.
pub(super) struct Natives<'a> {
    schema: &'a Schema,
    names: &'a Names,
    tests: Functions,
    values: Functions,
    keys: Functions,
    calls: Functions,
    regexes: BTreeMap<String, usize>,
}

/// Functions of one signature.
#[derive(Default)]
struct Functions {
    by_key: BTreeMap<String, usize>,
    list: Vec<Function>,
}

struct Function {
    /// What it computes, in its first use.
    title: String,
    /// The first use.
    place: String,
    uses: usize,
    body: TokenStream,
}

impl Functions {
    /// The number of the function with a key, which is created if there is none.
    fn share_or_create(
        &mut self,
        key: String,
        place: &str,
        create: impl FnOnce() -> (String, TokenStream),
    ) -> usize {
        let next = self.list.len();
        let index = *self.by_key.entry(key).or_insert(next);
        if index == next {
            let (title, body) = create();
            self.list.push(Function { title, place: place.to_owned(), uses: 0, body });
        }
        self.list[index].uses += 1;
        index
    }
}

impl Function {
    fn doc(&self) -> Doc {
        let more = match self.uses - 1 {
            0 => String::new(),
            1 => ", and 1 more use".to_owned(),
            more => format!(", and {more} more uses"),
        };
        Doc::new(format!("`{}`: rule {}{more}.", self.title.replace('`', "'"), self.place))
    }

    /// The names of the parameters, with an underscore before those that the body does not use.
    fn parameter(&self, name: &str) -> Ident {
        if mentions(&self.body, name) { format_ident!("{name}") } else { format_ident!("_{name}") }
    }
}

impl<'a> Natives<'a> {
    pub(super) fn new(schema: &'a Schema, names: &'a Names) -> Self {
        Self {
            schema,
            names,
            tests: Functions::default(),
            values: Functions::default(),
            keys: Functions::default(),
            calls: Functions::default(),
            regexes: BTreeMap::new(),
        }
    }

    /// A rule whose tests and values are references to generated functions. `place` names the rule
    /// and its line.
    pub(super) fn lower(&mut self, rule: &Rule, place: &str) -> Rule {
        let branches = rule.branches.iter().map(|branch| self.branch(branch, place)).collect();
        let views = rule.views.iter().map(|view| self.view(view, place)).collect();
        let types: Vec<TypeId> = rule.patterns.iter().map(|pattern| pattern.ty).collect();
        let mut facts_change = false;
        let effects = rule.effects.iter().map(|effect| {
            let lowered = self.effect(effect, &types, facts_change, place);
            facts_change |= match effect {
                Effect::Call { action, .. } | Effect::Perform { action, .. } => {
                    self.schema.action(*action).context
                }
                Effect::Insert { .. } | Effect::Update { .. } | Effect::Retract { .. } => true,
                Effect::Print { .. } | Effect::Log { .. } => false,
            };
            lowered
        });
        let effects = effects.collect();
        Rule { branches, effects, views, ..rule.clone() }
    }

    fn view(&mut self, view: &View, place: &str) -> View {
        let branches = view.branches.iter().map(|branch| self.branch(branch, place)).collect();
        let input = view.input.as_ref().map(|input| {
            let body = match &input.body {
                Body::Tree(exprs) => self.value_body(exprs, place, || format!("of {}", view.form)),
                body => body.clone(),
            };
            AggregateInput { body, ..input.clone() }
        });
        View { branches, input, ..view.clone() }
    }

    fn branch(&mut self, branch: &Branch, place: &str) -> Branch {
        let mut lowered = branch.clone();
        lowered.filter = self.filter(&branch.filter, place);
        for join in lowered.joins.to_mut() {
            join.filter = self.filter(&join.filter, place);
            join.tests = self.test_list(&join.tests, place);
            if join.keys.iter().any(|key| [&key.left, &key.right].map(is_computed).contains(&true)) {
                for key in join.keys.to_mut() {
                    key.left = self.key_part(&key.left, place);
                    key.right = self.key_part(&key.right, place);
                }
            }
        }
        if !branch.derived_tests.is_empty() {
            for place_tests in lowered.derived_tests.to_mut() {
                place_tests.tests = self.test_list(&place_tests.tests, place);
            }
        }
        lowered
    }

    fn filter(&mut self, filter: &Filter, place: &str) -> Filter {
        Filter { fields: filter.fields.clone(), tests: self.test_list(&filter.tests, place) }
    }

    fn test_list(&mut self, tests: &[TestRef], place: &str) -> List<TestRef> {
        let lower = |test: &TestRef| match &test.body {
            Body::Tree(tree) => {
                let body = self.test(tree, &test.canonical, place);
                TestRef { canonical: test.canonical.clone(), body }
            }
            Body::Native { .. } => test.clone(),
        };
        tests.iter().map(lower).collect()
    }

    fn test(&mut self, test: &Test, title: &str, place: &str) -> Body<Test> {
        let Shape { key, constants } = Shape::of_test(test);
        let regexes = &mut self.regexes;
        let function =
            self.tests.share_or_create(key, place, || (title.to_owned(), Condition::new(regexes).code(test)));
        native(function, constants)
    }

    fn key_part(&mut self, part: &Part, place: &str) -> Part {
        let Part::Computed(computed) = part else { return part.clone() };
        let Body::Tree(expr) = &computed.body else { return part.clone() };
        let Shape { key, constants } = Shape::of_list(std::slice::from_ref(expr));
        let function = self.keys.share_or_create(key, place, || {
            let code = Expressions::default().code(expr).outside();
            (computed.form.to_string(), quote!(rt::word_of(#code)))
        });
        Part::Computed(Computed { body: native(function, constants), ..(**computed).clone() }.into())
    }

    fn effect(&mut self, effect: &Effect, types: &[TypeId], facts_change: bool, place: &str) -> Effect {
        let mut values = |arguments: &Arguments| self.value_list(arguments, types, place);
        match effect {
            Effect::Call { action, arguments } | Effect::Perform { action, arguments } => {
                self.call(*action, arguments, types, facts_change, place)
            }
            Effect::Insert { ty, values: list, logical } => {
                Effect::Insert { ty: *ty, values: values(list), logical: *logical }
            }
            Effect::Update { at, fields, values: list } => {
                Effect::Update { at: *at, fields: fields.clone(), values: values(list) }
            }
            Effect::Retract { at } => Effect::Retract { at: *at },
            Effect::Print { values: list } => Effect::Print { values: values(list) },
            Effect::Log { values: list } => Effect::Log { values: values(list) },
        }
    }

    /// A call that reads its arguments from the facts itself, unless the facts may have changed by
    /// then or the action has a context.
    fn call(
        &mut self,
        action: ActionId,
        arguments: &Arguments,
        types: &[TypeId],
        facts_change: bool,
        place: &str,
    ) -> Effect {
        let schema = self.schema;
        let declared = schema.action(action);
        if facts_change || declared.context {
            return Effect::Perform { action, arguments: self.value_list(arguments, types, place) };
        }
        let Body::Tree(exprs) = &arguments.body else {
            return Effect::Call { action, arguments: arguments.clone() };
        };
        let Shape { key, constants } = Shape::of_list(exprs);
        let name = &self.names.actions[action.index()];
        let function = self.calls.share_or_create(format!("{} {key}", action.0), place, || {
            (title(schema, types, &declared.name, exprs), call(declared, name, exprs))
        });
        let body = native(function, constants);
        Effect::Call { action, arguments: Arguments { body, optional: arguments.optional.clone() } }
    }

    fn value_list(&mut self, arguments: &Arguments, types: &[TypeId], place: &str) -> Arguments {
        let Body::Tree(exprs) = &arguments.body else { return arguments.clone() };
        let schema = self.schema;
        let body = self.value_body(exprs, place, || title(schema, types, "", exprs));
        Arguments { body, optional: arguments.optional.clone() }
    }

    fn value_body(&mut self, exprs: &[Expr], place: &str, title: impl FnOnce() -> String) -> Body<Vec<Expr>> {
        let Shape { key, constants } = Shape::of_list(exprs);
        let function = self.values.share_or_create(key, place, || (title(), value_pushes(exprs)));
        native(function, constants)
    }

    /// The tests, value lists and parts of keys, for the private half of the module.
    pub(super) fn functions(&self) -> TokenStream {
        let mut regexes: Vec<(&String, &usize)> = self.regexes.iter().collect();
        regexes.sort_unstable_by_key(|(_, index)| **index);
        let regexes = regexes.into_iter().map(|(pattern, index)| {
            let name = format_ident!("REGEX_{index}");
            quote! { static #name: rt::StaticRegex = rt::StaticRegex::new(|| rt::Regex::new(#pattern)); }
        });
        let tests = self.tests.list.iter().enumerate().map(|(index, function)| {
            let (name, doc, body) = (format_ident!("test_{index}"), function.doc(), &function.body);
            let (facts, constants) = (function.parameter("facts"), function.parameter("constants"));
            quote! {
                #doc
                fn #name(#facts: rt::Tuple<'_>, #constants: &[rt::Const]) -> bool { #body }
            }
        });
        let values = self.values.list.iter().enumerate().map(|(index, function)| {
            let (name, doc, body) = (format_ident!("values_{index}"), function.doc(), &function.body);
            let (facts, constants) = (function.parameter("facts"), function.parameter("constants"));
            let values = function.parameter("values");
            quote! {
                #doc
                fn #name(
                    #facts: rt::Tuple<'_>,
                    #constants: &[rt::Const],
                    #values: &mut ::std::vec::Vec<rt::Value>
                ) {
                    #body
                }
            }
        });
        let keys = self.keys.list.iter().enumerate().map(|(index, function)| {
            let (name, doc, body) = (format_ident!("key_{index}"), function.doc(), &function.body);
            let (facts, constants) = (function.parameter("facts"), function.parameter("constants"));
            quote! {
                #doc
                fn #name(
                    #facts: rt::Tuple<'_>,
                    #constants: &[rt::Const]
                ) -> ::core::option::Option<u64> {
                    #body
                }
            }
        });
        quote! { #(#regexes)* #(#tests)* #(#values)* #(#keys)* }
    }

    /// The calls of actions, for the public half of the module.
    pub(super) fn call_functions(&self) -> TokenStream {
        let host = &self.names.host;
        let calls = self.calls.list.iter().enumerate().map(|(index, function)| {
            let (name, doc, body) = (format_ident!("call_{index}"), function.doc(), &function.body);
            let (facts, constants) = (function.parameter("facts"), function.parameter("constants"));
            quote! {
                #doc
                fn #name<#host: Actions>(
                    #facts: rt::Tuple<'_>,
                    #constants: &[rt::Const],
                    host: &mut #host
                ) -> bool {
                    #body
                }
            }
        });
        quote! { #(#calls)* }
    }

    /// How many tests, value lists, parts of keys and calls there are.
    pub(super) fn counts(&self) -> [usize; 4] {
        [&self.tests, &self.values, &self.keys, &self.calls].map(|functions| functions.list.len())
    }
}

fn is_computed(part: &Part) -> bool {
    matches!(part, Part::Computed(_))
}

fn native<T>(function: usize, constants: Vec<Const>) -> Body<T> {
    Body::Native { function: function as u32, constants: constants.into() }
}

/// `name(argument, …)`, as the first use has it.
fn title(schema: &Schema, types: &[TypeId], name: &str, exprs: &[Expr]) -> String {
    let canonical = Canonical::new(schema, types);
    let exprs: Vec<String> = exprs.iter().map(|expr| canonical.expr(expr)).collect();
    format!("{name}({})", exprs.join(", "))
}

/// Calls an action, unless a required argument has no value.
fn call(action: &Action, name: &Ident, exprs: &[Expr]) -> TokenStream {
    let mut codes = Expressions::default();
    let mut uses_try = false;
    let arguments = exprs.iter().zip(action.parameters.iter()).map(|(expr, parameter)| {
        let code = codes.code(expr);
        uses_try |= !parameter.optional && code.uses_try();
        match (parameter.kind, parameter.optional) {
            (Kind::Text, false) => code.str(),
            (Kind::Text, true) => code.optional_str(),
            (Kind::Fact(_), false) => {
                let handle = code.plain();
                quote!(rt::Handle::from_raw(#handle))
            }
            (Kind::Fact(_), true) => {
                let handle = code.outside();
                quote!(#handle.map(rt::Handle::from_raw))
            }
            (_, false) => code.plain(),
            (_, true) => code.outside(),
        }
    });
    let arguments: Vec<TokenStream> = arguments.collect();
    let call = quote!(Actions::#name(host #(, #arguments)*));
    if uses_try { quote!(rt::done(|| { #call; Some(()) })) } else { quote!(#call; true) }
}

/// Appends values to a list.
fn value_pushes(exprs: &[Expr]) -> TokenStream {
    let mut codes = Expressions::default();
    let pushes = exprs.iter().map(|expr| match expr {
        Expr::Const(Const::Missing) => quote!(values.push(rt::Value::Missing);),
        _ => {
            let code = codes.code(expr).outside();
            quote!(values.push(rt::value_of(#code));)
        }
    });
    let pushes: Vec<TokenStream> = pushes.collect();
    quote!(#(#pushes)*)
}

/// Whether a variable occurs in some code; the last part of a path does not count.
fn mentions(tokens: &TokenStream, name: &str) -> bool {
    let mut in_path = false;
    tokens.clone().into_iter().any(|token| {
        let after_colon = std::mem::replace(
            &mut in_path,
            matches!(&token, TokenTree::Punct(sign) if sign.as_char() == ':'),
        );
        match token {
            TokenTree::Ident(ident) => !after_colon && ident == name,
            TokenTree::Group(group) => mentions(&group.stream(), name),
            TokenTree::Punct(_) | TokenTree::Literal(_) => false,
        }
    })
}

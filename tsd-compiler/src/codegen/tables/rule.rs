//! A rule as a constant.

use tsd_ir::{
    Arguments, Body, Branch, Computed, Effect, Join, KeyPair, Part, Pattern, Rule, Test, TestRef, TypeId,
};

use super::domain::filter;
use super::{Doc, Tables, constant, list};

impl Tables<'_> {
    pub(super) fn rule(&mut self, index: usize, rule: &Rule, place: &str) {
        let Rule { name, salience, no_loop, complexity, patterns, branches, effects, views, derived_values } =
            rule;
        let views = list(views.iter(), |view| self.view(view));
        let derived_values = super::view::derived_values(derived_values);
        let doc = Doc::new(format!("Rule {place}."));
        self.put(format_args!(
            "{doc}\nconst RULE_{index}: Rule = Rule {{\n    \
             name: Borrowed({name:?}), salience: {salience}, no_loop: {no_loop}, complexity: \
             {complexity},\n    patterns: Borrowed(&["
        ));
        for pattern in patterns.iter() {
            self.put(format_args!("\n        {},", self::pattern(pattern)));
        }
        self.put(format_args!("\n    ]),\n    branches: Borrowed(&["));
        branches.iter().for_each(|branch| self.branch(branch));
        self.put(format_args!("\n    ]),\n    effects: Borrowed(&["));
        for effect in effects.iter() {
            self.put(format_args!("\n        {},", self::effect(effect)));
        }
        self.put(format_args!("\n    ]),\n    views: {views}, derived_values: {derived_values},\n}};\n\n"));
    }

    pub(super) fn branch(&mut self, branch: &Branch) {
        let order = list(branch.order.iter(), |position| format!("Position({})", position.0));
        let (ty, filter) = (branch.ty.0, filter(&branch.filter));
        let followed = list(branch.followed.iter(), pattern);
        self.put(format_args!(
            "\n        Branch {{\n            order: {order}, followed: {followed}, ty: \
             TypeId({ty}),\n            \
             filter: {filter},\n            joins: Borrowed(&["
        ));
        let types = branch.types();
        for (index, join) in branch.joins.iter().enumerate() {
            self.join(join, &types[..=index]);
        }
        let end = if branch.joins.is_empty() { "" } else { "\n            " };
        let (derived_values, derived_tests) = (
            super::view::derived_values(&branch.derived_values),
            super::view::derived_tests(&branch.derived_tests),
        );
        self.put(format_args!(
            "{end}]),\n            derived_values: {derived_values}, derived_tests: \
            {derived_tests},\n        }},"
        ));
    }

    fn join(&mut self, join: &Join, left: &[TypeId]) {
        let name = self.join_name(join, left);
        let keys = list(join.keys.iter(), |key| {
            let KeyPair { at, left, right } = key;
            let (left, right) = (part(left), part(right));
            format!("KeyPair {{ at: Position({}), left: {left}, right: {right} }}", at.0)
        });
        let (ty, filter, tests) = (join.ty.0, filter(&join.filter), list(join.tests.iter(), test));
        self.put(format_args!(
            "\n                Join {{\n                    \
             signature: JOIN_{name}, ty: TypeId({ty}), keys: {keys},\n                    \
             filter: {filter},\n                    tests: {tests},\n                }},"
        ));
    }

    /// The number of the constant that holds the join's signature.
    fn join_name(&mut self, join: &Join, left: &[TypeId]) -> usize {
        let next = self.joins.len();
        let index = *self.join_numbers.entry(join.signature).or_insert(next);
        if index == next {
            let what = self.describe(join, left);
            self.joins.push((join.signature, what));
        }
        index
    }

    /// A join in words: `Customer, Order on 0.id == customer_id`.
    fn describe(&self, join: &Join, left: &[TypeId]) -> String {
        let name = |ty: TypeId| match ty {
            TypeId::PARAMETERS => "parameters",
            ty => &*self.schema.ty(ty).name,
        };
        let part_name = |ty: TypeId, part: &Part| match part {
            Part::Field(field) if ty == TypeId::PARAMETERS => format!("p{}", field.0),
            Part::Widened(field) if ty == TypeId::PARAMETERS => format!("(number) p{}", field.0),
            Part::Field(field) => self.schema.ty(ty).field(*field).name.to_string(),
            Part::Widened(field) => format!("(number) {}", self.schema.ty(ty).field(*field).name),
            Part::Fact => "itself".to_owned(),
            Part::Computed(computed) => computed.text(&|_| String::new()),
        };
        let mut text: String = left.iter().map(|ty| format!("{}, ", name(*ty))).collect();
        text += name(join.ty);
        for (index, key) in join.keys.iter().enumerate() {
            let left = match &key.left {
                Part::Computed(_) => key.texts(self.schema, left, join.ty)[0].clone(),
                part => format!("{}.{}", key.at.0, part_name(left[key.at.index()], part)),
            };
            let word = if index == 0 { " on" } else { " and" };
            text += &format!("{word} {left} == {}", part_name(join.ty, &key.right));
        }
        text
    }
}

pub(super) fn pattern(pattern: &Pattern) -> String {
    let reads = list(pattern.reads.iter(), |field| format!("FieldId({})", field.0));
    let (variable, ty) = (&pattern.variable, pattern.ty.0);
    format!("Pattern {{ variable: Borrowed({variable:?}), ty: TypeId({ty}), reads: {reads} }}")
}

fn part(part: &Part) -> String {
    match part {
        Part::Field(field) => format!("Part::Field(FieldId({}))", field.0),
        Part::Widened(field) => format!("Part::Widened(FieldId({}))", field.0),
        Part::Fact => "Part::Fact".to_owned(),
        Part::Computed(computed) => {
            let Computed { form, others, body } = &**computed;
            let others = list(others.iter(), |position| format!("Position({})", position.0));
            let body = self::body(body);
            format!(
                "Part::Computed(Shared::Borrowed(&Computed {{ form: Borrowed({form:?}), others: \
                 {others}, body: {body} }}))"
            )
        }
    }
}

pub(super) fn test(test: &TestRef) -> String {
    let TestRef { canonical, body } = test;
    format!("TestRef {{ canonical: Borrowed({canonical:?}), body: {} }}", self::body::<Test>(body))
}

/// A reference to a generated function. Trees do not occur in lowered rules.
pub(super) fn body<T>(body: &Body<T>) -> String {
    let (function, constants) = match body {
        Body::Native { function, constants } => (*function, &**constants),
        Body::Tree(_) => (u32::MAX, &[][..]),
    };
    let constants = list(constants, constant);
    format!("Body::Native {{ function: {function}, constants: {constants} }}")
}

fn effect(effect: &Effect) -> String {
    match effect {
        Effect::Call { action, arguments } => {
            let arguments = self::arguments(arguments);
            format!("Effect::Call {{ action: ActionId({}), arguments: {arguments} }}", action.0)
        }
        Effect::Perform { action, arguments } => {
            let arguments = self::arguments(arguments);
            format!("Effect::Perform {{ action: ActionId({}), arguments: {arguments} }}", action.0)
        }
        Effect::Insert { ty, values, logical } => {
            let (ty, values) = (ty.0, arguments(values));
            format!("Effect::Insert {{ ty: TypeId({ty}), values: {values}, logical: {logical} }}")
        }
        Effect::Update { at, fields, values } => {
            let fields = list(fields.iter(), |field| format!("FieldId({})", field.0));
            let (at, values) = (at.0, arguments(values));
            format!("Effect::Update {{ at: Position({at}), fields: {fields}, values: {values} }}")
        }
        Effect::Retract { at } => format!("Effect::Retract {{ at: Position({}) }}", at.0),
        Effect::Print { values } => format!("Effect::Print {{ values: {} }}", arguments(values)),
        Effect::Log { values } => format!("Effect::Log {{ values: {} }}", arguments(values)),
    }
}

fn arguments(arguments: &Arguments) -> String {
    let optional = list(arguments.optional.iter(), bool::to_string);
    format!("Arguments {{ body: {}, optional: {optional} }}", body(&arguments.body))
}

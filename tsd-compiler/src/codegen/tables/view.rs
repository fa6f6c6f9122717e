//! Views, derived values and pending tests as constants.

use tsd_ir::{
    AggregateInput, AggregateKind, Bound, DerivedTests, DerivedValue, Parameters, View, ViewArgument,
    ViewParameter,
};

use super::domain::domain;
use super::rule::{body, pattern, test};
use super::{Tables, kind, list};

impl Tables<'_> {
    /// The name of the constant for a view. Rules that number the views that it reads in the same
    /// way share it.
    pub(super) fn view(&mut self, view: &View) -> String {
        let mut text = String::new();
        std::mem::swap(&mut self.out, &mut text);
        self.view_text(view);
        std::mem::swap(&mut self.out, &mut text);
        let next = self.views.len();
        let index = *self.view_numbers.entry(text).or_insert(next);
        if index == next {
            self.views.push(view.form.to_string());
        }
        format!("VIEW_{index}")
    }

    fn view_text(&mut self, view: &View) {
        let View {
            signature,
            form,
            parameters,
            patterns,
            branches,
            aggregate,
            input,
            source,
            derived_values,
        } = view;
        let (parameters, patterns) = (self::parameters(parameters), list(patterns.iter(), pattern));
        self.put(format_args!(
            "View {{\n    signature: signature(\"{signature:?}\"),\n    form: Borrowed({form:?}),\n    \
             parameters: {parameters}, patterns: {patterns},\n    branches: Borrowed(&["
        ));
        branches.iter().for_each(|branch| self.branch(branch));
        let (aggregate, derived_values) = (self::aggregate(*aggregate), self::derived_values(derived_values));
        let input = input.as_ref().map_or("None".to_owned(), |input| format!("Some({})", self::input(input)));
        self.put(format_args!(
            "\n    ]),\n    aggregate: AggregateKind::{aggregate}, input: {input},\n    \
             source: Position({}), derived_values: {derived_values},\n}}",
            source.0
        ));
    }
}

fn parameters(parameters: &Parameters) -> String {
    match parameters {
        Parameters::None => "Parameters::None".to_owned(),
        Parameters::Fact(ty) => format!("Parameters::Fact(TypeId({}))", ty.0),
        Parameters::Values(values) => {
            let value = |value: &ViewParameter| {
                format!("ViewParameter {{ kind: {}, optional: {} }}", kind(value.kind), value.optional)
            };
            format!("Parameters::Values({})", list(values.iter(), value))
        }
    }
}

fn aggregate(aggregate: AggregateKind) -> &'static str {
    match aggregate {
        AggregateKind::Exists => "Exists",
        AggregateKind::Count => "Count",
        AggregateKind::CountDistinct => "CountDistinct",
        AggregateKind::Sum => "Sum",
        AggregateKind::Average => "Average",
        AggregateKind::Least => "Least",
        AggregateKind::Greatest => "Greatest",
    }
}

fn input(input: &AggregateInput) -> String {
    let field = input
        .field
        .map_or("None".to_owned(), |(at, field)| format!("Some((Position({}), FieldId({})))", at.0, field.0));
    format!("AggregateInput {{ kind: {}, body: {}, field: {field} }}", kind(input.kind), body(&input.body))
}

pub(super) fn derived_values(derived_values: &[DerivedValue]) -> String {
    list(derived_values.iter(), |derived_value| match derived_value {
        DerivedValue::Found { view, parameters } => {
            let parameters = list(parameters.iter(), argument);
            format!("DerivedValue::Found {{ view: {view}, parameters: {parameters} }}")
        }
        DerivedValue::Followed { reference, ty, field } => {
            let reference = argument(reference);
            format!(
                "DerivedValue::Followed {{ reference: {reference}, ty: TypeId({}), field: FieldId({}) }}",
                ty.0, field.0
            )
        }
    })
}

fn argument(argument: &ViewArgument) -> String {
    match argument {
        ViewArgument::Field { at, field } => {
            format!("ViewArgument::Field {{ at: Position({}), field: FieldId({}) }}", at.0, field.0)
        }
        ViewArgument::Fact { at } => format!("ViewArgument::Fact {{ at: Position({}) }}", at.0),
        ViewArgument::Derived(derived_value) => format!("ViewArgument::Derived({derived_value})"),
    }
}

pub(super) fn derived_tests(derived_tests: &[DerivedTests]) -> String {
    list(derived_tests.iter(), |place_tests| {
        let DerivedTests { place, derived_values, results, tests, bounds } = place_tests;
        let (derived_values, results) =
            (list(derived_values.iter(), u16::to_string), list(results.iter(), u16::to_string));
        let (place, tests) = (place.0, list(tests.iter(), test));
        let bounds = list(bounds.iter(), |Bound { test, derived_value, kind, values }| {
            let values = domain(values);
            let kind = self::kind(*kind);
            format!(
                "Bound {{ test: {test}, derived_value: {derived_value}, kind: {kind}, values: {values} }}"
            )
        });
        format!(
            "DerivedTests {{ place: Position({place}), derived_values: {derived_values}, results: \
             {results}, tests: {tests}, bounds: {bounds} }}"
        )
    })
}

//! Views, figures and watches as constants.

use tsd_ir::{Bound, Figure, Gather, Leaf, Measure, Parameters, View, ViewParameter, Watch};

use super::domain::domain;
use super::rule::{body, pattern, test};
use super::{Tables, kind, list};

impl Tables<'_> {
    /// The name of the constant that holds a view. Rules that number the views behind it alike share it.
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
        let View { signature, form, parameters, patterns, branches, gather, measure, source, figures } = view;
        let (parameters, patterns) = (self::parameters(parameters), list(patterns.iter(), pattern));
        self.put(format_args!(
            "View {{\n    signature: signature(\"{signature:?}\"),\n    form: Borrowed({form:?}),\n    \
             parameters: {parameters}, patterns: {patterns},\n    branches: Borrowed(&["
        ));
        branches.iter().for_each(|branch| self.branch(branch));
        let (gather, figures) = (self::gather(*gather), self::figures(figures));
        let measure =
            measure.as_ref().map_or("None".to_owned(), |measure| format!("Some({})", self::measure(measure)));
        self.put(format_args!(
            "\n    ]),\n    gather: Gather::{gather}, measure: {measure},\n    \
             source: Position({}), figures: {figures},\n}}",
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

fn gather(gather: Gather) -> &'static str {
    match gather {
        Gather::Exists => "Exists",
        Gather::Count => "Count",
        Gather::Sum => "Sum",
        Gather::Average => "Average",
        Gather::Least => "Least",
        Gather::Greatest => "Greatest",
    }
}

fn measure(measure: &Measure) -> String {
    let field = measure
        .field
        .map_or("None".to_owned(), |(at, field)| format!("Some((Position({}), FieldId({})))", at.0, field.0));
    format!("Measure {{ kind: {}, body: {}, field: {field} }}", kind(measure.kind), body(&measure.body))
}

pub(super) fn figures(figures: &[Figure]) -> String {
    list(figures.iter(), |figure| match figure {
        Figure::Found { view, parameters } => {
            let parameters = list(parameters.iter(), leaf);
            format!("Figure::Found {{ view: {view}, parameters: {parameters} }}")
        }
        Figure::Followed { reference, ty, field } => {
            let reference = leaf(reference);
            format!(
                "Figure::Followed {{ reference: {reference}, ty: TypeId({}), field: FieldId({}) }}",
                ty.0, field.0
            )
        }
    })
}

fn leaf(leaf: &Leaf) -> String {
    match leaf {
        Leaf::Field { at, field } => {
            format!("Leaf::Field {{ at: Position({}), field: FieldId({}) }}", at.0, field.0)
        }
        Leaf::Fact { at } => format!("Leaf::Fact {{ at: Position({}) }}", at.0),
        Leaf::Figure(figure) => format!("Leaf::Figure({figure})"),
    }
}

pub(super) fn watches(watches: &[Watch]) -> String {
    list(watches.iter(), |watch| {
        let Watch { place, figures, shown, tests, bounds } = watch;
        let (figures, shown) = (list(figures.iter(), u16::to_string), list(shown.iter(), u16::to_string));
        let (place, tests) = (place.0, list(tests.iter(), test));
        let bounds = list(bounds.iter(), |Bound { test, figure, kind, values }| {
            let values = domain(values);
            let kind = self::kind(*kind);
            format!("Bound {{ test: {test}, figure: {figure}, kind: {kind}, values: {values} }}")
        });
        format!(
            "Watch {{ place: Position({place}), figures: {figures}, shown: {shown}, tests: {tests}, bounds: {bounds} }}"
        )
    })
}

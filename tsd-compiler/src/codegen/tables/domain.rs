//! Filters as constants.

use tsd_ir::{Domain, Filter};

use super::{constant, list};

pub(super) fn filter(filter: &Filter) -> String {
    let fields = list(filter.fields.iter(), |(field, domain)| {
        format!("(FieldId({}), {})", field.0, self::domain(domain))
    });
    let tests = list(filter.tests.iter(), super::rule::test);
    format!("Filter {{ fields: {fields}, tests: {tests} }}")
}

pub(super) fn domain(domain: &Domain) -> String {
    let Domain { missing, from_start, cuts } = domain;
    let cuts =
        list(cuts.iter(), |cut| format!("Cut {{ value: {}, after: {} }}", constant(&cut.value), cut.after));
    format!("Domain {{ missing: {missing}, from_start: {from_start}, cuts: {cuts} }}")
}

//! What a view asks, as text.
//!
//! Rules share the views that ask the same. So the text depends neither on names nor on the rule.
//! The parameters are put in order by it, and it is the name of the view afterwards.

use tsd_ir::{AggregateKind, Canonical, Parameters, Schema};

use crate::hir::View;

/// What a view asks, as text: `SUM{0.total of Order for a Customer where (== 0.id 1.customer)}`.
pub(super) fn form(schema: &Schema, view: &View, condition: &str) -> String {
    let View { parameters, patterns, aggregate, input, source, .. } = view;
    let types = view.types();
    let first = usize::from(*parameters != Parameters::None);
    let of: Vec<&str> = patterns[first..].iter().map(|pattern| schema.ty(pattern.ty).name.as_ref()).collect();
    let of = if of.len() > 1 { format!("{} each {}", of.join(" and "), source.0) } else { of.join("") };
    let distinct = if *aggregate == AggregateKind::CountDistinct { "distinct " } else { "" };
    let input =
        input.as_ref().map(|input| format!("{distinct}{} of ", Canonical::new(schema, &types).expr(input)));
    let parameters = match patterns.first() {
        Some(pattern) if first == 1 => format!(" for {}", schema.ty(pattern.ty).name),
        _ => String::new(),
    };
    format!("{}{{{}{of}{parameters} where {condition}}}", aggregate.name(), input.unwrap_or_default())
}

//! What a filter requires, as text for people.

use crate::{Const, Cut, Domain, Filter, Kind, Schema, TypeId};

impl Filter {
    /// What the filter requires of single fields, as `tier is "gold"`.
    pub fn domains(&self, schema: &Schema, ty: TypeId) -> Vec<String> {
        let declared = schema.ty(ty);
        let fields = self.fields.iter().map(|(field, domain)| {
            let field = declared.field(*field);
            format!("{} {}", field.name, self::domain(field.kind, domain))
        });
        fields.collect()
    }
}

/// A set of values: `is "a" or "b"`, `not 5`, `> 10`, `>= 1 and < 5 or 7`, each optionally with
/// `or missing`.
fn domain(kind: Kind, domain: &Domain) -> String {
    let mut text = match domain.points(kind) {
        Some((points, accepted)) if points.is_empty() => (if accepted { "" } else { "present" }).to_owned(),
        Some((points, accepted)) => {
            let points: Vec<String> = points.iter().map(ToString::to_string).collect();
            if accepted {
                format!("is {}", points.join(" or "))
            } else {
                format!("not {}", points.join(" nor "))
            }
        }
        None if kind == Kind::Bool => format!("is {}", !domain.from_start),
        None => stretches(domain),
    };
    if domain.missing {
        text += if text.is_empty() { "missing" } else { " or missing" };
    }
    text
}

/// The intervals of values in a set, as comparisons.
fn stretches(domain: &Domain) -> String {
    let (from, until) = (
        |cut: &Cut| format!("{} {}", if cut.after { ">" } else { ">=" }, cut.value),
        |cut: &Cut| format!("{} {}", if cut.after { "<=" } else { "<" }, cut.value),
    );
    let (below, rest) = domain.cuts.split_at(usize::from(domain.from_start).min(domain.cuts.len()));
    let mut stretches: Vec<String> = below.iter().map(until).collect();
    stretches.extend(rest.chunks(2).map(|pair| match pair {
        [low, high] if single(low, high) => low.value.to_string(),
        [low, high] => format!("{} and {}", from(low), until(high)),
        _ => pair.iter().map(from).collect(),
    }));
    stretches.join(" or ")
}

/// Whether there is just one value between two cuts, that of the first.
fn single(low: &Cut, high: &Cut) -> bool {
    match (&low.value, &high.value) {
        (Const::Int(low), Const::Int(high)) => low.checked_add(1) == Some(*high),
        (one, other) => one == other,
    }
}

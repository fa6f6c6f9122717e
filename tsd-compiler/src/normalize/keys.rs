//! Equalities between the facts of two sides, and the groups of patterns that they connect.
//!
//! Joins find partners by keys, so an equality whose sides read different facts is a key, even if
//! it computes: `m.i == n.i + 1`, `UPPER(a.code) == b.code`, `a.x + b.y == c.z`. It serves a join
//! if one of its sides reads the joined fact alone, and the facts of the other side are already
//! joined. Otherwise it is tested.

use tsd_ir::{Body, Canonical, Comparison, Computed, Expr, Kind, Part, Position, Schema, Test, TypeId};

use super::form::Forms;
use super::sets::widened_field;

/// A part of a fact, or an expression over it and others: the position is that of the fact, or of
/// the first one.
pub type End = (Position, Part);

/// Parts of facts that must be equal; the pattern declared first is `one`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Key {
    /// A pattern and the part of its fact.
    pub one: End,
    /// A later pattern and the part of its fact. No fact is on both sides.
    pub other: End,
}

impl Key {
    /// Both sides, in either order.
    pub(crate) fn ends(&self) -> [(&End, &End); 2] {
        [(&self.one, &self.other), (&self.other, &self.one)]
    }

    /// The patterns of both sides.
    pub(crate) fn positions(&self) -> impl Iterator<Item = Position> {
        positions(&self.one).chain(positions(&self.other))
    }

    /// Whether each side is one fact.
    pub(crate) fn is_of_two(&self) -> bool {
        [&self.one, &self.other].iter().all(|end| positions(end).count() == 1)
    }

    /// Whether it contains an expression.
    pub(crate) fn is_computed(&self) -> bool {
        [&self.one, &self.other].iter().any(|(_, part)| matches!(part, Part::Computed(_)))
    }

    /// Whether all pairs with the key are equal in it. For computed texts, a key contains only the
    /// hash.
    pub(crate) fn is_exact(&self) -> bool {
        let Part::Computed(computed) = &self.one.1 else { return true };
        tree(computed).and_then(Expr::kind) != Some(Kind::Text)
    }

    /// The key with its patterns at other positions.
    pub(crate) fn at_positions(&self, map: &dyn Fn(Position) -> Position) -> Self {
        Self::of(at_positions(&self.one, map), at_positions(&self.other, map))
    }

    pub(super) fn of(one: End, other: End) -> Self {
        if one.0 < other.0 { Self { one, other } } else { Self { one: other, other: one } }
    }

    /// What the key says, as a test.
    pub(crate) fn test(&self, schema: &Schema, types: &[TypeId]) -> Option<Test> {
        let expr = |end: &End| expr(schema, types, end);
        Some(Test::Compare { op: Comparison::Equal, left: expr(&self.one)?, right: expr(&self.other)? })
    }
}

/// The patterns of one side of a key, in the order of their positions in it.
pub(crate) fn positions(end: &End) -> impl Iterator<Item = Position> {
    let others = match &end.1 {
        Part::Computed(computed) => &*computed.others,
        _ => &[],
    };
    std::iter::once(end.0).chain(others.iter().copied())
}

/// One side of a key with its patterns at other positions.
pub(crate) fn at_positions((at, part): &End, map: &dyn Fn(Position) -> Position) -> End {
    let part = match part {
        Part::Computed(computed) if !computed.others.is_empty() => {
            let others = computed.others.iter().map(|other| map(*other)).collect();
            Part::Computed(Computed { others, ..(**computed).clone() }.into())
        }
        part => part.clone(),
    };
    (map(*at), part)
}

/// The expression whose value a part of a key is. In generated modules functions replace it later.
fn tree(computed: &Computed) -> Option<&Expr> {
    match &computed.body {
        Body::Tree(expr) => Some(expr),
        Body::Native { .. } => None,
    }
}

fn expr(schema: &Schema, types: &[TypeId], end: &End) -> Option<Expr> {
    let (at, part) = (end.0, &end.1);
    let ty = types[at.index()];
    Some(match part {
        Part::Field(field) => Expr::Field { at, field: *field, kind: schema.ty(ty).field(*field).kind },
        Part::Widened(field) => {
            let operand = Box::new(Expr::Field { at, field: *field, kind: Kind::Int });
            Expr::Cast { to: Kind::Number, operand }
        }
        Part::Fact => Expr::Fact { at, ty },
        Part::Computed(computed) => {
            let places: Vec<Position> = positions(end).collect();
            tree(computed)?.at_positions(&|own| places[own.index()])
        }
    })
}

/// The join key that a test is, if it is one.
pub(super) fn key(forms: Forms<'_>, test: &Test) -> Option<Key> {
    let Test::Compare { op: Comparison::Equal, left, right } = test else { return None };
    if test.reads_derived_values() {
        return None;
    }
    let (one, other) = (left.positions(), right.positions());
    if one.is_empty() || other.is_empty() || one.iter().any(|at| other.contains(at)) {
        return None;
    }
    match (stored(left), stored(right)) {
        (Some(one), Some(other)) => Some(Key::of(one, other)),
        // A text that may not be interned is compared by its hash, so the other one is, too.
        _ if left.kind() == Some(Kind::Text) => Some(Key::of(computed(forms, left), computed(forms, right))),
        (one, other) => {
            let one = one.unwrap_or_else(|| computed(forms, left));
            Some(Key::of(one, other.unwrap_or_else(|| computed(forms, right))))
        }
    }
}

/// A part of a fact that is not computed.
fn stored(expr: &Expr) -> Option<End> {
    match expr {
        Expr::Field { at, field, .. } => Some((*at, Part::Field(*field))),
        Expr::Fact { at, .. } => Some((*at, Part::Fact)),
        Expr::Cast { to: Kind::Number, .. } => {
            widened_field(expr).map(|(at, field)| (at, Part::Widened(field)))
        }
        _ => None,
    }
}

/// What an expression computes from the facts that it reads, in the order in which it names them.
fn computed(forms: Forms<'_>, expr: &Expr) -> End {
    let mut places: Vec<Position> = Vec::new();
    expr.walk(&mut |part| match part {
        Expr::Field { at, .. } | Expr::Fact { at, .. } if !places.contains(at) => places.push(*at),
        _ => {}
    });
    let own =
        |at: Position| places.iter().position(|place| *place == at).map_or(at, |own| Position(own as u16));
    let expr = expr.at_positions(&own);
    let types: Vec<TypeId> = places.iter().map(|at| forms.types[at.index()]).collect();
    let form = Canonical::new(forms.schema, &types).expr(&expr).into();
    let others = places[1..].to_vec().into();
    (places[0], Part::Computed(Computed { form, others, body: Body::Tree(expr) }.into()))
}

/// Whether no two facts of a type are equal in these parts.
pub(crate) fn is_unique<'p>(
    schema: &Schema,
    ty: TypeId,
    parts: impl Iterator<Item = &'p Part> + Clone,
) -> bool {
    let key = &schema.ty(ty).key;
    let has = |wanted| {
        let mut fields = parts.clone().filter_map(|part| match part {
            Part::Field(field) | Part::Widened(field) => Some(field),
            Part::Fact | Part::Computed(_) => None,
        });
        fields.any(|field| field == wanted)
    };
    parts.clone().any(|part| *part == Part::Fact) || !key.is_empty() && key.iter().all(has)
}

/// Removes keys that compute in vain: where stored parts already find the only possible fact on a
/// side, more parts find no more. Then rules with further parts share their join with rules without
/// them.
pub(super) fn take_idle(forms: Forms<'_>, keys: &mut Vec<Key>) -> Vec<Key> {
    if !keys.iter().any(Key::is_computed) {
        return Vec::new();
    }
    let (computed, stored): (Vec<Key>, Vec<Key>) = keys.drain(..).partition(Key::is_computed);
    let (idle, wanted) = computed.into_iter().partition(|key| {
        let [one, other] = [&key.one, &key.other].map(|end| positions(end).collect::<Vec<_>>());
        are_found(forms, &stored, &one, &other)
    });
    *keys = wanted;
    keys.extend(stored);
    idle
}

/// Whether keys determine at most one fact of a pattern for a fact on the other side.
pub(super) fn are_found(forms: Forms<'_>, keys: &[Key], one: &[Position], other: &[Position]) -> bool {
    let is_found = |wanted: Position, by: Position| {
        let ends = keys.iter().flat_map(Key::ends);
        let parts = ends.filter(|(own, other)| own.0 == wanted && other.0 == by).map(|(own, _)| &own.1);
        is_unique(forms.schema, forms.types[wanted.index()], parts)
    };
    one.iter().any(|one| other.iter().any(|other| is_found(*one, *other) || is_found(*other, *one)))
}

/// Patterns that are connected, directly or through others.
#[derive(Clone, Debug)]
pub(crate) struct Groups {
    /// For each pattern the first of its group.
    first: Vec<usize>,
}

impl Groups {
    /// Every pattern by itself.
    pub(crate) fn new(count: usize) -> Self {
        Self { first: (0..count).collect() }
    }

    /// Ties two patterns together.
    pub(crate) fn join(&mut self, one: usize, other: usize) {
        let (keep, replace) = {
            let (one, other) = (self.first[one], self.first[other]);
            (one.min(other), one.max(other))
        };
        self.first.iter_mut().filter(|first| **first == replace).for_each(|first| *first = keep);
    }

    /// Ties the patterns of a key together.
    pub(crate) fn join_all(&mut self, key: &Key) {
        let one = key.one.0.index();
        key.positions().for_each(|other| self.join(one, other.index()));
    }

    /// Whether a key connects only patterns that are connected already.
    pub(crate) fn has_all(&self, key: &Key) -> bool {
        key.positions().all(|other| self.same(key.one.0.index(), other.index()))
    }

    /// Whether two patterns are in one group.
    pub(crate) fn same(&self, one: usize, other: usize) -> bool {
        self.first[one] == self.first[other]
    }

    /// The patterns that are the first of a group, ascending.
    pub(crate) fn firsts(&self) -> Vec<usize> {
        (0..self.first.len()).filter(|index| self.first[*index] == *index).collect()
    }
}

//! The cost of a join order.
//!
//! The estimate assumes that the engine stores what it joins. A join stores the tuples on its left
//! and the facts on its right, each of them probes the other side once, and every pair with equal
//! keys is visited. So joining a pattern to the patterns before it costs
//!
//! ```text
//! 2 × (rows on the left + facts on the right) + pairs with equal keys
//! ```
//! and a chain costs the sum of its joins. The numbers of rows are estimated:
//!
//! - a type has as many facts as the profile or `@rows` says, or 1,000;
//! - of these the share passes that the filters let through, where each factor comes from the
//!   profile or from the table in [`selectivity`](super::selectivity);
//! - of all combinations of the facts of two patterns a share has equal keys, which comes from the
//!   profile or the table; if the keys are the primary key of one of them, at most one of its facts
//!   matches each of the other;
//! - tests on several facts let through what the table says, as soon as all their facts are joined.
//!
//! The estimate of a set of patterns does not depend on the order in which they were joined, so the
//! best order of a set can be found once and used for every larger set.
//!
//! A shape is planned for all its rules together, and its nodes contain what any of these rules
//! lets through. Filters are assumed to be independent: of two rules that each let through a half,
//! one or both accept three cases of four. Rules with the same filters count once.

use std::cell::RefCell;
use std::cmp::Ordering;
use std::collections::{BTreeMap, HashMap};
use std::hash::{BuildHasherDefault, Hasher};

use tsd_ir::{Part, Schema, TypeId};

use super::observed::Observed;
use super::selectivity;
use super::shape::{Mask, Shape, end_mask};
use crate::normalize::{Key, is_unique};

/// What one branch, or several with the same filters, require of the patterns of a shape.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Member {
    /// For each pattern, which filter it has, and the share of its facts that passes.
    pub(super) filters: Vec<(usize, f64)>,
    /// The patterns that other tests read, and the share of combinations that passes.
    pub(super) tests: Vec<(Mask, f64)>,
}

impl Member {
    /// The share of the combinations of some patterns that passes.
    pub(super) fn share(&self, set: Mask) -> f64 {
        let filters = members(set).map(|pattern| self.filters[pattern].1);
        let tests = self.tests.iter().filter(|(tied, _)| tied & !set == 0).map(|(_, share)| *share);
        filters.chain(tests).product()
    }

    /// Distinguishes and orders members.
    pub(super) fn key(&self) -> Vec<u64> {
        let filters = self.filters.iter().map(|(filter, _)| *filter as u64);
        filters
            .chain(
                self.tests
                    .iter()
                    .flat_map(|(tied, share)| [*tied as u64, (*tied >> 64) as u64, share.to_bits()]),
            )
            .collect()
    }

    /// A number that identifies what members require of some patterns, given in the order of a
    /// chain.
    pub(super) fn identity(&self, order: &[usize]) -> u64 {
        let set = order.iter().fold(0, |set: Mask, pattern| set | 1 << pattern);
        let filters = order.iter().map(|pattern| self.filters[*pattern].0 as u64);
        let tests = self.tests.iter().filter(|(tied, _)| tied & !set == 0);
        let tests = tests.flat_map(|(tied, share)| [*tied as u64, (*tied >> 64) as u64, share.to_bits()]);
        // FNV-1a, on words; a collision of members would only make an estimate slightly worse.
        let step = |hash: u64, word: u64| (hash ^ word).wrapping_mul(0x0000_0100_0000_01b3);
        filters.chain(tests).fold(0xcbf2_9ce4_8422_2325, step)
    }
}

/// The patterns of a set, ascending.
pub(super) fn members(mut set: Mask) -> impl Iterator<Item = usize> {
    std::iter::from_fn(move || {
        let least = (set != 0).then(|| set.trailing_zeros() as usize);
        set &= set.wrapping_sub(1);
        least
    })
}

/// Values by sets of patterns.
pub(super) type BySet<T> = HashMap<Mask, T, BuildHasherDefault<SetHasher>>;

/// Hashes sets of patterns. A large module has thousands of them, and a search looks up each many
/// times.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct SetHasher(u64);

impl Hasher for SetHasher {
    fn write(&mut self, bytes: &[u8]) {
        bytes.iter().for_each(|byte| self.write_u128(Mask::from(*byte)));
    }

    fn write_u128(&mut self, set: Mask) {
        let folded = self.0 ^ set as u64 ^ ((set >> 64) as u64).rotate_left(32);
        let product = u128::from(folded ^ 0x9E37_79B9_7F4A_7C15) * 0xBF58_476D_1CE4_E5B9;
        self.0 = product as u64 ^ (product >> 64) as u64;
    }

    fn finish(&self) -> u64 {
        self.0
    }
}

/// The estimates for one shape.
#[derive(Debug)]
pub(super) struct Model {
    /// How many facts each pattern's type has.
    rows: Vec<f64>,
    /// The selectivity of the keys between two patterns, from the profile or the table; 1 without
    /// keys.
    selectivity: Vec<Vec<f64>>,
    /// Whether all of these are by the table.
    guessed: bool,
    /// The share of the pairs of two patterns with equal keys: the selectivity, bounded by primary
    /// keys.
    keys: Vec<Vec<f64>>,
    /// The patterns on either side of each key that reads more than two.
    wide: Vec<[Mask; 2]>,
    /// For each pattern those that keys connect with it.
    pub(super) tied: Vec<Mask>,
    pub(super) members: Vec<Member>,
    /// The sets of patterns that tests read, where keys leave patterns unconnected.
    ties: Vec<Mask>,
    /// By set of patterns.
    memo: RefCell<BySet<Estimate>>,
}

/// How many rows there are of the joined facts of some patterns.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Estimate {
    /// With equal keys.
    pub(super) all: f64,
    /// The share of them that any member lets through.
    pub(super) share: f64,
}

/// The inputs of one join.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Stage {
    /// The tuples so far.
    pub(super) left: Estimate,
    /// The facts that are joined to them.
    pub(super) right: Estimate,
    /// The share of all pairs of both that has equal keys.
    pub(super) keys: f64,
    /// Whether nothing connects the one with the others, neither a key nor a test.
    pub(super) cross: bool,
}

impl Stage {
    /// What the join costs.
    pub(super) fn cost(&self) -> f64 {
        cost(self.left.all * self.left.share, self.right.all * self.right.share, self.keys)
    }
}

/// The cost of joining `left` tuples and `right` facts.
pub(super) fn cost(left: f64, right: f64, keys: f64) -> f64 {
    2.0 * (left + right) + left * right * keys
}

/// The criterion for orders; the least is the best.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Price {
    /// How many joins have neither key nor test.
    pub(super) crosses: u32,
    pub(super) cost: f64,
}

impl Price {
    pub(super) const NEVER: Self = Self { crosses: u32::MAX, cost: f64::INFINITY };

    pub(super) fn plus(self, cross: bool, cost: f64) -> Self {
        Self { crosses: self.crosses.saturating_add(u32::from(cross)), cost: self.cost + cost }
    }

    pub(super) fn and(self, other: Self) -> Self {
        Self { crosses: self.crosses.saturating_add(other.crosses), cost: self.cost + other.cost }
    }

    pub(super) fn compare(&self, other: &Self) -> Ordering {
        self.crosses.cmp(&other.crosses).then_with(|| self.cost.total_cmp(&other.cost))
    }
}

impl Model {
    pub(super) fn new(schema: &Schema, shape: &Shape, members: Vec<Member>, observed: &Observed) -> Self {
        let count = shape.types.len();
        let rows: Vec<f64> = shape.types.iter().map(|ty| observed.rows(schema, *ty)).collect();
        let mut selectivity = vec![vec![1.0; count]; count];
        let mut keys = selectivity.clone();
        let mut guessed = true;
        let mut pairs: BTreeMap<(usize, usize), Vec<(Part, Part)>> = BTreeMap::new();
        let (of_two, wide): (Vec<&Key>, Vec<&Key>) = shape.keys.iter().partition(|key| key.is_of_two());
        for key in of_two {
            let (one, other) = (key.one.0.index(), key.other.0.index());
            pairs.entry((one, other)).or_default().push((key.one.1.clone(), key.other.1.clone()));
        }
        for ((one, other), parts) in &pairs {
            let types = (shape.types[*one], shape.types[*other]);
            let seen = observed.join(schema, types, parts);
            guessed &= seen.is_none();
            let by_table = || selectivity::of_pair(schema, types, parts);
            let guess = seen.unwrap_or_else(by_table);
            let share = match seen {
                Some(share) => share,
                None => bounded(schema, types, (rows[*one], rows[*other]), parts, guess),
            };
            for (one, other) in [(*one, *other), (*other, *one)] {
                selectivity[one][other] = guess;
                keys[one][other] = share;
            }
        }
        let tied = (0..count).map(|pattern| shape.tied_to(pattern)).collect();
        let ties = shape.ties.clone();
        let wide = wide.into_iter().map(|key| [end_mask(&key.one), end_mask(&key.other)]).collect();
        Self { rows, selectivity, guessed, keys, wide, tied, members, ties, memo: RefCell::default() }
    }

    /// How many patterns there are.
    pub(super) fn count(&self) -> usize {
        self.rows.len()
    }

    /// The selectivity of joining a pattern to a set of patterns; 1 without keys.
    pub(super) fn selectivity(&self, set: Mask, joined: usize) -> f64 {
        let selectivity = members(set).map(|pattern| self.selectivity[pattern][joined]);
        let selectivity = selectivity.product::<f64>() * self.wide_keys(set, joined);
        if self.guessed { selectivity::clamped(selectivity) } else { selectivity }
    }

    /// The rows of a set of patterns.
    pub(super) fn estimate(&self, set: Mask) -> Estimate {
        if let Some(known) = self.memo.borrow().get(&set) {
            return *known;
        }
        let mut all = 1.0;
        for pattern in members(set) {
            let before = members(set & ((1 << pattern) - 1));
            all *= self.rows[pattern] * before.map(|other| self.keys[pattern][other]).product::<f64>();
        }
        all *= self.of_wide(|[one, other]| (one | other) & !set == 0);
        let missed = match self.members.as_slice() {
            [only] => 1.0 - only.share(set),
            several => {
                let patterns: Vec<usize> = members(set).collect();
                // Members with the same requirements on these patterns count once.
                let shares = several.iter().map(|member| (member.identity(&patterns), member.share(set)));
                let shares: BTreeMap<u64, f64> = shares.collect();
                shares.values().map(|share| 1.0 - share).product::<f64>()
            }
        };
        let estimate = Estimate { all, share: 1.0 - missed };
        self.memo.borrow_mut().insert(set, estimate);
        estimate
    }

    /// The inputs of joining a pattern to a set of patterns.
    pub(super) fn stage(&self, set: Mask, joined: usize) -> Stage {
        let keys = members(set).map(|pattern| self.keys[pattern][joined]).product::<f64>();
        let keys = keys * self.wide_keys(set, joined);
        let cross = self.crosses(set, joined);
        Stage { left: self.estimate(set), right: self.estimate(1 << joined), keys, cross }
    }

    /// The share of the pairs of a set of patterns and one more with equal keys, for keys over more
    /// than two patterns.
    fn wide_keys(&self, set: Mask, joined: usize) -> f64 {
        let alone = 1 << joined;
        self.of_wide(|[one, other]| one == alone && other & !set == 0 || other == alone && one & !set == 0)
    }

    /// The selectivity of some of the keys of more than two.
    fn of_wide(&self, is_counted: impl Fn([Mask; 2]) -> bool) -> f64 {
        self.wide.iter().filter(|sides| is_counted(**sides)).map(|_| selectivity::OF_KEY).product()
    }

    /// Whether neither a key nor a test connects a pattern with a set of patterns.
    pub(super) fn crosses(&self, set: Mask, joined: usize) -> bool {
        self.tied[joined] & set == 0 && !self.tests_tie(set, joined)
    }

    /// Whether a test is complete as soon as a pattern joins a set.
    fn tests_tie(&self, set: Mask, joined: usize) -> bool {
        let with = set | 1 << joined;
        self.ties.iter().any(|tie| tie & 1 << joined != 0 && tie & !with == 0)
    }

    /// The rows of a set of patterns that one member lets through.
    pub(super) fn rows_for(&self, member: &Member, set: Mask) -> f64 {
        self.estimate(set).all * member.share(set)
    }

    /// The cost of an order, or the beginning of one, for one member alone.
    pub(super) fn cost_for(&self, member: &Member, order: &[usize]) -> f64 {
        let mut set: Mask = 0;
        let mut sum = 0.0;
        for pattern in order {
            if set != 0 {
                let right = self.rows_for(member, 1 << pattern);
                sum += cost(self.rows_for(member, set), right, self.stage(set, *pattern).keys);
            }
            set |= 1 << pattern;
        }
        sum
    }

    /// The cost of a whole order.
    pub(super) fn price(&self, order: &[usize]) -> Price {
        let mut set: Mask = 0;
        let mut price = Price::default();
        for pattern in order {
            if set != 0 {
                let stage = self.stage(set, *pattern);
                price = price.plus(stage.cross, stage.cost());
            }
            set |= 1 << pattern;
        }
        price
    }
}

/// The share of pairs of two facts, bounded by a primary key: if the keys are the primary key of
/// one type, a fact of the other has at most one partner.
fn bounded(
    schema: &Schema,
    types: (TypeId, TypeId),
    rows: (f64, f64),
    keys: &[(Part, Part)],
    mut share: f64,
) -> f64 {
    let (own, others): (Vec<&Part>, Vec<&Part>) = keys.iter().map(|(own, other)| (own, other)).unzip();
    for (ty, rows, parts) in [(types.0, rows.0, own), (types.1, rows.1, others)] {
        if is_unique(schema, ty, parts.into_iter()) {
            share = share.min(1.0 / rows.max(1.0));
        }
    }
    share
}

//! Orders for all rules of a module at once.
//!
//! The best order for one rule depends on the others: an existing join costs a further rule only
//! the rows that it adds. So every shape first gets the order that is cheapest when the cost of its
//! first join is divided among the rules with that join. Then, in turn, each shape is removed from
//! the network and inserted again where it adds least to the total cost: along joins that others
//! keep as long as that pays, and from there in the cheapest order. This is repeated until nothing
//! changes. It ends, because every move makes the whole network cheaper.
//!
//! Shapes are visited in a canonical order, so neither the order of the rules nor any name in them
//! matters.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use tsd_ir::{KeyPair, Schema, Signature, TypeId};

use super::chain::Graph;
use super::cost::{self, Member, Model, Price, Stage};
use super::observed::Observed;
use super::search::{Search, as_set};
use super::selectivity;
use super::shape::{Mask, Shape, at_places, keys_to, mask};
use crate::join_order::JoinOrder;
use crate::normalize::{Conjunction, Groups};

/// How often each shape is reconsidered at most.
const ROUNDS: usize = 4;

/// How many beginnings of chains are tried for one shape.
const TRIED: usize = 4096;

/// A branch to be planned.
#[derive(Clone, Copy, Debug)]
pub(super) struct Unit<'a> {
    pub(super) conjunction: &'a Conjunction,
    /// Which patterns some condition of the whole rule connects, for the branches of a rule.
    pub(super) tied: Option<&'a Groups>,
    pub(super) strategy: JoinOrder,
}

/// A branch, by its index in the list of all, and for each pattern of its shape the one of the
/// branch.
type Placed = (usize, Vec<usize>);

/// The branches of one shape that are planned in one way.
#[derive(Debug)]
pub(super) struct Group {
    pub(super) shape: Shape,
    pub(super) model: Model,
    pub(super) strategy: JoinOrder,
    pub(super) branches: Vec<Placed>,
    /// The requirements of each branch.
    pub(super) requirements: Vec<Member>,
}

/// The order that was chosen for a group, and the greedy one.
#[derive(Clone, Debug)]
pub(super) struct Choice {
    pub(super) order: Vec<usize>,
    pub(super) greedy: Vec<usize>,
}

/// The number of a join, which identifies it during the search: hashing what each joins would take
/// longer than all the rest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
struct JoinId(usize);

/// The identity of a join: its left input, the type on its right, and the keys.
type Form = (Result<JoinId, TypeId>, TypeId, Vec<KeyPair>);

/// A join node that some shapes may use.
#[derive(Debug)]
struct Node {
    signature: Option<Signature>,
    /// What passes on either side, by the filter: how many shapes and which share.
    sides: [BTreeMap<u64, (u32, f64)>; 2],
    users: u32,
    /// Whether the join exists whatever this module does.
    known: bool,
}

impl Node {
    /// The shares of either side that pass, with or without further ones.
    fn shares(&self, further: Option<&[Vec<(u64, f64)>; 2]>) -> [f64; 2] {
        [0, 1].map(|side| {
            let kept = self.sides[side].values().map(|(_, share)| share);
            let further = further.map_or(&[][..], |sides| &sides[side]).iter();
            let further =
                further.filter(|(id, _)| !self.sides[side].contains_key(id)).map(|(_, share)| share);
            1.0 - kept.chain(further).map(|share| 1.0 - share).product::<f64>()
        })
    }
}

/// The joins of a module for the shapes that have an order so far.
struct Nodes<'a> {
    schema: &'a Schema,
    numbers: HashMap<Form, JoinId>,
    joins: Vec<Node>,
    /// Whether a join exists whatever this module does; none does if absent.
    known: Option<&'a dyn Fn(&Signature) -> bool>,
}

impl<'a> Nodes<'a> {
    fn new(schema: &'a Schema, known: Option<&'a dyn Fn(&Signature) -> bool>) -> Self {
        Self { schema, numbers: HashMap::new(), joins: Vec::new(), known }
    }

    /// The join of a pattern with others that were joined in this order, the last of them by the
    /// join `left`.
    fn join(&mut self, shape: &Shape, left: Option<JoinId>, order: &[usize], joined: usize) -> JoinId {
        let right = shape.types[joined];
        let form: Form = (left.ok_or(shape.types[order[0]]), right, keys_to(&shape.keys, order, joined));
        if let Some(number) = self.numbers.get(&form) {
            return *number;
        }
        let signature = self.known.is_some().then(|| {
            let left = left.and_then(|left| self.joins[left.0].signature);
            let left = left.unwrap_or_else(|| Signature::of_type(self.schema, shape.types[order[0]]));
            let types: Vec<TypeId> = order.iter().map(|pattern| shape.types[*pattern]).collect();
            Signature::of_join(self.schema, left, &types, right, &form.2)
        });
        let known = signature.zip(self.known).is_some_and(|(signature, known)| known(&signature));
        let number = JoinId(self.joins.len());
        self.joins.push(Node { signature, sides: Default::default(), users: 0, known });
        self.numbers.insert(form, number);
        number
    }

    /// The joins of an order.
    fn chain(&mut self, shape: &Shape, order: &[usize]) -> Vec<JoinId> {
        let mut chain: Vec<JoinId> = Vec::with_capacity(order.len());
        for at in 1..order.len() {
            chain.push(self.join(shape, chain.last().copied(), &order[..at], order[at]));
        }
        chain
    }

    /// Lets a group have the joins of an order.
    fn add(&mut self, group: &Group, order: &[usize]) {
        for (index, join) in self.chain(&group.shape, order).into_iter().enumerate() {
            let node = &mut self.joins[join.0];
            node.users += 1;
            for (side, shares) in passing(&group.model, order, index + 1).into_iter().enumerate() {
                for (id, share) in shares {
                    node.sides[side].entry(id).or_insert((0, share)).0 += 1;
                }
            }
        }
    }

    fn remove(&mut self, group: &Group, order: &[usize]) {
        for (index, join) in self.chain(&group.shape, order).into_iter().enumerate() {
            let node = &mut self.joins[join.0];
            node.users -= 1;
            for (side, shares) in passing(&group.model, order, index + 1).into_iter().enumerate() {
                for (id, _) in shares {
                    if let Some((users, _)) = node.sides[side].get_mut(&id) {
                        *users -= 1;
                        if *users == 0 {
                            node.sides[side].remove(&id);
                        }
                    }
                }
            }
        }
    }

    fn is_there(&self, join: JoinId) -> bool {
        let node = &self.joins[join.0];
        node.known || node.users > 0
    }

    /// How much the network's cost grows when a group gets the join that ends an order.
    fn added_cost(&self, join: JoinId, group: &Group, order: &[usize], stage: &Stage) -> f64 {
        let node = &self.joins[join.0];
        if node.known {
            return 0.0;
        }
        if node.users == 0 {
            return stage.cost();
        }
        let further = passing(&group.model, order, order.len() - 1);
        let cost =
            |[left, right]: [f64; 2]| cost::cost(stage.left.all * left, stage.right.all * right, stage.keys);
        (cost(node.shares(Some(&further))) - cost(node.shares(None))).max(0.0)
    }

    /// How much the network's cost grows when a group gets an order.
    fn added_price(&mut self, group: &Group, order: &[usize]) -> Price {
        let mut price = Price::default();
        for (index, join) in self.chain(&group.shape, order).into_iter().enumerate() {
            let stage = group.model.stage(as_set(&order[..=index]), order[index + 1]);
            price = price.plus(stage.cross, self.added_cost(join, group, &order[..index + 2], &stage));
        }
        price
    }

    /// The order with which a group adds least to the cost of the network, and how much it adds.
    fn best(&mut self, group: &Group, search: &Search<'_>) -> (Price, Vec<usize>) {
        let mut best: Option<(Price, Vec<usize>)> = None;
        let mut open: Vec<(Price, Option<JoinId>, Vec<usize>)> = Vec::new();
        let mut seen: BTreeSet<(Mask, JoinId)> = BTreeSet::new();
        for [one, other] in search.beginnings() {
            open.push((Price::default(), None, vec![one, other]));
        }
        open.reverse();
        while let Some((before, left, order)) = open.pop() {
            let (joined, prefix) = (order[order.len() - 1], &order[..order.len() - 1]);
            let join = self.join(&group.shape, left, prefix, joined);
            let is_there = self.is_there(join);
            // After the first join, only paths along existing joins differ from the cheapest
            // completion.
            if (left.is_some() && !is_there) || !seen.insert((as_set(&order), join)) {
                continue;
            }
            let stage = group.model.stage(as_set(prefix), joined);
            let price = before.plus(stage.cross, self.added_cost(join, group, &order, &stage));
            let whole = price.and(search.rest(as_set(&order)));
            if best.as_ref().is_none_or(|(least, _)| whole.compare(least).is_lt()) {
                best = Some((whole, order.clone()));
            }
            if is_there && seen.len() < TRIED {
                for next in search.candidates(as_set(&order)).into_iter().rev() {
                    let mut longer = order.clone();
                    longer.push(next);
                    open.push((price, Some(join), longer));
                }
            }
        }
        let (price, order) = best.unwrap_or_default();
        (price, search.complete(order))
    }
}

/// What the members of a group let through on either side of the join at `at` of an order: the
/// identity of the filters, and the share.
fn passing(model: &Model, order: &[usize], at: usize) -> [Vec<(u64, f64)>; 2] {
    [&order[..at], &order[at..=at]].map(|patterns| {
        let set = as_set(patterns);
        let shares = model.members.iter().map(|member| (member.identity(patterns), member.share(set)));
        shares.collect::<BTreeMap<_, _>>().into_iter().collect()
    })
}

/// The branches by shape and strategy.
pub(super) fn groups(schema: &Schema, units: &[Unit<'_>], observed: &Observed) -> Vec<Group> {
    let filters = Filters::new(schema, units, observed);
    let mut by_shape: BTreeMap<(JoinOrder, Shape), Vec<Placed>> = BTreeMap::new();
    for (index, unit) in units.iter().enumerate() {
        let (shape, order) = match unit.strategy {
            JoinOrder::Declared => Shape::as_declared(unit.conjunction),
            JoinOrder::Greedy | JoinOrder::Optimal => Shape::of(schema, unit.conjunction),
        };
        by_shape.entry((unit.strategy, shape)).or_default().push((index, order));
    }
    let groups = by_shape.into_iter().map(|((strategy, shape), branches)| {
        let requirements: Vec<Member> =
            (branches.iter()).map(|(index, order)| filters.member(*index, &units[*index], order)).collect();
        let members: BTreeMap<Vec<u64>, Member> =
            requirements.iter().map(|member| (member.key(), member.clone())).collect();
        let model = Model::new(schema, &shape, members.into_values().collect(), observed);
        Group { shape, model, strategy, branches, requirements }
    });
    groups.collect()
}

/// The orders for the groups' shapes. `known` says which joins exist whatever the groups do.
pub(super) fn choices(
    schema: &Schema,
    groups: &[Group],
    searches: &[Search<'_>],
    known: Option<&dyn Fn(&Signature) -> bool>,
) -> Vec<Choice> {
    let mut nodes = Nodes::new(schema, known);
    let shares = pair_shares(&mut nodes, groups, searches);
    let shared = |group: usize, one: usize, other: usize| {
        shares[group].get(&(one.min(other), one.max(other))).copied().unwrap_or(0)
    };
    let greedy: Vec<Vec<usize>> = (searches.iter().enumerate())
        .map(|(group, search)| search.greedy(&|one, other| shared(group, one, other)))
        .collect();
    let mut orders: Vec<Vec<usize>> = Vec::with_capacity(groups.len());
    for (index, (group, search)) in groups.iter().zip(searches).enumerate() {
        let order = match group.strategy {
            JoinOrder::Declared => (0..group.model.count()).collect(),
            JoinOrder::Greedy => greedy[index].clone(),
            JoinOrder::Optimal => search.cheapest(&|one, other| {
                group.model.stage(1 << one, other).cost() / shared(index, one, other).max(1) as f64
            }),
        };
        nodes.add(group, &order);
        orders.push(order);
    }
    for _ in 0..ROUNDS {
        let mut changed = false;
        for (index, (group, search)) in groups.iter().zip(searches).enumerate() {
            if group.strategy != JoinOrder::Optimal || group.model.count() < 3 {
                continue;
            }
            nodes.remove(group, &orders[index]);
            let least = nodes.added_price(group, &orders[index]);
            // A tiny improvement is not worth a move, least of all when it is a rounding error.
            let is_less =
                |price: &Price| Price { cost: price.cost * (1.0 + 1e-9), ..*price }.compare(&least).is_lt();
            let greedy = (nodes.added_price(group, &greedy[index]), greedy[index].clone());
            let best = nodes.best(group, search);
            let best = if greedy.0.compare(&best.0).is_lt() { greedy } else { best };
            if is_less(&best.0) {
                orders[index] = best.1;
                changed = true;
            }
            nodes.add(group, &orders[index]);
        }
        if !changed {
            break;
        }
    }
    orders.into_iter().zip(greedy).map(|(order, greedy)| Choice { order, greedy }).collect()
}

/// For each group, how many branches of the module have the join of two of its patterns.
fn pair_shares(
    nodes: &mut Nodes<'_>,
    groups: &[Group],
    searches: &[Search<'_>],
) -> Vec<BTreeMap<(usize, usize), usize>> {
    let mut counts: BTreeMap<JoinId, usize> = BTreeMap::new();
    let mut joins: Vec<Vec<((usize, usize), JoinId)>> = Vec::with_capacity(groups.len());
    for (group, search) in groups.iter().zip(searches) {
        let keyed = |pair: &[usize; 2]| group.model.tied[pair[0]] & 1 << pair[1] != 0;
        let pairs = search.beginnings().into_iter().filter(keyed).map(|[one, other]| {
            ((one.min(other), one.max(other)), nodes.join(&group.shape, None, &[one], other))
        });
        let pairs: Vec<_> = pairs.collect();
        let different: BTreeSet<JoinId> = pairs.iter().map(|(_, join)| *join).collect();
        different.into_iter().for_each(|join| *counts.entry(join).or_default() += group.branches.len());
        joins.push(pairs);
    }
    let counted = |pairs: Vec<((usize, usize), JoinId)>| {
        pairs.into_iter().map(|(pair, join)| (pair, counts[&join])).collect()
    };
    joins.into_iter().map(counted).collect()
}

/// The filters of all branches, numbered by what they say.
struct Filters {
    /// For each branch, for each pattern.
    of: Vec<Vec<(usize, f64)>>,
}

impl Filters {
    fn new(schema: &Schema, units: &[Unit<'_>], observed: &Observed) -> Self {
        let texts: Vec<Vec<String>> = units
            .iter()
            .map(|unit| {
                unit.conjunction
                    .filters
                    .iter()
                    .zip(&unit.conjunction.types)
                    .map(|(filter, ty)| {
                        let tests: Vec<_> = filter
                            .tests
                            .iter()
                            .map(|test| test.at_positions(&|_| tsd_ir::Position(0)))
                            .collect();
                        format!("{ty:?} {:?} {tests:?}", filter.fields)
                    })
                    .collect()
            })
            .collect();
        let mut numbers: BTreeMap<&str, usize> =
            texts.iter().flatten().map(|text| (text.as_str(), 0)).collect();
        numbers.values_mut().enumerate().for_each(|(number, value)| *value = number);
        let of = units.iter().zip(&texts).map(|(unit, texts)| {
            let graph = Graph { schema, conjunction: unit.conjunction };
            let filters = unit.conjunction.filters.iter().zip(&unit.conjunction.types).zip(texts).enumerate();
            let numbered = filters.map(|(pattern, ((filter, ty), text))| {
                let share = observed.filter(schema, *ty, filter, || graph.filter(pattern));
                (numbers[text.as_str()], share)
            });
            numbered.collect()
        });
        Self { of: of.collect() }
    }

    /// The requirements of a branch, with its patterns in the order of its shape.
    fn member(&self, index: usize, unit: &Unit<'_>, order: &[usize]) -> Member {
        let mut place = vec![0; order.len()];
        order.iter().enumerate().for_each(|(at, pattern)| place[*pattern] = at);
        let tests = unit.conjunction.tests.iter();
        let mut tests: Vec<(Mask, f64)> = tests
            .map(|(positions, test)| (at_places(mask(positions), &place), selectivity::of_test(test)))
            .collect();
        tests.sort_by(|one, other| one.0.cmp(&other.0).then_with(|| one.1.total_cmp(&other.1)));
        Member { filters: order.iter().map(|pattern| self.of[index][*pattern]).collect(), tests }
    }
}

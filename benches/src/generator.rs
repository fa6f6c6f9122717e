//! The generated workloads: customers, orders and line items from splitmix64, in two orders of
//! arrival.
//!
//! Everything here is a pure function of the workload's name and size, so that any program in any
//! language can have the same facts. Record `i` of a table (counted from 0) has the id
//! [`sparse_id`]`(i)`. Ids are sparse and unsorted, so that no program profits from dense ones.

mod rules;
pub mod seeds;

pub use rules::{Action, Applicant, RuleParameters, granted, parameters, program};

/// The tiers of customers, in the order in which the generator numbers them.
pub const TIERS: [&str; 4] = ["bronze", "silver", "gold", "platinum"];

/// The seed of the orders workload (also of negation and aggregation, which run over the same
/// facts).
pub const ORDERS_SEED: u64 = 42;
/// The seed of the chain workload.
pub const CHAIN_SEED: u64 = 43;
/// The seed of the updates.
pub const UPDATES_SEED: u64 = 44;
/// The seed of the shuffle: the orders seed plus 1,000, so that no workload's draws are repeated.
pub const SHUFFLE_SEED: u64 = ORDERS_SEED + 1_000;

/// The splitmix64 generator.
#[derive(Clone, Debug)]
pub struct SplitMix64 {
    state: u64,
}

impl SplitMix64 {
    /// A generator whose state is `seed`.
    pub fn new(seed: u64) -> Self {
        Self { state: seed }
    }

    /// The next 64 bits.
    pub fn next_u64(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        Self::mix(self.state)
    }

    /// A number below `bound`, which must not exceed 2^32.
    pub fn below(&mut self, bound: u64) -> u64 {
        ((self.next_u64() >> 32) * bound) >> 32
    }

    /// The output function of splitmix64, a good mixer of 64 bits in its own right.
    pub fn mix(mut z: u64) -> u64 {
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }
}

/// The id of record `number` of a table: `number * 2654435761 mod 2^32`.
///
/// The factor is odd, so the ids of the first 2^32 records are distinct.
pub fn sparse_id(number: u64) -> i64 {
    (number.wrapping_mul(2_654_435_761) & 0xFFFF_FFFF) as i64
}

/// A customer.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Customer {
    /// The sparse id.
    pub id: i64,
    /// One of [`TIERS`].
    pub tier: &'static str,
    /// The year of signing up, 2000 to 2024.
    pub signup: i64,
}

/// An order of a customer.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Order {
    /// The sparse id.
    pub id: i64,
    /// The sparse id of the customer.
    pub customer: i64,
    /// The value, a whole number below 10,000.
    pub value: f64,
    /// The status, 0 to 2.
    pub status: i64,
}

/// A line item of an order.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Item {
    /// The sparse id.
    pub id: i64,
    /// The sparse id of the order.
    pub order: i64,
    /// The quantity, below 100.
    pub quantity: i64,
}

/// A fact of any of the three types, for programs that take one fact after another.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Fact {
    /// A customer.
    Customer(Customer),
    /// An order.
    Order(Order),
    /// A line item.
    Item(Item),
}

/// The order in which facts arrive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Arrival {
    /// All customers, then all orders, then all items.
    Tables,
    /// All facts in one random sequence.
    Shuffled,
}

/// The facts of a workload.
#[derive(Clone, Debug, Default)]
pub struct Workload {
    /// The customers, record after record.
    pub customers: Vec<Customer>,
    /// The orders, record after record.
    pub orders: Vec<Order>,
    /// The line items, record after record; only the chain workload has any.
    pub items: Vec<Item>,
}

impl Workload {
    /// The orders workload with `facts` facts: half customers, half orders.
    pub fn orders(facts: usize) -> Self {
        let mut random = SplitMix64::new(ORDERS_SEED);
        let half = facts / 2;
        let customers = draw_customers(&mut random, half);
        let orders = draw_orders(&mut random, half, half);
        Self { customers, orders, items: Vec::new() }
    }

    /// The chain workload with `facts` facts: a fifth customers, two fifths orders, two fifths line
    /// items.
    pub fn chain(facts: usize) -> Self {
        let mut random = SplitMix64::new(CHAIN_SEED);
        let (one, two) = (facts / 5, 2 * facts / 5);
        let customers = draw_customers(&mut random, one);
        let orders = draw_orders(&mut random, two, one);
        let items = draw_items(&mut random, two, two);
        Self { customers, orders, items }
    }

    /// The number of facts.
    pub fn len(&self) -> usize {
        self.customers.len() + self.orders.len() + self.items.len()
    }

    /// Whether there are no facts.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// All facts as one sequence.
    ///
    /// The shuffle is Fisher-Yates from the end: for `i` from the last index down to 1, the facts
    /// at `i` and at `below(i + 1)` are swapped, drawn from splitmix64 with [`SHUFFLE_SEED`].
    pub fn facts(&self, arrival: Arrival) -> Vec<Fact> {
        let mut facts = Vec::with_capacity(self.len());
        facts.extend(self.customers.iter().copied().map(Fact::Customer));
        facts.extend(self.orders.iter().copied().map(Fact::Order));
        facts.extend(self.items.iter().copied().map(Fact::Item));
        if arrival == Arrival::Shuffled {
            let mut random = SplitMix64::new(SHUFFLE_SEED);
            for last in (1..facts.len()).rev() {
                facts.swap(last, random.below(last as u64 + 1) as usize);
            }
        }
        facts
    }
}

/// A new value for an order.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Update {
    /// The record number of the order, from which a program finds its handle (the id is
    /// [`sparse_id`] of it).
    pub order: usize,
    /// The new value.
    pub value: f64,
}

/// `count` updates, each of one of `orders` orders; the benchmark uses 100,000 updates of 50,000
/// orders.
pub fn updates(orders: usize, count: usize) -> Vec<Update> {
    let mut random = SplitMix64::new(UPDATES_SEED);
    let mut draw =
        || Update { order: random.below(orders as u64) as usize, value: random.below(10_000) as f64 };
    (0..count).map(|_| draw()).collect()
}

fn draw_customers(random: &mut SplitMix64, count: usize) -> Vec<Customer> {
    let mut draw = |number| Customer {
        id: sparse_id(number),
        tier: TIERS[random.below(4) as usize],
        signup: 2000 + random.below(25) as i64,
    };
    (0..count as u64).map(&mut draw).collect()
}

fn draw_orders(random: &mut SplitMix64, count: usize, customers: usize) -> Vec<Order> {
    let mut draw = |number| Order {
        id: sparse_id(number),
        customer: sparse_id(random.below(customers as u64)),
        value: random.below(10_000) as f64,
        status: random.below(3) as i64,
    };
    (0..count as u64).map(&mut draw).collect()
}

fn draw_items(random: &mut SplitMix64, count: usize, orders: usize) -> Vec<Item> {
    let mut draw = |number| Item {
        id: sparse_id(number),
        order: sparse_id(random.below(orders as u64)),
        quantity: random.below(100) as i64,
    };
    (0..count as u64).map(&mut draw).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn splitmix64_gives_the_published_sequence() {
        // The first outputs for the seed 1234567, as printed by the reference implementation.
        let mut random = SplitMix64::new(1_234_567);
        let first = [random.next_u64(), random.next_u64(), random.next_u64()];
        assert_eq!(first, [6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423]);
    }

    #[test]
    fn ids_are_distinct_and_within_32_bits() {
        let mut ids: Vec<i64> = (0..100_000).map(sparse_id).collect();
        assert_eq!(ids[..3], [0, 2_654_435_761, 1_013_904_226]);
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), 100_000);
        assert!(ids.iter().all(|id| (0..1 << 32).contains(id)));
    }

    #[test]
    fn a_shuffle_keeps_the_facts_and_changes_their_order() {
        let workload = Workload::chain(1_000);
        let (tables, shuffled) = (workload.facts(Arrival::Tables), workload.facts(Arrival::Shuffled));
        let sorted = |facts: &[Fact]| {
            let mut lines: Vec<String> = facts.iter().map(|fact| format!("{fact:?}")).collect();
            lines.sort();
            lines
        };
        assert_ne!(tables, shuffled);
        assert_eq!(sorted(&tables), sorted(&shuffled));
    }
}

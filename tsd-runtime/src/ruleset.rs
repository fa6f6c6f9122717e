//! Every fact, tuple and agenda entry carries a set of rules, which must be small and fast to
//! intersect.
//!
//! A fact at an alpha node carries the rules whose filters it passes, and a joined tuple carries
//! the intersection, so one join serves any number of rules. A set takes four bytes. While a tree
//! of the network has at most 32 rules, a set is a bitmap. Beyond that, it is the number of an
//! interned bitmap, and recent results of set operations are cached. (Query bitmaps: SharedDB,
//! Giannikis et al., VLDB 2012; CACQ, Madden et al., SIGMOD 2002.)

use std::sync::{Arc, LazyLock};

use hashbrown::HashTable;

/// A set of rules of one tree. Only the [`RuleSets`] that made it can read it, but anyone can tell
/// whether it is empty.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct RuleSet(u32);

impl RuleSet {
    /// The set without rules.
    pub(crate) const EMPTY: Self = Self(0);

    #[inline]
    pub(crate) fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// A number that can only be computed by reading the set.
    #[inline]
    pub(crate) fn read(self) -> u32 {
        self.0
    }
}

/// The number of a branch of a rule in its tree.
pub(crate) type Bit = u32;

/// A bitmap under construction.
#[derive(Clone, Debug, Default)]
pub(crate) struct Bits(pub(crate) Vec<u64>);

impl Bits {
    fn word(&mut self, bit: Bit) -> &mut u64 {
        let index = bit as usize / 64;
        if self.0.len() <= index {
            self.0.resize(index + 1, 0);
        }
        &mut self.0[index]
    }

    pub(crate) fn set(&mut self, bit: Bit) {
        *self.word(bit) |= 1 << (bit % 64);
    }

    pub(crate) fn flip(&mut self, bit: Bit) {
        *self.word(bit) ^= 1 << (bit % 64);
    }
}

/// The rule sets of one tree of the network in one session.
#[derive(Clone, Debug)]
pub(crate) enum RuleSets {
    /// Up to 32 rules: a set is its bitmap.
    Narrow,
    /// Any number of rules: a set is the number of an interned bitmap.
    Wide(Box<Interned>),
}

/// The sets that the rules of a tree mention, which sessions of a rule base share.
#[derive(Clone, Debug, Default)]
pub(crate) enum SharedSets {
    #[default]
    Narrow,
    Wide(Arc<Bitmaps>),
}

impl SharedSets {
    /// The sets of a new session.
    pub(crate) fn open(&self) -> RuleSets {
        match self {
            Self::Narrow => RuleSets::Narrow,
            Self::Wide(shared) => RuleSets::Wide(Box::new(Interned::behind(Arc::clone(shared)))),
        }
    }
}

/// Interned bitmaps. Number 0 is the empty set.
#[derive(Clone, Debug)]
pub(crate) struct Interned {
    /// The first ones, shared by the sessions of a rule base. They keep their numbers.
    shared: Arc<Bitmaps>,
    /// The session's own, numbered after the shared ones.
    own: Bitmaps,
    meets: Remembered,
    differences: Remembered,
    /// How many own sets were left by the last collection.
    kept: usize,
}

/// Bitmaps by number.
#[derive(Clone, Debug)]
pub(crate) struct Bitmaps {
    /// Without trailing zero words, so that equal sets have equal bitmaps however many rules there
    /// are.
    all: Vec<Box<[u64]>>,
    index: HashTable<u32>,
    hasher: ahash::RandomState,
}

impl Default for Bitmaps {
    fn default() -> Self {
        Self { all: Vec::new(), index: HashTable::new(), hasher: crate::base::hasher() }
    }
}

impl Bitmaps {
    /// The empty set, as number 0.
    fn new() -> Self {
        let mut bitmaps = Self::default();
        bitmaps.push(&[]);
        bitmaps
    }

    fn hash(&self, words: &[u64]) -> u64 {
        self.hasher.hash_one(words)
    }

    fn find(&self, words: &[u64], hash: u64) -> Option<u32> {
        self.index.find(hash, |at| *self.all[*at as usize] == *words).copied()
    }

    fn push(&mut self, words: &[u64]) -> u32 {
        let hash = self.hash(words);
        let at = self.all.len() as u32;
        self.all.push(words.into());
        let (all, hasher) = (&self.all, &self.hasher);
        self.index.insert_unique(hash, at, |at| hasher.hash_one(&*all[*at as usize]));
        at
    }

    fn bytes(&self) -> usize {
        let words: usize = self.all.iter().map(|words| size_of_val(&**words)).sum();
        words + self.all.capacity() * size_of::<Box<[u64]>>() + self.index.allocation_size()
    }
}

/// How many bits a set has that is its own bitmap.
const NARROW: usize = 32;

/// Below this number of sets, collections are not worth their cost.
const FEW: usize = 4096;

impl RuleSets {
    pub(crate) fn new() -> Self {
        Self::Narrow
    }

    /// Whether this many rules fit the present form.
    pub(crate) fn has_room_for(&self, rules: usize) -> bool {
        matches!(self, Self::Wide(_)) || rules <= NARROW
    }

    /// Changes to interned sets. Every existing set must be passed through the returned function.
    pub(crate) fn widen(&mut self) -> impl FnMut(&mut Self, RuleSet) -> RuleSet + use<> {
        *self = Self::Wide(Box::new(Interned::new()));
        |sets, set| sets.intern(&[u64::from(set.0)])
    }

    /// The set of a bitmap.
    pub(crate) fn intern(&mut self, words: &[u64]) -> RuleSet {
        match self {
            Self::Narrow => RuleSet(words.first().map_or(0, |word| *word as u32)),
            Self::Wide(interned) => RuleSet(interned.intern(words)),
        }
    }

    /// The set of one rule.
    pub(crate) fn single(&mut self, bit: Bit) -> RuleSet {
        let mut words = vec![0; bit as usize / 64 + 1];
        words[bit as usize / 64] = 1 << (bit % 64);
        self.intern(&words)
    }

    /// Replaces each set by its intersection with the other one of its pair.
    #[inline]
    pub(crate) fn meet_all<'a>(&mut self, pairs: impl Iterator<Item = (&'a mut RuleSet, RuleSet)>) {
        match self {
            Self::Narrow => pairs.for_each(|(left, right)| left.0 &= right.0),
            Self::Wide(_) => pairs.for_each(|(left, right)| *left = self.meet(*left, right)),
        }
    }

    /// The rules in both sets.
    #[inline]
    pub(crate) fn meet(&mut self, left: RuleSet, right: RuleSet) -> RuleSet {
        match self {
            Self::Narrow => RuleSet(left.0 & right.0),
            Self::Wide(_) if left == right => left,
            Self::Wide(_) if left.is_empty() || right.is_empty() => RuleSet::EMPTY,
            Self::Wide(interned) => RuleSet(interned.meet(left.0, right.0)),
        }
    }

    /// The rules in `left` that are not in `right`.
    #[inline]
    pub(crate) fn difference(&mut self, left: RuleSet, right: RuleSet) -> RuleSet {
        match self {
            Self::Narrow => RuleSet(left.0 & !right.0),
            Self::Wide(_) if left == right => RuleSet::EMPTY,
            Self::Wide(_) if left.is_empty() || right.is_empty() => left,
            Self::Wide(interned) => RuleSet(interned.difference(left.0, right.0)),
        }
    }

    /// The rules in either set.
    #[inline]
    pub(crate) fn union(&mut self, left: RuleSet, right: RuleSet) -> RuleSet {
        match self {
            Self::Narrow => RuleSet(left.0 | right.0),
            Self::Wide(_) if left == right || right.is_empty() => left,
            Self::Wide(_) if left.is_empty() => right,
            Self::Wide(interned) => RuleSet(interned.union(left.0, right.0)),
        }
    }

    /// How many rules are in the set.
    #[inline]
    pub(crate) fn count(&self, set: RuleSet) -> u64 {
        match self {
            Self::Narrow => u64::from(set.0.count_ones()),
            Self::Wide(interned) => {
                interned.words(set.0).iter().map(|word| u64::from(word.count_ones())).sum()
            }
        }
    }

    /// Whether a rule is in the set.
    #[inline]
    pub(crate) fn contains(&self, set: RuleSet, bit: Bit) -> bool {
        match self {
            Self::Narrow => set.0 & (1 << bit) != 0,
            Self::Wide(interned) => {
                let words = interned.words(set.0);
                words.get(bit as usize / 64).is_some_and(|word| word & (1 << (bit % 64)) != 0)
            }
        }
    }

    /// Calls `visit` for the rules in the set, in ascending order of their bits.
    #[inline]
    pub(crate) fn for_each(&self, set: RuleSet, mut visit: impl FnMut(Bit)) {
        let mut word_bits = |index: usize, mut word: u64| {
            while word != 0 {
                visit(index as u32 * 64 + word.trailing_zeros());
                word &= word - 1;
            }
        };
        match self {
            Self::Narrow => word_bits(0, u64::from(set.0)),
            Self::Wide(interned) => {
                interned.words(set.0).iter().enumerate().for_each(|(index, word)| word_bits(index, *word));
            }
        }
    }

    /// Whether so many sets have been made that most of them are probably unused.
    pub(crate) fn wants_collection(&self) -> bool {
        matches!(self, Self::Wide(interned) if interned.own.all.len() > 2 * interned.kept + FEW)
    }

    /// Starts over, except for the shared sets, which keep their numbers. Every other set in use
    /// must be passed through the returned function; the rest is dropped.
    pub(crate) fn collect(&mut self) -> impl FnMut(&mut Self, RuleSet) -> RuleSet + use<> {
        let old = match self {
            Self::Narrow => None,
            Self::Wide(interned) => {
                let fresh = Interned::behind(Arc::clone(&interned.shared));
                Some(std::mem::replace(&mut **interned, fresh))
            }
        };
        move |sets, set| match &old {
            Some(old) if !old.is_shared(set.0) => sets.intern(old.words(set.0)),
            _ => set,
        }
    }

    /// Ends a collection: the remaining sets are those in use.
    pub(crate) fn collected(&mut self) {
        if let Self::Wide(interned) = self {
            interned.kept = interned.own.all.len();
        }
    }

    /// The sets for a rule base. They keep their numbers.
    pub(crate) fn share(self) -> SharedSets {
        match self {
            Self::Narrow => SharedSets::Narrow,
            Self::Wide(interned) => {
                let mut all = (*interned.shared).clone();
                for words in &interned.own.all {
                    all.push(words);
                }
                SharedSets::Wide(Arc::new(all))
            }
        }
    }

    /// The bytes allocated, without those of shared sets.
    pub(crate) fn bytes(&self) -> usize {
        let Self::Wide(interned) = self else { return 0 };
        interned.own.bytes()
            + (interned.meets.0.len() + interned.differences.0.len()) * size_of::<Operation>()
    }
}

impl Interned {
    /// Only the empty set.
    fn new() -> Self {
        static NOTHING: LazyLock<Arc<Bitmaps>> = LazyLock::new(|| Arc::new(Bitmaps::new()));
        Self::behind(Arc::clone(&NOTHING))
    }

    /// Only the shared sets.
    fn behind(shared: Arc<Bitmaps>) -> Self {
        Self {
            shared,
            own: Bitmaps::default(),
            meets: Remembered::default(),
            differences: Remembered::default(),
            kept: 0,
        }
    }

    #[inline]
    fn is_shared(&self, set: u32) -> bool {
        (set as usize) < self.shared.all.len()
    }

    #[inline]
    fn words(&self, set: u32) -> &[u64] {
        let set = set as usize;
        match self.shared.all.get(set) {
            Some(words) => words,
            None => &self.own.all[set - self.shared.all.len()],
        }
    }

    fn intern(&mut self, words: &[u64]) -> u32 {
        let used = words.iter().rposition(|word| *word != 0).map_or(0, |last| last + 1);
        let words = &words[..used];
        if words.is_empty() {
            return 0;
        }
        let hash = self.own.hash(words);
        if let Some(found) = self.shared.find(words, hash) {
            return found;
        }
        let at = self.own.find(words, hash).unwrap_or_else(|| self.own.push(words));
        self.shared.all.len() as u32 + at
    }

    fn union(&mut self, left: u32, right: u32) -> u32 {
        let words = combine(self.words(left), self.words(right), |left, right| left | right);
        self.intern(&words)
    }

    fn meet(&mut self, left: u32, right: u32) -> u32 {
        let (left, right) = (left.min(right), left.max(right));
        self.meets.get(left, right).unwrap_or_else(|| {
            let words = combine(self.words(left), self.words(right), |left, right| left & right);
            let result = self.intern(&words);
            self.meets.put(Operation { left, right, result }, self.own.all.len())
        })
    }

    fn difference(&mut self, left: u32, right: u32) -> u32 {
        self.differences.get(left, right).unwrap_or_else(|| {
            let words = combine(self.words(left), self.words(right), |left, right| left & !right);
            let result = self.intern(&words);
            self.differences.put(Operation { left, right, result }, self.own.all.len())
        })
    }
}

/// How many results of one kind of operation are cached at most.
const REMEMBERED: usize = 4096;

/// How many results are cached for each set.
const FOR_EACH_SET: usize = 4;

/// How many results are cached at first.
const AT_FIRST: usize = 64;

/// A direct-mapped cache of recent results of one kind of operation. Its size is a power of two, or
/// 0 at first.
#[derive(Clone, Debug, Default)]
struct Remembered(Vec<Operation>);

/// An operation on two sets, and its result. Operations with the empty set are never looked up.
#[derive(Clone, Copy, Debug, Default)]
struct Operation {
    left: u32,
    right: u32,
    result: u32,
}

impl Remembered {
    #[inline]
    fn place(&self, left: u32, right: u32) -> usize {
        let mixed = (u64::from(left) << 32 | u64::from(right)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        (mixed >> 32) as usize & self.0.len().wrapping_sub(1)
    }

    #[inline]
    fn get(&self, left: u32, right: u32) -> Option<u32> {
        let known = self.0.get(self.place(left, right))?;
        (known.left == left && known.right == right).then_some(known.result)
    }

    /// Caches a result; `sets` is the number of own sets.
    fn put(&mut self, operation: Operation, sets: usize) -> u32 {
        let wanted = (sets * FOR_EACH_SET).max(AT_FIRST);
        if self.0.len() < REMEMBERED && self.0.len() < wanted {
            let room = wanted.next_power_of_two().min(REMEMBERED);
            self.0 = vec![Operation::default(); room];
        }
        let place = self.place(operation.left, operation.right);
        self.0[place] = operation;
        operation.result
    }
}

fn combine(left: &[u64], right: &[u64], op: impl Fn(u64, u64) -> u64) -> Vec<u64> {
    let word = |words: &[u64], index: usize| words.get(index).copied().unwrap_or(0);
    (0..left.len().max(right.len())).map(|index| op(word(left, index), word(right, index))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    fn made(sets: &mut RuleSets, bits: &BTreeSet<u32>) -> RuleSet {
        bits.iter().fold(RuleSet::EMPTY, |set, bit| {
            let single = sets.single(*bit);
            sets.union(set, single)
        })
    }

    fn bits(sets: &RuleSets, set: RuleSet) -> BTreeSet<u32> {
        let mut bits = BTreeSet::new();
        sets.for_each(set, |bit| {
            bits.insert(bit);
        });
        bits
    }

    type Bits = BTreeSet<u32>;

    proptest! {
        #[test]
        fn sets_are_sets(
            left in proptest::collection::btree_set(0..32_u32, 0..12),
            right in proptest::collection::btree_set(0..32_u32, 0..12),
            far in proptest::collection::btree_set(0..300_u32, 0..12),
        ) {
            let mut sets = RuleSets::new();
            let (narrow_left, narrow_right) = (made(&mut sets, &left), made(&mut sets, &right));
            let check = |sets: &mut RuleSets, a: RuleSet, b: RuleSet, left: &Bits, right: &Bits| {
                let (meet, difference, union) = (sets.meet(a, b), sets.difference(a, b), sets.union(a, b));
                assert_eq!(bits(sets, meet), left & right);
                assert_eq!(bits(sets, difference), left - right);
                assert_eq!(bits(sets, union), left | right);
                assert_eq!(meet.is_empty(), (left & right).is_empty());
                assert!((0..32).all(|bit| sets.contains(a, bit) == left.contains(&bit)));
            };
            check(&mut sets, narrow_left, narrow_right, &left, &right);
            let mut move_over = sets.widen();
            let (a, b) = (move_over(&mut sets, narrow_left), move_over(&mut sets, narrow_right));
            check(&mut sets, a, b, &left, &right);
            let c = made(&mut sets, &far);
            check(&mut sets, a, c, &left, &far);
            let mut keep = sets.collect();
            let (a, c) = (keep(&mut sets, a), keep(&mut sets, c));
            sets.collected();
            check(&mut sets, a, c, &left, &far);
        }
    }
}

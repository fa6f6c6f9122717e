//! The slots of a store are reused, so a reference must tell a fact from its predecessors.
//!
//! After a fact is removed its slot is reused with the next generation. Until the first removal,
//! slot `n` holds the fact with insertion number `n + 1` in the first generation, so nothing is
//! stored.

use tsd_ir::FactRef;

#[derive(Clone, Debug)]
pub(crate) struct Slots {
    /// How many slots there are.
    count: u32,
    /// A mark for each slot, after the first removal.
    marks: Vec<Mark>,
    free: Vec<u32>,
    live: usize,
    next_number: u64,
}

/// The state of a slot in one word: the fact's insertion number, counted from 1 in its type, the
/// slot's generation, and whether a fact is there.
#[derive(Clone, Copy, Debug)]
struct Mark(u64);

impl Mark {
    const LIVE: u64 = 1;
    const NUMBER_SHIFT: u32 = 21;
    /// Numbers of 43 bits: a million insertions a second for a hundred days. After that, the last
    /// number is used for all.
    const LAST_NUMBER: u64 = u64::MAX >> Self::NUMBER_SHIFT;

    fn live(generation: u32, number: u64) -> Self {
        Self(number.min(Self::LAST_NUMBER) << Self::NUMBER_SHIFT | u64::from(generation) << 1 | Self::LIVE)
    }

    fn free(generation: u32) -> Self {
        Self(u64::from(generation) << 1)
    }

    fn is_live(self) -> bool {
        self.0 & Self::LIVE != 0
    }

    fn generation(self) -> u32 {
        (self.0 >> 1) as u32 & FactRef::LAST_GENERATION
    }

    fn number(self) -> u64 {
        self.0 >> Self::NUMBER_SHIFT
    }
}

impl Slots {
    pub(crate) fn new() -> Self {
        Self { count: 0, marks: Vec::new(), free: Vec::new(), live: 0, next_number: 1 }
    }

    /// How many slots there are, in use or not.
    pub(crate) fn len(&self) -> usize {
        self.count as usize
    }

    /// The number of facts.
    pub(crate) fn live_count(&self) -> usize {
        self.live
    }

    /// The slot of the next fact. It is new if it equals [`len`](Self::len).
    #[inline]
    pub(crate) fn next(&self) -> u32 {
        self.free.last().copied().unwrap_or(self.count)
    }

    /// Takes the [next](Self::next) slot.
    #[inline]
    pub(crate) fn take(&mut self) {
        let number = self.next_number;
        self.next_number += 1;
        self.live += 1;
        if let Some(slot) = self.free.pop() {
            let mark = &mut self.marks[slot as usize];
            *mark = Mark::live(mark.generation(), number);
            return;
        }
        self.count += 1;
        if !self.marks.is_empty() {
            self.marks.push(Mark::live(0, number));
        }
    }

    /// Takes `count` new slots.
    pub(crate) fn take_new(&mut self, count: usize) {
        let numbers = self.next_number..self.next_number + count as u64;
        self.next_number = numbers.end;
        self.live += count;
        self.count += count as u32;
        if !self.marks.is_empty() {
            self.marks.extend(numbers.map(|number| Mark::live(0, number)));
        }
    }

    /// Frees a slot.
    pub(crate) fn release(&mut self, slot: u32) {
        if self.marks.is_empty() {
            let first = |slot| Mark::live(0, u64::from(slot) + 1);
            self.marks = (0..self.count).map(first).collect();
        }
        let mark = &mut self.marks[slot as usize];
        let generation = mark.generation() + 1;
        *mark = Mark::free(generation);
        self.live -= 1;
        // A slot whose generations are used up is never used again.
        if generation < FactRef::LAST_GENERATION {
            self.free.push(slot);
        }
    }

    /// The generation of the fact at a slot; `None` when no fact is there.
    #[inline]
    pub(crate) fn generation(&self, slot: u32) -> Option<u32> {
        match self.marks.get(slot as usize) {
            Some(mark) => mark.is_live().then(|| mark.generation()),
            None => (slot < self.count).then_some(0),
        }
    }

    /// The generation of the fact at a slot, or of the next fact there.
    pub(crate) fn next_generation(&self, slot: u32) -> u32 {
        self.marks.get(slot as usize).map_or(0, |mark| mark.generation())
    }

    /// The number of facts ever inserted.
    #[cfg(feature = "metrics")]
    pub(crate) fn inserted(&self) -> u64 {
        self.next_number - 1
    }

    /// The insertion number that the next fact will have.
    pub(crate) fn next_number(&self) -> u64 {
        self.next_number
    }

    /// The insertion number of the fact at a slot.
    #[inline]
    pub(crate) fn number(&self, slot: u32) -> u64 {
        self.marks.get(slot as usize).map_or(u64::from(slot) + 1, |mark| mark.number())
    }

    /// The slots in use, lowest first.
    pub(crate) fn live(&self) -> impl Iterator<Item = u32> + '_ {
        (0..self.count).filter(|slot| self.marks.get(*slot as usize).is_none_or(|mark| mark.is_live()))
    }

    /// The bytes allocated.
    pub(crate) fn bytes(&self) -> usize {
        self.marks.capacity() * size_of::<Mark>() + self.free.capacity() * size_of::<u32>()
    }
}

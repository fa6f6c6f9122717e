//! Lists indexed by the slots of a store should grow with it, not by repeated doubling.

/// The number of slots of a store.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Capacity {
    slots: usize,
    room: usize,
}

impl Capacity {
    /// `slots` slots, with room for `room`.
    #[inline]
    pub(crate) fn new(slots: usize, room: usize) -> Self {
        Self { slots, room }
    }

    /// The capacity for `numbers` numbers that are added one by one.
    #[inline]
    pub(crate) fn of(numbers: usize) -> Self {
        Self { slots: numbers, room: numbers.next_power_of_two() }
    }

    /// Makes room for more elements in a list of some slots. It grows in larger steps than a list
    /// does by itself, but never beyond the number of slots.
    #[inline]
    pub(crate) fn reserve<T>(self, list: &mut Vec<T>, more: usize) {
        if list.len() + more > list.capacity() {
            let step = self.room.saturating_sub(list.len()).min(list.capacity() * 7);
            list.reserve_exact(step.max(more));
        }
    }

    /// Extends a list that is indexed by slot.
    #[inline]
    pub(crate) fn extend<T: Clone>(self, list: &mut Vec<T>, more: usize, value: T) {
        if list.len() + more > list.capacity() {
            list.reserve_exact(self.room.saturating_sub(list.len()).max(more));
        }
        list.resize(list.len() + more, value);
    }

    /// Extends a list that is indexed by slot to all slots.
    #[inline]
    pub(crate) fn grow<T: Clone>(self, list: &mut Vec<T>, value: T) {
        if list.len() < self.slots {
            self.extend(list, self.slots - list.len(), value);
        }
    }
}

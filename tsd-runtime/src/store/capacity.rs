//! How lists grow that are kept by slot, beside the facts of a store.

/// How far the slots of a store go.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Capacity {
    slots: usize,
    room: usize,
}

impl Capacity {
    /// So many slots, of which there is room for so many.
    #[inline]
    pub(crate) fn new(slots: usize, room: usize) -> Self {
        Self { slots, room }
    }

    /// So many numbers of something that grows one by one.
    #[inline]
    pub(crate) fn of(numbers: usize) -> Self {
        Self { slots: numbers, room: numbers.next_power_of_two() }
    }

    /// Makes room for more in a list of some of them: in larger steps than a list takes by itself,
    /// but never for more than all.
    #[inline]
    pub(crate) fn reserve<T>(self, list: &mut Vec<T>, more: usize) {
        if list.len() + more > list.capacity() {
            let step = self.room.saturating_sub(list.len()).min(list.capacity() * 7);
            list.reserve_exact(step.max(more));
        }
    }

    /// Makes a list that is kept by slot long enough for some more.
    #[inline]
    pub(crate) fn extend<T: Clone>(self, list: &mut Vec<T>, more: usize, value: T) {
        if list.len() + more > list.capacity() {
            list.reserve_exact(self.room.saturating_sub(list.len()).max(more));
        }
        list.resize(list.len() + more, value);
    }

    /// Makes a list that is kept by slot long enough.
    #[inline]
    pub(crate) fn grow<T: Clone>(self, list: &mut Vec<T>, value: T) {
        if list.len() < self.slots {
            self.extend(list, self.slots - list.len(), value);
        }
    }
}

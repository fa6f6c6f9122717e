//! Joins and filters compare strings all the time, so every string is stored once and named by a
//! number.
//!
//! Equal strings are equal numbers, and a string field is one word. References are counted, so a
//! string that neither a fact nor a rule uses is removed.

use std::sync::Arc;

use hashbrown::HashTable;

use crate::base::{hash_words, hasher};

/// The number of an interned string.
pub(crate) type Symbol = u32;

/// The strings of a session.
#[derive(Clone, Debug)]
pub(crate) struct Strings {
    /// The first ones, which the rules mention. Sessions of a rule base share them, and they are
    /// never removed.
    shared: Arc<SharedStrings>,
    /// The session's own, numbered after the shared ones.
    entries: Vec<Entry>,
    index: HashTable<u32>,
    free: Vec<u32>,
    hasher: ahash::RandomState,
    /// A direct-mapped cache of short strings that were interned lately.
    recent: [Short; RECENT],
}

/// The strings that rules mention, which sessions of a rule base share.
#[derive(Debug)]
pub(crate) struct SharedStrings {
    texts: Vec<Box<str>>,
    index: HashTable<u32>,
}

impl SharedStrings {
    fn find(&self, text: &str, hash: u64) -> Option<Symbol> {
        self.index.find(hash, |symbol| &*self.texts[*symbol as usize] == text).copied()
    }
}

impl Default for SharedStrings {
    fn default() -> Self {
        Self { texts: Vec::new(), index: HashTable::new() }
    }
}

/// How many short strings are cached.
const RECENT: usize = 64;

/// A string of at most 16 bytes, as numbers. Most fields with few values, such as states and
/// classes, are that short, and comparing numbers is far quicker than comparing strings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Short {
    first: u64,
    last: u64,
    length: u32,
    symbol: Symbol,
}

impl Short {
    /// No string: none has this length.
    const NONE: Self = Self { first: 0, last: 0, length: u32::MAX, symbol: 0 };

    /// A string with a symbol to be filled in; `None` if it is too long.
    #[inline]
    fn new(text: &str) -> Option<Self> {
        let bytes = text.as_bytes();
        let (first, last) = if let (Some(first), Some(last)) = (bytes.first_chunk(), bytes.last_chunk()) {
            (u64::from_le_bytes(*first), u64::from_le_bytes(*last))
        } else if let (Some(first), Some(last)) = (bytes.first_chunk(), bytes.last_chunk()) {
            (u32::from_le_bytes(*first).into(), u32::from_le_bytes(*last).into())
        } else {
            (bytes.iter().fold(0, |word, byte| word << 8 | u64::from(*byte)), 0)
        };
        let length = u32::try_from(bytes.len()).ok().filter(|length| *length <= 16)?;
        Some(Self { first, last, length, symbol: 0 })
    }

    /// Its place in the cache.
    #[inline]
    fn place(&self) -> usize {
        hash_words([self.first ^ self.last.rotate_left(32)]) as usize % RECENT
    }

    #[inline]
    fn is_same(&self, other: &Self) -> bool {
        self.first == other.first && self.last == other.last && self.length == other.length
    }
}

#[derive(Clone, Debug)]
struct Entry {
    text: Box<str>,
    references: u32,
}

impl Default for Strings {
    fn default() -> Self {
        Self::behind(Arc::default())
    }
}

impl Strings {
    /// Only the shared strings.
    pub(crate) fn behind(shared: Arc<SharedStrings>) -> Self {
        Self {
            shared,
            entries: Vec::new(),
            index: HashTable::new(),
            free: Vec::new(),
            hasher: hasher(),
            recent: [Short::NONE; RECENT],
        }
    }

    /// The strings for a rule base. None of them may be shared already.
    pub(crate) fn share(self) -> Arc<SharedStrings> {
        Arc::new(SharedStrings {
            texts: self.entries.into_iter().map(|entry| entry.text).collect(),
            index: self.index,
        })
    }

    /// The place of a symbol among the session's own strings; `None` for a shared one.
    #[inline]
    fn place(&self, symbol: Symbol) -> Option<usize> {
        (symbol as usize).checked_sub(self.shared.texts.len())
    }

    /// The symbol of `text`, with one more reference to it.
    #[inline]
    pub(crate) fn intern(&mut self, text: &str) -> Symbol {
        let Some(short) = Short::new(text) else { return self.intern_any(text) };
        let place = short.place();
        let known = self.recent[place];
        if known.is_same(&short) {
            self.retain(known.symbol);
            return known.symbol;
        }
        let symbol = self.intern_any(text);
        self.recent[place] = Short { symbol, ..short };
        symbol
    }

    fn intern_any(&mut self, text: &str) -> Symbol {
        let hash = self.hasher.hash_one(text);
        if let Some(symbol) = self.shared.find(text, hash) {
            return symbol;
        }
        let (entries, first) = (&mut self.entries, self.shared.texts.len() as Symbol);
        if let Some(at) = self.index.find(hash, |at| &*entries[*at as usize].text == text) {
            entries[*at as usize].references += 1;
            return first + *at;
        }
        let entry = Entry { text: text.into(), references: 1 };
        let at = match self.free.pop() {
            Some(at) => {
                entries[at as usize] = entry;
                at
            }
            None => {
                entries.push(entry);
                (entries.len() - 1) as u32
            }
        };
        let hasher = &self.hasher;
        self.index.insert_unique(hash, at, |at| hasher.hash_one(&*entries[*at as usize].text));
        first + at
    }

    /// The symbol of `text`, if it has one.
    pub(crate) fn find(&self, text: &str) -> Option<Symbol> {
        let hash = self.hasher.hash_one(text);
        self.shared.find(text, hash).or_else(|| {
            let same = |at: &u32| &*self.entries[*at as usize].text == text;
            let at = self.index.find(hash, same)?;
            Some(self.shared.texts.len() as Symbol + at)
        })
    }

    /// Adds a reference to `symbol`.
    #[inline]
    pub(crate) fn retain(&mut self, symbol: Symbol) {
        if let Some(at) = self.place(symbol) {
            self.entries[at].references += 1;
        }
    }

    /// Removes a reference to `symbol`; removes the string with the last one.
    pub(crate) fn release(&mut self, symbol: Symbol) {
        let Some(at) = self.place(symbol) else { return };
        let entry = &mut self.entries[at];
        entry.references -= 1;
        if entry.references > 0 {
            return;
        }
        let text = std::mem::take(&mut entry.text);
        if let Some(short) = Short::new(&text) {
            let known = &mut self.recent[short.place()];
            if known.is_same(&short) {
                *known = Short::NONE;
            }
        }
        let hash = self.hasher.hash_one(&*text);
        if let Ok(found) = self.index.find_entry(hash, |other| *other as usize == at) {
            found.remove();
        }
        self.free.push(at as u32);
    }

    /// The string that `symbol` names.
    #[inline]
    pub(crate) fn text(&self, symbol: Symbol) -> &str {
        match self.place(symbol) {
            Some(at) => &self.entries[at].text,
            None => &self.shared.texts[symbol as usize],
        }
    }

    /// The bytes allocated, strings included.
    pub(crate) fn bytes(&self) -> usize {
        let strings: usize = self.entries.iter().map(|entry| entry.text.len()).sum();
        let entries = self.entries.capacity() * size_of::<Entry>();
        strings + entries + self.index.allocation_size() + self.free.capacity() * size_of::<Symbol>()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings_that_are_shared_keep_their_symbols_and_are_never_forgotten() {
        let mut first = Strings::default();
        let gold = first.intern("gold");
        let mut strings = Strings::behind(first.share());
        assert_eq!((strings.intern("gold"), strings.find("gold")), (gold, Some(gold)));
        let silver = strings.intern("silver");
        strings.release(gold);
        strings.release(gold);
        assert_eq!((strings.text(gold), strings.text(silver)), ("gold", "silver"));
        strings.release(silver);
        assert_eq!((strings.find("silver"), strings.intern("bronze")), (None, silver));
    }

    #[test]
    fn equal_strings_are_one_symbol_until_the_last_reference_goes() {
        let mut strings = Strings::default();
        let gold = strings.intern("gold");
        assert_eq!(strings.intern("gold"), gold);
        let silver = strings.intern("silver");
        assert_ne!(gold, silver);
        strings.release(gold);
        assert_eq!(strings.text(gold), "gold");
        strings.release(gold);
        assert_eq!(strings.intern("bronze"), gold, "the place is used again");
        assert_eq!(strings.text(gold), "bronze");
    }
}

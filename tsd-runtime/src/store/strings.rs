//! The strings of a session, each kept once and named by a number.
//!
//! Joins and filters compare strings all the time. Interned, equal strings are equal numbers, and a fact's string
//! field is one word. References are counted, so a string that no fact and no rule uses any more is forgotten.

use hashbrown::HashTable;

/// The number of an interned string.
pub(crate) type Symbol = u32;

#[derive(Debug)]
pub(crate) struct Strings {
    entries: Vec<Entry>,
    index: HashTable<Symbol>,
    free: Vec<Symbol>,
    hasher: ahash::RandomState,
    /// Short strings that came lately, each in the only place where it can be.
    recent: [Short; RECENT],
}

/// How many short strings are remembered.
const RECENT: usize = 64;

/// A string of at most 16 bytes, as numbers: most fields with few values, such as states and classes, have no longer
/// ones, and to compare numbers is far quicker than to compare strings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Short {
    first: u64,
    last: u64,
    length: u32,
    symbol: Symbol,
}

impl Short {
    /// No string: none is so long.
    const NONE: Self = Self { first: 0, last: 0, length: u32::MAX, symbol: 0 };

    /// A string with a symbol to be filled in; `None` when it is too long.
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

    /// Where it is remembered.
    #[inline]
    fn place(&self) -> usize {
        crate::base::hash_words([self.first ^ self.last.rotate_left(32)]) as usize % RECENT
    }

    #[inline]
    fn is_same(&self, other: &Self) -> bool {
        self.first == other.first && self.last == other.last && self.length == other.length
    }
}

#[derive(Debug)]
struct Entry {
    text: Box<str>,
    references: u32,
}

impl Default for Strings {
    fn default() -> Self {
        Self {
            entries: Vec::new(),
            index: HashTable::new(),
            free: Vec::new(),
            hasher: crate::base::hasher(),
            recent: [Short::NONE; RECENT],
        }
    }
}

impl Strings {
    /// The symbol of `text`, with one more reference to it.
    #[inline]
    pub(crate) fn intern(&mut self, text: &str) -> Symbol {
        let Some(short) = Short::new(text) else { return self.intern_any(text) };
        let place = short.place();
        let known = self.recent[place];
        if known.is_same(&short) {
            self.entries[known.symbol as usize].references += 1;
            return known.symbol;
        }
        let symbol = self.intern_any(text);
        self.recent[place] = Short { symbol, ..short };
        symbol
    }

    fn intern_any(&mut self, text: &str) -> Symbol {
        let hash = self.hasher.hash_one(text);
        let entries = &mut self.entries;
        if let Some(symbol) = self.index.find(hash, |symbol| &*entries[*symbol as usize].text == text) {
            entries[*symbol as usize].references += 1;
            return *symbol;
        }
        let entry = Entry { text: text.into(), references: 1 };
        let symbol = match self.free.pop() {
            Some(symbol) => {
                entries[symbol as usize] = entry;
                symbol
            }
            None => {
                entries.push(entry);
                (entries.len() - 1) as Symbol
            }
        };
        let hasher = &self.hasher;
        self.index.insert_unique(hash, symbol, |symbol| hasher.hash_one(&*entries[*symbol as usize].text));
        symbol
    }

    /// The symbol of `text`, if it has one.
    pub(crate) fn find(&self, text: &str) -> Option<Symbol> {
        let same = |symbol: &Symbol| &*self.entries[*symbol as usize].text == text;
        self.index.find(self.hasher.hash_one(text), same).copied()
    }

    /// One reference to `symbol` more.
    pub(crate) fn retain(&mut self, symbol: Symbol) {
        self.entries[symbol as usize].references += 1;
    }

    /// One reference to `symbol` less; the last one forgets the string.
    pub(crate) fn release(&mut self, symbol: Symbol) {
        let entry = &mut self.entries[symbol as usize];
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
        if let Ok(found) = self.index.find_entry(hash, |other| *other == symbol) {
            found.remove();
        }
        self.free.push(symbol);
    }

    /// The string that `symbol` names.
    pub(crate) fn text(&self, symbol: Symbol) -> &str {
        &self.entries[symbol as usize].text
    }

    /// The bytes held, strings included.
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

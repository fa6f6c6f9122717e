//! The network reads facts all the time: working memory has them as rows of words, and strings as
//! numbers.

mod capacity;
mod equal_facts;
mod facts;
mod lineage;
mod recency;
mod row;
mod slots;
mod strings;
mod working_memory;

pub(crate) use self::capacity::Capacity;
pub(crate) use self::facts::Store;
pub(crate) use self::row::Unwritten;
#[cfg(feature = "dynamic")]
pub(crate) use self::row::find_word;
pub use self::row::{InvalidValue, RowFitter, RowReader, RowWriter};
pub(crate) use self::strings::{SharedStrings, Strings, Symbol};
pub(crate) use self::working_memory::WorkingMemory;

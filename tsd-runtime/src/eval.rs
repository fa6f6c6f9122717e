//! Tests, values and key parts are computed from tuples, by generated or interpreted code.

mod bindings;
pub(crate) mod interpret;
mod key_word;
mod native;
#[cfg(feature = "regex")]
mod pattern;
mod predicate;
mod tuple;
mod values;

pub(crate) use self::bindings::{Bindings, DerivedWord, DerivedWords};
pub use self::key_word::{ToWord, word_of};
pub(crate) use self::native::Natives;
pub use self::native::{NativeKey, NativeTest, NativeValues};
#[cfg(feature = "regex")]
pub use self::pattern::{Pattern, StaticPattern};
pub(crate) use self::predicate::Predicate;
pub use self::tuple::Tuple;
pub(crate) use self::values::Values;

//! What a name is, and when two of them are the same.
//!
//! `é` can be encoded as one character or as an `e` followed by an accent, and nobody sees the
//! difference. To Rust the two are one identifier, in Unicode's normal form C. So they are one name
//! here too.

use std::borrow::Cow;

use pest::unicode::{XID_CONTINUE, XID_START};
use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfc_quick};

/// Whether a name can begin with the character.
pub fn is_name_start(character: char) -> bool {
    character == '_' || XID_START(character)
}

/// Whether the character can be part of a name.
pub fn is_name_part(character: char) -> bool {
    XID_CONTINUE(character)
}

/// The normal form of a name.
pub fn normal_name(written: &str) -> Cow<'_, str> {
    if written.is_ascii() || is_nfc_quick(written.chars()) == IsNormalized::Yes {
        return Cow::Borrowed(written);
    }
    Cow::Owned(written.nfc().collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_look_the_same_are_the_same() {
        assert_eq!(normal_name("cafe\u{301}"), "caf\u{e9}");
        assert_eq!(normal_name("\u{212a}"), "K");
        assert_eq!(normal_name("größe"), "größe");
    }

    /// What begins or continues a name here must do so in Rust, where names become identifiers.
    #[test]
    fn every_name_is_an_identifier() {
        let is_start = |c| c == '_' || unicode_ident::is_xid_start(c);
        let is_strange = |c: &char| {
            (is_name_start(*c) && !is_start(*c)) || (is_name_part(*c) && !unicode_ident::is_xid_continue(*c))
        };
        let strange: Vec<char> = (char::MIN..=char::MAX).filter(is_strange).collect();
        assert!(strange.is_empty(), "these make names that Rust does not know: {strange:?}");
    }
}

//! Names whose declarations could not be read.
//!
//! A syntax error in a declaration is one error. Uses of the name must not be reported as unknown
//! as well.

use std::collections::BTreeSet;

use super::{is_name_part, normal_name};
use crate::source::{FileId, SourceMap};

/// Every name that the texts seem to declare, by their words alone.
pub(crate) fn unparsed_names(sources: &SourceMap, files: &[FileId]) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for file in files {
        let words = sources.text(*file).split(|character: char| !is_name_part(character));
        let mut declares = false;
        for word in words.filter(|word| !word.is_empty()) {
            if declares {
                names.insert(normal_name(word).into_owned());
            }
            declares = matches!(word, "type" | "action" | "rule");
        }
    }
    names
}

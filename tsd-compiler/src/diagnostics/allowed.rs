//! Which warnings the author has switched off, and where.
//!
//! Some warnings are reported before it is known that they are switched off: the parser warns about
//! a rule before its `@allow(…)` has been checked. So the sink accepts all of them, learns of the
//! annotations later, and leaves out the covered ones at the end. An error is never left out.

use std::collections::{BTreeMap, BTreeSet};

use super::Code;
use crate::source::{FileId, Span};

/// What `@allow` annotations cover.
#[derive(Debug, Default)]
pub(super) struct Allowed {
    everywhere: BTreeSet<Code>,
    files: BTreeSet<(Code, FileId)>,
    /// Where ranges end, by where they begin. Rules do not overlap.
    ranges: BTreeMap<(Code, FileId, u32), u32>,
}

impl Allowed {
    pub(super) fn everywhere(&mut self, code: Code) {
        self.everywhere.insert(code);
    }

    pub(super) fn in_file(&mut self, code: Code, file: FileId) {
        self.files.insert((code, file));
    }

    pub(super) fn within(&mut self, code: Code, span: Span) {
        self.ranges.insert((code, span.file, span.start), span.end);
    }

    /// Whether a warning at a place is unwanted.
    pub(super) fn covers(&self, code: Code, span: Span) -> bool {
        let before = || self.ranges.range(..=(code, span.file, span.start)).next_back();
        self.everywhere.contains(&code)
            || self.files.contains(&(code, span.file))
            || before()
                .is_some_and(|((of, file, _), end)| (*of, *file) == (code, span.file) && span.end <= *end)
    }
}

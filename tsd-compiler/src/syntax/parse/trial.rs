//! Advice is tried before it is given.
//!
//! [`habits`](crate::syntax::habits) suggests what may have been meant. Here its edits are applied
//! to the statement alone, and the parser shows how far it gets. The advice with which it gets
//! furthest is given, if it gets further at all.

use std::ops::Range;

use pest::Parser as _;
use pest::error::InputLocation;

use super::{Grammar, MAX_NESTING, Rule};
use crate::syntax::habits::{Advice, Place};
use crate::syntax::scan::Scan;
use crate::syntax::token::TokenKind;

/// How many bytes may be parsed in trials of one text. Beyond that, faults are reported without
/// advice that must be tried.
pub(super) const BUDGET: usize = 1 << 20;

/// The longest statement that is tried.
const LONGEST: usize = 16 << 10;

/// The best of the candidates, if following it lets the parser read on past the fault.
pub(super) fn best(
    place: &Place<'_, '_>,
    candidates: fn(&Place<'_, '_>) -> Vec<Advice>,
    budget: &mut usize,
) -> Option<Advice> {
    let (scan, tokens) = place.statement();
    let start = scan.tokens.get(tokens.start)?.range.start;
    let bytes = start..scan.tokens.get(tokens.end.checked_sub(1)?)?.range.end;
    if bytes.len() > LONGEST || nests_too_deep(scan, tokens) {
        return None;
    }
    let candidates = candidates(place);
    if candidates.is_empty() {
        return None;
    }
    let mut reach = |edits: &[(Range<usize>, String)]| {
        *budget = budget.checked_sub(bytes.len())?;
        reach(scan.text(), &bytes, edits)
    };
    let before = scan.token_at(reach(&[])?.min(bytes.end));
    let mut best: Option<(usize, Advice)> = None;
    for advice in candidates {
        let Some(after) = reach(&advice.edits) else { continue };
        let whole = after > bytes.end;
        let further = scan.token_at(after.min(bytes.end)) >= before + advice.least;
        let better = best.as_ref().is_none_or(|(furthest, _)| after > *furthest);
        if (whole || further) && better {
            best = Some((after, advice));
            if whole {
                break;
            }
        }
    }
    best.map(|(_, advice)| advice)
}

/// The byte of the original text up to which the part can be parsed with the edits; past the end of
/// the part if all of it can. `None` when an edit lies outside.
fn reach(text: &str, part: &Range<usize>, edits: &[(Range<usize>, String)]) -> Option<usize> {
    let mut changed = String::new();
    let mut from = part.start;
    let blank = |bytes: Range<usize>| text.get(bytes).is_some_and(|text| text.trim().is_empty());
    let mut clipped = Vec::with_capacity(edits.len());
    for (bytes, new) in edits {
        // White space around the part may go with what is left out of it.
        let inside = bytes.start.max(part.start)..bytes.end.min(part.end);
        if inside.start > inside.end
            || !blank(bytes.start..inside.start)
            || !blank(inside.end..bytes.end)
            || inside.start < from
        {
            return None;
        }
        changed.push_str(text.get(from..inside.start)?);
        changed.push_str(new);
        from = inside.end;
        clipped.push((inside, new));
    }
    changed.push_str(text.get(from..part.end)?);
    let at = match Grammar::parse(Rule::program, &changed) {
        Ok(_) => return Some(part.end + 1),
        Err(error) => match error.location {
            InputLocation::Pos(at) | InputLocation::Span((at, _)) => at,
        },
    };
    // From the changed text back to the text as it is.
    let (mut old, mut new) = (part.start, 0);
    for (bytes, inserted) in clipped {
        let unchanged = bytes.start - old;
        if at <= new + unchanged {
            break;
        }
        new += unchanged + inserted.len();
        old = bytes.end;
        if at < new {
            return Some(bytes.start);
        }
    }
    Some((old + at.saturating_sub(new)).min(part.end))
}

/// Whether the parser must not see these tokens, edits included.
fn nests_too_deep(scan: &Scan<'_>, tokens: Range<usize>) -> bool {
    let mut depth = 0_usize;
    for index in tokens {
        match scan.kind(index) {
            Some(TokenKind::Sign('(' | '[' | '{')) => depth += 1,
            Some(TokenKind::Sign(')' | ']' | '}')) => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth > MAX_NESTING - 8 {
            return true;
        }
    }
    false
}

//! Comments as other languages write them. A comment contains anything, so the parser may have read
//! some of it.

use super::{Advice, Place};

/// How comments begin in other languages.
const BEGINNINGS: &[&str] = &["#", "--", ";;"];

pub(super) fn habits(place: &Place<'_, '_>, found: &mut Vec<Advice>) {
    let mut at = place.at;
    // The likeliest beginning on the line is the first.
    let mut starts = Vec::new();
    loop {
        starts.push(at);
        if place.kind(at).is_some() && (at <= place.first || place.leads_line(at)) {
            break;
        }
        at -= 1;
    }
    for start in starts.into_iter().rev() {
        let written = BEGINNINGS.iter().find(|beginning| {
            let length = beginning.len();
            place.source(start..start + length) == **beginning
        });
        let Some(written) = written else { continue };
        let Some(end) = (start + 1..).find(|index| place.leads_line(*index)) else { continue };
        let sign = place.bytes(start..start + written.len());
        let line = sign.start..place.bytes(start..end).end;
        let advice = Advice::new(line, format!("a comment does not begin with `{written}`"));
        found.push(advice.edit(sign, "//").hint("write `//`"));
    }
}

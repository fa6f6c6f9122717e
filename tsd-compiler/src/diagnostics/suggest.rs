//! Guessing which name was meant.
//!
//! A suggestion that is wrong is worse than none, so a candidate must share most of its letters with what was
//! written. Ties go to the candidate that comes first in the alphabet, never to the order of a table.

/// The candidate most like `wanted`, if one is like enough.
pub fn closest<'a>(wanted: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let folded = wanted.to_lowercase();
    let allowed = (folded.chars().count() / 3).max(1);
    candidates
        .into_iter()
        .filter(|candidate| *candidate != wanted)
        .map(|candidate| (strsim::damerau_levenshtein(&folded, &candidate.to_lowercase()), candidate))
        .filter(|(distance, candidate)| *distance <= allowed && *distance < candidate.chars().count())
        .min()
        .map(|(_, candidate)| candidate)
}

#[cfg(test)]
mod tests {
    use super::closest;

    #[test]
    fn near_names_are_found_and_far_ones_are_not() {
        let fields = ["customer_id", "total", "status"];
        assert_eq!(closest("custmer_id", fields), Some("customer_id"));
        assert_eq!(closest("Total", fields), Some("total"));
        assert_eq!(closest("statsu", fields), Some("status"));
        assert_eq!(closest("warehouse", fields), None);
        assert_eq!(closest("x", ["y"]), None);
    }
}

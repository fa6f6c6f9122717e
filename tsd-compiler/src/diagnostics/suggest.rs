//! Guessing which name was meant.
//!
//! A wrong suggestion is worse than none, so a candidate must share most of its letters with what
//! was written. Ties go to the first candidate in the alphabet, never to the order of a table.
//!
//! Comparing two names costs the product of their lengths, and a caller may have thousands of
//! names. So names that are too long to be a slip are never compared, and most others are excluded
//! by the letters that they contain.

/// Names with more letters are no slips of the pen.
const LONGEST: usize = 40;

/// How many letters may differ at most, however long the name.
const MOST_DIFFERENT: usize = 4;

/// The candidate most similar to `wanted`, if one is similar enough.
pub fn closest<'a>(wanted: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let folded = Folded::new(wanted)?;
    let allowed = (folded.length / 3).clamp(1, MOST_DIFFERENT);
    candidates
        .into_iter()
        .filter(|candidate| *candidate != wanted)
        .filter_map(|candidate| Some((folded.distance(&Folded::new(candidate)?, allowed)?, candidate)))
        .filter(|(distance, candidate)| *distance < candidate.chars().count())
        .min()
        .map(|(_, candidate)| candidate)
}

/// A name in lower case, with what is quick to compare.
struct Folded {
    text: String,
    length: usize,
    /// A bit for each letter that occurs; letters may share one.
    letters: u64,
}

impl Folded {
    /// `None` for a name that is too long.
    fn new(name: &str) -> Option<Self> {
        // No letter has more than four bytes.
        if name.len() > LONGEST * 4 {
            return None;
        }
        let text = name.to_lowercase();
        let length = text.chars().count();
        let letters = text.chars().fold(0, |letters, letter| letters | 1 << (u32::from(letter) % 64));
        (length <= LONGEST).then_some(Self { text, length, letters })
    }

    /// In how many letters two names differ, unless these are more than `allowed`.
    fn distance(&self, other: &Self, allowed: usize) -> Option<usize> {
        // Each editing step adds at most one letter and removes at most one.
        let foreign = |one: u64, other: u64| (one & !other).count_ones() as usize;
        if self.length.abs_diff(other.length) > allowed
            || foreign(self.letters, other.letters) > allowed
            || foreign(other.letters, self.letters) > allowed
        {
            return None;
        }
        let distance = strsim::osa_distance(&self.text, &other.text);
        (distance <= allowed).then_some(distance)
    }
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

    #[test]
    fn names_without_end_are_not_compared() {
        let long = "a".repeat(60_000);
        assert_eq!(closest(&format!("{long}b"), [long.as_str()]), None);
        let long = "the_total_of_all_that_was_ordered";
        assert_eq!(closest("the_total_of_all_taht_was_ordered", [long]), Some(long));
    }
}

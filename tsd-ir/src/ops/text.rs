//! Functions and tests on texts, counted in characters.

/// The longest text, in bytes, that joining can produce. A rule that doubles a text whenever it
/// fires ends without a value instead of exhausting the memory.
pub const LONGEST_TEXT: usize = 1 << 24;

/// The texts, one after another; no value beyond [`LONGEST_TEXT`]
pub fn concat(parts: &[&str]) -> Option<String> {
    let length = parts.iter().fold(0_usize, |length, part| length.saturating_add(part.len()));
    (length <= LONGEST_TEXT).then(|| parts.concat())
}

/// `LENGTH(text)`
pub fn length(text: &str) -> i64 {
    text.chars().count() as i64
}

/// `SUBSTRING(text, start[, length])`: from the character `start` on, counted from 0, to the end or
/// for `length` characters at the most. A start beyond the end gives the empty text; a negative
/// start or length has no value.
pub fn substring(text: &str, start: i64, length: Option<i64>) -> Option<&str> {
    let start = usize::try_from(start).ok()?;
    let rest = &text[text.char_indices().nth(start).map_or(text.len(), |(byte, _)| byte)..];
    let Some(length) = length else { return Some(rest) };
    let length = usize::try_from(length).ok()?;
    Some(&rest[..rest.char_indices().nth(length).map_or(rest.len(), |(byte, _)| byte)])
}

/// `UPPER(text)`
pub fn upper(text: &str) -> String {
    text.to_uppercase()
}

/// `LOWER(text)`
pub fn lower(text: &str) -> String {
    text.to_lowercase()
}

/// `TRIM(text)`: without the white space at both ends
pub fn trim(text: &str) -> &str {
    text.trim()
}

/// `text CONTAINS part`
pub fn contains(text: &str, part: &str) -> bool {
    text.contains(part)
}

/// `text LIKE pattern`: `%` stands for any run of characters, `_` for one character, everything
/// else for itself, and the whole text must match. Costs at most the product of the two lengths.
pub fn like(text: &str, pattern: &str) -> bool {
    let (mut text, mut pattern) = (text.chars(), pattern.chars());
    // Where to continue after a mismatch: after the last `%`, which then takes one more character.
    let mut retry: Option<(std::str::Chars<'_>, std::str::Chars<'_>)> = None;
    loop {
        let before = text.clone();
        match pattern.next() {
            Some('%') => {
                retry = Some((before, pattern.clone()));
                continue;
            }
            Some(expected) => match text.next() {
                Some(found) if expected == '_' || expected == found => continue,
                Some(_) => {}
                None => return false,
            },
            None if before.as_str().is_empty() => return true,
            None => {}
        }
        let Some((run, after)) = &mut retry else { return false };
        if run.next().is_none() {
            return false;
        }
        (text, pattern) = (run.clone(), after.clone());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn like_is_anchored_and_knows_two_wildcards() {
        for (text, pattern, expected) in [
            ("Carol", "C%", true),
            ("Carol", "%ro%", true),
            ("Carol", "C_rol", true),
            ("Carol", "arol", false),
            ("", "%", true),
            ("", "_", false),
            ("aab", "%ab", true),
            ("äöü", "_ö_", true),
            ("abc", "abc%", true),
            ("abc", "", false),
        ] {
            assert_eq!(like(text, pattern), expected, "{text:?} LIKE {pattern:?}");
        }
    }

    #[test]
    fn a_text_does_not_grow_without_end() {
        let long = "x".repeat(LONGEST_TEXT);
        assert_eq!(concat(&[&long, ""]).map(|text| text.len()), Some(LONGEST_TEXT));
        assert_eq!(concat(&[&long, "y"]), None);
    }

    #[test]
    fn substring_counts_characters() {
        assert_eq!(substring("héllo", 1, Some(3)), Some("éll"));
        assert_eq!(substring("héllo", 9, None), Some(""));
        assert_eq!(substring("héllo", -1, None), None);
        assert_eq!(substring("héllo", 0, Some(-1)), None);
    }

    /// LIKE as a definition by recursion: slow and plainly right.
    fn like_by_definition(text: &[char], pattern: &[char]) -> bool {
        match pattern.split_first() {
            None => text.is_empty(),
            Some(('%', rest)) => (0..=text.len()).any(|skipped| like_by_definition(&text[skipped..], rest)),
            Some((expected, rest)) => text.split_first().is_some_and(|(found, text)| {
                (*expected == '_' || expected == found) && like_by_definition(text, rest)
            }),
        }
    }

    proptest! {
        #[test]
        fn like_agrees_with_its_definition(text in "[ab]{0,8}", pattern in "[ab%_]{0,6}") {
            let (chars, wild): (Vec<_>, Vec<_>) = (text.chars().collect(), pattern.chars().collect());
            prop_assert_eq!(like(&text, &pattern), like_by_definition(&chars, &wild));
        }
    }
}

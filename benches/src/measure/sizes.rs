//! The sizes that a bench runs.

/// The sizes to run: those of `TSD_BENCH_SIZES` (such as `10k,1M`) that are among `all`. Without
/// the variable all of them, or in a [test run](is_test) the smallest.
pub fn sizes(all: &[usize]) -> Vec<usize> {
    let wanted = std::env::var("TSD_BENCH_SIZES").ok();
    select(all, wanted.as_deref(), is_test())
}

fn select(all: &[usize], wanted: Option<&str>, is_test: bool) -> Vec<usize> {
    match wanted {
        Some(names) => {
            let named = |size: &usize| names.split(',').any(|name| name.trim() == size_name(*size));
            all.iter().copied().filter(named).collect()
        }
        None if is_test => all.iter().copied().min().into_iter().collect(),
        None => all.to_vec(),
    }
}

/// The name of a size: `10k`, `100k`, `1M`.
pub fn size_name(size: usize) -> String {
    match size {
        size if size % 1_000_000 == 0 => format!("{}M", size / 1_000_000),
        size if size % 1_000 == 0 => format!("{}k", size / 1_000),
        size => size.to_string(),
    }
}

/// Whether cargo only tests that a bench runs, or lists its names.
pub fn is_test() -> bool {
    std::env::args().any(|argument| argument == "--test" || argument == "--list")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_chosen_by_name() {
        let all = [10_000, 100_000, 1_000_000];
        assert_eq!(select(&all, Some("10k, 1M"), false), [10_000, 1_000_000]);
        assert!(select(&all, Some("5k"), true).is_empty());
        assert_eq!(select(&all, None, true), [10_000]);
        assert_eq!(select(&all, None, false), all);
    }
}

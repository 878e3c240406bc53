//! Accuracy against queries or steps: how many inputs still stand after so many of them.

use super::Accuracy;

/// Most points of a line, beside its start.
const POINTS: usize = 64;

/// The accuracy that is left after each number of queries or steps, from before the attack to where the last input fell.
/// `right` of `n` inputs were read right before it; `at` is where each one fell that did. Where they fell at more than 64
/// different numbers, every so many of those are told, and always the last. Empty if nothing fell.
pub fn falls(right: usize, n: usize, at: impl Iterator<Item = u32>) -> Vec<(u32, Accuracy)> {
    let mut at: Vec<u32> = at.collect();
    at.sort_unstable();
    // How many had fallen at each number that any fell at.
    let fallen = (1..=at.len()).filter(|&fell| at.get(fell) != Some(&at[fell - 1]));
    let fallen: Vec<usize> = fallen.collect();
    let apart = fallen.len().div_ceil(POINTS).max(1);
    let told = fallen.iter().skip(fallen.len().saturating_sub(1) % apart).step_by(apart);
    let start = (!at.is_empty()).then_some((0, Accuracy::of(right, n)));
    start.into_iter().chain(told.map(|&fell| (at[fell - 1], Accuracy::of(right.saturating_sub(fell), n)))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(right: usize, n: usize, queries: &[u32]) -> Vec<(u32, f64)> {
        falls(right, n, queries.iter().copied()).iter().map(|(queries, left)| (*queries, left.value)).collect()
    }

    #[test]
    fn a_line_falls_from_the_clean_accuracy_at_each_number_of_queries() {
        assert_eq!(told(4, 5, &[9, 2, 2]), [(0, 0.8), (2, 0.4), (9, 0.2)]);
        assert!(told(4, 5, &[]).is_empty(), "nothing fell");
    }

    #[test]
    fn a_long_line_is_thinned_and_keeps_its_end() {
        for count in [64usize, 65, 100, 129, 1000] {
            let queries: Vec<u32> = (1..=count as u32).collect();
            let line = told(count, count, &queries);
            assert!(line.len() <= 65, "{count}: {}", line.len());
            assert_eq!((line[0], line.last()), ((0, 1.0), Some(&(count as u32, 0.0))), "{count}");
            assert!(line.windows(2).all(|pair| pair[0].0 < pair[1].0 && pair[0].1 > pair[1].1), "{count}");
        }
    }
}

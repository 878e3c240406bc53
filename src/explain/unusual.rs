//! How unusual inputs are beside test images: one by its rank among them, many by how their distances are distributed.

use super::short;
use crate::{
    attack::words::percent,
    i18n::{tr, tr_with},
};
use foolproof_core::report::Spread;

/// Share of the test images that are nearer to their own kind than the edge; an input beyond it is called unusual.
pub const USUAL: f64 = 0.95;
/// Inputs below which their distribution says nothing.
pub const FEW: usize = 8;
/// Probability below which inputs are said to drift. The test is made anew with every input: at 5 % it would be wrong in more
/// than one session of four.
pub const LEVEL: f64 = 0.01;

/// The distance that [`USUAL`] of the test images do not exceed; nothing without any.
pub fn edge(usual: &[f32]) -> Option<f32> {
    let sorted = Spread::of(usual.iter().copied().map(Some)).values;
    let rank = (USUAL * sorted.len() as f64).ceil() as usize;
    sorted.get(rank.checked_sub(1)?).copied().flatten()
}

/// The share of the test images that are nearer to others than this.
pub fn rank(usual: &[f32], distance: f32) -> f64 {
    usual.iter().filter(|&&other| other < distance).count() as f64 / usual.len().max(1) as f64
}

/// Whether two sets of distances are of one distribution.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Drift {
    /// Largest difference of the two cumulative distributions, 0 to 1.
    pub difference: f64,
    /// Probability of such a difference, or a larger one, if both are draws of one distribution.
    pub probability: f64,
}

/// The test of Kolmogorov and Smirnov for two samples, its probability by Stephens' approximation (Stephens 1970, "Use of
/// the Kolmogorov-Smirnov, Cramer-von Mises and related statistics without extensive tables",
/// <https://doi.org/10.1111/j.2517-6161.1970.tb00821.x>). Nothing below [`FEW`] in either.
pub fn drift(usual: &[f32], seen: &[f32]) -> Option<Drift> {
    if usual.len().min(seen.len()) < FEW {
        return None;
    }
    let share = |of: &[f32], most: f32| of.iter().filter(|&&value| value <= most).count() as f64 / of.len() as f64;
    let differences = usual.iter().chain(seen).map(|&at| (share(usual, at) - share(seen, at)).abs());
    let difference = differences.fold(0.0, f64::max);
    let (a, b) = (usual.len() as f64, seen.len() as f64);
    let root = (a * b / (a + b)).sqrt();
    Some(Drift { difference, probability: tail((root + 0.12 + 0.11 / root) * difference) })
}

/// What is said of one input.
pub fn verdict(usual: &[f32], distance: f32, edge: f32) -> String {
    let beyond = if distance > edge { tr("Unusual") } else { tr("Usual") };
    // Rounded down: 499 of 500 are not 100 %.
    let nearer = format!("{:.0} %", (100.0 * rank(usual, distance) + 1e-9).floor());
    tr_with(
        "{0}: {1} from its fifth nearest test image, farther than {2} of the test images are from theirs.",
        &[&beyond, &short(distance), &nearer],
    )
}

/// What is said of the visitor's inputs by their distances.
pub fn drift_text(usual: &[f32], seen: &[f32]) -> String {
    let Some(found) = drift(usual, seen) else {
        return tr_with(
            "Drift is tested from {0} different clean inputs on, so far {1}: draw or choose some more.",
            &[&FEW, &seen.len()],
        );
    };
    let figures: [&dyn std::fmt::Display; 3] =
        [&seen.len(), &short(found.difference as f32), &percent(found.probability as f32)];
    match found.probability < LEVEL {
        true => tr_with(
            "The {0} clean inputs seem to drift from the test images: Kolmogorov-Smirnov distance {1}; a difference like this or larger would come by chance in {2} of cases.",
            &figures,
        ),
        false => tr_with(
            "The {0} clean inputs may well be as the test images are: Kolmogorov-Smirnov distance {1}; a difference like this or larger would come by chance in {2} of cases.",
            &figures,
        ),
    }
}

/// Probability that Kolmogorov's distribution exceeds `at`.
fn tail(at: f64) -> f64 {
    // The series does not settle near 0, where the probability is 1 in every digit.
    if at < 0.2 {
        return 1.0;
    }
    let term = |k: i32| f64::from(1 - 2 * ((k - 1) % 2)) * (-2.0 * f64::from(k * k) * at * at).exp();
    (2.0 * (1..=100).map(term).sum::<f64>()).clamp(0.0, 1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_input_is_told_by_its_rank() {
        let usual: Vec<f32> = (1..=100).map(|at| at as f32).collect();
        assert_eq!((edge(&usual), edge(&[])), (Some(95.0), None));
        assert_eq!([0.5, 50.5, 200.0].map(|at| rank(&usual, at)), [0.0, 0.5, 1.0]);
    }

    #[test]
    fn the_probability_is_that_of_kolmogorovs_tables() {
        // Smirnov 1948: the 5 % point lies at 1.3581, the 1 % point at 1.6276, the median at .8276.
        for (at, probability) in [(1.3581, 0.05), (1.6276, 0.01), (0.8276, 0.5), (0.1, 1.0)] {
            assert!((tail(at) - probability).abs() < 1e-4, "{at}: {}", tail(at));
        }
    }

    #[test]
    fn drift_is_found_where_it_is_and_only_there() {
        let usual: Vec<f32> = (0..200).map(|at| at as f32).collect();
        let alike: Vec<f32> = (0..20).map(|at| 5.0 + 10.0 * at as f32).collect();
        let far: Vec<f32> = (0..20).map(|at| 150.0 + at as f32).collect();
        assert!(drift(&usual, &alike).unwrap().probability > 0.99);
        let found = drift(&usual, &far).unwrap();
        assert!((found.difference - 0.75).abs() < 1e-12 && found.probability < 1e-6, "{found:?}");
        assert_eq!(drift(&usual, &far[..FEW - 1]), None);
    }

    #[test]
    fn nothing_is_farther_than_all_but_what_is() {
        let usual: Vec<f32> = (1..=500).map(|at| at as f32).collect();
        let said = verdict(&usual, 499.5, 475.0);
        assert_eq!(
            said,
            "Unusual: 500 from its fifth nearest test image, farther than 99 % of the test images are from theirs."
        );
        assert!(verdict(&usual, 501.0, 475.0).contains("farther than 100 % of"));
        assert!(verdict(&usual, 145.5, 475.0).starts_with("Usual: 146 from") && rank(&usual, 145.5) == 0.29);
        assert!(verdict(&usual, 145.5, 475.0).contains("farther than 29 % of"));
    }

    #[test]
    fn drift_is_told_with_its_chance_and_never_as_certain() {
        let usual: Vec<f32> = (0..500).map(|at| at as f32).collect();
        let strange: Vec<f32> = (0..20).map(|at| 600.0 + at as f32).collect();
        let said = drift_text(&usual, &strange);
        assert!(said.starts_with("The 20 clean inputs seem to drift"), "{said}");
        assert!(said.contains("distance 1;") && said.ends_with("by chance in < 0.1 % of cases."), "{said}");
        // Between 1 and 5 %: no drift yet.
        let odd: Vec<f32> = (0..20).map(|at| 150.0 + 17.0 * at as f32).collect();
        let chance = drift(&usual, &odd).unwrap().probability;
        assert!((LEVEL..0.05).contains(&chance), "{chance}");
        assert!(drift_text(&usual, &odd).starts_with("The 20 clean inputs may well be as the test images are"));
        assert!(drift_text(&usual, &odd[..7]).ends_with("so far 7: draw or choose some more."));
    }
}

//! Means over inputs, and what they are means of.

/// Mean of the values, 0 of none.
pub(super) fn average(values: impl Iterator<Item = f64>) -> f64 {
    let (count, sum) = values.fold((0usize, 0.0), |(count, sum), value| (count + 1, sum + value));
    if count == 0 { 0.0 } else { sum / count as f64 }
}

/// Shannon entropy of a distribution, bits.
pub(super) fn entropy(probabilities: &[f32]) -> f64 {
    let terms = probabilities.iter().map(|&p| f64::from(p)).filter(|&p| p > 0.0);
    -terms.map(|p| p * p.log2()).sum::<f64>()
}

/// Total-variation distance of two distributions: half the sum of the absolute differences.
pub(super) fn variation(a: &[f32], b: &[f32]) -> f64 {
    0.5 * a.iter().zip(b).map(|(a, b)| f64::from((a - b).abs())).sum::<f64>()
}

/// Mean over samples at each iterate; a sample that left early keeps its last loss.
pub(super) fn mean_loss<'a>(losses: impl Iterator<Item = &'a [f32]>) -> Vec<f32> {
    let losses: Vec<&[f32]> = losses.filter(|losses| !losses.is_empty()).collect();
    let longest = losses.iter().map(|losses| losses.len()).max().unwrap_or(0);
    let at = |losses: &[f32], step: usize| f64::from(losses[step.min(losses.len() - 1)]);
    (0..longest).map(|step| average(losses.iter().map(|losses| at(losses, step))) as f32).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mean_is_of_what_there_is_and_0_of_nothing() {
        assert_eq!([average([1.0, 2.0, 6.0].into_iter()), average([].into_iter())], [3.0, 0.0]);
    }

    #[test]
    fn entropy_is_0_where_the_answer_is_certain_and_a_bit_where_two_are_equal() {
        let found = [&[1.0, 0.0][..], &[0.5, 0.5, 0.0], &[0.25; 4], &[0.5, 0.25, 0.25]].map(entropy);
        assert_eq!(found, [0.0, 1.0, 2.0, 1.5]);
    }

    #[test]
    fn the_distance_of_two_answers_is_the_probability_that_has_moved() {
        assert_eq!(variation(&[0.75, 0.25, 0.0], &[0.25, 0.25, 0.5]), 0.5);
        assert_eq!((variation(&[1.0, 0.0], &[0.0, 1.0]), variation(&[0.5, 0.5], &[0.5, 0.5])), (1.0, 0.0));
    }

    #[test]
    fn a_loss_that_ends_early_stays_as_it_was_and_one_that_was_not_told_counts_for_nothing() {
        let losses: [&[f32]; 3] = [&[1.0, 3.0, 5.0], &[], &[3.0]];
        assert_eq!(mean_loss(losses.into_iter()), [2.0, 3.0, 4.0]);
        assert!(mean_loss([&[][..]].into_iter()).is_empty());
    }
}

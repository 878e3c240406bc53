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

//! Numbers that do not lie side by side: where each of them is.

/// The places of a tensor's numbers in memory, the last index fastest, from the sizes and from how far apart neighbours
/// along each axis are.
pub fn places(shape: &[usize], strides: &[usize]) -> impl Iterator<Item = usize> {
    let axes: Vec<(usize, usize)> = shape.iter().copied().zip(strides.iter().copied()).collect();
    let all = if shape.contains(&0) { 0 } else { shape.iter().product() };
    (0..all).map(move |mut rest| {
        let mut at = 0usize;
        for &(size, stride) in axes.iter().rev() {
            at = at.saturating_add((rest % size).saturating_mul(stride));
            rest /= size;
        }
        at
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_turned_matrix_is_read_column_by_column() {
        assert_eq!(places(&[3, 2], &[1, 3]).collect::<Vec<_>>(), [0, 3, 1, 4, 2, 5]);
        assert_eq!(places(&[], &[]).collect::<Vec<_>>(), [0]);
        assert_eq!(places(&[2, 0], &[1, 1]).count(), 0);
    }
}

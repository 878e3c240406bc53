//! The losses of one sample, whose numbers are in memory: what [`super`] says of tensors, in one pass.

use super::{LEFT_OUT, SUREST};

/// The largest number; one that is none where there is one.
fn largest(values: impl Iterator<Item = f32>) -> f32 {
    values.fold(f32::NEG_INFINITY, |most, value| if value > most || value.is_nan() { value } else { most })
}

fn product(logits: &[f32], class: &[f32]) -> f32 {
    logits.iter().zip(class).map(|(logit, class)| logit * class).sum()
}

/// The best logit of another class.
fn best_other(logits: &[f32], class: &[f32]) -> f32 {
    largest(logits.iter().zip(class).map(|(logit, class)| logit - class * LEFT_OUT))
}

/// As [`super::cross_entropy`].
pub fn cross_entropy(logits: &[f32], class: &[f32]) -> f32 {
    let most = largest(logits.iter().copied());
    let sum: f32 = logits.iter().map(|logit| (logit - most).exp()).sum();
    sum.ln() + most - product(logits, class)
}

/// As [`super::margin`].
pub fn margin(logits: &[f32], class: &[f32]) -> f32 {
    best_other(logits, class) - product(logits, class)
}

/// As [`super::cross_entropy_slope`], into `slope`.
pub fn cross_entropy_slope(logits: &[f32], class: &[f32], slope: &mut [f32]) {
    let surest = best_other(logits, class) + SUREST;
    for (share, logit) in slope.iter_mut().zip(logits) {
        *share = if surest < *logit { surest } else { *logit };
    }
    let most = largest(slope.iter().copied());
    slope.iter_mut().for_each(|share| *share = (*share - most).exp());
    let sum: f32 = slope.iter().sum();
    for (share, class) in slope.iter_mut().zip(class) {
        *share /= sum;
        *share -= *share * class;
    }
    let others: f32 = slope.iter().sum();
    slope.iter_mut().zip(class).for_each(|(share, class)| *share -= class * others);
}

#[cfg(test)]
mod tests {
    use crate::in_memory::Numbers;
    use crate::loss;
    use crate::one_hot::one_hot;
    use crate::random::Stream;
    use crate::upload::floats;
    use burn::tensor::{Device, Tensor};

    /// Equal but for rounding, which the size of the logits decides.
    fn agree(a: &Tensor<2>, b: &Tensor<2>, scale: f32) {
        assert_eq!(a.dims(), b.dims());
        let (a, b) = (Numbers::of(a).unwrap(), Numbers::of(b).unwrap());
        for (a, b) in a.iter().zip(&*b) {
            assert!((a - b).abs() <= 1e-6 * b.abs().max(scale), "{a} and {b}");
        }
    }

    #[test]
    fn one_pass_is_what_burns_operations_are() {
        let device = Device::flex();
        for scale in [1e-6f32, 1e-2, 1.0, 30.0, 1e3, 1e6] {
            let mut stream = Stream::new(7, 0, 0);
            let logits: Vec<f32> = (0..60).map(|_| scale * (2.0 * stream.uniform() - 1.0)).collect();
            let (logits, class) = (floats(logits, [6, 10], &device), one_hot(&[0, 9, 3, 3, 7, 1], 10, &device));
            agree(&loss::margin(&logits, &class), &loss::margin_tensors(&logits, &class), scale);
            agree(&loss::cross_entropy(&logits, &class), &loss::cross_entropy_tensors(&logits, &class), scale.max(1.0));
            let (slope, plain) =
                (loss::cross_entropy_slope(&logits, &class), loss::cross_entropy_slope_tensors(&logits, &class));
            agree(&slope, &plain, 1e-30);
        }
    }

    #[test]
    fn what_is_no_number_stays_none() {
        let device = Device::flex();
        let (logits, class) = (floats(vec![0.0, f32::NAN, 1.0], [1, 3], &device), one_hot(&[0], 3, &device));
        for told in [loss::margin(&logits, &class), loss::cross_entropy(&logits, &class)] {
            assert!(Numbers::of(&told).unwrap()[0].is_nan());
        }
    }
}

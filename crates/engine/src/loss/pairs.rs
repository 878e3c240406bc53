//! Losses of two answers to one picture, clean and attacked, for training: values a sample, and slopes in closed form.

use super::{cross_entropy, softmax, unsurer, without};
use crate::on_gpu;
use crate::one_hot::own_answer;
use burn::tensor::Tensor;

/// The value of a loss and its derivatives by the clean and by the attacked logits.
///
/// # Shapes
/// `value`: `[batch, 1]`; the slopes: `[batch, class]`.
pub struct Paired {
    /// Nats, one a sample.
    pub value: Tensor<2>,
    /// By the logits on the clean pictures.
    pub clean: Tensor<2>,
    /// By the logits on the attacked ones.
    pub attacked: Tensor<2>,
}

/// Derivative of [`cross_entropy`] by the logits toward labels that may be soft and sum to 1: probabilities minus labels,
/// and, as in [`cross_entropy_slope`](super::cross_entropy_slope), so that it does not vanish where the model is sure.
///
/// # Shapes
/// All `[batch, class]`.
pub fn soft_slope(logits: &Tensor<2>, class: &Tensor<2>) -> Tensor<2> {
    on_gpu::soft_slope(logits, class).unwrap_or_else(|| soft_slope_tensors(logits, class))
}

/// The same in burn's operations, on any device.
fn soft_slope_tensors(logits: &Tensor<2>, class: &Tensor<2>) -> Tensor<2> {
    let top = own_answer(logits);
    balanced(softmax(&unsurer(logits, &top)) - class.clone(), &top)
}

/// A difference of probabilities in which the answer's own part is taken from the others', as all parts sum to 0: two
/// probabilities near 1 differ by rounding alone.
///
/// # Shapes
/// `difference`, the one-hot `top` and the result: `[batch, class]`.
fn balanced(difference: Tensor<2>, top: &Tensor<2>) -> Tensor<2> {
    let others = difference.clone() - difference * top.clone();
    others.clone() - top.clone() * others.sum_dim(1)
}

/// Logarithms of the probabilities.
///
/// # Shapes
/// Both `[batch, class]`.
fn log_softmax(logits: &Tensor<2>) -> Tensor<2> {
    let moved = logits.clone() - logits.clone().max_dim(1);
    moved.clone() - moved.exp().sum_dim(1).log()
}

/// Kullback-Leibler divergence of the attacked answer's probabilities from the clean one's, KL(clean ‖ attacked).
///
/// # Shapes
/// Both logits: `[batch, class]`.
pub fn divergence(clean: &Tensor<2>, attacked: &Tensor<2>) -> Paired {
    let (p, q) = (softmax(clean), softmax(attacked));
    let apart = log_softmax(clean) - log_softmax(attacked);
    let value = (p.clone() * apart.clone()).sum_dim(1);
    let rise = balanced(q - p.clone(), &own_answer(attacked));
    Paired { clean: p * (apart - value.clone()), attacked: rise, value }
}

/// Where [`divergence`] rises by the attacked logits: its derivative, each row multiplied by a number of its own so that
/// the largest probability of a class that is not answered counts as 1. Where both answers are sure, what they differ in
/// would be nothing beside 1.
///
/// # Shapes
/// All `[batch, class]`.
pub fn divergence_rise(clean: &Tensor<2>, attacked: &Tensor<2>) -> Tensor<2> {
    let top = own_answer(attacked);
    let (p, q) = (without(&log_softmax(clean), &top), without(&log_softmax(attacked), &top));
    let largest = p.clone().max_dim(1).max_pair(q.clone().max_dim(1));
    balanced((q - largest.clone()).exp() - (p - largest).exp(), &top)
}

/// TRADES: cross-entropy on the clean picture plus `beta` times the divergence (Zhang et al. 2019,
/// <https://arxiv.org/abs/1901.08573>).
///
/// # Shapes
/// Logits and `class`: `[batch, class]`.
pub fn trades(clean: &Tensor<2>, attacked: &Tensor<2>, class: &Tensor<2>, beta: f32) -> Paired {
    let apart = divergence(clean, attacked);
    Paired {
        value: cross_entropy(clean, class) + apart.value.mul_scalar(beta),
        clean: soft_slope(clean, class) + apart.clean.mul_scalar(beta),
        attacked: apart.attacked.mul_scalar(beta),
    }
}

/// MART: cross-entropy on the attacked picture, boosted by the logarithm of one minus its likeliest wrong class, plus
/// `beta` times the divergence, weighted by how unsure the clean answer is (Wang et al. 2020,
/// <https://openreview.net/forum?id=rklOg6EFwS>).
///
/// # Shapes
/// Logits and `class`: `[batch, class]`.
pub fn mart(clean: &Tensor<2>, attacked: &Tensor<2>, class: &Tensor<2>, beta: f32) -> Paired {
    // A mixed label counts here as the class it has most of.
    let truth = own_answer(class);
    let rival = own_answer(&without(attacked, &truth));
    let (p, q) = (softmax(clean), softmax(attacked));
    // log(1 - q) of the rival, as the log-sum-exp of all the others less that of all.
    let others = without(attacked, &rival);
    let boost = cross_entropy(attacked, &truth.zeros_like()) - cross_entropy(&others, &truth.zeros_like());
    let right = (p.clone() * truth.clone()).sum_dim(1);
    let unsure = (p.clone() * (truth.ones_like() - truth.clone())).sum_dim(1);
    let apart = divergence(clean, attacked);
    let doubt = (p - truth) * (right * apart.value.clone());
    Paired {
        value: cross_entropy(attacked, class) + boost + (apart.value * unsure.clone()).mul_scalar(beta),
        clean: (apart.clean * unsure.clone() + doubt).mul_scalar(beta),
        attacked: soft_slope(attacked, class) + q - softmax(&others) + (apart.attacked * unsure).mul_scalar(beta),
    }
}

/// Adversarial logit pairing: the mean of both cross-entropies plus `weight` times the mean squared difference of the
/// logits (Kannan et al. 2018, <https://arxiv.org/abs/1803.06373>).
///
/// # Shapes
/// Logits and `class`: `[batch, class]`.
pub fn pairing(clean: &Tensor<2>, attacked: &Tensor<2>, class: &Tensor<2>, weight: f32) -> Paired {
    let apart = clean.clone() - attacked.clone();
    let pull = apart.clone().mul_scalar(2.0 * weight / clean.dims()[1] as f32);
    let both = (cross_entropy(clean, class) + cross_entropy(attacked, class)).mul_scalar(0.5);
    Paired {
        value: both + (apart.clone() * apart).mean_dim(1).mul_scalar(weight),
        clean: soft_slope(clean, class).mul_scalar(0.5) + pull.clone(),
        attacked: soft_slope(attacked, class).mul_scalar(0.5) - pull,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use burn::tensor::{Device, TensorData};

    const CLEAN: [f32; 5] = [0.3, -1.2, 2.0, 0.1, 0.7];
    const ATTACKED: [f32; 5] = [1.1, 0.4, 0.9, -0.6, 1.5];

    fn row(values: &[f32]) -> Tensor<2> {
        Tensor::from_data(TensorData::new(values.to_vec(), [1, values.len()]), &Device::flex())
    }

    /// Holds both slopes against the differences of the value.
    fn agree(name: &str, loss: impl Fn(&Tensor<2>, &Tensor<2>) -> Paired) {
        let all = loss(&row(&CLEAN), &row(&ATTACKED));
        let slopes = [all.clean, all.attacked].map(|slope| slope.into_data().iter::<f32>().collect::<Vec<_>>());
        for side in 0..2 {
            for index in 0..5 {
                let at = |change: f32| {
                    let mut logits = [CLEAN, ATTACKED];
                    logits[side][index] += change;
                    loss(&row(&logits[0]), &row(&logits[1])).value.into_scalar::<f32>()
                };
                let (difference, slope) = ((at(1e-2) - at(-1e-2)) / 2e-2, slopes[side][index]);
                assert!((difference - slope).abs() < 2e-3, "{name} {side} {index}: {difference} against {slope}");
            }
        }
    }

    #[test]
    fn slopes_agree_with_finite_differences() {
        for class in [row(&[0.0, 1.0, 0.0, 0.0, 0.0]), row(&[0.0, 0.0, 1.0, 0.0, 0.0]), row(&[0.0, 0.0, 0.7, 0.3, 0.0])]
        {
            agree("trades", |clean, attacked| trades(clean, attacked, &class, 6.0));
            agree("mart", |clean, attacked| mart(clean, attacked, &class, 5.0));
            agree("pairing", |clean, attacked| pairing(clean, attacked, &class, 0.5));
        }
        agree("divergence", divergence);
    }

    #[test]
    fn a_divergence_rises_the_same_way_however_sure_both_answers_are() {
        let numbers = |x: Tensor<2>| x.into_data().iter::<f32>().collect::<Vec<_>>();
        let plain = numbers(divergence(&row(&CLEAN), &row(&ATTACKED)).attacked);
        let rise = numbers(divergence_rise(&row(&CLEAN), &row(&ATTACKED)));
        let factor = rise[0] / plain[0];
        assert!(
            factor > 0.0 && rise.iter().zip(&plain).all(|(rise, plain)| (rise / plain / factor - 1.0).abs() < 1e-4)
        );
        // The second class gains twice what the third loses; the first one's lead tells nothing.
        for lead in [10.0, 100.0, 1000.0] {
            let logits = |second: f32, third: f32| row(&[lead, second.ln(), third.ln()]);
            let rise = numbers(divergence_rise(&logits(1.0, 1.5), &logits(3.0, 0.5)));
            assert!(
                (rise[1] / rise[2] + 2.0).abs() < 2e-3 && (rise[0] / rise[2] - 1.0).abs() < 4e-3,
                "{lead}: {rise:?}"
            );
        }
    }

    #[test]
    fn huge_logits_stay_finite() {
        let (clean, attacked, class) = (row(&[-5e3, 5e3, 0.0]), row(&[5e3, -5e3, 0.0]), row(&[1.0, 0.0, 0.0]));
        for loss in [trades(&clean, &attacked, &class, 6.0), mart(&attacked, &clean, &class, 5.0)] {
            for part in [loss.value, loss.clean, loss.attacked] {
                assert!(part.into_data().iter::<f32>().all(f32::is_finite));
            }
        }
    }
}

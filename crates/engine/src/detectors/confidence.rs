//! Lack of confidence: one less the largest probability, the baseline of Hendrycks and Gimpel 2017. Attacks that make a
//! network surer pass it.

use super::probability_slope;
use crate::attack::Knobs;
use crate::detector::{Detector, Entry, Made, Usual};
use crate::loss::softmax;
use crate::one_hot::own_answer;
use crate::sequential::Sequential;
use burn::tensor::Tensor;
use foolproof_core::catalog::Card;

pub(super) const ENTRY: Entry = Entry { card, make };

fn card() -> Card {
    let paper = [
        "Hendrycks and Gimpel 2017",
        "A baseline for detecting misclassified and out-of-distribution examples in neural networks",
        "https://arxiv.org/abs/1610.02136",
    ];
    super::card("confidence", "Lack of confidence", "Suspects answers of low probability.", paper, Vec::new())
}

fn make(_: &Knobs, usual: &Usual) -> Made {
    Ok(Box::new(Confidence { network: usual.network.clone() }))
}

#[derive(Debug)]
struct Confidence {
    network: Sequential,
}

impl Detector for Confidence {
    fn score(&self, x: &Tensor<4>) -> Tensor<2> {
        of(&self.network.forward(x.clone()))
    }

    fn gradient(&self, x: &Tensor<4>) -> (Tensor<2>, Tensor<4>) {
        let slope = |logits: &Tensor<2>| probability_slope(logits, own_answer(logits).neg());
        let (logits, gradient) = self.network.input_gradient(x, slope);
        (of(&logits), gradient)
    }
}

/// One less the largest probability, written as the sum of the others, so that it does not vanish beside 1.
fn of(logits: &Tensor<2>) -> Tensor<2> {
    let shares = softmax(logits);
    (shares.clone() - shares * own_answer(logits)).sum_dim(1)
}

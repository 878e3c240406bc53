//! Energy: minus the logarithm of the sum of the logits' exponentials, low where a network has seen the like (Liu et al.
//! 2020). Attacks that raise a wrong logit lower it.

use crate::attack::Knobs;
use crate::detector::{Detector, Entry, Made, Usual};
use crate::loss::softmax;
use crate::sequential::Sequential;
use burn::tensor::Tensor;
use foolproof_core::catalog::Card;

pub(super) const ENTRY: Entry = Entry { card, make };

fn card() -> Card {
    let paper = ["Liu et al. 2020", "Energy-based out-of-distribution detection", "https://arxiv.org/abs/2010.03759"];
    let summary = "Suspects inputs on which all logits together are small.";
    super::card("energy", "Energy", summary, paper, Vec::new())
}

fn make(_: &Knobs, usual: &Usual) -> Made {
    Ok(Box::new(Energy { network: usual.network.clone() }))
}

#[derive(Debug)]
struct Energy {
    network: Sequential,
}

impl Detector for Energy {
    fn score(&self, x: &Tensor<4>) -> Tensor<2> {
        of(&self.network.forward(x.clone()))
    }

    fn gradient(&self, x: &Tensor<4>) -> (Tensor<2>, Tensor<4>) {
        let (logits, gradient) = self.network.input_gradient(x, |logits| softmax(logits).neg());
        (of(&logits), gradient)
    }
}

fn of(logits: &Tensor<2>) -> Tensor<2> {
    let largest = logits.clone().max_dim(1);
    ((logits.clone() - largest.clone()).exp().sum_dim(1).log() + largest).neg()
}

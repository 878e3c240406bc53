//! Feature squeezing: how far the answer moves when an input is squeezed, by fewer bits or by a median, the larger of both
//! (Xu et al. 2018). What carries an attack is often finer than what a squeezer leaves.

use super::probability_slope;
use crate::attack::Knobs;
use crate::detector::{Detector, Entry, Made, Usual};
use crate::loss::softmax;
use crate::sequential::{Modifiers, Sequential};
use crate::{defences, knob};
use burn::tensor::Tensor;
use foolproof_core::catalog::Card;
use foolproof_core::defence::DefenceSpec;
use foolproof_core::protocol::Fault;

pub(super) const ENTRY: Entry = Entry { card, make };

fn card() -> Card {
    let paper = [
        "Xu et al. 2018",
        "Feature squeezing: detecting adversarial examples in deep neural networks",
        "https://arxiv.org/abs/1704.01155",
    ];
    let summary = "Suspects inputs whose answer changes when they are squeezed: to fewer bits, or by a median.";
    let bits = "Bits that the one squeezer leaves of each pixel.";
    let median = "Side of the square whose median the other squeezer takes; 1 for none. Only pictures have one.";
    let knobs =
        vec![knob::whole("bits", "Bits", bits, 1..=8, 1), knob::whole("median", "Median size", median, 1..=3, 2)];
    super::card("squeeze", "Feature squeezing", summary, paper, knobs)
}

fn make(knobs: &Knobs, usual: &Usual) -> Made {
    let mut squeezers = vec![DefenceSpec::new("bits", &[("bits", f64::from(knobs.count("bits")))])];
    let [_, rows, columns] = usual.input;
    if knobs.count("median") > 1 && rows > 1 && columns > 1 {
        squeezers.push(DefenceSpec::new("median", &[("size", f64::from(knobs.count("median")))]));
    }
    // A squeezer has no gradient of its own.
    let through = Modifiers { bpda: true, ..Modifiers::default() };
    let behind = |squeezer: DefenceSpec| {
        let squeezer = defences::make(&[squeezer], usual.input)?;
        Ok(usual.network.clone().defended(squeezer).under(through))
    };
    let squeezed = squeezers.into_iter().map(behind).collect::<Result<_, Fault>>()?;
    Ok(Box::new(Squeeze { network: usual.network.clone(), squeezed }))
}

#[derive(Debug)]
struct Squeeze {
    network: Sequential,
    /// The same behind each squeezer.
    squeezed: Vec<Sequential>,
}

impl Detector for Squeeze {
    fn score(&self, x: &Tensor<4>) -> Tensor<2> {
        let plain = softmax(&self.network.forward(x.clone()));
        let far = |squeezed: &Sequential| apart(&plain, &softmax(&squeezed.forward(x.clone())));
        self.squeezed.iter().map(far).reduce(|one, other| one.max_pair(other)).unwrap_or_else(|| plain.sum_dim(1))
    }

    fn gradient(&self, x: &Tensor<4>) -> (Tensor<2>, Tensor<4>) {
        let logits = self.network.forward(x.clone());
        let plain = softmax(&logits);
        let (mut most, mut gradient) = (plain.clone().sum_dim(1).sub_scalar(2.0), x.zeros_like());
        for squeezed in &self.squeezed {
            let (mut toward, mut far) = (None, None);
            let (_, through) = squeezed.input_gradient(x, |other| {
                let sign = (softmax(other) - plain.clone()).sign();
                far = Some(apart(&plain, &softmax(other)));
                toward = Some(sign.clone());
                probability_slope(other, sign)
            });
            let (Some(toward), Some(far)) = (toward, far) else { continue };
            let (_, direct) = self.network.input_gradient(x, |logits| probability_slope(logits, toward.neg()));
            let farther = most.clone().lower(far.clone());
            let of_pixels = farther.clone().reshape([x.dims()[0], 1, 1, 1]).expand(x.dims());
            gradient = gradient.mask_where(of_pixels, through + direct);
            most = most.mask_where(farther, far);
        }
        (most, gradient)
    }
}

/// Sum of the differences of two rows of probabilities, 0 to 2, `[batch, 1]`.
fn apart(one: &Tensor<2>, other: &Tensor<2>) -> Tensor<2> {
    (one.clone() - other.clone()).abs().sum_dim(1)
}

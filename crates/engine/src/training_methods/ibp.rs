//! Interval-bound training: the loss of logits that are as bad as they can be anywhere in the ball, by interval bounds, so
//! that the same bounds prove what was learnt (Gowal et al. 2018, "On the effectiveness of interval bound propagation",
//! <https://arxiv.org/abs/1810.12715>). Fresh weights are drawn so that bounds neither grow nor shrink from layer to layer
//! (Shi et al. 2021, <https://arxiv.org/abs/2103.17268>).

use crate::attack::Knobs;
use crate::knob;
use crate::training_method::{BatchContext, Bounds, Entry, TrainingMethod};
use burn::tensor::Tensor;
use foolproof_core::catalog::{Card, Norm};

pub(super) const ENTRY: Entry = Entry { card, make, borrows: false };

/// Share of the run in which the radius stays 0: it is not worth bounding what has not learnt to read.
const START: f64 = 0.05;

fn card() -> Card {
    let paper = [
        "Gowal et al. 2018",
        "On the effectiveness of interval bound propagation for training verifiably robust models",
        "https://arxiv.org/abs/1810.12715",
    ];
    let help = "Weight of the loss on clean pictures once epsilon has grown; what bounds say has the rest.";
    let knobs = vec![knob::real("kappa", "Clean share", help, 0.0..=1.0, 0.5)];
    let summary = "Learns from the worst that any attack could do, by interval bounds, which then prove it.";
    Card { norms: vec![Norm::Linf], ..super::card("ibp", "Interval bounds", summary, paper, knobs) }
}

fn make(knobs: &Knobs) -> Box<dyn TrainingMethod> {
    Box::new(Ibp { kappa: super::factor(knobs, "kappa") })
}

/// Training on interval bounds.
struct Ibp {
    kappa: f32,
}

impl TrainingMethod for Ibp {
    fn attack(&self, context: &BatchContext) -> Tensor<4> {
        context.case.clean.clone()
    }

    fn bounds(&self) -> Option<Bounds> {
        Some(Bounds { clean: self.kappa, start: START })
    }
}

//! FGSM as careless code has it: the straw man that masked gradients were shown off with. Its loss is the logarithm of a softmax
//! that is clipped to 1e-7 and 1 - 1e-7, so that where the network is sure nothing is left to follow (Carlini and Wagner 2017,
//! <https://arxiv.org/abs/1608.04644>, section 8, on how defensive distillation was evaluated). It stands in no picker: it is
//! the first rung of "Too good to be true?", and every other attack of the registry takes the loss of the logits.

use crate::attack::{Attack, Entry, Knobs, Probe, Run};
use crate::ball::{self, Ball};
use crate::case::Case;
use crate::loss::naive_slope;
use burn::tensor::Tensor;
use foolproof_core::catalog::Card;

pub(super) const ENTRY: Entry = Entry { card, make };

fn card() -> Card {
    let card = Card::new(
        "fgsm-naive",
        "naive FGSM",
        "FGSM on a clipped softmax, as careless code has it: it fails where the network is sure.",
        [
            "Carlini & Wagner 2017",
            "Towards evaluating the robustness of neural networks",
            "https://arxiv.org/abs/1608.04644",
        ],
    );
    Card { straw_man: true, targeted: false, ..card }
}

fn make(_: &Knobs, ball: &Ball) -> Box<dyn Attack> {
    Box::new(Naive { step: ball.radius })
}

/// One step from the clean input.
#[derive(Clone, Copy)]
struct Naive {
    step: f32,
}

impl Attack for Naive {
    fn plan(&self) -> Vec<u32> {
        vec![1]
    }

    fn step_size(&self) -> f32 {
        self.step
    }

    fn begin(&self, case: &Case, _ball: &Ball, _run: u32) -> (Tensor<4>, Box<dyn Run>) {
        (case.clean.clone(), Box::new(*self))
    }
}

impl Run for Naive {
    fn step(&mut self, probe: &mut Probe) -> Tensor<4> {
        let case = probe.case;
        let gradient = probe.gradient_of(|logits| case.goal.turned(naive_slope(logits, &case.class)));
        let direction = probe.ball.steepest(gradient);
        ball::step(&probe.at, direction, self.step)
    }
}

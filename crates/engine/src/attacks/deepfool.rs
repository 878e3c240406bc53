//! DeepFool: again and again onto the nearest decision boundary of the network made linear, until the answer changes
//! (Moosavi-Dezfooli et al. 2016).

use crate::attack::{Attack, Entry, Knobs, Probe, Run};
use crate::{
    ball::Ball,
    case::{Case, own_answer},
    knob, loss, preset,
};
use burn::tensor::{Int, Tensor};
use foolproof_core::catalog::{Aim, Card, Norm};

pub(super) const ENTRY: Entry = Entry { card, make };

/// Added to a distance to be gone, pixels, as Foolbox does.
const AT_LEAST: f32 = 1e-4;
/// Further than any distance of a class; finite, so that no infinity can spread.
const FAR: f32 = 1e9;

fn card() -> Card {
    let candidates = "How many classes count, the most likely ones, the model's own answer included.";
    let overshoot = "How much further than the boundary the whole change goes.";
    Card {
        norms: vec![Norm::L2, Norm::Linf],
        targeted: false,
        aim: Aim::Nearest,
        knobs: vec![
            knob::steps(50),
            knob::whole("candidates", "Candidates", candidates, 2..=10, 10),
            knob::real("overshoot", "Overshoot", overshoot, 0.0..=1.0, 0.02),
        ],
        presets: vec![preset::own("Foolbox", &[("steps", 50.0), ("candidates", 10.0), ("overshoot", 0.02)])],
        ..Card::new(
            "deepfool",
            "DeepFool",
            "Steps onto the nearest decision boundary, as if the network were linear, until the answer changes.",
            [
                "Moosavi-Dezfooli et al. 2016",
                "DeepFool: a simple and accurate method to fool deep neural networks",
                "https://arxiv.org/abs/1511.04599",
            ],
        )
    }
}

fn make(knobs: &Knobs, _: &Ball) -> Box<dyn Attack> {
    let (steps, candidates) = (knobs.count("steps"), knobs.count("candidates"));
    Box::new(DeepFool { steps, candidates, overshoot: knobs.get("overshoot").map_or(0.02, |value| value as f32) })
}

/// DeepFool with its knobs set.
#[derive(Clone, Copy)]
struct DeepFool {
    steps: u32,
    candidates: u32,
    overshoot: f32,
}

/// One run, with the sum of its steps.
struct Walk {
    of: DeepFool,
    total: Tensor<4>,
}

impl Attack for DeepFool {
    fn plan(&self) -> Vec<u32> {
        vec![self.steps]
    }

    fn aim(&self) -> Aim {
        Aim::Nearest
    }

    fn rests(&self, _: usize) -> bool {
        true
    }

    fn begin(&self, case: &Case, _: &Ball, _: u32) -> (Tensor<4>, Box<dyn Run>) {
        (case.clean.clone(), Box::new(Walk { of: *self, total: case.clean.zeros_like() }))
    }
}

impl Run for Walk {
    fn step(&mut self, probe: &mut Probe) -> Tensor<4> {
        let case = probe.case;
        let (logits, gradients) = probe.jacobian(probe.at.clone());
        probe.logits = Some(logits.clone());
        let dims = probe.at.dims();
        let step = self.nearest(case, probe.ball, &logits, gradients).reshape(dims);
        probe.gradient = Some(step.clone());
        self.total = self.total.clone() + step;
        let next = case.clean.clone() + self.total.clone().mul_scalar(1.0 + self.of.overshoot);
        // A sample that is fooled stays where it is.
        let fooled = case.score(&logits).greater_scalar(0.0).reshape([dims[0], 1, 1, 1]).expand(dims);
        next.clamp(0.0, 1.0).mask_where(fooled, probe.at.clone())
    }

    fn select(&mut self, _: &[usize], index: &Tensor<1, Int>) {
        self.total = self.total.clone().select(0, index.clone());
    }
}

impl Walk {
    /// The step onto the nearest linearised boundary, `[batch, 1, pixel]`. Slopes and gaps are taken as multiples of the
    /// steepest slope, since of small ones no square would be left; a class that none leads to is no candidate.
    fn nearest(&self, case: &Case, ball: &Ball, logits: &Tensor<2>, gradients: Tensor<3>) -> Tensor<3> {
        let [batch, classes, features] = gradients.dims();
        let each = |x: Tensor<2>| x.reshape([batch, classes, 1]);
        let own = case.class.clone();
        let rise = gradients.clone() - (gradients * each(own.clone())).sum_dim(1);
        let rise = ball.scaled_rows(rise, &case.clean);
        let steepest = rise.clone().abs().flatten::<2>(1, 2).max_dim(1);
        let steepest = steepest.clone().mask_fill(steepest.equal_scalar(0.0), 1.0);
        let rise = rise / steepest.clone().reshape([batch, 1, 1]);
        let gap = (logits.clone() - (logits.clone() * own.clone()).sum_dim(1)).abs() / steepest;
        // The norm dual to the one that the change is measured in.
        let length = match ball.norm {
            Norm::Linf => rise.clone().abs().sum_dim(2),
            Norm::L2 | Norm::L1 => rise.clone().square().sum_dim(2).sqrt(),
        };
        let length = length.reshape([batch, classes]);
        let flat = length.clone().equal_scalar(0.0);
        let length = length.mask_fill(flat.clone(), 1.0);
        let distance = (gap / length.clone()).clamp_max(FAR);
        let late = loss::places(&case.logits).greater_equal_scalar(self.of.candidates as i32);
        let out = late.bool_or(flat).float() + own;
        let pick = own_answer(&(distance.clone() + out.mul_scalar(2.0 * FAR)).neg());
        let of = |x: Tensor<2>| (x * pick.clone()).sum_dim(1).reshape([batch, 1, 1]);
        let toward = (rise * each(pick.clone())).sum_dim(1).reshape([batch, 1, features]);
        let go = of(distance).add_scalar(AT_LEAST);
        let step = match ball.norm {
            Norm::Linf => toward.sign() * go,
            Norm::L2 | Norm::L1 => toward * (go / of(length)),
        };
        ball.scaled_rows(step, &case.clean)
    }
}

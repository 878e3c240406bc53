//! Fast adversarial training: one large step from a random point of the ball (Wong et al. 2020,
//! <https://arxiv.org/abs/2001.03994>). Beginning at the clean picture instead, as Goodfellow et al. did, is how it
//! overfits catastrophically; noise beyond the ball and no projection is N-FGSM (de Jorge et al. 2022,
//! <https://arxiv.org/abs/2202.01181>).

use super::{factor, stride};
use crate::attack::Knobs;
use crate::inner_maximisation::Slope;
use crate::knob;
use crate::training_method::{BatchContext, Entry, TrainingMethod};
use burn::tensor::Tensor;
use foolproof_core::catalog::Card;

pub(super) const ENTRY: Entry = Entry { card, make, borrows: false };

fn card() -> Card {
    let paper = [
        "Wong et al. 2020",
        "Fast is better than free: revisiting adversarial training",
        "https://arxiv.org/abs/2001.03994",
    ];
    let noise =
        "Radius of the ball that the start is drawn from, as a multiple of epsilon; 0 begins at the clean picture.";
    let clip = "Brings the example back into the ball; N-FGSM leaves it where it is.";
    let knobs = vec![
        stride(1.25),
        knob::real("noise", "Random start (× ε)", noise, 0.0..=4.0, 1.0),
        knob::toggle("clip", "Stay in the ball", clip, true),
    ];
    super::card("fast", "Fast (FGSM)", "Learns from examples made by one large step from a random start.", paper, knobs)
}

fn make(knobs: &Knobs) -> Box<dyn TrainingMethod> {
    let clip = knobs.get("clip") != Some(0.0);
    Box::new(Fast { step: factor(knobs, "step"), noise: factor(knobs, "noise"), clip })
}

/// FGSM from a random start.
struct Fast {
    /// Step and radius of the start, as multiples of epsilon.
    step: f32,
    noise: f32,
    clip: bool,
}

impl TrainingMethod for Fast {
    fn attack(&self, context: &BatchContext) -> Tensor<4> {
        let (ball, clean) = (context.ball, &context.case.clean);
        let around = ball.with_radius(self.noise * ball.radius);
        let start = match self.noise {
            0.0 => clean.clone(),
            _ => Slope { ball: &around, ..context.slope() }.random_start(),
        };
        let start = start.clamp(0.0, 1.0);
        let reached = context.slope().step(start, self.step * ball.radius, |logits| context.cross_entropy(logits));
        if self.clip { ball.project(clean, reached) } else { reached.clamp(0.0, 1.0) }
    }
}

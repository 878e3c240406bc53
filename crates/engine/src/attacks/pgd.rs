//! PGD, projected gradient descent: small steps along the gradient, each followed by a projection into the ball, from
//! a random point of it and, if asked, from several (Madry et al. 2018).

use super::auto_step;
use crate::attack::{Attack, Entry, Knobs, Probe, Run};
use crate::ball::{self, Ball};
use crate::{case::Case, knob, preset};
use burn::tensor::Tensor;
use foolproof_core::catalog::{Card, Norm, Preset, PresetValue};

pub(super) const ENTRY: Entry = Entry { card, make };

fn card() -> Card {
    Card {
        knobs: vec![
            knob::steps(40),
            knob::step(),
            knob::restarts(),
            knob::toggle(
                "start",
                "Random start",
                "Begins at a random point of the ball instead of the clean input.",
                true,
            ),
        ],
        presets: presets(),
        ..Card::new(
            "pgd",
            "PGD",
            "Follows the gradient in small steps and is pulled back into the norm ball after each one.",
            [
                "Madry et al. 2018",
                "Towards deep learning models resistant to adversarial attacks",
                "https://arxiv.org/abs/1706.06083",
            ],
        )
    }
}

fn presets() -> Vec<Preset> {
    use PresetValue::{Fixed, TimesEps};
    let (flat, round) = ([Norm::Linf], [Norm::L2, Norm::L1]);
    vec![
        preset::fixed("Madry et al., MNIST", &flat, &[("eps", 0.3), ("step", 0.01), ("steps", 40.0)]),
        preset::of("Foolbox, L∞", &flat, &[("step", TimesEps(0.01 / 0.3)), ("steps", Fixed(40.0))]),
        preset::of("Foolbox, L2 and L1", &round, &[("step", TimesEps(0.025)), ("steps", Fixed(50.0))]),
        preset::fixed("torchattacks", &flat, &[("eps", 8.0 / 255.0), ("step", 2.0 / 255.0), ("steps", 10.0)]),
    ]
}

fn make(knobs: &Knobs, ball: &Ball) -> Box<dyn Attack> {
    let steps = knobs.count("steps");
    let step = knobs.get("step").map_or_else(|| auto_step(ball.radius, steps), |step| step as f32);
    let start = if knobs.get("start") == Some(0.0) { Start::Clean } else { Start::Random };
    Box::new(Pgd { steps, step, restarts: knobs.count("restarts"), start })
}

/// PGD and, with one step from the clean input, FGSM.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Pgd {
    /// Steps a restart, at least 1.
    pub steps: u32,
    /// Length of a step in the ball's norm, pixels.
    pub step: f32,
    /// Runs from a new start, at least 1.
    pub restarts: u32,
    /// Where a run begins.
    pub start: Start,
}

/// Where a run begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Start {
    /// At the clean input.
    Clean,
    /// At a point drawn uniformly from the ball.
    Random,
}

impl Attack for Pgd {
    fn plan(&self) -> Vec<u32> {
        vec![self.steps; self.restarts as usize]
    }

    fn step_size(&self) -> f32 {
        self.step
    }

    fn begin(&self, case: &Case, ball: &Ball, restart: u32) -> (Tensor<4>, Box<dyn Run>) {
        let start = match self.start {
            Start::Clean => case.clean.clone(),
            Start::Random => ball.random_start(&case.clean, &mut case.streams(restart)),
        };
        (start, Box::new(*self))
    }
}

impl Run for Pgd {
    fn step(&mut self, probe: &mut Probe) -> Tensor<4> {
        let gradient = probe.gradient(); // stage: gradient
        let direction = probe.ball.steepest(gradient); // stage: direction
        ball::step(&probe.at, direction, self.step) // stage: step
    }

    fn stride(&self) -> Option<f32> {
        Some(self.step)
    }
}

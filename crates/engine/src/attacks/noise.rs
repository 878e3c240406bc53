//! Random noise: points drawn uniformly from the ball, the weakest attack there is and the yardstick of every other one
//! (Fawzi et al. 2016).

use crate::attack::{Attack, Entry, Knobs, Probe, Run};
use crate::random::Stream;
use crate::{ball::Ball, case::Case, knob};
use burn::tensor::Tensor;
use foolproof_core::catalog::{Access, Card};

pub(super) const ENTRY: Entry = Entry { card, make };

fn card() -> Card {
    Card {
        access: Access::Scores,
        knobs: vec![knob::whole("tries", "Tries", "How many points are drawn; the best one counts.", 1..=1000, 10)],
        ..Card::new(
            "noise",
            "Noise",
            "Tries random points of the norm ball and keeps the worst one.",
            [
                "Fawzi et al. 2016",
                "Robustness of classifiers: from adversarial to random noise",
                "https://arxiv.org/abs/1608.08967",
            ],
        )
    }
}

fn make(knobs: &Knobs, _: &Ball) -> Box<dyn Attack> {
    Box::new(Noise { tries: knobs.count("tries") })
}

struct Noise {
    tries: u32,
}

impl Attack for Noise {
    fn plan(&self) -> Vec<u32> {
        vec![self.tries]
    }

    fn begin(&self, case: &Case, ball: &Ball, run: u32) -> (Tensor<4>, Box<dyn Run>) {
        let mut draws = Draws(case.streams(run));
        (ball.random_start(&case.clean, &mut draws.0), Box::new(draws))
    }
}

/// One stream a sample.
struct Draws(Vec<Stream>);

impl Run for Draws {
    fn step(&mut self, probe: &mut Probe) -> Tensor<4> {
        probe.ball.random_start(&probe.case.clean, &mut self.0)
    }
}

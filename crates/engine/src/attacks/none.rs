//! No attack: the input as it is, so that a page or a link can show the model at rest.

use crate::attack::{Attack, Entry, Knobs, Probe, Run, Unable};
use crate::{ball::Ball, case::Case};
use burn::tensor::Tensor;
use foolproof_core::catalog::{Access, Card};
use foolproof_core::protocol::SampleOutcome;

pub(super) const ENTRY: Entry = Entry { card, make };

fn card() -> Card {
    Card {
        targeted: false,
        access: Access::None,
        ..Card::new(
            "none",
            "None",
            "Leaves the input as it is.",
            ["Szegedy et al. 2014", "Intriguing properties of neural networks", "https://arxiv.org/abs/1312.6199"],
        )
    }
}

fn make(_: &Knobs, _: &Ball) -> Box<dyn Attack> {
    Box::new(Still)
}

/// Stays where it is.
struct Still;

impl Attack for Still {
    fn plan(&self) -> Vec<u32> {
        vec![1]
    }

    fn begin(&self, case: &Case, _: &Ball, _: u32) -> (Tensor<4>, Box<dyn Run>) {
        (case.clean.clone(), Box::new(Rest(case.score(&case.logits).ones_like())))
    }
}

/// A one for each sample, as nothing is done to any.
struct Rest(Tensor<2>);

impl Run for Rest {
    fn step(&mut self, probe: &mut Probe) -> Tensor<4> {
        probe.at.clone()
    }

    fn unable(&self) -> Option<Unable> {
        Some(Unable { why: SampleOutcome::NothingToDo, samples: self.0.clone() })
    }
}

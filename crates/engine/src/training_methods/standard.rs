//! Standard training: empirical risk on clean pictures (Goodfellow et al. 2015 call it the baseline to beat,
//! <https://arxiv.org/abs/1412.6572>).

use crate::attack::Knobs;
use crate::training_method::{BatchContext, Entry, TrainingMethod};
use burn::tensor::Tensor;
use foolproof_core::catalog::Card;

pub(super) const ENTRY: Entry = Entry { card, make, borrows: false };

fn card() -> Card {
    let paper =
        ["Goodfellow et al. 2015", "Explaining and harnessing adversarial examples", "https://arxiv.org/abs/1412.6572"];
    super::card("standard", "Standard", "Learns from clean pictures only, as most networks do.", paper, Vec::new())
}

fn make(_: &Knobs) -> Box<dyn TrainingMethod> {
    Box::new(Standard)
}

/// Standard training.
struct Standard;

impl TrainingMethod for Standard {
    fn attack(&self, context: &BatchContext) -> Tensor<4> {
        context.case.clean.clone()
    }
}

//! Distance to neighbours: how far what the last layer decides by lies from the fifth nearest of the clean inputs, each scaled
//! to length 1 (Sun et al. 2022). The same distance that Explain calls unusual.

use crate::attack::Knobs;
use crate::detector::{Detector, Entry, Made, Usual};
use crate::explain::NEAREST;
use crate::one_hot::own_answer;
use crate::sequential::Sequential;
use crate::upload::floats;
use burn::tensor::Tensor;
use foolproof_core::catalog::Card;
use foolproof_core::protocol::{Fault, FaultKind};

pub(super) const ENTRY: Entry = Entry { card, make };

/// Stands in for a length, or a distance, of 0 where one is divided by it.
const SMALLEST: f32 = 1e-12;
/// Below every product of rows of length 1.
const TAKEN: f32 = -4.0;

fn card() -> Card {
    let paper = [
        "Sun et al. 2022",
        "Out-of-distribution detection with deep nearest neighbors",
        "https://arxiv.org/abs/2204.06507",
    ];
    let summary = "Suspects inputs far from their fifth nearest clean input in what the last layer decides by.";
    super::card("neighbour", "Distance to neighbours", summary, paper, Vec::new())
}

fn make(_: &Knobs, usual: &Usual) -> Made {
    let count = usual.labels.len();
    if count < NEAREST {
        let why = format!("The distance to neighbours needs {NEAREST} clean inputs at least, not {count}.");
        return Err(Fault::new(FaultKind::Input, why));
    }
    let rows = floats(usual.features.clone(), [count, usual.width], &usual.device);
    Ok(Box::new(Neighbour { body: usual.network.body(), rows: unit(&rows).0 }))
}

#[derive(Debug)]
struct Neighbour {
    /// Answers features.
    body: Sequential,
    /// Those of the clean inputs, of length 1, `[input, feature]`.
    rows: Tensor<2>,
}

impl Neighbour {
    /// The row that is the fifth nearest to each of these, which are of length 1, `[batch, feature]`.
    fn fifth(&self, unit: &Tensor<2>) -> Tensor<2> {
        let mut near = unit.clone().matmul(self.rows.clone().transpose());
        for _ in 1..NEAREST {
            near = near.clone() + own_answer(&near).mul_scalar(TAKEN);
        }
        own_answer(&near).matmul(self.rows.clone())
    }
}

impl Detector for Neighbour {
    fn score(&self, x: &Tensor<4>) -> Tensor<2> {
        let (unit, _) = unit(&self.body.forward(x.clone()));
        length(&(unit.clone() - self.fifth(&unit)))
    }

    fn gradient(&self, x: &Tensor<4>) -> (Tensor<2>, Tensor<4>) {
        let mut score = None;
        let (_, gradient) = self.body.input_gradient(x, |features| {
            let (unit, long) = unit(features);
            let away = unit.clone() - self.fifth(&unit);
            let far = length(&away);
            score = Some(far.clone());
            let toward = away / far.clamp_min(SMALLEST);
            // What only makes the row longer changes nothing.
            let along = (toward.clone() * unit.clone()).sum_dim(1);
            (toward - unit * along) / long.clamp_min(SMALLEST)
        });
        (score.unwrap_or_else(|| self.score(x)), gradient)
    }
}

/// Rows of length 1, or 0 where a row is, and the lengths, `[batch, 1]`.
fn unit(rows: &Tensor<2>) -> (Tensor<2>, Tensor<2>) {
    let long = length(rows);
    (rows.clone() / long.clone().clamp_min(SMALLEST), long)
}

fn length(rows: &Tensor<2>) -> Tensor<2> {
    (rows.clone() * rows.clone()).sum_dim(1).sqrt()
}

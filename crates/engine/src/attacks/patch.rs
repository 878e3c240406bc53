//! An adversarial patch: a square that may look like anything, while the rest of the picture stays (Brown et al. 2017,
//! <https://arxiv.org/abs/1712.09665>).
//!
//! Each input gets a patch of its own, in the same place, so that it fares alike alone and in a batch: the strongest
//! patch, where the paper's one print for every context is the universal one.

use crate::attack::{Attack, Entry, Knobs, Probe, Run};
use crate::upload::floats;
use crate::{ball::Ball, case::Case, knob};
use burn::tensor::Tensor;
use foolproof_core::catalog::{Aim, Card};

pub(super) const ENTRY: Entry = Entry { card, make };

fn card() -> Card {
    let step = "How far one step moves a pixel of the patch.";
    Card {
        pictures_only: true,
        aim: Aim::Free,
        knobs: vec![
            knob::real("size", "Size", "Side of the patch, as a share of the picture's.", 0.01..=1.0, 0.3),
            knob::real("row", "Row", "Where the patch is: 0 at the top, 1 at the bottom.", 0.0..=1.0, 0.0),
            knob::real("column", "Column", "Where the patch is: 0 at the left, 1 at the right.", 0.0..=1.0, 0.0),
            knob::steps(100),
            knob::auto("step", "Step size", step, 0.0..=100.0, "2.5/steps"),
            knob::restarts(),
        ],
        ..Card::new(
            "patch",
            "Patch",
            "Paints a square patch as it likes and leaves the rest of the picture alone.",
            ["Brown et al. 2017", "Adversarial patch", "https://arxiv.org/abs/1712.09665"],
        )
    }
}

fn make(knobs: &Knobs, _: &Ball) -> Box<dyn Attack> {
    let steps = knobs.count("steps");
    let share = |key: &str, or: f32| knobs.get(key).map_or(or, |share| share as f32);
    Box::new(Patch {
        size: share("size", 0.3),
        place: [share("row", 0.0), share("column", 0.0)],
        steps,
        step: share("step", 2.5 / steps as f32),
        restarts: knobs.count("restarts"),
    })
}

/// A square patch.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Patch {
    /// Side, as a share of the picture's shorter one, in (0, 1].
    pub size: f32,
    /// Row and column, from 0 (top, left) to 1 (bottom, right).
    pub place: [f32; 2],
    /// Steps a restart, at least 1.
    pub steps: u32,
    /// How far a step moves a pixel.
    pub step: f32,
    /// Runs from another random patch, at least 1.
    pub restarts: u32,
}

impl Patch {
    /// First row, first column and side, pixels.
    pub fn square(&self, rows: usize, columns: usize) -> (usize, usize, usize) {
        let shorter = rows.min(columns);
        let side = ((self.size * shorter as f32).round() as usize).clamp(1, shorter);
        let first = |share: f32, length: usize| (share.clamp(0.0, 1.0) * (length - side) as f32).round() as usize;
        (first(self.place[0], rows), first(self.place[1], columns), side)
    }
}

impl Attack for Patch {
    fn plan(&self) -> Vec<u32> {
        vec![self.steps; self.restarts as usize]
    }

    fn step_size(&self) -> f32 {
        self.step
    }

    fn aim(&self) -> Aim {
        Aim::Free
    }

    fn begin(&self, case: &Case, _: &Ball, run: u32) -> (Tensor<4>, Box<dyn Run>) {
        let [batch, channels, rows, columns] = case.clean.dims();
        let (top, left, side) = self.square(rows, columns);
        let inside = |at: usize| {
            let (row, column) = (at / columns % rows, at % columns);
            (top..top + side).contains(&row) && (left..left + side).contains(&column)
        };
        let (mut noise, mut mask) = (vec![0.0f32; batch * channels * rows * columns], vec![0.0f32; rows * columns]);
        (0..mask.len()).filter(|&at| inside(at)).for_each(|at| mask[at] = 1.0);
        for (picture, mut stream) in noise.chunks_exact_mut(channels * rows * columns).zip(case.streams(run)) {
            (0..picture.len()).filter(|&at| inside(at)).for_each(|at| picture[at] = stream.uniform());
        }
        let device = case.clean.device();
        let mask = floats(mask, [1, 1, rows, columns], &device);
        let noise = floats(noise, case.clean.dims(), &device);
        let start = case.clean.clone() * mask.clone().neg().add_scalar(1.0) + noise;
        (start, Box::new(Painting { strokes: mask.mul_scalar(self.step) }))
    }
}

/// One run.
struct Painting {
    /// How far each pixel moves: the step in the patch, 0 elsewhere; `[1, 1, row, column]`.
    strokes: Tensor<4>,
}

impl Run for Painting {
    fn step(&mut self, probe: &mut Probe) -> Tensor<4> {
        probe.at.clone() + probe.gradient().sign() * self.strokes.clone()
    }
}

//! HopSkipJump: estimates the boundary's normal from the answered class at random points around it, jumps along it and
//! returns to the boundary (Chen et al. 2020, <https://arxiv.org/abs/1904.02144>).
//!
//! An iteration is several steps, so that a long one can be stopped: estimates of at most [`SLICE`] evaluations each,
//! then the jump. All samples share the directions; clipped to the pixel box, they are each one's own.

mod jump;

use crate::attack::{Attack, Entry, Knobs, Probe, Run, Unable};
use crate::starting_point::StartingPoint;
use crate::{ball::Ball, case::Case, knob, preset};
use burn::tensor::Tensor;
use foolproof_core::catalog::{Access, Aim, Card, Norm};
use jump::Hop;

pub(super) const ENTRY: Entry = Entry { card, make };

/// Most evaluations of a step.
const SLICE: u32 = 128;

fn card() -> Card {
    Card {
        norms: vec![Norm::L2, Norm::Linf],
        aim: Aim::Nearest,
        access: Access::Decision,
        knobs: vec![
            knob::whole("steps", "Iterations", "Estimates of the boundary's direction, each with a jump.", 1..=64, 16),
            knob::whole("first", "First evaluations", "Queries for the first estimate.", 10..=1000, 100),
            knob::whole("most", "Most evaluations", "Queries for one estimate at most.", 10..=10_000, 10_000),
        ],
        presets: vec![preset::own("Chen et al.", &[("steps", 64.0), ("first", 100.0), ("most", 10_000.0)])],
        ..Card::new(
            "hopskipjump",
            "HopSkipJump",
            "Feels its way along the decision boundary, and needs the answered class only.",
            [
                "Chen et al. 2020",
                "HopSkipJumpAttack: a query-efficient decision-based attack",
                "https://arxiv.org/abs/1904.02144",
            ],
        )
    }
}

fn make(knobs: &Knobs, _: &Ball) -> Box<dyn Attack> {
    let (first, most) = (knobs.count("first"), knobs.count("most"));
    Box::new(HopSkipJump { iterations: knobs.count("steps"), first, most })
}

/// HopSkipJump in either norm.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct HopSkipJump {
    /// Iterations, at least 1.
    pub iterations: u32,
    /// Evaluations of the first estimate, at least 1; they grow with the root of the iteration's number.
    pub first: u32,
    /// Evaluations of any estimate at most.
    pub most: u32,
}

impl HopSkipJump {
    /// Evaluations of iteration number `iteration`, counted from 1.
    pub fn evaluations(&self, iteration: u32) -> u32 {
        let grown = f64::from(self.first) * f64::from(iteration).sqrt();
        (grown as u32).clamp(1, self.most)
    }

    /// Steps of this iteration: the slices of its estimate; the last one also jumps.
    fn slices(&self, iteration: u32) -> u32 {
        self.evaluations(iteration).div_ceil(SLICE)
    }
}

impl Attack for HopSkipJump {
    fn plan(&self) -> Vec<u32> {
        vec![StartingPoint::STEPS + (1..=self.iterations).map(|iteration| self.slices(iteration)).sum::<u32>()]
    }

    fn aim(&self) -> Aim {
        Aim::Nearest
    }

    fn begin(&self, case: &Case, _: &Ball, run: u32) -> (Tensor<4>, Box<dyn Run>) {
        let (first, starting_point) = StartingPoint::begin(case, run);
        (first, Box::new(Path { attack: *self, place: (1, 0), starting_point, hop: None }))
    }
}

/// One run.
struct Path {
    attack: HopSkipJump,
    /// Iteration under way, from 1, and its evaluations made so far.
    place: (u32, u32),
    starting_point: StartingPoint,
    /// `None` before there is a start.
    hop: Option<Hop>,
}

impl Run for Path {
    fn step(&mut self, probe: &mut Probe) -> Tensor<4> {
        if self.hop.is_none()
            && let Some(next) = self.starting_point.step(probe)
        {
            return next;
        }
        let starting_point = &self.starting_point;
        let hop = self.hop.get_or_insert_with(|| {
            let (start, stream) = starting_point.end(&probe.case.clean);
            Hop::new(start, stream, probe)
        });
        let (iteration, made) = self.place;
        let all = self.attack.evaluations(iteration);
        let slice = SLICE.min(all - made);
        hop.feel(probe, slice, iteration == 1);
        self.place.1 += slice;
        if self.place.1 == all {
            hop.jump(probe, iteration);
            self.place = (iteration + 1, 0);
        }
        hop.at.clone()
    }

    fn unable(&self) -> Option<Unable> {
        Some(self.starting_point.unable())
    }
}

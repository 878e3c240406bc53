//! Rotations and shifts: the worst of a grid of them, or of some drawn at random (Engstrom et al. 2019,
//! <https://arxiv.org/abs/1712.02779>). One query each.

use crate::attack::{Attack, Entry, Knobs, Probe, Run};
use crate::{ball::Ball, case::Case, knob, preset, warp::Warp};
use burn::tensor::Tensor;
use foolproof_core::catalog::{Access, Aim, Card, Knob};

pub(super) const ENTRY: Entry = Entry { card, make };

fn card() -> Card {
    let reach =
        |shift, random| [("turn", 30.0), ("shift", shift), ("turns", 31.0), ("shifts", 5.0), ("random", random)];
    // Foolbox's pixel of shift is 27/28 of a pixel.
    let foolbox = [("turn", 30.0), ("shift", 3.0 * 27.0 / 28.0), ("turns", 5.0), ("shifts", 5.0), ("random", 0.0)];
    Card {
        pictures_only: true,
        aim: Aim::Free,
        access: Access::Scores,
        knobs: knobs(),
        presets: vec![
            preset::own("Engstrom et al., grid", &reach(3.0, 0.0)),
            preset::own("Engstrom et al., worst of 10", &reach(3.0, 10.0)),
            preset::own("Foolbox", &foolbox),
        ],
        ..Card::new(
            "spatial",
            "Rotation and shift",
            "Turns and shifts the picture, and keeps the turn that fools the model most.",
            [
                "Engstrom et al. 2019",
                "Exploring the landscape of spatial robustness",
                "https://arxiv.org/abs/1712.02779",
            ],
        )
    }
}

fn knobs() -> Vec<Knob> {
    let random = "How many random turns are tried; 0 tries the grid.";
    vec![
        knob::real("turn", "Largest rotation", "Either way, in degrees.", 0.0..=180.0, 30.0),
        knob::real("shift", "Largest shift", "In each direction, in pixels.", 0.0..=28.0, 3.0),
        knob::whole("turns", "Rotations", "How many rotations the grid has.", 1..=181, 31),
        knob::whole("shifts", "Shifts", "How many shifts the grid has across, and as many down.", 1..=29, 5),
        knob::whole("random", "Random tries", random, 0..=5000, 0),
    ]
}

fn make(knobs: &Knobs, _: &Ball) -> Box<dyn Attack> {
    let reach = |key: &str| knobs.get(key).map_or(0.0, |reach| reach as f32);
    Box::new(Spatial {
        turn: reach("turn"),
        shift: reach("shift"),
        turns: knobs.count("turns"),
        shifts: knobs.count("shifts"),
        random: reach("random") as u32,
    })
}

/// The worst of many rotations and shifts.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Spatial {
    /// Largest rotation, degrees.
    pub turn: f32,
    /// Largest shift in each direction, pixels.
    pub shift: f32,
    /// Rotations of the grid, at least 1.
    pub turns: u32,
    /// Shifts of the grid in each direction, at least 1.
    pub shifts: u32,
    /// Random tries instead of the grid; 0 for the grid.
    pub random: u32,
}

impl Spatial {
    fn count(&self) -> u32 {
        if self.random > 0 { self.random } else { self.turns * self.shifts * self.shifts }
    }

    /// What is tried. Random tries are the same for all samples.
    fn warps(&self, case: &Case, run: u32) -> Vec<Warp> {
        let mut stream = case.shared_stream(run);
        let mut within = |reach: f32| (2.0 * stream.uniform() - 1.0) * reach;
        if self.random > 0 {
            let one = |_| Warp { degrees: within(self.turn), right: within(self.shift), down: within(self.shift) };
            return (0..self.random).map(one).collect();
        }
        let shifts = line(self.shift, self.shifts);
        let turned = |degrees: f32| {
            let shifts = &shifts;
            shifts.iter().flat_map(move |&right| shifts.iter().map(move |&down| Warp { degrees, right, down }))
        };
        line(self.turn, self.turns).into_iter().flat_map(turned).collect()
    }
}

/// Evenly spread values from -reach to reach; a single one is 0.
fn line(reach: f32, count: u32) -> Vec<f32> {
    match count {
        0 | 1 => vec![0.0],
        _ => (0..count).map(|at| reach * (2.0 * at as f32 / (count - 1) as f32 - 1.0)).collect(),
    }
}

impl Attack for Spatial {
    fn plan(&self) -> Vec<u32> {
        // The first one is where the run begins, and the last one is judged after the last step.
        vec![(self.count() - 1).max(1)]
    }

    fn aim(&self) -> Aim {
        Aim::Free
    }

    fn begin(&self, case: &Case, _: &Ball, run: u32) -> (Tensor<4>, Box<dyn Run>) {
        let mut left = self.warps(case, run).into_iter();
        let first = left.next().unwrap_or_default().apply(&case.clean);
        (first, Box::new(Turning { left }))
    }
}

/// What is still to be tried.
struct Turning {
    left: std::vec::IntoIter<Warp>,
}

impl Run for Turning {
    fn step(&mut self, probe: &mut Probe) -> Tensor<4> {
        // Only a grid of one ends before its single step does.
        self.left.next().map_or_else(|| probe.at.clone(), |warp| warp.apply(&probe.case.clean))
    }
}

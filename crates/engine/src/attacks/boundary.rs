//! The boundary attack: from noise with another answer a random walk along the decision boundary toward the clean
//! input, by the answered class alone (Brendel et al. 2018, <https://arxiv.org/abs/1712.04248>).
//!
//! All samples share each step's random direction; made orthogonal to the way home, it is each one's own. The success
//! rates that adapt the step sizes are moving averages, so that they adapt within a live run of a thousand steps.

use crate::attack::{Attack, Entry, Knobs, Probe, Run, Unable};
use crate::random::Stream;
use crate::starting_point::{StartingPoint, met};
use crate::upload::floats;
use crate::{
    ball::{Ball, per_sample},
    case::Case,
    knob, preset,
};
use burn::tensor::{Bool, Tensor};
use foolproof_core::catalog::{Access, Aim, Card, Norm};

pub(super) const ENTRY: Entry = Entry { card, make };

/// Both step sizes at first, as shares of the distance.
const FIRST_STEP: f32 = 0.01;
/// What a step size is multiplied or divided by.
const ADAPTATION: f32 = 1.5;
/// Largest step toward the clean input.
const LARGEST: f32 = 0.5;
/// Steps from one look at the success rates to the next.
const LOOK_EVERY: u32 = 5;
/// Weight of the newest look in the moving average.
const NEWEST: f32 = 0.1;
/// Success rates below and above which step sizes change: on the sphere, and one step nearer.
const SPHERE: [f32; 2] = [0.2, 0.5];
const NEARER: [f32; 2] = [0.1, 0.25];
/// Stands in for a distance, or the square of one, of 0 where it is divided by; below any that pixels can have.
const SMALLEST: f32 = 1e-30;

fn card() -> Card {
    Card {
        norms: vec![Norm::L2],
        aim: Aim::Nearest,
        access: Access::Decision,
        knobs: vec![knob::whole("steps", "Steps", "How many steps the walk takes.", 1..=25_000, 1000)],
        presets: vec![preset::own("Brendel et al.", &[("steps", 25_000.0)])],
        ..Card::new(
            "boundary",
            "Boundary",
            "Walks along the decision boundary toward the input, and needs the answered class only.",
            [
                "Brendel et al. 2018",
                "Decision-based adversarial attacks: reliable attacks against black-box machine learning models",
                "https://arxiv.org/abs/1712.04248",
            ],
        )
    }
}

fn make(knobs: &Knobs, _: &Ball) -> Box<dyn Attack> {
    Box::new(Boundary { steps: knobs.count("steps") })
}

/// The boundary attack.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Boundary {
    /// Steps of the walk, at least 1.
    pub steps: u32,
}

impl Attack for Boundary {
    fn plan(&self) -> Vec<u32> {
        vec![StartingPoint::STEPS + self.steps]
    }

    fn aim(&self) -> Aim {
        Aim::Nearest
    }

    fn begin(&self, case: &Case, _: &Ball, run: u32) -> (Tensor<4>, Box<dyn Run>) {
        let (first, starting_point) = StartingPoint::begin(case, run);
        (first, Box::new(Walk { starting_point, state: None }))
    }
}

/// The search for a start, and then the walk.
struct Walk {
    starting_point: StartingPoint,
    /// `None` before there is a start.
    state: Option<State>,
}

/// Where the walk is.
struct State {
    stream: Stream,
    step: u32,
    /// The nearest input yet that meets the goal.
    at: Tensor<4>,
    /// Step sizes along the sphere and toward the clean input, shares of the distance, `[batch, 1, 1, 1]`.
    sphere: Tensor<4>,
    nearer: Tensor<4>,
    /// Success rates of either.
    sphere_rate: Tensor<4>,
    nearer_rate: Tensor<4>,
}

impl Run for Walk {
    fn step(&mut self, probe: &mut Probe) -> Tensor<4> {
        if let Some(state) = &mut self.state {
            state.learn(probe);
            return state.propose(probe);
        }
        if let Some(next) = self.starting_point.step(probe) {
            return next;
        }
        let (start, stream) = self.starting_point.end(&probe.case.clean);
        self.state.insert(State::new(start, stream)).propose(probe)
    }

    fn unable(&self) -> Option<Unable> {
        Some(self.starting_point.unable())
    }
}

impl State {
    fn new(at: Tensor<4>, stream: Stream) -> State {
        let flat = Tensor::<4>::full([at.dims()[0], 1, 1, 1], FIRST_STEP, &at.device());
        let middle = |range: [f32; 2]| flat.full_like((range[0] + range[1]) / 2.0);
        let (sphere_rate, nearer_rate) = (middle(SPHERE), middle(NEARER));
        State { stream, step: 0, at, sphere: flat.clone(), nearer: flat, sphere_rate, nearer_rate }
    }

    /// Takes the candidate where it meets the goal and is nearer; rounding may have kept it from being so.
    fn learn(&mut self, probe: &mut Probe) {
        let met = met(probe);
        if self.step.is_multiple_of(LOOK_EVERY) {
            let factor = adapt(&mut self.nearer_rate, &met, NEARER);
            self.nearer = (self.nearer.clone() * factor).clamp_max(LARGEST);
        }
        let clean = &probe.case.clean;
        let nearer = probe.ball.distance(clean, &probe.at).lower(probe.ball.distance(clean, &self.at));
        let better = met.bool_and(nearer).expand(probe.at.dims());
        self.at = self.at.clone().mask_where(better, probe.at.clone());
        self.step += 1;
    }

    fn propose(&mut self, probe: &mut Probe) -> Tensor<4> {
        let aside = self.aside(probe);
        if self.step.is_multiple_of(LOOK_EVERY) {
            let met = probe.ask_scores(aside.clone()).greater_scalar(0.0);
            let met = met.reshape(self.sphere.dims());
            let factor = adapt(&mut self.sphere_rate, &met, SPHERE);
            self.sphere = self.sphere.clone() * factor.clone();
            self.nearer = (self.nearer.clone() * factor).clamp_max(LARGEST);
        }
        self.approach(probe, aside)
    }

    /// A step along the sphere around the clean input, in a random direction.
    fn aside(&mut self, probe: &Probe) -> Tensor<4> {
        let clean = &probe.case.clean;
        let [_, channels, rows, columns] = clean.dims();
        let values: Vec<f32> = (0..channels * rows * columns).map(|_| self.stream.normal()).collect();
        let normal = floats(values, [1, channels, rows, columns], &clean.device());
        let normal = probe.ball.open(normal);
        let out = probe.ball.units(self.at.clone() - clean.clone());
        let square = dot(&out, &out);
        let along = dot(&(normal.clone() * out.clone()), &out.ones_like()) / square.clone().clamp_min(SMALLEST);
        let across = normal - out.clone() * along;
        let scale = self.sphere.clone() * (square / dot(&across, &across).clamp_min(SMALLEST)).sqrt();
        let onto = (self.sphere.clone() * self.sphere.clone()).add_scalar(1.0).sqrt();
        (clean.clone() + probe.ball.scaled((out + across * scale) / onto)).clamp(0.0, 1.0)
    }

    /// From a point near the sphere to one that is a step nearer than the walk is.
    fn approach(&self, probe: &Probe, aside: Tensor<4>) -> Tensor<4> {
        let clean = &probe.case.clean;
        let wanted = probe.ball.distance(clean, &self.at) * self.nearer.clone().neg().add_scalar(1.0);
        let share = (wanted / probe.ball.distance(clean, &aside).clamp_min(SMALLEST)).clamp(0.0, 1.0);
        clean.clone() + (aside - clean.clone()) * share
    }
}

/// Takes a look into the moving average; answers what the step size is to be multiplied by. A change begins the
/// average anew.
fn adapt(rate: &mut Tensor<4>, met: &Tensor<4, Bool>, range: [f32; 2]) -> Tensor<4> {
    let now = rate.clone().mul_scalar(1.0 - NEWEST) + met.clone().float().mul_scalar(NEWEST);
    let (few, many) = (now.clone().lower_scalar(range[0]), now.clone().greater_scalar(range[1]));
    *rate = now.mask_fill(few.clone().bool_or(many.clone()), (range[0] + range[1]) / 2.0);
    rate.ones_like().mask_fill(few, 1.0 / ADAPTATION).mask_fill(many, ADAPTATION)
}

/// Inner product of each sample, `[batch, 1, 1, 1]`.
fn dot(a: &Tensor<4>, b: &Tensor<4>) -> Tensor<4> {
    per_sample(&(a.clone() * b.clone()), |flat| flat.sum_dim(1))
}

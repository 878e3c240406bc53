//! C&W: the nearest input with another answer, by gradient descent on squared distance plus a weighted hinge, in a
//! space that knows no bounds; the weight is searched for each sample (Carlini and Wagner 2017).

use crate::attack::{Attack, Entry, Knobs, Probe, Run};
use crate::{
    ball::Ball,
    case::Case,
    knob, preset,
    search::{Descents, Search, Settings},
};
use burn::tensor::Tensor;
use foolproof_core::catalog::{Aim, Card, Norm};

pub(super) const ENTRY: Entry = Entry { card, make };

/// Pixels shrink by this toward the middle, so that black and white lie at finite places and can move.
const SHRINK: f32 = 0.999_999;
/// Adam's rate unless it is set. At the paper's 0.01 a black or white pixel needs five hundred steps to get anywhere, and
/// in a descent of 200 the mean distance is twice as large.
const RATE: f64 = 0.03;
/// Decay of Adam's two averages, and what is added before dividing (Kingma and Ba 2015). That is no number of logits: the
/// gradient is one of squared distance, to which the weight brings the hinge at any scale.
const ADAM: [f32; 3] = [0.9, 0.999, 1e-8];

fn card() -> Card {
    let search = "How many weights of the hinge are tried, a full descent for each.";
    let steps = "Steps of each descent. With 200 the distance comes out up to a fifth too large on a hardened model.";
    let first = "The weight of the hinge tried first.";
    let confidence = "How far the other class must lie ahead, in logits.";
    let theirs = |steps| [("search", 9.0), ("steps", steps), ("lr", 0.01), ("first", 0.001), ("confidence", 0.0)];
    Card {
        norms: vec![Norm::L2],
        aim: Aim::Nearest,
        knobs: vec![
            knob::whole("steps", "Steps", steps, 1..=10_000, 200),
            knob::whole("search", "Search steps", search, 1..=20, 7),
            knob::real("lr", "Learning rate", "How fast Adam descends.", 0.0001..=1.0, RATE),
            knob::real("first", "First weight", first, 0.000_001..=1000.0, 10.0),
            knob::real("confidence", "Confidence", confidence, 0.0..=100.0, 0.0),
        ],
        presets: vec![
            preset::fixed("Foolproof, live", &[Norm::L2], &[]),
            preset::fixed("Carlini and Wagner", &[Norm::L2], &theirs(10_000.0)),
            preset::fixed("A tenth of their steps", &[Norm::L2], &theirs(1000.0)),
        ],
        ..Card::new(
            "cw",
            "C&W",
            "Looks for the smallest change in L2 that fools: distance and answer in one loss.",
            [
                "Carlini and Wagner 2017",
                "Towards evaluating the robustness of neural networks",
                "https://arxiv.org/abs/1608.04644",
            ],
        )
    }
}

fn make(knobs: &Knobs, _: &Ball) -> Box<dyn Attack> {
    Box::new(Carlini(Settings::of(knobs)))
}

/// C&W with its knobs set.
struct Carlini(Settings);

/// The one run: all descents, so that the search carries over.
struct Descent {
    of: Settings,
    search: Search,
    /// Steps done of the descent under way.
    done: u32,
    /// Where it starts, in the unbounded space, and the clean input as that space gives it back.
    origin: Tensor<4>,
    clean: Tensor<4>,
    /// The iterate in the unbounded space, and Adam's averages of the gradient and its square.
    place: Tensor<4>,
    mean: Tensor<4>,
    square: Tensor<4>,
}

impl Descents for Carlini {
    fn settings(&self) -> Settings {
        self.0
    }

    fn begin(&self, case: &Case, search: Search) -> (Tensor<4>, Box<dyn Run>) {
        let origin = unbounded(&case.clean);
        let clean = pixels(&origin);
        let none = origin.zeros_like();
        let descent = Descent {
            of: self.0,
            search,
            done: 0,
            place: origin.clone(),
            origin,
            clean: clean.clone(),
            mean: none.clone(),
            square: none,
        };
        (clean, Box::new(descent))
    }
}

impl Run for Descent {
    fn step(&mut self, probe: &mut Probe) -> Tensor<4> {
        let case = probe.case;
        let hinge = probe.gradient_of(|logits| self.search.slope(case, logits));
        self.search.note(case, &probe.logits());
        self.done += 1;
        if self.done == self.of.steps {
            self.search.next();
            self.begin_anew();
            return self.clean.clone();
        }
        // The squared distance is one of the ball's units, and so has one over the limits twice in its gradient.
        let apart = probe.ball.units(probe.ball.units(probe.at.clone() - self.clean.clone()));
        let by_pixel = hinge + apart.mul_scalar(2.0);
        // A pixel is (1 + tanh w) / 2.
        let bend = self.place.clone().tanh();
        self.descend(by_pixel * (bend.clone() * bend).neg().add_scalar(1.0).mul_scalar(0.5));
        pixels(&self.place)
    }
}

impl Descent {
    fn begin_anew(&mut self) {
        (self.done, self.place) = (0, self.origin.clone());
        (self.mean, self.square) = (self.origin.zeros_like(), self.origin.zeros_like());
    }

    /// One step of Adam.
    fn descend(&mut self, gradient: Tensor<4>) {
        let [first, second, tiny] = ADAM;
        self.mean = self.mean.clone().mul_scalar(first) + gradient.clone().mul_scalar(1.0 - first);
        self.square = self.square.clone().mul_scalar(second) + (gradient.clone() * gradient).mul_scalar(1.0 - second);
        let unbiased = |decay: f32| 1.0 - decay.powi(self.done as i32);
        let size = self.square.clone().div_scalar(unbiased(second)).sqrt().add_scalar(tiny);
        self.place = self.place.clone() - self.mean.clone().mul_scalar(self.of.rate / unbiased(first)) / size;
    }
}

/// Where these pixels lie in the space without bounds: half the logarithm of how far they are from black over how far
/// from white, the inverse hyperbolic tangent of `2x - 1`.
fn unbounded(x: &Tensor<4>) -> Tensor<4> {
    let inside = x.clone().mul_scalar(2.0).add_scalar(-1.0).mul_scalar(SHRINK);
    (inside.clone().add_scalar(1.0) / inside.neg().add_scalar(1.0)).log().mul_scalar(0.5)
}

/// The pixels at a place of that space.
fn pixels(place: &Tensor<4>) -> Tensor<4> {
    place.clone().tanh().add_scalar(1.0).mul_scalar(0.5)
}

//! Points in the plane as pictures of two pixels: moons, circles, spirals, blobs. They are drawn from a seed, so that a
//! link makes the same ones everywhere, and lie in the box [0, 1] like the pixels of any picture. So whatever attacks
//! and trains pictures attacks and trains points.

pub mod outline;

use crate::architecture::{Architecture, LayerSpec};
use crate::catalog::Norm;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution, StandardNormal};
use std::f64::consts::{PI, TAU};

/// `[channel, row, column]` of a point.
pub const SHAPE: [usize; 3] = [1, 1, 2];
/// Most noise that [`Figure::draw`] takes, standard deviation in units of the box.
pub const MOST_NOISE: f64 = 0.3;
/// Free room between the figures without noise and the rim of the box.
const RIM: f64 = 0.14;

/// What the classes of points form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Figure {
    /// Two half circles that reach into one another.
    Moons,
    /// A circle around another.
    Circles,
    /// Two spirals around one another.
    Spirals,
    /// Three clouds.
    Blobs,
}

/// Points with their classes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Points {
    /// Two bytes a point, x and y, 0 to 255 over the box.
    pub pixels: Vec<u8>,
    /// A class each.
    pub labels: Vec<u8>,
}

impl Points {
    /// Each point's place in the box, and its class.
    pub fn iter(&self) -> impl Iterator<Item = ([f32; 2], u8)> {
        let places = self.pixels.chunks_exact(2).map(|pair| [0, 1].map(|at| f32::from(pair[at]) / 255.0));
        places.zip(self.labels.iter().copied())
    }
}

impl Figure {
    /// Every figure.
    pub const ALL: [Figure; 4] = [Figure::Moons, Figure::Circles, Figure::Spirals, Figure::Blobs];

    /// Its word in links: `moons`.
    pub fn id(self) -> &'static str {
        ["moons", "circles", "spirals", "blobs"][self as usize]
    }

    /// Its name: `Two moons`.
    pub fn name(self) -> &'static str {
        ["Two moons", "Two circles", "Two spirals", "Three blobs"][self as usize]
    }

    /// The figure of a word.
    pub fn from_id(id: &str) -> Option<Figure> {
        Figure::ALL.into_iter().find(|figure| figure.id() == id)
    }

    /// How many classes it has.
    pub fn classes(self) -> usize {
        if self == Figure::Blobs { 3 } else { 2 }
    }

    /// The noise to begin with, standard deviation in units of the box.
    pub fn usual_noise(self) -> f64 {
        [0.02, 0.01, 0.005, 0.04][self as usize]
    }

    /// The radius to begin with: one that adversarial training can hold on most points, and natural training cannot.
    /// About the same area for each norm.
    pub fn usual_eps(self, norm: Norm) -> f64 {
        let linf = [0.1, 0.075, 0.035, 0.15][self as usize];
        let scaled: f64 = match norm {
            Norm::Linf => linf,
            Norm::L2 => linf * 2.0 / PI.sqrt(),
            Norm::L1 => linf * 2.0_f64.sqrt(),
        };
        (scaled * 1e3).round() / 1e3
    }

    /// Passes over the points that a network needs to learn them.
    pub fn usual_epochs(self) -> f64 {
        if self == Figure::Spirals { 2000.0 } else { 800.0 }
    }

    /// Draws `count` points, the classes in turn. `split` tells sets of the same seed apart; `noise` is the standard
    /// deviation of the noise added to each coordinate, in units of the box, and the box clips it.
    pub fn draw(self, count: usize, noise: f64, seed: u64, split: u64) -> Points {
        let mut random = ChaCha8Rng::seed_from_u64(seed);
        random.set_stream(split);
        let (mut pixels, mut labels) = (Vec::with_capacity(2 * count), Vec::with_capacity(count));
        for at in 0..count {
            let class = at % self.classes();
            let place = self.place(class, random.random());
            for coordinate in place {
                let draw: f64 = StandardNormal.sample(&mut random);
                let inside = RIM + (1.0 - 2.0 * RIM) * coordinate + noise.clamp(0.0, MOST_NOISE) * draw;
                // The cast saturates.
                pixels.push((255.0 * inside).round() as u8);
            }
            labels.push(class as u8);
        }
        Points { pixels, labels }
    }

    /// Where the share `along` of a class lies, without noise, in [0, 1] each way.
    fn place(self, class: usize, along: f64) -> [f64; 2] {
        let first = class == 0;
        let around = |[x, y]: [f64; 2]| [0.5 + 0.5 * x, 0.5 + 0.5 * y];
        match self {
            Figure::Moons => {
                let (sine, cosine) = (PI * along).sin_cos();
                let [x, y] = if first { [cosine, sine] } else { [1.0 - cosine, 0.5 - sine] };
                [(x + 1.0) / 3.0, (y + 0.5) / 1.5]
            }
            Figure::Circles => {
                let (sine, cosine) = (TAU * along).sin_cos();
                let radius = if first { 1.0 } else { 0.45 };
                around([radius * cosine, radius * sine])
            }
            Figure::Spirals => {
                // Evenly by area, so that the outer turns are as dense as the inner ones.
                let far = (0.02 + 0.98 * along).sqrt();
                let (sine, cosine) = (1.5 * TAU * far + if first { 0.0 } else { PI }).sin_cos();
                around([far * cosine, far * sine])
            }
            Figure::Blobs => {
                let (sine, cosine) = (PI / 2.0 + TAU * class as f64 / 3.0).sin_cos();
                around([0.75 * cosine, 0.75 * sine])
            }
        }
    }
}

/// A network for points: two hidden layers of `width` neurons each.
pub fn network(width: usize, classes: usize) -> Architecture {
    let linear = |r#in, out| LayerSpec::linear(r#in, out);
    let layers = vec![
        LayerSpec::Flatten,
        linear(2, width),
        LayerSpec::Relu,
        linear(width, width),
        LayerSpec::Relu,
        linear(width, classes),
    ];
    Architecture::new(SHAPE, classes, layers)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn points_follow_their_seed_and_classes_take_turns(
            figure in prop::sample::select(&Figure::ALL[..]),
            count in 0usize..300,
            noise in 0.0..0.5,
            seed: u64,
        ) {
            let points = figure.draw(count, noise, seed, 0);
            prop_assert_eq!(&points, &figure.draw(count, noise, seed, 0));
            prop_assert_eq!((points.pixels.len(), points.labels.len()), (2 * count, count));
            prop_assert!(points.iter().enumerate().all(|(at, (_, class))| usize::from(class) == at % figure.classes()));
            // A longer set begins with the shorter one.
            let longer = figure.draw(count + 7, noise, seed, 0);
            prop_assert!(longer.pixels.starts_with(&points.pixels));
            if count > 20 {
                prop_assert_ne!(&points.pixels, &figure.draw(count, noise, seed.wrapping_add(1), 0).pixels);
                prop_assert_ne!(&points.pixels, &figure.draw(count, noise, seed, 1).pixels);
            }
        }
    }

    /// Smallest L∞ distance between points of different classes.
    fn gap(points: &Points) -> f32 {
        let all: Vec<_> = points.iter().collect();
        let far = |[a, b]: [f32; 2], [c, d]: [f32; 2]| (a - c).abs().max((b - d).abs());
        let others = |&(place, class): &([f32; 2], u8)| {
            all.iter().filter(move |other| other.1 != class).map(move |other| far(place, other.0))
        };
        all.iter().flat_map(others).fold(f32::INFINITY, f32::min)
    }

    #[test]
    fn without_noise_the_classes_lie_apart_and_inside_the_box() {
        for figure in Figure::ALL {
            let points = figure.draw(600, 0.0, 5, 0);
            let inside = |place: [f32; 2]| place.iter().all(|at| (0.13..=0.87).contains(at));
            assert!(points.iter().all(|(place, _)| inside(place)), "{figure:?}");
            // No ball reaches a point of another class, and most balls have room for one another.
            let (gap, eps) = (gap(&points), figure.usual_eps(Norm::Linf) as f32);
            assert!(gap > 1.4 * eps, "{figure:?}: {gap} between the classes, epsilon {eps}");
        }
    }

    #[test]
    fn noise_is_as_large_as_it_says() {
        let (still, moved) = (Figure::Blobs.draw(3000, 0.0, 1, 0), Figure::Blobs.draw(3000, 0.05, 1, 0));
        let pairs = still.pixels.iter().zip(&moved.pixels);
        let sum: f64 = pairs.map(|(a, b)| ((f64::from(*a) - f64::from(*b)) / 255.0).powi(2)).sum();
        let deviation = (sum / 6000.0).sqrt();
        assert!((deviation - 0.05).abs() < 0.002, "{deviation}");
    }

    #[test]
    fn words_and_figures_are_one_to_one_and_networks_fit_them() {
        for figure in Figure::ALL {
            assert_eq!(Figure::from_id(figure.id()), Some(figure));
            let shapes = network(16, figure.classes()).parameters().map(|all| all.len());
            assert_eq!(shapes.ok(), Some(6));
        }
        assert_eq!(Figure::from_id("mnist"), None);
    }
}

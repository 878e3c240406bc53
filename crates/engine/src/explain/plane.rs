//! The plane through an input that the attack's direction and a random one span.

use crate::ball::Ball;
use crate::random::Stream;
use crate::upload::floats;
use burn::tensor::{Device, Tensor};
use foolproof_core::catalog::Norm;

/// What rounding leaves of a direction that has lost all else, as a share of what it was.
const ROUNDING: f32 = 1e-6;

/// Two directions around a clean input, in the ball's units orthogonal to one another, and each of norm 1.
pub struct Plane {
    clean: Vec<f32>,
    along: Vec<f32>,
    across: Vec<f32>,
    ball: Ball,
}

impl Plane {
    /// The plane of `toward` (an adversarial perturbation, or a gradient) and of a direction drawn from `stream`: signs
    /// for L∞, whose steepest directions are signs too, and normal draws otherwise, over the features that may move.
    /// `None` if `toward` is zero, or no feature is left for the other direction.
    pub fn new(clean: &[f32], toward: &[f32], ball: &Ball, stream: &mut Stream) -> Option<Plane> {
        let (norm, stays) = (ball.norm, |at: usize| ball.scale_of(at) == 0.0);
        let in_units = |(at, change): (usize, &f32)| if stays(at) { 0.0 } else { change / ball.scale_of(at) };
        let along = unit(toward.iter().enumerate().map(in_units).collect(), norm)?;
        let draw = |normal: f32| if norm == Norm::Linf { normal.signum() } else { normal };
        let drawn = (0..clean.len()).map(|at| (draw(stream.normal()), stays(at)));
        let drawn: Vec<f32> = drawn.map(|(drawn, stays)| if stays { 0.0 } else { drawn }).collect();
        let share = dot(&drawn, &along) / dot(&along, &along);
        let across: Vec<f32> = drawn.iter().zip(&along).map(|(drawn, along)| drawn - share * along).collect();
        let left = size(&across, norm) > ROUNDING * size(&drawn, norm);
        let across = unit(across, norm).filter(|_| left)?;
        Some(Plane { clean: clean.to_vec(), along, across, ball: ball.clone() })
    }

    /// The inputs at these places (along, across), clipped to [0, 1] as an attack's are.
    ///
    /// # Shapes
    /// The result: `[places, channel, row, column]` for `shape` = `[channel, row, column]`.
    pub fn inputs(&self, places: &[[f32; 2]], shape: [usize; 3], device: &Device) -> Tensor<4> {
        let input = |[a, b]: [f32; 2]| {
            let directions = self.along.iter().zip(&self.across);
            let place = move |(at, (clean, (u, v))): (usize, (&f32, (&f32, &f32)))| {
                let scale = self.ball.scale_of(at);
                (clean + a * u * scale + b * v * scale).clamp(0.0, 1.0)
            };
            self.clean.iter().zip(directions).enumerate().map(place)
        };
        let pixels: Vec<f32> = places.iter().copied().flat_map(input).collect();
        let [channels, rows, columns] = shape;
        floats(pixels, [places.len(), channels, rows, columns], device)
    }

    /// Where the ball of this radius ends in the plane: as many places as asked for, evenly by angle.
    pub fn outline(&self, radius: f32, count: usize) -> Vec<[f32; 2]> {
        let place = |at: usize| {
            let (sine, cosine) = (std::f32::consts::TAU * at as f32 / count as f32).sin_cos();
            let directions = self.along.iter().zip(&self.across);
            let ray: Vec<f32> = directions.map(|(u, v)| cosine * u + sine * v).collect();
            let far = radius / size(&ray, self.ball.norm).max(f32::MIN_POSITIVE);
            [far * cosine, far * sine]
        };
        (0..count).map(place).collect()
    }
}

/// Scaled to norm 1, however small it is; `None` if all of it is 0.
fn unit(vector: Vec<f32>, norm: Norm) -> Option<Vec<f32>> {
    // Beside a largest entry of 1 no square is lost.
    let largest = size(&vector, Norm::Linf);
    if largest == 0.0 {
        return None;
    }
    let shape: Vec<f32> = vector.into_iter().map(|value| value / largest).collect();
    let size = size(&shape, norm);
    Some(shape.into_iter().map(|value| value / size).collect())
}

/// The norm of a vector.
fn size(vector: &[f32], norm: Norm) -> f32 {
    match norm {
        Norm::Linf => vector.iter().fold(0.0, |most, value| most.max(value.abs())),
        Norm::L2 => dot(vector, vector).sqrt(),
        Norm::L1 => vector.iter().map(|value| f64::from(value.abs())).sum::<f64>() as f32,
    }
}

fn dot(a: &[f32], b: &[f32]) -> f32 {
    a.iter().zip(b).map(|(a, b)| f64::from(*a) * f64::from(*b)).sum::<f64>() as f32
}

//! Where attacks that only see decisions begin: a noise picture that meets the goal, drawn toward the clean input as
//! far as it still does (after Brendel et al. 2018, <https://arxiv.org/abs/1712.04248>).
//!
//! Plain noise is one class to most networks, and no start for a picture of that class. So the noise comes in blocks of
//! several shapes, and bright all over or in few places. What none of it meets, a target above all, is not found.

use super::attack::Probe;
use super::{ball::Ball, case::Case, random::Stream};
use burn::tensor::{Bool, Tensor, TensorData};

/// Noise pictures tried.
const TRIES: u32 = 90;
/// Halvings of the way from the clean input to what was found.
const HALVINGS: u32 = 10;
/// Rows and columns of a block of noise in turn, pixels; long ones end with the picture.
const BLOCKS: [[usize; 2]; 6] = [[1, 1], [2, 2], [4, 4], [7, 7], [14, 4], [4, 14]];
/// Powers of the uniform noise in turn, each for a round of shapes: the higher, the fewer bright places.
const POWERS: [i32; 3] = [1, 4, 16];

/// How much nearer a try has to be than the one found before it.
const NEARER: f32 = 0.9;
/// Further than any picture; finite, so that no infinity can spread.
const ANYWHERE: f32 = 1e9;
/// Added to a length before dividing by it.
const TINY: f32 = 1e-12;

/// The search for a start: one query a step, [`Foothold::STEPS`] in all.
pub struct Foothold {
    stream: Stream,
    step: u32,
    /// The nearest try that met the goal, or the clean input where none did.
    found: Tensor<4>,
    /// How far from the clean input the next try may be, `[batch, 1, 1, 1]`: nearer than what was found.
    reach: Tensor<4>,
    /// Shares of the way to it between which the boundary lies, `[batch, 1, 1, 1]`.
    low: Tensor<4>,
    high: Tensor<4>,
}

impl Foothold {
    /// Steps to the start: every try and halving is a query.
    pub const STEPS: u32 = TRIES + HALVINGS;

    /// A search not yet begun, and its first proposal.
    pub fn begin(case: &Case, run: u32) -> (Tensor<4>, Foothold) {
        let mut stream = case.shared_stream(run);
        let first = noise(&case.clean, 0, &mut stream);
        let low = Tensor::zeros([case.clean.dims()[0], 1, 1, 1], &case.clean.device());
        let high = low.ones_like();
        let reach = low.full_like(ANYWHERE);
        (first, Foothold { stream, step: 0, found: case.clean.clone(), reach, low, high })
    }

    /// Learns whether the proposal at hand met the goal; answers the next one, or `None` at the end.
    pub fn step(&mut self, probe: &mut Probe) -> Option<Tensor<4>> {
        let met = met(probe);
        match self.step < TRIES {
            true => self.keep(met, &probe.at, &probe.case.clean, probe.ball),
            false => {
                let middle = self.middle();
                self.low = middle.clone().mask_where(met.clone(), self.low.clone());
                self.high = self.high.clone().mask_where(met, middle);
            }
        }
        self.step += 1;
        match self.step {
            step if step < TRIES => Some(self.attempt(&probe.case.clean, probe.ball)),
            step if step < Foothold::STEPS => Some(self.blend(&probe.case.clean, self.middle())),
            _ => None,
        }
    }

    /// Noise, drawn toward the clean input until it is nearer than what was found.
    fn attempt(&mut self, clean: &Tensor<4>, ball: &Ball) -> Tensor<4> {
        let noise = noise(clean, self.step as usize, &mut self.stream);
        let share = (self.reach.clone() / ball.distance(clean, &noise).add_scalar(TINY)).clamp_max(1.0);
        clean.clone() + (noise - clean.clone()) * share
    }

    fn keep(&mut self, met: Tensor<4, Bool>, x: &Tensor<4>, clean: &Tensor<4>, ball: &Ball) {
        self.found = self.found.clone().mask_where(met.clone().expand(x.dims()), x.clone());
        let nearer = ball.distance(clean, x).mul_scalar(NEARER);
        self.reach = self.reach.clone().mask_where(met, nearer);
    }

    fn middle(&self) -> Tensor<4> {
        (self.low.clone() + self.high.clone()).mul_scalar(0.5)
    }

    fn blend(&self, clean: &Tensor<4>, share: Tensor<4>) -> Tensor<4> {
        clean.clone() + (self.found.clone() - clean.clone()) * share
    }

    /// The start, a point just past the boundary, or the clean input where no noise met the goal; and the stream for
    /// what follows.
    pub fn end(&self, clean: &Tensor<4>) -> (Tensor<4>, Stream) {
        (self.blend(clean, self.high.clone()), self.stream.clone())
    }
}

/// Whether the iterate meets the goal, `[batch, 1, 1, 1]`: all that such an attack may know of the answer.
pub fn met(probe: &mut Probe) -> Tensor<4, Bool> {
    let logits = probe.logits();
    let batch = logits.dims()[0];
    probe.case.score(&logits).greater_scalar(0.0).reshape([batch, 1, 1, 1])
}

/// Noise picture number `number`, the same for every sample.
fn noise(clean: &Tensor<4>, number: usize, stream: &mut Stream) -> Tensor<4> {
    let [batch, channels, rows, columns] = clean.dims();
    let [high, wide] = BLOCKS[number % BLOCKS.len()];
    let power = POWERS[number / BLOCKS.len() % POWERS.len()];
    let across = columns.div_ceil(wide);
    let mut values = Vec::with_capacity(channels * rows * columns);
    for _ in 0..channels {
        let blocks: Vec<f32> = (0..rows.div_ceil(high) * across).map(|_| stream.uniform().powi(power)).collect();
        values.extend((0..rows * columns).map(|at| blocks[at / columns / high * across + at % columns / wide]));
    }
    let picture = Tensor::<4>::from_data(TensorData::new(values, [1, channels, rows, columns]), &clean.device());
    picture.expand([batch, channels, rows, columns])
}

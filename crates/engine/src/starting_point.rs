//! Where attacks that only see decisions begin: a noise picture that meets the goal, drawn toward the clean input as
//! far as it still does (after Brendel et al. 2018, <https://arxiv.org/abs/1712.04248>).
//!
//! Plain noise is one class to most networks, and no start for a picture of that class. So the noise comes in blocks of
//! several shapes, and bright all over or in few places. What none of it meets, a target above all, is not found.

use crate::attack::{Probe, Unable};
use crate::upload::floats;
use crate::{case::Case, random::Stream};
use burn::tensor::{Bool, Tensor};
use foolproof_core::protocol::SampleOutcome;

/// Noise pictures tried.
const TRIES: u32 = 90;
/// Halvings of the way from the clean input to what was found.
const HALVINGS: u32 = 10;
/// Rows and columns of a block of noise in turn, pixels; long ones end with the picture.
const BLOCKS: [[usize; 2]; 6] = [[1, 1], [2, 2], [4, 4], [7, 7], [14, 4], [4, 14]];
/// Powers of the uniform noise in turn, each for a round of shapes: the higher, the fewer bright places.
const POWERS: [i32; 3] = [1, 4, 16];

/// The search for a start: one query a step, [`StartingPoint::STEPS`] in all.
pub struct StartingPoint {
    stream: Stream,
    step: u32,
    /// The first try that met the goal, or the clean input where none did. The nearest one would be no better start:
    /// it lies in a corner of the boundary that the walk does not leave (on the robust CNN, HopSkipJump was 17 % further
    /// away after 16 iterations).
    found: Tensor<4>,
    /// Whether none did yet, `[batch, 1, 1, 1]`.
    open: Tensor<4, Bool>,
    /// Shares of the way to it between which the boundary lies, `[batch, 1, 1, 1]`.
    low: Tensor<4>,
    high: Tensor<4>,
}

impl StartingPoint {
    /// Steps to the start: every try and halving is a query.
    pub const STEPS: u32 = TRIES + HALVINGS;

    /// A search not yet begun, and its first proposal.
    pub fn begin(case: &Case, run: u32) -> (Tensor<4>, StartingPoint) {
        let mut stream = case.shared_stream(run);
        let first = noise(&case.clean, 0, &mut stream);
        let low = Tensor::zeros([case.clean.dims()[0], 1, 1, 1], &case.clean.device());
        let high = low.ones_like();
        let open = low.clone().equal_scalar(0.0);
        (first, StartingPoint { stream, step: 0, found: case.clean.clone(), open, low, high })
    }

    /// Learns whether the proposal at hand met the goal; answers the next one, or `None` at the end.
    pub fn step(&mut self, probe: &mut Probe) -> Option<Tensor<4>> {
        let met = met(probe);
        match self.step < TRIES {
            true => self.keep(met, &probe.at),
            false => {
                let middle = self.middle();
                self.low = middle.clone().mask_where(met.clone(), self.low.clone());
                self.high = self.high.clone().mask_where(met, middle);
            }
        }
        self.step += 1;
        match self.step {
            step if step < TRIES => Some(noise(&probe.case.clean, step as usize, &mut self.stream)),
            step if step < StartingPoint::STEPS => Some(self.blend(&probe.case.clean, self.middle())),
            _ => None,
        }
    }

    fn keep(&mut self, met: Tensor<4, Bool>, x: &Tensor<4>) {
        let first = met.clone().bool_and(self.open.clone()).expand(x.dims());
        self.found = self.found.clone().mask_where(first, x.clone());
        self.open = self.open.clone().bool_and(met.bool_not());
    }

    fn middle(&self) -> Tensor<4> {
        (self.low.clone() + self.high.clone()).mul_scalar(0.5)
    }

    fn blend(&self, clean: &Tensor<4>, share: Tensor<4>) -> Tensor<4> {
        clean.clone() + (self.found.clone() - clean.clone()) * share
    }

    /// The samples for which no try met the goal.
    pub fn unable(&self) -> Unable {
        let batch = self.open.dims()[0];
        Unable { why: SampleOutcome::NoStart, samples: self.open.clone().float().reshape([batch, 1]) }
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
    let picture = floats(values, [1, channels, rows, columns], &clean.device());
    picture.expand([batch, channels, rows, columns])
}

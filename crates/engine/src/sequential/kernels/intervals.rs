//! The kernels of intervals, which training on bounds learns by.

use super::{Kernels, Layer, Tensor, floats, numbers, row, steps};
use foolproof_kernels::{Interval, IntervalTape};

impl Kernels {
    /// Packed of these layers, which have the network's input, and the numbers of the input's ends, lower ones first;
    /// `None` as for [`Kernels::logits`].
    pub fn interval(&self, layers: &[Layer], [low, high]: [&Tensor<4>; 2]) -> Option<(Interval, [Vec<f32>; 2])> {
        let ends = [numbers(low.clone())?, numbers(high.clone())?];
        Some((Interval::new(self.input?, steps(layers)?)?, ends))
    }

    /// The gradient by the weights of these layers as one row ([`crate::flat`]), of a loss whose derivatives by the ends
    /// behind them are `by`, lower ones first.
    pub fn interval_row(
        &self,
        layers: &[Layer],
        interval: &Interval,
        tape: &IntervalTape,
        [low, high]: &[Tensor<2>; 2],
    ) -> Tensor<1> {
        let device = low.device();
        let of = |slope: &Tensor<2>| numbers(slope.clone());
        let (Some(low), Some(high)) = (of(low), of(high)) else { unreachable!("what came of numbers are numbers") };
        let row = row(layers, interval.gradients(tape, [&low, &high]));
        let count = row.len();
        floats(row, [count], &device)
    }
}

//! A pass forward, and one back.

use crate::{
    grid::Grid,
    learn::{Gradients, Learning},
    plan::{Backward, Plan, Product, Stage},
    spare::Buffer,
    sweep::{Stride, Sweep},
};

/// Samples that go through all stages together: their numbers stay in the caches, and share each load of weights.
pub(crate) const TOGETHER: usize = 16;

/// What a pass forward leaves for the one back.
#[derive(Debug)]
pub struct Tape {
    /// For each group of samples the values before each stage and behind the last; empty where a stage worked in place.
    groups: Vec<Vec<Buffer>>,
    samples: usize,
}

impl Plan {
    /// The logits of samples, `[sample, class]`.
    ///
    /// # Shapes
    /// `x`: `[sample, channel, row, column]`.
    pub fn logits(&self, x: &[f32]) -> Vec<f32> {
        // Nobody goes back: each group has the buffers of the one before, which are still in the caches.
        self.groups(x).flat_map(|group| result(&self.group_forward(group)).to_vec()).collect()
    }

    /// The logits, and what [`Plan::gradient`] needs.
    ///
    /// # Shapes
    /// As for [`Plan::logits`].
    pub fn forward(&self, x: &[f32]) -> (Vec<f32>, Tape) {
        let samples = x.len() / self.features().max(1);
        let groups: Vec<Vec<Buffer>> = self.groups(x).map(|group| self.group_forward(group)).collect();
        let logits = groups.iter().flat_map(|values| result(values)).copied().collect();
        (logits, Tape { groups, samples })
    }

    fn groups<'x>(&self, x: &'x [f32]) -> std::slice::Chunks<'x, f32> {
        x.chunks(TOGETHER * self.features().max(1))
    }

    /// The gradient by the input of the loss whose derivative by the logits is `slope`.
    ///
    /// # Shapes
    /// `slope`: `[sample, class]`; the result: `[sample, channel, row, column]`.
    pub fn gradient(&self, tape: &Tape, slope: &[f32]) -> Vec<f32> {
        self.backward(tape, slope, true, |_, _, _| ())
    }

    /// The gradients by the weights of each layer that has some, summed over the samples; and the same, if it is `wanted`,
    /// or else nothing.
    ///
    /// # Shapes
    /// As for [`Plan::gradient`].
    pub fn gradients(&self, tape: &Tape, slope: &[f32], wanted: bool) -> (Vec<f32>, Vec<Gradients>) {
        let mut sums: Vec<Learning> = self.stages.iter().map(Learning::new).collect();
        let by_input = self.backward(tape, slope, wanted, |at, values, slope| {
            sums[at].add(&self.stages[at], values, self.values[at], slope, self.slopes[at + 1]);
        });
        let learnt = self.stages.iter().zip(sums).filter_map(|(stage, sums)| sums.gradients(stage));
        (by_input, learnt.collect())
    }

    /// Goes back through all stages; `each` is told a stage, what it read, and the slope of what it gave.
    fn backward(
        &self,
        tape: &Tape,
        slope: &[f32],
        wanted: bool,
        mut each: impl FnMut(usize, &[f32], &[f32]),
    ) -> Vec<f32> {
        // Where nobody wants it, the first stage that learns is the last one that has a slope to hand on.
        let end = if wanted { None } else { self.stages.iter().position(Stage::learns) };
        let mut gradient = Vec::with_capacity(if wanted { tape.samples * self.features() } else { 0 });
        let slopes = slope.chunks(TOGETHER * self.classes().max(1));
        for (values, slope) in tape.groups.iter().zip(slopes) {
            let last = self.group_backward(values, slope, end, &mut each);
            if wanted {
                turn(&last.values, self.input(), self.slopes[0], &mut gradient);
            }
        }
        gradient
    }

    /// One group forward: what each stage read, and the logits. A stage that works in place leaves nothing behind.
    fn group_forward(&self, x: &[f32]) -> Vec<Buffer> {
        let samples = x.len() / self.features().max(1);
        let room = |at: usize| self.spare.take(at, samples * self.values[at].len());
        let mut all = Vec::with_capacity(self.stages.len() + 1);
        let mut values = room(0);
        lay(x, self.input(), &mut values.values, self.values[0]);
        for (at, stage) in self.stages.iter().enumerate() {
            if stage.is_in_place() {
                stage.work_in_place(&mut values.values);
                all.push(self.spare.none());
                continue;
            }
            let mut next = room(at + 1);
            self.stage_forward(at, &values.values, &mut next.values, samples);
            all.push(std::mem::replace(&mut values, next));
        }
        all.push(values);
        all
    }

    /// One stage forward, which does not work in place.
    pub(crate) fn stage_forward(&self, at: usize, read: &[f32], written: &mut [f32], samples: usize) {
        let (from, to) = (self.values[at], self.values[at + 1]);
        match &self.stages[at] {
            Stage::Product(Product { forward, .. }) => apply(forward, read, from, written, to, samples),
            Stage::Scale(layer, _) => layer.forward(read, from, written, to),
            Stage::MaxPool(layer) => layer.largest(read, from, written, to),
            Stage::AvgPool(layer) => layer.mean(read, from, written, to),
            Stage::Relu | Stage::Flatten => {}
        }
    }

    fn group_backward(
        &self,
        values: &[Buffer],
        slope: &[f32],
        end: Option<usize>,
        each: &mut impl FnMut(usize, &[f32], &[f32]),
    ) -> Buffer {
        let samples = slope.len() / self.classes().max(1);
        let room = |at: usize| self.spare.take(self.values.len() + at, samples * self.slopes[at].len());
        let mut own = room(self.stages.len());
        own.values.copy_from_slice(slope);
        for at in (0..self.stages.len()).rev() {
            if self.hands_back(at, &mut own.values, values) {
                continue;
            }
            each(at, held(&values[at..]), &own.values);
            if end == Some(at) {
                break;
            }
            let mut next = room(at);
            self.stage_backward(at, held(&values[at..]), &own.values, &mut next.values, samples);
            own = next;
        }
        own
    }

    /// Whether a stage hands the slope back in place, which it then has done; `values` are all that were kept.
    pub(crate) fn hands_back(&self, at: usize, slope: &mut [f32], values: &[Buffer]) -> bool {
        match &self.stages[at] {
            Stage::Relu => {
                mask(slope, self.slopes[at + 1], held(&values[at + 1..]), self.values[at + 1]);
                true
            }
            Stage::Flatten => self.slopes[at].border == [0; 4],
            _ => false,
        }
    }

    /// One stage back that has not handed the slope back in place; `values` are what it read.
    pub(crate) fn stage_backward(&self, at: usize, values: &[f32], read: &[f32], written: &mut [f32], samples: usize) {
        let (by, to) = (self.slopes[at + 1], self.slopes[at]);
        match &self.stages[at] {
            Stage::Product(Product { backward: Backward::Sweeps(sweeps), .. }) => {
                sweeps.iter().for_each(|sweep| apply(sweep, read, by, written, to, samples));
            }
            Stage::Product(Product { backward: Backward::Scatter(scatter), .. }) => {
                written.fill(0.0);
                let stride = Stride { run: to.width(), sample: to.len() };
                scatter.run(read, by.len(), written, stride, samples);
            }
            Stage::Scale(layer, _) => layer.backward(read, by, written, to),
            Stage::MaxPool(layer) => {
                written.fill(0.0);
                layer.to_largest(read, by, values, self.values[at], written, to)
            }
            Stage::AvgPool(layer) => {
                written.fill(0.0);
                layer.to_mean(read, by, written, to)
            }
            Stage::Relu | Stage::Flatten => frame(read, by, written, to),
        }
    }
}

impl Stage {
    /// What a stage makes of values where they are, if it is one that does.
    pub(crate) fn work_in_place(&self, values: &mut [f32]) {
        if matches!(self, Stage::Relu) {
            // Not `max`, which makes a number of what is none.
            values.iter_mut().for_each(|value| *value = if *value <= 0.0 { 0.0 } else { *value });
        }
    }
}

/// What comes out behind the last stage.
pub(crate) fn result(values: &[Buffer]) -> &[f32] {
    values.last().map_or(&[], |last| &last.values)
}

fn apply(sweep: &Sweep, input: &[f32], from: Grid, output: &mut [f32], to: Grid, samples: usize) {
    sweep.run(input, Stride { run: from.width(), sample: from.len() }, output, to.len(), samples);
}

/// The values that the first of these stages reads: where stages work in place, the next one that does not has them.
pub(crate) fn held(values: &[Buffer]) -> &[f32] {
    values.iter().find(|one| !one.values.is_empty()).map_or(&[], |one| &one.values)
}

/// Features as a picture inside its border.
fn frame(slope: &[f32], by: Grid, framed: &mut [f32], to: Grid) {
    for (slope, framed) in slope.chunks_exact(by.len()).zip(framed.chunks_exact_mut(to.len())) {
        let rows = slope.chunks_exact(to.columns * to.channels);
        to.inside().zip(rows).for_each(|(row, slope)| framed[row].copy_from_slice(slope));
    }
}

/// 0 where what came out of a ReLU is not above 0.
fn mask(slope: &mut [f32], by: Grid, values: &[f32], of: Grid) {
    for (slope, values) in slope.chunks_exact_mut(by.len()).zip(values.chunks_exact(of.len())) {
        for (row, values_row) in by.inside().zip(of.inside()) {
            for (slope, value) in slope[row].iter_mut().zip(&values[values_row]) {
                *slope = if *value <= 0.0 { 0.0 } else { *slope };
            }
        }
    }
}

/// Samples whose channels come first, as a layout with them last.
pub(crate) fn lay(x: &[f32], [channels, rows, columns]: [usize; 3], laid: &mut [f32], to: Grid) {
    let features = channels * rows * columns;
    for (x, laid) in x.chunks_exact(features).zip(laid.chunks_exact_mut(to.len())) {
        for (row, place) in to.inside().enumerate() {
            for (column, numbers) in laid[place].chunks_exact_mut(channels).enumerate() {
                for (channel, number) in numbers.iter_mut().enumerate() {
                    *number = x[(channel * rows + row) * columns + column];
                }
            }
        }
    }
}

/// The way back, behind what is in `x`.
fn turn(laid: &[f32], [channels, rows, columns]: [usize; 3], from: Grid, x: &mut Vec<f32>) {
    for laid in laid.chunks_exact(from.len()) {
        for channel in 0..channels {
            for row in 0..rows {
                let first = from.at(row.cast_signed(), 0) + channel;
                x.extend((0..columns).map(|column| laid[first + column * channels]));
            }
        }
    }
}

//! A pass forward, and one back.

use crate::{
    grid::Grid,
    outer::Sums,
    plan::{Plan, Product, Stage},
    sweep::{Stride, Sweep},
    tile::LANES,
};

/// Samples that go through all stages together: their numbers stay in the caches, and share each load of weights.
const TOGETHER: usize = 16;

/// What a pass forward leaves for the one back.
#[derive(Debug)]
pub struct Tape {
    /// For each group of samples the values before each stage and behind the last; empty where a stage worked in place.
    groups: Vec<Vec<Vec<f32>>>,
    samples: usize,
}

/// Gradients by what a network learns, layer by layer, in PyTorch's order.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Gradients {
    /// By the weights of a convolution or a product, or the factors of a scale.
    pub weight: Vec<f32>,
    /// By the biases or summands, whether it has them or not.
    pub bias: Vec<f32>,
}

impl Plan {
    /// The logits of samples, `[sample, class]`.
    ///
    /// # Shapes
    /// `x`: `[sample, channel, row, column]`.
    pub fn logits(&self, x: &[f32]) -> Vec<f32> {
        self.forward(x).0
    }

    /// The logits, and what [`Plan::gradient`] needs.
    ///
    /// # Shapes
    /// As for [`Plan::logits`].
    pub fn forward(&self, x: &[f32]) -> (Vec<f32>, Tape) {
        let samples = x.len() / self.features().max(1);
        let mut logits = Vec::with_capacity(samples * self.classes());
        let groups = x.chunks(TOGETHER * self.features().max(1));
        let groups = groups.map(|group| {
            let values = self.group_forward(group);
            logits.extend_from_slice(values.last().map_or(&[][..], Vec::as_slice));
            values
        });
        let groups = groups.collect();
        (logits, Tape { groups, samples })
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
        let learns = |stage: &Stage| matches!(stage, Stage::Product(_) | Stage::Scale(..));
        let end = if wanted { None } else { self.stages.iter().position(learns) };
        let mut gradient = Vec::with_capacity(if wanted { tape.samples * self.features() } else { 0 });
        let slopes = slope.chunks(TOGETHER * self.classes().max(1));
        for (values, slope) in tape.groups.iter().zip(slopes) {
            let last = self.group_backward(values, slope, end, &mut each);
            if wanted {
                turn(&last, self.input(), self.slopes[0], &mut gradient);
            }
        }
        gradient
    }

    /// One group forward: what each stage read, and the logits. A stage that works in place leaves nothing behind.
    fn group_forward(&self, x: &[f32]) -> Vec<Vec<f32>> {
        let samples = x.len() / self.features().max(1);
        let mut all = Vec::with_capacity(self.stages.len() + 1);
        let mut values = lay(x, self.input(), self.values[0]);
        for (at, stage) in self.stages.iter().enumerate() {
            let (from, to) = (self.values[at], self.values[at + 1]);
            if stage.is_in_place() {
                if matches!(stage, Stage::Relu) {
                    // Not `max`, which makes a number of what is none.
                    values.iter_mut().for_each(|value| *value = if *value <= 0.0 { 0.0 } else { *value });
                }
                all.push(Vec::new());
                continue;
            }
            let mut next = vec![0.0; samples * to.len()];
            match stage {
                Stage::Product(Product { forward, .. }) => apply(forward, &values, from, &mut next, to, samples),
                Stage::Scale(layer, _) => layer.forward(&values, from, &mut next, to),
                Stage::MaxPool(layer) => layer.largest(&values, from, &mut next, to),
                Stage::AvgPool(layer) => layer.mean(&values, from, &mut next, to),
                Stage::Relu | Stage::Flatten => {}
            }
            all.push(std::mem::replace(&mut values, next));
        }
        all.push(values);
        all
    }

    fn group_backward(
        &self,
        values: &[Vec<f32>],
        slope: &[f32],
        end: Option<usize>,
        each: &mut impl FnMut(usize, &[f32], &[f32]),
    ) -> Vec<f32> {
        let samples = slope.len() / self.classes().max(1);
        let mut slope = slope.to_vec();
        for (at, stage) in self.stages.iter().enumerate().rev() {
            let (by, to) = (self.slopes[at + 1], self.slopes[at]);
            match stage {
                Stage::Relu => {
                    mask(&mut slope, by, held(&values[at + 1..]), self.values[at + 1]);
                    continue;
                }
                Stage::Flatten if to.border == [0; 4] => continue,
                _ => {}
            }
            each(at, held(&values[at..]), &slope);
            if end == Some(at) {
                break;
            }
            let mut next = vec![0.0; samples * to.len()];
            match stage {
                Stage::Product(Product { backward, .. }) => {
                    backward.iter().for_each(|sweep| apply(sweep, &slope, by, &mut next, to, samples));
                }
                Stage::Scale(layer, _) => layer.backward(&slope, by, &mut next, to),
                Stage::MaxPool(layer) => {
                    layer.to_largest(&slope, by, held(&values[at..]), self.values[at], &mut next, to)
                }
                Stage::AvgPool(layer) => layer.to_mean(&slope, by, &mut next, to),
                Stage::Relu | Stage::Flatten => frame(&slope, by, &mut next, to),
            }
            slope = next;
        }
        slope
    }
}

fn apply(sweep: &Sweep, input: &[f32], from: Grid, output: &mut [f32], to: Grid, samples: usize) {
    sweep.run(input, Stride { run: from.width(), sample: from.len() }, output, to.len(), samples);
}

/// What a stage learns, while it is added up.
enum Learning {
    Nothing,
    Product(Sums),
    Scale(Gradients),
}

impl Learning {
    fn new(stage: &Stage) -> Learning {
        match stage {
            Stage::Product(product) => Learning::Product(product.outer.zero()),
            Stage::Scale(layer, _) => {
                let zero = || vec![0.0; layer.factor.len()];
                Learning::Scale(Gradients { weight: zero(), bias: zero() })
            }
            Stage::Relu | Stage::MaxPool(_) | Stage::AvgPool(_) | Stage::Flatten => Learning::Nothing,
        }
    }

    fn add(&mut self, stage: &Stage, values: &[f32], of: Grid, slope: &[f32], by: Grid) {
        match (self, stage) {
            (Learning::Product(sums), Stage::Product(Product { outer, .. })) => {
                let stride = Stride { run: of.width(), sample: of.len() };
                outer.add(sums, values, stride, slope, by.len(), values.len() / of.len());
            }
            (Learning::Scale(sums), Stage::Scale(layer, order)) => {
                layer.add_gradient(values, of, slope, by, |feature| order.of(feature), sums);
            }
            _ => {}
        }
    }

    fn gradients(self, stage: &Stage) -> Option<Gradients> {
        match (self, stage) {
            (Learning::Product(sums), Stage::Product(product)) => Some(unpacked(&sums, product)),
            (Learning::Scale(sums), _) => Some(sums),
            _ => None,
        }
    }
}

/// Sums in blocks of eight, in PyTorch's order.
fn unpacked(sums: &Sums, product: &Product) -> Gradients {
    let (results, window) = (product.outer.results, product.outer.runs * product.outer.length);
    let mut weight = vec![0.0; results * window];
    for (block, (_, sums)) in sums.iter().enumerate() {
        for (k, sums) in sums.iter().enumerate() {
            for (result, sum) in (block * LANES..results).zip(sums) {
                weight[result * window + product.table[k]] = *sum;
            }
        }
    }
    let bias = sums.iter().flat_map(|(bias, _)| *bias).take(results).collect();
    Gradients { weight, bias }
}

/// The values that the first of these stages reads: where stages work in place, the next one that does not has them.
fn held(values: &[Vec<f32>]) -> &[f32] {
    values.iter().find(|values| !values.is_empty()).map_or(&[], Vec::as_slice)
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
fn lay(x: &[f32], [channels, rows, columns]: [usize; 3], to: Grid) -> Vec<f32> {
    let features = channels * rows * columns;
    let mut laid = vec![0.0; x.len() / features.max(1) * to.len()];
    for (x, laid) in x.chunks_exact(features).zip(laid.chunks_exact_mut(to.len())) {
        for (row, place) in to.inside().enumerate() {
            for (column, numbers) in laid[place].chunks_exact_mut(channels).enumerate() {
                for (channel, number) in numbers.iter_mut().enumerate() {
                    *number = x[(channel * rows + row) * columns + column];
                }
            }
        }
    }
    laid
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

//! Intervals through a network and back: where its values may lie (Gowal et al. 2018,
//! <https://arxiv.org/abs/1810.12715>). A linear map moves an interval's middle by its weights and its half width by their
//! sizes; what rises with its input goes from ends to ends.

use crate::{
    layer::Layer,
    learn::{Gradients, Learning},
    pass::{TOGETHER, held, lay, result},
    plan::{Plan, Stage},
    spare::Buffer,
};

/// A network, and the same of its weights' sizes.
#[derive(Clone, Debug)]
pub struct Interval {
    plan: Plan,
    sizes: Plan,
    /// Weights of the layers that learn, in PyTorch's order: their signs turn what the sizes learn.
    weights: Vec<Vec<f32>>,
}

/// What a pass forward leaves for the one back: for each group of samples the lower ends as a [`Tape`](crate::Tape) has
/// values, and the upper ones.
#[derive(Debug)]
pub struct IntervalTape(Vec<[Vec<Buffer>; 2]>);

impl Interval {
    /// As [`Plan::new`].
    pub fn new(input: [usize; 3], layers: Vec<Layer>) -> Option<Interval> {
        let weights = layers.iter().filter_map(weights).cloned().collect();
        let sizes = Plan::new(input, layers.iter().map(sizes).collect())?;
        Some(Interval { plan: Plan::new(input, layers)?, sizes, weights })
    }

    /// Numbers of a sample behind the last layer.
    pub fn results(&self) -> usize {
        self.plan.classes()
    }

    /// The ends behind the last layer, lower ones first, `[sample, result]` each, and what [`Interval::gradients`] needs.
    ///
    /// # Shapes
    /// `ends`, lower ones first: `[sample, channel, row, column]` each.
    pub fn forward(&self, [low, high]: [&[f32]; 2]) -> ([Vec<f32>; 2], IntervalTape) {
        let each = TOGETHER * self.plan.features().max(1);
        let groups = low.chunks(each).zip(high.chunks(each)).map(|(low, high)| self.group_forward([low, high]));
        let tape = IntervalTape(groups.collect());
        let ends = |end: usize| tape.0.iter().flat_map(|group| result(&group[end])).copied().collect();
        ([ends(0), ends(1)], tape)
    }

    /// The gradients by the weights of each layer that has some, summed over the samples, of the loss whose derivatives by
    /// the ends behind the last layer these are.
    ///
    /// # Shapes
    /// `slopes`, by the lower ends first: `[sample, result]` each.
    pub fn gradients(&self, tape: &IntervalTape, [low, high]: [&[f32]; 2]) -> Vec<Gradients> {
        let sums = || -> Vec<Learning> { self.plan.stages.iter().map(Learning::new).collect() };
        let mut sums = [sums(), sums()];
        let each = TOGETHER * self.results().max(1);
        for (group, slopes) in tape.0.iter().zip(low.chunks(each).zip(high.chunks(each))) {
            self.group_backward(group, [slopes.0, slopes.1], &mut sums);
        }
        let stages = &self.plan.stages;
        let learnt = sums.map(|sums| stages.iter().zip(sums).filter_map(|(stage, sums)| sums.gradients(stage)));
        let [middle, half] = learnt;
        let all = middle.zip(half).zip(&self.weights);
        all.map(|((mut middle, half), weights)| {
            let turned = half.weight.iter().zip(weights).map(|(slope, weight)| slope * sign(*weight));
            middle.weight.iter_mut().zip(turned).for_each(|(sum, slope)| *sum += slope);
            middle
        })
        .collect()
    }

    fn group_forward(&self, ends: [&[f32]; 2]) -> [Vec<Buffer>; 2] {
        let plan = &self.plan;
        let samples = ends[0].len() / plan.features().max(1);
        let room = |at: usize| plan.spare.take(at, samples * plan.values[at].len());
        let mut all = [Vec::new(), Vec::new()];
        let mut ends = ends.map(|end| {
            let mut laid = room(0);
            lay(end, plan.input(), &mut laid.values, plan.values[0]);
            laid
        });
        for (at, stage) in plan.stages.iter().enumerate() {
            if stage.is_in_place() {
                ends.iter_mut().for_each(|end| stage.work_in_place(&mut end.values));
                all.iter_mut().for_each(|all| all.push(plan.spare.none()));
                continue;
            }
            let mut next = [room(at + 1), room(at + 1)];
            let maps = if stage.learns() { [plan, &self.sizes] } else { [plan, plan] };
            let read = stage.learns().then(|| self.halves(at, [&ends[0].values, &ends[1].values], samples));
            for ((map, read), next) in maps.into_iter().zip(read.as_ref().unwrap_or(&ends)).zip(&mut next) {
                map.stage_forward(at, &read.values, &mut next.values, samples);
            }
            if stage.learns() {
                pairs(&mut next, |middle, half| (middle - half, middle + half));
            }
            let read = std::mem::replace(&mut ends, next);
            all.iter_mut().zip(read).for_each(|(all, read)| all.push(read));
        }
        all.iter_mut().zip(ends).for_each(|(all, end)| all.push(end));
        all
    }

    /// Middles and half widths of what a stage reads.
    fn halves(&self, at: usize, [low, high]: [&[f32]; 2], samples: usize) -> [Buffer; 2] {
        let room = || self.plan.spare.take(at, samples * self.plan.values[at].len());
        let mut halves = [room(), room()];
        let [middles, widths] = &mut halves;
        let written = middles.values.iter_mut().zip(&mut widths.values);
        for ((middle, half), (low, high)) in written.zip(low.iter().zip(high)) {
            (*middle, *half) = (0.5 * (low + high), 0.5 * (high - low));
        }
        halves
    }

    fn group_backward(&self, values: &[Vec<Buffer>; 2], slopes: [&[f32]; 2], sums: &mut [Vec<Learning>; 2]) {
        let plan = &self.plan;
        let samples = slopes[0].len() / self.results().max(1);
        let room = |at: usize| plan.spare.take(plan.values.len() + at, samples * plan.slopes[at].len());
        let mut own = slopes.map(|slope| {
            let mut own = room(plan.stages.len());
            own.values.copy_from_slice(slope);
            own
        });
        let first = plan.stages.iter().position(Stage::learns);
        for (at, stage) in plan.stages.iter().enumerate().rev() {
            let in_place = own.iter_mut().zip(values).map(|(own, values)| plan.hands_back(at, &mut own.values, values));
            if in_place.fold(false, |one, other| one | other) {
                continue;
            }
            let ends = [0, 1].map(|end| held(&values[end][at..]));
            if stage.learns() {
                // By the middle and the half width behind the stage.
                pairs(&mut own, |low, high| (low + high, high - low));
                let read = self.halves(at, ends, samples);
                for ((sums, read), own) in sums.iter_mut().zip(&read).zip(&own) {
                    sums[at].add(stage, &read.values, plan.values[at], &own.values, plan.slopes[at + 1]);
                }
            }
            if first == Some(at) {
                break;
            }
            let mut next = [room(at), room(at)];
            let maps = if stage.learns() { [plan, &self.sizes] } else { [plan, plan] };
            for (((map, ends), own), next) in maps.into_iter().zip(ends).zip(&own).zip(&mut next) {
                map.stage_backward(at, ends, &own.values, &mut next.values, samples);
            }
            if stage.learns() {
                pairs(&mut next, |middle, half| (0.5 * (middle - half), 0.5 * (middle + half)));
            }
            own = next;
        }
    }
}

impl Stage {
    /// Whether it has weights, and moves middles and half widths.
    pub(crate) fn learns(&self) -> bool {
        matches!(self, Stage::Product(_) | Stage::Scale(..))
    }
}

/// Two numbers of each pair of places in place of those that were there.
fn pairs([one, other]: &mut [Buffer; 2], change: impl Fn(f32, f32) -> (f32, f32)) {
    for (one, other) in one.values.iter_mut().zip(&mut other.values) {
        (*one, *other) = change(*one, *other);
    }
}

/// The slope of a size: 0 at 0.
fn sign(weight: f32) -> f32 {
    if weight == 0.0 { 0.0 } else { weight.signum() }
}

fn weights(layer: &Layer) -> Option<&Vec<f32>> {
    match layer {
        Layer::Convolution(layer) => Some(&layer.weight),
        Layer::Linear(layer) => Some(&layer.weight),
        Layer::Scale(layer) => Some(&layer.factor),
        Layer::Relu | Layer::MaxPool(_) | Layer::AvgPool(_) | Layer::Flatten => None,
    }
}

/// The layer of the weights' sizes, without a summand.
fn sizes(layer: &Layer) -> Layer {
    let mut layer = layer.clone();
    let (weights, shift) = match &mut layer {
        Layer::Convolution(layer) => (&mut layer.weight, &mut layer.bias),
        Layer::Linear(layer) => (&mut layer.weight, &mut layer.bias),
        Layer::Scale(layer) => (&mut layer.factor, &mut layer.shift),
        Layer::Relu | Layer::MaxPool(_) | Layer::AvgPool(_) | Layer::Flatten => return layer,
    };
    weights.iter_mut().for_each(|weight| *weight = weight.abs());
    shift.iter_mut().for_each(|shift| *shift = 0.0);
    layer
}

//! What a training step does beside its passes: what [`crate::optimizer`] and [`crate::trainer`] say in burn's operations.

use super::kernel::{Kernel, MOST_GROUPS, WIDTH, bindings, buffer, empty, own, tensor, uploaded};
use crate::optimizer::{Pace, Rows, warmed};
use burn::tensor::Tensor;
use burn_cubecl::tensor::CubeTensor;
use foolproof_core::protocol::Optimizer;

const REDUCE: &str = include_str!("reduce.wgsl");
const LENGTH: &str = include_str!("length.wgsl");
const TALLY: &str = include_str!("tally.wgsl");
const OPTIMIZER: &str = include_str!("optimizer.wgsl");
const SGD: &str = include_str!("sgd.wgsl");
const ADAM: &str = include_str!("adam.wgsl");
const REMEMBER: &str =
    "fn remember(at: u32, next: f32) { average[at] = average[at] * numbers[KEPT] + next * (1.0 - numbers[KEPT]); }";
const FORGET: &str = "fn remember(at: u32, next: f32) {}";
/// Places among the numbers of a step.
const PLACES: [(&str, usize); 7] =
    [("RATE", 0), ("WARMED", 1), ("PENALTY", 2), ("SHRINK", 3), ("MEMORY", 4), ("KEPT", 5), ("CLIP", 6)];

/// As [`crate::optimizer::length`].
pub fn length(row: &Tensor<1>) -> Option<Tensor<1>> {
    let count = row.dims()[0];
    let run = |x: &CubeTensor, call: &str, groups: usize, size: usize| {
        let main = format!(
            "@compute @workgroup_size({WIDTH})
            fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) lane: u32) {{
                {call}(group.x, lane);
            }}"
        );
        let made = empty(x, [size]);
        let kernel = Kernel::new(&format!("{REDUCE}{LENGTH}{main}"), &[("COUNT", count)]);
        kernel.launch(&[x, &made], [groups, 1]).map(|()| made)
    };
    let sums = run(&buffer(row)?, "squares", WIDTH, WIDTH)?;
    run(&sums, "root", 1, 1).map(tensor)
}

/// As [`crate::trainer::tally`].
pub fn tally(seen: &Tensor<1>, value: &Tensor<2>, margin: &Tensor<2>, length: &Tensor<1>) -> Option<Tensor<1>> {
    let (seen, value, margin, length) = (buffer(seen)?, buffer(value)?, buffer(margin)?, buffer(length)?);
    let (made, count) = (empty(&seen, [3]), value.meta.shape().num_elements());
    let kernel = Kernel::new(&format!("{REDUCE}{TALLY}"), &[("COUNT", count)]);
    kernel.launch(&[&seen, &value, &margin, &length, &made], [1, 1])?;
    Some(tensor(made))
}

/// As [`Rows::learn`]; `None`, and nothing done, where the rows are not on a GPU. `kept` is the weight of the old average.
pub fn learn(rows: &mut Rows, gradient: &Tensor<1>, length: &Tensor<1>, pace: &Pace, kept: f32) -> Option<()> {
    let (weights, gradient, length) = (buffer(&rows.weights)?, buffer(gradient)?, buffer(length)?);
    let count = gradient.meta.shape().num_elements();
    let (made, numbers) = (empty(&weights, [count]), uploaded(&numbers(rows.steps, pace, kept), &weights));
    let moments = rows.moments.len();
    let changed: Vec<CubeTensor> = rows.moments.drain(..).chain(rows.average.take()).map(own).collect();
    let kernel = kernel(pace.optimizer, changed.len() > moments, count);
    let buffers: Vec<&CubeTensor> =
        [&weights, &gradient, &length, &numbers, &made].into_iter().chain(&changed).collect();
    kernel.launch(&buffers, [groups(count), 1])?;
    let mut changed = changed.into_iter().map(tensor);
    rows.moments = changed.by_ref().take(moments).collect();
    (rows.weights, rows.average) = (tensor(made), changed.next());
    Some(())
}

fn groups(count: usize) -> usize {
    count.div_ceil(WIDTH).min(MOST_GROUPS)
}

/// What a step goes by, at [`PLACES`].
fn numbers(done: u64, pace: &Pace, kept: f32) -> [f32; 7] {
    let Pace { optimizer, rate, decay, memory, clip, .. } = *pace;
    let [least, spread] = warmed(done, memory);
    let (rate, penalty, shrink) = match optimizer {
        Optimizer::Sgd => (rate, decay, 0.0),
        Optimizer::Adam => (rate / least, decay, 0.0),
        Optimizer::AdamW => (rate / least, 0.0, rate * decay),
    };
    [rate, spread.sqrt(), penalty, shrink, memory, kept, clip]
}

/// The kernel that binds weights, gradient, its length, numbers, the new weights, the moments and, if there is one, the
/// average.
fn kernel(optimizer: Optimizer, averaged: bool, count: usize) -> Kernel {
    let (step, moments) = match optimizer {
        Optimizer::Sgd => (SGD, &["first"][..]),
        Optimizer::Adam | Optimizer::AdamW => (ADAM, &["first", "second"][..]),
    };
    let (remember, average) = if averaged { (REMEMBER, &["average"][..]) } else { (FORGET, &[][..]) };
    let names = ["weights", "gradient", "length", "numbers", "made"];
    let bindings = bindings(names.iter().chain(moments).chain(average).copied());
    let mut constants = vec![("COUNT", count), ("GROUPS", groups(count))];
    constants.extend(PLACES);
    Kernel::new(&format!("{bindings}{OPTIMIZER}{step}{remember}"), &constants)
}

//! What a ball without limits does to samples: what [`crate::ball`] says in burn's operations, a workgroup a sample.

use super::kernel::{Kernel, WIDTH, buffer, empty, number, tensor};
use burn::tensor::Tensor;
use burn_cubecl::tensor::CubeTensor;
use foolproof_core::catalog::Norm;

const REDUCE: &str = include_str!("reduce.wgsl");
const DIRECTION: &str = include_str!("direction.wgsl");
const PULL: &str = include_str!("pull.wgsl");
const STEP: &str = include_str!("step.wgsl");

/// As [`Ball::direction`](crate::ball::Ball::direction).
pub fn direction(norm: Norm, gradient: &Tensor<4>) -> Option<Tensor<4>> {
    let call = match norm {
        Norm::Linf => "direction_linf(start, lane)",
        Norm::L2 => "direction_of(start, lane, true)",
        Norm::L1 => "direction_of(start, lane, false)",
    };
    let text = format!("{REDUCE}{DIRECTION}");
    by_sample(text, call, &[&buffer(gradient)?], gradient.dims())
}

/// As [`Ball::pull`](crate::ball::Ball::pull), or with `boxed` as [`Ball::project`](crate::ball::Ball::project).
pub fn pull(norm: Norm, radius: f32, clean: &Tensor<4>, x: &Tensor<4>, boxed: bool) -> Option<Tensor<4>> {
    let call = match norm {
        Norm::Linf => "pull_linf(start, lane)",
        Norm::L2 => "pull_l2(start, lane)",
        Norm::L1 => "pull_l1(start, lane)",
    };
    if clean.dims() != x.dims() {
        return None;
    }
    let end = if boxed { "boxed(value)" } else { "value" };
    let text = format!("{REDUCE}{PULL}fn end(value: f32) -> f32 {{ return {end}; }}\n");
    let (clean, x, dims) = (buffer(clean)?, buffer(x)?, x.dims());
    let radius = number(radius, &x);
    by_sample(text, call, &[&clean, &x, &radius], dims)
}

/// As [`step`](crate::ball::step).
pub fn step(x: &Tensor<4>, direction: &Tensor<4>, length: f32) -> Option<Tensor<4>> {
    if direction.dims() != x.dims() {
        return None;
    }
    let (x, direction, dims) = (buffer(x)?, buffer(direction)?, x.dims());
    let length = number(length, &x);
    by_sample(STEP.to_owned(), "step_along(start, lane)", &[&x, &direction, &length], dims)
}

/// Runs a kernel on each sample, which writes the last of its buffers.
fn by_sample(text: String, call: &str, read: &[&CubeTensor], dims: [usize; 4]) -> Option<Tensor<4>> {
    let features = dims[1..].iter().product();
    let made = empty(read[0], dims);
    let main = format!(
        "@compute @workgroup_size({WIDTH})
        fn main(@builtin(workgroup_id) sample: vec3<u32>, @builtin(local_invocation_index) lane: u32) {{
            let start = sample.x * FEATURES;
            {call};
        }}"
    );
    let buffers: Vec<&CubeTensor> = read.iter().copied().chain([&made]).collect();
    Kernel::new(&format!("{text}{main}"), &[("FEATURES", features)]).launch(&buffers, [dims[0], 1])?;
    Some(tensor(made))
}

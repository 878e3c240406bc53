//! What a ball without limits does to samples: what [`crate::ball`] says in burn's operations, a workgroup a sample.

use super::kernel::{Kernel, WIDTH, bindings, buffer, empty, number, tensor};
use burn::tensor::Tensor;
use burn_cubecl::tensor::CubeTensor;
use foolproof_core::catalog::Norm;

const REDUCE: &str = include_str!("reduce.wgsl");
const DIRECTION: &str = include_str!("direction.wgsl");
const PULL: &str = include_str!("pull.wgsl");
const STEP: &str = include_str!("step.wgsl");
/// All of them, to go along a direction and be pulled back.
pub const MOVES: &str = concat!(
    include_str!("reduce.wgsl"),
    include_str!("direction.wgsl"),
    include_str!("step.wgsl"),
    include_str!("pull.wgsl")
);

/// As [`Ball::direction`](crate::ball::Ball::direction).
pub fn direction(norm: Norm, gradient: &Tensor<4>) -> Option<Tensor<4>> {
    let text = format!("{REDUCE}{DIRECTION}");
    by_sample(&text, directed(norm), &[("gradient", buffer(gradient)?)], gradient.dims())
}

/// As [`Ball::pull`](crate::ball::Ball::pull), or with `boxed` as [`Ball::project`](crate::ball::Ball::project).
pub fn pull(norm: Norm, radius: f32, clean: &Tensor<4>, x: &Tensor<4>, boxed: bool) -> Option<Tensor<4>> {
    if clean.dims() != x.dims() {
        return None;
    }
    let (clean, x, dims) = (buffer(clean)?, buffer(x)?, x.dims());
    let radius = number(radius, &x);
    let text = format!("{REDUCE}{PULL}{}fn point(at: u32) -> f32 {{ return x[at]; }}\n", end(boxed));
    by_sample(&text, pulled(norm), &[("clean", clean), ("x", x), ("radius", radius)], dims)
}

/// As [`step`](crate::ball::step).
pub fn step(x: &Tensor<4>, direction: &Tensor<4>, length: f32) -> Option<Tensor<4>> {
    if direction.dims() != x.dims() {
        return None;
    }
    let (x, direction, dims) = (buffer(x)?, buffer(direction)?, x.dims());
    let distance = number(length, &x);
    let text = format!("{REDUCE}{STEP}fn way(at: u32) -> f32 {{ return direction[at]; }}\n");
    by_sample(
        &text,
        "step_along(start, lane, distance[0]);",
        &[("x", x), ("direction", direction), ("distance", distance)],
        dims,
    )
}

/// As [`Ball::climb`](crate::ball::Ball::climb): what the three do one after another, in one dispatch.
pub fn climb(
    norm: Norm,
    radius: f32,
    clean: &Tensor<4>,
    x: &Tensor<4>,
    gradient: &Tensor<4>,
    length: f32,
) -> Option<Tensor<4>> {
    if [clean.dims(), gradient.dims()] != [x.dims(); 2] {
        return None;
    }
    let (clean, x, gradient, dims) = (buffer(clean)?, buffer(x)?, buffer(gradient)?, x.dims());
    let (radius, distance) = (number(radius, &x), number(length, &x));
    let call = format!("{}step_along(start, lane, distance[0]); {}", directed(norm), pulled(norm));
    let read = [("clean", clean), ("x", x), ("gradient", gradient), ("radius", radius), ("distance", distance)];
    by_sample(&format!("{MOVES}{}", in_place()), &call, &read, dims)
}

/// Direction and point stand where the result will, since each invocation has its own features.
pub fn in_place() -> String {
    let own = "fn way(at: u32) -> f32 { return made[at]; }\nfn point(at: u32) -> f32 { return made[at]; }\n";
    format!("{own}{}", end(true))
}

/// The call that writes the direction.
pub fn directed(norm: Norm) -> &'static str {
    match norm {
        Norm::Linf => "direction_linf(start, lane);",
        Norm::L2 => "direction_of(start, lane, true);",
        Norm::L1 => "direction_of(start, lane, false);",
    }
}

/// The call that pulls a point back.
pub fn pulled(norm: Norm) -> &'static str {
    match norm {
        Norm::Linf => "pull_linf(start, lane);",
        Norm::L2 => "pull_l2(start, lane);",
        Norm::L1 => "pull_l1(start, lane);",
    }
}

/// What becomes of a pixel that was pulled.
fn end(boxed: bool) -> String {
    let end = if boxed { "boxed(value)" } else { "value" };
    format!("fn end(value: f32) -> f32 {{ return {end}; }}\n")
}

/// Runs a kernel on each sample, which reads buffers of these names and writes the one that is `made`.
pub fn by_sample(text: &str, call: &str, read: &[(&str, CubeTensor)], dims: [usize; 4]) -> Option<Tensor<4>> {
    let features = dims[1..].iter().product();
    let made = empty(&read[0].1, dims);
    let names = bindings(read.iter().map(|(name, _)| *name).chain(["made"]));
    let main = format!(
        "@compute @workgroup_size({WIDTH})
        fn main(@builtin(workgroup_id) sample: vec3<u32>, @builtin(local_invocation_index) lane: u32) {{
            let start = sample.x * FEATURES;
            {call}
        }}"
    );
    let buffers: Vec<&CubeTensor> = read.iter().map(|(_, buffer)| buffer).chain([&made]).collect();
    Kernel::new(&format!("{names}{text}{main}"), &[("FEATURES", features)]).launch(&buffers, [dims[0], 1])?;
    Some(tensor(made))
}

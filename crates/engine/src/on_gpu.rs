//! Own kernels for WebGPU, in place of chains of burn's: what an attack's step asks for again and again is a dispatch
//! each, where burn's operations are five to thirty.
//!
//! Each function answers `None` for tensors that are not on a GPU, or where no kernel knows what is asked; burn's
//! operations then say the same, and are what the kernels are tested against. The kernels are WGSL, so that what is read
//! is what runs. They bind eight buffers at most and have 64 invocations a workgroup, which every WebGPU offers.

mod apgd;
mod ball;
mod best;
mod join;
mod kernel;
mod network;
mod rows;
mod stage;
#[cfg(test)]
mod tests;
mod training;

pub(crate) use apgd::{climbed, stride};
pub(crate) use ball::{climb, direction, pull, step};
pub(crate) use best::keep;
pub(crate) use join::joined;
pub(crate) use kernel::has;
pub(crate) use network::GpuPlan;
pub(crate) use rows::{
    cross_entropy, cross_entropy_slope, log_odds, margin, margin_and_cross_entropy, ratio, soft_slope,
};
pub(crate) use training::{learn, length, tally};

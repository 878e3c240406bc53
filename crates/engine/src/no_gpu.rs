//! What [`crate::on_gpu`] is in an engine without WebGPU: no kernel for anything.

use crate::case::Goal;
use crate::gpu_layer::GpuLayer;
use crate::optimizer::{Pace, Rows};
use crate::sequential::Ascent;
use burn::tensor::Tensor;
use foolproof_core::catalog::Norm;

type Kept = (Tensor<4>, Tensor<2>, Tensor<2>, Tensor<2>);

/// The kernels of a network, of which there are none.
#[derive(Clone, Debug)]
pub enum GpuPlan {}

/// What no pass forward leaves.
pub enum GpuTape {}

impl GpuPlan {
    pub fn of(_layers: Vec<GpuLayer>, _input: [usize; 3]) -> Option<GpuPlan> {
        None
    }

    pub fn reweighed(&self, _learnt: &Tensor<1>) -> Option<GpuPlan> {
        None
    }

    pub fn logits(&self, _x: &Tensor<4>) -> Option<Tensor<2>> {
        None
    }

    pub fn forward(&self, _x: &Tensor<4>) -> Option<(Tensor<2>, GpuTape)> {
        None
    }

    pub fn ascent(&self, _x: &Tensor<4>, _class: &Tensor<2>, _goal: Goal) -> Option<Ascent> {
        None
    }

    pub fn back(&self, _tape: GpuTape, _slope: &Tensor<2>) -> Option<Tensor<4>> {
        None
    }

    pub fn learn(&self, _tape: GpuTape, _slope: &Tensor<2>, _wanted: bool) -> Option<(Tensor<1>, Option<Tensor<4>>)> {
        None
    }
}

pub fn has(_x: &Tensor<4>) -> bool {
    false
}

pub fn direction(_norm: Norm, _gradient: &Tensor<4>) -> Option<Tensor<4>> {
    None
}

pub fn step(_x: &Tensor<4>, _direction: &Tensor<4>, _length: f32) -> Option<Tensor<4>> {
    None
}

pub fn pull(_norm: Norm, _radius: f32, _clean: &Tensor<4>, _x: &Tensor<4>, _boxed: bool) -> Option<Tensor<4>> {
    None
}

pub fn climb(
    _norm: Norm,
    _radius: f32,
    _clean: &Tensor<4>,
    _x: &Tensor<4>,
    _gradient: &Tensor<4>,
    _length: f32,
) -> Option<Tensor<4>> {
    None
}

type Place = (Tensor<4>, Tensor<4>, Tensor<2>);

pub fn climbed(
    _kept: impl FnOnce() -> (Place, Tensor<2>, Tensor<2>),
    _here: (&Tensor<4>, &Tensor<4>, &Tensor<2>),
) -> Option<(Place, Tensor<2>, Tensor<2>)> {
    None
}

pub fn stride(
    _ball: (Norm, f32),
    _clean: &Tensor<4>,
    _x: &Tensor<4>,
    _before: Option<(&Tensor<4>, f32)>,
    _gradient: &Tensor<4>,
    _lengths: &Tensor<4>,
) -> Option<Tensor<4>> {
    None
}

pub fn keep(
    _kept: impl FnOnce() -> Kept,
    _x: &Tensor<4>,
    _logits: &Tensor<2>,
    _score: &Tensor<2>,
    _spent: u32,
) -> Option<Kept> {
    None
}

pub fn cross_entropy(_logits: &Tensor<2>, _class: &Tensor<2>) -> Option<Tensor<2>> {
    None
}

pub fn margin_and_cross_entropy(_logits: &Tensor<2>, _class: &Tensor<2>) -> Option<(Tensor<2>, Tensor<2>)> {
    None
}

pub fn margin(_logits: &Tensor<2>, _class: &Tensor<2>) -> Option<Tensor<2>> {
    None
}

pub fn log_odds(_logits: &Tensor<2>, _class: &Tensor<2>) -> Option<(Tensor<2>, Tensor<2>)> {
    None
}

pub fn ratio(_logits: &Tensor<2>, _class: &Tensor<2>) -> Option<(Tensor<2>, Tensor<2>)> {
    None
}

pub fn joined(_parts: &[Tensor<2>]) -> Option<Tensor<2>> {
    None
}

pub fn soft_slope(_logits: &Tensor<2>, _class: &Tensor<2>) -> Option<Tensor<2>> {
    None
}

pub fn length(_row: &Tensor<1>) -> Option<Tensor<1>> {
    None
}

pub fn tally(_seen: &Tensor<1>, _value: &Tensor<2>, _margin: &Tensor<2>, _length: &Tensor<1>) -> Option<Tensor<1>> {
    None
}

pub fn learn(_rows: &mut Rows, _gradient: &Tensor<1>, _length: &Tensor<1>, _pace: &Pace, _kept: f32) -> Option<()> {
    None
}

pub fn cross_entropy_slope(_logits: &Tensor<2>, _class: &Tensor<2>) -> Option<Tensor<2>> {
    None
}

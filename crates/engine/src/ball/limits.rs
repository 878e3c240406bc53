//! How far each feature may go as a multiple of the radius: the scale between changes of the input and the ball's units.

use super::Ball;
use crate::upload::floats;
use burn::tensor::{Bool, Tensor};
use foolproof_core::input_kind::SCALES;
use foolproof_core::protocol::{Distance, Fault, FaultKind};
use std::cell::OnceCell;
use std::rc::Rc;

/// One multiple a feature, row by row over `[channel, row, column]`; 0 for a feature that stays as it is. Copies share
/// their tensors.
#[derive(Clone, Debug)]
pub(super) struct Limits(Rc<Shared>);

#[derive(Debug)]
struct Shared {
    scales: Vec<f32>,
    /// The same on the device of the first tensor that they met.
    tensors: OnceCell<Tensors>,
}

/// `[1, channel, row, column]` each.
#[derive(Debug)]
struct Tensors {
    /// The multiples.
    scale: Tensor<4>,
    /// One over them; 0 for a feature that stays.
    inverse: Tensor<4>,
    /// Whether a feature stays.
    shut: Tensor<4, Bool>,
}

impl PartialEq for Limits {
    fn eq(&self, other: &Limits) -> bool {
        self.scales() == other.scales()
    }
}

impl Limits {
    /// Limits that differ; `None` where all features may go alike, as without any.
    pub fn new(scales: &[f32]) -> Option<Limits> {
        let alike = scales.iter().all(|&scale| scale == 1.0);
        (!alike).then(|| Limits(Rc::new(Shared { scales: scales.to_vec(), tensors: OnceCell::new() })))
    }

    /// Feature by feature.
    pub fn scales(&self) -> &[f32] {
        &self.0.scales
    }

    /// On the device of `near`, whose samples have as many features.
    fn tensors(&self, near: &Tensor<4>) -> &Tensors {
        self.0.tensors.get_or_init(|| {
            let [_, channels, rows, columns] = near.dims();
            let upload = |values| floats(values, [1, channels, rows, columns], &near.device());
            let scale = upload(self.scales().to_vec());
            let inverse = self.scales().iter().map(|&scale| if scale > 0.0 { 1.0 / scale } else { 0.0 });
            Tensors { shut: scale.clone().equal_scalar(0.0), inverse: upload(inverse.collect()), scale }
        })
    }
}

impl Ball {
    /// How far a feature may go as a multiple of the radius; 0 for one that stays.
    pub fn scale_of(&self, feature: usize) -> f32 {
        self.limits.as_ref().map_or(1.0, |limits| limits.scales()[feature])
    }

    /// The most that the changes of so many features, of at most 1 each, sum up to in the ball's units.
    pub fn widest(&self, features: usize) -> f32 {
        let open =
            |limits: &Limits| limits.scales().iter().filter(|&&scale| scale > 0.0).map(|scale| 1.0 / scale).sum();
        self.limits.as_ref().map_or(features as f32, open)
    }

    /// A gradient by the input as one by the ball's units, or a change in these units as one of the input: times the
    /// limits.
    ///
    /// # Shapes
    /// `x` and the result: `[batch, channel, row, column]`.
    pub fn scaled(&self, x: Tensor<4>) -> Tensor<4> {
        match &self.limits {
            None => x,
            Some(limits) => x.clone() * limits.tensors(&x).scale.clone(),
        }
    }

    /// The same for what is alike along some of the sides of `near`.
    ///
    /// # Shapes
    /// `near`: `[batch, channel, row, column]`; `x`: the same with 1 for some sides; the result as `x`, or as `near`
    /// where there are limits.
    pub fn scaled_beside(&self, x: Tensor<4>, near: &Tensor<4>) -> Tensor<4> {
        match &self.limits {
            None => x,
            Some(limits) => x * limits.tensors(near).scale.clone(),
        }
    }

    /// The limits, `[1, channel, row, column]` as in `near`; `None` where all features may go alike.
    pub fn scale(&self, near: &Tensor<4>) -> Option<Tensor<4>> {
        self.limits.as_ref().map(|limits| limits.tensors(near).scale.clone())
    }

    /// [`Ball::scaled`] of several changes a sample.
    ///
    /// # Shapes
    /// `x` and the result: `[rows, changes, feature]`; `near`: `[batch, channel, row, column]`.
    pub fn scaled_rows(&self, x: Tensor<3>, near: &Tensor<4>) -> Tensor<3> {
        match &self.limits {
            None => x,
            Some(limits) => x * limits.tensors(near).scale.clone().reshape([1, 1, -1]),
        }
    }

    /// [`Ball::units`] of several changes a sample.
    ///
    /// # Shapes
    /// As for [`Ball::scaled_rows`].
    pub fn units_rows(&self, x: Tensor<3>, near: &Tensor<4>) -> Tensor<3> {
        match &self.limits {
            None => x,
            Some(limits) => x * limits.tensors(near).inverse.clone().reshape([1, 1, -1]),
        }
    }

    /// A change of the input in the ball's units; 0 for features that stay.
    ///
    /// # Shapes
    /// `change` and the result: `[batch, channel, row, column]`.
    pub fn units(&self, change: Tensor<4>) -> Tensor<4> {
        match &self.limits {
            None => change,
            Some(limits) => change.clone() * limits.tensors(&change).inverse.clone(),
        }
    }

    /// A change, with 0 for features that stay.
    ///
    /// # Shapes
    /// `change` and the result: `[batch, channel, row, column]`.
    pub fn open(&self, change: Tensor<4>) -> Tensor<4> {
        match self.shut(&change) {
            None => change,
            Some(shut) => change.mask_fill(shut, 0.0),
        }
    }

    /// A point, with the clean value of features that stay.
    ///
    /// # Shapes
    /// `clean`, `x` and the result: `[batch, channel, row, column]`.
    pub fn keep(&self, clean: &Tensor<4>, x: Tensor<4>) -> Tensor<4> {
        match self.shut(&x) {
            None => x,
            Some(shut) => x.mask_where(shut, clean.clone()),
        }
    }

    /// Whether a feature stays; `None` without limits.
    ///
    /// # Shapes
    /// `x` and the result: `[batch, channel, row, column]`.
    pub fn shut(&self, x: &Tensor<4>) -> Option<Tensor<4, Bool>> {
        self.limits.as_ref().map(|limits| limits.tensors(x).shut.clone().expand(x.dims()))
    }

    /// Size of a perturbation in four norms, in the ball's units; row by row.
    pub fn sizes(&self, clean: &[f32], x: &[f32]) -> Distance {
        let (mut l0, mut l1, mut square, mut linf) = (0.0f32, 0.0f64, 0.0f64, 0.0f64);
        for (at, (clean, x)) in clean.iter().zip(x).enumerate() {
            let change = (f64::from(*x) - f64::from(*clean)).abs();
            l0 += f32::from(u8::from(change > 0.0));
            let scale = f64::from(self.scale_of(at));
            let change = if scale > 0.0 { change / scale } else { 0.0 };
            l1 += change;
            square += change * change;
            linf = linf.max(change);
        }
        Distance { l0, l1: l1 as f32, l2: square.sqrt() as f32, linf: linf as f32 }
    }
}

/// Whether these limits fit inputs of this `[channel, row, column]`.
///
/// # Errors
/// A [`Fault`] that says how many there should be, names the one out of range, or that no feature may move.
pub fn check(limits: &[f32], shape: [usize; 3]) -> Result<(), Fault> {
    let wrong = |why: String| Err(Fault::new(FaultKind::Input, why));
    let features: usize = shape.iter().product();
    if limits.is_empty() {
        return Ok(());
    }
    if limits.len() != features {
        return wrong(format!("There are {} limits, and an input has {features} features.", limits.len()));
    }
    if let Some(at) = limits.iter().position(|limit| *limit != 0.0 && !SCALES.contains(limit)) {
        let (limit, (least, most)) = (limits[at], SCALES.into_inner());
        return wrong(format!("The limit of feature {at} is {limit}, and must be 0, or between {least} and {most}."));
    }
    match limits.iter().any(|&limit| limit > 0.0) {
        true => Ok(()),
        false => wrong("No feature may move: every limit is 0.".into()),
    }
}

#[cfg(test)]
mod tests;

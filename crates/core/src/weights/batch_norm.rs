//! Batch norms in files and here. A file has four tensors a layer and the count of batches that they come from; what is
//! computed with is a factor and a summand a feature: `weight / √(running_var + eps)` and `bias - running_mean · factor`.
//! What is written has a mean of 0 and a variance of `1 - eps`, with which PyTorch computes the same.

use super::{Precision, Stored, bad, encode, tensor};
use crate::architecture::{Parameter, Role};
use crate::fault::Fault;
use safetensors::SafeTensors;

/// What PyTorch keeps beside weight and bias, of which the last one says nothing about what is answered.
const BUFFERS: [&str; 3] = ["running_mean", "running_var", "num_batches_tracked"];

/// Whether this is one of the buffers beside a batch norm's factor.
pub fn has(scale: &Parameter, name: &str) -> bool {
    matches!(scale.role, Role::Scale { .. }) && BUFFERS.iter().any(|buffer| name == beside(scale, buffer))
}

/// The name of another tensor of the same layer.
fn beside(parameter: &Parameter, buffer: &str) -> String {
    let place = parameter.name.rsplit_once('.').map_or("", |(place, _)| place);
    format!("{place}.{buffer}")
}

/// Factors and then summands.
///
/// # Errors
/// A [`Fault`] that names the tensor that is missing or wrong.
pub fn read(file: &SafeTensors, scale: &Parameter, shift: &Parameter, eps: f32) -> Result<Vec<f32>, Fault> {
    let [mean, variance] =
        ["running_mean", "running_var"].map(|buffer| tensor(file, &beside(scale, buffer), &scale.shape));
    let (mean, variance) = (mean?, variance?);
    // Without `affine`, a layer has neither.
    let learnt = [scale, shift].iter().any(|one| file.names().contains(&one.name.as_str()));
    let (weight, bias) = match learnt {
        true => (tensor(file, &scale.name, &scale.shape)?, tensor(file, &shift.name, &shift.shape)?),
        false => (vec![1.0; mean.len()], vec![0.0; mean.len()]),
    };
    let mut factors = Vec::with_capacity(mean.len());
    let mut summands = Vec::with_capacity(mean.len());
    for at in 0..mean.len() {
        let spread = f64::from(variance[at]) + f64::from(eps);
        let factor = f64::from(weight[at]) / spread.sqrt();
        let summand = f64::from(bias[at]) - f64::from(mean[at]) * factor;
        if spread <= 0.0 || !(factor as f32).is_finite() || !(summand as f32).is_finite() {
            let name = beside(scale, "running_var");
            return Err(bad(format!("“{name}” is no variance at position {at}")));
        }
        factors.push(factor as f32);
        summands.push(summand as f32);
    }
    factors.extend(summands);
    Ok(factors)
}

/// What a file needs beside a factor for PyTorch: statistics that change nothing, in 32 bits whatever the weights have.
pub fn statistics(parameter: &Parameter) -> Vec<Stored> {
    let Role::Scale { eps } = parameter.role else { return Vec::new() };
    let stored = |buffer: &str, value: f32| {
        let (dtype, bytes) = encode(&vec![value; parameter.count()], Precision::Full);
        (beside(parameter, buffer), dtype, parameter.shape.clone(), bytes)
    };
    vec![stored("running_mean", 0.0), stored("running_var", 1.0 - eps)]
}

//! Networks from weights and weights from networks; and fresh weights from a seed.

use crate::{
    random::Stream,
    sequential::{Sequential, Values},
};
use burn::tensor::Device;
use foolproof_core::architecture::{Architecture, Parameter, Role};
use foolproof_core::protocol::{Fault, FaultKind};
use foolproof_core::weights;

pub use foolproof_core::weights::Precision;

/// Builds a network from a safetensors file's bytes.
///
/// # Errors
/// As [`weights::read`].
pub fn load(architecture: &Architecture, bytes: &[u8], device: &Device) -> Result<Sequential, Fault> {
    let list = weights::read(architecture, bytes)?;
    let (parameters, mut at) = (architecture.parameters()?, 0);
    let mut parameters = parameters.iter();
    Sequential::build(architecture, device, || {
        let parameter = parameters.next().ok_or_else(too_many)?;
        let from = at;
        at += parameter.count();
        Ok(list[from..at].to_vec())
    })
}

/// Fresh weights, as PyTorch draws them: uniform in ±1/√(fan in) for weights and biases; a batch norm changes nothing.
///
/// # Errors
/// As [`Architecture::parameters`].
pub fn fresh(architecture: &Architecture, seed: u64, device: &Device) -> Result<Sequential, Fault> {
    drawn(architecture, seed, device, |_, _| None)
}

/// Fresh weights for training on interval bounds: normal of a deviation of √(2π)/(fan in), so that no layer makes them wider
/// on the mean (Shi et al. 2021, <https://arxiv.org/abs/2103.17268>). The last layer's weights and all biases are as
/// [`fresh`] draws them, as in its authors' program.
///
/// # Errors
/// As [`Architecture::parameters`].
pub fn fresh_for_bounds(architecture: &Architecture, seed: u64, device: &Device) -> Result<Sequential, Fault> {
    let parameters = architecture.parameters()?;
    let last = parameters.iter().rposition(|parameter| parameter.shape.len() > 1);
    drawn(architecture, seed, device, |index, stream| {
        let Parameter { role: Role::Weight { fan_in }, shape, .. } = &parameters[index] else { return None };
        let deviation = std::f32::consts::TAU.sqrt() / *fan_in as f32;
        let count = shape.iter().product();
        (shape.len() > 1 && last != Some(index)).then(|| (0..count).map(|_| deviation * stream.normal()).collect())
    })
}

/// Fresh weights: those of `own` where it gives some for a parameter's number, elsewhere as PyTorch draws them.
fn drawn(
    architecture: &Architecture,
    seed: u64,
    device: &Device,
    own: impl Fn(usize, &mut Stream) -> Option<Vec<f32>>,
) -> Result<Sequential, Fault> {
    let parameters = architecture.parameters()?;
    let mut next = parameters.iter().enumerate();
    Sequential::build(architecture, device, || {
        let (index, parameter) = next.next().ok_or_else(too_many)?;
        let mut stream = Stream::new(seed, index as u64, 0);
        if let Some(values) = own(index, &mut stream) {
            return Ok(values);
        }
        Ok(match parameter.role {
            Role::Weight { fan_in } => {
                let bound = 1.0 / (fan_in as f32).sqrt();
                (0..parameter.count()).map(|_| (2.0 * stream.uniform() - 1.0) * bound).collect()
            }
            Role::Scale { .. } => vec![1.0; parameter.count()],
            Role::Shift => vec![0.0; parameter.count()],
        })
    })
}

/// The network's weights as a safetensors file's bytes.
///
/// # Errors
/// A [`Fault`] if the device fails to hand them over, or a weight is not finite.
pub async fn save(architecture: &Architecture, model: &Sequential, precision: Precision) -> Result<Vec<u8>, Fault> {
    let mut list = Vec::new();
    for values in model.parameters() {
        let data = match values {
            Values::Kernel(x) => x.into_data_async().await,
            Values::Matrix(x) => x.into_data_async().await,
            Values::Bias(x) => x.into_data_async().await,
        };
        let failed = |error| Fault::new(FaultKind::Model, format!("The weights could not be read back: {error}."));
        list.extend(data.map_err(|error| failed(error.to_string()))?.iter::<f32>());
    }
    weights::write(architecture, &list, precision)
}

fn too_many() -> Fault {
    Fault::new(FaultKind::Model, "The layers ask for more parameters than the architecture has.")
}

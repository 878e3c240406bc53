//! Weights as safetensors bytes, in and out, under PyTorch's names; and fresh weights from a seed.

use super::{
    random::Stream,
    sequential::{Sequential, Values},
};
use crate::architecture::{Architecture, Parameter};
use crate::protocol::{Fault, FaultKind};
use burn::tensor::{Device, TensorData};
use half::f16;
use safetensors::{Dtype, SafeTensors, tensor::TensorView};

/// Largest header taken, in bytes; a real one is a few hundred.
const LARGEST_HEADER: u64 = 1 << 20;

/// How a number is stored in a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Precision {
    /// 32 bits, exact.
    Full,
    /// 16 bits, half the bytes; what the zoo ships, with figures measured after the rounding.
    Half,
}

/// Builds a network from a safetensors file's bytes (F32 or F16).
///
/// # Errors
/// A [`Fault`] that names the tensor that is missing, too many, of the wrong shape or type, or not finite; or what is
/// wrong with the file.
pub fn load(architecture: &Architecture, bytes: &[u8], device: &Device) -> Result<Sequential, Fault> {
    let expected = architecture.parameters()?;
    let file = parse(bytes)?;
    if let Some(extra) = file.names().into_iter().find(|name| expected.iter().all(|p| p.name != **name)) {
        return Err(bad(format!("there is a tensor “{extra}” that the architecture has no place for")));
    }
    let mut parameters = expected.iter();
    Sequential::build(architecture, device, || match parameters.next() {
        Some(parameter) => read(&file, parameter),
        None => Err(bad("there are fewer parameters than the layers ask for".into())),
    })
}

/// Fresh weights, as PyTorch draws them: uniform in ±1/√(fan in) for weights and biases.
///
/// # Errors
/// As [`Architecture::parameters`].
pub fn fresh(architecture: &Architecture, seed: u64, device: &Device) -> Result<Sequential, Fault> {
    let parameters = architecture.parameters()?;
    let mut next = parameters.iter().enumerate();
    Sequential::build(architecture, device, || {
        let (index, parameter) = next.next().ok_or_else(|| bad("the layers ask for more parameters".into()))?;
        let mut stream = Stream::new(seed, index as u64, 0);
        let bound = 1.0 / (parameter.fan_in as f32).sqrt();
        let count = parameter.shape.iter().product();
        let values: Vec<f32> = (0..count).map(|_| (2.0 * stream.uniform() - 1.0) * bound).collect();
        Ok(TensorData::new(values, parameter.shape.clone()))
    })
}

/// The network's weights as a safetensors file's bytes.
///
/// # Errors
/// A [`Fault`] if the device fails to hand them over, or a weight is not finite.
pub async fn save(architecture: &Architecture, model: &Sequential, precision: Precision) -> Result<Vec<u8>, Fault> {
    let mut stored = Vec::new();
    for (parameter, values) in architecture.parameters()?.into_iter().zip(model.parameters()) {
        let data = match values {
            Values::Kernel(x) => x.into_data_async().await,
            Values::Matrix(x) => x.into_data_async().await,
            Values::Bias(x) => x.into_data_async().await,
        };
        let data = data.map_err(|error| bad(format!("“{}” could not be read back: {error}", parameter.name)))?;
        let values: Vec<f32> = data.iter::<f32>().collect();
        if !values.iter().all(|value| value.is_finite()) {
            return Err(Fault::new(FaultKind::NotFinite, format!("The weights “{}” are not finite.", parameter.name)));
        }
        stored.push((parameter, encode(&values, precision)));
    }
    let dtype = match precision {
        Precision::Full => Dtype::F32,
        Precision::Half => Dtype::F16,
    };
    let views = stored.iter().map(|(parameter, bytes)| {
        TensorView::new(dtype, parameter.shape.clone(), bytes).map(|view| (parameter.name.clone(), view))
    });
    let views: Vec<_> = views.collect::<Result<_, _>>().map_err(|error| bad(error.to_string()))?;
    safetensors::serialize(views, None).map_err(|error| bad(error.to_string()))
}

fn encode(values: &[f32], precision: Precision) -> Vec<u8> {
    match precision {
        Precision::Full => values.iter().flat_map(|value| value.to_le_bytes()).collect(),
        Precision::Half => values.iter().flat_map(|&value| f16::from_f32(value).to_le_bytes()).collect(),
    }
}

/// Checks the length that the header claims before anything is allocated for it.
fn parse(bytes: &[u8]) -> Result<SafeTensors<'_>, Fault> {
    let Some(header) = bytes.first_chunk::<8>().map(|length| u64::from_le_bytes(*length)) else {
        return Err(bad(format!("it has {} bytes, too few for a header", bytes.len())));
    };
    if header > LARGEST_HEADER || header > bytes.len() as u64 - 8 {
        return Err(bad(format!("its header claims {header} bytes of the file's {}", bytes.len())));
    }
    SafeTensors::deserialize(bytes).map_err(|error| bad(error.to_string()))
}

fn read(file: &SafeTensors, parameter: &Parameter) -> Result<TensorData, Fault> {
    let name = &parameter.name;
    let view = file.tensor(name).map_err(|_| bad(format!("the tensor “{name}” is missing")))?;
    if view.shape() != parameter.shape {
        return Err(bad(format!("“{name}” has shape {:?} where {:?} is expected", view.shape(), parameter.shape)));
    }
    let values: Vec<f32> = match view.dtype() {
        Dtype::F32 => view.data().as_chunks::<4>().0.iter().map(|chunk| f32::from_le_bytes(*chunk)).collect(),
        Dtype::F16 => view.data().as_chunks::<2>().0.iter().map(|chunk| f16::from_le_bytes(*chunk).to_f32()).collect(),
        other => return Err(bad(format!("“{name}” has type {other:?}, and only F32 and F16 are read"))),
    };
    if let Some(at) = values.iter().position(|value| !value.is_finite()) {
        return Err(bad(format!("“{name}” is not finite at position {at}")));
    }
    Ok(TensorData::new(values, parameter.shape.clone()))
}

fn bad(why: String) -> Fault {
    Fault::new(FaultKind::Model, format!("The weights cannot be used: {why}."))
}

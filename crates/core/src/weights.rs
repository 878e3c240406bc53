//! Weights as safetensors bytes, in and out, as one list in PyTorch's order: what page and engine both read and write.

mod batch_norm;

use crate::architecture::{Architecture, Parameter, Role};
use crate::fault::{Fault, FaultKind};
use half::{bf16, f16};
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

/// All weights of a safetensors file's bytes (F64, F32, F16 or BF16), in the architecture's order and PyTorch's shapes. The running
/// statistics of batch norms are folded into their factors and summands.
///
/// # Errors
/// A [`Fault`] that names the tensor that is missing, too many, of the wrong shape or type, or not finite; or what is
/// wrong with the file or the architecture.
pub fn read(architecture: &Architecture, bytes: &[u8]) -> Result<Vec<f32>, Fault> {
    let expected = architecture.parameters()?;
    let file = parse(bytes)?;
    let known = |name: &str| expected.iter().any(|one| one.name == name || batch_norm::has(one, name));
    if let Some(extra) = file.names().into_iter().find(|name| !known(name)) {
        return Err(bad(format!("there is a tensor “{extra}” that the architecture has no place for")));
    }
    let mut list = Vec::new();
    let mut next = expected.iter();
    while let Some(parameter) = next.next() {
        match (parameter.role, next.as_slice()) {
            (Role::Scale { eps }, [shift, ..]) => {
                list.extend(batch_norm::read(&file, parameter, shift, eps)?);
                next.next();
            }
            _ => list.extend(tensor(&file, &parameter.name, &parameter.shape)?),
        }
    }
    Ok(list)
}

/// Name and shape of every tensor in a file of this architecture, in PyTorch's order; the statistics of batch norms are
/// among them.
///
/// # Errors
/// As [`Architecture::parameters`].
pub fn tensors(architecture: &Architecture) -> Result<Vec<(String, Vec<usize>)>, Fault> {
    let of = |parameter: Parameter| {
        let statistics = batch_norm::statistics(&parameter);
        let beside = statistics.into_iter().map(|(name, _, shape, _)| (name, shape));
        std::iter::once((parameter.name, parameter.shape)).chain(beside).collect::<Vec<_>>()
    };
    Ok(architecture.parameters()?.into_iter().flat_map(of).collect())
}

/// The first tensor whose weights of one output add up beyond the largest 32-bit number, if there is one: no honest network
/// has such, and what it answers is no number. `values` are as [`read`] answers them.
pub fn beyond_float(architecture: &Architecture, values: &[f32]) -> Option<String> {
    let mut at = 0;
    architecture.parameters().ok()?.into_iter().find_map(|parameter| {
        let part = values.get(at..at + parameter.count())?;
        at += part.len();
        let outputs = parameter.shape.first().copied().unwrap_or(1).max(1);
        let row = (part.len() / outputs).max(1);
        let too_large =
            |row: &[f32]| row.iter().map(|weight| f64::from(weight.abs())).sum::<f64>() > f64::from(f32::MAX);
        part.chunks(row).any(too_large).then_some(parameter.name)
    })
}

/// A safetensors file's bytes of all weights, in the architecture's order and PyTorch's shapes.
///
/// # Errors
/// A [`Fault`] if there are not as many as the architecture asks for, or one is not finite.
pub fn write(architecture: &Architecture, values: &[f32], precision: Precision) -> Result<Vec<u8>, Fault> {
    let parameters = architecture.parameters()?;
    if parameters.iter().map(Parameter::count).sum::<usize>() != values.len() {
        return Err(bad(format!("the architecture does not ask for {}", values.len())));
    }
    let (mut stored, mut at) = (Vec::new(), 0);
    for parameter in parameters {
        let part = &values[at..at + parameter.count()];
        if !part.iter().all(|value| value.is_finite()) {
            return Err(Fault::new(FaultKind::NotFinite, format!("The weights “{}” are not finite.", parameter.name)));
        }
        at += part.len();
        let statistics = batch_norm::statistics(&parameter);
        let (dtype, bytes) = encode(part, precision);
        stored.push((parameter.name, dtype, parameter.shape, bytes));
        stored.extend(statistics);
    }
    let views = stored.iter().map(|(name, dtype, shape, bytes)| {
        TensorView::new(*dtype, shape.clone(), bytes).map(|view| (name.clone(), view))
    });
    let views: Vec<_> = views.collect::<Result<_, _>>().map_err(|error| bad(error.to_string()))?;
    safetensors::serialize(views, None).map_err(|error| bad(error.to_string()))
}

/// A tensor about to be written: name, type, shape and bytes.
type Stored = (String, Dtype, Vec<usize>, Vec<u8>);

fn encode(values: &[f32], precision: Precision) -> (Dtype, Vec<u8>) {
    match precision {
        Precision::Full => (Dtype::F32, values.iter().flat_map(|value| value.to_le_bytes()).collect()),
        Precision::Half => (Dtype::F16, values.iter().flat_map(|&value| f16::from_f32(value).to_le_bytes()).collect()),
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

fn tensor(file: &SafeTensors, name: &str, shape: &[usize]) -> Result<Vec<f32>, Fault> {
    let view = file.tensor(name).map_err(|_| bad(format!("the tensor “{name}” is missing")))?;
    if view.shape() != shape {
        return Err(bad(format!("“{name}” has shape {:?} where {shape:?} is expected", view.shape())));
    }
    let Some(values) = decode(view.dtype(), view.data()) else {
        let other = view.dtype();
        return Err(bad(format!("“{name}” has type {other:?}, and only F64, F32, F16 and BF16 are read")));
    };
    match values.iter().position(|value| !value.is_finite()) {
        Some(at) => Err(bad(format!("“{name}” is not finite at position {at}"))),
        None => Ok(values),
    }
}

/// The numbers in a tensor's bytes, those of 64 bits rounded; `None` for types that no weights have.
pub fn decode(dtype: Dtype, bytes: &[u8]) -> Option<Vec<f32>> {
    let (twos, fours, eights) = (bytes.as_chunks::<2>().0, bytes.as_chunks::<4>().0, bytes.as_chunks::<8>().0);
    Some(match dtype {
        Dtype::F64 => eights.iter().map(|chunk| f64::from_le_bytes(*chunk) as f32).collect(),
        Dtype::F32 => fours.iter().map(|chunk| f32::from_le_bytes(*chunk)).collect(),
        Dtype::F16 => twos.iter().map(|chunk| f16::from_le_bytes(*chunk).to_f32()).collect(),
        Dtype::BF16 => twos.iter().map(|chunk| bf16::from_le_bytes(*chunk).to_f32()).collect(),
        _ => return None,
    })
}

fn bad(why: String) -> Fault {
    Fault::new(FaultKind::Model, format!("The weights cannot be used: {why}."))
}

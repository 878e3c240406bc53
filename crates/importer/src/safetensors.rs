//! Safetensors files: their header checked claim by claim, and their tensors in 32 bits.

mod header;

use crate::Tensor;
use foolproof_core::weights;
use safetensors::Dtype;
use std::collections::HashMap;

/// A counter of batch norms, in whole numbers, that says nothing about what is answered.
const COUNTER: &str = "num_batches_tracked";

/// What a file has.
pub struct File {
    /// Texts beside the tensors.
    pub metadata: HashMap<String, String>,
    /// Its tensors, without the counters of batch norms.
    pub tensors: Vec<Tensor>,
    /// What was taken otherwise than it stands there, one sentence each.
    pub notices: Vec<String>,
}

/// Reads a file.
///
/// # Errors
/// A clause that names the tensor, or the bytes, that are wrong.
pub fn read(bytes: &[u8]) -> Result<File, String> {
    let header::Header { metadata, tensors: entries } = header::read(bytes)?;
    let (mut tensors, mut notices) = (Vec::new(), Vec::new());
    let has = |dtype: Dtype| entries.iter().any(|entry| entry.dtype == dtype);
    if has(Dtype::F64) {
        notices.push("Its numbers of 64 bits are rounded to 32.".into());
    }
    if has(Dtype::F16) || has(Dtype::BF16) {
        notices.push("Its numbers have 16 bits; they are computed with in 32.".into());
    }
    for header::Entry { name, dtype, shape, place, .. } in entries {
        if name.ends_with(COUNTER) {
            continue;
        }
        let values = weights::decode(dtype, &bytes[place]);
        let values =
            values.ok_or_else(|| format!("“{name}” has type {dtype:?}, and only F64, F32, F16 and BF16 are read"))?;
        tensors.push(Tensor { name, shape, values });
    }
    Ok(File { metadata, tensors, notices })
}

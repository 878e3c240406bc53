//! `static/manifest.json`: the shipped datasets and models, with the hash of every file. The zoo writes it, the page
//! reads it, and nothing is used whose SHA-256 differs.

use crate::architecture::Architecture;
use crate::input_kind::InputKind;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// Everything that ships beside the program.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Manifest {
    /// The datasets.
    pub datasets: Vec<Dataset>,
    /// The models of the zoo.
    pub models: Vec<Model>,
}

/// A dataset: its classes, its files, where it is from.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Dataset {
    /// Id in links: `mnist`.
    pub id: String,
    /// Name: `MNIST`.
    pub name: String,
    /// One input as `[channel, row, column]`.
    pub shape: [usize; 3],
    /// What its inputs are.
    #[serde(default, skip_serializing_if = "InputKind::is_picture")]
    pub kind: InputKind,
    /// Name of each class.
    pub classes: Vec<String>,
    /// The radius (L∞) an attack starts with.
    pub eps: f32,
    /// Id of the naturally trained model shown first.
    pub natural: String,
    /// Id of the robust model shown beside it.
    pub robust: String,
    /// Licence of the data.
    pub licence: String,
    /// Authors and source.
    pub credit: String,
    /// The test split in order; the first shard is small, to be there at once.
    pub test: Vec<Shard>,
    /// The training split in order.
    pub train: Vec<Shard>,
}

/// A run of consecutive samples: inputs and labels as gzipped IDX files.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Shard {
    /// Index of its first sample in the split.
    pub first: usize,
    /// Number of samples.
    pub count: usize,
    /// Inputs, `[count, row, column]`, `[count, channel, row, column]` or `[count, column]`, bytes or 32-bit numbers.
    pub images: File,
    /// Labels, `[count]` bytes.
    pub labels: File,
}

/// A file beside the program.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct File {
    /// Path below the page's own folder: `data/mnist/test-0-images.idx.gz`.
    pub path: String,
    /// Size in bytes.
    pub bytes: u64,
    /// SHA-256 in lower-case hexadecimal digits.
    pub sha256: String,
}

/// SHA-256 in lower-case hexadecimal digits, as a [`File`] has it.
pub fn digest(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A model of the zoo.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Model {
    /// Id in links: `mnist-cnn`.
    pub id: String,
    /// Name for people: `Natural CNN`.
    pub name: String,
    /// Id of its dataset.
    pub data: String,
    /// Whether it was trained to withstand attacks.
    pub robust: bool,
    /// Number of weights.
    pub parameters: usize,
    /// Its layers.
    pub architecture: Architecture,
    /// Its weights, safetensors.
    pub weights: File,
    /// Its model card, JSON: recipe, seed, time and measured figures.
    pub card: File,
}

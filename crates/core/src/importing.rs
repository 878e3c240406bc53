//! What the page asks the importer, the program that reads files which other programs made, and what it answers. Both
//! travel as postcard bytes: a message of bytes alone is about a model's file, a list that begins with bytes about a
//! [`dataset`].

pub mod dataset;

use crate::{architecture::Architecture, fault::Fault};
use serde::{Deserialize, Serialize};

/// Longest file taken, in bytes: sixteen million weights of 32 bits, far above what trains in a tab.
pub const LONGEST: u64 = 64 << 20;
/// Longest list of layers taken, in bytes.
pub const LONGEST_LAYERS: u64 = 1 << 20;

/// A file of a model to be read for a dataset.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ImportRequest {
    /// The file's name.
    pub name: String,
    /// Its bytes.
    #[serde(with = "serde_bytes")]
    pub bytes: Vec<u8>,
    /// Name and text of the list of layers, where the file has none: JSON, or PyTorch's source.
    pub layers: Option<(String, String)>,
    /// The file's layers and the places that they have in the list, as the visitor has confirmed them; a layer's tensors
    /// have its name before the last point. Empty where nobody was asked.
    pub names: Vec<(String, String)>,
    /// Id of the dataset that it is taken to be for.
    pub data: String,
    /// One input of that as `[channel, row, column]`.
    pub input: [usize; 3],
    /// Number of its classes.
    pub classes: usize,
    /// What is to be changed in it, in order.
    pub changes: Vec<Change>,
}

/// A change by which a network reads pixels as they are here: between 0 and 1, ink bright, channel before row and column.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Change {
    /// `(x - mean) / std` a channel before its first layer.
    Normalise {
        /// What is subtracted.
        mean: Vec<f32>,
        /// What is divided by.
        std: Vec<f32>,
    },
    /// The first linear layer behind the pictures has its columns as `[row, column, channel]`, as Keras has them.
    ChannelsLast,
}

/// The answer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum ImportAnswer {
    /// The model.
    Model(Box<ImportedModel>),
    /// The file has no list of layers; this one was guessed from its tensors.
    Guessed {
        /// The list.
        architecture: Architecture,
        /// The file's layers and the places that they have in it.
        names: Vec<(String, String)>,
        /// What was assumed, one sentence each.
        assumed: Vec<String>,
    },
    /// Its layers have other names than those of the list; by order and shape they are these: the file's name, and the
    /// place in the list.
    Matched(Vec<(String, String)>),
    /// It cannot be used.
    Refused(Fault),
}

/// A model that came as a file.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ImportedModel {
    /// Its name: what the file says, or the file's own.
    pub name: String,
    /// Whether the file says that it was trained to withstand attacks.
    pub robust: bool,
    /// Its layers.
    pub architecture: Architecture,
    /// Its weights alone: a safetensors file of 32-bit floats without metadata.
    #[serde(with = "serde_bytes")]
    pub weights: Vec<u8>,
    /// Its card, JSON.
    pub card: String,
    /// Whether this page wrote the file.
    pub ours: bool,
    /// Whether [`Change::ChannelsLast`] would change it.
    pub has_channels: bool,
    /// What was taken otherwise than it stands in the file, one sentence each.
    pub notices: Vec<String>,
}

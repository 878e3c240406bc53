//! Reads networks and data that other programs have made, from the bytes of their files. Nothing of a file is ever run.
//!
//! | module | what it reads |
//! | --- | --- |
//! | [`onnx`] | a graph with its weights, as PyTorch, Keras and scikit-learn export it |
//! | [`pytorch`] | the tensors of a state dict (`.pt`, `.pth`) |
//! | [`guess`] | a list of layers from the names and shapes of tensors |
//! | [`dataset`] | labelled pictures: a folder, arrays of NumPy, or an archive of these |
//! | [`source`] | a list of layers from PyTorch's source, or from what `print(model)` shows |
//!
//! Errors are English clauses that say what is wrong and where; who knows the file's name puts it before them. Notices
//! are English sentences on what was taken otherwise than it stands in the file.

mod bounds;
mod change;

mod names;
mod safetensors;
mod strided;
mod tensor;
mod wrong_file;

pub mod dataset;
pub mod guess;
pub mod import;
pub mod onnx;
pub mod pytorch;
pub mod source;
#[cfg(target_arch = "wasm32")]
pub mod worker;

pub use tensor::Tensor;

/// What the network has to take and to answer, so that it can be used on a dataset.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Expectation {
    /// One input as `[channel, row, column]`.
    pub input: [usize; 3],
    /// Number of classes.
    pub classes: usize,
}

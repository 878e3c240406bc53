//! A model's architecture as data: a list of layers that serde reads and writes, and nothing that computes.
//!
//! Parameter names follow PyTorch's `nn.Sequential`: the layer's place in the list, then `weight` or `bias`, with
//! a nested list adding its own place (`4.0.weight`). See `engine::sequential` for the module built from it.

use serde::{Deserialize, Serialize};

/// A network: what it takes, what it answers, and its layers in order. It returns logits, never probabilities.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Architecture {
    /// One input as `[channel, row, column]`.
    pub input: [usize; 3],
    /// Number of classes, the length of the logits.
    pub classes: usize,
    /// The layers, first to last.
    pub layers: Vec<LayerSpec>,
}

/// One layer with its sizes; defaults are PyTorch's.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LayerSpec {
    /// `nn.Conv2d` with a square kernel and a bias. Weight `[out, in, kernel, kernel]`.
    Conv2d {
        /// Channels in.
        r#in: usize,
        /// Channels out.
        out: usize,
        /// Side of the kernel in pixels.
        kernel: usize,
        /// Step between windows in pixels.
        stride: usize,
        /// Zeros added on each side, in pixels.
        padding: usize,
    },
    /// `nn.Linear` with a bias. Weight `[out, in]`.
    Linear {
        /// Features in.
        r#in: usize,
        /// Features out.
        out: usize,
    },
    /// `nn.ReLU`.
    Relu,
    /// `nn.MaxPool2d`.
    MaxPool2d {
        /// Side of the window in pixels.
        kernel: usize,
        /// Step between windows in pixels.
        stride: usize,
    },
    /// `nn.AvgPool2d`.
    AvgPool2d {
        /// Side of the window in pixels.
        kernel: usize,
        /// Step between windows in pixels.
        stride: usize,
    },
    /// `nn.Flatten`: `[batch, channel, row, column]` to `[batch, features]`.
    Flatten,
    /// The input plus what the nested list makes of it.
    Residual(Vec<LayerSpec>),
}

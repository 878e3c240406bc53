//! The layers and their sizes. Defaults are PyTorch's, and JSON need not name them.

use super::sizes::{Padding, Pair};
use serde::{Deserialize, Serialize, Serializer, ser::SerializeStruct};

/// One layer with its sizes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LayerSpec {
    /// `nn.Conv2d`.
    Conv2d(Conv2dSpec),
    /// `nn.Linear`.
    Linear(LinearSpec),
    /// `nn.ReLU`.
    Relu,
    /// `nn.LeakyReLU`.
    LeakyRelu {
        /// Factor of what is below 0.
        #[serde(default = "slope")]
        slope: f32,
    },
    /// `nn.ReLU6`.
    Relu6,
    /// `nn.Tanh`.
    Tanh,
    /// `nn.Sigmoid`.
    Sigmoid,
    /// `nn.GELU`, the exact one.
    Gelu,
    /// `nn.SiLU`.
    Silu,
    /// `nn.MaxPool2d`.
    MaxPool2d(PoolSpec),
    /// `nn.AvgPool2d`; zeros that are added count.
    AvgPool2d(PoolSpec),
    /// `nn.AdaptiveAvgPool2d`: so many rows and columns whatever comes in; 1 is global average pooling.
    AdaptiveAvgPool2d {
        /// Rows and columns out.
        out: Pair,
    },
    /// `nn.BatchNorm2d` in evaluation mode: a factor and a summand a channel.
    BatchNorm2d(BatchNormSpec),
    /// `nn.BatchNorm1d` in evaluation mode: a factor and a summand a feature.
    BatchNorm1d(BatchNormSpec),
    /// `(x - mean) / std` a channel, or a feature behind a `Flatten`; part of the model, so that epsilon stays in
    /// pixel units.
    Normalise {
        /// What is subtracted.
        mean: Vec<f32>,
        /// What is divided by, above 0.
        std: Vec<f32>,
    },
    /// `nn.Dropout`, which does nothing once a network is trained. It is kept for its place in the names.
    Dropout,
    /// `nn.Softmax` as the last layer. It is left out: networks answer logits.
    Softmax,
    /// `nn.Flatten`: `[batch, channel, row, column]` to `[batch, features]`.
    Flatten,
    /// The input plus what the nested list makes of it.
    Residual(Vec<LayerSpec>),
    /// What one list makes of the input plus what another one does, the projection on the shortcut.
    ProjectedResidual {
        /// The block.
        inner: Vec<LayerSpec>,
        /// The projection.
        shortcut: Vec<LayerSpec>,
    },
}

/// Sizes of a convolution. Weight `[out, in / groups, rows, columns]`, bias `[out]`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Conv2dSpec {
    /// Channels in.
    pub r#in: usize,
    /// Channels out.
    pub out: usize,
    /// Rows and columns of the kernel.
    pub kernel: Pair,
    /// Step between windows in pixels.
    #[serde(default = "Pair::one")]
    pub stride: Pair,
    /// Zeros added around the picture.
    #[serde(default)]
    pub padding: Padding,
    /// Pixels from one of the kernel's weights to the next.
    #[serde(default = "Pair::one")]
    pub dilation: Pair,
    /// Groups of channels that do not see each other; as many as channels: a depthwise convolution.
    #[serde(default = "one")]
    pub groups: usize,
    /// Whether it has a bias.
    #[serde(default = "yes")]
    pub bias: bool,
}

/// Sizes of a linear layer. Weight `[out, in]`, bias `[out]`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LinearSpec {
    /// Features in.
    pub r#in: usize,
    /// Features out.
    pub out: usize,
    /// Whether it has a bias.
    #[serde(default = "yes")]
    pub bias: bool,
}

/// Sizes of a pool.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(from = "WrittenPool")]
pub struct PoolSpec {
    /// Rows and columns of the window.
    pub kernel: Pair,
    /// Step between windows in pixels; by default the window itself.
    pub stride: Pair,
    /// Pixels added on each side, above and below, left and right; at most half the window.
    pub padding: Pair,
}

/// Sizes of a batch norm with frozen statistics.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BatchNormSpec {
    /// Channels or features.
    pub features: usize,
    /// Added to the variance.
    #[serde(default = "eps")]
    pub eps: f32,
}

/// A pool as it stands in a file.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenPool {
    kernel: Pair,
    #[serde(default)]
    stride: Option<Pair>,
    #[serde(default)]
    padding: Pair,
}

impl LayerSpec {
    /// A convolution with a square kernel and a bias, alike in both directions.
    pub fn conv2d(r#in: usize, out: usize, kernel: usize, stride: usize, padding: usize) -> LayerSpec {
        let (stride, padding) = (Pair::square(stride), Padding::all(padding));
        LayerSpec::Conv2d(Conv2dSpec { stride, padding, ..Conv2dSpec::new(r#in, out, kernel) })
    }

    /// A linear layer with a bias.
    pub fn linear(r#in: usize, out: usize) -> LayerSpec {
        LayerSpec::Linear(LinearSpec { r#in, out, bias: true })
    }

    /// The largest of each square window.
    pub fn max_pool2d(kernel: usize, stride: usize) -> LayerSpec {
        LayerSpec::MaxPool2d(PoolSpec::new(kernel, stride))
    }

    /// The mean of each square window.
    pub fn avg_pool2d(kernel: usize, stride: usize) -> LayerSpec {
        LayerSpec::AvgPool2d(PoolSpec::new(kernel, stride))
    }
}

impl Conv2dSpec {
    /// Stride 1, no padding, no dilation, one group, a square kernel and a bias.
    pub fn new(r#in: usize, out: usize, kernel: usize) -> Conv2dSpec {
        Conv2dSpec {
            r#in,
            out,
            kernel: Pair::square(kernel),
            stride: Pair::one(),
            padding: Padding::default(),
            dilation: Pair::one(),
            groups: 1,
            bias: true,
        }
    }

    /// Rows and columns that the kernel covers.
    pub fn reach(&self) -> Pair {
        let reach =
            |kernel: usize, dilation: usize| kernel.saturating_sub(1).saturating_mul(dilation).saturating_add(1);
        Pair(reach(self.kernel.0, self.dilation.0), reach(self.kernel.1, self.dilation.1))
    }

    /// Zeros added above, left, below and right, in pixels.
    pub fn sides(&self) -> [usize; 4] {
        self.padding.sides(self.reach())
    }
}

impl PoolSpec {
    fn new(kernel: usize, stride: usize) -> PoolSpec {
        PoolSpec { kernel: Pair::square(kernel), stride: Pair::square(stride), padding: Pair::default() }
    }
}

impl From<WrittenPool> for PoolSpec {
    fn from(WrittenPool { kernel, stride, padding }: WrittenPool) -> PoolSpec {
        PoolSpec { kernel, stride: stride.unwrap_or(kernel), padding }
    }
}

// Written by hand: JSON leaves out what has its default, so that what earlier versions know is written as they did.
// Messages to workers have every field, since their reader sees no names.

impl Serialize for Conv2dSpec {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let every = !to.is_human_readable();
        let mut fields = to.serialize_struct("Conv2dSpec", 8)?;
        fields.serialize_field("in", &self.r#in)?;
        fields.serialize_field("out", &self.out)?;
        fields.serialize_field("kernel", &self.kernel)?;
        fields.serialize_field("stride", &self.stride)?;
        fields.serialize_field("padding", &self.padding)?;
        if every || self.dilation != Pair::one() {
            fields.serialize_field("dilation", &self.dilation)?;
        }
        if every || self.groups != 1 {
            fields.serialize_field("groups", &self.groups)?;
        }
        if every || !self.bias {
            fields.serialize_field("bias", &self.bias)?;
        }
        fields.end()
    }
}

impl Serialize for LinearSpec {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let every = !to.is_human_readable();
        let mut fields = to.serialize_struct("LinearSpec", 3)?;
        fields.serialize_field("in", &self.r#in)?;
        fields.serialize_field("out", &self.out)?;
        if every || !self.bias {
            fields.serialize_field("bias", &self.bias)?;
        }
        fields.end()
    }
}

impl Serialize for PoolSpec {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let every = !to.is_human_readable();
        let mut fields = to.serialize_struct("PoolSpec", 3)?;
        fields.serialize_field("kernel", &self.kernel)?;
        fields.serialize_field("stride", &Some(self.stride))?;
        if every || self.padding != Pair::default() {
            fields.serialize_field("padding", &self.padding)?;
        }
        fields.end()
    }
}

fn one() -> usize {
    1
}

fn yes() -> bool {
    true
}

fn slope() -> f32 {
    0.01
}

fn eps() -> f32 {
    1e-5
}

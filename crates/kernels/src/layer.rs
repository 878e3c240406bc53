//! What a plan is made of: layers as PyTorch has them.

/// A layer with its weights, in PyTorch's order.
#[derive(Clone, Debug)]
pub enum Layer {
    /// A convolution over pictures.
    Convolution(Convolution),
    /// A product of features.
    Linear(Linear),
    /// `max(x, 0)`.
    Relu,
    /// A factor and a summand for each channel, or feature: a batch norm, a normalisation.
    Scale(Scale),
    /// The largest of a window.
    MaxPool(Pool),
    /// The mean of a window, its padding counted.
    AvgPool(Pool),
    /// Pictures to features, channel by channel.
    Flatten,
}

/// A convolution without groups or dilation.
#[derive(Clone, Debug)]
pub struct Convolution {
    /// Channels in and out.
    pub channels: [usize; 2],
    /// Rows and columns of the window.
    pub kernel: [usize; 2],
    /// Steps of the window.
    pub stride: [usize; 2],
    /// Zeros around the picture: top, left, bottom, right.
    pub padding: [usize; 4],
    /// `[out, in, row, column]`.
    pub weight: Vec<f32>,
    /// `[out]`; empty for none.
    pub bias: Vec<f32>,
}

/// A product.
#[derive(Clone, Debug)]
pub struct Linear {
    /// Features in and out.
    pub features: [usize; 2],
    /// `[out, in]`.
    pub weight: Vec<f32>,
    /// `[out]`; empty for none.
    pub bias: Vec<f32>,
}

/// `factor · x + shift`.
#[derive(Clone, Debug)]
pub struct Scale {
    /// One a channel, or a feature.
    pub factor: Vec<f32>,
    /// One a channel, or a feature.
    pub shift: Vec<f32>,
}

/// A window that slides over each channel.
#[derive(Clone, Debug)]
pub struct Pool {
    /// Its rows and columns.
    pub kernel: [usize; 2],
    /// Its steps.
    pub stride: [usize; 2],
    /// Rows above and below, columns to the left and right.
    pub padding: [usize; 2],
}

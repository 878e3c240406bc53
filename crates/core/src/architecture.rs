//! A model's architecture as data: a list of layers that serde reads and writes, and nothing that computes.
//!
//! Parameter names follow PyTorch's `nn.Sequential`: the layer's place in the list, then `weight` or `bias`, with
//! a nested list adding its own place (`4.0.weight`). The engine's `sequential` builds the module from it.

use crate::fault::{Fault, FaultKind};
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

/// A weight or bias: its PyTorch name and shape, and how many inputs feed one output.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parameter {
    /// `2.weight`.
    pub name: String,
    /// PyTorch's shape: conv `[out, in, kernel, kernel]`, linear `[out, in]`, bias `[out]`.
    pub shape: Vec<usize>,
    /// Inputs of one output, on which the initial range depends.
    pub fan_in: usize,
}

/// Most numbers that one layer's output or weight may hold: far above anything that trains in a tab.
const LARGEST: usize = 1 << 26;
/// Deepest nesting of residual blocks.
const DEEPEST: usize = 8;

impl Architecture {
    /// Every parameter in order.
    ///
    /// # Errors
    /// A [`Fault`] that names the layer whose sizes do not fit what comes in, or are out of range.
    pub fn parameters(&self) -> Result<Vec<Parameter>, Fault> {
        let mut found = Vec::new();
        if self.input.contains(&0) || product(&self.input).is_none() {
            return Err(misfit("the input", format!("{:?} is no size a model can take", self.input)));
        }
        let out = walk(&self.layers, "", self.input.to_vec(), 0, &mut found)?;
        if out != [self.classes] || self.classes < 2 {
            let why = format!("it answers {out:?} where {} logits are expected", self.classes);
            return Err(misfit("the last layer", why));
        }
        Ok(found)
    }
}

fn misfit(place: &str, why: String) -> Fault {
    Fault::new(FaultKind::Model, format!("The architecture does not fit together at {place}: {why}."))
}

/// The product, unless it is above [`LARGEST`].
fn product(sizes: &[usize]) -> Option<usize> {
    sizes.iter().try_fold(1usize, |all, &size| all.checked_mul(size)).filter(|&all| all <= LARGEST)
}

/// Follows the shape of one sample through a list of layers and collects their parameters.
fn walk(
    layers: &[LayerSpec],
    prefix: &str,
    mut shape: Vec<usize>,
    depth: usize,
    found: &mut Vec<Parameter>,
) -> Result<Vec<usize>, Fault> {
    for (index, layer) in layers.iter().enumerate() {
        let place = format!("{prefix}{index}");
        let fault = |why: String| misfit(&format!("layer {place}"), why);
        shape = match layer {
            LayerSpec::Relu => shape,
            LayerSpec::Flatten => vec![shape.iter().product()],
            LayerSpec::Residual(_) if depth == DEEPEST => return Err(fault("blocks are nested too deep".into())),
            LayerSpec::Residual(inner) => {
                let out = walk(inner, &format!("{place}."), shape.clone(), depth + 1, found)?;
                if out != shape {
                    return Err(fault(format!("a residual block turns {shape:?} into {out:?}")));
                }
                out
            }
            LayerSpec::Linear { r#in, out } => {
                if shape != [*r#in] || *out == 0 {
                    return Err(fault(format!("it takes {} features to {out} and gets {shape:?}", r#in)));
                }
                collect(&place, vec![*out, *r#in], *r#in, found).ok_or_else(|| fault("it is too large".into()))?;
                vec![*out]
            }
            LayerSpec::Conv2d { r#in, out, kernel, stride, padding } => {
                if shape.len() != 3 || shape[0] != *r#in || *out == 0 {
                    return Err(fault(format!("it takes {} channels to {out} and gets {shape:?}", r#in)));
                }
                let sides = window(&shape, *kernel, *stride, *padding).map_err(fault)?;
                let weight = vec![*out, *r#in, *kernel, *kernel];
                collect(&place, weight, r#in * kernel * kernel, found)
                    .ok_or_else(|| fault("it is too large".into()))?;
                vec![*out, sides[0], sides[1]]
            }
            LayerSpec::MaxPool2d { kernel, stride } | LayerSpec::AvgPool2d { kernel, stride } => {
                let sides = window(&shape, *kernel, *stride, 0).map_err(fault)?;
                vec![shape[0], sides[0], sides[1]]
            }
        };
        product(&shape).ok_or_else(|| misfit(&format!("layer {place}"), "its output is too large".into()))?;
    }
    Ok(shape)
}

/// Rows and columns that a square window leaves.
fn window(shape: &[usize], kernel: usize, stride: usize, padding: usize) -> Result<[usize; 2], String> {
    let &[_, rows, columns] = shape else {
        return Err(format!("it works on pictures and gets {shape:?}"));
    };
    if kernel == 0 || stride == 0 || padding >= kernel || kernel > rows + 2 * padding || kernel > columns + 2 * padding
    {
        return Err(format!(
            "kernel {kernel}, stride {stride}, padding {padding} do not fit {rows} x {columns} pixels"
        ));
    }
    Ok([rows, columns].map(|side| (side + 2 * padding - kernel) / stride + 1))
}

/// Adds a layer's weight and bias.
fn collect(place: &str, weight: Vec<usize>, fan_in: usize, found: &mut Vec<Parameter>) -> Option<()> {
    product(&weight)?;
    let bias = vec![weight[0]];
    found.push(Parameter { name: format!("{place}.weight"), shape: weight, fan_in });
    found.push(Parameter { name: format!("{place}.bias"), shape: bias, fan_in });
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use LayerSpec::*;

    fn cnn() -> Architecture {
        let layers = vec![
            Conv2d { r#in: 1, out: 16, kernel: 4, stride: 2, padding: 1 },
            Relu,
            Conv2d { r#in: 16, out: 32, kernel: 4, stride: 2, padding: 1 },
            Relu,
            Flatten,
            Linear { r#in: 1568, out: 100 },
            Relu,
            Linear { r#in: 100, out: 10 },
        ];
        Architecture { input: [1, 28, 28], classes: 10, layers }
    }

    #[test]
    fn names_and_shapes_are_pytorchs() {
        let parameters = cnn().parameters().unwrap();
        let names: Vec<&str> = parameters.iter().map(|p| p.name.as_str()).collect();
        assert_eq!(names, ["0.weight", "0.bias", "2.weight", "2.bias", "5.weight", "5.bias", "7.weight", "7.bias"]);
        assert_eq!(parameters[2].shape, [32, 16, 4, 4]);
        let count: usize = parameters.iter().map(|p| p.shape.iter().product::<usize>()).sum();
        assert_eq!(count, 166_406);
    }

    #[test]
    fn a_misfit_names_its_layer() {
        let mut broken = cnn();
        broken.layers[5] = Linear { r#in: 1569, out: 100 };
        assert!(broken.parameters().unwrap_err().message.contains("layer 5"));
        broken.layers[5] = Linear { r#in: 1568, out: usize::MAX };
        assert!(broken.parameters().unwrap_err().message.contains("too large"));
        broken.layers[2] = Conv2d { r#in: 16, out: 32, kernel: 4, stride: 0, padding: 1 };
        assert!(broken.parameters().unwrap_err().message.contains("stride 0"));
        broken.classes = 11;
        broken.layers = cnn().layers;
        assert!(broken.parameters().unwrap_err().message.contains("last layer"));
    }

    #[test]
    fn nested_blocks_are_named_and_bounded() {
        let mut nested = Residual(vec![Linear { r#in: 4, out: 4 }]);
        let deep = |inner: LayerSpec| Architecture { input: [1, 2, 2], classes: 4, layers: vec![Flatten, inner] };
        assert_eq!(deep(nested.clone()).parameters().unwrap()[0].name, "1.0.weight");
        for _ in 0..DEEPEST {
            nested = Residual(vec![nested]);
        }
        assert!(deep(nested).parameters().unwrap_err().message.contains("too deep"));
    }
}

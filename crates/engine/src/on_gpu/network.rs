//! A network's logits and its gradient by the input, a dispatch a stage: convolutions and linear layers with their bias and
//! the ReLU behind them.

use super::kernel::{Kernel, WIDTH, buffer, empty, tensor};
use crate::gpu_layer::GpuLayer;
use burn::tensor::Tensor;
use burn_cubecl::tensor::CubeTensor;

const CONVOLUTION: &str = include_str!("convolution.wgsl");
const CONVOLUTION_BACK: &str = include_str!("convolution_back.wgsl");
const LINEAR: &str = include_str!("linear.wgsl");
const LINEAR_BACK: &str = include_str!("linear_back.wgsl");
const ONE: &str = include_str!("one.wgsl");
const FOUR: &str = include_str!("four.wgsl");
const ONE_BIAS: &str = "fn biases(at: u32) -> Sum { return bias[at]; }";
const FOUR_BIASES: &str =
    "fn biases(at: u32) -> Sum { return Sum(bias[at], bias[at + 1u], bias[at + 2u], bias[at + 3u]); }";
/// Outputs of a linear layer that a workgroup computes.
const OUTPUTS: usize = 16;

/// A network that has a kernel for each layer.
#[derive(Clone, Debug)]
pub struct GpuPlan {
    input: [usize; 3],
    stages: Vec<Stage>,
}

/// What is computed by one dispatch forward and one back.
#[derive(Clone, Debug)]
struct Stage {
    weight: CubeTensor,
    bias: CubeTensor,
    forward: Kernel,
    back: Kernel,
    /// Numbers of a sample, in and out.
    sizes: [usize; 2],
    /// Workgroups a sample, forward and back.
    groups: [usize; 2],
}

/// What a pass forward leaves for the way back: each stage's input.
pub struct GpuTape(Vec<CubeTensor>);

impl GpuPlan {
    /// Of the layers of a network with this input, `[channel, row, column]`; `None` if they are not on a GPU, or one has no
    /// kernel.
    pub fn of(layers: Vec<GpuLayer>, input: [usize; 3]) -> Option<GpuPlan> {
        let (mut stages, mut shape, mut cut) = (Vec::new(), input, false);
        let mut layers = layers.into_iter().filter(|layer| !matches!(layer, GpuLayer::Flatten)).peekable();
        while let Some(layer) = layers.next() {
            let rectified = layers.next_if(|next| matches!(next, GpuLayer::Relu)).is_some();
            let stage = Stage::of(layer, &mut shape, [usize::from(rectified), usize::from(cut)])?;
            cut = rectified;
            stages.push(stage);
        }
        // Where the logits are cut, the slope would have to be cut first.
        (!stages.is_empty() && !cut).then_some(GpuPlan { input, stages })
    }

    /// The logits; `None` for inputs that are not on a GPU, or tracked.
    ///
    /// # Shapes
    /// `x`: `[batch, channel, row, column]`; the result: `[batch, class]`.
    pub fn logits(&self, x: &Tensor<4>) -> Option<Tensor<2>> {
        Some(self.forward(x)?.0)
    }

    /// The logits, and what the way back needs.
    pub fn forward(&self, x: &Tensor<4>) -> Option<(Tensor<2>, GpuTape)> {
        let batch = x.dims()[0];
        if x.dims()[1..] != self.input {
            return None;
        }
        let (mut at, mut tape) = (buffer(x)?, Vec::new());
        for stage in &self.stages {
            let made = empty(&at, [batch, stage.sizes[1]]);
            stage.forward.launch(&[&at, &stage.weight, &stage.bias, &made], [stage.groups[0], batch])?;
            tape.push(std::mem::replace(&mut at, made));
        }
        Some((tensor(at), GpuTape(tape)))
    }

    /// The gradient by the input of the loss whose derivative by the logits is `slope`.
    ///
    /// # Shapes
    /// `slope`: `[batch, class]`; the result: `[batch, channel, row, column]`.
    pub fn back(&self, tape: GpuTape, slope: &Tensor<2>) -> Option<Tensor<4>> {
        let batch = slope.dims()[0];
        let mut at = buffer(slope)?;
        for (stage, x) in self.stages.iter().zip(tape.0).rev() {
            let made = empty(&at, [batch, stage.sizes[0]]);
            stage.back.launch(&[&x, &stage.weight, &at, &made], [stage.groups[1], batch])?;
            at = made;
        }
        let [channels, rows, columns] = self.input;
        Some(tensor::<2>(at).reshape([batch, channels, rows, columns]))
    }
}

impl Stage {
    /// Of a layer behind what gives this shape, which becomes the layer's own. `cuts`: 1 if a ReLU follows, 1 if one stands
    /// before.
    fn of(layer: GpuLayer, shape: &mut [usize; 3], cuts: [usize; 2]) -> Option<Stage> {
        match layer {
            GpuLayer::Convolution(weight, bias, stride, padding) => {
                Stage::convolution(&weight, bias, stride, padding, shape, cuts)
            }
            GpuLayer::Linear(weight, bias) => Stage::linear(&weight, bias, shape, cuts),
            GpuLayer::Relu | GpuLayer::Flatten => None,
        }
    }

    fn convolution(
        weight: &Tensor<4>,
        bias: Option<Tensor<1>>,
        stride: [usize; 2],
        [top, left, bottom, right]: [usize; 4],
        shape: &mut [usize; 3],
        [rectified, cut]: [usize; 2],
    ) -> Option<Stage> {
        let ([channels, rows, columns], [out, _, kernel_rows, kernel_columns]) = (*shape, weight.dims());
        let out_rows = (rows + top + bottom).checked_sub(kernel_rows)? / stride[0] + 1;
        let out_columns = (columns + left + right).checked_sub(kernel_columns)? / stride[1] + 1;
        *shape = [out, out_rows, out_columns];
        let constants = [
            ("CHANNELS", channels),
            ("ROWS", rows),
            ("COLUMNS", columns),
            ("OUT_CHANNELS", out),
            ("OUT_ROWS", out_rows),
            ("OUT_COLUMNS", out_columns),
            ("KERNEL_ROWS", kernel_rows),
            ("KERNEL_COLUMNS", kernel_columns),
            ("STRIDE_ROWS", stride[0]),
            ("STRIDE_COLUMNS", stride[1]),
            ("TOP", top),
            ("LEFT", left),
            ("RECTIFIED", rectified),
            ("CUT", cut),
        ];
        let kernel = |channels: usize, spots: usize, [one, four]: [&str; 2], call: &str| {
            let (lanes, own) = if channels.is_multiple_of(4) { (4, four) } else { (1, one) };
            let sums = if lanes == 4 { FOUR } else { ONE };
            let count = channels / lanes * spots;
            let main = format!(
                "@compute @workgroup_size({WIDTH}) fn main(@builtin(global_invocation_id) id: vec3<u32>) {{
                    if (id.x < {count}u) {{ {call}(id.x, id.y); }}
                }}"
            );
            (Kernel::new(&format!("{own}{sums}{main}"), &constants), count.div_ceil(WIDTH))
        };
        let with = |own: &str| format!("{CONVOLUTION}{own}\n");
        let (forward, ahead) = kernel(out, out_rows * out_columns, [&with(ONE_BIAS), &with(FOUR_BIASES)], "forward");
        let (back, behind) = kernel(channels, rows * columns, [CONVOLUTION_BACK; 2], "back");
        Some(Stage {
            bias: bias_of(bias, out, weight)?,
            weight: buffer(weight)?,
            forward,
            back,
            sizes: [channels * rows * columns, out * out_rows * out_columns],
            groups: [ahead, behind],
        })
    }

    fn linear(
        weight: &Tensor<2>,
        bias: Option<Tensor<1>>,
        shape: &mut [usize; 3],
        [rectified, cut]: [usize; 2],
    ) -> Option<Stage> {
        let [features, out] = weight.dims();
        *shape = [out, 1, 1];
        let constants = [("CHANNELS", features), ("OUT_CHANNELS", out), ("RECTIFIED", rectified), ("CUT", cut)];
        let forward = format!(
            "{LINEAR}@compute @workgroup_size({WIDTH})
            fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) lane: u32) {{
                forward(group.x, lane, group.y);
            }}"
        );
        let back = format!(
            "{LINEAR_BACK}@compute @workgroup_size({WIDTH}) fn main(@builtin(global_invocation_id) id: vec3<u32>) {{
                if (id.x < CHANNELS) {{ back(id.x, id.y); }}
            }}"
        );
        Some(Stage {
            bias: bias_of(bias, out, weight)?,
            weight: buffer(weight)?,
            forward: Kernel::new(&forward, &constants),
            back: Kernel::new(&back, &constants),
            sizes: [features, out],
            groups: [out.div_ceil(OUTPUTS), features.div_ceil(WIDTH)],
        })
    }
}

/// The bias, or zeros.
fn bias_of<const D: usize>(bias: Option<Tensor<1>>, count: usize, weight: &Tensor<D>) -> Option<CubeTensor> {
    buffer(&bias.unwrap_or_else(|| Tensor::zeros([count], &weight.device())))
}

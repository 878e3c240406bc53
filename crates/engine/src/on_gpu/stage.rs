//! A stage of a network: the kernels of a convolution or of a linear layer, with its bias and the ReLU behind it.

use super::kernel::{Kernel, MOST_GROUPS, WIDTH, bindings};
use super::rows::LOSSES;
use crate::case::Goal;
use crate::gpu_layer::GpuLayer;

const CONVOLUTION: &str = include_str!("convolution.wgsl");
const CONVOLUTION_BACK: &str = include_str!("convolution_back.wgsl");
const CONVOLUTION_LEARN: &str = include_str!("convolution_learn.wgsl");
const LINEAR: &str = include_str!("linear.wgsl");
const HEAD: &str = include_str!("head.wgsl");
const LINEAR_BACK: &str = include_str!("linear_back.wgsl");
const LINEAR_LEARN: &str = include_str!("linear_learn.wgsl");
const LEARN: &str = include_str!("learn.wgsl");
const ONE: &str = include_str!("one.wgsl");
const FOUR: &str = include_str!("four.wgsl");
const ONE_BIAS: &str = "fn biases(at: u32) -> Sum { return bias(at); }";
const FOUR_BIASES: &str =
    "fn biases(at: u32) -> Sum { return Sum(bias(at), bias(at + 1u), bias(at + 2u), bias(at + 3u)); }";
/// Outputs of a linear layer that a workgroup computes.
const OUTPUTS: usize = 16;

/// What is computed by one dispatch forward, one back, and one for the gradient by what the layer has learnt.
#[derive(Clone, Debug)]
pub struct Stage {
    /// The layer's output of its input.
    pub forward: Kernel,
    /// The gradient by the input of that by the output.
    pub back: Kernel,
    /// The gradient by weights and biases.
    pub learn: Kernel,
    /// Where it is a linear layer without a ReLU behind it: forward, the losses of what it answers, and the gradient by its
    /// input of the cross-entropy, which is to grow or to shrink ([`Stage::head`]).
    heads: Option<[Kernel; 2]>,
    /// Numbers of a sample, in and out.
    pub sizes: [usize; 2],
    /// Workgroups a sample, forward and back.
    pub groups: [usize; 2],
    /// Workgroups that learn.
    pub learners: usize,
}

/// Names and values of what a kernel has as constants.
type Constants = Vec<(&'static str, usize)>;

impl Stage {
    /// Of a layer behind what gives this shape, which becomes the layer's own. What the layer has learnt begins at `place`
    /// among all that the network has. `cuts`: 1 if a ReLU follows, 1 if one stands before.
    pub fn of(layer: &GpuLayer, shape: &mut [usize; 3], place: usize, cuts: [usize; 2]) -> Option<Stage> {
        let [weights, biases] = layer.counts();
        let constants = vec![
            ("WEIGHTS", weights),
            ("BIASES", biases),
            ("WEIGHTS_AT", place),
            ("BIASES_AT", place + weights),
            ("RECTIFIED", cuts[0]),
            ("CUT", cuts[1]),
        ];
        match layer {
            GpuLayer::Convolution(weight, _, stride, padding) => {
                convolution(weight.dims(), *stride, *padding, shape, constants)
            }
            GpuLayer::Linear(weight, _) => Some(linear(weight.dims(), shape, cuts[0] == 1, constants)),
            GpuLayer::Relu | GpuLayer::Flatten => None,
        }
    }

    /// All that a step toward a goal asks of the last layer. It binds logits, classes, the slope, the layer's input, what was
    /// learnt, the gradient by the input, margins and losses; a workgroup a sample.
    pub fn head(&self, goal: Goal) -> Option<&Kernel> {
        self.heads.as_ref().map(|heads| &heads[usize::from(goal == Goal::Reach)])
    }
}

fn convolution(
    [out, _, kernel_rows, kernel_columns]: [usize; 4],
    stride: [usize; 2],
    [top, left, bottom, right]: [usize; 4],
    shape: &mut [usize; 3],
    mut constants: Constants,
) -> Option<Stage> {
    let [channels, rows, columns] = *shape;
    let out_rows = (rows + top + bottom).checked_sub(kernel_rows)? / stride[0] + 1;
    let out_columns = (columns + left + right).checked_sub(kernel_columns)? / stride[1] + 1;
    *shape = [out, out_rows, out_columns];
    constants.extend([
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
    ]);
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
    let (learn, learners) = learning(CONVOLUTION_LEARN, constants);
    let sizes = [channels * rows * columns, out * out_rows * out_columns];
    Some(Stage { forward, back, learn, heads: None, sizes, groups: [ahead, behind], learners })
}

fn linear([features, out]: [usize; 2], shape: &mut [usize; 3], rectified: bool, mut constants: Constants) -> Stage {
    *shape = [out, 1, 1];
    constants.extend([("CHANNELS", features), ("OUT_CHANNELS", out)]);
    let forward = format!(
        "{}{LINEAR}fn tell(at: u32, value: f32) {{ made[at] = value; }}
        @compute @workgroup_size({WIDTH})
        fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) lane: u32) {{
            forward(group.x * OUTPUTS, lane, group.y);
        }}",
        bindings(["x", "learnt", "made"])
    );
    let back = format!(
        "{}{LINEAR_BACK}fn slope(at: u32) -> f32 {{ return slopes[at]; }}
        @compute @workgroup_size({WIDTH}) fn main(@builtin(global_invocation_id) id: vec3<u32>) {{
            if (id.x < CHANNELS) {{ made[id.y * CHANNELS + id.x] = back(id.x, id.y); }}
        }}",
        bindings(["x", "learnt", "slopes", "made"])
    );
    let (forward, back) = (Kernel::new(&forward, &constants), Kernel::new(&back, &constants));
    let heads = (!rectified).then(|| [Goal::Leave, Goal::Reach].map(|goal| head(goal, &constants)));
    let (learn, learners) = learning(LINEAR_LEARN, constants);
    let groups = [out.div_ceil(OUTPUTS), features.div_ceil(WIDTH)];
    Stage { forward, back, learn, heads, sizes: [features, out], groups, learners }
}

/// The kernel of [`Stage::head`], of a linear layer with these constants.
fn head(goal: Goal, constants: &Constants) -> Kernel {
    let names = ["logits", "class_of", "made", "x", "learnt", "gradient", "margins", "losses"];
    let own = format!("const CLASSES: u32 = OUT_CHANNELS;\nconst SIGN: f32 = {:?};\n", goal.sign());
    Kernel::new(&format!("{own}{}{LINEAR}{LOSSES}{LINEAR_BACK}{HEAD}", bindings(names)), constants)
}

/// The kernel that learns a layer's numbers, and how many workgroups it has.
fn learning(own: &str, mut constants: Constants) -> (Kernel, usize) {
    let numbers: usize = constants.iter().filter(|(name, _)| ["WEIGHTS", "BIASES"].contains(name)).map(|of| of.1).sum();
    // Where there are few numbers, more invocations share the sum over the samples.
    let slices = match numbers {
        ..2048 => 16,
        2048..16384 => 4,
        _ => 1,
    };
    let groups = numbers.div_ceil(WIDTH / slices).min(MOST_GROUPS);
    constants.extend([("SLICES", slices), ("GROUPS", groups)]);
    (Kernel::new(&format!("{own}{LEARN}"), &constants), groups)
}

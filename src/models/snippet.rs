//! An architecture as PyTorch source: what a visitor pastes beside the exported weights.

mod defence;

use foolproof_core::architecture::{
    Architecture, BatchNormSpec, Conv2dSpec, LayerSpec, LinearSpec, Padding, Pair, PoolSpec,
};

/// Classes that PyTorch has not, in the order in which they are written: what a layer begins with, and its source.
const CLASSES: [(&str, &str); 4] = [
    (
        "Normalise(",
        "class Normalise(nn.Module):
    def __init__(self, mean, std):
        super().__init__()
        for name, values in ((\"mean\", mean), (\"std\", std)):
            self.register_buffer(name, torch.tensor(values), persistent=False)

    def forward(self, x):
        shape = (-1,) + (1,) * (x.dim() - 2)
        return (x - self.mean.view(shape)) / self.std.view(shape)
",
    ),
    (
        "PaddedConv2d(",
        "class PaddedConv2d(nn.Conv2d):
    def __init__(self, *sizes, pad, **more):
        super().__init__(*sizes, **more)
        self.pad = pad

    def forward(self, x):
        return super().forward(nn.functional.pad(x, self.pad))
",
    ),
    (
        "Residual(",
        "class Residual(nn.Sequential):
    def forward(self, x):
        return x + super().forward(x)
",
    ),
    (
        "ProjectedResidual(",
        "class ProjectedResidual(nn.Module):
    def __init__(self, inner, shortcut):
        super().__init__()
        self.inner = inner
        self.shortcut = shortcut

    def forward(self, x):
        return self.inner(x) + self.shortcut(x)
",
    ),
];

/// Python that builds the model and loads `file` into it.
pub fn pytorch(architecture: &Architecture, file: &str) -> String {
    let mut layers = String::new();
    write_layers(&architecture.layers, 1, &mut layers);
    let defence = defence::source(&architecture.defence);
    if let Some(instead) = &defence.relu {
        layers = layers.replace("nn.ReLU()", instead);
    }
    let used = |start: &str| layers.lines().any(|line| line.trim_start().starts_with(start));
    let own = CLASSES.iter().filter(|(start, _)| used(start)).map(|(_, source)| *source);
    let parts: String = own.chain(defence.parts).map(|source| format!("{source}\n\n")).collect();
    let body = format!("{parts}{layers}{}", defence.model);
    let import =
        |name: &str| if body.contains(&format!("{name}.")) { format!("import {name}\n") } else { String::new() };
    let imports = import("math") + &import("torch");
    let [channels, rows, columns] = architecture.input;
    let network = if defence.model.is_empty() { "model" } else { "network" };
    format!(
        "{imports}from safetensors.torch import load_file\nfrom torch import nn\n\n\n{parts}\
         # Takes [batch, {channels}, {rows}, {columns}], pixels in [0, 1]; returns {} logits.\n\
         {network} = nn.Sequential(\n{layers})\n{network}.load_state_dict(load_file({file:?}))\n{network}.eval()\n{}",
        architecture.classes, defence.model
    )
}

/// The list of layers alone, as it is shown and taken.
pub fn sequential(layers: &[LayerSpec]) -> String {
    let mut text = String::from("nn.Sequential(\n");
    write_layers(layers, 1, &mut text);
    text + ")"
}

fn write_layers(layers: &[LayerSpec], depth: usize, out: &mut String) {
    let indent = "    ".repeat(depth);
    for layer in layers {
        match layer {
            LayerSpec::Residual(inner) => {
                out.push_str(&format!("{indent}Residual(\n"));
                write_layers(inner, depth + 1, out);
                out.push_str(&format!("{indent}),\n"));
            }
            LayerSpec::ProjectedResidual { inner, shortcut } => {
                out.push_str(&format!("{indent}ProjectedResidual(\n"));
                for part in [inner, shortcut] {
                    out.push_str(&format!("{indent}    nn.Sequential(\n"));
                    write_layers(part, depth + 2, out);
                    out.push_str(&format!("{indent}    ),\n"));
                }
                out.push_str(&format!("{indent}),\n"));
            }
            // Attacks work on what a softmax gets.
            LayerSpec::Softmax => {}
            plain => out.push_str(&format!("{indent}{},\n", call(plain))),
        }
    }
}

/// The call that makes a layer which holds no others.
fn call(layer: &LayerSpec) -> String {
    match layer {
        LayerSpec::Conv2d(size) => convolution(size),
        LayerSpec::Linear(LinearSpec { r#in, out, bias }) => {
            format!("nn.Linear({in}, {out}{})", if *bias { "" } else { ", bias=False" })
        }
        LayerSpec::Relu => "nn.ReLU()".into(),
        LayerSpec::LeakyRelu { slope } => format!("nn.LeakyReLU({slope:?})"),
        LayerSpec::Relu6 => "nn.ReLU6()".into(),
        LayerSpec::Tanh => "nn.Tanh()".into(),
        LayerSpec::Sigmoid => "nn.Sigmoid()".into(),
        LayerSpec::Gelu => "nn.GELU()".into(),
        LayerSpec::Silu => "nn.SiLU()".into(),
        LayerSpec::MaxPool2d(size) => pool("nn.MaxPool2d", size),
        LayerSpec::AvgPool2d(size) => pool("nn.AvgPool2d", size),
        LayerSpec::AdaptiveAvgPool2d { out } => format!("nn.AdaptiveAvgPool2d({})", pair(*out)),
        LayerSpec::BatchNorm2d(size) => batch_norm("nn.BatchNorm2d", size),
        LayerSpec::BatchNorm1d(size) => batch_norm("nn.BatchNorm1d", size),
        LayerSpec::Normalise { mean, std } => format!("Normalise({mean:?}, {std:?})"),
        LayerSpec::Dropout => "nn.Dropout()".into(),
        LayerSpec::Flatten => "nn.Flatten()".into(),
        LayerSpec::Softmax | LayerSpec::Residual(_) | LayerSpec::ProjectedResidual { .. } => String::new(),
    }
}

fn convolution(size: &Conv2dSpec) -> String {
    let (class, padding) = match size.padding {
        Padding::Same => ("nn.Conv2d", "padding=\"same\"".into()),
        Padding::Sides([top, left, bottom, right]) if (top, left) == (bottom, right) => {
            ("nn.Conv2d", format!("padding={}", pair(Pair(top, left))))
        }
        Padding::Sides([top, left, bottom, right]) => {
            ("PaddedConv2d", format!("pad=({left}, {right}, {top}, {bottom})"))
        }
    };
    let (kernel, stride) = (pair(size.kernel), pair(size.stride));
    let mut call = format!("{class}({}, {}, {kernel}, stride={stride}, {padding}", size.r#in, size.out);
    if size.dilation != Pair::one() {
        call.push_str(&format!(", dilation={}", pair(size.dilation)));
    }
    if size.groups != 1 {
        call.push_str(&format!(", groups={}", size.groups));
    }
    if !size.bias {
        call.push_str(", bias=False");
    }
    call + ")"
}

fn pool(class: &str, size: &PoolSpec) -> String {
    let padding = match size.padding {
        Pair(0, 0) => String::new(),
        padding => format!(", padding={}", pair(padding)),
    };
    format!("{class}({}, stride={}{padding})", pair(size.kernel), pair(size.stride))
}

fn batch_norm(class: &str, size: &BatchNormSpec) -> String {
    format!("{class}({}, eps={:?})", size.features, size.eps)
}

fn pair(Pair(rows, columns): Pair) -> String {
    if rows == columns { rows.to_string() } else { format!("({rows}, {columns})") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use LayerSpec::*;
    use foolproof_core::defence::DefenceSpec;

    #[test]
    fn a_network_is_written_as_pytorch_builds_it() {
        let layers = vec![LayerSpec::conv2d(1, 4, 4, 2, 1), Relu, Flatten];
        let text = pytorch(&Architecture::new([1, 28, 28], 784, layers), "mine.safetensors");
        assert!(text.contains("nn.Conv2d(1, 4, 4, stride=2, padding=1),\n    nn.ReLU(),\n    nn.Flatten(),\n)"));
        assert!(text.contains("load_file(\"mine.safetensors\")") && !text.contains("class "));
    }

    #[test]
    fn defences_stand_before_the_network_and_inside_it() {
        let of = |list: &[&str]| {
            let mut architecture = Architecture::new([1, 2, 2], 4, vec![LayerSpec::linear(4, 4), Relu]);
            architecture.defence = list.iter().map(|text| DefenceSpec::read(text).unwrap()).collect();
            pytorch(&architecture, "m")
        };
        let bare = of(&[]);
        assert!(
            bare.contains("\nmodel = nn.Sequential(") && !bare.contains("network") && !bare.contains("import torch\n")
        );
        let text = of(&["bits:bits:1", "noise:sigma:0.5", "median:size:2"]);
        let before =
            "def defend(x):\n    x = rounded(x, 2 ** 1)\n    x = x + 0.5 * torch.randn_like(x)\n    x = median(x, 2)\n";
        assert!(text.contains(before) && text.contains("    return network(defend(x))\n"), "{text}");
        assert!(
            text.contains("network.eval()") && !text.contains("def jpeg") && !text.contains("import math"),
            "{text}"
        );
        let text = of(&["kwta:share:0.1", "saturate:factor:50"]);
        assert!(text.contains("    Winners(0.1),\n") && text.contains("    return 50 * network(x)\n"), "{text}");
        assert!(text.starts_with("import math\nimport torch\n") && !text.contains("nn.ReLU"), "{text}");
        let text = of(&["jpeg:quality:75", "shift:pixels:2", "thermometer", "magic"]);
        assert!(text.contains("thermometer(x, 16)") && text.contains("raise NotImplementedError(\"magic\")"), "{text}");
    }

    #[test]
    fn nested_blocks_keep_their_names() {
        let inner = vec![Residual(vec![LayerSpec::linear(4, 4)])];
        let text = pytorch(&Architecture::new([1, 2, 2], 4, inner), "m");
        assert!(text.contains("class Residual(nn.Sequential):"));
        assert!(text.contains("    Residual(\n        nn.Linear(4, 4),\n    ),\n"), "{text}");
    }

    #[test]
    fn what_pytorch_has_no_class_for_gets_one() {
        let sizes =
            Conv2dSpec { padding: Padding::Sides([0, 1, 2, 3]), groups: 2, bias: false, ..Conv2dSpec::new(2, 4, 3) };
        let block = ProjectedResidual { inner: vec![Conv2d(sizes)], shortcut: vec![LayerSpec::conv2d(2, 4, 1, 1, 0)] };
        let layers = vec![Normalise { mean: vec![0.1307], std: vec![0.3081] }, block, Softmax];
        let text = pytorch(&Architecture::new([1, 2, 2], 4, layers), "m");
        assert!(text.starts_with("import torch\n") && text.contains("    Normalise([0.1307], [0.3081]),\n"), "{text}");
        let padded = "PaddedConv2d(2, 4, 3, stride=1, pad=(1, 3, 0, 2), groups=2, bias=False),\n";
        assert!(text.contains(padded) && text.contains("class PaddedConv2d(nn.Conv2d):"), "{text}");
        assert!(text.contains("class ProjectedResidual") && !text.contains("class Residual"), "{text}");
        assert!(!text.contains("oftmax"));
    }
}

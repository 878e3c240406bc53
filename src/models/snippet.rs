//! An architecture as PyTorch source: what a visitor pastes beside the exported weights.

use foolproof_core::architecture::{Architecture, LayerSpec};
use std::fmt::Write;

/// Python that builds the model and loads `file` into it.
pub fn pytorch(architecture: &Architecture, file: &str) -> String {
    let mut blocks = false;
    let mut layers = String::new();
    write_layers(&architecture.layers, 1, &mut layers, &mut blocks);
    let [channels, rows, columns] = architecture.input;
    let residual = if blocks {
        "class Residual(nn.Sequential):\n    def forward(self, x):\n        return x + super().forward(x)\n\n\n"
    } else {
        ""
    };
    format!(
        "from safetensors.torch import load_file\nfrom torch import nn\n\n\n{residual}\
         # Takes [batch, {channels}, {rows}, {columns}], pixels in [0, 1]; returns {} logits.\n\
         model = nn.Sequential(\n{layers})\nmodel.load_state_dict(load_file({file:?}))\nmodel.eval()\n",
        architecture.classes
    )
}

fn write_layers(layers: &[LayerSpec], depth: usize, out: &mut String, blocks: &mut bool) {
    let indent = "    ".repeat(depth);
    for layer in layers {
        // Writing to memory does not fail.
        let _ = match layer {
            LayerSpec::Conv2d { r#in, out: to, kernel, stride, padding } => {
                writeln!(out, "{indent}nn.Conv2d({in}, {to}, {kernel}, stride={stride}, padding={padding}),")
            }
            LayerSpec::Linear { r#in, out: to } => writeln!(out, "{indent}nn.Linear({in}, {to}),"),
            LayerSpec::Relu => writeln!(out, "{indent}nn.ReLU(),"),
            LayerSpec::MaxPool2d { kernel, stride } => {
                writeln!(out, "{indent}nn.MaxPool2d({kernel}, stride={stride}),")
            }
            LayerSpec::AvgPool2d { kernel, stride } => {
                writeln!(out, "{indent}nn.AvgPool2d({kernel}, stride={stride}),")
            }
            LayerSpec::Flatten => writeln!(out, "{indent}nn.Flatten(),"),
            LayerSpec::Residual(inner) => {
                *blocks = true;
                out.push_str(&format!("{indent}Residual(\n"));
                write_layers(inner, depth + 1, out, blocks);
                writeln!(out, "{indent}),")
            }
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use LayerSpec::*;

    #[test]
    fn a_network_is_written_as_pytorch_builds_it() {
        let layers = vec![Conv2d { r#in: 1, out: 4, kernel: 4, stride: 2, padding: 1 }, Relu, Flatten];
        let text = pytorch(&Architecture { input: [1, 28, 28], classes: 784, layers }, "mine.safetensors");
        assert!(text.contains("nn.Conv2d(1, 4, 4, stride=2, padding=1),\n    nn.ReLU(),\n    nn.Flatten(),\n)"));
        assert!(text.contains("load_file(\"mine.safetensors\")") && !text.contains("class Residual"));
    }

    #[test]
    fn nested_blocks_keep_their_names() {
        let inner = vec![Residual(vec![Linear { r#in: 4, out: 4 }])];
        let text = pytorch(&Architecture { input: [1, 2, 2], classes: 4, layers: inner }, "m");
        assert!(text.contains("class Residual(nn.Sequential):"));
        assert!(text.contains("    Residual(\n        nn.Linear(4, 4),\n    ),\n"), "{text}");
    }
}

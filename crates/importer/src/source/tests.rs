//! Sources as people write and print them, and what is said of others.

use super::*;
use LayerSpec::{
    AdaptiveAvgPool2d, Dropout, Flatten, Gelu, LeakyRelu, Normalise, ProjectedResidual, Relu, Relu6, Residual, Silu,
    Softmax,
};
use foolproof_core::architecture::{BatchNormSpec, Conv2dSpec, LinearSpec, Padding, Pair, PoolSpec};
use proptest::prelude::*;

#[test]
fn a_sequential_is_read_as_python_reads_it() {
    let text = "import torch\nfrom torch import nn\n\nmodel = nn.Sequential(  # a small one\n    torch.nn.Conv2d(1, 16, 3, padding=1),\n    \
                nn.ReLU(inplace=True),\n    nn.Sequential(nn.MaxPool2d((2, 3), stride=None), nn.Flatten(),),\n    \
                nn.Linear(16 * (14*9) // 1, out_features=5 + 5, bias=False), nn.Identity(),\n)\nmodel.eval()\n";
    let pool = PoolSpec { kernel: Pair(2, 3), stride: Pair(2, 3), padding: Pair(0, 0) };
    let linear = LinearSpec { r#in: 16 * 14 * 9, out: 10, bias: false };
    let layers =
        vec![LayerSpec::conv2d(1, 16, 3, 1, 1), Relu, LayerSpec::MaxPool2d(pool), Flatten, LayerSpec::Linear(linear)];
    assert_eq!(read(text), Ok(layers));
}

#[test]
fn an_ordered_dict_has_names_that_say_nothing() {
    let text = "nn.Sequential(OrderedDict([('conv1', nn.Conv2d(1, 2, kernel_size=(3, 2), stride=2, groups=1)), (\"drop\", nn.Dropout(0.5)),]))";
    let size = Conv2dSpec { kernel: Pair(3, 2), stride: Pair(2, 2), ..Conv2dSpec::new(1, 2, 3) };
    assert_eq!(read(text), Ok(vec![LayerSpec::Conv2d(size), Dropout]));
}

#[test]
fn what_print_shows_is_read() {
    let text = "Sequential(\n  (0): Conv2d(1, 4, kernel_size=(4, 4), stride=(1, 1), padding=same, bias=False)\n  (1): BatchNorm2d(4, eps=0.001, \
                momentum=0.1, affine=True, track_running_stats=True)\n  (act): LeakyReLU(negative_slope=0.2)\n  (3-4): 2 x Sequential(\n    \
                (0): GELU(approximate='none')\n  )\n  (5): AdaptiveAvgPool2d(output_size=(1, 1))\n  (6): Flatten(start_dim=1, end_dim=-1)\n  \
                (7): Linear(in_features=4, out_features=3, bias=True)\n  (8): Softmax(dim=1)\n)";
    let size = Conv2dSpec { padding: Padding::Same, bias: false, ..Conv2dSpec::new(1, 4, 4) };
    let norm = BatchNormSpec { features: 4, eps: 1e-3 };
    let layers = vec![
        LayerSpec::Conv2d(size),
        LayerSpec::BatchNorm2d(norm),
        LeakyRelu { slope: 0.2 },
        Gelu,
        Gelu,
        AdaptiveAvgPool2d { out: Pair::one() },
        Flatten,
        LayerSpec::linear(4, 3),
        Softmax,
    ];
    assert_eq!(read(text), Ok(layers));
}

#[test]
fn the_pages_own_source_comes_in_again() {
    let text = "import torch\nfrom torch import nn\n\n\nclass Normalise(nn.Module):\n    def __init__(self):\n        pass\n\n\nmodel = nn.Sequential(\n    \
                Normalise([0.1307], [0.3081]),\n    PaddedConv2d(2, 4, 3, stride=1, pad=(1, 3, 0, 2), groups=2, bias=False),\n    Residual(\n        \
                nn.SiLU(),\n    ),\n    ProjectedResidual(\n        nn.Sequential(\n            nn.ReLU6(),\n        ),\n        nn.Sequential(\n        \
                ),\n    ),\n)\nmodel.load_state_dict(load_file(\"x.safetensors\"))\nmodel.eval()\n";
    let size = Conv2dSpec { padding: Padding::Sides([0, 1, 2, 3]), groups: 2, bias: false, ..Conv2dSpec::new(2, 4, 3) };
    let layers = vec![
        Normalise { mean: vec![0.1307], std: vec![0.3081] },
        LayerSpec::Conv2d(size),
        Residual(vec![Silu]),
        ProjectedResidual { inner: vec![Relu6], shortcut: vec![] },
    ];
    assert_eq!(read(text), Ok(layers));
}

#[test]
fn what_is_not_understood_is_told_with_its_line() {
    for (text, why) in [
        ("nn.Sequential(\n  nn.LSTM(3, 4),\n)", "line 2: there is no layer “LSTM” here"),
        (
            "nn.Sequential(\nnn.Linear(n, 3))",
            "line 2: “in_features” of Linear is “n”, where a whole number from 0 is expected; write its value",
        ),
        ("nn.Linear(4 * n, 3)", "line 1: “n” is no number; write its value"),
        ("nn.Linear(4)", "line 1: Linear has no “out_features”"),
        ("nn.Linear(4, 3, biass=True)", "line 1: Linear has no argument “biass”"),
        ("nn.Linear(4, 3, in_features=4)", "line 1: Linear has “in_features” twice"),
        ("nn.Tanh(1)", "line 1: Tanh takes at most 0 arguments"),
        ("nn.Linear(4, -3)", "“out_features” of Linear is wrong: a whole number from 0 is expected"),
        ("nn.Conv2d(1, 2, 3, padding_mode='reflect')", "only “zeros” is expected"),
        ("nn.MaxPool2d(2, ceil_mode=True)", "“ceil_mode” of MaxPool2d is wrong: only False is expected"),
        ("nn.AvgPool2d(2, padding=1, count_include_pad=False)", "only True is expected"),
        ("nn.GELU('tanh')", "only the exact one"),
        ("nn.LazyLinear(3)", "LazyLinear finds its size out by itself"),
        ("nn.Sequential(*layers)", "line 1: “*” before a list is not read"),
        ("nn.Sequential(layers)", "“layers” stands where a layer is expected"),
        ("nn.Sequential(nn.ReLU()", "line 1: the text ends where “,” is expected"),
        ("nn.Sequential(nn.ReLU() nn.ReLU())", "“,” is expected where “nn.ReLU” stands"),
        ("nn.ReLU()\nos.system('x')", "line 2: “os.system” behind the model is not understood"),
        ("class Net(nn.Module):\n    def forward(self, x):\n        return x", "line 1: it is a class"),
        ("nn.Sequential(nn.Linear(1, 9223372036854775807 * 9))", "a number is too large"),
        ("nn.ReLU() @ 3", "line 1: the sign “@” is not understood"),
        ("nn.Linear(4, 'x)", "line 1: a text has no end"),
        ("nn.Linear(4, 3abc)", "“3abc” is no number"),
        ("", "the text ends where a layer or number is expected"),
        ("nn.Sequential()", "there are no layers"),
    ] {
        let said = read(text).unwrap_err();
        assert!(said.contains(why), "{text}: {said}");
    }
    let deep = format!("{}nn.ReLU(){}", "nn.Sequential(".repeat(99), ")".repeat(99));
    assert!(read(&deep).unwrap_err().contains("nested deeper than 32"));
    let many = format!("{}nn.ReLU(){}", "nn.Sequential((0-9): 64 x ".repeat(9), ")".repeat(9));
    assert!(read(&many).unwrap_err().contains("repeated modules are too many"));
}

proptest! {
    #[test]
    fn no_text_does_harm(text in r#"(nn\.|Sequential\(|Conv2d\(|Linear\(|\(0\): |\(0-2\): 3 x |\)|,|=|[0-9]{1,3}|\*|/|-|"a"|'|#|\n| |[a-zä]|[\[\]]|stride|pad){0,60}"#) {
        if let Ok(layers) = read(&text) {
            prop_assert!(!layers.is_empty());
        }
    }
}

"""Small networks of the layers that the page takes, beside PyTorch's logits: whether the engine computes them alike.

    python layers.py             # makes them
    python layers.py exported    # runs what the page exports of them, and keeps its source beside the logits

Each is kept as PyTorch saves it, `layers/<name>.safetensors`, with its list of layers, some inputs and the logits in
`layers/<name>.json`. A Rust test writes the exports: `FOOLPROOF_EXPORT=<folder> cargo test -p foolproof-tests --test
native the_source_of_every_layer`; the same variable here. Batch norms have run over pictures first, so that their statistics are not those of the beginning.
"""

import json
import os
import sys
from collections import OrderedDict
from contextlib import chdir
from pathlib import Path

import torch
from safetensors.torch import save_file
from torch import nn

FOLDER = Path(__file__).resolve().parent / "layers"
INPUT, COUNT, CLASSES = [2, 6, 5], 3, 3


class Normalise(nn.Module):
    def __init__(self, mean, std):
        super().__init__()
        self.mean, self.std = (torch.tensor(values).view(1, -1, 1, 1) for values in (mean, std))

    def forward(self, x):
        return (x - self.mean) / self.std


class Padded(nn.Conv2d):
    """Pads by left, right, top and bottom first."""

    def forward(self, x):
        return super().forward(nn.functional.pad(x, (1, 2, 0, 2)))


class Projected(nn.Module):
    def __init__(self, inner, shortcut):
        super().__init__()
        self.inner, self.shortcut = inner, shortcut

    def forward(self, x):
        return self.inner(x) + self.shortcut(x)


class Residual(nn.Sequential):
    def forward(self, x):
        return x + super().forward(x)


def conv(channels, out, kernel, **more):
    return {"conv2d": {"in": channels, "out": out, "kernel": kernel, **more}}


START = conv(2, 4, 3)


def behind(module, layer):
    """A layer behind a convolution of four channels."""
    return [nn.Conv2d(2, 4, 3), module], [START, layer]


def cases():
    """A name, and what stands before the last linear layer: modules, and the list of layers."""
    yield "relu", *behind(nn.ReLU(), "relu")
    yield "leaky_relu", *behind(nn.LeakyReLU(), {"leaky_relu": {}})
    yield "leaky_relu_steep", *behind(nn.LeakyReLU(-0.3), {"leaky_relu": {"slope": -0.3}})
    yield "relu6", *behind(nn.ReLU6(), "relu6")
    yield "tanh", *behind(nn.Tanh(), "tanh")
    yield "sigmoid", *behind(nn.Sigmoid(), "sigmoid")
    yield "gelu", *behind(nn.GELU(), "gelu")
    yield "silu", *behind(nn.SiLU(), "silu")
    yield "dropout", *behind(nn.Dropout(0.5), "dropout")
    yield "max_pool2d", *behind(nn.MaxPool2d((3, 2), padding=1), {"max_pool2d": {"kernel": [3, 2], "padding": 1}})
    yield "avg_pool2d", *behind(
        nn.AvgPool2d(2, stride=(1, 2), padding=(1, 0)), {"avg_pool2d": {"kernel": 2, "stride": [1, 2], "padding": [1, 0]}}
    )
    yield "global_pool", *behind(nn.AdaptiveAvgPool2d(1), {"adaptive_avg_pool2d": {"out": 1}})
    # Three rows and columns of four and three: windows that overlap, and windows that do not.
    yield "adaptive_pool", *behind(nn.AdaptiveAvgPool2d((3, 2)), {"adaptive_avg_pool2d": {"out": [3, 2]}})
    yield "batch_norm2d", *behind(nn.BatchNorm2d(4, eps=0.01), {"batch_norm2d": {"features": 4, "eps": 0.01}})
    yield "batch_norm_plain", *behind(nn.BatchNorm2d(4, affine=False), {"batch_norm2d": {"features": 4}})
    modules, layers = behind(nn.Flatten(), "flatten")
    yield "batch_norm1d", [*modules, nn.BatchNorm1d(48)], [*layers, {"batch_norm1d": {"features": 48}}]
    mean, std = [0.1307, 0.5], [0.3081, 0.25]
    yield "normalise", [Normalise(mean, std), nn.Conv2d(2, 4, 3)], [{"normalise": {"mean": mean, "std": std}}, START]
    yield (
        "conv_rectangular",
        [nn.Conv2d(2, 4, (3, 2), stride=(2, 1), padding=(1, 0), bias=False)],
        [conv(2, 4, [3, 2], stride=[2, 1], padding=[1, 0], bias=False)],
    )
    yield "conv_dilated", [nn.Conv2d(2, 4, 3, dilation=(2, 1))], [conv(2, 4, 3, dilation=[2, 1])]
    yield "conv_grouped", *behind(nn.Conv2d(4, 6, 2, groups=2), conv(4, 6, 2, groups=2))
    yield "conv_depthwise", *behind(nn.Conv2d(4, 8, 3, padding=1, groups=4), conv(4, 8, 3, padding=1, groups=4))
    yield "conv_asymmetric", [Padded(2, 4, 3)], [conv(2, 4, 3, padding=[0, 1, 2, 2])]
    yield (
        "conv_same",
        [nn.Conv2d(2, 4, (4, 3), padding="same", dilation=(1, 2))],
        [conv(2, 4, [4, 3], padding="same", dilation=[1, 2])],
    )
    yield "linear_without_bias", [nn.Flatten(), nn.Linear(60, 5, bias=False)], [
        "flatten",
        {"linear": {"in": 60, "out": 5, "bias": False}},
    ]
    block = nn.Sequential(nn.Conv2d(4, 6, 3, stride=2, padding=1, bias=False), nn.BatchNorm2d(6), nn.ReLU())
    project = nn.Sequential(nn.Conv2d(4, 6, 1, stride=2, bias=False), nn.BatchNorm2d(6))
    norm = {"batch_norm2d": {"features": 6}}
    yield "projected_residual", *behind(
        Projected(block, project),
        {
            "projected_residual": {
                "inner": [conv(4, 6, 3, stride=2, padding=1, bias=False), norm, "relu"],
                "shortcut": [conv(4, 6, 1, stride=2, bias=False), norm],
            }
        },
    )
    yield "residual", *behind(
        Residual(nn.Conv2d(4, 4, 3, padding=1), nn.Tanh()), {"residual": [conv(4, 4, 3, padding=1), "tanh"]}
    )


def renamed():
    """As many keep it: named layers, wrapped for several devices, in brain floats; two of its layers have one shape."""
    sides = {"stride": 2, "padding": 1, "bias": False}
    convs = [nn.Conv2d(to, to, 3, **sides) for to in (2, 2)]
    norms = [nn.BatchNorm2d(2), nn.BatchNorm2d(2, affine=False)]
    names = ["conv2", "bn2", "relu", "conv10", "bn10", "flatten", "fc"]
    modules = [convs[0], norms[0], nn.ReLU(), convs[1], norms[1], nn.Flatten(), nn.Linear(8, CLASSES)]
    network = nn.Sequential(OrderedDict(zip(names, modules, strict=True)))
    for _ in range(5):
        network.train()(torch.rand(16, *INPUT))
    network = network.bfloat16().float()
    norm = {"batch_norm2d": {"features": 2}}
    linear = {"linear": {"in": 8, "out": CLASSES}}
    layers = [conv(2, 2, 3, **sides), norm, "relu", conv(2, 2, 3, **sides), norm, "flatten", linear]
    halves = {f"module.{key}": value.bfloat16() if value.is_floating_point() else value
              for key, value in network.state_dict().items()}
    keep("renamed", network, layers, halves)


def make(name, modules, layers):
    width = nn.Sequential(*modules).eval()(torch.zeros(1, *INPUT)).flatten(1).shape[1]
    network = nn.Sequential(*modules, nn.Flatten(), nn.Linear(width, CLASSES))
    layers = [*layers, "flatten", {"linear": {"in": width, "out": CLASSES}}]
    for module in network.modules():
        # Wide weights, so that functions are tried where they bend.
        if isinstance(module, (nn.Conv2d, nn.Linear)):
            module.weight.data.mul_(3)
        if isinstance(module, (nn.BatchNorm1d, nn.BatchNorm2d)) and module.affine:
            nn.init.normal_(module.weight), nn.init.normal_(module.bias)
    for _ in range(5):
        network.train()(torch.rand(16, *INPUT))
    keep(name, network, layers, network.state_dict())


def keep(name, network, layers, tensors):
    pixels = torch.rand(COUNT, *INPUT)
    with torch.no_grad():
        logits = network.eval()(pixels)
    save_file(tensors, FOLDER / f"{name}.safetensors")
    architecture = {"input": INPUT, "classes": CLASSES, "layers": layers}
    record = {"torch": torch.__version__, "architecture": architecture}
    record |= {"pixels": pixels.flatten().tolist(), "logits": logits.flatten().tolist()}
    (FOLDER / f"{name}.json").write_text(json.dumps(record) + "\n")
    print(name, logits[0].tolist())


def run(path):
    """Holds the page's own source and file against the logits of the network that they came from."""
    record = json.loads(path.read_text())
    with chdir(os.environ["FOOLPROOF_EXPORT"]):
        source, scope = Path(f"{path.stem}.py").read_text(), {}
        exec(source, scope)
    with torch.no_grad():
        logits = scope["model"](torch.tensor(record["pixels"]).view(COUNT, *INPUT)).flatten()
    apart = (logits - torch.tensor(record["logits"])).abs().max().item()
    assert apart < 1e-5, (path.stem, apart)
    path.write_text(json.dumps(record | {"source": source}) + "\n")
    print(path.stem, apart)


if __name__ == "__main__":
    if sys.argv[1:] == ["exported"]:
        for path in sorted(FOLDER.glob("*.json")):
            run(path)
        sys.exit()
    FOLDER.mkdir(exist_ok=True)
    torch.manual_seed(1)
    for case in cases():
        make(*case)
    renamed()

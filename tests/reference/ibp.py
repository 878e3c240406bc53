"""Verified accuracy by interval bounds, in plain NumPy: on which of MNIST's test pictures no attack within a radius succeeds.

Writes `results/ibp/<model>-<radius>.json`, which `tests/native/reference_ibp.rs` reads. Made with Python 3.11 and NumPy 2.4.6:
`pip install numpy && python ibp.py`. In double precision, from the weights as they are in the file (16 bits). The bounds are
those of Gowal et al. 2018, <https://arxiv.org/abs/1810.12715>, the last layer's rows subtracted before they are bounded.
"""

import hashlib
import json

import numpy

from exported import HERE, STATIC, entry, pictures, tensors

# Weights, the model whose layers they have, radii.
MODELS = [
    ("mnist-cnn", "mnist-cnn", [0.002, 0.1]),
    ("bounds", "mnist-cnn", [0.1]),
]
TOGETHER = 500


def windows(x, size):
    """What each place of a convolution looks at: [picture, channel, row, column, window row, window column]."""
    around = size["padding"]
    x = numpy.pad(x, ((0, 0), (0, 0), (around, around), (around, around)))
    view = numpy.lib.stride_tricks.sliding_window_view(x, (size["kernel"], size["kernel"]), axis=(2, 3))
    return view[:, :, :: size["stride"], :: size["stride"]]


def linear(kind, size, x, weight):
    if kind == "linear":
        return x @ weight.T
    return numpy.einsum("nchwij,ocij->nohw", windows(x, size), weight, optimize=True)


def least_margins(layers, state, low, high, labels):
    """How far the class's logit lies above every other one at least."""
    for at, layer in enumerate(layers[:-1]):
        if layer == "relu":
            low, high = numpy.maximum(low, 0), numpy.maximum(high, 0)
        elif layer == "flatten":
            low, high = low.reshape(len(low), -1), high.reshape(len(high), -1)
        else:
            ((kind, size),) = layer.items()
            weight, bias = state[f"{at}.weight"], state[f"{at}.bias"]
            bias = bias if kind == "linear" else bias[:, None, None]
            middle = linear(kind, size, (low + high) / 2, weight) + bias
            half = linear(kind, size, (high - low) / 2, abs(weight))
            low, high = middle - half, middle + half
    last = len(layers) - 1
    weight, bias = state[f"{last}.weight"], state[f"{last}.bias"]
    apart = weight[labels][:, None] - weight[None]
    middle, half = (low + high) / 2, (high - low) / 2
    least = numpy.einsum("nkf,nf->nk", apart, middle) - numpy.einsum("nkf,nf->nk", abs(apart), half)
    least += bias[labels][:, None] - bias[None]
    least[numpy.arange(len(labels)), labels] = numpy.inf
    return least.min(axis=1)


images, labels = pictures("test", 10_000)
for model, like, radii in MODELS:
    kept = HERE / "weights" / f"{model}.safetensors"
    path = kept if kept.exists() else STATIC / entry("models", model)["weights"]["path"]
    raw = path.read_bytes()
    layers, state = entry("models", like)["architecture"]["layers"], tensors(raw)
    for radius in radii:
        margins = []
        for first in range(0, len(images), TOGETHER):
            part = slice(first, first + TOGETHER)
            low, high = numpy.maximum(images[part] - radius, 0), numpy.minimum(images[part] + radius, 1)
            margins.extend(least_margins(layers, state, low, high, labels[part]))
        verified = "".join("1" if margin > 0 else "0" for margin in margins)
        result = {
            "numpy": numpy.__version__,
            "model": model,
            "weights": hashlib.sha256(raw).hexdigest(),
            "split": "test",
            "count": len(verified),
            "radius": radius,
            "accuracy": verified.count("1") / len(verified),
            "verified": verified,
        }
        out = HERE / "results" / "ibp" / f"{model}-{radius}.json"
        out.parent.mkdir(exist_ok=True)
        out.write_text(json.dumps(result, indent=1) + "\n")
        print(model, radius, result["accuracy"])

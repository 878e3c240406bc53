"""Files of networks as their makers write them, beside the makers' own logits: whether the importer reads them alike.

    python importer.py torch     # PyTorch's ONNX exports and state dicts, scikit-learn's by skl2onnx
    python importer.py keras     # Keras' by tf2onnx, which needs other versions: an environment of its own

`importer/<name>.onnx` or `.pt`, with inputs and logits in `importer/<name>.json`.
Made with torch 2.5.1, onnx 1.16.2, scikit-learn 1.5.2, skl2onnx 1.17.0, numpy 1.26.4; and with tensorflow-cpu 2.15.1,
tf2onnx 1.16.1, onnx 1.15.0, protobuf 3.20.3. All on Python 3.11.
"""

import json
import sys
from collections import OrderedDict
from pathlib import Path

import numpy as np

FOLDER = Path(__file__).resolve().parent / "importer"
COUNT = 3


def inputs(shape):
    return np.random.default_rng(7).random((COUNT, *shape), dtype=np.float32)


def record(name, maker, shape, logits, **more):
    """Pixels are channel, row, column, whatever the network's own order."""
    logits = np.asarray(logits, dtype=np.float32)
    content = {"maker": maker, "input": list(shape), "classes": logits.shape[1]}
    content |= {"pixels": inputs(shape).flatten().tolist(), "logits": logits.flatten().tolist()} | more
    (FOLDER / f"{name}.json").write_text(json.dumps(content) + "\n")
    print(name, logits[0].tolist())


def torch_cases():
    import torch
    from torch import nn
    from torch.nn import functional as F

    maker = f"torch {torch.__version__}"

    def widen(network):
        """Wide weights, so that functions are tried where they bend, and statistics that are not those of the start."""
        for module in network.modules():
            if isinstance(module, (nn.Conv2d, nn.Linear)):
                module.weight.data.mul_(2)
            if isinstance(module, (nn.BatchNorm1d, nn.BatchNorm2d)):
                nn.init.normal_(module.weight), nn.init.normal_(module.bias)
        return network

    def export(name, network, shape, opset, logits=None, given=None, **more):
        network = widen(network)
        for _ in range(5):
            network.train()(torch.rand(16, *(given or shape)))
        network.eval()
        kind = more.pop("kind", torch.float32)
        network.to(kind)
        example = torch.rand(2, *(given or shape), dtype=kind)
        options = {"opset_version": opset, "input_names": ["x"], "output_names": ["y"]} | more
        torch.onnx.export(network, example, FOLDER / f"{name}.onnx", dynamo=False, **options)
        with torch.no_grad():
            pixels = torch.tensor(inputs(shape)).view(COUNT, *(given or shape))
            answer = (logits or network)(pixels.to(kind)).float()
        record(name, f"{maker}, opset {opset}", shape, answer)

    free = {"dynamic_axes": {"x": {0: "n"}}}
    for opset in (13, 17):
        start = (nn.Conv2d(1, 3, 3, padding=1), nn.GELU(), nn.BatchNorm2d(3), nn.MaxPool2d(2))
        ending = (nn.Flatten(), nn.Linear(48, 4), nn.SiLU(), nn.Dropout(), nn.Linear(4, 3))
        network = nn.Sequential(*start, *ending, nn.Softmax(1))
        export(f"torch_sequential_{opset}", network, [1, 8, 8], opset, network[:-1], **free)

    class Classic(nn.Module):
        """Normalises, and finds out the size of its features itself."""

        def __init__(self):
            super().__init__()
            self.conv1, self.conv2 = nn.Conv2d(2, 4, 3, stride=2), nn.Conv2d(4, 4, 3, padding=1, groups=2, dilation=1)
            self.fc = nn.Linear(16, 3)

        def logits(self, x):
            x = (x - torch.tensor([0.2, 0.4]).view(1, 2, 1, 1)) / torch.tensor([0.5, 0.25]).view(1, 2, 1, 1)
            x = F.relu6(self.conv1(x) * 3)
            x = F.avg_pool2d(F.leaky_relu(self.conv2(x), 0.2), 2)
            return self.fc(x.view(x.size(0), -1))

        def forward(self, x):
            return F.log_softmax(self.logits(x), 1)

    network = Classic()
    export("torch_classic", network, [2, 9, 9], 17, network.logits, **free)

    class Block(nn.Module):
        def __init__(self, channels, out, stride):
            super().__init__()
            self.inner = nn.Sequential(
                nn.Conv2d(channels, out, 3, stride=stride, padding=1, bias=False), nn.BatchNorm2d(out), nn.ReLU(),
                nn.Conv2d(out, out, 3, padding=1, bias=False), nn.BatchNorm2d(out),
            )
            plain = channels == out and stride == 1
            self.shortcut = nn.Identity() if plain else nn.Conv2d(channels, out, 1, stride=stride)

        def forward(self, x):
            return F.relu(self.inner(x) + self.shortcut(x))

    network = nn.Sequential(nn.Conv2d(1, 4, 3, padding=1), nn.BatchNorm2d(4), nn.Tanh(), Block(4, 4, 1), Block(4, 6, 2))
    export("torch_residual", nn.Sequential(*network, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(6, 3)), [1, 8, 8], 18)
    network = nn.Sequential(nn.Linear(64, 6), nn.Tanh(), nn.BatchNorm1d(6), nn.Sigmoid(), nn.Linear(6, 3))
    export("torch_flat", network, [1, 8, 8], 13, given=[64], **free)

    class Picture(nn.Module):
        def forward(self, x):
            return x.view(-1, 1, 8, 8)

    network = nn.Sequential(Picture(), nn.Conv2d(1, 2, 3), nn.ReLU(), nn.Flatten(), nn.Linear(72, 3))
    export("torch_unflatten", network, [1, 8, 8], 17, given=[64])
    same = nn.Conv2d(1, 2, (4, 3), padding="same", dilation=(1, 2))
    network = nn.Sequential(same, nn.ReLU(), nn.ZeroPad2d((1, 2, 0, 2)), nn.Conv2d(2, 3, 3), nn.ReLU(), nn.Flatten())
    export("torch_padded", nn.Sequential(*network, nn.Linear(216, 3)), [1, 8, 8], 17)
    for kind in (torch.float64, torch.float16):
        network = nn.Sequential(nn.Flatten(), nn.Linear(64, 5), nn.ReLU(), nn.Linear(5, 3))
        bits = torch.finfo(kind).bits
        # What the rounded weights answer, not what 16 bits make of it on the way.
        exact = lambda x, network=network: network.double()(torch.tensor(inputs([1, 8, 8])).double())
        export(f"torch_{bits}", network, [1, 8, 8], 17, exact, kind=kind)
    typed(maker)
    state_dicts(maker)
    sklearn_cases()


def typed(maker):
    """The numbers of one export in typed fields: 32-bit and 64-bit ones, which PyTorch never writes so."""
    import onnx

    model = onnx.load(FOLDER / "torch_flat.onnx")
    told = json.loads((FOLDER / "torch_flat.json").read_text())
    kinds = [onnx.TensorProto.FLOAT, onnx.TensorProto.DOUBLE]
    for at, tensor in enumerate(model.graph.initializer):
        numbers = onnx.numpy_helper.to_array(tensor)
        kind = kinds[at % len(kinds)]
        tensor.CopyFrom(onnx.helper.make_tensor(tensor.name, kind, numbers.shape, numbers.flatten().tolist()))
    onnx.save(model, FOLDER / "typed.onnx")
    record("typed", f"{maker}, numbers moved by onnx {onnx.__version__}", told["input"], np.reshape(told["logits"], (COUNT, -1)))


def state_dicts(maker):
    import torch
    from torch import nn

    torch.manual_seed(3)
    network = nn.Sequential(
        nn.Conv2d(1, 4, 3, padding=1), nn.BatchNorm2d(4), nn.ReLU(), nn.MaxPool2d(2),
        nn.Conv2d(4, 6, 3, bias=False), nn.ReLU(), nn.Flatten(), nn.Linear(24, 3),
    )
    for _ in range(5):
        network.train()(torch.rand(16, 1, 8, 8))
    network.eval()
    layers = [
        {"conv2d": {"in": 1, "out": 4, "kernel": 3, "padding": 1}}, {"batch_norm2d": {"features": 4}}, "relu",
        {"max_pool2d": {"kernel": 2}}, {"conv2d": {"in": 4, "out": 6, "kernel": 3, "bias": False}}, "relu", "flatten",
        {"linear": {"in": 24, "out": 3}},
    ]
    tensors = network.state_dict()
    flat = torch.cat([value.flatten() for value in tensors.values() if value.is_floating_point()])
    shared, at = OrderedDict(), 0
    for name, value in tensors.items():
        if value.is_floating_point():
            value, at = flat[at:at + value.numel()].view(value.shape), at + value.numel()
        shared[name] = value

    def turned(value):
        """The same numbers, the first axis fastest in memory."""
        return value.permute(*reversed(range(value.dim()))).contiguous().permute(*reversed(range(value.dim())))

    def each(change):
        return {name: change(value) if value.is_floating_point() else value for name, value in tensors.items()}

    files = {
        "state": tensors,
        "double": each(torch.Tensor.double),
        "shared": shared,
        "turned": each(turned),
        "parameters": OrderedDict(network.state_dict(keep_vars=True)),
        "checkpoint": {"epoch": 3, "loss": 0.25, "model_state_dict": tensors, "optimizer": {"state": {}, "groups": [{"lr": 0.1}]}},
    }
    pixels = torch.tensor(inputs([1, 8, 8]))
    with torch.no_grad():
        logits = network(pixels)
    source = "nn.Sequential(\n" + "".join(f"    nn.{module},\n" for module in network) + ")\n"
    more = {"layers": layers, "printed": str(network), "source": source}
    for name, content in files.items():
        torch.save(content, FOLDER / f"pt_{name}.pt")
        record(f"pt_{name}", maker, [1, 8, 8], logits, **more)
    torch.save(tensors, FOLDER / "pt_protocol4.pt", pickle_protocol=4)
    record("pt_protocol4", maker, [1, 8, 8], logits, **more)
    for kind in (torch.float16, torch.bfloat16):
        name = f"pt_{str(kind).split('.')[1]}"
        torch.save(each(lambda value: value.to(kind)), FOLDER / f"{name}.pt")
        network.load_state_dict(each(lambda value: value.to(kind).float()))
        with torch.no_grad():
            record(name, maker, [1, 8, 8], network(pixels), **more)

    class Malicious:
        def __reduce__(self):
            import os

            return os.system, ("touch /tmp/pickle-was-run",)

    refused = {"whole": network, "integers": {"weight": torch.arange(4)}, "list": [torch.zeros(2)]}
    for name, content in refused.items():
        torch.save(content, FOLDER / f"refused_{name}.pt")
    torch.save({"weight": torch.zeros(2), "more": Malicious()}, FOLDER / "refused_call.pt")
    torch.save({"weight": torch.zeros(2)}, FOLDER / "refused_old.pt", _use_new_zipfile_serialization=False)
    torch.jit.save(torch.jit.script(nn.Sequential(nn.Flatten(), nn.Linear(4, 2))), FOLDER / "refused_script.pt")


def sklearn_cases():
    import sklearn
    import skl2onnx
    from sklearn.neural_network import MLPClassifier
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    maker = f"scikit-learn {sklearn.__version__}, skl2onnx {skl2onnx.__version__}"
    random = np.random.default_rng(5)
    rows = random.random((120, 64), dtype=np.float32)
    pixels = inputs([1, 8, 8]).reshape(COUNT, 64)
    for name, classes, scaled, activation in [
        ("classes", 3, False, "relu"), ("binary", 2, False, "tanh"), ("scaled", 3, True, "logistic"),
    ]:
        network = MLPClassifier((6,), max_iter=40, random_state=1, activation=activation)
        scaler = StandardScaler()
        model = make_pipeline(scaler, network) if scaled else network
        model.fit(rows, np.floor(rows[:, :8].sum(1) * 7).astype(int) % classes)
        options = {id(model): {"zipmap": False}} if name == "binary" else None
        file = skl2onnx.to_onnx(model, rows[:1], target_opset=17, options=options)
        (FOLDER / f"sklearn_{name}.onnx").write_bytes(file.SerializeToString())
        value = scaler.transform(pixels) if scaled else pixels
        bend = {"relu": lambda x: np.maximum(x, 0), "tanh": np.tanh, "logistic": lambda x: 1 / (1 + np.exp(-x))}[activation]
        (first, last), (bias, end) = network.coefs_, network.intercepts_
        logits = bend(value @ first + bias) @ last + end
        if classes == 2:
            logits = np.hstack([-logits / 2, logits / 2])
        apart = np.exp(logits) / np.exp(logits).sum(1, keepdims=True) - model.predict_proba(pixels)
        assert np.abs(apart).max() < 1e-5, apart
        record(f"sklearn_{name}", maker, [1, 8, 8], logits)


def keras_cases():
    import tensorflow as tf
    import tf2onnx
    from tensorflow.keras import layers as L

    tf.keras.utils.set_random_seed(2)
    maker = f"tensorflow {tf.__version__}, tf2onnx {tf2onnx.__version__}"

    def export(name, first, last, shape, opset, answer=lambda logits: logits):
        """`shape` is channel, row, column; the model's input is row, column, channel."""
        logits = tf.keras.Model(first, last[0])
        model = tf.keras.Model(first, last[-1])
        for layer in model.layers:
            if isinstance(layer, L.BatchNormalization):
                layer.set_weights([np.random.default_rng(4).random(part.shape) + 0.5 for part in layer.get_weights()])
            elif getattr(layer, "bias", None) is not None:
                layer.bias.assign(np.random.default_rng(6).normal(size=layer.bias.shape))
        tf2onnx.convert.from_keras(model, opset=opset, output_path=str(FOLDER / f"{name}.onnx"))
        pixels = inputs(shape).transpose(0, 2, 3, 1).reshape(COUNT, *first.shape[1:])
        record(name, f"{maker}, opset {opset}", shape, answer(logits.predict(pixels, verbose=0)))

    x = first = L.Input((8, 8, 2))
    x = L.Rescaling(2.0, -1.0)(x)
    x = L.Conv2D(3, 3, padding="same", activation="relu")(x)
    x = L.MaxPooling2D(2)(L.BatchNormalization()(x))
    x = L.Conv2D(4, 3, strides=2, padding="same", activation="swish")(x)
    x = L.Dense(5, activation="gelu")(L.Flatten()(x))
    logits = L.Dense(3)(L.Dropout(0.5)(x))
    export("keras_cnn", first, [logits, L.Softmax()(logits)], [2, 8, 8], 17)
    x = first = L.Input((8, 8, 3))
    x = L.Conv2D(3, 3, activation=tf.nn.relu6)(x)
    x = L.LeakyReLU(0.2)(L.DepthwiseConv2D(3, padding="same")(x))
    x = L.GlobalAveragePooling2D()(L.AveragePooling2D(2)(x))
    export("keras_pools", first, [L.Dense(3)(x)], [3, 8, 8], 13)
    x = first = L.Input((8, 8))
    x = L.BatchNormalization()(L.Dense(5, activation="relu")(L.Flatten()(x)))
    logits = L.Dense(1)(x)
    two = lambda logits: np.hstack([-logits / 2, logits / 2])
    export("keras_binary", first, [logits, tf.keras.layers.Activation("sigmoid")(logits)], [1, 8, 8], 13, two)
    x = first = L.Input((8, 8, 2))
    x = L.Conv2D(4, 3, padding="same", activation="relu")(x)
    y = L.Conv2D(4, 3, padding="same")(L.BatchNormalization()(x))
    x = L.ReLU()(L.Add()([x, y]))
    y = L.Conv2D(6, 1, strides=2)(x)
    x = L.Conv2D(6, 3, strides=2, padding="same", activation="tanh")(x)
    x = L.Add()([x, y])
    export("keras_residual", first, [L.Dense(3)(L.Flatten()(x))], [2, 8, 8], 18)


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    if sys.argv[1:] == ["keras"]:
        keras_cases()
    else:
        import torch

        torch.manual_seed(1)
        torch.set_num_threads(1)
        torch_cases()

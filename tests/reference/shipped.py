"""The weights and test pictures that the page ships, as PyTorch sees them."""

import gzip
import json
from functools import lru_cache
from pathlib import Path

import numpy
import torch
from safetensors.numpy import load
from torch import nn

HERE = Path(__file__).resolve().parent
STATIC = Path(__file__).resolve().parents[2] / "static"
MANIFEST = json.loads((STATIC / "manifest.json").read_text())
NATURAL, ROBUST, MLP = "mnist-cnn", "mnist-cnn-robust", "mnist-mlp"
CLOTHES, ROBUST_CLOTHES = "fashion-cnn", "fashion-cnn-robust"
# The robust network as it ships, where `ROBUST` is the one that is kept in `weights`.
LATEST = "mnist-cnn-robust-shipped"


def layer(description):
    """One layer of a manifest's architecture."""
    if description == "relu":
        return nn.ReLU()
    if description == "flatten":
        return nn.Flatten()
    ((kind, shape),) = description.items()
    if kind == "conv2d":
        return nn.Conv2d(shape["in"], shape["out"], shape["kernel"], shape["stride"], shape["padding"])
    if kind == "linear":
        return nn.Linear(shape["in"], shape["out"])
    raise ValueError(f"no layer is called {kind}")


def entry(model):
    """A model's entry in the manifest."""
    own = ROBUST if model == LATEST else model
    return next(found for found in MANIFEST["models"] if found["id"] == own)


def file(model):
    """A model's weights: those kept beside the results, or the shipped ones."""
    kept = HERE / "weights" / f"{model}.safetensors"
    return kept if kept.exists() else STATIC / entry(model)["weights"]["path"]


@lru_cache
def network(model):
    """The network in evaluation mode, its weights widened from half to single precision and frozen."""
    found = entry(model)
    weights = file(model).read_bytes()
    net = nn.Sequential(*map(layer, found["architecture"]["layers"]))
    state = {name: torch.from_numpy(tensor.astype(numpy.float32)) for name, tensor in load(weights).items()}
    net.load_state_dict(state, strict=True)
    return net.eval().requires_grad_(False)


def idx(path):
    """A gzipped IDX file of bytes."""
    data = gzip.decompress((STATIC / path).read_bytes())
    shape = numpy.frombuffer(data, ">u4", data[3], 4)
    return numpy.frombuffer(data, numpy.uint8, offset=4 + 4 * data[3]).reshape(shape)


def images(count, data="mnist"):
    """The first `count` of a test split: pixels [count, 1, 28, 28] in [0, 1], labels [count]."""
    (dataset,) = (found for found in MANIFEST["datasets"] if found["id"] == data)
    shards = [shard for shard in dataset["test"] if shard["first"] < count]
    pixels = numpy.concatenate([idx(shard["images"]["path"]) for shard in shards])[:count]
    labels = numpy.concatenate([idx(shard["labels"]["path"]) for shard in shards])[:count]
    return torch.from_numpy(pixels.astype(numpy.float32) / 255)[:, None], torch.from_numpy(labels.astype(numpy.int64))


@torch.no_grad()
def answers(model, pixels):
    """The class that the model names for each picture."""
    return network(model)(pixels).argmax(1)

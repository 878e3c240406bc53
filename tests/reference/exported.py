"""What ships, as NumPy reads it: the manifest, a model's file, and pictures of MNIST."""

import gzip
import json
from pathlib import Path

import numpy

HERE = Path(__file__).resolve().parent
STATIC = HERE.parents[1] / "static"
MANIFEST = json.loads((STATIC / "manifest.json").read_text())


def entry(kind, name):
    return next(found for found in MANIFEST[kind] if found["id"] == name)


def tensors(raw):
    """A safetensors file's tensors, in double precision."""
    length = int.from_bytes(raw[:8], "little")
    head = json.loads(raw[8 : 8 + length])
    body = raw[8 + length :]
    kinds = {"F16": numpy.float16, "F32": numpy.float32}
    read = lambda at: numpy.frombuffer(body[slice(*at["data_offsets"])], kinds[at["dtype"]]).reshape(at["shape"])
    return {name: read(at).astype(numpy.float64) for name, at in head.items() if name != "__metadata__"}


def idx(path):
    raw = gzip.decompress((STATIC / path).read_bytes())
    sides = [int.from_bytes(raw[4 + 4 * side : 8 + 4 * side], "big") for side in range(raw[3])]
    return numpy.frombuffer(raw, numpy.uint8, offset=4 + 4 * len(sides)).reshape(sides)


def pictures(split, count):
    shards = [shard for shard in entry("datasets", "mnist")[split] if shard["first"] < count]
    images = numpy.concatenate([idx(shard["images"]["path"]) for shard in shards])[:count]
    labels = numpy.concatenate([idx(shard["labels"]["path"]) for shard in shards])[:count]
    return images.reshape(-1, 1, 28, 28) / 255.0, labels.astype(int)

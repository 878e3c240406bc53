"""Logits: whether our engine reads the weights as PyTorch does, and whether what the page exports is the model.

The shipped models come as the page exports them, a file and the source beside it, which a Rust test writes:
`FOOLPROOF_EXPORT=<folder> cargo test -p foolproof-tests --test native what_pytorch_ran`; the same variable here.
"""

import hashlib
import json
import os
import time
from contextlib import chdir
from pathlib import Path

import torch
from safetensors import safe_open

import shipped
import store

COUNT = 1000
EXPORTED = (shipped.NATURAL, shipped.LATEST, shipped.MLP, shipped.CLOTHES, shipped.ROBUST_CLOTHES)


def exported(model):
    """The network as the page's own source builds it from the page's file, and what tells both."""
    name = shipped.entry(model)["id"]
    with chdir(Path(os.environ["FOOLPROOF_EXPORT"])):
        source, whole = Path(f"{name}.py").read_text(), Path(f"{name}.safetensors").read_bytes()
        scope = {}
        exec(source, scope)
        with safe_open(f"{name}.safetensors", "pt") as file:
            metadata = file.metadata()
    # The card's figures are no part of the network.
    json.loads(metadata.pop("card"))
    header = 8 + int.from_bytes(whole[:8], "little")
    tensors = hashlib.sha256(whole[header:]).hexdigest()
    return scope["model"], {"snippet": source, "metadata": dict(sorted(metadata.items())), "tensors": tensors}


def make(model, network, told):
    pixels, labels = shipped.images(COUNT, shipped.entry(model)["data"])
    start = time.perf_counter()
    with torch.no_grad():
        logits = network(pixels)
    record = store.head(model, COUNT, "torch", "Sequential", {}, time.perf_counter() - start) | told
    record["summary"] = {"right": int((logits.argmax(1) == labels).sum())}
    store.packed(store.RESULTS / model / "logits.f32.gz", logits.numpy().astype("<f4"))
    store.write(model, "logits", record)


JOBS = {f"{model}/logits": lambda model=model: make(model, *exported(model)) for model in EXPORTED}
JOBS[f"{shipped.ROBUST}/logits"] = lambda: make(shipped.ROBUST, shipped.network(shipped.ROBUST), {})

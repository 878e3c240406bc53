"""Logits of the shipped models: whether our engine reads the weights as PyTorch does."""

import time

import torch

import shipped
import store

COUNTS = {shipped.LATEST: 1000, shipped.ROBUST: 1000, shipped.NATURAL: 200, shipped.MLP: 200}


def make(model, count):
    pixels, labels = shipped.images(count)
    start = time.perf_counter()
    with torch.no_grad():
        logits = shipped.network(model)(pixels)
    record = store.head(model, count, "torch", "Sequential", {}, time.perf_counter() - start)
    record["summary"] = {"right": int((logits.argmax(1) == labels).sum())}
    store.packed(store.RESULTS / model / "logits.f32.gz", logits.numpy().astype("<f4"))
    store.write(model, "logits", record)


JOBS = {f"{model}/logits": lambda model=model, count=count: make(model, count) for model, count in COUNTS.items()}

"""Results as files: `results/<model>/<name>.json`, beside it pixels where they are kept. README.md has the format."""

import gzip
import hashlib
import json
import platform
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import numpy
import torch

import shipped

RESULTS = Path(__file__).resolve().parent / "results"
# AutoAttack has no release: its commit.
COMMIT = "a39220048b3c9f2cca9a4d3a54604793c68eca7e"
# Differences below this are rounding, not changed pixels.
CHANGED = 1e-6


def release(library):
    """The version that was installed."""
    try:
        return version(library)
    except PackageNotFoundError:
        return COMMIT


def packed(path, values):
    """Writes an array's bytes, little-endian and gzipped without a time stamp."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(gzip.compress(values.tobytes(), 9, mtime=0))


def rounded(value):
    """Seven digits: what single precision holds."""
    return float(f"{float(value):.7g}")


def distances(difference):
    """l0, l1, l2 and linf of one image's perturbation."""
    flat = difference.flatten().double().abs()
    return {
        "l0": int((flat > CHANGED).sum()),
        "l1": rounded(flat.sum()),
        "l2": rounded(flat.square().sum().sqrt()),
        "linf": rounded(flat.max()),
    }


def rows(model, pixels, labels, adversarial, targets=None):
    """One an image. One that was wrong to begin with is never a success; a targeted one has to reach its target."""
    clean, found = shipped.answers(model, pixels), shipped.answers(model, adversarial)
    done = (clean == labels) & ((found != labels) if targets is None else (found == targets))
    table = []
    for at in range(len(labels)):
        row = {"label": int(labels[at]), "clean": int(clean[at]), "adversarial": int(found[at])}
        if targets is not None:
            row["target"] = int(targets[at])
        table.append(row | {"success": bool(done[at])} | distances(adversarial[at] - pixels[at]))
    return table


def summary(table):
    """Successes among the images that were right to begin with, and the distances of those."""
    tried = [row for row in table if row["label"] == row["clean"]]
    wins = [row for row in tried if row["success"]]
    result = {"right": len(tried), "successes": len(wins)}
    for norm in ("l0", "l1", "l2", "linf"):
        values = [row[norm] for row in wins]
        result[norm] = (
            {"mean": rounded(numpy.mean(values)), "median": rounded(numpy.median(values))} if values else None
        )
    return result


def head(model, count, library, function, arguments, seconds, seed=None, note=None):
    """What was run on what."""
    return {
        "model": model,
        "weights": hashlib.sha256(shipped.file(model).read_bytes()).hexdigest(),
        "dataset": shipped.entry(model)["data"],
        "split": "test",
        "first": 0,
        "count": count,
        "library": library,
        "version": release(library),
        "function": function,
        "arguments": arguments,
        "seed": seed,
        "seconds": round(seconds, 1),
        "python": platform.python_version(),
        "torch": torch.__version__,
        "note": note,
    }


def write(model, name, record, table=None):
    """Writes a record; a table goes last, an image a line."""
    path = RESULTS / model / f"{name}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    text = json.dumps(record, indent=1)
    if table is not None:
        lines = ",\n".join(json.dumps(row, separators=(",", ":")) for row in table)
        text = f'{text[:-2]},\n "images": [\n{lines}\n]}}'
    path.write_text(text + "\n")
    print(model, name, json.dumps(record.get("summary")), f"{record['seconds']} s", flush=True)


def pixels(model, name, adversarial):
    """Keeps pictures as 16-bit shares of 1."""
    shares = (adversarial.numpy().clip(0, 1) * 65535).round().astype("<u2")
    packed(RESULTS / model / f"{name}.u16.gz", shares)

"""Detectors of adversarial inputs by NumPy, SciPy and scikit-learn: from a model's file and its training pictures alone, what
each says of test pictures, clean and changed.

Writes `results/detectors/<model>.json`, which `tests/native/reference_detectors.rs` reads. Made with Python 3.11, NumPy 2.4.6,
SciPy 1.17.1 and scikit-learn 1.9.1: `pip install numpy scipy scikit-learn && python detectors.py`. In double precision, from
the weights as they are in the file (16 bits). Nothing is drawn at random: pictures are changed by formulas that another
program can repeat.
"""

import hashlib
import json
from math import ceil, sqrt

import numpy
import scipy
import sklearn
from scipy.ndimage import median_filter
from scipy.special import logsumexp, softmax
from scipy.stats import norm
from sklearn.covariance import EmpiricalCovariance
from sklearn.metrics import roc_auc_score
from sklearn.neighbors import NearestNeighbors

from exported import HERE, STATIC, entry, pictures, tensors

MODEL = "mnist-cnn"
# Training pictures: the first half says what is usual, thresholds are set on the other half.
REFERENCES = 1000
HALF = REFERENCES // 2
# Test pictures that are looked at.
COUNT = 100
# Share of clean pictures that a detector may flag; single precision, as the page keeps it.
FPR = numpy.float32(0.05)
# What Lee et al.'s covariance is shrunk by toward the mean spread in every direction.
SHRUNK = 0.1
NEAREST = 5
# Z of a two-sided 95 % interval.
Z = norm.ppf(0.975)


class Network:
    """A chain of convolutions and linear layers."""

    def __init__(self):
        found = entry("models", MODEL)
        raw = (STATIC / found["weights"]["path"]).read_bytes()
        self.digest = hashlib.sha256(raw).hexdigest()
        self.layers, self.state = found["architecture"]["layers"], tensors(raw)

    def run(self, x):
        """What the last linear layer takes, and the logits."""
        for at, layer in enumerate(self.layers):
            before = x
            if layer == "relu":
                x = numpy.maximum(x, 0)
            elif layer == "flatten":
                x = x.reshape(len(x), -1)
            else:
                ((kind, size),) = layer.items()
                weight, bias = self.state[f"{at}.weight"], self.state[f"{at}.bias"]
                x = x @ weight.T + bias if kind == "linear" else convolved(x, size, weight) + bias[:, None, None]
        return before, x

    def features(self, x):
        return self.run(x)[0]

    def logits(self, x):
        return self.run(x)[1]


def convolved(x, size, weight):
    around = size["padding"]
    x = numpy.pad(x, ((0, 0), (0, 0), (around, around), (around, around)))
    view = numpy.lib.stride_tricks.sliding_window_view(x, (size["kernel"], size["kernel"]), axis=(2, 3))
    view = view[:, :, :: size["stride"], :: size["stride"]]
    return numpy.einsum("nchwij,ocij->nohw", view, weight, optimize=True)


# Detectors: each takes the network with the features and classes of usual pictures, and gives a function from pictures to
# scores.


def squeeze(bits, size):
    """Xu et al. 2018: the largest L1 distance of the answer from that on a squeezed picture."""
    steps = 2**bits - 1
    squeezers = [
        lambda x: numpy.rint(x * steps) / steps,
        lambda x: median_filter(x, size=(1, 1, size, size), mode="reflect"),
    ]

    def fit(network, features, labels):
        shares = lambda x: softmax(network.logits(x), axis=1)
        return lambda x: numpy.max([abs(shares(x) - shares(by(x))).sum(axis=1) for by in squeezers], axis=0)

    return fit


def mahalanobis(network, features, labels):
    """Lee et al. 2018, on what the last layer takes; features that never move have no spread, so that it is shrunk."""
    means = numpy.array([features[labels == label].mean(axis=0) for label in numpy.unique(labels)])
    centred = features - means[numpy.unique(labels, return_inverse=True)[1]]
    spread = EmpiricalCovariance(assume_centered=True).fit(centred).covariance_
    spread += SHRUNK * numpy.trace(spread) / len(spread) * numpy.eye(len(spread))
    inverse = numpy.linalg.inv(spread)

    def score(x):
        away = network.features(x)[:, None] - means
        return numpy.einsum("ncf,fg,ncg->nc", away, inverse, away, optimize=True).min(axis=1)

    return score


def unit(rows):
    return rows / numpy.linalg.norm(rows, axis=1, keepdims=True)


def neighbour(network, features, labels):
    """Sun et al. 2022."""
    known = NearestNeighbors(n_neighbors=NEAREST, algorithm="brute").fit(unit(features))
    return lambda x: known.kneighbors(unit(network.features(x)))[0][:, -1]


def energy(network, features, labels):
    """Liu et al. 2020, at a temperature of 1."""
    return lambda x: -logsumexp(network.logits(x), axis=1)


def confidence(network, features, labels):
    """Hendrycks and Gimpel 2017: one less the largest share, as the sum of all others."""
    return lambda x: numpy.sort(softmax(network.logits(x), axis=1), axis=1)[:, :-1].sum(axis=1)


DETECTORS = {
    "squeeze:bits:1:median:2": squeeze(1, 2),
    "squeeze:bits:3:median:3": squeeze(3, 3),
    "mahalanobis": mahalanobis,
    "neighbour": neighbour,
    "energy": energy,
    "confidence": confidence,
}


# Changes.


def grain(x, eps):
    """Up or down by eps, as a sine has it. No n/255 so moved lies where the rounding to 1 or 3 bits turns."""
    picture, pixel = numpy.arange(len(x))[:, None], numpy.arange(28 * 28)
    wave = numpy.sin(1.7 * pixel + 0.9 * picture + 0.5)
    assert abs(wave).min() > 1e-5
    return numpy.clip(x + eps * numpy.sign(wave).reshape(x.shape), 0, 1)


CHANGES = {
    "grain-0.25": lambda x: grain(x, 0.25),
    "grain-0.0625": lambda x: grain(x, 0.0625),
    # Rows for columns: other figures, without a trace on any one pixel.
    "transposed": lambda x: x.swapaxes(2, 3),
}


def area(clean, changed):
    """The area under the ROC curve with its interval by DeLong et al. 1988, from the placements of every score."""
    above = (changed[:, None] > clean) + 0.5 * (changed[:, None] == clean)
    value = roc_auc_score([0] * len(clean) + [1] * len(changed), numpy.concatenate([clean, changed]))
    assert abs(value - above.mean()) < 1e-12
    of_changed, of_clean = above.mean(axis=1), above.mean(axis=0)
    half = Z * sqrt(of_changed.var(ddof=1) / len(changed) + of_clean.var(ddof=1) / len(clean))
    return {"value": float(value), "low": max(float(value - half), 0.0), "high": min(float(value + half), 1.0)}


def rounded(values):
    return [float(f"{value:.6g}") for value in values]


def main():
    network = Network()
    usual, labels = pictures("train", REFERENCES)
    clean, truth = pictures("test", COUNT)
    shown = {"clean": clean} | {name: change(clean) for name, change in CHANGES.items()}
    right = {name: int((network.logits(x).argmax(axis=1) == truth).sum()) for name, x in shown.items()}
    # Ranks of sorted scores, the last that the share of them does not exceed.
    place = ceil(float(numpy.float32(1) - FPR) * (REFERENCES - HALF)) - 1
    detectors = {}
    for name, fit in DETECTORS.items():
        score = fit(network, network.features(usual[:HALF]), labels[:HALF])
        threshold = float(numpy.sort(score(usual[HALF:]))[place])
        scores = {kind: score(x) for kind, x in shown.items()}
        detectors[name] = {
            "threshold": rounded([threshold])[0],
            "scores": {kind: rounded(found) for kind, found in scores.items()},
            "areas": {kind: area(scores["clean"], scores[kind]) for kind in CHANGES},
        }
        flagged = {kind: int((found > threshold).sum()) for kind, found in scores.items()}
        print(name, threshold, flagged, {kind: found for kind, found in detectors[name]["areas"].items()})
    result = {
        "numpy": numpy.__version__,
        "scipy": scipy.__version__,
        "sklearn": sklearn.__version__,
        "model": MODEL,
        "weights": network.digest,
        "references": REFERENCES,
        "fpr": 0.05,
        "count": COUNT,
        "right": right,
        "detectors": detectors,
    }
    out = HERE / "results" / "detectors" / f"{MODEL}.json"
    out.parent.mkdir(exist_ok=True)
    out.write_text(json.dumps(result) + "\n")
    print(right)


main()

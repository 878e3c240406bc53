"""Losses of training methods from their papers' formulas, with slopes by autograd, and PyTorch's own optimisers.

Double precision: what our single precision is held against. `results/training/losses.json` and `optimisers.json`.
"""

import json
import time

import torch
import torch.nn.functional as F

import store

# Trade-off of each loss: TRADES' beta, MART's lambda, the weight of logit pairing.
BETA, LAMBDA, WEIGHT = 6.0, 5.0, 0.5


def trades(clean, attacked, class_):
    """Zhang et al. 2019, equation 5: CE + beta KL(p(clean) || p(attacked))."""
    p = F.softmax(clean, 1)
    apart = (p * (F.log_softmax(clean, 1) - F.log_softmax(attacked, 1))).sum(1)
    return F.cross_entropy(clean, class_, reduction="none") + BETA * apart


def mart(clean, attacked, class_):
    """Wang et al. 2020, equation 11: BCE(attacked) + lambda KL(p(clean) || p(attacked)) (1 - p_y(clean))."""
    p, q = F.softmax(clean, 1), F.softmax(attacked, 1)
    own = q.gather(1, class_[:, None]).squeeze(1)
    rival = q.scatter(1, class_[:, None], -1.0).max(1).values
    apart = (p * (p.log() - q.log())).sum(1)
    unsure = 1 - p.gather(1, class_[:, None]).squeeze(1)
    return -own.log() - (1 - rival).log() + LAMBDA * apart * unsure


def pairing(clean, attacked, class_):
    """Kannan et al. 2018: half the cross-entropies of both, and the mean squared difference of the logits."""
    both = F.cross_entropy(clean, class_, reduction="none") + F.cross_entropy(attacked, class_, reduction="none")
    return 0.5 * both + WEIGHT * (clean - attacked).square().mean(1)


def smoothed(clean, attacked, class_):
    """Label smoothing of .1 on the clean logits."""
    return F.cross_entropy(clean, class_, reduction="none", label_smoothing=0.1) + 0 * attacked.sum(1)


def losses():
    start = time.perf_counter()
    draw = torch.Generator().manual_seed(5)
    clean, attacked = (4 * torch.randn(12, 10, generator=draw, dtype=torch.float64) for _ in range(2))
    class_ = torch.randint(10, (12,), generator=draw)
    record = {"clean": clean.tolist(), "attacked": attacked.tolist(), "class": class_.tolist(), "losses": {}}
    for loss in (trades, mart, pairing, smoothed):
        leaves = [clean.clone().requires_grad_(), attacked.clone().requires_grad_()]
        value = loss(*leaves, class_)
        slopes = torch.autograd.grad(value.sum(), leaves)
        record["losses"][loss.__name__] = {
            "value": value.tolist(),
            "clean": slopes[0].tolist(),
            "attacked": slopes[1].tolist(),
        }
    write("losses", record, start)


def optimisers():
    """Five steps on a quadratic bowl with unequal sides, whose gradient is the side times the weight."""
    start = time.perf_counter()
    sides = torch.tensor([1.0, 3.0, 0.2, 10.0], dtype=torch.float64)
    made = {
        "sgd": lambda weights: torch.optim.SGD(weights, lr=0.05, momentum=0.9, weight_decay=0.1),
        "adam": lambda weights: torch.optim.Adam(weights, lr=0.05, betas=(0.9, 0.98), eps=1e-8, weight_decay=0.1),
        "adamw": lambda weights: torch.optim.AdamW(weights, lr=0.05, betas=(0.9, 0.98), eps=1e-8, weight_decay=0.1),
    }
    record = {"sides": sides.tolist(), "start": [1.0, -2.0, 0.5, 0.3], "weights": {}}
    for name, make in made.items():
        weights = torch.tensor(record["start"], dtype=torch.float64, requires_grad=True)
        optimiser = make([weights])
        record["weights"][name] = []
        for _ in range(5):
            optimiser.zero_grad()
            (0.5 * sides * weights.square()).sum().backward()
            optimiser.step()
            record["weights"][name].append(weights.tolist())
    write("optimisers", record, start)


def write(name, record, start):
    path = store.RESULTS / "training" / f"{name}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    head = {"library": "torch", "version": torch.__version__, "seconds": round(time.perf_counter() - start, 1)}
    path.write_text(json.dumps(head | record, indent=None, separators=(", ", ": ")) + "\n")
    print("training", name, flush=True)


JOBS = {"training/losses": losses, "training/optimisers": optimisers}

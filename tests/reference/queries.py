"""Attacks that only ask: how many questions they need."""

import time
from functools import partial

import foolbox
import numpy
import torch
import torchattacks
from autoattack.square import SquareAttack
from foolbox.attacks import LinfProjectedGradientDescentAttack
from foolbox.gradient_estimators import es_gradient_estimator

import shipped
import store
from radius import SEED, outcome

WINDOWS = (
    "One square's place and size serve the whole batch. The count begins at 1 for the first stripes and stops at the "
    "query that succeeds; 5001 where none does. No square touches the last row or column: the draw leaves out "
    "the highest offset. The schedule is that of 10000 queries, cut off; torchattacks' default squeezes it into 5000."
)
BATCH_SUM = (
    "Foolbox's estimator weighs each direction with the loss summed over the batch, which mixes images up: here one "
    "image a batch, so that the estimate is its own. The sign forgets its wrong factor (2 sigma 2 samples)."
)
SHARED = "Each direction serves all images of the batch; every image's loss differences are its own. Last iterate."


def square(model, name, count, norm, eps):
    images, labels = shipped.images(count)
    right = shipped.answers(model, images) == labels
    arguments = {"norm": norm, "eps": eps, "n_queries": 5000, "p_init": 0.8, "loss": "margin", "resc_schedule": False}
    attack = SquareAttack(shipped.network(model), n_restarts=1, seed=SEED, device="cpu", **arguments)
    attack.init_hyperparam(images)
    torch.manual_seed(SEED)
    start = time.perf_counter()
    with torch.no_grad():
        asked, moved = attack.attack_single_run(images[right].clone(), labels[right].clone())
    seconds = time.perf_counter() - start
    found = images.clone()
    found[right] = moved
    record = store.head(model, count, "autoattack", "SquareAttack.attack_single_run", arguments, seconds, SEED, WINDOWS)
    outcome(record, model, images, labels, found, norm.lower())
    counts = [None] * count
    for at, number in zip(right.nonzero().flatten().tolist(), asked.tolist()):
        counts[at] = int(number)
    wins = [number for number, bit in zip(counts, record["robust"]) if number is not None and bit == "0"]
    record["summary"]["queries"] = (
        {"mean": round(float(numpy.mean(wins)), 2), "median": float(numpy.median(wins))} if wins else None
    )
    record["queries"] = counts
    store.write(model, name, record)


def spsa(model, name, count, eps, rounds):
    images, labels = shipped.images(count)
    arguments = {"eps": eps, "delta": 0.01, "lr": 0.01, "nb_iter": rounds, "nb_sample": 128, "max_batch_size": 64}
    torch.manual_seed(SEED)
    start = time.perf_counter()
    found = torchattacks.SPSA(shipped.network(model), **arguments)(images, labels)
    record = store.head(model, count, "torchattacks", "SPSA", arguments, time.perf_counter() - start, SEED, SHARED)
    outcome(record, model, images, labels, found.detach(), "linf")
    record["summary"]["queries"] = rounds * 128 * 2
    store.write(model, name, record)


def nes(model, name, count, eps, steps):
    images, labels = shipped.images(count)
    bounded = foolbox.PyTorchModel(shipped.network(model), bounds=(0, 1), device="cpu")
    estimator = {"samples": 128, "sigma": 0.01, "clip": False}
    walk = {"abs_stepsize": 0.01, "steps": steps, "random_start": False}
    attack = es_gradient_estimator(LinfProjectedGradientDescentAttack, bounds=(0, 1), **estimator)(**walk)
    torch.manual_seed(SEED)
    start = time.perf_counter()
    with torch.no_grad():
        found = torch.cat(
            [attack(bounded, images[at : at + 1], labels[at : at + 1], epsilons=eps)[0] for at in range(count)]
        )
    arguments = estimator | walk | {"epsilons": eps}
    seconds = time.perf_counter() - start
    record = store.head(
        model,
        count,
        "foolbox",
        "es_gradient_estimator(LinfProjectedGradientDescentAttack)",
        arguments,
        seconds,
        SEED,
        BATCH_SUM,
    )
    outcome(record, model, images, labels, found, "linf")
    record["summary"]["queries"] = steps * 129
    store.write(model, name, record)


JOBS = {}
for model in (shipped.NATURAL, shipped.ROBUST):
    JOBS[f"{model}/square-l2-2"] = partial(square, model, "square-l2-2", 100, "L2", 2.0)
    JOBS[f"{model}/spsa-linf-0.3"] = partial(spsa, model, "spsa-linf-0.3", 50, 0.3, 40)
JOBS[f"{shipped.NATURAL}/nes-linf-0.3"] = partial(nes, shipped.NATURAL, "nes-linf-0.3", 50, 0.3, 40)
for eps in (0.1, 0.2, 0.3):
    name = f"square-queries-linf-{eps}"
    JOBS[f"{shipped.NATURAL}/{name}"] = partial(square, shipped.NATURAL, name, 100, "Linf", eps)

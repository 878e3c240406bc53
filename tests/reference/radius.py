"""Attacks of a fixed radius that draw: which images stay right, by AutoAttack's own code."""

import time
from functools import partial

import torch
from autoattack import AutoAttack
from autoattack.autopgd_base import APGDAttack

import shipped
import store

SEED = 0
STANDARD = ["apgd-ce", "apgd-t", "fab-t", "square"]
SINGLE = ["apgd-ce", "apgd-dlr", "apgd-t", "fab-t", "square"]
ONE_BATCH = "All images in one batch; the draws depend on that."


def bits(flags):
    """One character an image."""
    return "".join("1" if flag else "0" for flag in flags)


def outcome(record, model, images, labels, found, norm):
    """Which images stay right, and how far the others went."""
    robust = (shipped.answers(model, images) == labels) & (shipped.answers(model, found) == labels)
    away = [store.distances(difference)[norm] for difference in (found - images)[~robust]]
    record["summary"] = {
        "right": int((shipped.answers(model, images) == labels).sum()),
        "robust": int(robust.sum()),
        "accuracy": int(robust.sum()) / len(labels),
        "farthest": max(away, default=None),
    }
    record["robust"] = bits(robust)


def suite(model, name, count, norm, eps, chosen, seed=SEED):
    """AutoAttack's standard settings, cut down to the chosen attacks."""
    images, labels = shipped.images(count)
    whole = AutoAttack(shipped.network(model), norm, eps, seed, verbose=True, version="standard", device="cpu")
    whole.attacks_to_run = chosen
    lines = []
    whole.logger.log = lines.append
    start = time.perf_counter()
    found = whole.run_standard_evaluation(images, labels, bs=count)
    seconds = time.perf_counter() - start
    arguments = {"norm": norm, "eps": eps, "version": "standard", "attacks_to_run": chosen, "bs": count}
    record = store.head(model, count, "autoattack", "AutoAttack", arguments, seconds, seed, ONE_BATCH)
    outcome(record, model, images, labels, found, norm.lower())
    record["log"] = [line for line in lines if "after" in line or "Warning" in line]
    store.write(model, name, record)


def apgd(model, name, count, norm, eps, loss, seed=SEED, large=False, restarts=1):
    """One APGD of 100 iterations."""
    images, labels = shipped.images(count)
    arguments = {
        "norm": norm,
        "eps": eps,
        "loss": loss,
        "n_iter": 100,
        "n_restarts": restarts,
        "rho": 0.75,
        "use_largereps": large,
    }
    attack = APGDAttack(shipped.network(model), seed=seed, device="cpu", **arguments)
    attack.use_largereps = large
    start = time.perf_counter()
    found = attack.perturb(images, labels)
    record = store.head(
        model, count, "autoattack", "APGDAttack", arguments, time.perf_counter() - start, seed, ONE_BATCH
    )
    outcome(record, model, images, labels, found, norm.lower())
    store.write(model, name, record)


JOBS = {}
for eps in (0.3, 0.2):
    for label, chosen in [(name, [name]) for name in SINGLE] + [("autoattack", STANDARD)]:
        name = f"{label}-linf-{eps}"
        JOBS[f"{shipped.ROBUST}/{name}"] = partial(suite, shipped.ROBUST, name, 500, "Linf", eps, chosen)
name = "autoattack-linf-0.3"
JOBS[f"{shipped.LATEST}/{name}"] = partial(suite, shipped.LATEST, name, 500, "Linf", 0.3, STANDARD)
# Radii at which some pictures fall and some stand.
for model, l2, l1 in ((shipped.NATURAL, 1, 5), (shipped.ROBUST, 2, 10), (shipped.LATEST, 2, 10)):
    for norm, eps in (("L2", l2), ("L1", l1)):
        for label, chosen in (("apgd-t", ["apgd-t"]), ("fab-t", ["fab-t"]), ("autoattack", STANDARD)):
            name = f"{label}-{norm.lower()}-{eps}"
            JOBS[f"{model}/{name}"] = partial(suite, model, name, 100, norm, float(eps), chosen)
    # Much hangs on the start in L1: several draws are compared there.
    for seed in (1, 2):
        name = f"apgd-t-l1-{l1}-seed-{seed}"
        JOBS[f"{model}/{name}"] = partial(suite, model, name, 100, "L1", float(l1), ["apgd-t"], seed)
for seed in (1, 2):
    for loss in ("ce", "dlr"):
        name = f"apgd-{loss}-linf-0.3-seed-{seed}"
        JOBS[f"{shipped.ROBUST}/{name}"] = partial(apgd, shipped.ROBUST, name, 500, "Linf", 0.3, loss, seed)
name = "apgd-ce-linf-0.3-restarts-10"
JOBS[f"{shipped.ROBUST}/{name}"] = partial(apgd, shipped.ROBUST, name, 500, "Linf", 0.3, "ce", SEED, False, 10)
for model, l2, l1 in ((shipped.NATURAL, 2.0, 10.0), (shipped.ROBUST, 2.0, 10.0)):
    for loss in ("ce", "dlr"):
        JOBS[f"{model}/apgd-{loss}-l2-2"] = partial(apgd, model, f"apgd-{loss}-l2-2", 100, "L2", l2, loss)
        JOBS[f"{model}/apgd-{loss}-l1-10"] = partial(apgd, model, f"apgd-{loss}-l1-10", 100, "L1", l1, loss)
    JOBS[f"{model}/apgd-ce-l1-10-large"] = partial(apgd, model, "apgd-ce-l1-10-large", 100, "L1", l1, "ce", SEED, True)

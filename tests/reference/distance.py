"""Attacks that look for the smallest perturbation: how far each image had to go. Pixels are not kept."""

import time
from functools import partial

import foolbox
import torch
import torchattacks
from autoattack.fab_pt import FABAttack_PT
from foolbox import attacks

import shipped
import store

SEED = 0
# The radius beyond which FAB would call a find a failure: none.
ANY = 1e4
LINE = {"linf": "Linf", "l2": "L2", "l1": "L1"}
BATCH_STOP = "abort_early looks at the loss of the whole batch: an image's result depends on its neighbours."
NO_STOP = "abort_early is off, so that an image's result is its own."
EVERY_TARGET = (
    "AutoAttack's perturb leaves an image alone after its first success and never tries its other targets: right for a "
    "radius, wrong for a distance. Here every target runs (attack_single_run) and the nearest success counts."
)
NEIGHBOURS = "Foolbox says that samples of a batch influence each other a bit here: one batch of all images."
ALONE = (
    "Foolbox divides directions and estimated gradients by norms over the whole batch, so steps shrink with its size: "
    "here one image a batch. summary.queries is the mean number of model answers an image."
)


def keep(model, name, record, images, labels, found, queries=None):
    """Writes the table."""
    table = store.rows(model, images, labels, found)
    record["summary"] = store.summary(table)
    if queries is not None:
        record["summary"]["queries"] = queries
    store.write(model, name, record, table)


class Counted(torch.nn.Module):
    """A network that counts what it is asked."""

    def __init__(self, network):
        super().__init__()
        self.network, self.asked = network, 0

    def forward(self, pixels):
        self.asked += len(pixels)
        return self.network(pixels)


def with_foolbox(model, name, count, function, arguments, note=None, seed=None, alone=False):
    images, labels = shipped.images(count)
    counted = Counted(shipped.network(model)).eval()
    bounded = foolbox.PyTorchModel(counted, bounds=(0, 1), device="cpu")
    attack = getattr(attacks, function)(**arguments)
    torch.manual_seed(SEED if seed is None else seed)
    start = time.perf_counter()
    size = 1 if alone else count
    found = torch.cat(
        [
            attack(bounded, images[at : at + size], labels[at : at + size], epsilons=None)[0]
            for at in range(0, count, size)
        ]
    )
    seconds = time.perf_counter() - start
    record = store.head(model, count, "foolbox", function, arguments | {"epsilons": None}, seconds, seed, note)
    keep(model, name, record, images, labels, found, counted.asked // count if alone else None)


def fab(model, name, count, norm, targeted):
    images, labels = shipped.images(count)
    arguments = {
        "norm": LINE[norm],
        "n_iter": 100,
        "n_restarts": 1,
        "alpha_max": 0.1,
        "eta": 1.05,
        "beta": 0.9,
        "eps": ANY,
    }
    attack = FABAttack_PT(shipped.network(model), seed=SEED, device="cpu", **arguments)
    torch.manual_seed(SEED)
    found, best = images.clone(), torch.full((count,), float("inf"))
    start = time.perf_counter()
    for rank in range(2, 11) if targeted else (None,):
        attack.target_class = rank
        moved = attack.attack_single_run(images, labels, is_targeted=targeted)
        length = torch.tensor([store.distances(difference)[norm] for difference in moved - images])
        nearer = (shipped.answers(model, moved) != labels) & (length < best)
        best = torch.where(nearer, length, best)
        found = torch.where(nearer[:, None, None, None], moved, found)
    seconds = time.perf_counter() - start
    arguments |= {"targeted": targeted, "n_target_classes": 9 if targeted else None}
    note = EVERY_TARGET if targeted else None
    record = store.head(model, count, "autoattack", "FABAttack_PT.attack_single_run", arguments, seconds, SEED, note)
    keep(model, name, record, images, labels, found)


def other_fab(model, name, count):
    images, labels = shipped.images(count)
    arguments = {"norm": "Linf", "eps": 1.0, "steps": 100, "n_restarts": 1, "seed": SEED, "multi_targeted": False}
    start = time.perf_counter()
    found = torchattacks.FAB(shipped.network(model), **arguments)(images, labels)
    record = store.head(model, count, "torchattacks", "FAB", arguments, time.perf_counter() - start, SEED)
    keep(model, name, record, images, labels, found.detach())


SEARCH = {"binary_search_steps": 9, "steps": 1000, "initial_const": 1e-3, "confidence": 0}
CARLINI = SEARCH | {"stepsize": 1e-2}
# As many steps as the page takes while a visitor looks on, under its own settings and under the paper's.
BRIEF = {"binary_search_steps": 7, "steps": 200, "confidence": 0, "abort_early": False}
ELASTIC = SEARCH | {"initial_stepsize": 1e-2, "regularization": 1e-2}
DEEPFOOL = {"steps": 50, "candidates": 10, "overshoot": 0.02, "loss": "logits"}
BOUNDARY = {"steps": 25000, "spherical_step": 0.01, "source_step": 0.01}
HOP = {
    "steps": 64,
    "initial_gradient_eval_steps": 100,
    "max_gradient_eval_steps": 10000,
    "gamma": 1.0,
    "constraint": "l2",
}
FOOLBOX = {
    "cw-l2": (100, "L2CarliniWagnerAttack", CARLINI | {"abort_early": False}, NO_STOP),
    "cw-l2-abort": (100, "L2CarliniWagnerAttack", CARLINI | {"abort_early": True}, BATCH_STOP),
    "cw-l2-brief": (100, "L2CarliniWagnerAttack", BRIEF | {"stepsize": 0.03, "initial_const": 10.0}, NO_STOP),
    "cw-l2-brief-paper": (100, "L2CarliniWagnerAttack", BRIEF | {"stepsize": 0.01, "initial_const": 1e-3}, NO_STOP),
    "ead-en": (50, "EADAttack", ELASTIC | {"decision_rule": "EN", "abort_early": False}, NO_STOP),
    "ead-l1": (50, "EADAttack", ELASTIC | {"decision_rule": "L1", "abort_early": False}, NO_STOP),
    "deepfool-l2-100": (100, "L2DeepFoolAttack", DEEPFOOL),
    "deepfool-linf-100": (100, "LinfDeepFoolAttack", DEEPFOOL),
    "boundary-l2": (20, "BoundaryAttack", BOUNDARY, NEIGHBOURS, SEED),
    "hopskipjump-l2": (20, "HopSkipJumpAttack", HOP, ALONE, SEED, True),
}
JOBS = {}
for model in (shipped.NATURAL, shipped.ROBUST):
    for norm in LINE:
        JOBS[f"{model}/fab-{norm}"] = partial(fab, model, f"fab-{norm}", 50, norm, False)
        JOBS[f"{model}/fab-targeted-{norm}"] = partial(fab, model, f"fab-targeted-{norm}", 50, norm, True)
    JOBS[f"{model}/fab-torchattacks"] = partial(other_fab, model, "fab-torchattacks", 50)
    for name, row in FOOLBOX.items():
        JOBS[f"{model}/{name}"] = partial(with_foolbox, model, name, *row)
for norm in LINE:
    JOBS[f"{shipped.LATEST}/fab-targeted-{norm}"] = partial(fab, shipped.LATEST, f"fab-targeted-{norm}", 50, norm, True)
for name in ("cw-l2", "cw-l2-brief", "deepfool-l2-100", "deepfool-linf-100"):
    JOBS[f"{shipped.LATEST}/{name}"] = partial(with_foolbox, shipped.LATEST, name, *FOOLBOX[name])

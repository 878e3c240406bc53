"""Attacks without chance, kept pixel by pixel."""

import time
from functools import partial

import foolbox
import torch
import torchattacks
from art.attacks.evasion import SaliencyMapMethod
from art.estimators.classification import PyTorchClassifier
from foolbox import attacks

import shipped
import store

COUNT = 50
RADIAL = (
    "Foolbox shrinks the perturbation towards 0 until its L1 norm fits and clips then. That stays inside, but is not "
    "the projection onto ball and box, so an exact one takes another path."
)
LAST = "The last iterate, not the best one."
GRADIENT_ONLY = (
    "ART takes the two unsaturated pixels whose target logit rises most; it does not look at the other classes, as the "
    "paper's saliency map does. Stops after the step at which more than gamma of the pixels were used: up to 80."
)
PAIRS = (
    "The paper's pairs: a rise of the target's logit with a fall of the others' sum. Were no pair to qualify, the map "
    "would be all zero and pixel 0 raised for nothing; that did not happen. At most ceil(784 gamma / 2) = 40 steps."
)


def keep(model, name, record, images, labels, found, targets=None):
    """Writes the table and the pixels."""
    table = store.rows(model, images, labels, found, targets)
    record["summary"] = store.summary(table)
    store.write(model, name, record, table)
    store.pixels(model, name, found)


def with_foolbox(model, name, function, arguments, eps=None, note=None):
    """A Foolbox attack: `eps` None for one that looks for the smallest perturbation."""
    images, labels = shipped.images(COUNT)
    bounded = foolbox.PyTorchModel(shipped.network(model), bounds=(0, 1), device="cpu")
    start = time.perf_counter()
    found, _, _ = getattr(attacks, function)(**arguments)(bounded, images, labels, epsilons=eps)
    seconds = time.perf_counter() - start
    record = store.head(model, COUNT, "foolbox", function, arguments | {"epsilons": eps}, seconds, note=note)
    keep(model, name, record, images, labels, found)


def mifgsm(model, name):
    images, labels = shipped.images(COUNT)
    arguments = {"eps": 0.3, "alpha": 0.06, "steps": 10, "decay": 1.0}
    start = time.perf_counter()
    found = torchattacks.MIFGSM(shipped.network(model), **arguments)(images, labels)
    seconds = time.perf_counter() - start
    lost = found.flatten(1).isnan().any(1)
    note = (
        "Gradients are divided by their mean absolute value (the paper's L1 norm but for a factor, which the sign "
        "forgets), and by zero where they are zero: such images become not-a-number, and are given here as clean ones: "
        f"{lost.nonzero().flatten().tolist()}. Foolbox's LinfMomentumIterativeFastGradientMethod accumulates signs and "
        "so is another attack. " + LAST
    )
    found = torch.where(lost[:, None, None, None], images, found)
    keep(
        model,
        name,
        store.head(model, COUNT, "torchattacks", "MIFGSM", arguments, seconds, note=note),
        images,
        labels,
        found,
    )


def saliency(model, name):
    images, labels = shipped.images(COUNT)
    targets = (labels + 1) % 10
    classifier = PyTorchClassifier(
        shipped.network(model), torch.nn.CrossEntropyLoss(), (1, 28, 28), 10, clip_values=(0, 1), device_type="cpu"
    )
    arguments = {"theta": 1.0, "gamma": 0.1, "batch_size": COUNT}
    start = time.perf_counter()
    found = SaliencyMapMethod(classifier, verbose=False, **arguments).generate(images.numpy(), targets.numpy())
    record = store.head(
        model,
        COUNT,
        "adversarial-robustness-toolbox",
        "SaliencyMapMethod",
        arguments,
        time.perf_counter() - start,
        note=GRADIENT_ONLY,
    )
    keep(model, name, record, images, labels, torch.from_numpy(found), targets)


def pairs(model, name):
    images, labels = shipped.images(COUNT)
    targets = (labels + 1) % 10
    arguments = {"theta": 1.0, "gamma": 0.1}
    start = time.perf_counter()
    found = torchattacks.JSMA(shipped.network(model), **arguments)(images, labels)
    record = store.head(model, COUNT, "torchattacks", "JSMA", arguments, time.perf_counter() - start, note=PAIRS)
    keep(model, name, record, images, labels, found.detach(), targets)


PLAIN = {"random_start": False}
DEEPFOOL = {"steps": 50, "candidates": 10, "overshoot": 0.02, "loss": "logits"}
FOOLBOX = {
    "fgsm-linf-0.1": ("LinfFastGradientAttack", PLAIN, 0.1),
    "fgsm-linf-0.3": ("LinfFastGradientAttack", PLAIN, 0.3),
    "bim-linf-0.3": ("LinfBasicIterativeAttack", {"rel_stepsize": 0.2, "steps": 10} | PLAIN, 0.3, LAST),
    "pgd-linf-0.3": ("LinfProjectedGradientDescentAttack", {"abs_stepsize": 0.01, "steps": 40} | PLAIN, 0.3, LAST),
    "pgd-l2-2": ("L2ProjectedGradientDescentAttack", {"rel_stepsize": 0.025, "steps": 50} | PLAIN, 2.0, LAST),
    "pgd-l1-10": (
        "L1ProjectedGradientDescentAttack",
        {"rel_stepsize": 0.025, "steps": 50} | PLAIN,
        10.0,
        f"{LAST} {RADIAL}",
    ),
    "fgm-l2-2": ("L2FastGradientAttack", PLAIN, 2.0),
    "fgm-l1-10": ("L1FastGradientAttack", PLAIN, 10.0, "Moves along gradient / L1 norm, every pixel, not one pixel."),
    "deepfool-l2": ("L2DeepFoolAttack", DEEPFOOL),
    "deepfool-linf": ("LinfDeepFoolAttack", DEEPFOOL),
}
OWN = {"mifgsm-linf-0.3": mifgsm, "jsma": saliency, "jsma-pairs": pairs}
JOBS = {
    f"{model}/{name}": job
    for model in (shipped.NATURAL, shipped.ROBUST)
    for name, job in [(name, partial(with_foolbox, model, name, *row)) for name, row in FOOLBOX.items()]
    + [(name, partial(make, model, name)) for name, make in OWN.items()]
}

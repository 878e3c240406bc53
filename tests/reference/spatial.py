"""Rotations and shifts: the worst of a grid for each image, and a few turned pictures to hold the sampling against."""

import time
from functools import partial

import eagerpy
import foolbox
import torch
from foolbox.attacks import SpatialAttack
from foolbox.attacks.spatial_attack_transformations import rotate_and_shift

import shipped
import store
from radius import bits

PIXEL = (
    "Foolbox divides a shift by half the width, 14, where its sampling grid (corners aligned) has 13.5 pixels to an "
    "edge: its pixel is 27/28 of one. Where an output pixel lies, rotated and then shifted, is where the input is "
    "read, bilinearly, zero outside: a positive dx moves the picture left."
)
TURNED = ((0.0, 0.0, 30.0), (3.0, 0.0, 0.0), (0.0, -1.5, -15.0), (1.5, 3.0, 7.5))


def grid(model, name, reach, turn, shifts, turns):
    images, labels = shipped.images(100)
    bounded = foolbox.PyTorchModel(shipped.network(model), bounds=(0, 1), device="cpu")
    arguments = {
        "max_translation": reach,
        "max_rotation": turn,
        "num_translations": shifts,
        "num_rotations": turns,
        "grid_search": True,
    }
    start = time.perf_counter()
    _, _, wrong = SpatialAttack(**arguments)(bounded, images, labels)
    record = store.head(model, 100, "foolbox", "SpatialAttack", arguments, time.perf_counter() - start, note=PIXEL)
    right = shipped.answers(model, images) == labels
    robust = right & ~wrong
    record["summary"] = {"right": int(right.sum()), "robust": int(robust.sum()), "accuracy": int(robust.sum()) / 100}
    record["robust"] = bits(robust)
    store.write(model, name, record)


def turned(model, name, count):
    images, labels = shipped.images(count)
    start = time.perf_counter()
    moved = torch.cat([rotate_and_shift(eagerpy.astensor(images), (dx, dy), turn).raw for dx, dy, turn in TURNED])
    seconds = time.perf_counter() - start
    arguments = {"translation_and_rotation": TURNED}
    note = f"{count} images for each (dx, dy, degrees) in turn. {PIXEL}"
    record = store.head(model, count, "foolbox", "rotate_and_shift", arguments, seconds, note=note)
    right = (shipped.answers(model, moved) == labels.repeat(len(TURNED))).view(len(TURNED), count)
    record["summary"] = {"right": right.sum(1).tolist()}
    store.write(model, name, record)
    store.pixels(model, name, moved)


JOBS = {f"{shipped.NATURAL}/turned": partial(turned, shipped.NATURAL, "turned", 10)}
for model in (shipped.NATURAL, shipped.ROBUST):
    for reach, turn, shifts, turns in ((1, 10, 3, 5), (3, 30, 5, 5), (3, 30, 7, 31)):
        name = f"spatial-{reach}-{turn}-{shifts}-{turns}"
        JOBS[f"{model}/{name}"] = partial(grid, model, name, reach, turn, shifts, turns)

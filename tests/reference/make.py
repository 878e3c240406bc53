"""Runs the reference libraries on the shipped weights: `python make.py [PART OF A JOB'S NAME ...]`, all without one.

`python make.py --list` names the jobs. One thread, so that sums are taken in one order.
"""

import sys
import warnings

import torch

import distance
import gradient
import logits
import radius
import queries
import spatial
import training

JOBS = {
    name: job
    for group in (logits, gradient, distance, radius, queries, spatial, training)
    for name, job in group.JOBS.items()
}


def main(parts):
    torch.set_num_threads(1)
    warnings.filterwarnings("ignore")
    chosen = [name for name in JOBS if not parts or any(part in name for part in parts)]
    if parts == ["--list"]:
        chosen, _ = [], print(*JOBS, sep="\n")
    elif not chosen:
        sys.exit(f"no job has a name with {' or '.join(parts)}")
    for name in chosen:
        JOBS[name]()


main(sys.argv[1:])

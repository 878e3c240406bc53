"""PyTorch's side of the benchmark: the same network, attack and step of training, natively.

Tells its version first, then answers each line of JSON, `[verb, argument, ...]`, with one. A program without PyTorch
ends at once.
"""

import base64
import copy
import json
import sys
import time

import torch
import torch.nn.functional as F
from torch import nn

# Stands in for a length of 0 where it is divided by.
SMALLEST = 1e-30
TYPES = {"F32": torch.float32, "F16": torch.float16}


def length(x):
    return x.flatten(1).norm(dim=1).clamp(min=SMALLEST).view(-1, 1, 1, 1)


# By norm: where to go along a gradient, and what brings a point back into the ball.
WAY = {"linf": torch.sign, "l2": lambda gradient: gradient / length(gradient)}
BACK = {
    "linf": lambda delta, eps: delta.clamp(-eps, eps),
    "l2": lambda delta, eps: delta * (eps / length(delta)).clamp(max=1),
}


def layer(spec):
    kind, value = (spec, None) if isinstance(spec, str) else next(iter(spec.items()))
    if kind == "conv2d":
        return nn.Conv2d(value["in"], value["out"], value["kernel"], value["stride"], value["padding"])
    if kind == "linear":
        return nn.Linear(value["in"], value["out"])
    return {"relu": nn.ReLU, "flatten": nn.Flatten}[kind]()


def safetensors(data):
    begin = 8 + int.from_bytes(data[:8], "little")
    header = json.loads(data[8:begin])
    header.pop("__metadata__", None)
    tensors = {}
    for name, entry in header.items():
        first, last = entry["data_offsets"]
        values = torch.frombuffer(bytearray(data[begin + first : begin + last]), dtype=TYPES[entry["dtype"]])
        tensors[name] = values.float().reshape(entry["shape"])
    return tensors


def random_start(clean, norm, eps):
    if norm == "linf":
        return clean + eps * (2 * torch.rand_like(clean) - 1)
    direction = torch.randn_like(clean)
    radius = eps * torch.rand(len(clean), 1, 1, 1) ** (1 / clean[0].numel())
    return clean + direction / length(direction) * radius


def ascend(network, clean, labels, plain):
    """Gradient steps inside the ball and the box, as ours."""
    eps, norm = plain["eps"], plain["norm"]

    def inside(x):
        return (clean + BACK[norm](x - clean, eps)).clamp(0, 1)

    x = inside(random_start(clean, norm, eps)) if plain["random"] else clean
    for _ in range(plain["steps"]):
        x = x.detach().requires_grad_()
        (slope,) = torch.autograd.grad(F.cross_entropy(network(x), labels, reduction="sum"), x)
        x = inside(x.detach() + plain["step"] * WAY[norm](slope))
    return x.detach()


class Side:
    def load(self, architecture, weights):
        self.network = nn.Sequential(*[layer(spec) for spec in architecture["layers"]])
        self.network.load_state_dict(safetensors(base64.b64decode(weights)))
        self.network.requires_grad_(False)
        return {}

    def attack(self, inputs, plain, threads):
        torch.set_num_threads(threads)
        begin = time.perf_counter()
        clean, labels = pictures(inputs)
        with torch.no_grad():
            logits = self.network(clean)
        x = ascend(self.network, clean, labels, plain)
        with torch.no_grad():
            after = self.network(x) if plain["steps"] else logits
        told = {"clean": logits.argmax(1).tolist(), "adversarial": after.argmax(1).tolist()}
        if plain["steps"] == 0:
            told["probabilities"] = logits.softmax(1).flatten().tolist()
        return {"millis": 1000 * (time.perf_counter() - begin), **told}

    def keep(self, inputs, start):
        self.inputs, self.start = inputs, torch.tensor(start)
        return {}

    def train(self, plain, recipe, steps):
        torch.set_num_threads(1)
        clean, labels = pictures(self.inputs)
        network = copy.deepcopy(self.network)
        nn.utils.vector_to_parameters(self.start.clone(), network.parameters())
        adam = torch.optim.Adam(network.parameters(), recipe["rate"], (0.9, recipe["memory"]))
        begin = time.perf_counter()
        total = 0.0
        for _ in range(steps):
            examples = ascend(network.requires_grad_(False), clean, labels, plain)
            loss = F.cross_entropy(network.requires_grad_(True)(examples), labels)
            adam.zero_grad()
            loss.backward()
            adam.step()
            total += loss.item()
        return {"millis": 1000 * (time.perf_counter() - begin), "loss": total / steps}


def pictures(inputs):
    return torch.tensor(inputs["pixels"]).reshape(inputs["shape"]), torch.tensor(inputs["labels"])


def main():
    def tell(told):
        print(json.dumps(told), flush=True)

    tell({"version": torch.__version__})
    side = Side()
    for line in sys.stdin:
        verb, *given = json.loads(line)
        try:
            tell(getattr(side, verb)(*given))
        except Exception as error:
            tell({"fault": str(error)})


main()

r"""B7 in PyTorch: the lower layers pretrained without labels, then put into a net with labels.

    python pretrained_layers.py port.npz
    tf1-recipes compare B7_pretrained_layers/1.15.5.json port.npz \
        --map pretrained_layers.map.json --ulp 4

Each phase has an optimizer of its own, over the layers that learn in it, so no moments are carried
over from one phase to the next. Tied weights are one parameter used twice:
`functional.linear(h, layer.weight.T)`. The ranking calls one module on both inputs, so its scores
are of one net by construction. The restore is strict for what it takes: both layers' state dicts.

What can still happen: scores [n, 1] minus scores [n] are broadcast to [n, n], and learn no ranking.
"""
import sys

import numpy as np
import torch
from torch.nn import functional

from tf1_recipes import traces

ARRAY = ((np.arange(80).reshape(10, 8) * 37 % 101) / 101.0).astype(np.float32)
INPUTS = torch.from_numpy(ARRAY)
CORRUPTED = torch.from_numpy(np.hstack([ARRAY[:, 4:], ARRAY[:, :4]]))
LABELS = torch.from_numpy((np.arange(10) * 3 % 4).astype(np.int32))
MARGIN = 0.05
STEPS = 4


def dense(rows, columns, start):
    """A layer of odd sixteenths from -1 to 1 over the root of their number, mixed."""
    values = ((np.arange(rows * columns) * 7 + start) % 16 * 2 - 15) / 16.0
    kernel = (values / np.sqrt(rows)).astype(np.float32).reshape(rows, columns)
    layer = torch.nn.Linear(rows, columns)
    layer.load_state_dict({"weight": torch.from_numpy(kernel.T), "bias": torch.full([columns], 0.1)})
    return layer


class Net(torch.nn.Module):
    """Two relu layers, 8-6-4, and whatever stands on them."""

    def __init__(self, start, **upper):
        super().__init__()
        self.hidden1 = dense(8, 6, start)
        self.hidden2 = dense(6, 4, start + 1)
        for name, layer in upper.items():
            self.add_module(name, layer)

    def lower(self, inputs):
        hidden1 = torch.relu(self.hidden1(inputs))
        return hidden1, torch.relu(self.hidden2(hidden1))


def descend(title, net, loss, parameters, feeds, session):
    optimizer = torch.optim.SGD(parameters, lr=0.1)
    before = loss().item()
    for step in range(STEPS):
        net.zero_grad()
        loss().backward()
        optimizer.step()
        trace.step(variables=net, feeds=feeds, session=session)
    print("%s: %.4f, after %d steps %.4f" % (title, before, STEPS, loss().item()))


def train_with_labels(pretrained, session):
    """A new net of 8-6-4-4, its lower layers from the pretrained one."""
    net = Net(4, outputs=dense(4, 4, 6))
    for name in ("hidden1", "hidden2"):
        net.get_submodule(name).load_state_dict(pretrained.get_submodule(name).state_dict())
    trace.initial(net, session=session)
    descend("cross_entropy", net,
            lambda: functional.cross_entropy(net.outputs(net.lower(INPUTS)[1]), LABELS.long()),
            net.parameters(), {"X": INPUTS, "y": LABELS}, session)


with traces.writer(*sys.argv[1:2] or ["port.npz"],
                   framework="torch " + torch.__version__) as trace:
    net = Net(0, decoder1=dense(6, 8, 2))
    net.decoder2_bias = torch.nn.Parameter(torch.full([6], 0.1))

    def reconstruction1():
        return functional.mse_loss(net.decoder1(net.lower(INPUTS)[0]), INPUTS)

    def reconstruction2():
        hidden1, hidden2 = net.lower(INPUTS)
        decoded = functional.linear(hidden2, net.hidden2.weight.T, net.decoder2_bias)
        return functional.mse_loss(decoded, hidden1)

    trace.initial(net, session=0)
    descend("reconstruction1", net, reconstruction1,
            [*net.hidden1.parameters(), *net.decoder1.parameters()], {"X": INPUTS}, session=0)
    descend("reconstruction2", net, reconstruction2,
            [*net.hidden2.parameters(), net.decoder2_bias], {"X": INPUTS}, session=0)
    train_with_labels(net, session=1)

    ranking = Net(0, score=dense(4, 1, 2))

    def max_margin():
        good, bad = (ranking.score(ranking.lower(each)[1]) for each in (INPUTS, CORRUPTED))
        return torch.mean(torch.relu(MARGIN - good + bad))

    trace.initial(ranking, session=2)
    descend("max_margin", ranking, max_margin, ranking.parameters(),
            {"X": INPUTS, "corrupted": CORRUPTED}, session=2)
    train_with_labels(ranking, session=3)

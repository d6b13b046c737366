r"""B2 in PyTorch: the lower layers of a trained net in a new one with other upper layers.

    python partial_restore.py port.npz
    tf1-recipes compare B2_partial_restore/1.15.5.json port.npz \
        --map partial_restore.map.json --ulp 32

The old state is a dict, of which the wanted names are kept; `load_state_dict(strict=False)` takes
a part. Optimizer slots are not in it, so they cannot come along with a scope.

What can still happen: with strict=False names that match nothing are no error. The call returns
them, and here both lists are checked. A shape that differs is an error in any case. And a pattern
takes hidden10 with hidden1, unless it ends with the dot.
"""
import os
import re
import sys
import tempfile

import numpy as np
import torch

from tf1_recipes import traces

INPUTS = torch.from_numpy(((np.arange(80).reshape(10, 8) * 37 % 101) / 101.0).astype(np.float32))
LABELS = torch.from_numpy((np.arange(10) * 3 % 4).astype(np.int32))


def initial(rows, columns, start):
    """Weights spread evenly between -1 and 1 over the root of their number, in a mixed order."""
    values = (np.arange(rows * columns) * 7919 + start) % 1009 / 504.5 - 1
    kernel = (values / np.sqrt(rows)).astype(np.float32).reshape(rows, columns)
    return torch.from_numpy(kernel.T)  # a Linear keeps it as (outputs, inputs)


def build(widths, start):
    """A relu net: hidden1, hidden2 ... and outputs."""
    net, rows = torch.nn.Sequential(), 8
    for number, width in enumerate(widths):
        last = number == len(widths) - 1
        layer = torch.nn.Linear(rows, width)
        with torch.no_grad():
            layer.weight.copy_(initial(rows, width, start + number))
            layer.bias.fill_(0.1)
        net.add_module("outputs" if last else "hidden%d" % (number + 1), layer)
        if not last:
            net.add_module("relu%d" % (number + 1), torch.nn.ReLU())
        rows = width
    return net


def fit(net, steps, session):
    optimizer = torch.optim.SGD(net.parameters(), lr=0.1)
    trace.initial(net, session=session)
    for step in range(steps):
        loss = torch.nn.functional.cross_entropy(net(INPUTS), LABELS.long())
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        trace.step(variables=net, feeds={"X": INPUTS, "y": LABELS}, session=session)
    correct = torch.argmax(net(INPUTS), dim=1) == LABELS
    print("accuracy after %d steps: %.1f" % (steps, correct.float().mean().item()))


with traces.writer(*sys.argv[1:2] or ["port.npz"],
                   framework="torch " + torch.__version__) as trace, \
        tempfile.TemporaryDirectory() as folder:
    checkpoint = os.path.join(folder, "old_net.pt")
    net = build([6, 5, 5, 5, 5, 4], start=0)
    fit(net, steps=3, session=0)
    torch.save(net.state_dict(), checkpoint)

    net = build([6, 5, 5, 3, 4], start=500)
    old = torch.load(checkpoint, weights_only=True)
    reused = {name: value for name, value in old.items() if re.match(r"hidden[123]\.", name)}
    result = net.load_state_dict(reused, strict=False)
    assert not result.unexpected_keys and len(reused) == 6, (result, reused.keys())
    fit(net, steps=5, session=1)
    torch.save(net.state_dict(), os.path.join(folder, "new_net.pt"))

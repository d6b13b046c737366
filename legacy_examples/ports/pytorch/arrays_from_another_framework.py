r"""B3 in PyTorch: weights of another framework in the first layer, in two ways.

    python arrays_from_another_framework.py port.npz
    tf1-recipes compare B3_arrays_from_another_framework/1.15.5.json port.npz \
        --map arrays_from_another_framework.map.json --ulp 4

The first way copies into the parameters, the second loads a state dict. Both copy: a parameter does
not share the array's memory, as a resource variable of TensorFlow 1 may. torch.from_numpy does
share it: `torch.nn.Parameter(torch.from_numpy(array))` changes the array when it is trained.

A Linear keeps its weight as (outputs, inputs), so an array of PyTorch's layout goes in as it is and
one of TensorFlow's is transposed. `copy_` broadcasts: a wrong shape may go in without an error. A
square kernel that should have been transposed does, in both ways.
"""
import sys

import numpy as np
import torch

from tf1_recipes import traces

INPUTS = torch.from_numpy(((np.arange(80).reshape(10, 8) * 37 % 101) / 101.0).astype(np.float32))
LABELS = torch.from_numpy((np.arange(10) * 3 % 4).astype(np.int32))


def initial(rows, columns, start):
    """Weights spread evenly between -1 and 1 over the root of their number, in a mixed order."""
    values = (np.arange(rows * columns) * 7919 + start) % 1009 / 504.5 - 1
    return (values / np.sqrt(rows)).astype(np.float32).reshape(rows, columns)


THEIR_KERNEL = initial(8, 6, 500).T  # (6, 8), as a Linear keeps it
THEIR_BIAS = np.linspace(-0.25, 0.25, 6).astype(np.float32)


class Net(torch.nn.Module):
    """A relu net 8-6-5-4."""

    def __init__(self):
        super().__init__()
        self.hidden1 = torch.nn.Linear(8, 6)
        self.hidden2 = torch.nn.Linear(6, 5)
        self.outputs = torch.nn.Linear(5, 4)
        with torch.no_grad():
            for number, layer in enumerate(self.children()):
                kernel = initial(layer.in_features, layer.out_features, number)
                layer.weight.copy_(torch.from_numpy(kernel.T))
                layer.bias.fill_(0.1)

    def forward(self, inputs):
        layer = torch.relu(self.hidden1(inputs))
        return self.outputs(torch.relu(self.hidden2(layer)))


def fit(net, session):
    optimizer = torch.optim.SGD(net.parameters(), lr=0.1)
    trace.initial(net, session=session)
    for step in range(4):
        loss = torch.nn.functional.cross_entropy(net(INPUTS), LABELS.long())
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        trace.step(variables=net, feeds={"X": INPUTS, "y": LABELS}, session=session)


with traces.writer(*sys.argv[1:2] or ["port.npz"], framework="torch " + torch.__version__) as trace:
    copied = Net()
    with torch.no_grad():
        copied.hidden1.weight.copy_(torch.from_numpy(THEIR_KERNEL))
        copied.hidden1.bias.copy_(torch.from_numpy(THEIR_BIAS))
    fit(copied, session=0)

    loaded = Net()
    loaded.hidden1.load_state_dict({"weight": torch.from_numpy(THEIR_KERNEL),
                                    "bias": torch.from_numpy(THEIR_BIAS)})
    fit(loaded, session=1)

same = all(map(torch.equal, copied.parameters(), loaded.parameters()))
print("copied and loaded: %s" % ("the same" if same else "different"))

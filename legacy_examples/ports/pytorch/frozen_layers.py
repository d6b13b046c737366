r"""B4 in PyTorch: the lower layers frozen, in two forms.

    python frozen_layers.py port.npz
    tf1-recipes compare B4_frozen_layers/1.15.5.json port.npz --map frozen_layers.map.json --ulp 2

The first form switches the layers' gradients off; the optimizer is given what is left. The second
cuts the net with `detach`, PyTorch's stop_gradient; the layers below have no gradient at all (None,
not 0), and `step` passes them over, momentum and decay included. Both train the same.

A layer is named as an attribute, so hidden1 cannot take hidden10 along, nor can a pattern match
nothing. What can still happen: a frozen layer's dropout and batch normalisation go on as in
training until it is set to `eval()`, and so do the running statistics.
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
    kernel = (values / np.sqrt(rows)).astype(np.float32).reshape(rows, columns)
    return torch.from_numpy(kernel.T)  # a Linear keeps it as (outputs, inputs)


class Net(torch.nn.Module):
    """A relu net 8-6-5-5-4-4; no gradient passes below the layer cut_above."""

    def __init__(self, cut_above=None):
        super().__init__()
        self.hidden1 = torch.nn.Linear(8, 6)
        self.hidden2 = torch.nn.Linear(6, 5)
        self.hidden3 = torch.nn.Linear(5, 5)
        self.hidden4 = torch.nn.Linear(5, 4)
        self.outputs = torch.nn.Linear(4, 4)
        self.cut_above = cut_above
        with torch.no_grad():
            for number, layer in enumerate(self.children()):
                layer.weight.copy_(initial(layer.in_features, layer.out_features, number))
                layer.bias.fill_(0.1)

    def forward(self, inputs):
        layer = inputs
        for name in ["hidden1", "hidden2", "hidden3", "hidden4"]:
            layer = torch.relu(getattr(self, name)(layer))
            if name == self.cut_above:
                layer = layer.detach()
        return self.outputs(layer)


def fit(net, parameters, session):
    optimizer = torch.optim.SGD(parameters, lr=0.1)
    trace.initial(net, session=session)
    for step in range(5):
        loss = torch.nn.functional.cross_entropy(net(INPUTS), LABELS.long())
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        trace.step(variables=net, feeds={"X": INPUTS, "y": LABELS}, session=session)


with traces.writer(*sys.argv[1:2] or ["port.npz"], framework="torch " + torch.__version__) as trace:
    frozen = Net()
    for layer in (frozen.hidden1, frozen.hidden2):
        layer.requires_grad_(False)
    fit(frozen, [each for each in frozen.parameters() if each.requires_grad], session=0)

    cut = Net(cut_above="hidden2")
    fit(cut, cut.parameters(), session=1)

same = all(map(torch.equal, frozen.parameters(), cut.parameters()))
print("frozen by requires_grad and by detach: %s" % ("the same" if same else "different"))

r"""B1 in PyTorch: a whole net saved, restored, and its training gone on with.

    python restore_all.py port.npz
    tf1-recipes compare B1_restore_all/1.15.5.json port.npz --map restore_all.map.json \
        --ulp 4 --atol 6e-8

`load_state_dict` is strict: a name that is missing or too many, and a shape that differs, are one
error that lists them all. There is no initialiser to undo the restore: a module has its values
from the moment it is made. `weights_only=True` keeps a file from running code.

What can still happen: the optimizer's state is not the module's. With momentum or Adam save
`optimizer.state_dict()`, too, or the restored training begins its moments anew.
"""
import os
import sys
import tempfile

import numpy as np
import torch

from tf1_recipes import traces

INPUTS = torch.from_numpy(((np.arange(80).reshape(10, 8) * 37 % 101) / 25.0).astype(np.float32))
LABELS = torch.from_numpy((np.arange(10) * 3 % 4).astype(np.int32))


def initial(rows, columns, start):
    """Weights spread evenly between -1 and 1 over the root of their number, in a mixed order."""
    values = (np.arange(rows * columns) * 7919 + start) % 1009 / 504.5 - 1
    kernel = (values / np.sqrt(rows)).astype(np.float32).reshape(rows, columns)
    return torch.from_numpy(kernel.T)  # a Linear keeps it as (outputs, inputs)


class Net(torch.nn.Module):
    """A relu net 8-6-5-4."""

    def __init__(self):
        super().__init__()
        self.hidden1 = torch.nn.Linear(8, 6)
        self.hidden2 = torch.nn.Linear(6, 5)
        self.outputs = torch.nn.Linear(5, 4)
        with torch.no_grad():
            for number, layer in enumerate(self.children()):
                layer.weight.copy_(initial(layer.in_features, layer.out_features, number))
                layer.bias.fill_(0.1)

    def forward(self, inputs):
        layer = torch.relu(self.hidden1(inputs))
        return self.outputs(torch.relu(self.hidden2(layer)))


def fit(net, session):
    optimizer = torch.optim.SGD(net.parameters(), lr=0.01)
    trace.initial(net, session=session)
    for step in range(4):
        loss = torch.nn.functional.cross_entropy(net(INPUTS), LABELS.long(), reduction="sum")
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_value_(net.parameters(), 1.0)
        optimizer.step()
        trace.step(variables=net, feeds={"X": INPUTS, "y": LABELS}, session=session)
    correct = torch.argmax(net(INPUTS), dim=1) == LABELS
    print("accuracy: %.1f" % correct.float().mean().item())


with traces.writer(*sys.argv[1:2] or ["port.npz"],
                   framework="torch " + torch.__version__) as trace, \
        tempfile.TemporaryDirectory() as folder:
    checkpoint = os.path.join(folder, "net.pt")
    net = Net()
    fit(net, session=0)
    torch.save(net.state_dict(), checkpoint)

    net = Net()
    net.load_state_dict(torch.load(checkpoint, weights_only=True))
    fit(net, session=1)
    torch.save(net.state_dict(), checkpoint)

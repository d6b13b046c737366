r"""B6 in PyTorch: the output layer learns alone, then with hidden3, then with hidden2 too.

    python gradual_unfreezing.py port.npz
    tf1-recipes compare B6_gradual_unfreezing/1.15.5.json port.npz \
        --map gradual_unfreezing.map.json --ulp 4

One optimizer holds all layers; a stage switches the gradients of one more on. A parameter without a
gradient is passed over, and its buffer is made at its first step: no slot can be without a value,
and none has to be initialised again. Under Adam each parameter has its own count of steps, so the
first steps of a layer that joins late are as long as a first step should be. TensorFlow 1's Adam
has one count for all, which makes them up to 6.6 times longer.

What can still happen: `zero_grad(set_to_none=False)` leaves gradients of 0 behind, and a layer that
is frozen again then goes on by its momentum.
"""
import sys

import numpy as np
import torch

from tf1_recipes import traces

NUMBERS = torch.arange(80).reshape(10, 8) * 37 % 101
INPUTS = (NUMBERS.double() / 101).float()
TARGETS = (NUMBERS.sum(dim=1, keepdim=True).double() / 101 + 8).float()


def initial(rows, columns, start):
    """Weights spread evenly between 0 and 2 over their number, in a mixed order."""
    values = (np.arange(rows * columns) * 7919 + start) % 1009 / 504.5
    kernel = (values / rows).astype(np.float32).reshape(rows, columns)
    return torch.from_numpy(kernel.T)  # a Linear keeps it as (outputs, inputs)


class Net(torch.nn.Module):
    """A relu net 8-6-5-4-1."""

    def __init__(self):
        super().__init__()
        self.hidden1 = torch.nn.Linear(8, 6)
        self.hidden2 = torch.nn.Linear(6, 5)
        self.hidden3 = torch.nn.Linear(5, 4)
        self.outputs = torch.nn.Linear(4, 1)
        with torch.no_grad():
            for number, layer in enumerate(self.children()):
                layer.weight.copy_(initial(layer.in_features, layer.out_features, number))
                layer.bias.fill_(0.1)

    def forward(self, inputs):
        layer = torch.relu(self.hidden2(torch.relu(self.hidden1(inputs))))
        return self.outputs(torch.relu(self.hidden3(layer)))


def everything():
    """The parameters and the buffers; a buffer that is not there yet is 0."""
    return {**dict(net.named_parameters()), **{
        name + ".momentum_buffer": optimizer.state[each].get(
            "momentum_buffer", torch.zeros_like(each)) for name, each in net.named_parameters()}}


def loss():
    return torch.mean(torch.square(net(INPUTS) - TARGETS))


net = Net()
net.requires_grad_(False)
optimizer = torch.optim.SGD(net.parameters(), lr=1 / 512.0, momentum=0.5)

with traces.writer(*sys.argv[1:2] or ["port.npz"], framework="torch " + torch.__version__) as trace:
    trace.initial(everything())
    for unfrozen in ["outputs", "hidden3", "hidden2"]:
        net.get_submodule(unfrozen).requires_grad_(True)
        print("loss %.3f, now training %s, too" % (loss().item(), unfrozen))
        for step in range(4):
            optimizer.zero_grad()
            loss().backward()
            optimizer.step()
            trace.step(variables=everything(), feeds={"X": INPUTS, "y": TARGETS})
    print("loss %.3f" % loss().item())

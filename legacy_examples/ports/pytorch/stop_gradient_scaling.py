r"""A6 in PyTorch: the lower layers see a hundredth of the gradient, by a hook on a tensor.

    python stop_gradient_scaling.py port.npz
    tf1-recipes compare A6_stop_gradient_scaling/1.15.5.json port.npz \
        --map stop_gradient_scaling.map.json --ulp 2

The hook changes the gradient that flows back through x, and leaves x alone: the mix of x and
stop_gradient(x) changes it in the last bit. 1/100 is no integer division: the layers cannot be
frozen by accident. `x.detach()` is PyTorch's stop_gradient, and the mix can be written with it.

What still holds: an optimizer that normalises by the gradient's size undoes the factor. There the
lower layers need a parameter group with a hundredth of the rate.
"""
import sys

import numpy as np
import torch

from tf1_recipes import traces

INPUTS = torch.from_numpy((np.arange(24).reshape(8, 3) * 5 % 13 - 6.0).astype(np.float32))
TARGETS = torch.from_numpy((np.arange(8).reshape(8, 1) * 3 % 7 - 3.0).astype(np.float32))


class Net(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.layer1 = torch.nn.Linear(3, 2, bias=False)
        self.layer2 = torch.nn.Linear(2, 2, bias=False)
        self.layer3 = torch.nn.Linear(2, 1, bias=False)
        self.load_state_dict({
            "layer1.weight": torch.tensor([[0.5, 0.75, -0.5], [-0.25, 1.0, 0.25]]),
            "layer2.weight": torch.tensor([[1.0, 0.25], [-0.5, 0.75]]),
            "layer3.weight": torch.tensor([[0.5, -1.0]])})

    def forward(self, inputs):
        x = self.layer2(self.layer1(inputs))
        if x.requires_grad:
            x.register_hook(lambda gradient: gradient / 100)
        return self.layer3(x)


net = Net()
optimizer = torch.optim.SGD(net.parameters(), lr=0.001)

with traces.writer(*sys.argv[1:2] or ["port.npz"], framework="torch " + torch.__version__) as trace:
    trace.initial(net)
    for step in range(5):
        loss = torch.sum(torch.square(net(INPUTS) - TARGETS))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        trace.step(variables=net, feeds={"inputs": INPUTS, "targets": TARGETS},
                   fetches={"loss": loss})
        print("step %d: loss %.4f" % (step, loss.item()))

r"""A2 in PyTorch: one backward pass, two optimizers.

    python split_gradients.py port.npz
    tf1-recipes compare A2_split_gradients/1.15.5.json port.npz \
        --map split_gradients.map.json --ulp 4

`loss.backward()` computes all gradients once, whoever uses them: there is no list to cut in two.
Each optimizer is given its own parameters. Two are needed only where their kinds differ, such as
SGD below and Adam above; two rates of one kind are two parameter groups (A1). Neither races: the
backward pass has ended before the first `step`.

Still possible: a parameter in both optimizers moves twice, one in neither does not move at all,
and `zero_grad` of one leaves the other's gradients to add up. None of these is an error.
"""
import sys

import numpy as np
import torch

from tf1_recipes import traces

FEATURES = torch.from_numpy((np.arange(40).reshape(8, 5) * 7 % 19 - 9.0).astype(np.float32))
TARGETS = torch.from_numpy((np.arange(8).reshape(8, 1) * 5 % 8 - 3.0).astype(np.float32))


class Net(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.pretrained = torch.nn.Linear(3, 1, bias=False)
        self.new = torch.nn.Linear(2, 1)
        self.load_state_dict({"pretrained.weight": torch.tensor([[0.5, -0.25, 1.0]]),
                              "new.weight": torch.tensor([[0.125, -0.75]]),
                              "new.bias": torch.tensor([0.1])})

    def forward(self, features):
        return self.pretrained(features[:, :3]) + self.new(features[:, 3:])


net = Net()
low = torch.optim.SGD(net.pretrained.parameters(), lr=0.00001)
high = torch.optim.SGD(net.new.parameters(), lr=0.0001)

with traces.writer(*sys.argv[1:2] or ["port.npz"], framework="torch " + torch.__version__) as trace:
    trace.initial(net)
    for step in range(10):
        loss = torch.sum(torch.square(net(FEATURES) - TARGETS))
        net.zero_grad()
        loss.backward()
        low.step()
        high.step()
        trace.step(variables=net, feeds={"features": FEATURES, "targets": TARGETS},
                   fetches={"loss": loss})
        print("step %d: loss %.4f" % (step, loss.item()))

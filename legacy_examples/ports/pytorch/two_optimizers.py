r"""A1 in PyTorch: one optimizer, a parameter group per learning rate.

    python two_optimizers.py port.npz
    tf1-recipes compare A1_two_optimizers/1.15.5.json port.npz \
        --map two_optimizers.map.json --ulp 4

One backward pass gives all gradients before the first weight moves, so the race that the grouped
optimizers of TensorFlow 1 run cannot be written down here.
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
optimizer = torch.optim.SGD([{"params": net.pretrained.parameters(), "lr": 0.00001},
                             {"params": net.new.parameters(), "lr": 0.0001}])

with traces.writer(*sys.argv[1:2] or ["port.npz"], framework="torch " + torch.__version__) as trace:
    trace.initial(net)
    for step in range(10):
        loss = torch.sum(torch.square(net(FEATURES) - TARGETS))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        trace.step(variables=net, feeds={"features": FEATURES, "targets": TARGETS},
                   fetches={"loss": loss})
        print("step %d: loss %.4f" % (step, loss.item()))

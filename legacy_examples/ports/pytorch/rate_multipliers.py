r"""A5 in PyTorch: a learning rate per parameter, one parameter group for each.

    python rate_multipliers.py port.npz
    tf1-recipes compare A5_rate_multipliers/1.15.5.json port.npz \
        --map rate_multipliers.map.json --ulp 2

A group holds the parameters themselves, not their names: none can be missing, and one that stands
in two groups is an error. Its rate is a true rate, which also works under Adam and its kin. The
scheduler keeps the ratios: it multiplies the rates of all groups. What the optimizer multiplies is
rate * multiplier, TensorFlow's form multiplies the gradient first: one rounding apart.

What can still happen: a parameter in no group does not learn, and nobody says so. The summaries
are left out; torch.utils.tensorboard's SummaryWriter takes add_scalar and add_histogram.
"""
import sys

import numpy as np
import torch

from tf1_recipes import traces

FEATURES = torch.from_numpy((np.arange(24).reshape(8, 3) * 5 % 13 - 6.0).astype(np.float32))
TARGETS = torch.from_numpy((np.arange(8).reshape(8, 1) * 3 % 7 - 3.0).astype(np.float32))


class Net(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.hidden = torch.nn.Linear(3, 2)
        self.outputs = torch.nn.Linear(2, 1)
        self.load_state_dict({
            "hidden.weight": torch.tensor([[0.5, 0.75, -0.5], [-0.25, 1.0, 0.25]]),
            "hidden.bias": torch.tensor([0.125, -0.125]),
            "outputs.weight": torch.tensor([[0.5, -1.0]]),
            "outputs.bias": torch.tensor([0.25])})

    def forward(self, features):
        return self.outputs(torch.relu(self.hidden(features)))


net = Net()
multipliers = {net.hidden.weight: 0.1, net.hidden.bias: 0.2,
               net.outputs.weight: 1.0, net.outputs.bias: 2.0}
optimizer = torch.optim.SGD([{"params": [each], "lr": 0.01 * multiplier}
                             for each, multiplier in multipliers.items()])
scheduler = torch.optim.lr_scheduler.MultiStepLR(optimizer, milestones=[3], gamma=0.1)

with traces.writer(*sys.argv[1:2] or ["port.npz"], framework="torch " + torch.__version__) as trace:
    trace.initial(net)
    for step in range(6):
        rate = scheduler.get_last_lr()[2]  # of outputs.weight, whose multiplier is 1
        loss = torch.sum(torch.square(net(FEATURES) - TARGETS))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        scheduler.step()
        trace.step(variables=net, feeds={"features": FEATURES, "targets": TARGETS,
                                         "learning_rate": np.float32(rate)})
        print("step %d: loss %.4f" % (step, loss.item()))

r"""D2 in PyTorch: SGDR, cosine annealing with warm restarts, is a scheduler.

    python warm_restarts.py port.npz
    tf1-recipes compare D2_warm_restarts/1.15.5.json port.npz \
        --map warm_restarts.map.json --atol 4e-8

`CosineAnnealingWarmRestarts(T_0=4, T_mult=2)`, moved behind every batch, has the formula of the
callback: max / 2 * (cos(pi c / n) + 1), for each parameter group from its own largest rate. That is
kept as the group's `initial_lr`, so that a second training does not begin from an annealed rate. A
cycle is a whole number of batches, or the constructor refuses it.

What can still happen: moved behind every epoch, as other schedulers are, its cycles are as many
times longer as an epoch has batches.
"""
import sys

import numpy as np
import torch

from tf1_recipes import traces

INPUTS = torch.from_numpy(np.eye(4, dtype=np.float32)[np.arange(8) % 4])
TARGETS = torch.from_numpy((np.arange(8) * 5 % 7 / 4.0).astype(np.float32).reshape(8, 1))


class Net(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.early = torch.nn.Linear(4, 1, bias=False)
        self.final = torch.nn.Linear(4, 1, bias=False)
        torch.nn.init.constant_(self.early.weight, 0.5)
        torch.nn.init.constant_(self.final.weight, -0.25)

    def forward(self, inputs):
        return self.early(inputs) + self.final(inputs)


net = Net()
optimizer = torch.optim.SGD([{"params": net.early.parameters(), "lr": 0.03125},
                             {"params": net.final.parameters(), "lr": 0.25}])
scheduler = torch.optim.lr_scheduler.CosineAnnealingWarmRestarts(optimizer, T_0=4, T_mult=2)


def everything():
    return {**dict(net.named_parameters()), "lr": np.float32(scheduler.get_last_lr())}


with traces.writer(*sys.argv[1:2] or ["port.npz"], framework="torch " + torch.__version__) as trace:
    trace.initial(everything())
    for epoch in range(8):
        for inputs, targets in zip(INPUTS.split(2), TARGETS.split(2)):
            loss = torch.nn.functional.mse_loss(net(inputs), targets)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            trace.step(variables=everything(), feeds={"inputs": inputs, "targets": targets},
                       fetches={"loss": loss})
            scheduler.step()
            rates = np.float32(scheduler.get_last_lr())
            trace.step(variables=everything(), feeds={"rates": rates}, fetches={"rates": rates})
    for name, weights in net.named_parameters():
        print(name.split(".")[0], " ".join("%.5f" % weight for weight in weights.ravel().tolist()))

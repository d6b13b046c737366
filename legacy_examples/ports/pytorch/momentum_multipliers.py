r"""A7 in PyTorch: one layer learns twice as fast under momentum, by a parameter group.

    python momentum_multipliers.py port.npz
    tf1-recipes compare A7_momentum_multipliers/1.15.5.json port.npz \
        --map momentum_multipliers.map.json --ulp 4

A group is given the layer's parameters, so there is no name to look up, nor a default for the name
of something else: the documented form's factor without effect cannot be written down. The first
training is that form, in which every layer has the one rate; the second is what was meant.

The group's rate is doubled, and its buffer holds the plain gradients; TensorFlow's accumulator held
the doubled ones. The weights are the same, and the trace has the buffer times the group's factor.
"""
import sys

import numpy as np
import torch

from tf1_recipes import traces

FEATURES = torch.from_numpy((np.arange(24).reshape(8, 3) * 5 % 13 / 8.0).astype(np.float32))
TARGETS = torch.from_numpy((np.arange(8).reshape(8, 1) * 3 % 7 + 10.0).astype(np.float32))
RATE = 1e-3


class Net(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.dense = torch.nn.Linear(3, 2)
        self.outputs = torch.nn.Linear(2, 1)
        self.load_state_dict({
            "dense.weight": torch.tensor([[0.5, 0.75, 0.25], [0.25, 1.0, 0.5]]),
            "dense.bias": torch.tensor([0.125, -0.5]),
            "outputs.weight": torch.tensor([[0.5, 1.0]]),
            "outputs.bias": torch.tensor([0.25])})

    def forward(self, features):
        return self.outputs(torch.relu(self.dense(features)))


def everything(net, optimizer):
    """The parameters, and their buffers as TensorFlow 1 has them; before the first step 0."""
    found = dict(net.named_parameters())
    names = {each: name for name, each in found.items()}
    for group in optimizer.param_groups:
        for each in group["params"]:
            buffer = optimizer.state[each].get("momentum_buffer", torch.zeros_like(each))
            found[names[each] + ".momentum_buffer"] = buffer * (group["lr"] / RATE)
    return found


def train_net(factor, session):
    net = Net()
    optimizer = torch.optim.SGD([
        {"params": net.dense.parameters(), "lr": factor * RATE},
        {"params": net.outputs.parameters()}], lr=RATE, momentum=0.9)
    trace.initial(everything(net, optimizer), session=session)
    for step in range(5):
        loss = torch.mean(torch.square(net(FEATURES) - TARGETS))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        trace.step(variables=everything(net, optimizer), session=session,
                   feeds={"features": FEATURES, "targets": TARGETS}, fetches={"loss": loss})
        print("  step %d: loss %.4f" % (step, loss.item()))


with traces.writer(*sys.argv[1:2] or ["port.npz"], framework="torch " + torch.__version__) as trace:
    print("as documented:")
    train_net(1.0, session=0)
    print("as meant:")
    train_net(2.0, session=1)

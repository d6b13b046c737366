r"""E5 in PyTorch: Caffe's SGD, as an optimizer of its own.

    python caffe_sgd.py port.npz
    tf1-recipes compare E5_caffe_sgd/1.15.5.json port.npz --map caffe_sgd.map.json

    diff = gradient + weight_decay W
    history = momentum history + rate diff
    W -= history

lr_mult and decay_mult are what parameter groups are for: the rate and the decay of a group. While
the rate stays, torch.optim.SGD(momentum, weight_decay) moves the weights as Caffe does; its
buffer is history / rate. When the rate drops it does not: PyTorch multiplies the whole buffer by
the new rate, Caffe goes on with the old rate's history. With a drop to a tenth behind step 5, as
here, PyTorch's SGD moves the first weight by -0.0228 at step 6, Caffe by -0.2302.
"""
import sys

import numpy as np
import torch

from tf1_recipes import traces


class CaffeSGD(torch.optim.Optimizer):
    def __init__(self, params, lr, momentum=0.9, weight_decay=0.0):
        super().__init__(params, {"lr": lr, "momentum": momentum, "weight_decay": weight_decay})
        for group in self.param_groups:
            for each in group["params"]:
                self.state[each]["history"] = torch.zeros_like(each)

    @torch.no_grad()
    def step(self):
        for group in self.param_groups:
            for each in group["params"]:
                history = self.state[each]["history"]
                diff = each.grad + group["weight_decay"] * each
                history.mul_(group["momentum"]).add_(group["lr"] * diff)
                each.sub_(history)


weights = torch.nn.Parameter(torch.tensor([2.0, -1.5, 0.25]))
bias = torch.nn.Parameter(torch.tensor(0.5))
net = {"weights": weights, "bias": bias}
optimizer = CaffeSGD([{"params": [weights], "lr": 0.1, "weight_decay": 0.0005},
                      {"params": [bias], "lr": 0.2}], lr=0.1)
scheduler = torch.optim.lr_scheduler.MultiStepLR(optimizer, milestones=[5], gamma=0.1)


def everything():
    return {**net, **{name + ".history": optimizer.state[each]["history"]
                      for name, each in net.items()}}


with traces.writer(*sys.argv[1:2] or ["port.npz"], framework="torch " + torch.__version__) as trace:
    trace.initial(everything())
    for step in range(8):
        rate = scheduler.get_last_lr()[0]
        loss = torch.sum(torch.square(weights - 1)) / 2 + torch.square(bias + 0.1) / 2
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        scheduler.step()
        trace.step(variables=everything(), feeds={"rate": np.float32(rate)})
        print("weights %.5f %.5f %.5f" % tuple(weights.tolist()))

"""C in PyTorch: every element of every gradient clipped to [-1, 1].

    python clipped_gradients.py port.npz
    tf1-recipes compare C_clipped_gradients/1.15.5.json port.npz --ulp 2

`clip_grad_value_` stands between `backward` and `step`; it leaves out parameters without a
gradient, which crash the documented form. `clip_grad_norm_` is the global norm, of all parameters
together. It differs from tf.clip_by_global_norm by its divisor: it multiplies by
max_norm / (norm + 1e-6), not by max_norm / max(norm, max_norm).

What can still happen: a NaN passes through, and `clip_grad_norm_` then makes all gradients NaN
unless `error_if_nonfinite=True`.
"""
import sys

import numpy as np
import torch

from tf1_recipes import traces

STEEPNESS = torch.from_numpy(np.array([[0.3, 1.7, 0.6], [1.1, 0.2, 0.9]], np.float32))
TARGETS = torch.from_numpy(np.array([[2.0, -1.0, 1.5], [0.5, -3.0, 1.0]], np.float32))

weights = torch.nn.Parameter(torch.tensor([[0.5, -0.25, 1.25], [1.25, -0.75, 0.7]]))
bias = torch.nn.Parameter(torch.tensor([0.1, -0.9, 0.3]))
net = {"weights": weights, "bias": bias}
optimizer = torch.optim.SGD(net.values(), lr=0.1)

with traces.writer(*sys.argv[1:2] or ["port.npz"], framework="torch " + torch.__version__) as trace:
    trace.initial(net)
    for step in range(10):
        loss = (torch.sum(STEEPNESS * torch.square(weights - TARGETS))
                + torch.sum(torch.square(bias - 0.2)))
        optimizer.zero_grad()
        loss.backward()
        count = sum(torch.sum(torch.abs(each.grad) > 1.0).item() for each in net.values())
        torch.nn.utils.clip_grad_value_(net.values(), 1.0)
        optimizer.step()
        trace.step(variables=net, feeds={"steepness": STEEPNESS, "targets": TARGETS})
        print("step %d: loss %.4f, %d of 9 elements clipped" % (step, loss.item(), count))

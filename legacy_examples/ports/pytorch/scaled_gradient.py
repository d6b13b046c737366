r"""A3 in PyTorch: a hook on a parameter changes its gradient.

    python scaled_gradient.py port.npz
    tf1-recipes compare A3_scaled_gradient/1.15.5.json port.npz --map scaled_gradient.map.json

A hook runs where the gradient is computed, so that no list of pairs passes between the backward
pass and the optimizer. What is no different from TensorFlow 1: under Adam, Adagrad or RMSprop the
factor does next to nothing, as they divide the gradient's size out; there the way is a parameter
group with its own rate (A1). SGD keeps no count of steps: nothing here is like global_step.
"""
import sys

import numpy as np
import torch

from tf1_recipes import traces

x = torch.nn.Parameter(torch.tensor(1.0))
y = torch.nn.Parameter(torch.tensor(0.0))
y.register_hook(lambda gradient: 2 * gradient)
optimizer = torch.optim.SGD([x, y], lr=0.1)

with traces.writer(*sys.argv[1:2] or ["port.npz"], framework="torch " + torch.__version__) as trace:
    trace.initial({"x": x, "y": y})
    for step in range(5):
        optimizer.zero_grad()
        torch.square(x - y).backward()
        optimizer.step()
        trace.step(variables={"x": x, "y": y})
        with np.printoptions(legacy="1.13"):  # as the documented output is printed
            print([x.detach().numpy()[()], y.detach().numpy()[()]])

r"""D1 in PyTorch: a learning rate that drops at given steps, by a scheduler.

    python piecewise_rate.py port.npz
    tf1-recipes compare D1_piecewise_rate/1.15.5.json port.npz --map piecewise_rate.map.json

A scheduler counts its own calls of `step`, and Python runs them in the order in which they stand:
which step a rate belongs to cannot be a matter of chance. `last_epoch` is the number of updates
that are done: 0 before the first one, where TensorFlow 1's step, counted first, is 1. So "up to
step 5" is `last_epoch < 5`, and MultiStepLR's milestones are the boundaries of piecewise_constant
as they stand: milestones=[5, 10, 15] gives the first five updates the first rate. MultiStepLR
knows one factor for all drops; here they are 0.5, 0.2 and 0.1, so LambdaLR looks the rate up.

What can still happen: `scheduler.step()` in front of `optimizer.step()` skips the first rate.
"""
import bisect
import sys

import numpy as np
import torch

from tf1_recipes import traces

BOUNDARIES = [5, 10, 15]
VALUES = [0.1, 0.05, 0.01, 0.001]

w = torch.nn.Parameter(torch.tensor(1.0))
optimizer = torch.optim.SGD([w], lr=1.0)
scheduler = torch.optim.lr_scheduler.LambdaLR(
    optimizer, lambda done: VALUES[bisect.bisect_right(BOUNDARIES, done)])

with traces.writer(*sys.argv[1:2] or ["port.npz"], framework="torch " + torch.__version__) as trace:
    trace.initial({"w": w, "scheduler.last_epoch": np.int64(scheduler.last_epoch)})
    for _ in range(20):
        rate, = scheduler.get_last_lr()
        optimizer.zero_grad()
        w.backward()
        optimizer.step()
        scheduler.step()
        step = np.int64(scheduler.last_epoch)
        trace.step(variables={"w": w, "scheduler.last_epoch": step},
                   fetches={"step": step, "rate": np.float32(rate)})
        print("step %d, lr = %.3f" % (step, rate))

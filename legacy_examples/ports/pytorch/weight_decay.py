"""E2 in PyTorch: weight decay behind the update, two lines behind `step`.

    python weight_decay.py port.npz
    tf1-recipes compare E2_weight_decay/1.15.5.json port.npz

Python runs the lines in their order: the decay reads the weight that `step` has left, on every
release and device. The three meanings of the documented form, by chance even, cannot arise.

torch.optim has no such decay. The `weight_decay` of SGD is L2 (E1), and AdamW's decays the weight
before the update, times the rate: w (1 - rate * weight_decay) - update. Here, with rate and decay
0.1, the first four values are 1.71000 1.47510 1.28483 1.13071; with the decay before the update,
at the same strength, 1.70000 1.46000 1.26800 1.11440.
"""
import sys

import torch

from tf1_recipes import traces

DECAY = 0.1

w = torch.nn.Parameter(torch.tensor(2.0))
optimizer = torch.optim.SGD([w], lr=0.1)

with traces.writer(*sys.argv[1:2] or ["port.npz"], framework="torch " + torch.__version__) as trace:
    trace.initial({"w": w})
    for step in range(4):
        optimizer.zero_grad()
        (torch.square(w - 1) / 2).backward()
        optimizer.step()
        with torch.no_grad():
            w.sub_(DECAY * w)
        trace.step(variables={"w": w})
        print("%.5f" % w.item())

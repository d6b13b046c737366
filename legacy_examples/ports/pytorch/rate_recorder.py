r"""D3 in PyTorch: a recorder of what a training does; here, of a rate that doubles.

    python rate_recorder.py port.npz
    tf1-recipes compare D3_rate_recorder/1.15.5.json port.npz --map rate_recorder.map.json

There are no callbacks to be called in some order: the line that keeps the rate stands in the loop,
before the one that sets the next. `scheduler.get_last_lr()` is the rate in use. Two plots are made
of the history as before: the rate by the iteration, and the loss by the rate, on a log axis.

What can still happen: `loss` is a tensor that keeps its whole graph alive; the history takes
`loss.item()`.
"""
import sys

import numpy as np
import torch

from tf1_recipes import traces

INPUTS = torch.from_numpy(np.eye(2, dtype=np.float32)[[0, 1, 1, 0]])
TARGETS = torch.tensor([[1.25], [-0.5], [-0.75], [1.0]])

net = torch.nn.Linear(2, 1, bias=False)
torch.nn.init.constant_(net.weight, 0.5)
optimizer = torch.optim.SGD(net.parameters(), lr=2.0 ** -14)
scheduler = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda done: 2.0 ** done)
history = []
kept = np.zeros([18, 3], np.float32)  # TensorFlow's variable, which is set at the end


def everything():
    return {"dense": net.weight, "lr": np.float32(scheduler.get_last_lr()[0]), "history": kept}


with traces.writer(*sys.argv[1:2] or ["port.npz"], framework="torch " + torch.__version__) as trace:
    trace.initial(everything())
    for epoch in range(9):
        for inputs, targets in zip(INPUTS.split(2), TARGETS.split(2)):
            loss = torch.nn.functional.mse_loss(net(inputs), targets)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            trace.step(variables=everything(), feeds={"inputs": inputs, "targets": targets},
                       fetches={"loss": loss})
            history.append((len(history) + 1, scheduler.get_last_lr()[0], loss.item()))
            scheduler.step()
            rate = np.float32(scheduler.get_last_lr()[0])
            trace.step(variables=everything(), feeds={"rate": rate}, fetches={"rate": rate})
    kept[:] = history
    trace.step(variables=everything(), feeds={"kept": kept}, fetches={"kept": kept})

for iteration, rate, loss in history:
    print("%2d  rate %.6f  loss %.6f" % (iteration, rate, loss))

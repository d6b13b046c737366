r"""E3 in PyTorch: weight decay as a hook behind every step, W = W * (1 - 0.0005).

    python weight_decay_op.py port.npz
    tf1-recipes compare E3_weight_decay_op/1.15.5.json port.npz --map weight_decay_op.map.json

A post hook belongs to the optimizer: wherever `step` is called, the decay follows, and reads the
updated weight. Which group decays is said by the group: an entry of its own, `decay`, which
torch.optim keeps and does not look at. The momentum's buffer does not see the decay.

torch.optim.SGD's own `weight_decay` goes through the momentum: with momentum 0.5 it takes twice as
much off a weight in the long run, and times the rate.
"""
import sys

import torch

from tf1_recipes import traces

weights = torch.nn.Parameter(torch.tensor([2.0, -1.5, 0.25]))
bias = torch.nn.Parameter(torch.tensor(0.5))
net = {"weights": weights, "bias": bias}
optimizer = torch.optim.SGD([{"params": [weights], "decay": 0.0005},
                             {"params": [bias], "decay": 0.0}], lr=0.125, momentum=0.5)


@torch.no_grad()
def decay(optimizer, args, kwargs):
    for group in optimizer.param_groups:
        for each in group["params"]:
            each.sub_(group["decay"] * each)


optimizer.register_step_post_hook(decay)


def everything():
    """The parameters and their buffers; a buffer that is not there yet is 0."""
    return {**net, **{name + ".momentum_buffer": optimizer.state[each].get(
        "momentum_buffer", torch.zeros_like(each)) for name, each in net.items()}}


with traces.writer(*sys.argv[1:2] or ["port.npz"], framework="torch " + torch.__version__) as trace:
    trace.initial(everything())
    for step in range(6):
        loss = torch.sum(torch.square(weights - 1)) / 2 + torch.square(bias + 0.1) / 2
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        trace.step(variables=everything())
        print("weights %.5f %.5f %.5f" % tuple(weights.tolist()))

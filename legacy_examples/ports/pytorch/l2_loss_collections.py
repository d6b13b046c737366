r"""E1 in PyTorch: L2 in the loss is the weight_decay of torch.optim.SGD.

    python l2_loss_collections.py port.npz
    tf1-recipes compare E1_l2_loss_collections/1.15.5.json port.npz \
        --map l2_loss_collections.map.json --ulp 8

`weight_decay` adds decay * w to the gradient, before the momentum: what the loss decay / 2 * |w|^2
would add. There are no collections that nothing fills; what decays is what stands in the group
with the decay. The loss that is printed has to be summed up by hand, as the optimizer's decay is in
none. Momentum's buffer is made at the first step, and is that step's gradient: TensorFlow 1's
starts at 0, which comes to the same.

What can still happen: under Adam the same argument is L2 as well, and no weight decay (E4).
"""
import sys

import torch

from tf1_recipes import traces

DECAY = 0.0005

w = torch.nn.Parameter(torch.tensor([2.0, -1.5, 0.25]))
v = torch.nn.Parameter(torch.tensor([0.75, -0.5]))
bias = torch.nn.Parameter(torch.tensor(0.5))
net = {"w": w, "v": v, "bias": bias}
optimizer = torch.optim.SGD([{"params": [w, v], "weight_decay": DECAY}, {"params": [bias]}],
                            lr=0.1, momentum=0.9)


def l2_loss(values):
    return torch.sum(torch.square(values)) / 2


def data_loss():
    return l2_loss(w - 1) + l2_loss(v + 2) + l2_loss(bias + 0.1)


def everything():
    """The parameters and their buffers; a buffer that is not there yet is 0."""
    return {**net, **{name + ".momentum_buffer": optimizer.state[each].get(
        "momentum_buffer", torch.zeros_like(each)) for name, each in net.items()}}


with traces.writer(*sys.argv[1:2] or ["port.npz"], framework="torch " + torch.__version__) as trace:
    trace.initial(everything())
    for step in range(6):
        optimizer.zero_grad()
        data_loss().backward()
        optimizer.step()
        trace.step(variables=everything())
        with torch.no_grad():
            norm = DECAY * (l2_loss(w) + l2_loss(v))
            print("total loss %.4f, of which weights %.4f" % (data_loss() + norm, norm))

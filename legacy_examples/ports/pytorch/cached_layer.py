r"""B5 in PyTorch: the frozen layers run once, and their outputs are the training set.

    python cached_layer.py port.npz
    tf1-recipes compare B5_cached_layer/1.15.5.json port.npz \
        --map cached_layer.map.json --ulp 4 --atol 6e-8

The lower and the upper layers are modules of their own, so what is cached is the output of one and
the input of the other. `torch.no_grad()` computes it without a graph for gradients. A row of the
cache is not to the last bit what the layers give it in a batch of another size: matrix products of
other sizes are added in another order.

What can still happen: the cache is compared with nothing; if the lower layers or the data change,
it is stale. And without `eval()` it holds what dropout gave it.
"""
import sys

import numpy as np
import torch

from tf1_recipes import traces

INPUTS = torch.from_numpy(((np.arange(88).reshape(11, 8) * 37 % 101) / 101.0).astype(np.float32))
LABELS = torch.from_numpy((np.arange(11) * 3 % 4).astype(np.int32))


def initial(rows, columns, start):
    """Weights spread evenly between -1 and 1 over the root of their number, in a mixed order."""
    values = (np.arange(rows * columns) * 7919 + start) % 1009 / 504.5 - 1
    kernel = (values / np.sqrt(rows)).astype(np.float32).reshape(rows, columns)
    return torch.from_numpy(kernel.T)  # a Linear keeps it as (outputs, inputs)


class Net(torch.nn.Module):
    """A relu net 8-6-5-5-4-4, of which only hidden3, hidden4 and outputs are trained."""

    def __init__(self):
        super().__init__()
        self.hidden1 = torch.nn.Linear(8, 6)
        self.hidden2 = torch.nn.Linear(6, 5)
        self.hidden3 = torch.nn.Linear(5, 5)
        self.hidden4 = torch.nn.Linear(5, 4)
        self.outputs = torch.nn.Linear(4, 4)
        with torch.no_grad():
            for number, layer in enumerate(self.children()):
                layer.weight.copy_(initial(layer.in_features, layer.out_features, number))
                layer.bias.fill_(0.1)

    @torch.no_grad()
    def lower(self, inputs):
        return torch.relu(self.hidden2(torch.relu(self.hidden1(inputs))))

    def upper(self, rows):
        return self.outputs(torch.relu(self.hidden4(torch.relu(self.hidden3(rows)))))


def shuffled(epoch):
    """In order at first, then another order in every epoch."""
    return torch.from_numpy(np.arange(11) * (epoch + 1) % 11)


def fit(net, rows, feed, below, session):
    optimizer = torch.optim.SGD([each for layer in (net.hidden3, net.hidden4, net.outputs)
                                 for each in layer.parameters()], lr=0.1)
    trace.initial(net, session=session)
    for epoch in range(3):
        for batch in torch.tensor_split(shuffled(epoch), 3):
            logits = net.upper(below(rows[batch]))
            optimizer.zero_grad()
            torch.nn.functional.cross_entropy(logits, LABELS[batch].long()).backward()
            optimizer.step()
            trace.step(variables=net, feeds={feed: rows[batch], "y": LABELS[batch]},
                       session=session)


with traces.writer(*sys.argv[1:2] or ["port.npz"], framework="torch " + torch.__version__) as trace:
    without_cache = Net()
    fit(without_cache, INPUTS, "X", without_cache.lower, session=0)

    with_cache = Net()
    fit(with_cache, with_cache.lower(INPUTS), "hidden2", torch.nn.Identity(), session=1)

apart = max(torch.max(torch.abs(a - b)).item() for a, b in zip(
    without_cache.parameters(), with_cache.parameters()))
print("trained without the cache and with it: %s" % ("the same" if apart < 1e-6 else "different"))

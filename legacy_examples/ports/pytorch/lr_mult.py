"""A4 in PyTorch: a learning rate multiplier as an autograd.Function.

    python lr_mult.py port.npz
    tf1-recipes compare A4_lr_mult/1.15.5.json port.npz

Forward the value itself, backward dy * alpha. `ones_like(x)` is not needed, and a gradient that is
not wanted stays None: PyTorch does not call `backward` for it. What still holds: an optimizer that
normalises by the gradient's size (Adam, Adagrad, RMSprop) undoes the multiplier.
"""
import sys

import torch

from tf1_recipes import traces


class LrMult(torch.autograd.Function):
    @staticmethod
    def forward(x, alpha):
        return x.view_as(x)

    @staticmethod
    def setup_context(ctx, inputs, output):
        ctx.alpha = inputs[1]

    @staticmethod
    def backward(ctx, dy):
        return dy * ctx.alpha, None


def loss():
    return torch.square(x0) + torch.square(LrMult.apply(x1, 0.1))


x0 = torch.nn.Parameter(torch.tensor(1.0))
x1 = torch.nn.Parameter(torch.tensor(1.0))
optimizer = torch.optim.SGD([x0, x1], lr=0.1)

with traces.writer(*sys.argv[1:2] or ["port.npz"], framework="torch " + torch.__version__) as trace:
    trace.initial({"x0": x0, "x1": x1})
    for step in range(5):
        optimizer.zero_grad()
        loss().backward()
        optimizer.step()
        trace.step(variables={"x0": x0, "x1": x1})
        print("[%s]" % ", ".join(str(each.detach().numpy()[()]) for each in (x0, x1, loss())))

r"""A8 in PyTorch: Adam with a rate per stage of layers, by parameter groups.

    python keras_discriminative_adam.py port.npz
    tf1-recipes compare A8_keras_discriminative_adam/1.15.5.json port.npz \
        --map keras_discriminative_adam.map.json --ulp 8 --atol 1e-7

A group holds the layers of a stage: no split layer can be missed, and neither the order of the
parameters nor their names matter. The count of steps is the optimizer's own, moved once.

torch.optim.Adam differs from Keras 2.2's in its epsilon: it is added to sqrt(v / (1 - beta2^t)),
not to sqrt(v). The group's eps is set before each step to epsilon / sqrt(1 - beta2^t), which is
equal: for Keras' 1e-7 that is 3.2e-6 at the first step, 1.0e-6 at the tenth. AMSGrad keeps the
largest v of both. A constraint is a line behind `step`.
"""
import math
import sys

import numpy as np
import torch

from tf1_recipes import traces

NAMES = ["block1", "block2", "block3", "top"]
EPSILON = 1e-7


def values(offset, *shape):
    """Eighths from -0.5 to 0.75, of either sign."""
    numbers = (np.arange(np.prod(shape)) * 7 + offset) % 11
    return torch.from_numpy(((numbers - 4) / 8.0).astype(np.float32).reshape(shape))


class Net(torch.nn.Module):
    """Four layers side by side, whose outputs are added."""

    def __init__(self):
        super().__init__()
        for number, name in enumerate(NAMES):
            layer = torch.nn.Linear(3, 2)
            layer.load_state_dict({"weight": values(number, 3, 2).T, "bias": values(number + 3, 2)})
            self.add_module(name, layer)

    def forward(self, features):
        return sum(self.get_submodule(name)(each) for name, each in features.items())


def everything(net, optimizer, slots, settings):
    """The parameters, the moments (0 until there are any), the settings and the count of steps."""
    found = dict(settings)
    for name, each in net.named_parameters():
        state, found[name] = optimizer.state[each], each
        found.update({"%s.%s" % (name, slot): state.get(slot, torch.zeros_like(each))
                      for slot in slots})
    found["iterations"] = np.int64(state.get("step", 0))
    return found


def train(title, loss_function, session, betas=(0.9, 0.999), decay=0.0, amsgrad=False):
    net = Net()
    betas = tuple(float(np.float32(beta)) for beta in betas)  # as Keras keeps them
    optimizer = torch.optim.Adam([
        {"params": [*net.block1.parameters(), *net.block2.parameters()], "lr": 1e-7},
        {"params": net.block3.parameters(), "lr": 1e-4},
        {"params": net.top.parameters(), "lr": 1e-2}], betas=betas, amsgrad=amsgrad)
    scheduler = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda done: 1 / (1 + decay * done))

    @optimizer.register_step_pre_hook
    def epsilon_as_in_keras(optimizer, args, kwargs):
        for group in optimizer.param_groups:
            group["eps"] = EPSILON / math.sqrt(1 - betas[1] ** (scheduler.last_epoch + 1))

    slots = ["exp_avg", "exp_avg_sq"] + ["max_exp_avg_sq"] * amsgrad
    settings = {"lr": np.float32([group["initial_lr"] for group in optimizer.param_groups]),
                "beta_1": np.float32(betas[0]), "beta_2": np.float32(betas[1]),
                "decay": np.float32(decay)}
    trace.initial(everything(net, optimizer, slots, settings), session=session)
    features, targets = [values(number, 16, 3) for number in range(4)], values(5, 16, 2)
    for step in range(8):
        rows = slice(step % 4 * 4, step % 4 * 4 + 4)
        batch = {name: each[rows] for name, each in zip(NAMES, features)}
        loss = loss_function(targets[rows], net(batch))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        scheduler.step()
        with torch.no_grad():
            net.block3.weight.clamp_(min=0)  # Keras' constraint non_neg
        trace.step(variables=everything(net, optimizer, slots, settings), session=session,
                   feeds=dict(batch, targets=targets[rows]), fetches={"loss": loss})
    for name in ("block1", "block3", "top"):
        kernel = net.get_submodule(name).weight.tolist()
        print(title, name, " ".join("%.7f" % weight for weight in kernel[0]))


with traces.writer(*sys.argv[1:2] or ["port.npz"], framework="torch " + torch.__version__) as trace:
    train("amsgrad", torch.nn.functional.mse_loss, session=0, decay=0.125, amsgrad=True)
    train("adam", lambda targets, outputs: torch.mean(targets * outputs), session=1,
          betas=(0.5, 0.75))

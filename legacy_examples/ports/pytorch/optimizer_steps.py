r"""F in PyTorch: TensorFlow 1's optimizers, side by side, with the same gradients.

    python optimizer_steps.py port.npz
    tf1-recipes compare F_optimizer_steps/1.15.5.json port.npz --ulp 8 --atol 1e-7

Six of the eleven are torch.optim's with other settings; two are torch.optim's with a hook behind
the step that regularises. RMSProp and Ftrl are written out below. The README beside this file has
the differences of torch.optim's own defaults in numbers.

A table whose rows are looked up is the other half. TensorFlow 1 updates the rows that a sparse
gradient names as if there were no others; only Adam moves all rows, as all moments decay. Here a
row is a parameter: torch.optim passes over a parameter without a gradient and over its state, and
for Adam the other rows are given gradients of 0. For a large table torch.optim takes sparse
gradients (Embedding(sparse=True)) in SGD and Adagrad, which come to the same, and in SparseAdam,
which does not: it leaves the other rows where they are. SGD's momentum with a sparse gradient moves
all rows that ever had one; RMSprop and Adadelta refuse it.
"""
import math
import sys

import numpy as np
import torch

from tf1_recipes import traces


class RMSProp(torch.optim.Optimizer):
    """The mean square starts at 1, epsilon is under the root, the momentum holds the rate."""

    def __init__(self, params, lr, decay=0.9, momentum=0.0, epsilon=1e-10, centered=False):
        super().__init__(params, {"lr": lr, "decay": decay, "momentum": momentum,
                                  "epsilon": epsilon, "centered": centered})
        for w in (each for group in self.param_groups for each in group["params"]):
            self.state[w] = {"rms": torch.ones_like(w), "mg": torch.zeros_like(w),
                             "momentum": torch.zeros_like(w)}

    @torch.no_grad()
    def step(self):
        for group in self.param_groups:
            for w in (each for each in group["params"] if each.grad is not None):
                state = self.state[w]
                state["rms"] += (torch.square(w.grad) - state["rms"]) * (1 - group["decay"])
                variance = state["rms"]
                if group["centered"]:
                    state["mg"] += (w.grad - state["mg"]) * (1 - group["decay"])
                    variance = variance - torch.square(state["mg"])
                state["momentum"].mul_(group["momentum"]).add_(
                    w.grad * group["lr"] / torch.sqrt(variance + group["epsilon"]))
                w -= state["momentum"]


class Ftrl(torch.optim.Optimizer):
    """McMahan et al. 2013, with the learning_rate_power -0.5."""

    def __init__(self, params, lr, l1, l2, initial_accumulator_value=0.1):
        super().__init__(params, {"lr": lr, "l1": l1, "l2": l2,
                                  "initial_accumulator_value": initial_accumulator_value})
        for w in (each for group in self.param_groups for each in group["params"]):
            self.state[w] = {"accum": torch.full_like(w, initial_accumulator_value),
                             "linear": torch.zeros_like(w)}

    @torch.no_grad()
    def step(self):
        for group in self.param_groups:
            for w in (each for each in group["params"] if each.grad is not None):
                state = self.state[w]
                before, state["accum"] = state["accum"], state["accum"] + torch.square(w.grad)
                root = torch.sqrt(state["accum"])
                state["linear"] += w.grad - (root - torch.sqrt(before)) / group["lr"] * w
                z = state["linear"]
                cut = torch.sign(z) * group["l1"] - z
                w.copy_(torch.where(torch.abs(z) > group["l1"],
                                    cut / (root / group["lr"] + 2 * group["l2"]), 0))


def adam(params):
    """torch.optim.Adam, its epsilon and its betas as TensorFlow 1 has them."""
    betas = float(np.float32(0.9)), float(np.float32(0.999))
    optimizer = torch.optim.Adam(params, lr=0.001, betas=betas)

    @optimizer.register_step_pre_hook
    def epsilon_as_in_tf1(optimizer, args, kwargs):
        for group in optimizer.param_groups:
            done = optimizer.state[group["params"][0]].get("step", 0)
            group["eps"] = 1e-8 / math.sqrt(1 - betas[1] ** (int(done) + 1))

    return optimizer


def proximal(optimizer, l1, l2):
    """Behind each step |w| is cut by rate * l1 and divided by 1 + rate * l2."""

    @optimizer.register_step_post_hook
    @torch.no_grad()
    def regularise(optimizer, args, kwargs):
        for group in optimizer.param_groups:
            for w in (each for each in group["params"] if each.grad is not None):
                rate = torch.tensor(group["lr"])
                if "sum" in optimizer.state[w]:  # Adagrad's
                    rate = rate / torch.sqrt(optimizer.state[w]["sum"])
                shrunk = torch.clamp(torch.abs(w) - rate * l1, min=0)
                w.copy_(torch.sign(w) * shrunk / (1 + rate * l2))

    return optimizer


OPTIM = torch.optim
# The optimizer, and what TensorFlow 1's slots are called in its state: X/Momentum, X/Adam, X/Adam_1
OPTIMIZERS = {
    "gradient_descent": (lambda p: OPTIM.SGD(p, lr=0.1), "", []),
    "momentum": (lambda p: OPTIM.SGD(p, lr=0.1, momentum=0.9), "Momentum", ["momentum_buffer"]),
    "nesterov": (lambda p: OPTIM.SGD(p, lr=0.1, momentum=0.9, nesterov=True), "Momentum",
                 ["momentum_buffer"]),
    "adagrad": (lambda p: OPTIM.Adagrad(p, lr=0.1, initial_accumulator_value=0.1, eps=0),
                "Adagrad", ["sum"]),
    "adadelta": (lambda p: OPTIM.Adadelta(p, lr=1.0, rho=0.95, eps=1e-8), "Adadelta",
                 ["square_avg", "acc_delta"]),
    "rmsprop": (lambda p: RMSProp(p, lr=0.01, momentum=0.9), "RMSProp", ["rms", "momentum"]),
    "rmsprop_centred": (lambda p: RMSProp(p, lr=0.01, momentum=0.9, centered=True), "RMSProp",
                        ["rms", "mg", "momentum"]),
    "adam": (adam, "Adam", ["exp_avg", "exp_avg_sq"]),
    "ftrl": (lambda p: Ftrl(p, lr=0.1, l1=0.01, l2=0.01), "Ftrl", ["accum", "linear"]),
    "proximal_gradient_descent": (
        lambda p: proximal(OPTIM.SGD(p, lr=0.1), 0.01, 0.01), "", []),
    "proximal_adagrad": (
        lambda p: proximal(OPTIM.Adagrad(p, lr=0.1, initial_accumulator_value=0.1, eps=0),
                           0.01, 0.01), "ProximalAdagrad", ["sum"]),
}


def everything():
    """The parameters and the slots, which are 0 where PyTorch makes them at the first step."""
    found = {}
    for name, (optimizer, slots, keys) in optimizers.items():
        bias, *rows = optimizer.param_groups[0]["params"]
        found[name + "/bias"], found[name + "/table"] = bias, torch.stack(rows)
        for number, key in enumerate(keys):
            bias_slot, *row_slots = [optimizer.state[each].get(key, torch.zeros_like(each))
                                     for each in optimizer.param_groups[0]["params"]]
            suffix = "/%s%s" % (slots, "_%d" % number if number else "")
            found[name + "/bias" + suffix] = bias_slot
            found[name + "/table" + suffix] = torch.stack(row_slots)
    # TensorFlow 1 keeps the powers for the next step, PyTorch the number of steps.
    group = optimizers["adam"][0].param_groups[0]
    done = int(optimizers["adam"][0].state[group["params"][0]].get("step", 0))
    for number, beta in enumerate(group["betas"], 1):
        found["beta%d_power" % number] = np.float32(beta ** (done + 1))
    return found


optimizers = {}
for name, (make, slots, keys) in OPTIMIZERS.items():
    values = [[1.0, -0.5, 0.25], [0.5, -1.0], [1.5, 0.75], [-0.25, 2.0], [1.25, -1.5]]
    parameters = [torch.nn.Parameter(torch.tensor(each)) for each in values]
    optimizers[name] = make(parameters), slots, keys

with traces.writer(*sys.argv[1:2] or ["port.npz"], framework="torch " + torch.__version__) as trace:
    trace.initial(everything())
    for step in range(6):
        slope = torch.from_numpy(np.float32((np.arange(3) * 5 + step * 7) % 11 / 4.0 - 1.25))
        row_slopes = torch.from_numpy(np.float32(
            (np.arange(4) * 3 + step * 5) % 7 / 2.0 - 1.25).reshape(2, 2))
        ids = [step % 4, (step + 1 + step % 3) % 4]
        for name, (optimizer, _, _) in optimizers.items():
            bias, *table = optimizer.param_groups[0]["params"]
            optimizer.zero_grad()
            rows = torch.stack([table[each] for each in ids])
            (torch.sum(slope * bias) + torch.sum(row_slopes * rows)).backward()
            for row in table:
                if row.grad is None and name == "adam":
                    row.grad = torch.zeros_like(row)
            optimizer.step()
        trace.step(variables=everything(), feeds={
            "slope": slope, "row_slopes": row_slopes, "ids": np.int32(ids)})
    for name, (optimizer, _, _) in optimizers.items():
        bias = optimizer.param_groups[0]["params"][0]
        print("%-25s" % name, " ".join("%8.5f" % value for value in bias.tolist()))

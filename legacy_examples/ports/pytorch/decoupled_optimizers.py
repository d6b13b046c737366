r"""E4 in PyTorch: decoupled weight decay for Adam and for momentum.

    python decoupled_optimizers.py port.npz
    tf1-recipes compare E4_decoupled_optimizers/1.15.5.json port.npz \
        --map decoupled_optimizers.map.json --ulp 4 --atol 2e-6

Both decay the weight before the update, and by then all gradients are there: no race. Two things
differ from tf.contrib.opt's AdamW:

* torch.optim.AdamW takes rate * weight_decay * w off, contrib weight_decay * w: the same decay is
  0.01 / 0.1 = 0.1 here, and it follows a schedule of the rate, as contrib's does not.
* TensorFlow 1's Adam adds epsilon to sqrt(v), PyTorch's to sqrt(v / (1 - beta2^t)). They are equal
  where the group's eps is epsilon / sqrt(1 - beta2^t): 3.2e-7 for 1e-8 at the first step, 1.0e-7
  at the tenth, 3.2e-8 at the hundredth. A pre hook sets it.

For momentum there is no such class; a pre hook decays. Adam(weight_decay=...) is L2 in the loss,
whose size Adam divides out: not this recipe.
"""
import math
import sys

import numpy as np
import torch

from tf1_recipes import traces

SLOPES = (np.arange(24).reshape(8, 3) * 5 % 11 / 8.0 - 0.5).astype(np.float32)

w = torch.nn.Parameter(torch.tensor([2.0, -1.5, 0.25]))
v = torch.nn.Parameter(torch.tensor([2.0, -1.5, 0.25]))
# As TensorFlow 1 rounds them: 1 - 0.999 in float32 is 0.0000129 of it smaller than 0.001.
betas = float(np.float32(0.9)), float(np.float32(0.999))
adamw = torch.optim.AdamW([w], lr=0.1, betas=betas, weight_decay=0.01 / 0.1)
momentumw = torch.optim.SGD([v], lr=0.1, momentum=0.9)


def steps_done():
    return int(adamw.state[w].get("step", 0))


@adamw.register_step_pre_hook
def epsilon_as_in_tf1(optimizer, args, kwargs):
    for group in optimizer.param_groups:
        group["eps"] = 1e-8 / math.sqrt(1 - betas[1] ** (steps_done() + 1))


@momentumw.register_step_pre_hook
@torch.no_grad()
def decay(optimizer, args, kwargs):
    v.sub_(0.01 * v)


def everything():
    """The parameters and the state; what is not there yet is 0."""
    found = {"w": w, "v": v}
    for name, each, optimizer, key in [("w", w, adamw, "exp_avg"), ("w", w, adamw, "exp_avg_sq"),
                                       ("v", v, momentumw, "momentum_buffer")]:
        found[name + "." + key] = optimizer.state[each].get(key, torch.zeros_like(each))
    # TensorFlow 1 keeps the powers for the next step, PyTorch the number of steps.
    for number, beta in enumerate(betas, 1):
        found["beta%d_power" % number] = np.float32(beta ** (steps_done() + 1))
    return found


with traces.writer(*sys.argv[1:2] or ["port.npz"], framework="torch " + torch.__version__) as trace:
    trace.initial(everything())
    for slope in SLOPES:
        w.grad, v.grad = torch.from_numpy(slope.copy()), torch.from_numpy(slope.copy())
        adamw.step()
        momentumw.step()
        trace.step(variables=everything(), feeds={"slope": slope})
        print("AdamW %.5f %.5f %.5f" % tuple(w.tolist()))
        print("MomentumW %.5f %.5f %.5f" % tuple(v.tolist()))

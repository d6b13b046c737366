"""A8: Adam, or AMSGrad, on four linear layers side by side, with a rate per stage.

    outputs = sum of x_i k_i + b_i,    gradient G = 2 (outputs - y) / (rows columns), or y / (rows
    columns) where the loss is mean(y outputs);    g of k_i: x_i^T G,  g of b_i: sum of G's rows
    r = lr / (1 + decay n) sqrt(1 - b2^t) / (1 - b1^t),    n steps were done and t = n + 1
    m = b1 m + (1 - b1) g,  v = b2 v + (1 - b2) g^2,  vhat = max(vhat, v)
    w = w - r[stage] m / (sqrt(vhat or v) + epsilon);    block3's kernel: 0 where that is negative

block1 and block2 are the early stage, block3 is the middle one, top the final one. With a vhat it
is AMSGrad on the mean squared error.
"""
import numpy as np

from tf1_recipes.evidence.models import replay
from tf1_recipes.evidence.models.bounded import affine, either, product, total

STAGES = {"block1": 0, "block2": 0, "block3": 1, "top": 2}


def update(state, feeds, epsilon=1e-7):
    lr, beta1, beta2, decay = (
        state["DiscriminativeAdam/" + name] for name in ("lr", "beta_1", "beta_2", "decay"))
    one, epsilon = lr.dtype.type(1), lr.dtype.type(epsilon)
    amsgrad = "top/kernel/vhat" in state
    inputs = {block: feeds[block + "_input"] for block in STAGES}
    slope = feeds["outputs_target"]
    if amsgrad:
        outputs = total(np.stack([
            affine(inputs[block], state[block + "/kernel"], state[block + "/bias"])
            for block in STAGES]))
        slope = lr.dtype.type(2) * (outputs - slope)
    slope = slope / lr.dtype.type(slope.size)

    done = lr.dtype.type(state["DiscriminativeAdam/iterations"])
    step = done + one
    rates = lr * (one / (one + decay * done)) * (
        np.sqrt(one - np.power(beta2, step)) / (one - np.power(beta1, step)))
    new = dict(state)
    new["DiscriminativeAdam/iterations"] = state["DiscriminativeAdam/iterations"] + 1
    for block, stage in STAGES.items():
        for name, gradient in ((block + "/kernel", product(inputs[block].T, slope)),
                               (block + "/bias", total(slope))):
            mean = decayed(state[name + "/m"], gradient, beta1)
            square = decayed(state[name + "/v"], gradient * gradient, beta2)
            new[name + "/m"], new[name + "/v"] = mean, square
            if amsgrad:
                square = new[name + "/vhat"] = np.maximum(state[name + "/vhat"], square)
            weights = state[name] - rates[stage] * mean / (np.sqrt(square) + epsilon)
            if name == "block3/kernel":
                weights = weights * (weights >= 0)
            new[name] = weights
    return new


def decayed(moment, number, beta):
    """b m + (1 - b) g as Keras computes it, or m + (1 - b) (g - m) as TensorFlow's kernel does."""
    share = moment.dtype.type(1) - beta
    return either(beta * moment + share * number, moment + share * (number - moment))


model = replay(update)

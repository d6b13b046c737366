"""A5, A7: the slopes of a net of two layers; descent at a rate that each variable multiplies.

    z = X K + c,   h = max(z, 0),   r = h O + b - t,   loss = sum r^2
    dO = h' 2r,   db = sum 2r,   dz = (2r O') where z > 0,   dK = X' dz,   dc = sum dz
    w -= rate * (m_w * dw)           with m = 0.1 for K, 0.2 for c, 1 for O, 2 for b
"""
import numpy as np

from tf1_recipes.evidence.models import replay
from tf1_recipes.evidence.models.bounded import affine, product, total

MULTIPLIERS = {"hidden/kernel": 0.1, "hidden/bias": 0.2, "outputs/kernel": 1.0, "outputs/bias": 2.0}


def slopes(state, feeds, lower):
    """Returns the derivative of the loss by each variable; ``lower`` is the lower layer's name."""
    inputs, targets = feeds["features"], feeds["targets"]
    below = affine(inputs, state[lower + "/kernel"], state[lower + "/bias"])
    hidden = np.maximum(below, 0)
    slope = 2 * (affine(hidden, state["outputs/kernel"], state["outputs/bias"]) - targets)
    below_slope = product(slope, state["outputs/kernel"].T) * (below > 0)
    return {lower + "/kernel": product(inputs.T, below_slope), lower + "/bias": total(below_slope),
            "outputs/kernel": product(hidden.T, slope), "outputs/bias": total(slope)}


def update(state, feeds):
    found = slopes(state, feeds, "hidden")
    rate = feeds["learning_rate"]
    return {name: value - rate * (value.dtype.type(MULTIPLIERS[name]) * found[name])
            for name, value in state.items()}


model = replay(update)

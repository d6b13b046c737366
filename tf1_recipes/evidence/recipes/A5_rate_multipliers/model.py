"""A5: gradient descent on a net of two layers, at a rate that each variable multiplies.

    z = X K + c,   h = max(z, 0),   r = h O + b - t,   loss = sum r^2
    dO = h' 2r,   db = sum 2r,   dz = (2r O') where z > 0,   dK = X' dz,   dc = sum dz
    w -= rate * (m_w * dw)           with m = 0.1 for K, 0.2 for c, 1 for O, 2 for b
"""
from tf1_recipes.evidence.models import replay
from tf1_recipes.evidence.models.relu_net import propagated_back

MULTIPLIERS = {"hidden/kernel": 0.1, "hidden/bias": 0.2, "outputs/kernel": 1.0, "outputs/bias": 2.0}


def slopes(state, feeds, lower):
    """Returns the derivative of the loss by each variable; ``lower`` is the lower layer's name."""
    return propagated_back(state, feeds["features"], (lower, "outputs"),
                           lambda outputs: 2 * (outputs - feeds["targets"]))


def update(state, feeds):
    found = slopes(state, feeds, "hidden")
    rate = feeds["learning_rate"]
    return {name: value - rate * (value.dtype.type(MULTIPLIERS[name]) * found[name])
            for name, value in state.items()}


model = replay(update)

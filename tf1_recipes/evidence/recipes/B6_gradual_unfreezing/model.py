"""B6: momentum on the top layers of a relu net, one layer more after every fourth step.

    a_0 = X,   z_k = a_(k-1) W_k + b_k,   a_k = max(z_k, 0),   loss = mean (z_last - y)^2
    dz_last = 2 (z_last - y) / n,   dW_k = a_(k-1)' dz_k,   db_k = sum dz_k
    dz_(k-1) = (dz_k W_k') where z_(k-1) > 0
    m = 0.5 m + dw,   w = w - m / 512,   t = t + 1
    for outputs from t = 0, hidden3 from t = 4, hidden2 from t = 8; all else stays
"""
import numpy as np

from tf1_recipes.evidence.models import replay
from tf1_recipes.evidence.models.relu_net import propagated_back

LAYERS = ("hidden1", "hidden2", "hidden3", "outputs")
STARTS = {"outputs": 0, "hidden3": 4, "hidden2": 8}


def slopes(state, feeds):
    """Returns the derivative of the loss by each weight."""
    def slope(outputs):
        number = outputs.dtype.type
        return number(2) * (outputs - feeds["y"]) / number(len(feeds["y"]))

    return propagated_back(state, feeds["X"], LAYERS, slope)


def update(state, feeds, rate=1 / 512, momentum=0.5):
    step = state["global_step"]
    new = dict(state, global_step=step + step.dtype.type(1))
    for name, slope in slopes(state, feeds).items():
        if step >= STARTS.get(name.split("/")[0], np.inf):
            number = slope.dtype.type
            moved = new[name + "/Momentum"] = (
                state[name + "/Momentum"] * number(momentum) + slope)
            new[name] = state[name] - number(rate) * moved
    return new


model = replay(update)

"""B5: gradient descent on the upper layers of a relu net, from the inputs and from hidden2.

    h_1 = max(X W_1 + b_1, 0),   h_2 = max(h_1 W_2 + b_2, 0)

with the weights at the start of the training. The second training starts at h_2, computed here from
the inputs that the first one was fed at the same step; the rows that the second one was fed are not
used. The slopes are those of
`tf1_recipes.evidence.models.relu_net`.
"""
import numpy as np

from tf1_recipes.evidence.models import relu_net
from tf1_recipes.evidence.models.bounded import affine
from tf1_recipes.evidence.recipes.B4_frozen_layers import model as frozen_layers

FROZEN = ("hidden1", "hidden2")


def frozen_output(state, inputs):
    """The output of the frozen layers."""
    for layer in FROZEN:
        inputs = np.maximum(affine(inputs, state[layer + "/kernel"], state[layer + "/bias"]), 0)
    return inputs


def model(sessions):
    """The training without the cache, and the one with it."""
    plain, cached = sessions
    states = frozen_layers.model([plain])
    states[cached.number] = cached.initial
    lower = {name: value for name, value in cached.initial.items() if name.startswith(FROZEN)}
    upper = {name: value for name, value in cached.initial.items() if name not in lower}
    rows = cached_rows(sessions)
    for number, feeds in cached.steps:
        upper = relu_net.update(upper, {"X": rows[number], "y": feeds["y"]})
        states[number] = dict(lower, **upper)
    return states


def cached_rows(sessions):
    """Returns ``{step: rows}``: what the second training must be fed in place of hidden2."""
    plain, cached = sessions
    return {number: frozen_output(cached.initial, inputs["X"])
            for (number, _), (_, inputs) in zip(cached.steps, plain.steps)}

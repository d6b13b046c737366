"""B1: gradient descent on a relu net with every slope clipped, continued after a restore.

    w -= rate * min(max(slope, -1), 1);  the second session starts where the first one ended

The loss is the sum over the examples.
"""
import numpy as np

from tf1_recipes.evidence.models import relu_net, replay


def update(state, feeds, rate=0.01, limit=1.0):
    slopes = relu_net.slopes(state, feeds, mean=False)
    return {name: value - value.dtype.type(rate) * np.clip(slopes[name], -limit, limit)
            for name, value in state.items()}


def model(sessions):
    """The training, and its continuation from the restored values."""
    first, second = sessions
    states = replay(update)([first])
    trained = states[first.steps[-1][0]]
    states.update(replay(update)([second._replace(initial=trained)]))
    return states

"""D1: the step increases by 1, and w decreases by the learning rate of the new step.

    t' = t + 1,   w' = w - rate(t')
"""
import numpy as np

from tf1_recipes.evidence.models import replay
from tf1_recipes.evidence.models.learning_rates import piecewise_constant

BOUNDARIES, VALUES = (5, 10, 15), (0.1, 0.05, 0.01, 0.001)


def update(state, feeds):
    step, w = state["global_step"], state["w"]
    step = step + step.dtype.type(1)
    return {"global_step": step, "w": w - piecewise_constant(step, BOUNDARIES, VALUES)}


def schedule(initial, count):
    """The rates of so many steps."""
    first = initial["global_step"] + 1
    return piecewise_constant(np.arange(first, first + count), BOUNDARIES, VALUES)


model = replay(update)

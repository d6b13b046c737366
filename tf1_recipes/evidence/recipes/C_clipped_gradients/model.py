"""C: gradients clipped by value, by norm, by global norm and by average norm.

    by value            g = min(max(g, low), high)                  element by element
    by norm             g = g * limit / max(|g|, limit)             |g| = root of the sum of g^2
    by global norm      g = g * limit / max(|all|, limit)           |all| = root of the sum of |g|^2
    by average norm     g = g * limit / max(|g| / n, limit)         n = number of elements of g

The model is gradient descent on sum(s (w - t)^2) + sum((b - 0.2)^2), clipped by value to [-1, 1].
Norms are computed in float64 and rounded once.
"""
import numpy as np

from tf1_recipes.evidence.models import replay
from tf1_recipes.evidence.models.bounded import total


def norm(gradient):
    return gradient.dtype.type(np.sqrt(_sum_of_squares(gradient)))


def global_norm(gradients):
    return np.sqrt(sum(map(_sum_of_squares, gradients)))


def average_norm(gradient):
    return norm(gradient) / gradient.dtype.type(gradient.size)


def clip_by_value(gradient, low, high):
    return np.minimum(np.maximum(gradient, gradient.dtype.type(low)), gradient.dtype.type(high))


def clip_by_norm(gradient, limit):
    return _scaled_down(gradient, norm(gradient), limit)


def clip_by_global_norm(gradients, limit):
    return [_scaled_down(each, global_norm(gradients), limit) for each in gradients]


def clip_by_average_norm(gradient, limit):
    return _scaled_down(gradient, average_norm(gradient), limit)


def update(state, feeds, rate=0.1, limit=1.0):
    weights, bias = state["weights"], state["bias"]
    rate, center = (bias.dtype.type(number) for number in (rate, 0.2))
    gradients = {"weights": feeds["steepness"] * (2 * (weights - feeds["targets"])),
                 "bias": 2 * (bias - center)}
    return {name: state[name] - rate * clip_by_value(gradient, -limit, limit)
            for name, gradient in gradients.items()}


model = replay(update)


def _sum_of_squares(gradient):
    return total(np.square(np.ravel(gradient), dtype=np.float64))


def _scaled_down(gradient, size, limit):
    """A gradient as it is up to the limit, and shortened to it beyond."""
    limit = np.float64(limit)
    return gradient if size <= limit else gradient * gradient.dtype.type(limit / size)

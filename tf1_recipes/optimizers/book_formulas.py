"""Momentum as Hands-On Machine Learning writes it, one line for each equation, in NumPy.

    theta parameters, m momentum (a step, with its sign and its learning rate), g slope of the cost,
    eta learning rate, beta momentum's factor

Source: Hands-On Machine Learning with Scikit-Learn and TensorFlow (2017), chapter 11, equations
11-4 and 11-5 (some printings have m with the other sign); Nesterov, A method for solving a convex
programming problem with convergence rate O(1/k^2) (1983).

The functions take the slope as a function, since Nesterov's is taken at another point than theta.
TF1's optimizer is `tf1_recipes.optimizers.formulas.Momentum`; `BookMomentumOptimizer` has the
algebra between the two.
"""
from __future__ import annotations

import math
import numbers
from typing import Any, Callable, Tuple

from tf1_recipes.errors import RecipeError

Slope = Callable[[Any], Any]


def momentum_step(theta: Any, m: Any, slope: Slope, eta: float, beta: float) -> Tuple[Any, Any]:
    """Equation 11-4: returns theta and m after a step of momentum.

    >>> momentum_step(1.0, 0.0, lambda theta: 2 * theta, 0.125, 0.5)
    (0.75, -0.25)
    """
    m = beta * m - eta * slope(theta)
    theta = theta + m
    return theta, m


def nesterov_step(theta: Any, m: Any, slope: Slope, eta: float, beta: float) -> Tuple[Any, Any]:
    """Equation 11-5: returns theta and m after a step with the slope taken at theta + beta m.

    >>> nesterov_step(0.75, -0.25, lambda theta: 2 * theta, 0.125, 0.5)  # the slope at 0.625
    (0.46875, -0.28125)
    """
    m = beta * m - eta * slope(theta + beta * m)
    theta = theta + m
    return theta, m


def terminal_speed(learning_rate: float, momentum: float, gradient: float = 1.0) -> float:
    """The size of momentum's steps under a constant gradient, after many steps.

        m_t = -eta g (1 + beta + ... + beta^(t-1)) = -eta g (1 - beta^t) / (1 - beta)
        |m| -> eta |g| / (1 - beta)

    With beta = 0.9 that is 10 times the step of gradient descent. It has 1 - beta^t of that after t
    steps: with 0.9, half of it after 7 steps, 99% after 44.

    Source: Hands-On Machine Learning (2017), chapter 11, momentum optimization.

    Args:
        learning_rate: number >= 0, eta.
        momentum: number from 0 to below 1, beta. From 1 on there is no terminal speed.
        gradient: number, g.

    Returns:
        float.

    Raises:
        RecipeError: with all problems in one message: what is not such a number.

    Example:
        >>> print("%.3f" % terminal_speed(0.01, 0.9))
        0.100
    """
    problems = ["the %s is %r: it must be a number%s" % (title, value, limits)
                for title, value, limits, fits in (
                    ("learning rate", learning_rate, " >= 0", lambda x: x >= 0),
                    ("momentum", momentum, " from 0 to below 1", lambda x: 0 <= x < 1),
                    ("gradient", gradient, "", lambda x: True))
                if isinstance(value, bool) or not isinstance(value, numbers.Real)
                or not math.isfinite(value) or not fits(value)]
    if problems:
        raise RecipeError("There is no terminal speed", problems)
    return float(learning_rate) * abs(float(gradient)) / (1 - float(momentum))

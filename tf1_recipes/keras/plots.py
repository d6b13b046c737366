"""The two plots of a training's history: the learning rate by the iteration, and the loss by it."""
from __future__ import annotations

from typing import Any, Dict, Sequence

import numpy as np

from tf1_recipes.errors import Error, RecipeError


def plot_lr(history: Dict[str, Sequence[float]], axes: Any = None) -> Any:
    """Draws the learning rate by the iteration, a line for each stage of layers.

    Args:
        history: dict of lists of equal length, with ``"iterations"`` and ``"lr"``, whose elements
            are numbers or, where there are stages, lists of one for each.
        axes: matplotlib's axes to draw on; by default those of a new figure.

    Returns:
        The axes.

    Raises:
        RecipeError: there is nothing to draw.
        Error: matplotlib is missing.
    """
    rates = _rates(history, "the learning rate", skip=0)
    axes = axes if axes is not None else _new_axes()
    several = rates.shape[1] > 1
    for stage, values in enumerate(rates.T):
        axes.plot(history["iterations"], values, label="stage %d" % (stage + 1) if several else "")
    if several:
        axes.legend()
        axes.set_yscale("log")  # Stages are often powers of ten apart.
    axes.set_xlabel("iteration")
    axes.set_ylabel("learning rate")
    return axes


def plot_loss(history: Dict[str, Sequence[float]], skip: int = 10, axes: Any = None) -> Any:
    """Draws the loss by the learning rate, on a log axis.

    Args:
        history: dict of lists of equal length, with ``"loss"`` and ``"lr"``; of several stages'
            learning rates, the largest is taken.
        skip: int, how many points are left out in the beginning.
        axes: matplotlib's axes to draw on; by default those of a new figure.

    Returns:
        The axes.

    Raises:
        RecipeError: there is nothing to draw.
        Error: matplotlib is missing.
    """
    rates = _rates(history, "the loss", skip)
    axes = axes if axes is not None else _new_axes()
    axes.plot(rates.max(axis=1), history["loss"][skip:])
    axes.set_xscale("log")
    axes.set_xlabel("learning rate" if rates.shape[1] == 1 else "largest learning rate")
    axes.set_ylabel("loss")
    return axes


def _rates(history, what, skip):
    """The learning rates as an array [points, stages]."""
    needed = ["lr", "loss" if what == "the loss" else "iterations"]
    problems = ["the history has no %r" % name for name in needed if not history.get(name)]
    if isinstance(skip, bool) or not isinstance(skip, (int, np.integer)) or skip < 0:
        problems.append("%r points cannot be left out: it must be a whole number >= 0" % (skip,))
    if not problems and len(history["lr"]) <= skip:
        problems = ["the history has %d points, and the first %d are left out: skip fewer" % (
            len(history["lr"]), skip)]
    if problems:
        raise RecipeError("Cannot plot %s" % what, problems)
    rates = np.asarray(history["lr"][skip:])
    return rates.reshape(len(rates), -1)


def _new_axes():
    try:
        from matplotlib import pyplot
    except ImportError:
        raise Error("a plot needs matplotlib: pip install 'tf1_recipes[plot]'") from None
    return pyplot.subplots()[1]

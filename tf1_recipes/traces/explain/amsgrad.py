"""AMSGrad on one side: the mean square of the gradients never falls.

    v' = max(v', v),  u = -r m / sqrt(v')       beside      u = -r m / sqrt(v)

So at the first step at which v falls anywhere, the updates there are shorter, by no more than
sqrt(beta2); everywhere else they agree.
"""
from __future__ import annotations

from typing import Any, List

import numpy as np

from tf1_recipes.traces.explain.adam import is_normalised
from tf1_recipes.traces.explain.diagnosis import MEDIUM, Diagnosis
from tf1_recipes.traces.explain.updates import Update
from tf1_recipes.traces.explain.window import Window

_ENOUGH = 8
_SHORTEST = np.sqrt(0.4)  # beta2 of 0.4: lower ones are not used


def maximum(window: Window, updates: List[Update]) -> Any:
    """Diagnoses updates of which some are shorter on one side, and none longer.

    Returns:
        (list of `Diagnosis`, the names that they cover).
    """
    if window.first or not _adam_began(window):
        return [], set()
    a, b, noise = (np.concatenate([part(update) for update in updates]) for part in (
        lambda each: each.a, lambda each: each.b, lambda each: each.noise))
    apart = np.abs(a - b) > 4 * noise
    x, y = np.abs(a[apart]), np.abs(b[apart])
    if x.size < _ENOUGH or np.any(np.sign(a[apart]) != np.sign(b[apart])):
        return [], set()
    for side, other, short, long in (("B", "A", y, x), ("A", "B", x, y)):
        if np.all(short < long) and np.all(short > _SHORTEST * long):
            return [Diagnosis(
                "AMSGrad in %s only" % side,
                "%s divides by the largest mean square so far, %s by the present one." % (
                    side, other), window.step, [update.name for update in updates],
                ["%d of %d elements are shorter in %s, by %.4g at least; none is longer" % (
                    x.size, a.size, side, np.min(short / long)),
                 "the first updates have one size in most elements: Adam's"],
                MEDIUM, {"shortest": float(np.min(short / long))},
                ["a mean square that falls more slowly in %s" % side]
            )], {update.name for update in updates}
    return [], set()


def _adam_began(window):
    start, first = window.samples.numbers[:2]
    moves = [[], []]
    for name in window.updates:
        pairs = [window.samples.pair(name, number) for number in (start, first)]
        if None not in pairs and len(pairs[0][0]) == len(pairs[1][0]):
            for side in (0, 1):
                moves[side].append(pairs[1][side] - pairs[0][side])
    return all(each and is_normalised(np.concatenate(each)) for each in moves)

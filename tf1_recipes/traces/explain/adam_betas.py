"""Other betas in Adam: the first steps agree, the second ones lie on a curve that names them.

With q = g_2 / g_1 of an element, the second update as a multiple of the first is

    f(q) = (b1 + q) / (1 + b1) / sqrt((b2 + q^2) / (1 + b2))

q is not known, but the same on both sides: the pairs (f_A(q), f_B(q)) are points of one curve.
"""
from __future__ import annotations

from typing import Any, List

import numpy as np

from tf1_recipes.traces.explain.adam import is_normalised
from tf1_recipes.traces.explain.diagnosis import HIGH, MEDIUM, Diagnosis
from tf1_recipes.traces.explain.updates import Update
from tf1_recipes.traces.explain.window import Window

_BETA1 = (0.9, 0.0, 0.5, 0.7, 0.8, 0.85, 0.95, 0.98, 0.99)
_BETA2 = (0.999, 0.9, 0.95, 0.98, 0.99, 0.9999)
_DEFAULT = (0.9, 0.999)
_POINTS = np.tan(np.linspace(-1.5707, 1.5707, 2001))
_ELEMENTS = 48
_ENOUGH = 16


def betas(window: Window, updates: List[Update]) -> Any:
    """Diagnoses second updates that other betas explain, one side having TF1's defaults.

    Returns:
        (list of `Diagnosis`, the names that they cover).
    """
    before = window.samples.before(window.before)
    updates = [update for update in updates if update.previous is not None]
    if before != window.samples.numbers[0] or not updates:
        return [], set()
    first, a, b = (np.concatenate([part(update) for update in updates]) for part in (
        lambda each: each.previous, lambda each: each.a, lambda each: each.b))
    if not is_normalised(first):
        return [], set()
    size = np.median(np.abs(first[first != 0]))
    known = np.flatnonzero(np.abs(np.abs(first) - size) <= 1e-3 * size)
    if known.size < _ENOUGH:
        return [], set()
    known = known[np.linspace(0, known.size - 1, min(known.size, _ELEMENTS)).astype(int)]
    x, y = a[known] / first[known], b[known] / first[known]
    scores = {}
    for beta1 in _BETA1:
        for beta2 in _BETA2:
            for pair in ((_DEFAULT, (beta1, beta2)), ((beta1, beta2), _DEFAULT)):
                if pair[0] != pair[1] and pair not in scores:
                    scores[pair] = _distance(x, y, *pair)
    (best, left), (_, second) = sorted(scores.items(), key=lambda each: each[1])[:2]
    apart = float(np.sqrt(np.mean((x - y) ** 2)))
    if left > 0.1 * apart:
        return [], set()
    names = [update.name for update in updates]
    return [Diagnosis(
        "Different betas in Adam",
        "A's updates fit beta1 %g and beta2 %g, B's fit %g and %g." % (*best[0], *best[1]),
        window.step, names,
        ["the first updates agree, whatever the betas; the second ones, as multiples of them, lie "
         "on the curve of these betas to %.2g, where the sides are %.2g apart (%d elements)" % (
             left, apart, known.size),
         "of the usual betas, the next best miss it by %.2g" % second],
        HIGH if second > 3 * left else MEDIUM,
        {"beta1_a": best[0][0], "beta2_a": best[0][1], "beta1_b": best[1][0],
         "beta2_b": best[1][1]},
        [] if second > 3 * left else ["betas near those"])], set(names)


def _second(beta1, beta2):
    return (beta1 + _POINTS) / (1 + beta1) / np.sqrt((beta2 + _POINTS ** 2) / (1 + beta2))


def _distance(x, y, of_a, of_b):
    """How far the points are from the curve, as the root of the mean square."""
    squares = ((x[:, None] - _second(*of_a)) ** 2 + (y[:, None] - _second(*of_b)) ** 2)
    return float(np.sqrt(np.mean(np.min(squares, axis=1))))

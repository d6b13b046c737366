"""A learning rate that changes: TF1's momentum uses the new one at once, Keras' keeps the old one.

    TF1:    a = m a + g,    u = -r a          the new rate for all of the momentum
    Keras:  u = m u - r g                     each gradient keeps its own rate

Where the rate goes from r1 to r2, the updates differ by m (1 - r2 / r1) of the update before, as
with another momentum. The step after it distinguishes them: there, what they differ by is
multiplied by m, and nothing is added as long as the rate stays.
"""
from __future__ import annotations

from typing import Any

import numpy as np

from tf1_recipes.traces.explain.diagnosis import HIGH, LOW, MEDIUM, Diagnosis
from tf1_recipes.traces.explain.relations import Group
from tf1_recipes.traces.explain.updates import pooled
from tf1_recipes.traces.explain.window import Window

_FEW = 8
_USUAL = (0.5, 0.8, 0.9, 0.95, 0.99)
TITLE = "The learning rate is kept in the momentum of %s only"


def describe(group: Group, window: Window) -> Any:
    """The diagnosis of a group whose updates differ by a share of those before; None if another."""
    share = group.coefficients[0]
    after = _next_step(group)
    if after is None:
        return None
    added, kept, alone = after
    recorded = _recorded(window, group.fit, _usual(kept))
    measured = kept if recorded else alone
    momentum = _usual(measured)
    if not 0.2 < momentum < 1.05:
        return None
    if recorded:
        name, side, ratio = recorded
        evidence, confidence, not_told = "%s changes so at this step" % name, HIGH, []
    elif abs(added) < 0.2 * abs(share):
        evidence = "a step later nothing more is added: the momentum itself is the same"
        confidence = MEDIUM
        falling, rising = ("B", "A") if share > 0 else ("A", "B")
        change = abs(share) / momentum
        # Of the two that give this difference, a falling rate is the usual one.
        if change < 0.999:
            side, ratio = falling, 1 - change
            not_told = ["a rate that rises to %.4g times at this step, which %s keeps" % (
                1 + change, rising)]
        else:
            side, ratio, not_told = rising, 1 + change, []
    else:
        return None
    other = "A" if side == "B" else "B"
    return Diagnosis(
        TITLE % side,
        "The learning rate becomes about %.3g times as large at this step; %s's momentum keeps "
        "the rate of each gradient (Caffe, Keras), %s's applies the new one to all of it "
        "(TensorFlow 1, PyTorch)."
        % (ratio, side, other), window.step, group.names,
        ["the updates differ by %.5g times those of step %d, over %d elements; %.2g of the "
         "difference is left over" % (share, window.before, group.elements, group.fit.left),
         "the next ones differ by %.3g times that: about the momentum" % measured, evidence],
        confidence if group.elements >= _FEW else LOW,
        {"ratio": ratio, "momentum": momentum}, not_told)


def _next_step(group):
    """(share of A's update, share of this difference) in the next one, and the latter's alone."""
    updates = [update for update in group.updates if update.following]
    if sum(update.elements for update in updates) < _FEW:
        return None
    target = pooled(updates, lambda each: each.following[0][1] - each.following[0][0])
    columns = np.stack([pooled(updates, lambda each: each.a),
                        pooled(updates, lambda each: each.difference)], axis=1)
    if not np.all(np.isfinite(target)):
        return None
    solution, _, rank, _ = np.linalg.lstsq(columns, target, rcond=1e-9)
    left = target - columns @ solution
    # The gradients of two steps differ by then, if by little: this need not fit to the last bit.
    if rank < 2 or np.sum(left ** 2) > 0.04 * np.sum(target ** 2):
        return None
    difference = columns[:, 1]
    return (*map(float, solution), float(difference @ target / (difference @ difference)))


def _usual(momentum):
    """The usual coefficient that a measured one is near to, or itself."""
    nearest = min(_USUAL, key=lambda each: abs(momentum / each - 1))
    return nearest if abs(momentum / nearest - 1) < 0.04 else momentum


def _recorded(window, fit, momentum):
    """(name, side, ratio) of a number in the traces that changes as the rate would have to."""
    for kind in ("fetches", "feeds", "variables"):
        now, before = window.scalars(kind), window.scalars(kind, window.before)
        for name in now:
            (a, b), (old_a, old_b) = now[name], before.get(name, (0, 0))
            if a == b and old_a == old_b and old_a and a != old_a:
                for side, sign in (("B", 1), ("A", -1)):
                    expected = sign * momentum * (1 - a / old_a)
                    # So close, since a loss that falls by about as much would pass for the rate.
                    if abs(fit.coefficients[0] / expected - 1) < min(1e-3, 1e-5 + 4 * fit.left):
                        return name, side, a / old_a
    return None

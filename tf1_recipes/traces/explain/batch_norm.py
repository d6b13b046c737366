"""Batch normalisation's moving statistics: never updated, another momentum, another variance.

    s = q s + (1 - q) batch's,   so that from one s and one batch the updates are in the ratio
                                 (1 - q_B) / (1 - q_A)

The variance of a batch of n over n - 1 in place of n leaves  u / (n - 1) + (1 - q) s / (n - 1).
"""
from __future__ import annotations

from typing import Any, List

from tf1_recipes.traces.explain.diagnosis import HIGH, LOW, MEDIUM, Diagnosis
from tf1_recipes.traces.explain.samples import Samples
from tf1_recipes.traces.explain.updates import Update
from tf1_recipes.traces.explain.window import named

_USUAL = (0.9, 0.95, 0.99, 0.997, 0.999, 0.9997)


def statistics(samples: Samples, names: List[str], step: int) -> Any:
    """Diagnoses moving statistics that diverge at a step up to which all weights agree.

    Args:
        names: list of str, the statistics that differ from this step on.

    Returns:
        (list of `Diagnosis`, the names that they cover).
    """
    updates = [Update(samples, name, step, 0.0, 1) for name in names
               if samples.are_finite(name, samples.before(step), step)]
    diagnoses, covered = [], set()
    for side, pick in (("B", "b"), ("A", "a")):
        still = [update for update in updates
                 if update.signal > 2 and not getattr(update, pick).any()]
        if still:
            diagnoses.append(_never(samples, still, side, step))
            covered.update(update.name for update in still)
    moving = [update for update in updates if update.name not in covered and update.signal > 2]
    factors = {}
    for update in moving:
        found = update.fit(update.a)
        if found and found.holds:
            factors.setdefault(round(1 + found.coefficients[0], 3), []).append((update, found))
            covered.add(update.name)
        elif update.elements >= 3:
            found = update.fit(update.a, update.weights)
            if found and found.holds and found.coefficients[0] > 0:
                diagnoses.append(_unbiased(update, found, step))
                covered.add(update.name)
    for factor, found in factors.items():
        diagnoses.append(_momentum(factor, found, step))
    return diagnoses, covered


def _never(samples, updates, side, step):
    last = samples.numbers[-1]
    pick = "AB".index(side)
    names = [update.name for update in updates]
    held = [update for update in updates if (
        samples.pair(update.name, last)[pick]
        == samples.pair(update.name, samples.before(step))[pick]).all()]
    return Diagnosis(
        "Batch normalisation's statistics are never updated in %s" % side,
        "%s keep their values in %s: UPDATE_OPS do not run with the train op, or the layers are "
        "called with training=False." % (named(names), side),
        step, names,
        ["the other side moves all of them at step %d" % step,
         "%d of %d hold their value up to step %d" % (len(held), len(names), last)],
        HIGH if len(held) == len(names) else MEDIUM, {"variables": len(names)})


def _momentum(factor, found, step):
    pairs = ["%g and %g" % (a, b) for a in _USUAL for b in _USUAL
             if abs((1 - b) / (1 - a) / factor - 1) < 2e-3]
    elements = sum(update.elements for update, _ in found)
    exact = found[0][1].coefficients[0] + 1
    return Diagnosis(
        "Different momentum of the moving statistics",
        "In B they move %.5g times as far towards the batch's: (1 - q_B) / (1 - q_A)." % exact,
        step, [update.name for update, _ in found],
        ["%d elements; %.2g of the difference is left over" % (
            elements, max(fit.left for _, fit in found))]
        + (["as with momentum %s in A and B" % " or ".join(pairs)] if pairs else []),
        HIGH if elements >= 4 else LOW, {"ratio": exact})


def _unbiased(update, found, step):
    share, decay = found.coefficients
    return Diagnosis(
        "The batch's variance is divided by n - 1 in B, by n in A",
        "%s moves as if batches of n = %.4g were divided by n - 1 (Bessel's correction)." % (
            update.name, 1 + 1 / share), step, [update.name],
        ["the updates differ by %.4g u %+.4g s, over %d elements; %.2g of the difference is left "
         "over" % (share, decay, found.elements, found.left),
         "which makes the momentum %.4g" % (1 - decay / share)],
        HIGH if update.elements >= 4 else LOW, {"n": 1 + 1 / share, "momentum": 1 - decay / share})

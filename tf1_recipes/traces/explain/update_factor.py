"""Updates that differ by a constant factor, and where such a factor comes from.

A learning rate, a loss summed instead of averaged, Nesterov's first step, Adam's missing bias
correction and a clipped norm all leave a constant factor at one step. What they predict for the
next one differs, and the one that comes nearest is named.
"""
from __future__ import annotations

from typing import Any, List

import numpy as np

from tf1_recipes.traces.explain import adam, clipping, momentum
from tf1_recipes.traces.explain.diagnosis import HIGH, LOW, MEDIUM, Diagnosis
from tf1_recipes.traces.explain.relations import Group
from tf1_recipes.traces.explain.window import Window, named

_FEW = 4
_EXACT = 1e-4


def describe(groups: List[Group], window: Window) -> Any:
    """Diagnoses groups whose updates in B are a constant times those in A."""
    groups = sorted(groups, key=lambda group: -group.elements)
    clipped = clipping.by_norm(groups, window)
    saturated = adam.is_normalised(_joined(groups, lambda update: update.a))
    if clipped and not saturated and not _is_predicted(groups, window):
        return [clipped]
    if len(groups) > 1 or any(update.signal <= 2 for update in window.updates.values()):
        return [_by_group(groups, window)]
    return [_one(groups[0], window, saturated)]


def _is_predicted(groups, window):
    """Whether Nesterov's form predicts the next updates, which a bound does not."""
    if len(groups) > 1:
        return False
    best = _hypotheses(1 + groups[0].coefficients[0], groups[0], window, False)[0]
    return best.diagnosis is not None and best.left is not None and best.left < _EXACT


def _joined(groups, part):
    return np.concatenate([part(update) for group in groups for update in group.updates])


def _by_group(groups, window):
    agreeing = [name for name, update in window.updates.items() if update.signal <= 2]
    lines = ["%.6g times: %s (%d elements)" % (
        1 + group.coefficients[0], named(group.names), group.elements) for group in groups]
    if agreeing:
        lines.append("the same: %s" % named(agreeing))
    few = all(group.elements < _FEW for group in groups)
    not_told = ["gradients that are scaled per variable"]
    share = groups[0].coefficients[0]
    if len(groups) == 1 and abs(share) < 0.02:
        not_told.append("weight decay of %.3g before the update on one side and after it on the "
                        "other" % abs(share))
    return Diagnosis(
        "Different learning rates per group of variables",
        "B's updates are constant multiples of A's, but not all by one factor.", window.step,
        [name for group in groups for name in group.names], lines, LOW if few else HIGH,
        {"factors": {name: 1 + group.coefficients[0] for group in groups for name in group.names}},
        not_told)


def _one(group, window, saturated):
    factor = 1 + group.coefficients[0]
    evidence = ["%d elements of %s; %.2g of the difference is left over" % (
        group.elements, named(group.names), group.fit.left)]
    agreeing = [name for name, update in window.updates.items() if update.signal <= 2]
    if agreeing:
        evidence.append("not in %s, whose updates agree" % named(agreeing))
    confidence = HIGH if group.elements >= _FEW else LOW
    step, names = window.step, group.names
    if abs(factor + 1) < 1e-4:
        return Diagnosis("The sign of the updates", "B goes uphill: its updates are -1 times A's.",
                         step, names, evidence, confidence, {"factor": factor})
    if abs(factor - 1) < 6.1e-8 and group.updates[0].epsilon < 1e-10:
        return Diagnosis(
            "A setting rounded to float32",
            "B's updates are 1 %+.4g times A's: a learning rate as a float32 on one side." % (
                factor - 1), step, names, evidence, confidence, {"factor": factor})
    hypotheses = _hypotheses(factor, group, window, saturated)
    best, rest = hypotheses[0], hypotheses[1:]
    if best.left is not None and (rest or best.left < 0.3):
        evidence.append("the next updates fit this to %.2g%s" % (best.left, "".join(
            "; %s to %.2g" % (each.name, each.left) for each in rest[:2])))
    near = [each.name for each in rest if best.left is None or each.left is None
            or each.left < 1.5 * best.left]
    if near and confidence == HIGH:
        confidence = MEDIUM
    if best.diagnosis is not None:
        title, what, figures = best.diagnosis
        return Diagnosis(title, what, step, names, evidence, confidence,
                         dict(figures, factor=factor), near)
    title, more, not_told = _loss_or_rate(factor, window, saturated, bool(agreeing))
    return Diagnosis(
        title, "B's updates are %.6g times A's%s." % (
            factor, " in all variables" if len(names) == len(window.updates)
            else " in %s" % named(names)),
        step, names, evidence[:1] + more + evidence[1:], confidence, {"factor": factor},
        near + not_told)


class _Hypothesis:
    def __init__(self, name, left, diagnosis=None):
        self.name, self.left, self.diagnosis = name, left, diagnosis


def _hypotheses(factor, group, window, saturated):
    """What the factor may be, the best predictor of the following updates first."""
    found = [_Hypothesis("a constant factor", _left(
        group, lambda update, place: factor * update.following[place][0]))]
    if window.first and saturated:
        for title, beta1, beta2, series in adam.factors(factor):
            left = _left(group, lambda update, place, series=series: (
                series[place + 1] * update.following[place][0]))
            found.append(_Hypothesis(title, left, (
                title, "B's first updates are %.5g times A's, the next %.5g, %.5g: with beta1 "
                "%g and beta2 %g that is what it leaves." % (*series[:3], beta1, beta2),
                {"beta1": beta1, "beta2": beta2})))
    if window.first and not saturated:
        for side, coefficient, predict in momentum.nesterov(factor):
            left = _left(group, lambda update, place, predict=predict: predict(
                update.b, update.a, update.following[0][0]), 1)
            title = "Nesterov momentum in %s only" % side
            found.append(_Hypothesis(title, left, (
                title, "%s's first update is 1 + %.5g times the other's: Nesterov's form with that "
                "momentum." % (side, coefficient), {"momentum": coefficient})))
    if any(each.left is None for each in found):
        return found
    # A learning rate is the simplest cause, and comes first unless another one fits clearly better.
    return sorted(found, key=lambda each: each.left * (1 if each.diagnosis is None else 1.2))


def _left(group, predict, most=3):
    """How far B's next updates are from the prediction, as a share of them."""
    missed = size = 0.0
    for update in group.updates:
        for place in range(min(most, len(update.following))):
            true = update.following[place][1]
            missed += float(np.sum((predict(update, place) - true) ** 2))
            size += float(np.sum(true ** 2))
    if not size or not np.isfinite(missed):
        return None
    return float(np.sqrt(missed / size))


def _loss_or_rate(factor, window, saturated, partial):
    """What the losses say, where there are any: title, evidence, alternatives."""
    losses = window.scalars("fetches")
    scaled = [name for name, (a, b) in losses.items() if a and abs(b / a / factor - 1) < 1e-4]
    # A number that was the same one step before is not a scaled loss: it is the rate.
    before = {} if window.first else window.scalars("fetches", window.before)
    rates = [name for name in scaled if name in before and before[name][0] == before[name][1] != 0]
    scaled = [name for name in scaled if name not in rates]
    same = [name for name, (a, b) in losses.items() if a and abs(b / a - 1) < 1e-5]
    size = next((each for each in sorted(window.batch_sizes()) if each > 1 and (
        abs(factor / each - 1) < 1e-4 or abs(factor * each - 1) < 1e-4)), None)
    summed = ("The loss is summed in %s and averaged in %s" % (
        ("B", "A") if factor > 1 else ("A", "B")))
    if saturated:
        return "Different learning rate", ["the updates have one size in most elements, whatever "
                                           "the loss: Adam or a similar optimizer"], []
    if rates:
        return "Different learning rate", ["the fetched %s is %.6g times as large in B, too, from "
                                           "this step on" % (named(rates), factor)], []
    if scaled and not partial:
        if size:
            return summed, ["the fetched %s is %.6g times as large, too, and a batch has %d rows"
                            % (named(scaled), factor, size)], []
        return "The loss is scaled", ["the fetched %s is %.6g times as large, too" % (
            named(scaled), factor)], []
    if same:
        return "Different learning rate", ["the fetched %s is the same on both sides"
                                           % named(same)], (
            ["training another loss than the one that was fetched"] if size else [])
    if size and not partial:
        return ("Different learning rate, or loss summed instead of averaged",
                ["a batch has %d rows" % size],
                ["either of the two: no loss was fetched on both sides"])
    return "Different learning rate", [], (
        [] if partial else ["a loss scaled by this factor: no loss was fetched that would show it"])

"""Gradients clipped on one side: by value, by the norm of a variable, by the norm of all."""
from __future__ import annotations

from typing import Any, List

import numpy as np

from tf1_recipes.traces.explain.diagnosis import HIGH, LOW, MEDIUM, Diagnosis
from tf1_recipes.traces.explain.relations import Group
from tf1_recipes.traces.explain.updates import Update
from tf1_recipes.traces.explain.window import Window, named

_MOMENTA = (0, 0.9, 0.5, 0.8, 0.95, 0.99)


def by_value(window: Window, updates: List[Update]) -> Any:
    """Elements beyond a bound lie at the bound on one side, and all others agree.

    Returns:
        (list of `Diagnosis`, the names that they cover).
    """
    found = {}
    for update in updates:
        for side, clipped, plain in (("B", update.b, update.a), ("A", update.a, update.b)):
            bound = float(np.max(np.abs(clipped), initial=0))
            over = np.abs(plain) > bound + 4 * update.noise
            count = int(np.count_nonzero(over))
            if (bound and count and update.elements >= 2 and np.all(np.abs(
                    np.clip(plain, -bound, bound) - clipped) <= 8 * update.noise)):
                found.setdefault(side, []).append((update, bound, count))
    diagnoses, covered = [], set()
    for side, each in found.items():
        bounds = [bound for _, bound, _ in each]
        if np.ptp(bounds) > 1e-3 * max(bounds):
            each = [one for one in each if one[2] > 1]  # another bound for each: one rate each
        if not each:
            continue
        bounds = [bound for _, bound, _ in each]
        clipped = sum(count for _, _, count in each)
        elements = sum(update.elements for update, _, _ in each)
        kept = elements - clipped
        if window.first and not kept:
            continue  # all of one size: an optimizer that divides each gradient by its own
        names = [update.name for update, _, _ in each]
        covered.update(names)
        diagnoses.append(Diagnosis(
            "Gradients clipped by value in %s" % side,
            "%s's updates end at +-%.6g, the learning rate times the bound." % (
                side, float(np.median(bounds))),
            window.step, names,
            ["%d of %d elements would be larger, and lie at that bound" % (clipped, elements),
             "the other %d agree" % kept],
            HIGH if clipped > 1 and kept > 1 else MEDIUM if clipped + kept > 2 else LOW,
            {"bound": float(np.median(bounds)), "clipped": clipped, "elements": elements},
            [] if kept else ["a learning rate for each element"]))
    return diagnoses, covered


def by_norm(groups: List[Group], window: Window) -> Any:
    """Updates shortened to one norm: of each variable, or of all of them together.

    Args:
        groups: list of `Group` whose updates differ by a constant factor.

    Returns:
        `Diagnosis` or None.
    """
    shorter = [1 + group.coefficients[0] for group in groups]
    if all(0 < each < 1 for each in shorter):
        side, pick = "B", 1
    elif all(each > 1 for each in shorter):
        side, pick = "A", 0
    else:
        return None
    updates = [update for group in groups for update in group.updates]
    if any(update.sampled for update in updates):
        return None  # the norm of a sample is not that of the whole
    if len(groups) > 1:
        return _each(updates, shorter, side, pick, window)
    everything = [*window.updates.values()]
    if len(everything) != len(updates):
        if len(updates) == 1:
            return _over_steps(updates, side, pick, window)
        return None
    return _over_steps(updates, side, pick, window)


def _over_steps(updates, side, pick, window):
    """Examines the norms of the following updates, without the part of momentum."""
    for momentum in _MOMENTA:
        what = "the norm of all updates together" if len(updates) > 1 else "the norm of its updates"
        if momentum:
            what += ", less %g of the ones before," % momentum
        pairs = [_without(update, momentum) for update in updates]
        series = [_norm(step) for step in zip(*pairs)]
        before = _norm_before(updates, momentum, window)
        found = _from_series(series, side, pick, window, updates, what, before)
        if found and (not momentum or found.confidence == HIGH):
            return found
    return None


def _without(update, momentum):
    """The updates of both sides from the step on, without the momentum of the ones before."""
    before = 0.0 if update.previous is None else update.previous
    moves = [(before, before), (update.a, update.b), *update.following]
    return [tuple(later[side] - momentum * earlier[side] for side in (0, 1))
            for earlier, later in zip(moves, moves[1:])]


def _each(updates, shorter, side, pick, window):
    norms = [_norm([(update.a, update.b)])[pick] for update in updates]
    if np.ptp(norms) > 2e-4 * max(norms):
        return None
    return Diagnosis(
        "Gradients clipped by norm in %s" % side,
        "%s's updates of each variable have the norm %.6g, the learning rate times the bound." % (
            side, float(np.median(norms))),
        window.step, [update.name for update in updates],
        ["%d variables, shortened by factors from %.4g to %.4g, have one norm" % (
            len(updates), min(shorter), max(shorter))],
        HIGH, {"bound": float(np.median(norms))})


def _norm(pairs):
    return [float(np.sqrt(sum(np.sum(pair[side] ** 2) for pair in pairs))) for side in (0, 1)]


def _norm_before(updates, momentum, window):
    """The norm of the update before, which must not have been clipped; None if it is not known."""
    if any(update.previous is None for update in updates):
        return None
    if momentum and window.samples.before(window.before) != window.samples.numbers[0]:
        return None  # the updates before that are not recorded
    return float(np.sqrt(sum(np.sum(update.previous ** 2) for update in updates)))


def _from_series(series, side, pick, window, updates, what, before):
    bound = series[0][pick]
    own = [each[pick] for each in series]
    at_bound = [abs(each - bound) <= 2e-4 * bound for each in own]
    if any(each > bound * (1 + 2e-4) for each in own):
        return None
    if before is not None and before > bound * (1 + 1e-3):
        return None  # an update as long as this was not clipped one step before
    same = sum(at_bound)
    other = [each[1 - pick] for each in series]
    steady = same > 1 and np.ptp(other[:same]) <= 2e-4 * other[0]
    if same < 2 and before is None or steady:
        return None
    evidence = ["%s is %.6g in %s at %d of %d steps, and never more; in %s it is %s" % (
        what, bound, side, same, len(series), "A" if side == "B" else "B",
        ", ".join("%.4g" % each for each in other))]
    if before is not None:
        evidence.append("one step before, it was %.4g, below that, and the sides agreed" % before)
    return Diagnosis(
        "Gradients clipped by %snorm in %s" % ("global " * (len(updates) > 1), side),
        "%s's updates have the norm %.6g at most, the learning rate times the bound; %s." % (
            side, bound, named([update.name for update in updates])),
        window.step, [update.name for update in updates], evidence,
        HIGH if same > 1 else MEDIUM, {"bound": bound},
        [] if same > 1 else ["a learning rate that is lowered at this step"])

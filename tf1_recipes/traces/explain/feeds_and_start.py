"""Different initial values and different feeds, which make everything after them differ."""
from __future__ import annotations

from typing import List, Optional, Tuple

import numpy as np

from tf1_recipes.traces.explain.diagnosis import HIGH, LOW, MEDIUM, Diagnosis
from tf1_recipes.traces.explain.samples import Samples
from tf1_recipes.traces.explain.window import Roles, named

_ROUNDING = 16  # ULPs of the largest element: another order of additions, another log or sqrt


def rounds_only(a: np.ndarray, b: np.ndarray, epsilon: float, units: float = _ROUNDING) -> bool:
    """Whether two arrays differ by rounding only."""
    largest = np.max(np.abs(a), initial=0)
    return bool(np.all(np.abs(a - b) <= units * epsilon * largest))


def initial_values(samples: Samples, roles: Roles, names: List[str]) -> List[Diagnosis]:
    """Weights with other initial values. Layouts and precisions are examined before.

    Args:
        names: list of str, the weights whose initial values differ.
    """
    start, scalars, groups = samples.numbers[0], [], {}
    for name in names:
        a, b = samples.pair(name, start)
        if a.size == 1:
            scalars.append("%s: %.7g against %.7g" % (name, a[0], b[0]))
            groups.setdefault("number", []).append(name)
            continue
        what = _relation(a, b)
        groups.setdefault(what, []).append(name)
    evidence = list(scalars)
    for what, found in groups.items():
        if what != "number":
            evidence.append("%s: %s" % (named(found), what))
    same = [name for name in roles.weights if name not in names]
    if same:
        evidence.append("equal at the start: %s" % named(same))
    return [Diagnosis(
        "Different initial values",
        "%d of %d variables do not start from the same values." % (len(names), len(roles.weights)),
        start, names, evidence, HIGH,
        {"variables": len(names)})]


def _relation(a, b):
    spread_a, spread_b = float(np.std(a)), float(np.std(b))
    if not a.any() or not b.any():
        side, other, values = ("A", "B", b) if not a.any() else ("B", "A", a)
        return "all 0 in %s; in %s of mean %.3g and spread %.3g" % (
            side, other, np.mean(values), np.std(values))
    factor = float(a @ b / (a @ a))
    if np.linalg.norm(b - factor * a) <= 1e-5 * np.linalg.norm(b):
        return "B's are %.6g times A's" % factor
    correlation = 0.0
    if spread_a and spread_b:
        correlation = float(np.corrcoef(a, b)[0, 1])
    if 0.8 < spread_b / max(spread_a, 1e-300) < 1.25 and abs(correlation) < 0.5:
        return ("other values of the same distribution, as from another seed (spread %.3g and "
                "%.3g, "
                "correlation %.2f)" % (spread_a, spread_b, correlation))
    return "mean %.3g against %.3g, spread %.3g against %.3g, correlation %.2f" % (
        np.mean(a), np.mean(b), spread_a, spread_b, correlation)


def slot_starts(samples: Samples, roles: Roles, names: List[str]) -> List[Diagnosis]:
    """Optimizer slots with other initial values: accumulators that begin at 0, 0.1 or 1."""
    start, found = samples.numbers[0], {}
    for name in names:
        a, b = samples.pair(name, start)
        if np.ptp(a) == 0 and np.ptp(b) == 0:
            found.setdefault((roles.slots[name][1], a[0], b[0]), []).append(name)
    return [Diagnosis(
        "The optimizer's accumulators start from different values",
        "%s begins at %.6g in A and at %.6g in B." % (kind, a, b), start, slots,
        ["the slots' own values at step %d" % start, _usual(a, b)], HIGH,
        {"start_a": float(a), "start_b": float(b)})
        for (kind, a, b), slots in found.items()]


def _usual(a, b):
    starts = {float("%.4g" % each) for each in (a, b)}
    if starts == {0.1, 0.0}:
        return "TF1's Adagrad begins at 0.1, PyTorch's at 0"
    if starts == {1.0, 0.0}:
        return "TF1's RMSProp begins at 1, Keras' and PyTorch's at 0"
    return "every element of a slot has that value"


def feeds(samples: Samples, step: int) -> Tuple[Optional[Diagnosis], List[str]]:
    """Feeds that differ at a step: other numbers, another order, another scale.

    Returns:
        (list of `Diagnosis`, list of notes on differences that explain rounding only).
    """
    diagnoses, notes, reordered, unchanged = [], [], [], []
    for kind, name in samples.rows:
        if kind != "feeds":
            continue
        whole = samples.whole(name, step, kind)
        tensors = samples.tensors(kind, name, step)
        if None in tensors:
            continue
        if whole is None:
            pair = samples.pair(name, step, kind)
            if pair is None or not np.array_equal(*pair):
                diagnoses.append(_feed(name, step, "its elements differ", LOW))
            continue
        a, b = whole
        if a.shape == b.shape and (np.array_equal(a, b) or a.dtype.kind == "f" and rounds_only(
                a, b, samples.epsilon(name, step, kind) or 0, 2)):
            unchanged.append((name, a, b))
            continue
        if a.shape != b.shape:
            diagnoses.append(_feed(name, step, "%s against %s" % (list(a.shape), list(b.shape)),
                                   HIGH, {"batch_a": len(a) if a.ndim else 1,
                                          "batch_b": len(b) if b.ndim else 1}))
        elif a.size == 1 and "c" not in (a.dtype.kind, b.dtype.kind):
            diagnoses.append(_feed(name, step, "%.7g against %.7g" % (a.item(), b.item()), HIGH,
                                   {"a": float(a.item()), "b": float(b.item())}))
        elif _rows(a) == _rows(b):
            reordered.append((name, a, b))
        else:
            diagnoses.append(_feed(name, step, *_elsewhere(samples, name, step, a, b)))
    if reordered:
        names = [name for name, _, _ in reordered]
        batch = {len(a) for _, a, _ in reordered if a.ndim}
        if _one_order(reordered + [each for each in unchanged
                                   if each[1].ndim and len(each[1]) in batch]):
            notes.append("the rows of %s are the same ones in another order within the batch, "
                         "which changes a mean over it by rounding only" % named(names))
        else:
            diagnoses.append(Diagnosis(
                "Different feeds", "%s hold the same rows in both, but in different orders: "
                                   "inputs and labels no longer match." % named(names), step, names,
                ["the rows of each, sorted, are equal"], MEDIUM))
    return _together(diagnoses), notes


def _rows(array):
    if array.ndim == 0:
        return [array.tobytes()]
    return sorted(row.tobytes() for row in np.ascontiguousarray(array))


def _one_order(found):
    """Whether one permutation of the batch explains all feeds: their joined rows are the same."""
    found = [each for each in found if each[1].ndim]
    if len({len(a) for _, a, _ in found}) != 1:
        return len(found) == 1
    joined = [sorted(b"".join(np.ascontiguousarray(each[side][row]).tobytes() for each in found)
                     for row in range(len(found[0][1]))) for side in (1, 2)]
    return joined[0] == joined[1]


def _elsewhere(samples, name, step, a, b):
    for number in [samples.before(step)] + samples.after(step, 3):
        other = number is not None and samples.whole(name, number, "feeds")
        if other and other[0].shape == b.shape and _rows(other[0]) == _rows(b):
            return ("B has at step %d what A has at step %d: the data is %d step%s %s in B" % (
                step, number, abs(number - step), "s" * (abs(number - step) > 1),
                "ahead" if number > step else "behind"), HIGH, {"offset": number - step})
    x, y = (each.astype(np.complex128).real.reshape(-1) for each in (a, b))
    if a.dtype.kind == "f" and x.size > 3 and np.isfinite(x + y).all() and np.ptp(x) > 0:
        slope, offset = np.polyfit(x, y, 1)
        if slope and np.max(np.abs(y - slope * x - offset)) <= 1e-5 * np.max(np.abs(y)):
            return ("B's are %.6g times A's%s: scaled otherwise" % (
                slope, " %+.6g" % offset if abs(offset) > 1e-6 * np.max(np.abs(y)) else ""),
                HIGH, {"scale": float(slope), "offset": float(offset)})
    common = len(set(_rows(a)) & set(_rows(b)))
    return ("%d of %d rows are in both batches" % (common, len(a)) if a.ndim else "they differ",
            HIGH, {"common_rows": common})


def _feed(name, step, what, confidence, figures=None):
    return Diagnosis("Different feeds", "%s: %s." % (name, what), step, [name], [], confidence,
                     figures or {})


def _together(diagnoses):
    if len(diagnoses) < 2:
        return diagnoses
    first = diagnoses[0]
    first.evidence = [each.what for each in diagnoses]
    first.where = [name for each in diagnoses for name in each.where]
    first.what = "%s differ from step %d on." % (named(first.where), first.step)
    return [first]

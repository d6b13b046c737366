"""Optimizers that scale each element: epsilon, where accumulators start, another kind of optimizer.

At the first step each update is a function of the gradient alone, so that B's is one of A's. Its
form names the difference:

    epsilon outside the root    u = -r g / (|g| + e)         1/|u_B| is linear in 1/|u_A|
    epsilon or start inside     u = -r g / sqrt(a + g^2)     1/u_B^2 is linear in 1/u_A^2
    outside in A, inside in B                                1/u_B^2 is quadratic in 1/|u_A|

with the slope e_B / e_A, or a_B / a_A. Where one side begins at 0, all its first updates have one
size, and the second step shows which optimizers these are.
"""
from __future__ import annotations

from typing import Any, List, Set, Tuple

import numpy as np

from tf1_recipes.traces.compare import Comparison
from tf1_recipes.traces.explain.adam import is_normalised
from tf1_recipes.traces.explain.diagnosis import HIGH, LOW, MEDIUM, Diagnosis
from tf1_recipes.traces.explain.updates import Update, fit
from tf1_recipes.traces.explain.window import Roles, Window
from tf1_recipes.traces.slot_names import slot_of

_ENOUGH = 16
_APART = 4
_EPSILON_HAT = 1 / np.sqrt(1 - 0.999)


def slot_kinds(comparison: Comparison, roles: Roles) -> Tuple[Set[str], ...]:
    """Returns the kinds of slots that A has and that B has, as two sets."""
    common = {kind.partition("_")[0] for _, kind in roles.slots.values()}
    known = {row.name for row in comparison.rows if row.kind == "variables"}
    kinds = []
    for only in (comparison.only_in_a, comparison.only_in_b):
        names = [each.partition("/")[2].rpartition(" (")[0] for each in only
                 if each.startswith("variables/")]
        kinds.append(common | {slot[1].partition("_")[0] for slot in (
            slot_of(name, known | set(names)) for name in names) if slot})
    return tuple(kinds)


def by_slots(kinds: Any, roles: Roles) -> List[Diagnosis]:
    """Slots that only one side has, of another optimizer."""
    common = kinds[0] & kinds[1]
    own = [sorted(each - common) for each in kinds]
    if not any(own) or roles.slots and not all(own):
        return []
    what = ["the slots of %s" % ", ".join(each) if each else "no slots" for each in own]
    return [Diagnosis(
        "Different optimizers", "A has %s, B has %s." % tuple(what), 0, [],
        ["the variables that only one side has"], HIGH if all(own) else LOW,
        {"slots_a": own[0], "slots_b": own[1]},
        [] if all(own) else ["a trace that leaves the slots out"])]


def first_step(window: Window, updates: List[Update]) -> Any:
    """Diagnoses updates of the first step of which B's are a function of A's.

    Returns:
        (list of `Diagnosis`, the names that they cover).
    """
    if not window.first or not updates:
        return [], set()
    a, b, noise = (np.concatenate([part(update) for update in updates]) for part in (
        lambda each: each.a, lambda each: each.b, lambda each: each.noise))
    known = (np.abs(a) > 8 * noise) & (np.abs(b) > 8 * noise)
    a, b, noise = a[known], b[known], noise[known]
    names = [update.name for update in updates]
    if a.size < _ENOUGH or np.any(np.sign(a) != np.sign(b)):
        return [], set()
    x, y = np.abs(a), np.abs(b)
    if np.count_nonzero(np.abs(x - y) > 4 * noise) < _APART:
        return [], set()  # a few tiny gradients, in which the optimizer magnifies rounding
    epsilon = _epsilon(x, y, noise, window)
    if epsilon and not 1e-3 < epsilon.figures["ratio"] < 1e3:
        # So large a ratio that one side has almost none: it may as well start from 0.
        found = _one_side_constant(updates, x, y, window) or epsilon
    else:
        found = epsilon or _one_side_constant(updates, x, y, window) or (
            _inside(x, y, noise, window) or _mixed(x, y, noise, window))
    if found is None:
        return [], set()
    found.where = names
    return [found], set(names)


def _epsilon(x, y, noise, window):
    found = fit(1 / y - 1 / x, [1 / x, np.ones_like(x)], noise / y ** 2 + noise / x ** 2)
    if not found or not found.holds:
        return None
    slope, offset = found.coefficients[0] + 1, found.coefficients[1]
    rate = (1 - slope) / offset if offset else -1
    if slope <= 0 or rate < max(x.max(), y.max()) * (1 - 1e-3):
        return None
    evidence = ["1/|u_B| = %.5g / |u_A| %+.5g over %d elements; %.2g of the difference is left "
                "over" % (slope, offset, found.elements, found.left),
                "both tend to the same step of %.5g where the gradient is large" % rate]
    figures = {"ratio": slope, "rate": rate}
    for side, ratio in (("B", slope), ("A", 1 / slope)):
        if abs(ratio / _EPSILON_HAT - 1) < max(0.02, 4 * found.left):
            other = "A" if side == "B" else "B"
            return Diagnosis(
                "Epsilon inside the bias correction in %s" % side,
                "%s's epsilon weighs %.4g times as much: 1 / sqrt(1 - 0.999), as TF1's Adam "
                "(epsilon hat) beside PyTorch's and optax' in %s." % (side, ratio, other),
                window.step, [], evidence,
                HIGH if abs(ratio / _EPSILON_HAT - 1) < 0.02 else MEDIUM, figures,
                ["an epsilon that is %.4g times as large" % ratio])
    return Diagnosis("Different epsilon", "B's epsilon is %.5g times A's." % slope, window.step, [],
                     evidence, HIGH, figures,
                     ["gradients that are %.5g times as large in B: scaled, or clipped" % (
                         1 / slope),
                      "in TF1's Adam, a 1 - beta2 that is %.5g times as large in B" % (
                          1 / slope ** 2)])


def _inside(x, y, noise, window):
    found = fit(1 / y ** 2 - 1 / x ** 2, [1 / x ** 2, np.ones_like(x)],
                2 * noise / y ** 3 + 2 * noise / x ** 3)
    if not found or not found.holds:
        return None
    slope, offset = found.coefficients[0] + 1, found.coefficients[1]
    square = (1 - slope) / offset if offset else -1
    if slope < 0 or square < max(x.max(), y.max()) ** 2 * (1 - 1e-3):
        return None
    return Diagnosis(
        "The accumulators start from different values",
        "The term added to the gradient's square under the root is %.5g times as large in B: "
        "where the accumulator starts, or epsilon." % slope,
        window.step, [],
        ["1/u_B^2 = %.5g / u_A^2 %+.5g over %d elements; %.2g of the difference is left over" % (
            slope, offset, found.elements, found.left)],
        HIGH, {"ratio": slope, "rate": float(np.sqrt(square))})


def _mixed(x, y, noise, window):
    """Epsilon outside the root on one side, inside on the other."""
    for outside, inside, large, small in (("A", "B", x, y), ("B", "A", y, x)):
        one = np.ones_like(x)
        found = fit(1 / small ** 2 - 1 / large ** 2, [1 / large ** 2, 1 / large, one],
                    2 * noise / small ** 3 + 2 * noise / large ** 3)
        if not found or not found.holds or found.elements < 20:
            continue
        square, linear, offset = found.coefficients
        square += 1
        rate = -2 * square / linear if linear else -1
        if square > 0 and rate > 0 and abs(offset * rate ** 2 / (1 + square) - 1) < 0.05:
            return Diagnosis(
                "Epsilon inside the root in %s" % inside,
                "%s computes g / sqrt(v + epsilon), %s g / (sqrt(v) + epsilon)." % (
                    inside, outside), window.step, [],
                ["1/u^2 of %s is a quadratic of 1/|u| of %s, with the coefficients that this leaves"
                 ", over %d elements; %.2g of the difference is left over" % (
                     inside, outside, found.elements, found.left)], HIGH, {"rate": rate})
    return None


def _one_side_constant(updates, x, y, window):
    flat = is_normalised(x), is_normalised(y)
    if flat[0] == flat[1]:
        return None
    constant, other, pick = ("A", "B", 1) if flat[0] else ("B", "A", 0)
    size = float(np.median(x if flat[0] else y))
    spread = np.abs((x if flat[0] else y) - size)
    if np.mean(spread <= 1e-2 * size) < 0.9:
        return None
    scores = sorted(_second_step(updates, size, pick).items(), key=lambda each: each[1])
    evidence = ["%s's first updates all have the size %.6g; %s's vary with the gradient" % (
        constant, size, other)]
    if not scores or not np.isfinite(scores[0][1]):
        return Diagnosis(
            "Different optimizers, or accumulators that start differently",
            "%s divides each gradient by its own size, %s does not." % (constant, other),
            window.step, [], evidence, LOW, {"size": size})
    evidence += ["the second updates fit %s to %.2g%s" % (
        scores[0][0].format(constant, other), scores[0][1], "".join(
            "; %s to %.2g" % (name.format(constant, other), score) for name, score in scores[1:3]))]
    known = window.slot_kinds[0 if other == "A" else 1]
    for kind in ("RMSProp", "Adagrad"):
        name = "%s from 0 in {0}" % kind
        score = dict(scores)[name]
        if known == {kind} and score < 1.2 * scores[0][1]:
            title, what = _KINDS[name]
            return Diagnosis(
                title, what.format(constant, other), window.step, [],
                ["%s has the slots of %s" % (other, kind)] + evidence, MEDIUM,
                {"size": size, "kind": kind},
                ["another optimizer in %s that starts at 0: its slots would tell" % constant])
    best, (title, what) = scores[0][0], _KINDS[scores[0][0]]
    near = [name.format(constant, other) for name, score in scores[1:]
            if score < 2 * scores[0][1] or scores[0][1] > 0.3]
    if near:
        return Diagnosis(
            "Accumulators that start at 0 in %s, or another optimizer" % constant,
            "%s divides each first gradient by its own size, %s does not: nearest is %s." % (
                constant, other, best.format(constant, other)),
            window.step, [], evidence, LOW, {"size": size}, near)
    return Diagnosis(
        title.format(constant, other), what.format(constant, other), window.step, [], evidence,
        MEDIUM, {"size": size, "kind": best.partition(" ")[0]})


_KINDS = {
    "Adagrad from 0 in {0}": (
        "Adagrad's accumulators start from different values",
        "{0}'s accumulators begin at 0, {1}'s do not (TF1's begin at 0.1)."),
    "RMSProp from 0 in {0}": (
        "RMSProp's mean square starts from different values",
        "{0}'s mean square begins at 0, {1}'s does not (TF1's begins at 1)."),
    "Adam in {0}, gradient descent in {1}": (
        "Different optimizers", "{0} steps like Adam, {1} along the gradient."),
    "Adam in {0}, momentum in {1}": (
        "Different optimizers", "{0} steps like Adam, {1} like momentum of 0.9."),
    "Adagrad in {0}, gradient descent in {1}": (
        "Different optimizers", "{0} steps like Adagrad, {1} along the gradient."),
}


def _second_step(updates, size, pick):
    """How far each pair of optimizers misses the second updates of the constant side."""
    missed, total = dict.fromkeys(_KINDS, 0.0), 0.0
    for update in updates:
        if not update.following:
            return {}
        first = (update.a, update.b)[pick]
        second, true = update.following[0][pick], update.following[0][1 - pick]
        ratio = 0.9
        one, two = (np.minimum((each / size) ** 2, 1 - 1e-9) for each in (first, second))
        q1 = one / (1 - one)
        q2 = two * (1 + q1) / (1 - two)
        s1 = ratio * q1
        s2 = two * ratio * (ratio + s1) / (1 - two)
        later = second - 0.9 * first
        with np.errstate(divide="ignore", invalid="ignore"):
            predicted = {
                "Adagrad from 0 in {0}": np.sign(second) * size * np.sqrt(q2 / (q1 + q2)),
                "RMSProp from 0 in {0}": np.sign(second) * size * np.sqrt(s2 / (ratio * s1 + s2)),
                "Adam in {0}, gradient descent in {1}": size * _adam(first, second),
                "Adam in {0}, momentum in {1}": size * _adam(first, later),
                "Adagrad in {0}, gradient descent in {1}": (
                    size * second / np.sqrt(first ** 2 + second ** 2)),
            }
        for name, values in predicted.items():
            missed[name] += float(np.nansum((values - true) ** 2))
        total += float(np.sum(true ** 2))
    return {name: float(np.sqrt(each / total)) for name, each in missed.items()} if total else {}


def _adam(first, second):
    mean = (0.9 * first + second) / 1.9
    square = (0.999 * first ** 2 + second ** 2) / 1.999
    return mean / np.sqrt(square)

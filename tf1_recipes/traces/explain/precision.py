"""float64 beside float32, and numbers of fewer bits than their type has."""
from __future__ import annotations

from typing import Any, List

import numpy as np

from tf1_recipes.traces.explain.diagnosis import HIGH, LOW, MEDIUM, Diagnosis
from tf1_recipes.traces.explain.samples import Samples
from tf1_recipes.traces.explain.updates import Update
from tf1_recipes.traces.explain.window import Window, named

_BITS = {"bfloat16": 16, "float16 or TF32": 13}


def types(samples: Samples, names: List[str]) -> List[Diagnosis]:
    """Variables that are of another floating-point type in B."""
    groups, start = {}, samples.numbers[0]
    for name in names:
        a, b = samples.tensors("variables", name, start)
        if a is None or b is None:
            continue
        if a.dtype != b.dtype and a.dtype.kind == b.dtype.kind == "f":
            groups.setdefault((a.dtype.name, b.dtype.name), []).append(name)
    diagnoses = []
    for (a, b), found in groups.items():
        equal = [name for name in found if _rounds_to(samples, name, start)]
        diagnoses.append(Diagnosis(
            "%s in B, %s in A" % (b, a),
            "%d variables are %s in A and %s in B." % (len(found), a, b), start, found,
            ["%d of %d have the same initial values, rounded to the coarser type" % (
                len(equal), len(found))], HIGH, {"variables": len(found)}))
    return diagnoses


def _rounds_to(samples, name, step):
    a, b = samples.tensors("variables", name, step)
    coarser = min(a.dtype, b.dtype, key=lambda dtype: dtype.itemsize)
    pair = samples.pair(name, step)
    if pair is None:
        return False
    with np.errstate(over="ignore"):
        return np.array_equal(*(each.astype(coarser) for each in pair))


def fewer_bits(samples: Samples, names: List[str], step: int) -> List[Diagnosis]:
    """float32 variables whose values on one side all have the bits of a shorter type."""
    found = {}
    for name in names:
        tensors = samples.tensors("variables", name, step)
        pair = samples.pair(name, step)
        if pair is None or any(each.dtype != np.float32 for each in tensors) or pair[0].size < 8:
            continue
        shapes = [_shortest(each.astype(np.float32)) for each in pair]
        if shapes[0] != shapes[1]:
            found.setdefault(tuple(shapes), []).append(name)
    diagnoses = []
    for shapes, names_found in found.items():
        for side, other, shape in (("A", 1, shapes[0]), ("B", 0, shapes[1])):
            if shape and not shapes[other]:
                diagnoses.append(Diagnosis(
                    "Reduced precision in %s" % side,
                    "%s's values of %s are all numbers of %s." % (side, named(names_found), shape),
                    step, names_found,
                    ["the last %d bits of every element are 0 in %s, and not on the other side" % (
                        _BITS[shape], side)], HIGH, {"zero_bits": _BITS[shape]}))
    return diagnoses


def _shortest(values):
    bits = values.view(np.uint32)
    if not bits.any():
        return ""
    for name, count in _BITS.items():
        if not np.any(bits & np.uint32((1 << count) - 1)):
            return name
    return ""


def computed_with_less(window: Window, updates: List[Update]) -> Any:
    """Updates that differ by more than float32's rounding, in both directions."""
    a, b = (np.concatenate([part(update) for update in updates]) for part in (
        lambda each: each.a, lambda each: each.b))
    if a.size < 32 or not a.any():
        return []
    spread = float(np.linalg.norm(b - a) / np.linalg.norm(a))
    bias = abs(float(a @ (b - a) / (a @ a)))
    epsilon = max(update.epsilon for update in updates)
    noise = np.concatenate([update.noise for update in updates])
    if np.mean(np.abs(b - a) > 4 * noise) < 0.25:
        return []  # a few elements, and not a scatter of all
    if not 256 * epsilon < spread < 2e-2 or bias > 0.5 * spread:
        return []
    return [Diagnosis(
        "Reduced precision of the computation (%s)" % (
            "as with bfloat16" if spread > 2e-3 else "as with TF32 or float16"),
        "The updates differ by %.2g of their size, in both directions." % spread,
        window.step, [update.name for update in updates],
        ["%d elements; as a factor, B's are 1 %+.2g times A's" % (
            a.size, float(a @ (b - a) / (a @ a))),
         "no relation to the weights or to earlier updates was found"],
        MEDIUM if bias < 0.1 * spread and a.size >= 100 else LOW, {"scatter": spread},
        ["noise that one side adds, or data that differs a little"])]

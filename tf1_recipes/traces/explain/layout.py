"""Weights that are the same numbers in another order: transposed, permuted, reversed."""
from __future__ import annotations

import itertools
from typing import Any, Callable, List, Optional, Tuple

import numpy as np

from tf1_recipes.traces.explain.diagnosis import HIGH, Diagnosis
from tf1_recipes.traces.explain.samples import Samples
from tf1_recipes.traces.explain.window import named

_MOST_AXES = 5


def layout_of(a: np.ndarray,
              b: np.ndarray) -> Optional[Tuple[str, Callable[[np.ndarray], np.ndarray]]]:
    """Returns (how b is laid out, function that puts b into a's order), or None.

    Arrays of fewer than 4 different elements could match by chance.
    """
    if a.size != b.size or a.dtype.kind != "f" or b.dtype.kind != "f" or a.ndim == 0:
        return None
    b = b.astype(a.dtype) if b.dtype != a.dtype else b
    values = np.sort(a, axis=None)
    if np.unique(values).size < 4 or not np.array_equal(values, np.sort(b, axis=None)):
        return None
    return _transposed(a, b) or _one_axis(a, b) or _reshaped(a, b)


def _transposed(a, b):
    if not 2 <= a.ndim <= _MOST_AXES or a.ndim != b.ndim:
        return None
    for axes in itertools.permutations(range(a.ndim)):
        if list(axes) != sorted(axes) and b.transpose(axes).shape == a.shape and np.array_equal(
                b.transpose(axes), a):
            what = "transposed" if a.ndim == 2 else "B's axes %s are A's axes" % (list(axes),)
            return what, lambda array, axes=axes: array.transpose(axes)
    return None


def _one_axis(a, b):
    """The slices along one axis, in another order."""
    if a.shape != b.shape:
        return None
    for axis in range(a.ndim):
        rows_a, rows_b = (np.moveaxis(each, axis, 0).reshape(each.shape[axis], -1)
                          for each in (a, b))
        places = {row.tobytes(): place for place, row in enumerate(rows_b)}
        order = [places.get(row.tobytes()) for row in rows_a]
        if None not in order and sorted(order) == list(range(len(order))):
            what = "permuted along axis %d (%s)" % (axis, _order(order))
            return what, lambda array, axis=axis, order=order: np.take(array, order, axis)
    return None


def _order(order):
    count = len(order)
    if order == list(range(count))[::-1]:
        return "reversed"
    for blocks in (2, 3, 4):
        if count % blocks == 0 and count > blocks:
            length = count // blocks
            starts = order[::length]
            if all(order[start * length:(start + 1) * length] == list(
                    range(starts[start], starts[start] + length)) for start in range(blocks)):
                return "blocks of %d in the order %s: gates or heads" % (
                    length, ", ".join(str(start // length) for start in starts))
    return "A's first are B's " + ", ".join(str(place) for place in order[:6])


def _reshaped(a, b):
    if a.shape != b.shape and np.array_equal(a.reshape(-1), b.reshape(-1)):
        return "reshaped", lambda array: array.reshape(a.shape)
    return None


def layouts(samples: Samples, names: List[str]) -> Any:
    """Diagnoses variables whose initial values are those of A in another order.

    Returns:
        (list of `Diagnosis`, dict ``{name: function that undoes it}``).
    """
    start, groups, undo = samples.numbers[0], {}, {}
    for name in names:
        whole = samples.whole(name, start)
        found = whole and layout_of(*whole)
        if found:
            groups.setdefault(found[0], []).append((name, whole[0].shape, whole[1].shape))
            undo[name] = found[1]
    diagnoses = []
    for what, found in groups.items():
        shapes = [name for name, shape, other in found if shape != other]
        square = [name for name, shape, other in found if shape == other]
        diagnoses.append(Diagnosis(
            "Weights in another layout",
            "%s: B's initial values are A's, %s." % (named(name for name, _, _ in found), what),
            start, [name for name, _, _ in found],
            ["every element is equal once that is undone"] + (
                ["the shapes are equal, so no shape error shows it: %s" % named(square)]
                if square and what == "transposed" else []), HIGH,
            {"variables": len(found), "square": len(square), "other_shape": len(shapes)}))
    return diagnoses, undo


def outcome(diagnoses: List[Diagnosis], last: int, explained: bool) -> None:
    """Says whether the trainings agree once the layouts are undone.

    Args:
        explained: bool, whether the updates then agree, or differ for a known reason.
    """
    for diagnosis in diagnoses:
        diagnosis.evidence.append(
            "once undone, the updates agree up to step %d, except for what is listed below: the "
            "storage differs, not the training" % last if explained else
            "the updates do not follow it: the weights were loaded in this layout, but are used "
            "in the other")

"""The first NaN or infinity that only one side has."""
from __future__ import annotations

from typing import List

import numpy as np

from tf1_recipes.traces.explain.diagnosis import HIGH, Diagnosis
from tf1_recipes.traces.explain.samples import Samples
from tf1_recipes.traces.explain.window import named

_PIECE = 1 << 20


def first_not_finite(samples: Samples) -> List[Diagnosis]:
    """Diagnoses the first step at which a tensor is finite on one side only."""
    rows = [row for row in samples.rows.values() if row.not_finite_step is not None]
    if not rows:
        return []
    step = min(row.not_finite_step for row in rows)
    rows = [row for row in rows if row.not_finite_step == step]
    sides = {}
    for row in rows:
        tensors = samples.tensors(row.kind, row.name, step)
        for side, tensor in zip("AB", tensors):
            nans, infinite = _count(tensor)
            if nans or infinite:
                sides.setdefault(side, []).append((row, nans, infinite))
    diagnoses = []
    for side, found in sides.items():
        nans, infinite = (sum(each[place] for each in found) for place in (1, 2))
        names = ["%s/%s" % (row.kind, row.name) for row, _, _ in found]
        evidence = ["%d NaN and %d infinite elements there" % (nans, infinite)]
        evidence += _before(samples, step, side)
        what = "NaN" if nans and not infinite else "infinity" if not nans else "NaN and infinity"
        diagnoses.append(Diagnosis(
            "%s in %s" % ("Overflow" if infinite and not nans else "NaN", side),
            "The first %s in %s: step %d, %s." % (what, side, step, named(names)), step,
            [row.name for row, _, _ in found], evidence, HIGH,
            {"nan": nans, "infinite": infinite}))
    return diagnoses


def _count(tensor):
    nans = infinite = 0
    for piece in tensor.chunks(_PIECE):
        if piece.dtype.kind in "fc":
            nans += int(np.count_nonzero(np.isnan(piece)))
            infinite += int(np.count_nonzero(np.isinf(piece)))
    return nans, infinite


def _before(samples, step, side):
    """How large the side's variables were in the steps before: an overflow follows growth."""
    pick, sizes = "AB".index(side), []
    numbers = [number for number in samples.numbers if number < step][-3:]
    for number in numbers:
        largest, name_of_it, limit = 0.0, None, 0
        for name in samples.variables:
            pair = samples.pair(name, number)
            if pair is not None and pair[pick].size and samples.epsilon(name, number):
                size = float(np.max(np.abs(pair[pick])))
                if size > largest:
                    largest, name_of_it = size, name
                    limit = float(np.finfo(
                        samples.tensors("variables", name, number)[pick].dtype).max)
        if name_of_it:
            sizes.append((number, largest, name_of_it, limit))
    if not sizes:
        return []
    text = "the largest weight before: %s" % ", ".join(
        "%.3g at step %d" % (size, number) for number, size, _, _ in sizes)
    grows = len(sizes) > 1 and sizes[-1][1] > 2 * sizes[0][1]
    return [text + (" (%s, which grows)" % sizes[-1][2] if grows else ", which does not grow")]

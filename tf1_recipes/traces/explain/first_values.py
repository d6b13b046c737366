"""What differs at the start: types, layouts, shapes, initial values of weights and slots."""
from __future__ import annotations

from typing import Any

import numpy as np

from tf1_recipes.traces.compare import Comparison
from tf1_recipes.traces.explain import feeds_and_start, layout, precision
from tf1_recipes.traces.explain.diagnosis import Diagnosis
from tf1_recipes.traces.explain.samples import Samples
from tf1_recipes.traces.explain.window import Roles, named


def look(samples: Samples, roles: Roles, comparison: Comparison, apart: Any) -> Any:
    """Examines step 0. Where layouts differ, ``samples`` undoes that from then on.

    Args:
        samples, roles: see `Samples` and `Roles`.
        comparison: `Comparison`.
        apart: list of str, the variables that differ there.

    Returns:
        (list of `Diagnosis`; those of them that are layouts; whether everything after it is
        explained)
    """
    if not apart:
        return [], [], False
    found = precision.types(samples, apart)
    layouts = _layouts(samples, roles, [name for name in apart if name in roles.weights])
    found += layouts
    beyond = [name for name in apart if not _agrees(samples, name)]
    start = samples.numbers[0]
    shapes = [row for row in comparison.rows if row.name in beyond and row.kind == "variables"
              and row.mismatch and samples.pair(row.name, start) is None]
    if shapes:
        names = [row.name for row in shapes]
        return found + [Diagnosis(
            "Other shapes", "%s: not of one shape or type, nor the same values in another layout."
            % named(names), start, names,
            ["%s: %s" % (row.name, row.mismatch) for row in shapes[:5]])], layouts, True
    beyond = [name for name in beyond if samples.are_finite(name, start)]
    weights = [name for name in beyond if name in roles.weights]
    slots = [name for name in beyond if name in roles.slots]
    if weights:
        fewer = precision.fewer_bits(samples, weights, start)
        rounded = {name for each in fewer for name in each.where if _is_near(samples, name)}
        found += [each for each in fewer if rounded.issuperset(each.where)]
        weights = [name for name in weights if name not in rounded]
        if weights:
            found += feeds_and_start.initial_values(samples, roles, weights)
        return found, layouts, True
    if slots:
        starts = feeds_and_start.slot_starts(samples, roles, slots)
        return found + starts, layouts, bool(starts)
    return found, layouts, False


def _layouts(samples, roles, names):
    names = [name for name in names if not _agrees(samples, name)]
    diagnoses, undo = layout.layouts(samples, names)
    if diagnoses:
        for slot, (owner, _) in roles.slots.items():
            tensors = samples.tensors("variables", slot, samples.numbers[0])
            if owner in undo and None not in tensors and tensors[0].shape != tensors[1].shape:
                undo[slot] = undo[owner]
        samples.undo = undo
        samples.forget()
    return diagnoses


def _agrees(samples, name):
    start = samples.numbers[0]
    pair = samples.pair(name, start)
    return pair is not None and feeds_and_start.rounds_only(
        *pair, samples.epsilon(name, start) or 0.0)


def _is_near(samples, name):
    a, b = samples.pair(name, samples.numbers[0])
    return bool(np.all(np.abs(a - b) <= 2.0 ** -7 * np.maximum(np.abs(a), np.abs(b))))

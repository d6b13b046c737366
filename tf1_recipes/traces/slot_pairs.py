"""Pairs the optimizers' slots of two traces by their values after the first step.

All slots start from one value, which proves nothing. After a step from the same weights on the same
feeds they hold what the gradients were, laid out as the weights that they belong to: in the same
unit, or in another (Keras' momentum is -rate times TensorFlow's).
"""
from __future__ import annotations

from typing import Any

import numpy as np

from tf1_recipes.traces.layouts import changed
from tf1_recipes.traces.slot_names import slot_of

_ENOUGH = 4  # elements: fewer would be proportional by chance
_CLOSE = 1e-3  # the gradients of two frameworks round differently


def slot_pairs(slots: Any, others: Any, layouts: Any, tensors: Any) -> Any:
    """Yields (slot, its partner, changes, evidence) of those that fit one way only.

    Args:
        slots: names in the first trace that have no partner yet.
        others: names in the second trace that have none.
        layouts: dict ``{name of a variable in the first trace: changes}`` that make the second's.
        tensors: two dicts ``{name: Tensor}`` of both sides after the first step.
    """
    laid = {}
    for name in slots:
        owner, kind = slot_of(name, layouts) or (None, None)
        if owner and name in tensors[0]:
            array = tensors[0][name].read()
            if _is_told(array):
                laid[name] = kind, changed(layouts[owner], [array])[0], layouts[owner]
    if not laid:
        return
    arrays = {name: tensors[1][name].read() for name in others if name in tensors[1]}
    others = [name for name, array in arrays.items() if _is_told(array)]
    units = {}  # by the kind of slot and the last part of the partner's name
    for least in (_ENOUGH, 1):
        fits = {name: _fitting(*laid[name][:2], others, arrays, least, units) for name in laid}
        for name, found in fits.items():
            if len(found) != 1:
                continue
            (other, unit), = found.items()
            if sum(other in each for each in fits.values()) > 1:
                continue
            kind, _, changes = laid.pop(name)
            others.remove(other)
            units[kind, _last(other)] = unit
            yield name, other, changes + ([] if unit == 1 else [{"scale": unit}]), (
                "after the first step the values are equal" if unit == 1
                else "after the first step the values are %g times as large" % unit)


def _fitting(kind, slot, others, arrays, least, units):
    """Returns ``{name: unit}`` of the arrays that are this slot, or a multiple of it."""
    found = {}
    for name in others:
        other = arrays[name]
        if other.shape != slot.shape or other.size < least:
            continue
        known = units.get((kind, _last(name)))
        if other.size < _ENOUGH and known is None:
            continue
        x, y = (each.astype(np.float64).reshape(-1) for each in (slot, other))
        unit = float("%.4g" % (known or x @ y / (x @ x)))
        unit = 1 if abs(unit - 1) < _CLOSE else unit
        if np.linalg.norm(y - unit * x) <= _CLOSE * np.linalg.norm(y):
            found[name] = unit
    return found


def _is_told(array):
    return array.dtype.kind == "f" and array.size and bool(np.all(np.isfinite(array))) and bool(
        np.any(array))


def _last(name):
    return name.replace(".", "/").rpartition("/")[2]

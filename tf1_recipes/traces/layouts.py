"""The changes of layout between frameworks, on shapes and on arrays.

Each change takes a list of arrays and gives a list of arrays; those of a rule of a map file (see
`tf1_recipes.traces.map_file`) are applied one after the other:

    {"transpose": true}                       each array's axes reversed; or a permutation
    {"reshape": [3, -1]}                      each array, its elements in C order
    {"split": [2, 4], "axis": 0}              each array into pieces of these sizes, in order
    {"order": [0, 2, 1, 3], "axis": 1}        each array is cut into as many equal blocks along the
                                              axis, and put together again in this order
    {"concat": 0}                             all arrays joined along an axis
    {"sum": true}                             all arrays added up
    {"scale": 0.5}, {"add": 1.0}              each element; or, with "axis", a list: one number for
                                              each of so many equal blocks along the axis

An axis counts from 0, or from the end below it.
"""
from __future__ import annotations

import math
from typing import Any, Dict, List, Optional, Tuple

import numpy as np

from tf1_recipes.traces.trace import MOST_DIMENSIONS, element_count

CHANGES = ("transpose", "reshape", "split", "order", "concat", "sum", "scale", "add")
_WITH_AXIS = ("split", "order", "scale", "add")


def fault_of(change: Dict[str, Any]) -> Optional[str]:
    """Returns what is wrong with a change as it is written, or None."""
    if not isinstance(change, dict):
        return "%r is not a change: write {\"transpose\": true}, for example" % (change,)
    names = [name for name in change if name in CHANGES]
    if len(names) != 1:
        return "%r names %s of the changes %s" % (
            change, "none" if not names else "more than one", ", ".join(CHANGES))
    name, value = names[0], change[names[0]]
    listed = isinstance(value, list)
    wants_axis = name in ("split", "order") or name in _WITH_AXIS and listed
    unknown = sorted(set(change) - {name} - ({"axis"} if wants_axis else set()))
    if unknown:
        return "%r has %s, which %r does not take" % (change, ", ".join(map(repr, unknown)), name)
    if wants_axis and not _is_whole(change.get("axis")):
        return "%r needs an \"axis\", a whole number" % (change,)
    good = {
        "transpose": value is True or listed and sorted(map(str, value)) == sorted(
            map(str, range(len(value)))) and all(map(_is_whole, value)),
        "reshape": listed and all(_is_whole(each) and each >= -1 for each in value)
        and value.count(-1) < 2 and len(value) <= MOST_DIMENSIONS,
        "split": listed and bool(value) and all(_is_whole(each) and each > 0 for each in value),
        "order": listed and bool(value) and all(map(_is_whole, value))
        and sorted(value) == list(range(len(value))),
        "concat": _is_whole(value), "sum": value is True,
        "scale": all(_is_number(each) and each for each in (value if listed else [value]))
        and value != [],
    }.get(name, _is_number(value) or listed and bool(value) and all(map(_is_number, value)))
    return None if good else "%r: %s" % (change, {
        "transpose": "write true or a permutation of 0, 1, 2 ...",
        "reshape": "write the sizes, one of which may be -1",
        "split": "write the sizes of the pieces",
        "order": "write a permutation of 0, 1, 2 ...",
        "concat": "write an axis", "sum": "write true",
        "scale": "write a number other than 0, or a list of such"}.get(
            name, "write a number, or a list"))


def _is_whole(value):
    return isinstance(value, int) and not isinstance(value, bool) and abs(value) < 1 << 63


def _is_number(value):
    try:
        return (isinstance(value, (int, float)) and not isinstance(value, bool)
                and math.isfinite(value))
    except OverflowError:  # of an integer that no float holds
        return False


def changed_shapes(changes: List[Dict[str, Any]],
                   shapes: List[Tuple[int, ...]]) -> List[Tuple[int, ...]]:
    """Returns the shapes that arrays of these shapes have after the changes.

    Raises:
        ValueError: a change does not fit; the text says which and why.
    """
    shapes = [tuple(shape) for shape in shapes]
    for change in changes:
        try:
            shapes = _shapes_after(change, shapes)
        except ValueError as error:
            raise ValueError("%s: %s" % (_title(change), error)) from None
    return shapes


def fitted(changes: List[Dict[str, Any]], kinds: List[Tuple[Tuple[int, ...], np.dtype]]
           ) -> Tuple[List[Tuple[int, ...]], Optional[str]]:
    """Returns the shapes of arrays of these shapes and dtypes after the changes, and why they do
    not fit, or None.

    >>> fitted([{"transpose": True}], [((2, 3), np.dtype("float32"))])
    ([(3, 2)], None)
    """
    dtypes = {dtype for _, dtype in kinds}
    fault = None
    if len(dtypes) > 1 and changes:
        fault = "dtypes %s are mixed" % ", ".join(sorted(map(str, dtypes)))
    elif needs_floats(changes) and next(iter(dtypes)).kind not in "fc":
        fault = "%s takes no scale and no add" % next(iter(dtypes))
    elif changes:
        fault = fault_in(changes, next(iter(dtypes)))
    if fault:
        return [], fault
    try:
        return changed_shapes(changes, [shape for shape, _ in kinds]), None
    except ValueError as error:
        return [], str(error)


def _shapes_after(change, shapes):
    if "concat" in change:
        axes = {_axis(change["concat"], shape) for shape in shapes}
        rest = {shape[:axis] + (None,) + shape[axis + 1:] for axis in axes for shape in shapes}
        if len(axes) > 1 or len(rest) > 1:
            raise ValueError("shapes %s cannot be joined" % ", ".join(map(_show, shapes)))
        axis = axes.pop()
        return [shapes[0][:axis] + (sum(shape[axis] for shape in shapes),) + shapes[0][axis + 1:]]
    if "sum" in change:
        if len(set(shapes)) > 1:
            raise ValueError("shapes %s cannot be added" % ", ".join(map(_show, shapes)))
        return shapes[:1]
    return [after for shape in shapes for after in _shapes_of_one(change, shape)]


def _shapes_of_one(change, shape):
    if "transpose" in change:
        return [tuple(shape[axis] for axis in _permutation(change, shape))]
    if "reshape" in change:
        known = element_count([each for each in change["reshape"] if each >= 0])
        total = element_count(shape)
        if -1 in change["reshape"]:
            if not known or total % known:
                raise ValueError("%s has %d elements, which the given sides do not divide" % (
                    _show(shape), total))
            return [tuple(total // known if each < 0 else each for each in change["reshape"])]
        if known != total:
            raise ValueError("%s has %d elements, not %d" % (_show(shape), total, known))
        return [tuple(change["reshape"])]
    if "split" in change:
        axis = _axis(change["axis"], shape)
        if sum(change["split"]) != shape[axis]:
            raise ValueError("axis %d of %s is %d long; the sizes add up to %d" % (
                axis, _show(shape), shape[axis], sum(change["split"])))
        return [shape[:axis] + (size,) + shape[axis + 1:] for size in change["split"]]
    if "order" in change or "axis" in change:
        count = len(change.get("order") or change.get("scale") or change["add"])
        axis = _axis(change["axis"], shape)
        if shape[axis] % count:
            raise ValueError("axis %d of %s is %d long, which %d equal blocks do not divide" % (
                axis, _show(shape), shape[axis], count))
    return [shape]


def changed(changes: List[Dict[str, Any]], arrays: List[np.ndarray]) -> List[np.ndarray]:
    """Returns the arrays after the changes, whose shapes must fit; see `changed_shapes`."""
    for change in changes:
        if "concat" in change:
            arrays = [np.concatenate(arrays, change["concat"])]
        elif "sum" in change:
            total = arrays[0].copy()
            for each in arrays[1:]:
                total += each
            arrays = [total]
        else:
            arrays = [after for array in arrays for after in _change_one(change, array)]
    return arrays


def _change_one(change, array):
    if "transpose" in change:
        return [array.transpose(_permutation(change, array.shape))]
    if "reshape" in change:
        return [array.reshape(change["reshape"])]
    if "split" in change:
        return np.split(array, np.cumsum(change["split"])[:-1], change["axis"])
    if "order" in change:
        blocks = np.split(array, len(change["order"]), change["axis"])
        return [np.concatenate([blocks[each] for each in change["order"]], change["axis"])]
    name = "scale" if "scale" in change else "add"
    numbers = np.asarray(change[name], array.dtype)
    if numbers.ndim:
        axis = _axis(change["axis"], array.shape)
        numbers = np.repeat(numbers, array.shape[axis] // numbers.size)
        numbers = numbers.reshape([-1] + [1] * (array.ndim - axis - 1))
    return [array * numbers if name == "scale" else array + numbers]


def needs_floats(changes: List[Dict[str, Any]]) -> bool:
    """Whether one of the changes does arithmetic, which is for floating point numbers only."""
    return any("scale" in change or "add" in change for change in changes)


def fault_in(changes: List[Dict[str, Any]], dtype: np.dtype) -> Optional[str]:
    """Returns what is wrong with the numbers of the changes in arrays of a type, or None."""
    for change in changes:
        for name in {"scale", "add"} & set(change):
            for number in np.ravel(change[name]).tolist():
                with np.errstate(over="ignore"):
                    own = np.array(number).astype(dtype)
                if not np.isfinite(own):
                    return "%s %r is too large for %s" % (name, number, dtype)
                if name == "scale" and not own:
                    return "scale %r is 0 in %s" % (number, dtype)
    return None


def _permutation(change, shape):
    if change["transpose"] is True:
        return tuple(range(len(shape)))[::-1]
    if len(change["transpose"]) != len(shape):
        raise ValueError("it has %d axes, but %s has %d" % (
            len(change["transpose"]), _show(shape), len(shape)))
    return tuple(change["transpose"])


def _axis(axis, shape):
    if not -len(shape) <= axis < len(shape):
        raise ValueError("%s has no axis %d" % (_show(shape), axis))
    return axis % len(shape)


def _show(shape):
    return str(list(shape))


def _title(change):
    return next(name for name in CHANGES if name in change)

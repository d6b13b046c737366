"""Which change of layout turns one array into another, where their values prove it.

An array of one value proves nothing: `telling` says which arrays do.
"""
from __future__ import annotations

import itertools
import zlib
from typing import Any, Dict

import numpy as np

from tf1_recipes.traces.layouts import changed

_MOST_AXES = 5
_GATES = (4, 3, 2)


def telling(array: np.ndarray) -> bool:
    """Whether an array has at least two values that differ."""
    return array.size > 1 and bool(np.any(array.reshape(-1)[1:] != array.reshape(-1)[0]))


def same(a: np.ndarray, b: np.ndarray) -> bool:
    """Whether two arrays are equal, in the narrower of two types of floats."""
    if a.shape != b.shape:
        return False
    if a.dtype != b.dtype:
        if a.dtype.kind != "f" or b.dtype.kind != "f":
            return False
        narrow = min(a.dtype, b.dtype, key=lambda dtype: dtype.itemsize)
        a, b = a.astype(narrow), b.astype(narrow)
    # Without NumPy 1.19's equal_nan: only NaN differs from itself.
    return bool(np.all((a == b) | ((a != a) & (b != b))))


def fingerprint(array: np.ndarray) -> Any:
    """The same for arrays of the same elements in any order (and now and then for others)."""
    flat = array.reshape(-1)
    if flat.dtype.kind == "f":
        flat = flat.astype(np.float32) + np.float32(0.0)  # -0.0 becomes 0.0
    return array.size, zlib.crc32(np.sort(flat).tobytes())


def layouts_between(a: np.ndarray, b: np.ndarray) -> Any:
    """Returns the lists of changes that give ``a`` the layout of ``b``, by their shapes alone.

    Permutations that differ only in axes of length 1 are one.
    """
    if a.ndim != b.ndim:
        return []
    if a.ndim > _MOST_AXES:
        return [[]] if a.shape == b.shape else []
    found = {}
    for axes in itertools.permutations(range(a.ndim)):
        if tuple(a.shape[axis] for axis in axes) == b.shape:
            found.setdefault(tuple(axis for axis in axes if a.shape[axis] > 1), axes)
    return [_transposed(axes) for axes in found.values()]


def proven_layouts(a: np.ndarray, b: np.ndarray) -> Any:
    """Returns the lists of changes that turn ``a`` into ``b``; at most one can be the true one."""
    found = [changes for changes in layouts_between(a, b) if same(changed(changes, [a])[0], b)]
    if found or a.size != b.size:
        return found
    for changes in _reshapes(a, b):
        if same(changed(changes, [a])[0], b):
            return [changes]
    return []


def _transposed(axes):
    if axes == tuple(range(len(axes))):
        return []
    return [{"transpose": True if axes == tuple(range(len(axes)))[::-1] else list(axes)}]


def _reshapes(a, b):
    if a.ndim != b.ndim:
        yield [{"reshape": list(b.shape)}]
        yield [{"transpose": True}, {"reshape": list(b.shape)}]
    elif a.ndim == 2 and a.shape == b.shape[::-1]:
        # Behind a flattened image: rows by height, width, channel, and by channel, height, width.
        rows, columns = a.shape
        for channels in range(2, rows):
            if rows % channels == 0:
                yield [{"reshape": [rows // channels, channels, columns]},
                       {"transpose": [2, 1, 0]}, {"reshape": list(b.shape)}]


def fused(whole: np.ndarray, pieces: Dict[str, np.ndarray]) -> Any:
    """Returns how an array consists of others, joined along an axis, or None.

    Args:
        whole: array.
        pieces: dict ``{name: array}`` of those that it may consist of.

    Returns:
        (names in order, axis, axes, order or None): the pieces of these names, each transposed by
        ``axes``, joined along ``axis``, are the whole with its blocks in this ``(order, axis)``.
        None, too, if another order or other pieces would do as well.
    """
    pieces = _within(whole, pieces)
    if len(pieces) < 2 or whole.ndim > _MOST_AXES or not whole.ndim:
        return None
    for order in _orders(whole.shape):
        arranged = whole if order is None else changed(
            [{"order": list(order[0]), "axis": order[1]}], [whole])[0]
        for axes in itertools.permutations(range(whole.ndim)):
            turned = {name: each.transpose(axes) for name, each in pieces.items()
                      if each.ndim == whole.ndim}
            for axis in range(whole.ndim):
                names = _tiles(arranged, turned, axis)
                if names:
                    # With two equal blocks another order would do as well.
                    return None if order and _has_equal_blocks(whole, *order) else (
                        names, axis, axes, order)
    return None


def _has_equal_blocks(whole, order, axis):
    blocks = np.split(whole, len(order), axis)
    return any(np.array_equal(a, b) for a, b in itertools.combinations(blocks, 2))


def _within(whole, pieces):
    """The pieces whose first and last elements all lie in the whole."""
    values = np.unique(whole)
    found = {}
    for name, piece in pieces.items():
        if piece.dtype == whole.dtype and piece.ndim == whole.ndim and piece.size < whole.size:
            some = np.concatenate([piece.reshape(-1)[:8], piece.reshape(-1)[-8:]])
            if np.isin(some, values).all():
                found[name] = piece
    return found


def _orders(shape):
    """None, for the blocks as they are, and then every other order of two to four blocks."""
    yield None
    for axis in reversed(range(len(shape))):
        for count in _GATES:
            if shape[axis] % count == 0 and shape[axis] > count:
                for order in itertools.permutations(range(count)):
                    if order != tuple(range(count)):
                        yield order, axis


def _tiles(whole, pieces, axis):
    """The names of the pieces that, joined along an axis, are the whole; None unless just one way.
    """
    rows = np.moveaxis(whole, axis, 0)
    fitting = {name: np.moveaxis(piece, axis, 0) for name, piece in pieces.items()
               if np.moveaxis(piece, axis, 0).shape[1:] == rows.shape[1:]}
    if sum(len(piece) for piece in fitting.values()) < len(rows):
        return None
    names, done = [], 0
    while done < len(rows):
        here = [name for name, piece in fitting.items() if name not in names
                and len(piece) <= len(rows) - done and np.array_equal(piece[0], rows[done])
                and np.array_equal(piece, rows[done:done + len(piece)])]
        if len(here) != 1:
            return None
        names += here
        done += len(fitting[here[0]])
    return names if len(names) > 1 else None

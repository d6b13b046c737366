"""The NumPy arrays of a pickle, put together from their bytes; no function of NumPy's is called.

What NumPy's pickles ask for is taken as a description. An array's bytes must be as many as its
shape and type say, and its type one of numbers, truth values or text.
"""
from __future__ import annotations

import re
from typing import Any, Dict, Mapping, Union

import numpy as np

from tf1_recipes.transfer.restore.stored_arrays import Fault, StoredArray
from tf1_recipes.untrusted.pickle_arguments import PickleError
from tf1_recipes.untrusted.pickle_machine import Built, Known, add_item
from tf1_recipes.untrusted.pickle_values import load

_TYPE = re.compile(r"[<>=|]?(b1|[iu][1248]|f[248]|c(8|16)|[SU][1-9]\d{0,8}|O[48]?)$")
_DEEPEST = 100
_MOST_NUMBERS = 10000000  # in one list


class _Type(Built):
    """``numpy.dtype(code, align, copy)``, whose state has the order of its bytes."""

    def __init__(self, code: Any, *_: Any) -> None:
        self.code = _text(code) if isinstance(code, (str, bytes)) else ""
        if not _TYPE.match(self.code):
            raise PickleError("has arrays of the type %s: arrays of numbers and text are read"
                              % repr(code)[:40])
        self.order: Any = ""

    def build(self, state: Any) -> None:
        order, *parts = state[1:5]
        if _text(order) not in ("<", ">", "=", "|") or any(part is not None for part in parts):
            raise PickleError("has arrays of a type with fields: arrays of numbers and text are "
                              "read")
        self.order = _text(order).strip("|=")

    @property
    def holds_objects(self) -> bool:
        return "O" in self.code

    def dtype(self) -> np.dtype:
        dtype = np.dtype(self.code)
        return dtype.newbyteorder(self.order) if self.order else dtype


class _Array(Built):
    """``numpy.core.multiarray._reconstruct(ndarray, (0,), b"b")``, whose state has all else."""

    def __init__(self, kind: Any, *_: Any) -> None:
        if not (isinstance(kind, Known) and kind.name == "numpy.ndarray"):
            raise TypeError
        self.value = None

    def build(self, state: Any) -> None:
        shape, kind, fortran, data = state[-4:]
        self.value = _array(shape, kind, data, "F" if fortran else "C")


def _array(shape: Any, kind: Any, data: Any, order: Any) -> Any:
    """Returns the array; or the list, or the one value, of an array of objects."""
    if not (isinstance(shape, tuple) and len(shape) <= 32 and isinstance(kind, _Type) and all(
            isinstance(side, int) and 0 <= side < 1 << 63 for side in shape)):
        raise PickleError("has an array without a shape or type")
    elements = 1
    for side in shape:
        elements *= side
    if kind.holds_objects:
        if not isinstance(data, list) or len(data) != elements:
            raise PickleError("has an array of objects of another number than its shape says")
        if len(shape) > 1:
            raise PickleError("has an array of objects with %d axes: it must have one" % len(shape))
        return data if shape else data[0]
    dtype = kind.dtype()
    if not isinstance(data, bytes):
        raise PickleError("has an array of %s without its bytes" % dtype)
    if len(data) != elements * dtype.itemsize:
        raise PickleError("has an array whose shape %s of %s does not fill its %d bytes" % (
            shape, dtype, len(data)))
    return np.ndarray(shape, dtype, data, order=order)


def _scalar(kind: Any, data: Any) -> np.ndarray:
    return _array((), kind, data, "C")


def _from_buffer(data: Any, kind: Any, shape: Any, order: Any) -> Any:
    return _array(shape, kind, data, {"C": "C", "F": "F"}[order])


def _encoded(text: Any, encoding: Any) -> bytes:
    if _text(encoding) not in ("latin1", "latin-1"):
        raise ValueError
    return text.encode("latin1")


def _ordered(items: Any = ()) -> dict:
    found: Dict[Any, Any] = {}
    for key, value in items:
        add_item(found, key, value)
    return found


def _no_bytes() -> bytes:
    return b""


KNOWN: Mapping[str, Any] = {
    "numpy.core.multiarray._reconstruct": _Array, "numpy.ndarray": None, "numpy.dtype": _Type,
    "numpy.core.multiarray.scalar": _scalar, "numpy.core.numeric._frombuffer": _from_buffer,
    "_codecs.encode": _encoded, "collections.OrderedDict": _ordered, "builtins.bytes": _no_bytes,
    "builtins.complex": complex}


def pickled_arrays(data: Any, start: int = 0) -> dict:
    """Returns the arrays of a file of pickles, as dicts in dicts.

    The items of a list have their places as names: "0", "1". A list of numbers, maybe in lists of
    equal lengths, is one array. If there are several pickles, each is such an item.

    Args:
        data: bytes or a memory map, of untrusted origin. start: int, where the first one starts.

    Returns:
        dict of names to ``StoredArray``, ``Fault``, or such a dict. One array has NumPy's own name,
        ``arr_0``.

    Raises:
        PickleError: see `load`.
    """
    values = []
    while start < len(data):
        value, start = load(data, KNOWN, start)
        values.append(value)
    found = _Found().converted(values if len(values) != 1 else values[0], 0)
    return found if isinstance(found, dict) else {"arr_0": _stored(found)}


class _Found(object):
    """Converts values to `StoredArray` and dicts; each once, since they may hold one another."""

    def __init__(self) -> None:
        self._done: Dict[int, Any] = {}

    def converted(self, value: Any, depth: int) -> Any:
        if depth > _DEEPEST:
            raise PickleError("has more than %d dicts and lists in one another" % _DEEPEST)
        if isinstance(value, _Array):
            value = value.value
        if not isinstance(value, (dict, list, tuple)):
            return _leaf(value)
        if id(value) not in self._done:
            if isinstance(value, dict):
                self._done[id(value)] = made = {}
                made.update(self._items(value, depth))
            else:
                self._done[id(value)] = Fault("contains itself")
                self._done[id(value)] = self._of_list(value, depth)
        return self._done[id(value)]

    def _items(self, value: dict, depth: int) -> Dict[Any, Any]:
        found: Dict[Any, Any] = {}
        for key, each in value.items():
            name = _text(key) if isinstance(key, (str, bytes)) else str(key)
            if name in found:
                raise PickleError("has a dict with two items of the name %r" % name[:100])
            found[name] = _stored(self.converted(each, depth + 1))
        return found

    def _of_list(self, value: Union[list, tuple], depth: int) -> Any:
        items = [self.converted(each, depth + 1) for each in value]
        if items and all(isinstance(each, (bool, int, float, complex)) for each in items):
            return _numbers(items)
        shapes = {each.shape if isinstance(each, np.ndarray) else None for each in items}
        if len(shapes) == 1 and None not in shapes:
            if len(items) * items[0].size > _MOST_NUMBERS:
                raise PickleError("has a list of more than %d numbers" % _MOST_NUMBERS)
            return _numbers(items)
        return {str(place): _stored(each) for place, each in enumerate(items)}


def _leaf(value: Any) -> Any:
    if value is None or isinstance(value, (bool, int, float, complex)):
        return value
    if isinstance(value, np.ndarray):
        return _array_as_it_is(value)
    if isinstance(value, (str, bytes)):
        return _text_array(_text(value))
    return Fault("is no array, number or text")


def _stored(value: Any) -> Any:
    if isinstance(value, (bool, int, float, complex)):
        value = _numbers(value)
    return _array_as_it_is(value) if isinstance(value, np.ndarray) else value


def _array_as_it_is(array: np.ndarray) -> StoredArray:
    return StoredArray(array.shape, array.dtype, lambda: array)


def _numbers(items: Any) -> Union[np.ndarray, Fault]:
    try:
        array = np.array(items)
    except (ValueError, OverflowError, TypeError):
        array = np.array(None)
    return Fault("has integers of more than 64 bits") if array.dtype.hasobject else array


def _text_array(text: str) -> Union[StoredArray, Fault]:
    if text.endswith("\0"):
        return Fault("is text that ends with a zero, which NumPy would drop")
    return StoredArray((), np.dtype("U%d" % max(len(text), 1)), lambda: np.array(text))


def _text(value: Union[str, bytes]) -> str:
    """Text, or a string of Python 2."""
    if isinstance(value, str):
        return value
    try:
        return value.decode("utf-8")
    except UnicodeDecodeError:
        return value.decode("latin1")

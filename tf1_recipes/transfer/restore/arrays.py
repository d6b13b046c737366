"""Arrays as the source of a restore plan: files of them, and dicts of names to arrays."""
from __future__ import annotations

import collections
import collections.abc
import contextlib
import itertools
import os
import struct
import zipfile
import zlib
from typing import Any, Optional, Tuple

import numpy as np

from tf1_recipes.errors import Error, RecipeError
from tf1_recipes.graph.types import DType, TensorShape
from tf1_recipes.transfer.restore.array_files import opened
from tf1_recipes.transfer.restore.checkpoints import CheckpointError, StoredTensor
from tf1_recipes.transfer.restore.file_formats import ARRAYS, format_of
from tf1_recipes.transfer.restore.named_arrays import named_arrays
from tf1_recipes.transfer.restore.stored_arrays import Transpose
from tf1_recipes.v1 import tf

Arrays = collections.namedtuple("Arrays", "prefix version tensors values")

# Where the axes of PyTorch's convolutions go: OIHW to HWIO, OIDHW to DHWIO, OIW to WIO.
CONVOLUTIONS = [(2, 1, 0), (2, 3, 1, 0), (2, 3, 4, 1, 0)]
# What zipfile, zlib, NumPy and h5py raise for a damaged file.
_DAMAGED = (OSError, RuntimeError, ValueError, TypeError, LookupError, ArithmeticError, EOFError,
            MemoryError, zipfile.BadZipFile, zlib.error, struct.error)


def is_arrays(source: Any) -> bool:
    """Whether a restore plan's source is arrays, not a checkpoint, by its type and content."""
    return isinstance(source, collections.abc.Mapping) or format_of(source).name in ARRAYS


def open_arrays(source: Any) -> Arrays:
    """Reads the names, shapes and types of arrays, without their values.

    Args:
        source: dict of names to arrays, or to anything that NumPy can convert, such as PyTorch's
            tensors; an open HDF5 file or group; the path of an ``.npz``, HDF5, ``.keras`` or
            safetensors file. Arrays in groups of an HDF5 file, or in inner dicts, are named
            ``group/array``.

    Returns:
        An ``Arrays`` namedtuple: ``prefix``, str, its name in messages; ``version``, its format;
        ``tensors``, dict of name to ``StoredTensor``, sorted by name, whose ``dtype`` is NumPy's if
        TensorFlow has no such type; ``values``, dict of name to a function that reads the array and
        raises CheckpointError if it is damaged.

    Raises:
        CheckpointError: the file cannot be read, or has no arrays.
        RecipeError: with all problems in one message: values that are not arrays, two of one name,
            a dict that contains itself, data of an HDF5 file that is in other files.
    """
    group = hasattr(source, "visititems")
    if isinstance(source, collections.abc.Mapping):
        prefix, version = ("an HDF5 group", "HDF5") if group else (type(source).__name__, "arrays")
        what, mapping = prefix, source
    else:
        prefix = os.fsdecode(source)
        version = format_of(source).name or ""
        what = "the file %r" % prefix
        with _told(what, version):
            mapping = opened(prefix, version)
    of_a_file = mapping is not source or group or isinstance(source, np.lib.npyio.NpzFile)
    with _told(what, version) if of_a_file else contextlib.ExitStack():
        found, problems = named_arrays(mapping)
    if problems:
        raise RecipeError("cannot take arrays from %s" % prefix, sorted(problems))
    if not found:
        raise CheckpointError("%r has no arrays%s" % (prefix, (
            ": it is another kind of zip archive" if version == "npz" else "")))
    return Arrays(prefix, version, collections.OrderedDict(
        (name, StoredTensor(found[name].shape, _dtype(found[name].dtype)))
        for name in sorted(found)),
        {name: _reader(what, version, array, mapping) for name, array in found.items()})


def transposed(shape: Tuple[int, ...], transpose: Transpose) -> Optional[Tuple[int, ...]]:
    """Returns the shape of an array after a transpose, or None if the transpose does not apply.

    >>> transposed((2, 3), True), transposed((8, 3, 5, 5), (2, 3, 1, 0))
    ((3, 2), (5, 5, 3, 8))
    >>> transposed((8, 3, 5), True), transposed((2, 3), (2, 3, 1, 0))
    (None, None)
    """
    if transpose is True:
        return tuple(reversed(shape)) if len(shape) <= 2 else None
    return (tuple(shape[axis] for axis in transpose)
            if sorted(transpose) == list(range(len(shape))) else None)


def fitting_transpose(shape: Tuple[int, ...], wanted: TensorShape) -> Optional[Transpose]:
    """Returns the transpose by which an array's shape fits a variable's, or None.

    Args:
        shape: tuple of int. wanted: ``tf.TensorShape``.
    """
    if wanted.ndims != len(shape) or len(shape) < 2:
        return None
    if len(shape) == 2:
        return True if wanted.is_compatible_with(shape[::-1]) else None
    known = [order for order in CONVOLUTIONS if len(order) == len(shape)]
    for order in itertools.chain(known, itertools.islice(
            itertools.permutations(range(len(shape))), 720)):
        if wanted.is_compatible_with(transposed(shape, order)):
            return order
    return None


def converts(dtype: Any, wanted: DType) -> bool:
    """Whether arrays of a type fit variables of another: equal, both floating or both integers.

    Args:
        dtype: ``StoredTensor``'s. wanted: ``tf.DType``.
    """
    if not isinstance(dtype, tf.DType):
        return False
    return dtype == wanted or (dtype.is_floating and wanted.is_floating) or (
        dtype.is_integer and wanted.is_integer)


def converted(name: str, value: np.ndarray,
              dtype: DType) -> Tuple[np.ndarray, Optional[str]]:
    """Returns a copy of an array in its variable's shape and type.

    A copy, since a resource variable may use the memory of the array that it is given: a later
    change of the array would change the variable.

    Args:
        name: str, of the variable. value: array. dtype: ``tf.DType``.

    Returns:
        A pair: the array, and what is wrong with it (str) or None.
    """
    wanted = dtype.as_numpy_dtype
    if wanted is object:  # TensorFlow's strings
        return np.array(value, object), None
    with np.errstate(over="ignore", invalid="ignore"):
        result = np.array(value, wanted, order="C", copy=True)
    if dtype.is_integer:
        if (result != value).any():
            return result, "%r: the array has numbers that %s cannot hold" % (name, dtype.name)
    elif dtype.is_floating or dtype.is_complex:
        holes, before, after = (int(test(_in_numpy_s_own(array)).sum()) for test, array in (
            (np.isnan, result), (np.isinf, value), (np.isinf, result)))
        if holes:
            return result, "%r: the array has %d NaN among its %d elements" % (
                name, holes, result.size)
        if after > before:
            return result, "%r: the array has numbers too large for %s" % (name, dtype.name)
        if name.endswith("moving_variance") and (result < 0).any():
            return result, "%r: the array has negative numbers, which no variance is" % name
    return result, None


def _in_numpy_s_own(array):
    """The array; in float32 if NumPy cannot test its type, such as bfloat16."""
    return array if array.dtype.kind in "fc" else array.astype(np.float32)


@contextlib.contextmanager
def _told(what, version):
    """Raises one clear error for all errors that readers raise of a damaged file."""
    try:
        yield
    except (Error, TimeoutError):  # our own, and a caller's
        raise
    except _DAMAGED as error:
        raise CheckpointError("%s cannot be read as %s: %s" % (
            what, version, str(error).split("\n")[0])) from None


def _reader(what, version, array, mapping):
    def read(_kept_open=mapping):  # An HDF5 file closes with the last object that stands for it.
        with _told(what, version):
            value = array.read()
            if (value.shape, value.dtype) != (array.shape, array.dtype):
                raise ValueError("it was changed while it was read")
        return value
    return read


def _dtype(dtype):
    if dtype.hasobject:
        return dtype
    try:
        return tf.as_dtype(dtype)
    except TypeError:
        return dtype

"""Files of weights that other programs unpickle, read without unpickling.

``numpy.save`` of a dict, as VGG's, ResNet's and caffe-to-tensorflow's weights are; pickles of
arrays, as Theano's users wrote them, also several in one file and compressed by gzip; and a plain
array.
"""
from __future__ import annotations

import functools
import gzip
import io
import mmap
import operator
import os
import zlib
from typing import Any, Dict, Union

import numpy as np

from tf1_recipes.errors import Error, RecipeError
from tf1_recipes.transfer.restore.file_formats import GZIP, format_of
from tf1_recipes.transfer.restore.named_arrays import named_arrays
from tf1_recipes.transfer.restore.pickled_arrays import pickled_arrays
from tf1_recipes.transfer.restore.stored_arrays import StoredArray
from tf1_recipes.untrusted.npy_header import read_header
from tf1_recipes.untrusted.pickle_arguments import PickleError

_NPY = b"\x93NUMPY"
# Weights hardly shrink; a file that unpacks to far more was made to fill the memory or the disk.
_MOST_TIMES, _SLACK = 100, 1 << 20


def read_pickled(path: str) -> Dict[str, StoredArray]:
    """Returns the arrays of a pickle, of an ``.npy`` file, or of either in gzip, by name.

    Args:
        path: str, of a file of one of the formats ``file_formats.CONVERTED``.

    Raises:
        Error: it is damaged or asks for more than arrays.
        RecipeError: with all problems in one message: two arrays of one name, what is no number.
    """
    try:
        data = _unpacked(path) if format_of(path).name == GZIP else _mapped(path)
        found, problems = named_arrays(_arrays(data))
    except PickleError as error:
        raise Error("the pickle %r %s" % (path, error)) from None
    except (OSError, EOFError, ValueError, zlib.error) as error:
        raise Error("the file %r cannot be read: %s" % (path, error)) from None
    if problems:
        raise RecipeError("cannot take arrays from the pickle %r" % path, sorted(problems))
    if not found:
        raise Error("the pickle %r has no arrays" % path)
    size = sum(functools.reduce(operator.mul, array.shape, array.dtype.itemsize)
               for array in found.values())
    if size > _MOST_TIMES * len(data) + _SLACK:
        raise Error("the pickle %r names its arrays again and again: they would take %d bytes, and "
                    "it has %d" % (path, size, len(data)))
    return found


def _mapped(path):
    with open(path, "rb") as file:
        return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)


def _unpacked(path):
    most = _MOST_TIMES * os.path.getsize(path) + _SLACK
    with gzip.open(path) as file:
        data = file.read(most + 1)
    if len(data) > most:
        raise ValueError("it unpacks to more than %d times its size" % _MOST_TIMES)
    return data


def _arrays(data: Any) -> Dict[str, Union[StoredArray, Any]]:
    if data[:len(_NPY)] != _NPY:
        return pickled_arrays(data)
    header = read_header(io.BytesIO(data[:1 << 16]))
    if header.dtype.hasobject:
        return pickled_arrays(data, header.size)
    if header.size + header.data_size != len(data):
        raise ValueError("its shape %s of %s does not fill its %d bytes" % (
            header.shape, header.dtype, len(data)))
    array = np.ndarray(header.shape, header.dtype, data, header.size,
                       order="F" if header.fortran_order else "C")
    return {"arr_0": array}

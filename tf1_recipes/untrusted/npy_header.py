"""The header of an array in NumPy's ``.npy`` format, from an untrusted file.

NumPy's own reader takes in as long a header as the file declares, up to 4 GB, before it looks at
it, and lets errors of Python's parser through.
"""
from __future__ import annotations

import ast
import collections
import re
import struct
import warnings
from typing import IO

import numpy as np

Header = collections.namedtuple("Header", "shape dtype fortran_order size data_size")

_MAGIC = b"\x93NUMPY"
_LENGTHS = {b"\x01\x00": "<H", b"\x02\x00": "<I", b"\x03\x00": "<I"}
_LONGEST = 10000  # NumPy's limit, too
# The errors of Python's parser and of NumPy on texts that are not headers.
_WRONG = (ValueError, TypeError, SyntaxError, LookupError, AttributeError, ArithmeticError,
          RecursionError, MemoryError)


def read_header(file: IO[bytes]) -> Header:
    r"""Reads a header, and nothing after it.

    Args:
        file: binary file, at the array's first byte.

    Returns:
        A ``Header``: ``shape``, tuple of int; ``dtype``, ``np.dtype``; ``fortran_order``, bool;
        ``size`` and ``data_size``, int, the bytes of the header and those that belong after it.

    Raises:
        ValueError: it is not such a header.

    >>> import io
    >>> file = io.BytesIO()
    >>> np.save(file, np.zeros([2, 3], np.float32))
    >>> _ = file.seek(0)
    >>> read_header(file).shape
    (2, 3)
    >>> read_header(io.BytesIO(b"\x93NUMPY\x01\x00\xff"))
    Traceback (most recent call last):
    ...
    ValueError: it is cut off within its header
    """
    start = file.read(8)
    length_format = _LENGTHS.get(start[6:])
    if start[:6] != _MAGIC or length_format is None:
        raise ValueError("it is empty" if not start else "it is not an array in .npy format")
    length_size = struct.calcsize(length_format)
    length = file.read(length_size)
    if len(length) < length_size:
        raise ValueError("it is cut off within its header")
    count, = struct.unpack(length_format, length)
    if count > _LONGEST:
        raise ValueError("its header is %d bytes long" % count)
    text = file.read(count)
    if len(text) < count:
        raise ValueError("it is cut off within its header")
    try:
        shape, dtype, fortran_order = _parsed(text.decode("utf-8" if start[6] == 3 else "latin1"))
    except _WRONG:
        raise ValueError("its header is not what NumPy writes") from None
    elements = 1
    for side in shape:
        elements *= side
    return Header(shape, dtype, fortran_order, 8 + length_size + count, elements * dtype.itemsize)


def _parsed(text):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of the parser, about the text
        fields = ast.literal_eval(re.sub(r"(?<=\d)L(?=[,)])", "", text.strip()))  # 3L of Python 2
        if set(fields) != {"descr", "fortran_order", "shape"}:
            raise ValueError
        shape, fortran_order = fields["shape"], fields["fortran_order"]
        if not (type(shape) is tuple and all(type(side) is int and 0 <= side < 1 << 63
                                             for side in shape) and len(shape) <= 32
                and type(fortran_order) is bool):
            raise ValueError
        # Of NumPy 1.17 and later; it undoes what a plain np.dtype would make of padding.
        dtype_of = getattr(np.lib.format, "descr_to_dtype", np.dtype)
        return shape, np.dtype(dtype_of(fields["descr"])), fortran_order

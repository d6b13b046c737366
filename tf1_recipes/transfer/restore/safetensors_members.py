"""The tensors of a safetensors file: the header at once, the values when they are needed.

    8 bytes, the length N of the header; N bytes of JSON, {name: {dtype, shape, data_offsets}}; the
    values, each tensor's right behind another's

Source: https://github.com/huggingface/safetensors#format. Nothing in it is taken on trust.
"""
from __future__ import annotations

import collections
import json
import os
import struct
from typing import Any, Dict, List, Tuple, Union

import numpy as np

from tf1_recipes.transfer.restore.stored_arrays import Fault, StoredArray
from tf1_recipes.v1 import tf

_LONGEST_HEADER = 10000000
_DTYPES = {
    "BOOL": "?", "U8": "u1", "U16": "<u2", "U32": "<u4", "U64": "<u8", "I8": "i1", "I16": "<i2",
    "I32": "<i4", "I64": "<i8", "F16": "<f2", "F32": "<f4", "F64": "<f8", "C64": "<c8",
    "BF16": "<u2"}  # bfloat16, which NumPy does not have, is read by its bits


def members(path: str) -> Dict[str, Union[StoredArray, Fault]]:
    """Returns the tensors of a file, by name.

    Args:
        path: str.

    Raises:
        ValueError: it is damaged; the text says how.
    """
    with open(path, "rb") as file:
        identity, size = _identity(file), os.fstat(file.fileno()).st_size
        header, start = _header(file, size)
    found: Dict[str, Union[StoredArray, Fault]] = {}
    places = []
    for name, entry in header.items():
        if name == "__metadata__":
            continue
        code, shape, (begin, end) = _fields(name, entry, size - start)
        places.append((begin, end, name))
        if code not in _DTYPES:
            found[name] = Fault("is of the type %s; read are %s" % (code, ", ".join(_DTYPES)))
        else:
            found[name] = _stored(path, identity, name, code, shape, start + begin, end - begin)
    _check_places(sorted(places), size - start)
    return found


def _header(file, size):
    length = file.read(8)
    if len(length) < 8:
        raise ValueError("it is cut off within the length of its header")
    count, = struct.unpack("<Q", length)
    if count > size - 8:
        raise ValueError("its header of %d bytes is cut off" % count)
    if count > _LONGEST_HEADER:
        raise ValueError("its header is %d bytes long; the most are %d" % (count, _LONGEST_HEADER))
    try:
        header = json.loads(file.read(count).decode("utf-8"), object_pairs_hook=_unique,
                            parse_int=_integer, parse_constant=_integer)
    except UnicodeDecodeError:
        raise ValueError("its header is not UTF-8") from None
    except json.JSONDecodeError as error:
        raise ValueError("its header is no JSON: %s" % error) from None
    except RecursionError:
        raise ValueError("its header is nested too deeply") from None
    if not isinstance(header, dict):
        raise ValueError("its header is no JSON object")
    return header, 8 + count


def _unique(pairs):
    found = dict(pairs)
    if len(found) < len(pairs):
        counts = collections.Counter(name for name, _ in pairs)
        raise ValueError("its header has two entries %r" % counts.most_common(1)[0][0])
    return found


def _integer(text):
    if len(text) > 20 or not text.lstrip("-").isdigit():
        raise ValueError("its header has the number %s" % text[:40])
    return int(text)


def _fields(name: str, entry: Any, size: int) -> Tuple[str, Tuple[int, ...], Tuple[int, int]]:
    if not isinstance(entry, dict) or set(entry) != {"dtype", "shape", "data_offsets"}:
        raise ValueError("the entry of %r is not dtype, shape and data_offsets" % name)
    code, shape, places = entry["dtype"], entry["shape"], entry["data_offsets"]
    if not isinstance(code, str) or len(code) > 40:
        raise ValueError("the dtype of %r is no name" % name)
    if not _are_integers(shape) or len(shape) > 32:
        raise ValueError("the shape of %r is no list of sizes" % name)
    if not _are_integers(places) or len(places) != 2 or places[0] > places[1]:
        raise ValueError("the data_offsets of %r are not a start and an end" % name)
    if places[1] > size:
        raise ValueError("%r ends at byte %d of %d: the file is cut off" % (name, places[1], size))
    return code, tuple(shape), (places[0], places[1])


def _are_integers(items):
    return isinstance(items, list) and all(
        type(each) is int and 0 <= each < 1 << 63 for each in items)


def _check_places(places: List[Tuple[int, int, str]], size: int) -> None:
    """Each byte of the data belongs to one tensor."""
    before, owner = 0, "the header"
    for begin, end, name in places:
        if begin < before:
            raise ValueError("%r overlaps %r" % (name, owner))
        if begin > before:
            raise ValueError("%d bytes before %r belong to no tensor" % (begin - before, name))
        before, owner = end, name
    if before < size:
        raise ValueError("the last %d bytes belong to no tensor" % (size - before))


def _stored(path, identity, name, code, shape, start, size):
    dtype = np.dtype(_DTYPES[code])
    elements = 1
    for side in shape:
        elements *= side
    if elements * dtype.itemsize != size:
        raise ValueError("the shape %s of %r in %s does not fill its %d bytes" % (
            list(shape), name, code, size))

    def read():
        with open(path, "rb") as file:
            if _identity(file) != identity:
                raise ValueError("it was changed while it was read")
            file.seek(start)
            data = file.read(size)
        array = np.ndarray(shape, dtype, data)
        if code == "BOOL" and (array.view(np.uint8) > 1).any():
            raise ValueError("%r has truth values other than 0 and 1" % name)
        return array.astype(np.uint16).view(own) if code == "BF16" else array

    own = np.dtype(tf.bfloat16.as_numpy_dtype) if code == "BF16" else dtype
    return StoredArray(shape, own, read)


def _identity(file):
    state = os.fstat(file.fileno())
    return state.st_dev, state.st_ino, state.st_size, state.st_mtime_ns

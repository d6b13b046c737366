"""Finds the arrays in nested mappings, under names joined by slashes, without reading them.

A mapping may be a dict, an open HDF5 file or group, or an open ``.npz`` file, and contain any of
these. A mapping that contains itself is refused, and so is one that does not end.
"""
from __future__ import annotations

import collections
import collections.abc
from typing import Any, Dict, List, Mapping, Tuple

import numpy as np

from tf1_recipes.transfer.restore import hdf5_members, npz_members
from tf1_recipes.transfer.restore.stored_arrays import Fault, StoredArray, masked_fault
from tf1_recipes.untrusted.array_errors import array_errors
from tf1_recipes.v1 import tf

_MOST = 100000
_LONGEST = 4096


def named_arrays(mapping: Mapping[Any, Any]) -> Tuple[Dict[str, StoredArray], List[str]]:
    """Finds the arrays in a mapping.

    Args:
        mapping: mapping of names to arrays, to what NumPy makes an array of, or to mappings.

    Returns:
        A pair: dict {name: ``StoredArray``}, and the list of what is wrong (str).
    """
    found, problems, met = collections.OrderedDict(), [], 0
    identity = _identity(mapping)
    inside = {identity}
    # The mappings on the way to the current one, each in the one before it.
    stack = [("", mapping, identity, iter(_members(mapping, mapping)), mapping)]
    while stack:
        prefix, group, identity, rest, root = stack[-1]
        member = next(rest, None)
        if member is None:
            stack.pop()
            inside.discard(identity)
            continue
        name, value = prefix + _text(member[0]), member[1]
        met += 1
        if met > _MOST:
            return found, problems + ["there are more than %d names" % _MOST]
        if len(name) > _LONGEST:
            problems.append("%r... is longer than %d characters" % (name[:40], _LONGEST))
        elif isinstance(value, collections.abc.Mapping):
            identity = _identity(value)
            if identity in inside:
                problems.append("%r contains itself" % name)
                continue
            inside.add(identity)
            # Links of a group may lead anywhere in the outermost group around it, not out of it.
            root = root if hdf5_members.is_group(group) else value
            stack.append((name + "/", value, identity, iter(_members(value, root)), root))
        elif name in found:
            problems.append("two arrays have the name %r" % name)
        else:
            array = _stored(value)
            if isinstance(array, Fault):
                problems.append("%r %s" % (name, array))
            elif array is not None:
                found[name] = array
    return found, problems


def _members(mapping, root):
    if hdf5_members.is_group(mapping):
        return hdf5_members.members(mapping, root)
    if isinstance(mapping, np.lib.npyio.NpzFile):
        return npz_members.members(mapping.zip)
    return ((key, mapping[key]) for key in mapping)


def _identity(mapping):
    return mapping.id if hdf5_members.is_group(mapping) else id(mapping)


def _text(key):
    return key.decode("utf-8", "replace") if isinstance(key, bytes) else str(key)


def _stored(value):
    if value is None or isinstance(value, (Fault, StoredArray)):
        return value
    if hdf5_members.is_dataset(value):
        return hdf5_members.stored(value)
    try:
        # NumPy has no bfloat16: a PyTorch tensor of it goes by float32, which holds its numbers.
        half = str(getattr(value, "dtype", "")) == "torch.bfloat16"
        # A PyTorch tensor's way to NumPy.
        for step in ("detach", "cpu", *["float"] * half, "numpy"):
            value = getattr(value, step)() if hasattr(value, step) else value
        masked = masked_fault(value)
        if masked:
            return masked
        array = np.asarray(value)
        array = array.astype(tf.bfloat16.as_numpy_dtype) if half else array
    except array_errors() as error:
        return Fault("is not an array: %s" % error)
    return StoredArray(array.shape, array.dtype, lambda: array)

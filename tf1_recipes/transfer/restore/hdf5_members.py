"""Lists the groups and data sets of an HDF5 group, but nothing from other files.

In HDF5 a data set may have its values in any file of the machine, or consist of data sets of other
files, and a link may lead to another file. A file of weights needs none of these: they are refused.
"""
from __future__ import annotations

import sys
from typing import Any, Iterator, Tuple, Union

import numpy as np

from tf1_recipes.transfer.restore.hdf5_chunks import read_whole
from tf1_recipes.transfer.restore.stored_arrays import Fault, StoredArray

_MOST_HOPS = 16
# What h5py raises for damaged and for unknown data.
_UNREADABLE = (OSError, RuntimeError, ValueError, TypeError, LookupError)


def is_group(value: Any) -> bool:
    """Whether it is an open HDF5 file or group."""
    h5py = sys.modules.get("h5py")
    return h5py is not None and isinstance(value, h5py.Group)


def is_dataset(value: Any) -> bool:
    """Whether it is an HDF5 data set."""
    h5py = sys.modules.get("h5py")
    return h5py is not None and isinstance(value, h5py.Dataset)


def members(group: Any, root: Any) -> Iterator[Tuple[str, Any]]:
    """Yields pairs of a name and the group, the data set, or the ``Fault`` in its place.

    Args:
        group: ``h5py.Group``.
        root: ``h5py.Group`` around it; links must not lead out of it.
    """
    for name in group:
        try:
            value = _followed(group, name, root)
        except TimeoutError:  # a caller's
            raise
        except _UNREADABLE as error:
            value = Fault("cannot be opened: %s" % _first_line(error))
        # A type that was given a name holds no numbers.
        if isinstance(value, Fault) or is_group(value) or is_dataset(value):
            yield name, value


def stored(dataset: Any) -> Union[StoredArray, Fault]:
    """Returns the ``StoredArray`` of a data set, or the ``Fault`` why it is not read."""
    import h5py

    created = dataset.id.get_create_plist()
    if created.get_external_count():
        return Fault("has its values in another file, %r: copy them into this one"
                     % created.get_external(0)[0])
    if created.get_layout() == getattr(h5py.h5d, "VIRTUAL", None):
        return Fault("is a virtual data set, maybe of other files: copy its values into this one")
    try:
        shape, dtype = dataset.shape, dataset.dtype
    except TimeoutError:
        raise
    except _UNREADABLE:
        shape, dtype = None, None
    if shape is None or dtype is None:  # It holds nothing, or what NumPy has no type for.
        shape, dtype = (), np.dtype(object)
    return StoredArray(tuple(shape), dtype, lambda: read_whole(dataset))


def _followed(group, name, root):
    """Follows a link step by step: HDF5 itself would go through any file."""
    import h5py

    place, waiting, hops, to = group, [name], 0, None
    while waiting:
        part = waiting.pop(0)
        if part in ("", "."):
            continue
        try:
            link = place.get(part, getlink=True) if is_group(place) else None
        except KeyError:
            link = None
        if isinstance(link, h5py.ExternalLink):
            return Fault("is a link into another file, %r: copy its target into this one"
                         % link.filename)
        if isinstance(link, h5py.SoftLink):
            hops, to = hops + 1, to or link.path
            if hops > _MOST_HOPS:
                return Fault("is a link to %r, which leads through too many links" % to)
            place = group.file if link.path.startswith("/") else place
            waiting = link.path.split("/") + waiting
        elif link is None:
            return Fault("is a link to %r, which does not exist" % to)
        else:
            place = place[part]
    if to is not None and not (place.name + "/").startswith(root.name.rstrip("/") + "/"):
        return Fault("is a link to %r, outside of the given group" % to)
    return place


def _first_line(error):
    return str(error).split("\n")[0]

"""Reads an HDF5 data set in an amount of memory in proportion to it, whatever its file says.

HDF5 decompresses a whole chunk. A chunk may be declared far larger than its data set, and may
decompress to a thousand times its bytes, so that a file of megabytes costs gigabytes.
"""
from __future__ import annotations

import functools
import itertools
import operator
import zlib
from typing import Any

import numpy as np

_SLACK = 16 << 20
_DEFLATE = 1  # HDF5's number for the filter that zlib undoes


def read_whole(dataset: Any) -> np.ndarray:
    """Returns the values of a data set.

    Args:
        dataset: ``h5py.Dataset``.

    Raises:
        ValueError: reading it would take far more memory than its size.
    """
    if dataset.chunks is not None and dataset.size:
        _check_chunks(dataset)
    return np.asarray(dataset[()])


def _check_chunks(dataset):
    size = dataset.dtype.itemsize
    chunk, whole = (functools.reduce(operator.mul, map(int, shape), size)
                    for shape in (dataset.chunks, dataset.shape))
    if chunk > 4 * whole + _SLACK:
        raise ValueError("%s has chunks of %d bytes for %d bytes of data: store it in smaller "
                         "chunks" % (dataset.name, chunk, whole))
    created = dataset.id.get_create_plist()
    filters = [created.get_filter(index)[0] for index in range(created.get_nfilters())]
    if filters.count(_DEFLATE) > 1:
        raise ValueError("%s is compressed twice: compress it once" % dataset.name)
    if _DEFLATE in filters:
        for offset in itertools.product(*map(range, [0] * len(dataset.shape), dataset.shape,
                                             dataset.chunks)):
            _check_packed(dataset, offset, chunk, 1 << filters.index(_DEFLATE))


def _check_packed(dataset, offset, chunk, skipped):
    """Refuses a chunk that decompresses to more than twice its declared size."""
    try:
        mask, packed = dataset.id.read_direct_chunk(offset)
    except TimeoutError:  # a caller's
        raise
    except (OSError, RuntimeError, ValueError, MemoryError):  # none is there: fill values
        return
    if mask & skipped:
        return
    limit = 2 * chunk + 1024  # Filters before it may add a little.
    try:
        unpacked = len(zlib.decompressobj().decompress(packed, limit + 1))
    except zlib.error:  # which HDF5 will tell
        return
    if unpacked > limit:
        raise ValueError("%s decompresses to more than the %d bytes of its chunk at %s: store it "
                         "again" % (dataset.name, chunk, list(offset)))

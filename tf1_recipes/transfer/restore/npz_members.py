"""The arrays of an ``.npz`` file: their headers at once, their values when they are needed."""
from __future__ import annotations

import zipfile
from typing import Iterator, Tuple

import numpy as np

from tf1_recipes.transfer.restore.stored_arrays import StoredArray
from tf1_recipes.untrusted.npy_header import read_header

_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)  # those of np.savez


def members(archive: zipfile.ZipFile) -> Iterator[Tuple[str, StoredArray]]:
    """Yields pairs of a name and a ``StoredArray``; members that are not arrays are skipped.

    Args:
        archive: ``zipfile.ZipFile``.

    Raises:
        ValueError: a member is damaged, pickled, or compressed by a method that NumPy does not use.
    """
    for info in archive.infolist():
        name = info.filename[:-4] if info.filename.endswith(".npy") else info.filename
        if info.compress_type not in _METHODS:
            raise ValueError("%s: it is compressed by method %d, which NumPy does not use"
                             % (name, info.compress_type))
        with archive.open(info) as file:
            if file.read(6) != b"\x93NUMPY":
                continue
        with archive.open(info) as file:
            try:
                header = read_header(file)
            except ValueError as error:
                raise ValueError("%s: %s" % (name, error)) from None
        if header.dtype.hasobject:
            raise ValueError("%s: Object arrays are pickled, and no pickle is loaded" % name)
        if header.size + header.data_size != info.file_size:
            raise ValueError("%s: its shape %s of %s does not fill its %d bytes" % (
                name, header.shape, header.dtype, info.file_size))
        yield name, StoredArray(header.shape, header.dtype, _reader(archive, info))


def _reader(archive, info):
    def read():
        with archive.open(info) as file:
            return np.lib.format.read_array(file, allow_pickle=False)
    return read

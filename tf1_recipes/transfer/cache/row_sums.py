"""The checksums beside a file of rows: of its header and of each appended block of rows.

    PATH.crc32 = (0, crc of the header), (stop of the first block, crc of its rows), ...

each as a little-endian uint64 and a uint32. A block is a batch, so that after a kill every whole
batch has a checksum.
"""
from __future__ import annotations

import os
import zlib
from typing import Tuple

import numpy as np

from tf1_recipes.errors import RecipeError
from tf1_recipes.recording.session_tap import open_own

SUMS_SUFFIX = ".crc32"

_RECORD = np.dtype([("stop", "<u8"), ("crc", "<u4")])
_NONE = np.zeros(0, _RECORD)


class RowSums(object):
    """The file of checksums while rows are appended.

    Args:
        path: str, the final name of the file of the rows.

    Raises:
        TapError: the file of checksums is a link.
    """

    def __init__(self, path: str) -> None:
        self._path = path + SUMS_SUFFIX
        self._file = os.fdopen(open_own(self._path), "r+b")
        self.records = _NONE

    def read(self, rows: int, header: bytes) -> None:
        """Reads the checksums, if they fit a file of so many rows with this header."""
        records = _records(self._file, rows)
        right = len(records) and records["crc"][0] == zlib.crc32(header)
        self.records = records if right else _NONE

    @property
    def rows(self) -> int:
        """How many rows have checksums."""
        return int(self.records["stop"][-1]) if len(self.records) else 0

    def keep(self, rows: int) -> None:
        """Drops the blocks that end after so many rows; with 0 rows also the header's checksum."""
        self.records = self.records[self.records["stop"] <= rows] if rows else _NONE
        self._file.seek(len(self.records) * _RECORD.itemsize)
        self._file.truncate()

    def append(self, stop: int, crc: int) -> None:
        """Adds the checksum of a block that ends before row ``stop``."""
        record = np.array([(stop, crc)], _RECORD)
        self.records = np.concatenate([self.records, record])
        self._file.write(record.tobytes())
        self._file.flush()

    def finish(self) -> None:
        """Writes the checksums to the disk and closes the file."""
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()

    def close(self, remove: bool = False) -> None:
        """Closes the file; removes it if asked to."""
        if not self._file.closed:
            self._file.close()
            if remove:
                os.remove(self._path)


def read_sums(path: str, rows: int) -> Tuple[int, np.ndarray, np.ndarray]:
    """Reads the checksums of a whole file.

    Args:
        path: str, the file of the rows. rows: int, how many it has.

    Returns:
        A triple: the header's checksum, int; array of the rows before which the blocks end; array
        of the blocks' checksums.

    Raises:
        RecipeError: there are no checksums, or not for so many rows.
    """
    try:
        with open(path + SUMS_SUFFIX, "rb") as file:
            records = _records(file, rows)
            there = True
    except OSError:
        records, there = _NONE, False
    if not len(records) or records["stop"][-1] != rows:
        raise RecipeError("Cannot read the cache %s" % path, [
            "%s: its rows cannot be checked. Delete it, or pass recompute=True" % (
                "%s, the checksums of its rows, is damaged" % (path + SUMS_SUFFIX) if there else
                "there is no readable %s, which older caches do not have"
                % (path + SUMS_SUFFIX))])
    return int(records["crc"][0]), records["stop"][1:].astype(np.int64), records["crc"][1:]


def _records(file, rows):
    """The records at the start of a file; none if they are not in order."""
    most = (rows + 1) * _RECORD.itemsize
    data = file.read(most + 1)
    if len(data) > most:
        return _NONE
    records = np.frombuffer(data[:len(data) // _RECORD.itemsize * _RECORD.itemsize], _RECORD)
    stops = records["stop"]
    in_order = len(stops) and stops[0] == 0 and (stops[1:] > stops[:-1]).all() and (
        stops[-1] <= rows)
    return records if in_order else _NONE

"""Rows appended to a plain ``.npy`` file, which is whole when the last of them is in.

While it grows the file is called ``PATH.partial``. Its header already speaks of all rows, and its
length says how many there are: a program that was killed has lost the batch it was at, no more.
What is appended at a time has a checksum in the file beside it (`row_sums`); rows without one, as a
kill may leave them, count as not there.
"""
from __future__ import annotations

import io
import os
import zlib
from typing import Any

import numpy as np

from tf1_recipes.errors import RecipeError
from tf1_recipes.recording.session_tap import PARTIAL_SUFFIX, TapError, is_open_as, open_own
from tf1_recipes.transfer.cache.row_sums import RowSums
from tf1_recipes.untrusted.npy_header import read_header

try:
    import fcntl
except ImportError:  # Windows, where a file that is open cannot be replaced anyway.
    fcntl = None  # type: ignore[assignment]


class RowFile(object):
    """A file of so many rows, open to be gone on with; no other process may open it meanwhile.

    Args:
        path: str, what the file is called once it is whole.
        rows: int, how many rows it is to hold.

    Attributes:
        begun: bool, whether anything was in the file when it was opened.
        whole: int, how many rows it holds.
        shape: tuple, the shape of a row; None before the first one.
        dtype: ``np.dtype``; None before the first row.

    Raises:
        RecipeError: another process has it open; or it, or its checksums, are a link.
    """

    def __init__(self, path: str, rows: int) -> None:
        self.path, self._rows = path, rows
        self.whole, self._start = 0, 0
        self.shape: Any = None
        self.dtype: Any = None
        self.partial = path + PARTIAL_SUFFIX
        self._file = self._open()
        try:
            self._sums = RowSums(path)
        except TapError as error:
            self._file.close()
            raise _not_writable(path, error) from None
        self._read()

    def _open(self):
        """The partial file, locked."""
        while True:
            try:
                file = os.fdopen(open_own(self.partial), "r+b")
            except TapError as error:
                raise _not_writable(self.path, error) from None
            try:
                if fcntl:
                    fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                file.close()
                raise RecipeError("cannot write %s" % self.partial, [
                    "it is locked by another process"]) from None
            if is_open_as(file.fileno(), self.partial):
                return file
            file.close()  # Its process gave it its name between the opening and the locking.

    def keep(self, rows: int) -> None:
        """Drops all but so many of the rows; all, if those cannot be told from damage."""
        cut: Any = self._sums.records[self._sums.records["stop"] > rows][:1] if rows else ()
        self._sums.keep(rows)
        begun = self._sums.rows
        if rows > begun:  # A block is to be cut, and its beginning to get a checksum of its own.
            block = self._bytes_of(begun, int(cut["stop"][0]))
            if zlib.crc32(block) == cut["crc"][0]:
                self._sums.append(rows, zlib.crc32(block[:(rows - begun) * self._row_size()]))
            else:
                rows = 0
                self._sums.keep(0)
        if rows:
            self.whole = rows
        else:
            self._empty()
        self._file.seek(self._start + rows * self._row_size())
        self._file.truncate()

    def append(self, array: np.ndarray) -> None:
        """Adds rows.

        Args:
            array: array of them, of the shape and dtype of those that are there.
        """
        if self.shape is None:
            self.shape, self.dtype = array.shape[1:], array.dtype
            header = io.BytesIO()
            np.lib.format.write_array_header_1_0(header, {
                "descr": np.lib.format.dtype_to_descr(self.dtype), "fortran_order": False,
                "shape": (self._rows,) + self.shape})
            self._file.write(header.getvalue())
            self._start = self._file.tell()
            self._sums.append(0, zlib.crc32(header.getvalue()))
        data = np.ascontiguousarray(array)
        self._file.write(data.data)
        self._file.flush()
        self.whole += len(array)
        self._sums.append(self.whole, zlib.crc32(data.data))

    def finish(self) -> None:
        """Gives the file its name."""
        self._sums.finish()
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()
        os.replace(self.partial, self.path)

    def close(self) -> None:
        """Closes the file, which keeps its rows; if nothing is in it, it is removed."""
        if not self._file.closed:
            empty = not self._size()
            self._sums.close(remove=empty)
            self._file.close()
            if empty:
                os.remove(self.partial)

    def _empty(self):
        self.whole, self.shape, self.dtype, self._start = 0, None, None, 0

    def _size(self):
        return os.fstat(self._file.fileno()).st_size

    def _read(self):
        self.begun = bool(self._size())
        self._empty()
        try:
            header = read_header(self._file)
        except ValueError:  # It is empty, or was killed within its header.
            return
        self._file.seek(0)
        self._sums.read(self._rows, self._file.read(header.size))
        if len(self._sums.records) and header.shape[:1] == (self._rows,):
            self.shape, self.dtype, self._start = header.shape[1:], header.dtype, header.size
            self.whole = min((self._size() - self._start) // self._row_size(), self._sums.rows)

    def _bytes_of(self, start, stop):
        self._file.seek(self._start + start * self._row_size())
        return self._file.read((stop - start) * self._row_size())

    def _row_size(self):
        if self.shape is None:
            return 0
        return int(np.prod(self.shape, dtype=np.int64)) * self.dtype.itemsize


def _not_writable(path, error):
    return RecipeError("cannot write %s" % path, [str(error)])

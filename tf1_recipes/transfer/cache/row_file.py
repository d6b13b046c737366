"""Appends rows to a plain ``.npy`` file, which is complete with the last row.

While it grows, the file is called ``PATH.partial``. Its header has the final number of rows, its
length shows how many there are: a program that is killed loses only the current batch. Each append
adds a checksum to the file beside it (`row_sums`); rows without one, after a kill, do not count.
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
    """A file of rows that is open for appending, and locked against other processes.

    Args:
        path: str, the final name of the file.
        rows: int, how many rows it will have.

    Attributes:
        begun: bool, whether anything was in the file when it was opened.
        whole: int, how many rows it has.
        shape: tuple, the shape of a row; None before the first one.
        dtype: ``np.dtype``; None before the first row.

    Raises:
        RecipeError: another process has locked it, or it or its checksums are a link.
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
            file.close()  # Another process renamed it between the opening and the locking.

    def keep(self, rows: int) -> None:
        """Keeps the first ``rows`` rows; none, if they are damaged."""
        cut: Any = self._sums.records[self._sums.records["stop"] > rows][:1] if rows else ()
        self._sums.keep(rows)
        begun = self._sums.rows
        if rows > begun:  # A block is cut, and its beginning gets its own checksum.
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
            array: array [rows, ...] of the shape and dtype of the first rows.
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
        """Writes the file to the disk and gives it its final name."""
        self._sums.finish()
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()
        os.replace(self.partial, self.path)

    def close(self) -> None:
        """Closes the file; removes it if it is empty."""
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

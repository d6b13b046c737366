"""The rows of a whole file, each block checked against its checksum when it is first read."""
from __future__ import annotations

import os
import zlib
from typing import Any, Callable, Tuple, Union

import numpy as np

from tf1_recipes.errors import RecipeError
from tf1_recipes.transfer.cache.row_sums import read_sums
from tf1_recipes.untrusted.npy_header import read_header


class CheckedRows(object):
    """Rows of an ``.npy`` file, which stays on the disk.

    Args:
        path: str, the file.
        rows: int, how many rows it must have.
        dtype: ``np.dtype`` that it must be of.
        fits: function of a row's shape, whether the file's rows may have it.

    Attributes:
        array: read-only ``np.memmap``, of which only the rows given to `check` are checked.

    Raises:
        RecipeError: it is another or a damaged file, or has no checksums.
    """

    def __init__(self, path: str, rows: int, dtype: np.dtype,
                 fits: Callable[[Tuple[int, ...]], bool]) -> None:
        self._path = path
        try:
            with open(path, "rb") as file:
                header = read_header(file)
                size = os.fstat(file.fileno()).st_size
                file.seek(0)
                head = file.read(header.size)
            if size != header.size + header.data_size:
                raise ValueError("it has more or fewer bytes than its header says")
        except (ValueError, OSError) as error:
            raise self._error("it is damaged (%s): delete it, or pass recompute=True"
                              % (getattr(error, "strerror", None) or error)) from None
        if (header.shape[:1] != (rows,) or header.dtype != dtype or header.fortran_order
                or not fits(header.shape[1:])):
            raise self._error("it is another array, %s of %s: delete it, or pass recompute=True"
                              % (header.dtype, header.shape))
        crc, self._stops, self._crcs = read_sums(path, rows)
        if crc != zlib.crc32(head):
            raise self._error("it is damaged (its header is not what was written): delete it, or "
                              "pass recompute=True")
        self.array = np.memmap(path, header.dtype, "r", header.size, header.shape)
        # A view as a plain array: slices of a memmap are slow.
        self.rows = np.asarray(self.array)
        self._bytes = self.rows.reshape(-1).view(np.uint8).data
        self._row_size = header.data_size // rows
        self._unchecked = np.ones(len(self._stops), bool)
        self._left = len(self._stops)

    def check(self, rows: Union[slice, np.ndarray, None] = None) -> None:
        """Checks the blocks of rows that were not checked before.

        Args:
            rows: slice of step 1, or array of indices; by default all.

        Raises:
            RecipeError: a block is damaged.
        """
        if not self._left:
            return
        blocks: Any = slice(None)
        if isinstance(rows, slice):
            blocks = slice(*np.searchsorted(self._stops, [rows.start, rows.stop - 1], "right")
                           + [0, 1])
        elif rows is not None:
            blocks = np.unique(np.searchsorted(self._stops, rows, "right"))
        numbers = np.arange(len(self._stops))[blocks]
        for number in numbers[self._unchecked[numbers]].tolist():
            self._check_block(number)

    def _check_block(self, number):
        start = int(self._stops[number - 1]) if number else 0
        stop = int(self._stops[number])
        if zlib.crc32(self._bytes[start * self._row_size:stop * self._row_size]) != (
                self._crcs[number]):
            raise self._error("rows %d to %d are damaged (their checksum is wrong): "
                              "delete it, or pass recompute=True" % (start, stop - 1))
        self._unchecked[number] = False
        self._left -= 1

    def _error(self, problem):
        return RecipeError("Cannot read the cache %s" % self._path, [problem])

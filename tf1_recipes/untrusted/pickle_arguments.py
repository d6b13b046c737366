"""The arguments of a pickle's opcodes, read from bytes of untrusted origin."""
from __future__ import annotations

import codecs
import struct
import warnings
from typing import Union

_LONGEST_NUMBER = 64  # bytes
_LONGEST_LINE = 400  # of a number or a name
_NEWEST = 5


class PickleError(ValueError):
    """A pickle is damaged or not to be read; the text goes on from its name: "is damaged"."""


class Arguments(object):
    """A place in the bytes, which moves on with what is read. Nothing is read behind the end.

    Args:
        data: bytes. place: int.
    """

    def __init__(self, data: Union[bytes, memoryview], place: int) -> None:
        self._data, self.place = memoryview(data), place

    def take(self, count: int) -> bytes:
        """Returns the next bytes."""
        if count > len(self._data) - self.place:
            raise PickleError("is cut off")
        self.place += count
        return bytes(self._data[self.place - count:self.place])

    def number(self, size: int, signed: bool = False) -> int:
        """Returns an integer of so many bytes."""
        return int.from_bytes(self.take(size), "little", signed=signed)

    def counted(self, size: int) -> bytes:
        """Returns bytes, the number of which stands before them, in so many bytes."""
        return self.take(self.number(size))

    def text(self, size: int) -> str:
        """Returns text, the number of whose bytes stands before it."""
        return self.counted(size).decode("utf-8", "surrogatepass")

    def long(self, size: int) -> int:
        """Returns an integer, the number of whose bytes stands before it."""
        count = self.number(size)
        if count > _LONGEST_NUMBER:
            raise PickleError("has an integer of %d bytes" % count)
        return self.number(count, True)

    def double(self) -> float:
        """Returns a number of eight bytes."""
        return struct.unpack(">d", self.take(8))[0]

    def protocol(self) -> int:
        """Returns the version of the protocol."""
        version = self.number(1)
        if version > _NEWEST:
            raise PickleError("is in protocol %d; protocols 0 to %d are read" % (version, _NEWEST))
        return version

    def text_line(self) -> str:
        """Returns a line with a name."""
        return self._short_line().decode("utf-8")

    def number_line(self) -> int:
        """Returns the integer, or the truth value 00 or 01, of a line."""
        line = self._short_line()
        if line in (b"00", b"01"):
            return line == b"01"
        return int(line[:-1] if line.endswith(b"L") else line)

    def float_line(self) -> float:
        """Returns the number of a line."""
        return float(self._short_line())

    def quoted_line(self) -> bytes:
        """Returns the bytes of a line of protocol 0, a string of Python 2 in quotes."""
        line = self._line()
        if len(line) < 2 or line[:1] not in (b"'", b'"') or line[-1:] != line[:1]:
            raise PickleError("is damaged: a string has no quotes")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about escapes that Python 2 never wrote
            return codecs.escape_decode(line[1:-1])[0]  # type: ignore[attr-defined]

    def unicode_line(self) -> str:
        """Returns the text of a line of protocol 0."""
        return self._line().decode("raw-unicode-escape")

    def _short_line(self):
        line = self._line()
        if len(line) > _LONGEST_LINE:
            raise PickleError("has a number or a name of %d characters" % len(line))
        return line

    def _line(self):
        end = self._data.obj.find(b"\n", self.place)
        if end < 0:
            raise PickleError("is cut off")
        line = self.take(end - self.place)
        self.place += 1
        return line

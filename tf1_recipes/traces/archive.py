"""Reads traces from ``.npz`` archives and trusts nothing that they declare.

The archive is walked from its first byte: every member is stored, not compressed, and has its size
and checksum in front of it (`tf1_recipes.recording.session_tap.TraceFile` writes it so). A declared
size is checked against the file before anything is allocated, an array's header must
be exactly what NumPy writes, nothing is ever unpickled, and a checksum is verified whenever a
step's members are listed and whenever an array is read to its end.
"""
from __future__ import annotations

import json
import os
import re
import struct
import zlib
from typing import Any, Dict, Iterable, Iterator, List, Tuple

import numpy as np

from tf1_recipes.recording.session_tap import FORMAT, FORMAT_VERSION, PARTIAL_SUFFIX
from tf1_recipes.traces.trace import (
    DTYPES,
    KINDS,
    MOST_DIMENSIONS,
    Step,
    Tensor,
    Trace,
    TraceError,
    counted,
    element_count,
    wrong_facts,
)
from tf1_recipes.untrusted.visible import name_fault

_BY_CODE = {dtype.newbyteorder("<").str: dtype.newbyteorder("<") for dtype in DTYPES.values()}
_LOCAL = struct.Struct("<4s5HL2L2H")
_DIRECTORY_SIGNATURES = (b"PK\1\2", b"PK\6\6", b"PK\5\6")
_ARRAY_HEADER = re.compile(
    rb"\x93NUMPY\x01\x00..\{'descr': '([<|]\w+)', 'fortran_order': (True|False), "
    rb"'shape': \(((?:\d+L?, ?)*(?:\d+L?)?)\), \} *\n", re.DOTALL)
_USUAL_HEADER = 128
_LARGEST_HEADER = 4096
_SMALL = 1 << 16  # bytes of a member that are read at once
_LARGEST_JSON = 16 << 20  # which may be twenty times as large in memory


class Member:
    """A stored member: its name, checksum, offset, header and the range of its bytes."""

    __slots__ = ("name", "crc", "size", "offset", "head", "start", "stop")

    def __init__(self, name: str, crc: int, size: int, offset: int, head: bytes) -> None:
        self.name, self.crc, self.size, self.offset, self.head = name, crc, size, offset, head
        self.start = offset + len(head)
        self.stop = self.start + size


class NpzTrace(Trace):
    """A trace in an ``.npz`` archive; it keeps the file open, and no array in memory.

    A file called ``*.partial`` is what a killed writer left: its whole steps are read. Any other
    file must be finished.

    Args:
        path: str.

    Raises:
        TraceError: the file is not a trace, is cut off, or is damaged.
    """

    def __init__(self, path: str) -> None:
        self.path = path
        self.notes = []
        self._file = open(path, "rb", buffering=1 << 16)  # noqa: SIM115 (`close` closes it)
        self._size = os.fstat(self._file.fileno()).st_size
        self._starts = {}
        self._parsed = {}
        self._good_names = set()
        self.manifest: Any = None
        self.end = None
        self.whole_size = 0
        self._index()

    def close(self) -> None:
        """Closes the file."""
        self._file.close()

    @property
    def numbers(self) -> List[int]:
        return list(self._starts)

    def __len__(self) -> int:
        return len(self._starts)

    def __getitem__(self, number: int) -> Step:
        """Returns a `Step`, whose tensors read the file on demand."""
        tensors: Dict[Tuple[str, str], Tensor] = {}
        offset = self._starts[number]
        end = "%d/step.json" % number
        checksum = zlib.crc32(end.encode())
        while True:
            member = self._member(offset)
            if member is None:
                raise TraceError("%s was changed while it was read" % self.path)
            offset = member.stop
            if member.name == end:
                facts = self._json(member)
                if facts.pop("members", None) != "%08x" % checksum:
                    raise self._damaged(member, "it does not fit the step's other members")
                if wrong_facts(facts):
                    raise self._damaged(member, wrong_facts(facts))
                return Step(number, facts, tensors)
            checksum = zlib.crc32(member.head, checksum)
            key = self._key(member, number)
            if key in tensors:
                raise self._damaged(member, "there are two members of this name")
            tensors[key] = StoredTensor(self, member)

    def members(self) -> Iterator[Member]:
        """Yields the members of all whole steps, and the manifest's, in the order of the file."""
        offset = 0
        while offset < self.whole_size:
            member = self._member(offset)
            offset = member.stop
            yield member

    def _index(self):
        """Walks the file once, and notes where each whole step begins."""
        offset, begun = 0, None
        while True:
            member = self._member(offset)
            if member is None:
                break
            if offset == 0:
                self._read_manifest(member)
            elif member.name == "end.json":
                self.end = self._json(member)
            else:
                begun = offset if begun is None else begun
                number, _, rest = member.name.partition("/")
                if rest == "step.json" and re.fullmatch("[0-9]{1,18}", number):
                    if int(number) in self._starts:
                        raise self._damaged(member, "there are two steps of this number")
                    self._starts[int(number)] = begun
                    begun = None
            offset = member.stop
            if begun is None and self.end is None:
                self.whole_size = offset
        if self.manifest is None:
            raise TraceError("%s is not a trace: %s" % (self.path, self._what_it_is()))
        if self.end is None:
            state = "it is cut off after %s, at byte %d of %d" % (
                counted(len(self._starts), "whole step"), self.whole_size, self._size)
            if not self.path.endswith(PARTIAL_SUFFIX):
                raise TraceError(
                    "%s is damaged: %s. (The steps of a killed recording are read from a file "
                    "that is called *%s.)" % (self.path, state, PARTIAL_SUFFIX))
            self.notes.append("%s was never finished: %s" % (self.path, state))
        elif self.end.get("steps") != len(self._starts):
            raise TraceError("%s is damaged: it has %s, where its end.json speaks of %r" % (
                self.path, counted(len(self._starts), "whole step"), self.end.get("steps")))

    def _what_it_is(self):
        self._file.seek(0)
        start = self._file.read(4)
        if not start:
            return "the file is empty"
        if start[:2] != b"PK":
            return "it is not a zip archive (a trace is an .npz or a .json file)"
        return "its first member is not a trace's manifest.json"

    def _read_manifest(self, member):
        if member.name != "manifest.json":
            return
        manifest = self._json(member)
        if manifest.get("format") != FORMAT:
            raise TraceError("%s is not a trace: its manifest names no format" % self.path)
        if manifest.get("format_version") != FORMAT_VERSION:
            raise TraceError("%s has format version %r; this program reads version %d" % (
                self.path, manifest.get("format_version"), FORMAT_VERSION))
        self.manifest = manifest

    def _member(self, offset):
        """Returns the member at an offset; None at the directory, the end, or a cut."""
        self._file.seek(offset)
        header = self._file.read(_LOCAL.size)
        if len(header) < _LOCAL.size or header[:4] in _DIRECTORY_SIGNATURES:
            return None
        (signature, _, flags, method, _, _, crc, size, full_size, name_length,
         extra_length) = _LOCAL.unpack(header)
        if signature != b"PK\3\4":
            if offset == 0:
                return None
            raise TraceError("%s is damaged: no member begins at byte %d" % (self.path, offset))
        rest = self._file.read(name_length + extra_length)
        extra = rest[name_length:]
        try:
            name = rest[:name_length].decode("utf-8")
        except UnicodeDecodeError:
            raise TraceError("%s is damaged: the name of the member at byte %d is not UTF-8"
                             % (self.path, offset)) from None
        if size == 0xFFFFFFFF and len(extra) >= 20:
            kind, length, full_size, size = struct.unpack("<HHQQ", extra[:20])
            if (kind, length) != (1, 16):
                size = -1
        if offset + _LOCAL.size + name_length + extra_length + max(size, 0) > self._size:
            return None
        if method != 0 or size != full_size or size < 0 or flags & 0x9:
            if self.manifest is None:
                return None
            raise TraceError(
                "%s: member %r is compressed, encrypted or without a size; a trace's members are "
                "stored as they are" % (self.path, name))
        return Member(name, crc, size, offset, header + rest)

    def _key(self, member, number):
        pieces = member.name.split("/", 2)
        if len(pieces) != 3 or pieces[0] != str(number) or pieces[1] not in KINDS:
            raise self._damaged(member, "its name is not <step>/<kind>/<name>.npy")
        name = pieces[2][:-4] if pieces[2].endswith(".npy") else pieces[2]
        if name not in self._good_names:
            if name_fault(name):
                raise self._damaged(member, "the name %s" % name_fault(name))
            self._good_names.add(name)
        return pieces[1], name

    def _json(self, member):
        if member.size > _LARGEST_JSON:
            raise self._damaged(member, "it declares %d bytes" % member.size)
        self._file.seek(member.start)
        text = self._file.read(member.size)
        try:
            if zlib.crc32(text) != member.crc:
                raise ValueError("its checksum is wrong")
            facts = json.loads(text)
            if not isinstance(facts, dict):
                raise ValueError("it is not a JSON object")
            if rb"\ud" in text.lower():  # Half a character could not be printed.
                json.dumps(facts, ensure_ascii=False).encode("utf-8")
        except (ValueError, RecursionError) as error:
            raise self._damaged(member, str(error)) from None
        return facts

    def _damaged(self, member, what):
        return TraceError("%s is damaged: member %r at byte %d: %s"
                          % (self.path, member.name, member.offset, what))

    def header(self, member: Member) -> Tuple[Tuple[int, ...], np.dtype, bytes]:
        """Returns (shape, dtype, header's bytes) of a member that is an array."""
        self._file.seek(member.start)
        text = self._file.read(min(_USUAL_HEADER, member.size))
        length = 10 + int.from_bytes(text[8:10], "little") if len(text) >= 10 else 0
        if not 0 < length <= min(member.size, _LARGEST_HEADER):
            raise self._damaged(member, "it is not an array in .npy format 1.0")
        if length != len(text):
            text = text[:length] + self._file.read(max(0, length - len(text)))
        if text not in self._parsed:
            self._parsed[text] = self._parse(member, text)
        shape, dtype = self._parsed[text]
        if length + element_count(shape) * dtype.itemsize != member.size:
            raise self._damaged(member, "shape %s of %s does not fill its %d bytes" % (
                list(shape), dtype, member.size - length))
        return shape, dtype, text

    def _parse(self, member, text):
        found = _ARRAY_HEADER.fullmatch(text)
        if not found:
            raise self._damaged(member, "its array header is not what NumPy writes for numbers")
        kind, fortran, shape = (each.decode() for each in found.groups())
        dtype = _BY_CODE.get(kind)
        if dtype is None or fortran == "True":
            raise self._damaged(member, "its elements are %s%s, not plain numbers in C order%s" % (
                kind, " in Fortran order" * (fortran == "True"),
                "; pickled objects are never loaded" * (kind == "|O")))
        shape = tuple(int(side.rstrip("L")) for side in shape.replace(" ", "").split(",") if side)
        count = element_count(max(side, 1) for side in shape)  # as NumPy does for its limit
        if len(shape) > MOST_DIMENSIONS or count >= 1 << 59:
            raise self._damaged(member, "its shape is too large")
        return shape, dtype

    def data(self, member: Member, header: bytes, size: int) -> Iterator[bytes]:
        """Yields the bytes of an array in pieces; verifies the checksum at the end."""
        crc = zlib.crc32(header)
        offset = member.start + len(header)
        while offset < member.stop:
            self._file.seek(offset)
            piece = self._file.read(min(size, member.stop - offset))
            if len(piece) < min(size, member.stop - offset):
                raise self._damaged(member, "the file became shorter while it was read")
            crc = zlib.crc32(piece, crc)
            offset += len(piece)
            yield piece
        if crc != member.crc:
            raise self._damaged(member, "its checksum is wrong")

    def whole(self, member: Member) -> bytes:
        """Returns all bytes of a member, and verifies the checksum: for small ones."""
        self._file.seek(member.start)
        text = self._file.read(member.size)
        if len(text) < member.size:
            raise self._damaged(member, "the file became shorter while it was read")
        if zlib.crc32(text) != member.crc:
            raise self._damaged(member, "its checksum is wrong")
        return text

    def part(self, member: Member, start: int, size: int) -> bytes:
        """Returns some bytes of a member; its checksum, which is of them all, is not verified."""
        self._file.seek(member.start + start)
        piece = self._file.read(size)
        if len(piece) < size:
            raise self._damaged(member, "the file became shorter while it was read")
        return piece


class StoredTensor(Tensor):
    """A tensor in an archive; see `tf1_recipes.traces.trace.Tensor`."""

    def __init__(self, trace: NpzTrace, member: Member) -> None:
        self._trace = trace
        self._member = member
        self.shape, self.dtype, self._header = trace.header(member)

    def chunks(self, size: int) -> Iterable[np.ndarray]:
        """Yields the elements in order, as flat arrays of ``size`` bytes or less."""
        if self._member.size <= min(size, _SMALL):
            data = np.frombuffer(self._trace.whole(self._member), self.dtype,
                                 offset=len(self._header))
            return [data] if data.size else []
        return self._pieces(size)

    def _pieces(self, size):
        size = max(1, size // self.dtype.itemsize) * self.dtype.itemsize
        for piece in self._trace.data(self._member, self._header, size):
            yield np.frombuffer(piece, self.dtype)

    def part(self, start: int, stop: int) -> np.ndarray:
        """Returns the elements from ``start`` up to ``stop``, flat; no checksum is verified."""
        piece = self._trace.part(self._member, len(self._header) + start * self.dtype.itemsize,
                                 (stop - start) * self.dtype.itemsize)
        return np.frombuffer(piece, self.dtype)

    def read(self) -> np.ndarray:
        """Returns the whole array, its checksum verified."""
        whole = np.empty(element_count(self.shape), self.dtype)
        done = 0
        for chunk in self.chunks(1 << 22):
            whole[done:done + chunk.size] = chunk
            done += chunk.size
        return whole.reshape(self.shape)

"""Traces: archives changed member by member and byte by byte, what a kill leaves, and JSON."""
import io
import json
import os
import re
import struct
import zlib

import numpy as np

from tests.fuzz.changes import TOKENS, changed_bytes, changed_json, written
from tf1_recipes.recording.session_tap import TraceFile
from tf1_recipes.traces import MemoryTrace, TraceError, compare_traces, open_trace
from tf1_recipes.traces.archive import NpzTrace
from tf1_recipes.traces.files import finish
from tf1_recipes.traces.json_trace import to_json
from tf1_recipes.traces.report import text_report
from tf1_recipes.traces.trace import initial_values

STEPS = [
    ([("variables", "net/w", np.float32([[1.0, -0.0], [np.nan, 1e-45]])),
      ("variables", "n", np.int64(7)), ("variables", "c", np.complex64([1 + 2j]))],
     {"session": 0, "writes": [], "initial": True}),
    ([("variables", "net/w", np.float32([[2.0, 0.0], [np.inf, -1e-45]])),
      ("variables", "n", np.int64(8)), ("variables", "flag", np.array([True, False])),
      ("fetches", "loss", np.float64(0.1)), ("feeds", "x", np.zeros([0, 3], np.float16))],
     {"session": 0, "writes": ["net/w"], "initialises": ["0/n#1"]}),
    ([("variables", "net/w", np.arange(600, dtype=np.float32))], {"session": 0}),
]


def good_archive(path):
    """The bytes of a good archive."""
    trace = TraceFile(path, {"tensorflow": "1.15.5"})
    for number, (arrays, facts) in enumerate(STEPS):
        trace.step(number, arrays, facts)
    trace.close({"exit_status": 0, "notes": []})
    with open(path, "rb") as file:
        return file.read()


def everything(path):
    """Reads all of a trace; each array must be what NumPy reads from the same bytes."""
    trace = open_trace(path)
    arrays = {}
    for step in trace:
        for key, tensor in step.tensors.items():
            array = tensor.read()
            assert (array.shape, array.dtype) == (tensor.shape, tensor.dtype)
            assert sum(piece.size for piece in tensor.chunks(64)) == array.size
            arrays["%d/%s/%s.npy" % (step.number, *key)] = array
    initial_values(trace)
    report = text_report(compare_traces(trace, trace), (path, trace), (path, trace))
    assert report.encode("utf-8") and sum(
        line.startswith(("AGREE", "EQUAL", "DIFFERENT")) for line in report.splitlines()) == 1
    assert all(each == "\n" or each.isprintable() for each in report), repr(report)
    if isinstance(trace, NpzTrace):
        with open(path, "rb") as file:
            raw = file.read()
        for member in trace.members():
            if member.name in arrays:
                oracle = np.load(io.BytesIO(raw[member.start:member.stop]), allow_pickle=False)
                assert oracle.tobytes() == arrays[member.name].tobytes()
                assert oracle.shape == arrays[member.name].shape
        trace.close()
    return arrays


# --- Changes that checksums do not show: the members are taken apart and put together again ---


def taken_apart(data):
    """The members in front of the directory, as [name, data] lists."""
    members, offset = [], 0
    while data[offset:offset + 4] == b"PK\3\4":
        size, _, name, extra = struct.unpack("<2L2H", data[offset + 18:offset + 30])
        start = offset + 30 + name + extra
        members.append([data[offset + 30:offset + 30 + name], data[start:start + size]])
        offset = start + size
    return members


def put_together(members, fields=None):
    """An archive whose checksums are right, but for what ``fields`` puts into a member's header."""
    out, heads = b"", None
    for index, (name, content) in enumerate(members):
        if name.endswith(b"/step.json") and heads is not None:
            content = re.sub(rb'"members": "[0-9a-f]+"', b'"members": "%08x"' % zlib.crc32(
                name if heads == b"" else heads, 0 if heads == b"" else zlib.crc32(name)), content)
            heads = None
        values = dict({"flags": 0x800, "method": 0, "crc": zlib.crc32(content),
                       "size": len(content), "full": len(content), "name": len(name), "extra": b""},
                      **(fields or {}).get(index, {}))
        head = struct.pack("<4s5HL2L2H", b"PK\3\4", 20, values["flags"], values["method"], 0, 0x21,
                           values["crc"], values["size"], values["full"], values["name"],
                           len(values["extra"])) + name + values["extra"]
        if not name.endswith(b".json"):
            heads = (heads or b"") + head
        out += head + content
    return out + b"PK\5\6" + bytes(18)


HUGE = [0, 1, 0x7F, 0xFF, 0xFFFF, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFE, 0xFFFFFFFF]
NUMBERS = [b"0", b"1", b"3", b"600", b"4294967296", b"9223372036854775807", b"1" + b"0" * 400]
DTYPES = [b"<f4", b"<f8", b"<f2", b"<i8", b"|b1", b"<c8", b"|O", b"<U9", b"|S4", b"<M8[s]", b"|V4",
          b">f4", b"<f16", b"[('a', '<f4')]"]


def changed_members(data, randomly):
    members = taken_apart(data)
    fields = {}
    for _ in range(randomly.choice([1, 1, 2, 3])):
        index = randomly.randrange(len(members))
        name, content = members[index]
        action = randomly.randrange(8)
        if action == 0:  # an array's header
            content = re.sub(rb"\d+(?=[,)])", lambda found: randomly.choice(NUMBERS), content,
                             count=1)
        elif action == 1:
            content = content.replace(b"'<f4'", b"'%s'" % randomly.choice(DTYPES), 1)
        elif action == 2 and name.endswith(b".json"):
            places = [found.span(1) for found in re.finditer(rb": ([^,}\]]+)", content)] or [(0, 0)]
            start, stop = randomly.choice(places)
            content = content[:start] + randomly.choice(TOKENS) + content[stop:]
        elif action == 3:
            name = randomly.choice([
                name + b"x", b"../" + name, name.replace(b"0/", b"1/"), b"", b"\xff", b"0//.npy",
                name.upper(), b"9" * 30 + b"/step.json", b"0/variables/" + b"n" * 5000 + b".npy",
                b"0/variables/a\nEQUAL: all 9 tensors agree..npy", b"1/feeds/\x1b[2J.npy",
                "2/variables/\u202e.npy".encode()])
        elif action == 4:  # what a header declares
            key = randomly.choice(["flags", "method", "crc", "size", "full", "name"])
            limit = 0xFFFF if key in ("flags", "method", "name") else 0xFFFFFFFF
            value = min(limit, randomly.choice(HUGE + [randomly.getrandbits(32)]))
            fields.setdefault(index, {})[key] = value
            if randomly.random() < 0.5:
                fields[index].update(size=0xFFFFFFFF, full=0xFFFFFFFF, extra=struct.pack(
                    "<HHQQ", 1, 16, *[randomly.choice([0, len(content), 1 << 40, 1 << 63])] * 2))
        elif action == 5:  # a zip bomb, which only a reader that inflates would notice
            content = zlib.compress(bytes(1 << 20))[2:-4]
            fields.setdefault(index, {}).update(method=8, full=1 << 20)
        elif action == 6:
            other = randomly.randrange(len(members))
            members[index], members[other] = members[other], [name, content]
            continue
        else:
            members.insert(index, list(randomly.choice(members)))
            continue
        members[index] = [name, content]
    return put_together(members, fields)


class Traces:
    """Archives; the message about a bad one begins with its path, and is one line."""

    errors = TraceError

    def __init__(self, folder):
        self.folder = folder
        self.data = good_archive(os.path.join(folder, "good.npz"))
        # It is a good one also when it is put together again.
        path = written(os.path.join(folder, "again.npz"), put_together(taken_apart(self.data)))
        assert everything(path).keys() == {
            "%d/%s/%s.npy" % (number, kind, name)
            for number, (arrays, _) in enumerate(STEPS) for kind, name, _ in arrays}

    def write(self, randomly):
        name = "t.npz" + ".partial" * randomly.randrange(2)
        return written(os.path.join(self.folder, name), self.change(self.data, randomly))

    def read(self, path):
        everything(path)


class ArchiveMembers(Traces):
    change = staticmethod(changed_members)


class ArchiveBytes(Traces):
    change = staticmethod(changed_bytes)


class PartialArchives(Traces):
    """What a killed recording left is finished, and then a good trace; or it is refused."""

    def write(self, randomly):
        path = os.path.join(self.folder, "t.npz")
        for each in (path, path + ".partial"):
            if os.path.exists(each):
                os.remove(each)
        members = self.data[:self.data.index(b"PK\1\2")]
        written(path + ".partial", changed_members(members, randomly))
        return path

    def read(self, path):
        if finish(path, {"exit_status": 1}):
            everything(path)


class JsonTraces(Traces):

    def __init__(self, folder):
        self.folder = folder
        made = MemoryTrace({"tensorflow": "1.15.5"})
        for number, (arrays, facts) in enumerate(STEPS[:2]):
            made.step(number, arrays, facts)
        self.text = to_json(made)
        assert json.loads(self.text)

    def write(self, randomly):
        text = changed_json(self.text, randomly)
        return written(os.path.join(self.folder, "t.json"), text.encode("utf-8"))


KINDS = [ArchiveMembers, ArchiveBytes, PartialArchives, JsonTraces]

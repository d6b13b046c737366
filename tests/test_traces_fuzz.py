"""Changed traces at random: each is read as what stands in it, or refused in one line.

Never a crash, a hang, an allocation beyond the file's own size, or a pickle. A few hundred inputs
by default; the long run is

    FUZZ_INPUTS=10000 python -m pytest tests/test_traces_fuzz.py
"""
import io
import json
import os
import pickle
import random
import re
import signal
import struct
import tracemalloc
import zlib

import numpy as np
import pytest

from tf1_recipes.session_tap import TraceFile
from tf1_recipes.traces import MemoryTrace, TraceError, compare_traces, open_trace
from tf1_recipes.traces.archive import NpzTrace
from tf1_recipes.traces.files import finish
from tf1_recipes.traces.json_trace import to_json
from tf1_recipes.traces.report import text_report
from tf1_recipes.traces.trace import initial_values

COUNT = int(os.environ.get("FUZZ_INPUTS", "250"))
SECONDS = 20
MEGABYTES = 16

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


@pytest.fixture
def data(tmp_path):
    """The bytes of a good archive."""
    trace = TraceFile(str(tmp_path / "good.npz"), {"tensorflow": "1.15.5"})
    for number, (arrays, facts) in enumerate(STEPS):
        trace.step(number, arrays, facts)
    trace.close({"exit_status": 0, "notes": []})
    return (tmp_path / "good.npz").read_bytes()


@pytest.fixture
def guarded(monkeypatch):
    """A function that reads a file to its last element, under the limits."""
    def refuse(*arguments, **options):
        raise AssertionError("a pickle was loaded")

    def too_long(*arguments):
        raise AssertionError("reading took more than %d seconds" % SECONDS)

    for name in ("load", "loads"):
        monkeypatch.setattr(pickle, name, refuse)
    previous = signal.signal(signal.SIGALRM, too_long)
    tracemalloc.start()

    def read(path, use):
        tracemalloc.reset_peak()
        before = tracemalloc.get_traced_memory()[0]
        signal.alarm(SECONDS)
        try:
            return use(path)
        except TraceError as error:
            assert str(error).startswith(path) and "\n" not in str(error), str(error)
            str(error).encode("utf-8")  # It can be printed.
            return None
        finally:
            signal.alarm(0)
            assert tracemalloc.get_traced_memory()[1] - before < MEGABYTES << 20
    yield read
    tracemalloc.stop()
    signal.signal(signal.SIGALRM, previous)


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
    text_report(compare_traces(trace, trace), (path, trace), (path, trace)).encode("utf-8")
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
TOKENS = [b"null", b"true", b"-1", b"1e999", b"[]", b"{}", b'""', b'"0/n#x"', b"[" * 3000,
          b"1" + b"0" * 5000, b'"\\ud800"', b"NaN", b'{"session": 0}']


def changed_members(data, randomly):
    members = taken_apart(data)
    fields = {}
    for _ in range(randomly.randint(1, 3)):
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
                name.upper(), b"9" * 30 + b"/step.json", b"0/variables/" + b"n" * 5000 + b".npy"])
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


def changed_bytes(data, randomly):
    """Bytes changed, cut out, doubled; or the end cut off."""
    changed = bytearray(data)
    if randomly.random() < 0.3:
        return bytes(changed[:randomly.randrange(len(changed))])
    for _ in range(randomly.randint(1, 4)):
        start = randomly.randrange(len(changed) or 1)
        length = randomly.choice([1, 1, 2, 4, 8, 64])
        piece = changed[start:start + length]
        changed[start:start + length] = randomly.choice([
            b"", piece * 2, bytes(len(piece)), b"\xff" * len(piece),
            bytes(randomly.randrange(256) for _ in piece)])
    return bytes(changed)


def test_the_archive_put_together_again_is_a_good_one(tmp_path, data):
    path = tmp_path / "t.npz"
    path.write_bytes(put_together(taken_apart(data)))
    assert everything(str(path)).keys() == {
        "%d/%s/%s.npy" % (number, kind, name)
        for number, (arrays, _) in enumerate(STEPS) for kind, name, _ in arrays}


@pytest.mark.parametrize("change", [changed_members, changed_bytes])
def test_changed_archives(tmp_path, data, guarded, change):
    randomly = random.Random(change.__name__)
    outcomes = {True: 0, False: 0}
    for number in range(COUNT):
        path = tmp_path / ("t.npz" + ".partial" * (number % 2))
        path.write_bytes(change(data, randomly))
        outcomes[guarded(str(path), everything) is not None] += 1
    assert outcomes[True] and outcomes[False], outcomes  # else the changes are too gross, or tame


def test_changed_partial_files_are_finished_or_refused(tmp_path, data, guarded):
    randomly = random.Random(2)
    path = str(tmp_path / "t.npz")
    for _ in range(COUNT // 4):
        with open(path + ".partial", "wb") as file:
            file.write(changed_members(data[:data.index(b"PK\1\2")], randomly))
        if guarded(path, lambda path: finish(path, {"exit_status": 1})):
            guarded(path, everything)
        for each in (path, path + ".partial"):
            if os.path.exists(each):
                os.remove(each)


def changed_text(text, randomly):
    for _ in range(randomly.randint(1, 3)):
        places = [found.span() for found in re.finditer(r'"[^"]*"|-?\d[\d.e-]*|[\[\]{}:,]', text)]
        start, stop = randomly.choice(places)
        text = text[:start] + randomly.choice([
            "", text[start:stop] * 2, *[token.decode() for token in TOKENS], '"float32"',
            '"object"', "[4294967296, 4294967296]", '"Infinity"', '"step"', "9" * 20]
        ) + text[stop:]
    return text


def test_changed_json_traces(tmp_path, guarded):
    made = MemoryTrace({"tensorflow": "1.15.5"})
    for number, (arrays, facts) in enumerate(STEPS[:2]):
        made.step(number, arrays, facts)
    text = to_json(made)
    assert json.loads(text)
    randomly = random.Random(3)
    outcomes = {True: 0, False: 0}
    for _ in range(COUNT):
        path = tmp_path / "t.json"
        path.write_text(changed_text(text, randomly), encoding="utf-8")
        outcomes[guarded(str(path), everything) is not None] += 1
    assert outcomes[True] and outcomes[False], outcomes

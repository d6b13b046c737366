"""Reading archives: whole, cut off, changed, foreign and hostile ones."""
import io
import json
import os
import random
import re
import struct
import tracemalloc
import zipfile
import zlib
from pathlib import Path

import numpy as np
import pytest

from tf1_recipes.recording.session_tap import TapError, TraceFile
from tf1_recipes.traces import MemoryTrace, TraceError, open_trace
from tf1_recipes.traces.archive import NpzTrace
from tf1_recipes.traces.files import finish

STEPS = [
    [("variables", "net/w", np.float32([[1.0, -0.0], [np.nan, 1e-45]])),
     ("variables", "n", np.int64(7))],
    [("variables", "net/w", np.float32([[2.0, 0.0], [np.inf, -1e-45]])),
     ("variables", "n", np.int64(8)),
     ("fetches", "loss", np.float64(0.1)), ("feeds", "x", np.zeros([0, 3], np.float16))],
]
MANIFEST = {"tensorflow": "0.12.1"}


def write(path, steps=STEPS, finished=True):
    trace = TraceFile(str(path), MANIFEST)
    for number, arrays in enumerate(steps):
        trace.step(number, arrays, {"session": 0, "writes": ["net/w"]})
    if finished:
        trace.close({"exit_status": 0})
    return str(path) if finished else trace.partial


def content(trace):
    """Everything that a trace says, with arrays as their dtype, shape and bytes."""
    return [(step.number, step.facts, {
        key: (tensor.dtype.str, tensor.shape, tensor.read().tobytes())
        for key, tensor in step.tensors.items()}) for step in trace]


@pytest.fixture
def whole(tmp_path):
    return write(tmp_path / "whole.npz")


def test_a_trace_comes_back_bit_for_bit(whole):
    trace, same = open_trace(whole), MemoryTrace()
    for number, arrays in enumerate(STEPS):
        same.step(number, arrays, {"session": 0, "writes": ["net/w"]})
    assert content(trace) == content(same)
    assert trace.numbers == [0, 1]
    assert trace.manifest["tensorflow"] == "0.12.1"
    assert trace.end == {"exit_status": 0, "steps": 2}
    assert trace.notes == []


def test_numpy_and_zip_read_a_finished_trace(whole):
    with np.load(whole, allow_pickle=False) as arrays:
        np.testing.assert_array_equal(arrays["1/variables/net/w"], STEPS[1][0][2])
        assert arrays["1/feeds/x"].shape == (0, 3)
        assert arrays["0/variables/n"] == 7
        assert json.loads(arrays["manifest.json"])["format_version"] == 1
    with zipfile.ZipFile(whole) as archive:
        assert archive.testzip() is None
        assert archive.namelist()[0] == "manifest.json"


def test_the_finished_file_appears_under_its_name_only_at_the_end(tmp_path):
    path = str(tmp_path / "t.npz")
    trace = TraceFile(path, {})
    trace.step(0, STEPS[0], {})
    assert os.listdir(tmp_path) == ["t.npz.partial"]
    trace.close({})
    assert os.listdir(tmp_path) == ["t.npz"]


def test_a_partial_file_is_never_overwritten(tmp_path):
    (tmp_path / "t.npz.partial").write_text("evidence")
    with pytest.raises(TapError, match="t.npz.partial exists: a recording into .*t.npz was killed; "
                                       "its whole steps can be read as they are; move or delete "
                                       "it first$"):
        TraceFile(str(tmp_path / "t.npz"), {})
    assert (tmp_path / "t.npz.partial").read_text() == "evidence"


def test_a_trace_without_steps_leaves_nothing(tmp_path):
    TraceFile(str(tmp_path / "t.npz"), {}).close({})
    assert os.listdir(tmp_path) == []


def test_steps_after_the_end_are_let_go(tmp_path):
    trace = TraceFile(str(tmp_path / "t.npz"), {})
    trace.step(0, STEPS[0], {})
    trace.close({})
    trace.step(1, STEPS[1], {})
    assert len(open_trace(str(tmp_path / "t.npz"))) == 1


@pytest.mark.parametrize("dtype", ["bool", "int8", "uint16", "int32", "uint64", "float16",
                                   "float32", "float64", "complex64", "complex128"])
@pytest.mark.parametrize("shape", [(), (0,), (1,), (2, 3), (0, 3), (300, 100)])
def test_every_dtype_and_shape(tmp_path, dtype, shape):
    array = np.arange(np.prod(shape, dtype=int)).astype(dtype).reshape(shape)
    path = write(tmp_path / "t.npz", [[("variables", "v", array)]])
    stored = open_trace(path)[0].tensors["variables", "v"]
    assert (stored.shape, stored.dtype) == (shape, np.dtype(dtype))
    np.testing.assert_array_equal(stored.read(), array)
    pieces = list(stored.chunks(64))
    assert all(piece.nbytes <= 64 for piece in pieces)
    assert b"".join(piece.tobytes() for piece in pieces) == array.tobytes()


@pytest.mark.parametrize("array", [
    np.arange(6.0).reshape(2, 3).T, np.arange(12.0)[::2], np.array([1.0, 2.0], ">f4"),
    np.asfortranarray(np.arange(20000.0).reshape(100, 200))])
def test_arrays_of_any_layout_are_stored(tmp_path, array):
    path = write(tmp_path / "t.npz", [[("variables", "v", array)]])
    np.testing.assert_array_equal(open_trace(path)[0].tensors["variables", "v"].read(), array)


def test_more_members_than_a_plain_zip_counts(tmp_path):
    count = 66000
    one = np.float32(1.0)
    path = write(tmp_path / "t.npz", [[("variables", "v%d" % i, one) for i in range(count)]])
    assert len(open_trace(path)[0].tensors) == count
    with np.load(path, allow_pickle=False) as arrays:
        assert len(arrays.files) == count + 3
        assert arrays["0/variables/v65999"] == 1.0


# --- Cut off ---


def test_a_partial_file_cut_anywhere_holds_its_whole_steps(tmp_path):
    partial = write(tmp_path / "t.npz", finished=False)
    data = Path(partial).read_bytes()
    whole_at = [data.index(b"PK", data.index(b"0/step.json")), len(data)]
    everything = content(open_trace(partial))
    for size in range(len(data)):
        with open(partial, "wb") as file:
            file.write(data[:size])
        count = sum(size >= each for each in whole_at)
        try:
            trace = open_trace(partial)
        except TraceError as error:
            assert count == 0
            assert re.match(re.escape(partial) + " is not a trace: ", str(error))
            continue
        assert content(trace) == everything[:count]
        assert len(trace.notes) == 1


def test_a_finished_file_cut_anywhere_is_called_damaged(whole):
    data = Path(whole).read_bytes()
    directory = data.index(b"PK\1\2")
    everything = content(open_trace(whole))
    for size in range(len(data)):
        with open(whole, "wb") as file:
            file.write(data[:size])
        if size >= directory:  # All of it is there but what is only for other readers.
            assert content(open_trace(whole)) == everything
            continue
        with pytest.raises(TraceError) as caught:
            open_trace(whole)
        assert re.match(re.escape(whole) + " is (damaged|not a trace): ", str(caught.value))
        assert "\n" not in str(caught.value)


def test_the_message_for_a_cut_file_says_where(whole):
    data = Path(whole).read_bytes()
    with open(whole, "wb") as file:
        file.write(data[:data.index(b"1/fetches/loss")])
    with pytest.raises(TraceError, match=r"it is cut off after 1 whole step, at byte \d+ of \d+"):
        open_trace(whole)


def test_a_killed_writers_file_is_finished_at_every_length(tmp_path):
    path = str(tmp_path / "t.npz")
    partial = write(path, finished=False)
    data = Path(partial).read_bytes()
    everything = content(open_trace(partial))
    for size in range(0, len(data) + 1, 7):
        with open(partial, "wb") as file:
            file.write(data[:size])
        count = finish(path, {"exit_status": 137})
        assert os.listdir(tmp_path) == ["t.npz"] * bool(count)
        if count:
            trace = open_trace(path)
            assert content(trace) == everything[:count]
            assert trace.end == {"exit_status": 137, "steps": count}
            with np.load(path, allow_pickle=False) as arrays:
                assert arrays["0/variables/n"] == 7
            os.remove(path)


# --- Changed ---


def check_changed(path, data, expected):
    """A changed file is read as it was, or refused in one line; nothing else may happen."""
    with open(path, "wb") as file:
        file.write(data)
    try:
        found = content(open_trace(path))
    except TraceError as error:
        assert str(error).startswith(path) and "\n" not in str(error)
        return False
    assert repr(found) == expected
    return True


def test_every_single_changed_byte_is_noticed_or_harmless(whole):
    data = Path(whole).read_bytes()
    expected = repr(content(open_trace(whole)))
    stop = data.index(b"PK\1\2")
    for position in range(stop):
        for flip in (0x01, 0x80, 0xFF):
            changed = bytearray(data)
            changed[position] ^= flip
            check_changed(whole, bytes(changed), expected)


def mutated(data, randomly):
    """Some bytes changed, cut out, doubled or put elsewhere."""
    changed = bytearray(data)
    for _ in range(randomly.randint(1, 4)):
        start = randomly.randrange(len(changed))
        length = min(randomly.choice([1, 1, 2, 4, 8, 64]), len(changed) - start)
        action = randomly.randrange(4)
        if action == 0:
            for position in range(start, start + length):
                changed[position] = randomly.choice([0, 1, 127, 128, 255, randomly.randrange(256)])
        elif action == 1:
            del changed[start:start + length]
        elif action == 2:
            changed[start:start] = changed[start:start + length]
        else:
            other = randomly.randrange(len(changed))
            changed[other:other] = changed[start:start + length]
        if not changed:
            break
    return bytes(changed)


def test_files_changed_at_random(whole):
    count = int(os.environ.get("FUZZ_INPUTS", "2000"))
    data = Path(whole).read_bytes()
    expected = repr(content(open_trace(whole)))
    randomly = random.Random(1)
    read = sum(check_changed(whole, mutated(data, randomly), expected) for _ in range(count))
    assert 0 < read < count / 2  # changes in the directory, for the most part


# --- Foreign and hostile ---


def member(name, data, size=None, crc=None, method=0, extra=b"", flags=0x800):
    size = len(data) if size is None else size
    crc = zlib.crc32(data) if crc is None else crc
    return struct.pack("<4s5HL2L2H", b"PK\3\4", 20, flags, method, 0, 0x21, crc, size, size,
                       len(name), len(extra)) + name + extra + data


def npy(array=None, header=None):
    stream = io.BytesIO()
    if header is None:
        np.save(stream, array)
    else:
        stream.write(b"\x93NUMPY\1\0" + struct.pack("<H", len(header)) + header)
    return stream.getvalue()


def archive(*members, number=0, end=True):
    """A trace of one step with these (name, data) or ready-made members."""
    manifest = json.dumps({"format": "tf1_recipes trace", "format_version": 1}).encode()
    heads, body = zlib.crc32(b"%d/step.json" % number), b""
    for each in members:
        packed = each if isinstance(each, bytes) else member(*each)
        name_length, extra_length = struct.unpack("<2H", packed[26:30])
        heads = zlib.crc32(packed[:30 + name_length + extra_length], heads)
        body += packed
    facts = json.dumps({"members": "%08x" % heads}).encode()
    return (member(b"manifest.json", manifest) + body
            + member(b"%d/step.json" % number, facts)
            + (member(b"end.json", b'{"steps": 1}') if end else b"") + b"PK\5\6" + bytes(18))


def problem(path, data):
    """The message with which a file is refused, without its path; no big allocation on the way."""
    with open(path, "wb") as file:
        file.write(data)
    tracemalloc.start()
    try:
        with pytest.raises(TraceError) as caught:
            content(open_trace(str(path)))
        assert tracemalloc.get_traced_memory()[1] < 10 << 20
    finally:
        tracemalloc.stop()
    message = str(caught.value)
    assert message.startswith(str(path)) and "\n" not in message
    return message[len(str(path)):].strip(" :")


V = b"0/variables/v.npy"


def test_the_hand_made_archives_are_right_but_for_what_a_test_changes(tmp_path):
    path = tmp_path / "t.npz"
    path.write_bytes(archive((V, npy(np.float32([1, 2])))))
    assert open_trace(str(path))[0].arrays("variables")["v"].tolist() == [1.0, 2.0]


@pytest.mark.parametrize("save", [np.savez, np.savez_compressed])
def test_a_foreign_npz_is_no_trace(tmp_path, save):
    stream = io.BytesIO()
    save(stream, a=np.ones(3))
    assert problem(tmp_path / "t.npz", stream.getvalue()) == (
        "is not a trace: its first member is not a trace's manifest.json")


@pytest.mark.parametrize("data, message", [
    (b"", "is not a trace: the file is empty"),
    (b"hello", "is not a trace: it is not a zip archive (a trace is an .npz or a "
                         ".json file)"),
    (npy(np.ones(3)), "is not a trace: it is not a zip archive (a trace is an .npz or a "
                         ".json file)"),
    (member(b"manifest.json", b"{}"), "is not a trace: its manifest names no format"),
    (member(b"manifest.json", b'{"format": "tf1_recipes trace", "format_version": 2}'),
     "has format version 2; this program reads version 1"),
    (member(b"manifest.json", b"[]"),
     "is damaged: member 'manifest.json' at byte 0: it is not a JSON object"),
    (member(b"manifest.json", b"{}", crc=1),
     "is damaged: member 'manifest.json' at byte 0: its checksum is wrong"),
])
def test_what_is_no_trace(tmp_path, data, message):
    assert problem(tmp_path / "t.npz", data) == message


def test_deeply_nested_json_is_refused(tmp_path):
    assert "is damaged: member 'manifest.json'" in problem(
        tmp_path / "t.npz", member(b"manifest.json", b"[" * 100000))


def test_pickled_objects_are_never_loaded(tmp_path):
    class Bomb:
        def __reduce__(self):
            return os.mkdir, (str(tmp_path / "exploded"),)

    stream = io.BytesIO()
    np.save(stream, np.array([Bomb()], object), allow_pickle=True)
    data = stream.getvalue()
    header = 10 + struct.unpack("<H", data[8:10])[0]
    assert problem(tmp_path / "t.npz", archive((V, data))).endswith(
        "its elements are |O, not plain numbers in C order; pickled objects are never loaded")
    assert "member '0/variables/v.npy'" in problem(tmp_path / "t.npz", archive((V, data[header:])))
    assert not (tmp_path / "exploded").exists()


HEADER = b"{'descr': '%s', 'fortran_order': %s, 'shape': (%s), }\n"


@pytest.mark.parametrize("descr, fortran, shape, words", [
    (b"<f4", b"False", b"3,", "shape [3] of float32 does not fill its 8 bytes"),
    (b"<f4", b"False", b"4611686018427387904,", "its shape is too large"),
    (b"<f4", b"False", b"0, 9223372036854775807", "its shape is too large"),
    (b"<f4", b"False", b"2, " + b"1, " * 32, "its shape is too large"),
    (b"<f4", b"False", b"-2,", "its array header is not what NumPy writes for numbers"),
    (b"<f4", b"True", b"2,", "its elements are <f4 in Fortran order, not plain numbers in C order"),
    (b">f4", b"False", b"2,", "its array header is not what NumPy writes for numbers"),
    (b"<U2", b"False", b"1,", "its elements are <U2, not plain numbers in C order"),
    (b"<M8", b"False", b"1,", "its elements are <M8, not plain numbers in C order"),
    (b"|V8", b"False", b"1,", "its elements are |V8, not plain numbers in C order"),
    (b"<f4", b"False", b"__import__('os').abort(),",
     "its array header is not what NumPy writes for numbers"),
    (b"<f4", b"False", b"-" * 3000 + b"1,",
     "its array header is not what NumPy writes for numbers"),
    (b"<f4", b"False", b"1, " * 2000, "it is not an array in .npy format 1.0"),
])
def test_array_headers_that_are_refused(tmp_path, descr, fortran, shape, words):
    data = npy(header=HEADER % (descr, fortran, shape)) + bytes(8)
    assert problem(tmp_path / "t.npz", archive((V, data))).endswith(": " + words)


def test_sizes_are_checked_against_the_file(tmp_path):
    huge = npy(header=HEADER % (b"<f4", b"False", b"268435456,"))  # 1 GiB
    for packed in (member(V, huge, size=0x7FFFFFFF), member(V, huge, size=0xFFFFFFFE),
                   member(V, huge, size=0xFFFFFFFF,
                          extra=struct.pack("<HHQQ", 1, 16, 5 << 30, 5 << 30)),
                   member(V, huge, size=0xFFFFFFFF,
                          extra=struct.pack("<HHQQ", 1, 16, 1 << 63, 1 << 63)),
                   member(V, huge, size=0xFFFFFFFF)):
        assert re.search("it is cut off after 0 whole steps|is damaged",
                         problem(tmp_path / "t.npz", archive(packed)))


def test_zip64_sizes_are_read(tmp_path):
    data = npy(np.float32([1, 2]))
    path = tmp_path / "t.npz"
    path.write_bytes(archive(member(V, data, size=0xFFFFFFFF, crc=zlib.crc32(data),
                                    extra=struct.pack("<HHQQ", 1, 16, len(data), len(data)))))
    assert open_trace(str(path))[0].arrays("variables")["v"].tolist() == [1.0, 2.0]


def test_a_member_of_more_than_4_gib_is_found_and_read_in_pieces(tmp_path):
    """The file is sparse: a hole of zeros, of which only the first pieces are read."""
    count = (5 << 30) // 4
    header = npy(header=HEADER % (b"<f4", b"False", b"%d," % count))
    size = len(header) + 4 * count
    packed = member(V, header, size=0xFFFFFFFF, crc=0,
                    extra=struct.pack("<HHQQ", 1, 16, size, size))
    whole = archive(packed)
    hole = whole.index(packed) + len(packed)
    path = tmp_path / "t.npz"
    with open(path, "wb") as file:
        file.write(whole[:hole])
        file.seek(4 * count, os.SEEK_CUR)
        file.write(whole[hole:])
    tensor = open_trace(str(path))[0].tensors["variables", "v"]
    assert tensor.shape == (count,)
    assert next(tensor.chunks(1 << 20)).size == 1 << 18


def test_offsets_of_more_than_4_gib_are_written_for_numpy(tmp_path):
    """The directory that `resume` writes behind a hole of 5 GiB points to the member after it."""
    path = str(tmp_path / "t.npz")
    partial = write(path, [[("variables", "v", np.float32([1, 2]))]], finished=False)
    trace = NpzTrace(partial)
    members = [(each.name, each.crc, each.size, each.offset) for each in trace.members()]
    data = Path(partial).read_bytes()
    far = 5 << 30
    with open(partial, "r+b") as file:
        file.seek(far)
        file.write(data[members[1][3]:])
    shift = far - members[1][3]
    moved = [members[0]] + [(n, c, s, o + shift) for n, c, s, o in members[1:]]
    TraceFile.resume(path, moved, os.path.getsize(partial)).close({})
    with np.load(path, allow_pickle=False) as arrays:
        assert arrays["0/variables/v"].tolist() == [1.0, 2.0]


@pytest.mark.parametrize("members, words", [
    ([(V, npy(np.ones(1))), (V, npy(np.ones(1)))], "there are two members of this name"),
    ([(b"1/variables/v.npy", npy(np.ones(1)))], "its name is not <step>/<kind>/<name>.npy"),
    ([(b"0/other/v.npy", npy(np.ones(1)))], "its name is not <step>/<kind>/<name>.npy"),
    ([(b"../../etc/passwd", npy(np.ones(1)))], "its name is not <step>/<kind>/<name>.npy"),
    ([member(V, npy(np.ones(1)), method=8)], "a trace's members are stored as they are"),
    ([member(V, npy(np.ones(1)), flags=8)], "a trace's members are stored as they are"),
    ([member(V, npy(np.ones(1)), crc=1)], "its checksum is wrong"),
    ([member(V, npy(np.ones(10_000)), crc=1)], "its checksum is wrong"),  # read in pieces
    ([(b"\xff\xfe", b"")], "is not UTF-8"),
])
def test_members_that_are_refused(tmp_path, members, words):
    assert words in problem(tmp_path / "t.npz", archive(*members))


def test_a_step_of_which_a_member_was_exchanged_is_damaged(tmp_path):
    """Every checksum fits but the one over the headers."""
    other = archive((V, npy(np.float32([1, 2])))).replace(
        member(V, npy(np.float32([1, 2]))), member(V, npy(np.float32([1, 3]))))
    assert problem(tmp_path / "t.npz", other).endswith(
        "member '0/step.json' at byte %d: it does not fit the step's other members"
        % (other.index(b"0/step.json") - 30))


@pytest.mark.parametrize("facts, words", [
    ('{"session": "0"}', "its session is '0', not a number"),
    ('{"session": -1}', "its session is -1, not a number"),
    ('{"initial": true}', "it has initial values, but no session"),
    ('{"session": 0, "initialises": [1]}', "its 'initialises' is not a list of names"),
    ('{"session": 0', "delimiter"),
])
def test_facts_that_are_refused(tmp_path, facts, words):
    whole = archive()
    start = whole.index(b"PK", 4)
    heads = '"members": "%08x", ' % zlib.crc32(b"0/step.json")
    data = whole[:start] + member(b"0/step.json", ("{" + heads + facts[1:]).encode())
    assert words in problem(tmp_path / "t.npz", data + member(b"end.json", b'{"steps": 1}'))


def test_an_end_that_counts_other_steps_is_refused(tmp_path):
    data = archive((V, npy(np.ones(1)))).replace(
        member(b"end.json", b'{"steps": 1}'), member(b"end.json", b'{"steps": 2}'))
    assert problem(tmp_path / "t.npz", data) == (
        "is damaged: it has 1 whole step, where its end.json speaks of 2")


def test_two_steps_of_one_number_are_refused(tmp_path):
    step = member(b"0/step.json", b'{"members": "%08x"}' % zlib.crc32(b"0/step.json"))
    whole = archive()
    assert problem(tmp_path / "t.npz", whole.replace(step, step + step)).endswith(
        "there are two steps of this number")


@pytest.mark.parametrize("number", [b"9" * 5000, "\u00b2".encode(), b"-1", b"007"])
def test_steps_with_other_numbers_are_refused(tmp_path, number):
    data = archive().replace(b"0/step.json", number + b"/step.json")
    problem(tmp_path / "t.npz", data)


def test_a_file_that_shrinks_while_it_is_read(tmp_path):
    path = write(tmp_path / "t.npz", [[("variables", "v", np.ones(1 << 20))]])
    tensor = open_trace(path)[0].tensors["variables", "v"]
    os.truncate(path, 1 << 20)
    with pytest.raises(TraceError, match="the file became shorter while it was read"):
        tensor.read()

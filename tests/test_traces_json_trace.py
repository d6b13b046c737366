"""Traces as JSON: bit for bit there and back; damaged files refused in one line."""
import json
import random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays_of

from tf1_recipes.errors import Error
from tf1_recipes.traces import MemoryTrace, TraceError, open_trace, write_json
from tf1_recipes.traces.json_trace import (
    _float_to_json,
    _floats_to_json,
    parse_json,
    to_json,
)
from tf1_recipes.traces.trace import DTYPES


def trace_of(*arrays):
    trace = MemoryTrace({"tensorflow": "0.12.1"})
    trace.step(0, [("variables", "v%d" % i, each) for i, each in enumerate(arrays)],
               {"session": 0, "writes": []})
    return trace


def there_and_back(array):
    return parse_json(to_json(trace_of(array)), "t.json")[0].arrays("variables")["v0"]


def same_bits(a, b):
    """NaNs count as one, because which NaN it was is not kept."""
    assert (a.dtype, a.shape) == (b.dtype, b.shape)
    if a.dtype.kind == "c":
        a, b = (each.reshape(-1).view(each.real.dtype) for each in (a, b))
    if a.dtype.kind == "f":
        a, b = (np.where(np.isnan(each), np.array(np.nan, each.dtype), each) for each in (a, b))
    assert a.tobytes() == b.tobytes()


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(sorted(DTYPES)).flatmap(lambda name: arrays_of.arrays(
    DTYPES[name], arrays_of.array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=4))))
def test_every_array_comes_back_bit_for_bit(array):
    same_bits(there_and_back(array), array)


@pytest.mark.parametrize("bits, parts", [("uint16", "float16"), ("uint32", "float32"),
                                         ("uint64", "float64")])
def test_floats_of_any_bits_come_back(bits, parts):
    randomly = np.random.RandomState(1)
    array = randomly.bytes(3000 * np.dtype(bits).itemsize)
    array = np.frombuffer(array, parts)
    same_bits(there_and_back(array), array)


def test_every_float16_comes_back():
    array = np.arange(1 << 16, dtype=np.uint16).view(np.float16)
    same_bits(there_and_back(array), array)


@pytest.mark.parametrize("bits, dtype", [("uint16", "float16"), ("uint32", "float32"),
                                         ("uint64", "float64")])
@pytest.mark.parametrize("legacy", [False, "1.13"])
def test_the_fast_way_writes_what_the_slow_one_does(bits, dtype, legacy):
    """Also where a program prints as an old NumPy did, which gives other digits."""
    rng = np.random.RandomState(2)
    flat = np.concatenate([
        np.frombuffer(rng.bytes(2000 * np.dtype(bits).itemsize), dtype),
        rng.standard_normal(2000).astype(dtype), np.arange(-20, 20).astype(dtype),
        (10.0 ** np.arange(-7, 5)).astype(dtype)])
    slow = [_float_to_json(each) for each in flat]
    with np.printoptions(legacy=legacy):
        assert _floats_to_json(flat) == slow


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64"])
def test_the_ends_of_the_range_come_back(dtype):
    limits = np.finfo(dtype)
    array = np.array([0.0, -0.0, limits.max, limits.min, limits.tiny, -limits.tiny,
                      limits.smallest_subnormal, -limits.smallest_subnormal, limits.eps,
                      np.inf, -np.inf, np.nan], dtype)
    same_bits(there_and_back(array), array)
    assert np.signbit(there_and_back(array)[1])


def test_the_text_is_one_that_a_person_reads():
    trace = MemoryTrace({"tensorflow": "0.12.1"})
    trace.step(0, [("variables", "net/w", np.float32([[0.1, -0.0], [1e-30, np.nan]])),
                   ("variables", "on", np.array(True)),
                   ("fetches", "z", np.complex64([1 + 2j]))], {"session": 0})
    assert to_json(trace) == """{
"manifest": {
 "format": "tf1_recipes trace",
 "format_version": 1,
 "tensorflow": "0.12.1"
},
"steps": [
{
 "step": 0,
 "variables": {
  "net/w": ["float32", [2, 2], [0.1, -0.0, 1.0e-30, "NaN"]],
  "on": ["bool", [], [true]]
 },
 "fetches": {
  "z": ["complex64", [1], [1.0, 2.0]]
 },
 "facts": {"session": 0}
}
]
}
"""


def test_a_file_appears_under_its_name(tmp_path):
    path = str(tmp_path / "t.json")
    write_json(trace_of(np.float32(1.5)), path)
    assert [each.name for each in tmp_path.iterdir()] == ["t.json"]
    trace = open_trace(path)
    assert trace.manifest["tensorflow"] == "0.12.1"
    assert trace[0].arrays("variables")["v0"] == 1.5


def test_a_file_that_cannot_be_written_is_named(tmp_path):
    path = str(tmp_path / "none" / "t.json")
    with pytest.raises(Error, match="^cannot write %s: No such file or directory$" % path):
        write_json(trace_of(np.float32(1.5)), path)


# --- Damaged ---


def refused(tmp_path, text):
    """The message, without the file's name, with which a text is refused."""
    path = tmp_path / "t.json"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(TraceError) as caught:
        open_trace(str(path))
    message = str(caught.value)
    assert message.startswith(str(path)) and "\n" not in message
    return message[len(str(path)):].strip()


def text_with(value, **step):
    step = dict({"step": 0, "facts": {}, "variables": {"v": value}}, **step)
    return json.dumps({"manifest": {"format": "tf1_recipes trace", "format_version": 1},
                       "steps": [step]})


@pytest.mark.parametrize("text, words", [
    ("", "is not a trace: it is not JSON"),
    ("{", "is not a trace: it is not JSON"),
    (b"\xff", "is not a trace: it is not JSON"),
    ("[" * 100000, "is not a trace: it is not JSON"),
    ("9" * 5000, "is not a trace: it"),
    ("[NaN]", "is not a trace: it is not JSON (NaN is not a JSON number: write it as a string)"),
    ("[]", "is not a trace: it has no manifest that names the "
                                          "format"),
    ('{"manifest": {"format": "other"}}', "is not a trace: it has no manifest that names the "
                                          "format"),
    ('{"manifest": {"format": "tf1_recipes trace", "format_version": 9}}',
     "has format version 9; this program reads version 1"),
    ('{"manifest": {"format": "tf1_recipes trace", "format_version": 1}, "steps": {}}',
     "is damaged: it has no list of steps"),
    ('{"manifest": {"format": "tf1_recipes trace", "format_version": 1}, "steps": [1]}',
     "is damaged: entry 0 of its steps has no number or no facts"),
])
def test_texts_that_are_refused(tmp_path, text, words):
    assert refused(tmp_path, text).startswith(words)


@pytest.mark.parametrize("step, words", [
    ({"step": "0"}, "entry 0 of its steps has no number or no facts"),
    ({"step": True}, "entry 0 of its steps has no number or no facts"),
    ({"step": -1}, "entry 0 of its steps has no number or no facts"),
    ({"facts": None}, "entry 0 of its steps has no number or no facts"),
    ({"facts": {"session": "x"}}, "step 0: its session is 'x', not a number"),
    ({"fetches": []}, "step 0: fetches is not an object"),
])
def test_steps_that_are_refused(tmp_path, step, words):
    assert refused(tmp_path, text_with(["bool", [], [True]], **step)) == "is damaged: " + words


@pytest.mark.parametrize("value, words", [
    (1, "it is not [dtype, shape, elements]"),
    (["float32", [1]], "it is not [dtype, shape, elements]"),
    (["float32", 1, [1]], "it is not [dtype, shape, elements]"),
    (["object", [1], [1]], "dtype 'object' is not one of bool, int8, int16"),
    ([["float32"], [1], [1]], "dtype ['float32'] is not one of"),
    (["float32", [-1], [1]], "its shape is [-1]"),
    (["float32", [True], [1]], "its shape is [True]"),
    (["float32", [2], [1]], "shape [2] does not hold its 1 elements"),
    (["complex64", [1], [1.0]], "shape [1] does not hold its 1 elements"),
    (["float32", [0, 1 << 62, 8], []], "array is too big"),
    (["float32", [1] * 65, [1.0]], "its shape has 65 dimensions, and the most are 32"),
    (["float32", [1], ["x"]], "its elements are not all numbers"),
    (["float32", [1], [True]], "its elements are not all numbers"),
    (["float32", [1], [[1]]], "unhashable type"),
    (["float32", [1], [1e39]], "overflow"),
    (["float64", [1], [10 ** 400]], "int too large"),
    (["int8", [1], [128]], "its elements do not all fit into int8"),
    (["uint64", [1], [-1]], "its elements do not all fit into uint64"),
    (["int32", [1], [1.0]], "its elements are not all of int32"),
    (["bool", [1], [1]], "its elements are not all of bool"),
])
def test_arrays_that_are_refused(tmp_path, value, words):
    assert refused(tmp_path, text_with(value)).startswith(
        "is damaged: step 0, variables/v: " + words)


def test_a_step_that_stands_there_twice(tmp_path):
    content = json.loads(text_with(["bool", [], [True]]))
    content["steps"] *= 2
    assert refused(tmp_path, json.dumps(content)) == "is damaged: step 0 appears twice"


def test_a_name_that_stands_there_twice(tmp_path):
    text = text_with(["bool", [], [True]])
    one = '"v": ["bool", [], [true]]'
    assert refused(tmp_path, text.replace(one, one + ", " + one)) == (
        "is not a trace: it is not JSON (the name 'v' appears twice)")


def test_texts_changed_at_random(tmp_path):
    """Whatever stands in the file, it is a trace or refused."""
    text = to_json(trace_of(np.float32([1.5, np.nan]), np.int64(-3), np.zeros([0, 2]))).encode()
    path, randomly = tmp_path / "t.json", random.Random(1)
    read = 0
    for _ in range(2000):
        changed = bytearray(text)
        for _ in range(randomly.randint(1, 3)):
            place = randomly.randrange(len(changed))
            changed[place:place + randomly.randint(0, 3)] = randomly.choice(
                [b"", b"0", b"-", b"[", b"{", b'"', b"null", b"1e999", b"\xff", b"9" * 30, b","])
        path.write_bytes(changed)
        try:
            for step in open_trace(str(path)):
                for tensor in step.tensors.values():
                    tensor.read()
            read += 1
        except TraceError as error:
            assert str(error).startswith(str(path)) and "\n" not in str(error)
    assert 0 < read < 2000

"""safetensors files: written byte by byte as their format is defined, and by the package itself.

Runs on TensorFlow 1.15 / Python 3.7 as well as on 2.x.
"""
import json
import os
import struct

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.small_trainings import variable
from tf1_recipes.errors import RecipeError
from tf1_recipes.transfer.restore.arrays import open_arrays
from tf1_recipes.transfer.restore.checkpoints import CheckpointError
from tf1_recipes.transfer.restore.file_formats import format_of
from tf1_recipes.transfer.restore.partial_restore import plan_restore
from tf1_recipes.v1 import tf

# 1.0, 2.0 and -3.5 in each type, by hand: sign, exponent, fraction.
FLOATS = {"F64": "000000000000f03f 0000000000000040 0000000000000cc0",
          "F32": "0000803f 00000040 000060c0", "F16": "003c 0040 00c3", "BF16": "803f 0040 60c0"}


@pytest.fixture(autouse=True)
def graph():
    with tf.Graph().as_default():
        yield


def entry(dtype, shape, begin, end):
    return {"dtype": dtype, "shape": shape, "data_offsets": [begin, end]}


def file_of(path, header, data=b"", length=None):
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    length = len(text) if length is None else length
    path.write_bytes(struct.pack("<Q", length) + text + data)
    return path


@pytest.mark.parametrize("dtype", sorted(FLOATS))
def test_every_floating_type_is_read_and_restored_exactly(dtype, tmp_path):
    data = bytes.fromhex(FLOATS[dtype].replace(" ", ""))
    path = file_of(tmp_path / "w", {"w": entry(dtype, [3], 0, len(data))}, data)
    w = variable("w", np.zeros(3, np.float32))
    plan = plan_restore(path)
    assert plan.checkpoint.version == "safetensors"
    with tf.Session() as session:
        plan.restore(session)
        assert session.run(w).tolist() == [1, 2, -3.5]


def test_a_bfloat16_tensor_of_pytorch_goes_by_float32():
    """A stand-in for one; tests/ports has PyTorch's own."""
    class Tensor:
        dtype = "torch.bfloat16"

        def __init__(self, widened=False):
            self.widened = widened

        def detach(self):
            return self

        def cpu(self):
            return self

        def float(self):
            return Tensor(True)

        def numpy(self):
            assert self.widened, "Got unsupported ScalarType BFloat16"
            return np.float32([1, -3.5])

    arrays = open_arrays({"w": Tensor()})
    assert arrays.tensors["w"] == ((2,), tf.bfloat16)
    assert arrays.values["w"]().astype(np.float32).tolist() == [1, -3.5]


def test_bfloat16_is_called_so(tmp_path):
    path = file_of(tmp_path / "w", {"w": entry("BF16", [1, 1], 0, 2)}, b"\x80\x3f")
    assert open_arrays(path).tensors["w"] == ((1, 1), tf.bfloat16)
    variable("w", np.zeros([1, 1], np.float32))
    assert str(plan_restore(path)).splitlines()[3:5] == [
        "w                                                      1x1    float32   restored",
        "  from the arrays                                      1x1    bfloat16"]


@pytest.mark.parametrize("dtype, data, expected", [
    ("I8", b"\xff", np.int8([-1])), ("U8", b"\xff", np.uint8([255])),
    ("I16", b"\xfe\xff", np.int16([-2])), ("U16", b"\x02\x01", np.uint16([258])),
    ("I32", b"\x01\x00\x00\x80", np.int32([-2 ** 31 + 1])), ("U32", b"\0\1\0\0", np.uint32([256])),
    ("I64", b"\xff" * 8, np.int64([-1])), ("U64", b"\xff" * 8, np.uint64([2 ** 64 - 1])),
    ("BOOL", b"\1\0", np.array([True, False])),
    ("C64", bytes.fromhex("0000803f00000040"), np.complex64([1 + 2j]))])
def test_integers_truth_values_and_complex_numbers_are_read(dtype, data, expected, tmp_path):
    path = file_of(tmp_path / "w", {"w": entry(dtype, list(expected.shape), 0, len(data))}, data)
    value = open_arrays(path).values["w"]()
    assert value.dtype == expected.dtype
    np.testing.assert_array_equal(value, expected)


def test_several_tensors_lie_one_behind_the_other(tmp_path):
    header = {"b": entry("U8", [2, 1], 1, 3), "__metadata__": {"format": "pt"},
              "a": entry("U8", [], 0, 1), "none": entry("F32", [0, 3], 3, 3)}
    arrays = open_arrays(file_of(tmp_path / "w", header, b"\x07\x08\x09"))
    assert {name: read().tolist() for name, read in arrays.values.items()} == {
        "a": 7, "b": [[8], [9]], "none": []}


def told(path):
    with pytest.raises((CheckpointError, RecipeError)) as raised:
        for read in open_arrays(path).values.values():
            read()
    return str(raised.value).replace(repr(str(path)), "PATH").replace(
        "the file PATH cannot be read as safetensors: ", "")


ONE = entry("F32", [1], 0, 4)


@pytest.mark.parametrize("header, data, message", [
    ({"w": ONE}, b"123", "'w' ends at byte 4 of 3: the file is cut off"),
    ({"w": ONE}, b"12345", "the last 1 bytes belong to no tensor"),
    ({"a": ONE, "b": entry("F32", [1], 2, 6)}, b"123456", "'b' overlaps 'a'"),
    ({"a": ONE, "b": ONE}, b"1234", "'b' overlaps 'a'"),
    ({"a": ONE, "b": entry("F32", [1], 8, 12)}, b"123456789abc",
     "4 bytes before 'b' belong to no tensor"),
    ({"w": entry("F32", [2], 0, 4)}, b"1234",
     "the shape [2] of 'w' in F32 does not fill its 4 bytes"),
    ({"w": entry("F32", [1 << 62, 1 << 62], 0, 4)}, b"1234",
     "the shape [%d, %d] of 'w' in F32 does not fill its 4 bytes" % (1 << 62, 1 << 62)),
    ({"w": entry("F32", [-1], 0, 4)}, b"1234", "the shape of 'w' is no list of sizes"),
    ({"w": entry("F32", [1.0], 0, 4)}, b"1234", "the shape of 'w' is no list of sizes"),
    ({"w": entry("F32", [True], 0, 4)}, b"1234", "the shape of 'w' is no list of sizes"),
    ({"w": entry("F32", [1] * 33, 0, 4)}, b"1234", "the shape of 'w' is no list of sizes"),
    ({"w": entry("F32", [1], 4, 0)}, b"1234", "the data_offsets of 'w' are not a start and an end"),
    ({"w": entry("F32", [1], -4, 0)}, b"1234",
     "the data_offsets of 'w' are not a start and an end"),
    ({"w": dict(ONE, data_offsets=[0, 2, 4])}, b"1234",
     "the data_offsets of 'w' are not a start and an end"),
    ({"w": dict(ONE, more=1)}, b"1234", "the entry of 'w' is not dtype, shape and data_offsets"),
    ({"w": [1]}, b"1234", "the entry of 'w' is not dtype, shape and data_offsets"),
    ({"w": entry(4, [1], 0, 4)}, b"1234", "the dtype of 'w' is no name"),
    ({"w": entry("BOOL", [2], 0, 2)}, b"\1\2", "'w' has truth values other than 0 and 1"),
    (b'{"w": 1, "w": 2}', b"", "its header has two entries 'w'"),
    (b'{"w": {"dtype": "F32", "dtype": "F64"}}', b"", "its header has two entries 'dtype'"),
    (b'{"\xff": 1}', b"", "its header is not UTF-8"),
    (b'{"w": NaN}', b"", "its header has the number NaN"),
    (b'{"w": ' + b"1" * 5000 + b"}", b"", "its header has the number " + "1" * 40),
    (b'{"w": ' + b"[" * 100000 + b"}", b"", "its header is nested too deeply"),
    (b'{"w"}', b"", "its header is no JSON: Expecting ':' delimiter: line 1 column 5 (char 4)"),
    ({"__metadata__": {}}, b"", "PATH has no arrays")])
def test_what_is_damaged_or_hostile_is_told_in_one_line(header, data, message, tmp_path):
    path = file_of(tmp_path / "w", header, data)
    assert format_of(path).name == "safetensors"
    assert told(path) == message


@pytest.mark.parametrize("length, message", [
    (1 << 63, "its header of 9223372036854775808 bytes is cut off"),
    (100, "its header of 100 bytes is cut off")])
def test_a_header_longer_than_the_file_is_not_read(length, message, tmp_path):
    assert told(file_of(tmp_path / "w", {"w": ONE}, b"1234", length)) == message


def test_a_header_of_very_many_bytes_is_not_read(tmp_path):
    path = file_of(tmp_path / "w", b'{"' + b" " * 10000000 + b'": 1}')
    assert told(path) == "its header is 10000007 bytes long; the most are 10000000"


def test_other_types_are_refused_all_at_once(tmp_path):
    header = {"a": entry("F8_E4M3", [1], 0, 1), "b": entry("F4", [2], 1, 2),
              "c": entry("U8", [1], 2, 3)}
    types = "BOOL, U8, U16, U32, U64, I8, I16, I32, I64, F16, F32, F64, C64, BF16"
    assert told(file_of(tmp_path / "w", header, b"123")) == (
        "cannot take arrays from %s:\n  - 'a' is of the type F8_E4M3; read are %s\n"
        "  - 'b' is of the type F4; read are %s" % (tmp_path / "w", types, types))


def test_a_file_that_changes_after_the_plan_s_list_was_read_is_told(tmp_path):
    path = file_of(tmp_path / "w", {"w": ONE}, b"1234")
    read = open_arrays(path).values["w"]
    path.write_bytes(path.read_bytes() + b"5")
    with pytest.raises(CheckpointError, match="it was changed while it was read"):
        read()


def test_only_what_is_restored_is_read(tmp_path):
    """A file of a gigabyte that takes no room on the disk."""
    path = file_of(tmp_path / "w", {"w": ONE, "rest": entry("U8", [1 << 30], 4, 4 + (1 << 30))})
    os.truncate(str(path), path.stat().st_size + 4 + (1 << 30))
    assert open_arrays(path).values["w"]().tolist() == [0]


DTYPES = ["float64", "float32", "float16", "int8", "uint8", "int16", "uint16", "int32", "uint32",
          "int64", "uint64", "bool"]


@settings(max_examples=50, deadline=None)
@given(st.dictionaries(st.text("ab./é\"\n", min_size=1, max_size=4), st.tuples(
    st.sampled_from(DTYPES), st.lists(st.integers(0, 3), max_size=3)), min_size=1, max_size=4))
def test_what_the_package_itself_writes_is_read(tmp_path_factory, each):
    package = pytest.importorskip("safetensors.numpy")
    arrays = {name: np.arange(int(np.prod(shape))).reshape(shape).astype(dtype)
              for name, (dtype, shape) in each.items()}
    path = str(tmp_path_factory.mktemp("s") / "w")
    package.save_file(arrays, path)
    found = {name: read() for name, read in open_arrays(path).values.items()}
    assert sorted(found) == sorted(arrays)
    for name, array in arrays.items():
        assert found[name].dtype == array.dtype
        np.testing.assert_array_equal(found[name], array)

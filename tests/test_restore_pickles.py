"""Pickled weights, read without running anything: what genuine Python 2 wrote, and hostile files.

Runs on TensorFlow 1.15 / Python 3.7 as well as on 2.x.
"""
import collections
import gzip
import os
import pickle
import pickletools
import subprocess
import sys
import textwrap
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tf1_recipes.errors import Error, RecipeError
from tf1_recipes.transfer.restore.pickled_arrays import pickled_arrays
from tf1_recipes.transfer.restore.pickled_files import read_pickled
from tf1_recipes.untrusted.pickle_arguments import PickleError
from tf1_recipes.untrusted.pickle_values import load

FIXTURES = Path(__file__).parent / "fixtures" / "pickles" / "2.7.18"
KERNEL = np.float32([[0, 1, 2], [3, 4, 5]])
BIAS = np.float32([100, 101, 102])


@pytest.fixture(autouse=True)
def no_pickle(monkeypatch):
    """The module of the standard library takes no part; tests write by it, and read nothing."""
    def refuse(*arguments, **options):
        raise AssertionError("a pickle was loaded")
    for name in ("load", "loads", "Unpickler", "_Unpickler"):
        monkeypatch.setattr(pickle, name, refuse)
    monkeypatch.setattr(os, "system", refuse)


def same(found, expected):
    arrays = {name: array.read() for name, array in found.items()}
    assert sorted(arrays) == sorted(expected)
    for name, value in expected.items():
        np.testing.assert_array_equal(arrays[name], value)
        assert arrays[name].dtype == np.asarray(value).dtype, name
        assert found[name].shape == np.shape(value)
        assert found[name].dtype == arrays[name].dtype


# --- what genuine Python 2.7.18 and NumPy 1.16.6 wrote


@pytest.mark.parametrize("name, expected", [
    ("caffe_to_tensorflow.npy", {
        "conv1/weights": KERNEL, "conv1/biases": BIAS, "fc8/weights": KERNEL.astype(">f8")}),
    ("vgg16.npy", {
        "conv1_1/0": KERNEL, "conv1_1/1": BIAS, "fc8/0": KERNEL.astype("float16"),
        "fc8/1": BIAS.astype("int64")}),
    ("array.npy", {"arr_0": KERNEL}),
    ("params.pkl", {"0": KERNEL, "1": BIAS}),
    ("dumps.pkl", {"0": KERNEL, "1": BIAS}),
    ("mnist.pkl.gz", {
        "0/0": KERNEL, "0/1": BIAS.astype("int64"), "1/0": KERNEL + 10,
        "1/1": BIAS.astype("int64"), "2/0": KERNEL + 20, "2/1": BIAS.astype("int64")})])
def test_the_weight_files_everybody_has_are_read(name, expected):
    same(read_pickled(str(FIXTURES / name)), expected)


@pytest.mark.parametrize("name", [
    "%s-%d.pkl" % (module, protocol) for module in ("pickle", "cPickle") for protocol in range(3)])
def test_every_kind_of_value_in_every_protocol_of_python_2_is_read(name):
    same(read_pickled(str(FIXTURES / name)), {
        "fortran": KERNEL, "little": KERNEL.astype("<i4"), "big": KERNEL.astype(">i4"),
        "flags": np.array([True, False]), "complex": KERNEL.astype("complex64"),
        "text": np.array([b"ab", b"c"]), "empty": np.zeros([0, 3], "float32"),
        "scalar": np.float64(0.1), "zero_d": np.int16(7), "number": np.int64(3),
        "long": np.int64(2 ** 40), "rate": np.float64(0.1), "flag": np.bool_(True),
        "name": np.array("vgg"), "unicode": np.array("vgg\u00e9"),
        "bytes": np.array("\xff\x00\n'"), "5": np.float64([1.5, 2]),
        "twice": np.int64([[1, 2], [3, 4]]), "high": np.uint8([*range(256), *range(44)])})


# --- what this Python writes

NAMES = st.text("abc/:0", min_size=1, max_size=4)
ARRAYS = st.builds(
    lambda shape, dtype, fortran: np.array(
        np.arange(int(np.prod(shape))).reshape(shape), dtype, order="F" if fortran else "C"),
    st.lists(st.integers(0, 3), max_size=3),
    st.sampled_from(["<f4", ">f4", "f2", "f8", "i1", ">i8", "u2", "?", "c8", "<U3", "S2"]),
    st.booleans())
LEAVES = ARRAYS | st.builds(np.float32, st.integers(0, 9)) | st.integers(-2 ** 63, 2 ** 63 - 1) | (
    st.floats(allow_nan=False))
VALUES = st.dictionaries(NAMES, LEAVES | st.dictionaries(NAMES, ARRAYS, max_size=3) | st.lists(
    ARRAYS, min_size=1, max_size=3) | st.tuples(ARRAYS, ARRAYS), min_size=1, max_size=4)


def flat(value, name=""):
    if isinstance(value, (list, tuple)):
        value = {str(place): each for place, each in enumerate(value)}
    if not isinstance(value, dict):
        return [(name, value)]
    return [pair for key, each in value.items()
            for pair in flat(each, "%s/%s" % (name, key) if name else key)]


@settings(max_examples=150, deadline=None)
@given(VALUES, st.integers(0, pickle.HIGHEST_PROTOCOL), st.booleans())
def test_what_is_pickled_is_what_is_read(tmp_path_factory, value, protocol, ordered):
    pairs = flat(value)
    path = tmp_path_factory.mktemp("p") / "weights"
    value = collections.OrderedDict(value) if ordered else value
    path.write_bytes(pickle.dumps(value, protocol))
    if len({name for name, _ in pairs}) < len(pairs):
        with pytest.raises(RecipeError, match="two arrays have the name"):
            read_pickled(str(path))
        return
    if pairs:
        same(read_pickled(str(path)), dict(pairs))


@pytest.mark.parametrize("value, expected", [
    (KERNEL, {"arr_0": KERNEL}), ([1, 2.5], {"arr_0": np.float64([1, 2.5])}),
    ({"a": None, "b": KERNEL}, {"b": KERNEL}), ({"a": [], "b": KERNEL}, {"b": KERNEL}),
    ({"a": [KERNEL, 3]}, {"a/0": KERNEL, "a/1": np.int64(3)}),
    ({"a": 2j, b"b": b"x"}, {"a": np.complex128(2j), "b": np.array("x")})])
def test_other_values_have_names_too(value, expected, tmp_path):
    path = tmp_path / "w"
    path.write_bytes(pickle.dumps(value, 2))
    same(read_pickled(str(path)), expected)


def test_an_object_array_with_one_axis_is_a_list(tmp_path):
    pair = np.empty(2, object)
    pair[:] = [KERNEL, BIAS]
    np.save(str(tmp_path / "w.npy"), pair, allow_pickle=True)
    same(read_pickled(str(tmp_path / "w.npy")), {"0": KERNEL, "1": BIAS})


# --- what asks for more


class Calls(object):
    """Pickles as a call: what makes every pickle dangerous."""

    def __init__(self, function, *arguments):
        self.call = function, arguments

    def __reduce__(self):
        return self.call


class Model(object):
    """An object as a whole, which is what many saved."""

    def __init__(self):
        self.w = KERNEL


def told(data):
    with pytest.raises(PickleError) as raised:
        pickled_arrays(data)
    assert "\n" not in str(raised.value)
    return str(raised.value)


def asks_for(*names):
    return "asks for %s, which is never run: save its arrays by numpy.savez where it was made" % (
        ", ".join(names))


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_nothing_that_a_pickle_asks_for_is_run(protocol, tmp_path):
    mark = tmp_path / "ran"
    for value in (
            Calls(os.makedirs, str(mark)), Calls(open, str(mark), "w"),
            Calls(eval, "open(%r, 'w')" % str(mark)), {"w": [KERNEL, Calls(os.mkdir, str(mark))]},
            Calls(Calls, Calls(os.mkdir, str(mark)))):
        message = told(pickle.dumps(value, protocol))
        assert "asks for " in message and " never run" in message
    assert not mark.exists()


@pytest.mark.parametrize("data, names", [
    (b"cos\nsystem\n(S'x'\ntR.", ["os.system"]),
    (b"\x80\x04\x8c\x05posix\x8c\x06system\x93\x8c\x01x\x85R.", ["posix.system"]),
    (b"(S'x'\nios\nsystem\n.", ["os.system"]),  # INST
    (b"(cos\nsystem\nS'x'\no.", ["os.system"]),  # OBJ
    (b"\x80\x02cos\nsystem\n)\x81.", ["os.system"]),  # NEWOBJ
    (b"\x80\x04cos\nsystem\n)}\x92.", ["os.system"]),  # NEWOBJ_EX
    (b"cos\nsystem\n0N.", ["os.system"]),  # named, and dropped
    (b"cos\nsystem\np0\n(dp1\ng0\n(S'x'\ntRs", ["os.system"]),  # by way of the memo, and cut off
    (b"(dS'a'\ncos\nsystem\nsS'b'\ncnumpy\nload\ns.", ["os.system", "numpy.load"]),
    (b"cnumpy.core.multiarray\nfromfile\n.", ["numpy.core.multiarray.fromfile"]),
    (b"cnumpy\nndarray.tofile\n.", ["numpy.ndarray.tofile"]),
    (b"cnumpy.core.multiarray\n_reconstruct.__globals__\n.",
     ["numpy.core.multiarray._reconstruct.__globals__"]),
    (b"cos\nsystem\n(dS'__setstate__'\ncbuiltins\neval\nsb.", ["os.system", "builtins.eval"]),
    (b"\x80\x02cnumpy\nndarray\n)\x81.", ["numpy.ndarray()"]),
    (b"ctheano.sandbox.cuda.type\nCudaNdarray_unpickler\n(S'x'\ntR.",
     ["theano.sandbox.cuda.type.CudaNdarray_unpickler"])])
def test_all_that_it_asks_for_is_named(data, names):
    assert told(data) == asks_for(*names)


def test_an_object_of_a_class_is_refused_by_its_name():
    for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
        assert "%s.Model" % __name__ in told(pickle.dumps({"model": Model()}, protocol))


def test_the_longest_names_are_cut():
    name = b"f" * 300
    assert told(b"cm\n" + name + b"\n.") == asks_for("m." + "f" * 98)


def test_many_names_are_told_in_one_line():
    data = b"".join(b"cm\nf%d\n0" % number for number in range(9)) + b"N."
    assert told(data) == asks_for("m.f0", "m.f1", "m.f2", "m.f3", "m.f4 and 4 more")


@pytest.mark.parametrize("array", [
    np.ma.masked_array([1.0], [True]), np.matrix([[1.0]]), np.zeros(2, "datetime64[s]"),
    np.zeros(2, [("a", "f4")]), np.zeros((1, 1), object), np.array(Model(), object)])
def test_other_arrays_are_refused(array):
    told(pickle.dumps({"w": array}, 2))


@pytest.mark.parametrize("data, message", [
    (b"Pid\n.", "refers to data outside of the file (a persistent id)"),
    (b"\x80\x02K\x01Q.", "refers to data outside of the file (a persistent id)"),
    (b"\x80\x02\x82\x01.", "asks for a registered extension"),
    (b"\x80\x02\x83\x01\x00.", "asks for a registered extension"),
    (b"\x80\x05\x97.", "has its data outside of the file (a buffer)"),
    (b"\x80\x04\x8f.", "has a set"), (b"\x80\x06N.", "is in protocol 6; protocols 0 to 5 are read"),
    (b"\x80\x02\xfe.", "is damaged: there is no opcode b'\\xfe', at byte 2"),
    (b".", "is damaged at byte 0"), (b"N", "is cut off"), (b"U\x05ab.", "is cut off"),
    (b"\x80\x04\x8e\xff\xff\xff\xff\xff\xff\xff\x7f.", "is cut off"),  # 8 EiB of bytes
    (b"\x80\x04\x95\xff\xff", "is cut off"), (b"S'ab'", "is cut off"),
    (b"Sab\n.", "is damaged: a string has no quotes"), (b"V\\u12\n.", "is damaged at byte 0"),
    (b"h\x07.", "is damaged at byte 0"), (b"j\xff\xff\xff\xff.", "is damaged at byte 0"),
    (b"Np99999999999999999999\n.", "is damaged at byte 1"), (b"t.", "is damaged at byte 0"),
    (b"I1x\n.", "is damaged at byte 0"), (b"NNa.", "is damaged at byte 2"), (
        b"}NNs.", "has a dict with a key of type NoneType: keys must be strings or small integers"),
    (b"}K\x01K\x02sK\x01K\x03s.", "has a dict with two items of the key 1"),
    (b"}(U\x011NK\x01Nu.", "has a dict with two items of the name '1'"),
    (b"}(K\x02u.", "is damaged at byte 4"),
    (b"\x8b\xff\xff\xff\x7f.", "has an integer of 2147483647 bytes"),
    (b"I" + b"1" * 100000 + b"\n.", "has a number or a name of 100000 characters"),
    (b"K\x01)R.", "is damaged at byte 3"), (b"}}b.", "is damaged at byte 2"),
    (b"cnumpy\nndarray\n)R.", "calls numpy.ndarray, which it may only name"),
    (b"cnumpy\ndtype\n(NtR.", "has arrays of the type None: arrays of numbers and text are read"),
    (b"cnumpy\ndtype\n(S'V8'\ntR.",
     "has arrays of the type b'V8': arrays of numbers and text are read"),
    (b"cnumpy\ndtype\n(tR.", "calls numpy.dtype with wrong arguments"),
    (b"c_codecs\nencode\n(Vx\nS'rot13'\ntR.", "calls _codecs.encode with wrong arguments"),
    (b"c_codecs\nencode\n(V\\u0100\nS'latin1'\ntR.", "calls _codecs.encode with wrong arguments"),
    (b"cnumpy.core.multiarray\n_reconstruct\n(cnumpy\ndtype\ntR.",
     "calls numpy.core.multiarray._reconstruct with wrong arguments")])
def test_what_is_damaged_or_hostile_ends_in_one_line(data, message):
    assert told(data) == message


def array_of(shape, dtype, data, fortran=False):
    """A pickle of one array with any claims about it."""
    class Claims(object):
        def __reduce__(self):
            return RECONSTRUCT, (np.ndarray, (0,), b"b"), (1, shape, dtype, fortran, data)
    return pickle.dumps(Claims(), 2)


RECONSTRUCT = np.zeros(1).__reduce__()[0]


@pytest.mark.parametrize("shape, dtype, data, message", [
    ((1 << 40,), "f4", b"1234", "has an array whose shape (1099511627776,) of float32 does not "
                               "fill its 4 bytes"),
    ((1 << 32, 1 << 32), "f4", b"", "has an array whose shape (4294967296, 4294967296) of float32 "
                                    "does not fill its 0 bytes"),
    ((2,), "f4", b"1234", "has an array whose shape (2,) of float32 does not fill its 4 bytes"),
    ((2,), "f4", [1, 2], "has an array of float32 without its bytes"),
    ((-1,), "f4", b"1234", "has an array without a shape or type"),
    ((1,) * 33, "f4", b"1234", "has an array without a shape or type"),
    (1, "f4", b"1234", "has an array without a shape or type"),
    ((2,), "O", [1], "has an array of objects of another number than its shape says"),
    ((2,), "O", b"12345678" * 2, "has an array of objects of another number than its shape says"),
    ((1, 1), "O", [1], "has an array of objects with 2 axes: it must have one")])
def test_an_array_s_bytes_must_be_as_many_as_it_claims(shape, dtype, data, message):
    assert told(array_of(shape, np.dtype(dtype), data)) == message


def problem(path):
    with pytest.raises(Error) as raised:
        read_pickled(str(path))
    assert "\n" not in str(raised.value)
    return str(raised.value).replace(repr(str(path)), "PATH")


def test_loops_and_what_is_no_number_are_told_with_all_others(tmp_path):
    path = tmp_path / "w"
    loop = {"w": KERNEL, "huge": 2 ** 70, "end": "a\0"}
    loop["again"], loop["list"] = loop, []
    loop["list"].append(loop["list"])
    path.write_bytes(pickle.dumps(loop, 2))
    with pytest.raises(RecipeError) as raised:
        read_pickled(str(path))
    assert str(raised.value).splitlines() == [
        "cannot take arrays from the pickle %r:" % str(path),
        "  - 'again' contains itself",
        "  - 'end' is text that ends with a zero, which NumPy would drop",
        "  - 'huge' has integers of more than 64 bits",
        "  - 'list/0' contains itself"]


def test_what_is_deeply_nested_ends():
    data = b"}" + b"U\x01a}" * 5000 + b"s" * 5000 + b"."
    assert told(data) == "has more than 100 dicts and lists in one another"


def doubling(levels, leaf, pair):
    """A value in which each level holds the one below it twice: its size on disk is its levels."""
    return b"\x80\x02" + leaf + b"".join(
        b"q" + bytes([level]) + pair(level) for level in range(levels)) + b"."


def test_what_doubles_at_every_level_is_refused_in_little_time(tmp_path):
    lists = doubling(60, b"]K\x01a", lambda level: b"0](h%ch%ce" % (level, level))
    dicts = doubling(60, b"}U\x01wK\x01s", lambda level: b"0}(U\x01ah%cU\x01bh%cu" % (level, level))
    assert told(lists) == "has a list of more than 10000000 numbers"
    (tmp_path / "w").write_bytes(dicts)
    with pytest.raises(RecipeError) as raised:
        read_pickled(str(tmp_path / "w"))
    assert raised.value.problems == ["there are more than 100000 names"]


def test_one_array_under_very_many_names_does_not_fill_the_disk(tmp_path):
    array = np.zeros(100000, np.float32)
    (tmp_path / "w").write_bytes(pickle.dumps({str(name): array for name in range(20)}, 2))
    assert len(read_pickled(str(tmp_path / "w"))) == 20
    (tmp_path / "w").write_bytes(pickle.dumps({str(name): array for name in range(200)}, 2))
    assert problem(tmp_path / "w").startswith(
        "the pickle PATH names its arrays again and again: they would take 80000000 bytes, and it")


def test_a_gzip_file_that_unpacks_to_far_more_is_refused(tmp_path):
    path = tmp_path / "w.pkl.gz"
    with gzip.open(str(path), "wb") as file:
        file.write(pickle.dumps({"w": np.zeros(3 << 20)}, 2))
    assert problem(path) == ("the file PATH cannot be read: it unpacks to more than 100 times its "
                             "size")
    path.write_bytes((FIXTURES / "mnist.pkl.gz").read_bytes()[:-20])
    assert problem(path).startswith("the file PATH cannot be read: ")


def test_integers_chosen_for_one_hash_are_no_keys():
    """A dict of a million of them would take hours."""
    modulus = sys.hash_info.modulus
    data = b"\x80\x02}" + b"".join(
        pickle.dumps(modulus * number, 2)[2:-1] + b"Ns" for number in range(1, 9)) + b"."
    assert told(data).startswith("has a dict with a key of type int")


@pytest.mark.parametrize("name", [path.name for path in sorted(FIXTURES.iterdir())])
def test_every_cut_file_is_refused_or_read(name, tmp_path):
    data = (FIXTURES / name).read_bytes()
    for size in range(1, len(data), 3):
        (tmp_path / "w").write_bytes(data[:size])
        try:
            read_pickled(str(tmp_path / "w"))
        except Error as error:
            assert "\n" not in str(error) and str(tmp_path / "w") in str(error)


MUTATIONS = st.lists(st.tuples(st.integers(0, 5000), st.binary(max_size=6), st.integers(0, 6)),
                     min_size=1, max_size=4)


@settings(max_examples=1000, deadline=None)
@given(st.sampled_from(["pickle-0.pkl", "pickle-1.pkl", "cPickle-2.pkl", "vgg16.npy"]), MUTATIONS)
def test_changed_files_run_nothing_and_end_in_one_line(tmp_path_factory, name, changes):
    data = bytearray((FIXTURES / name).read_bytes())
    for place, new, gone in changes:
        place %= len(data) + 1
        data[place:place + gone] = new
    try:
        found = pickled_arrays(bytes(data), 128 if name.endswith(".npy") else 0)
        assert isinstance(found, dict)
    except PickleError as error:
        assert "\n" not in str(error)


@settings(max_examples=1000, deadline=None)
@given(st.lists(st.sampled_from(
    [bytes([ord(each.code)]) for each in pickletools.opcodes] + [
        b"cos\nsystem\n", b"cnumpy\nndarray\n", b"cnumpy\ndtype\n", b"c_codecs\nencode\n",
        b"cnumpy.core.multiarray\n_reconstruct\n", b"cnumpy.core.multiarray\nscalar\n",
        b"ccollections\nOrderedDict\n", b"U\x02f4", b"U\x04abcd", b"K\x01\x85", b"S'a'\n", b"q\x00",
        b"h\x00", b"}", b"]", b"(", b"(tR", b"\x85R", b"\x86R", b"\x87R", b"K\x00", b"N"]),
    max_size=30))
def test_opcodes_in_any_order_run_nothing_and_end_in_one_line(codes):
    data = b"".join(codes) + b"."
    try:
        pickled_arrays(data)
    except PickleError as error:
        assert "\n" not in str(error)


LITTLE_MEMORY = textwrap.dedent("""\
    import resource, sys
    from tf1_recipes.transfer.restore.pickled_arrays import pickled_arrays
    from tf1_recipes.untrusted.pickle_arguments import PickleError
    with open("/proc/self/statm") as file:
        used = int(file.read().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (used + (512 << 20),) * 2)
    for data in (b"}" * 2000000, b"](" * 1000000, b"}q\\0" * 1000000, b"N\\x94" * 1000000,
                 b"T\\xff\\xff\\xff\\x7f", b"\\x80\\x04\\x95\\xff"):
        try:
            pickled_arrays(data)
        except PickleError as error:
            print(error)
    """)


@pytest.mark.skipif(not os.path.exists("/proc/self/statm"), reason="needs Linux's /proc")
def test_no_file_of_some_megabytes_takes_a_gigabyte():
    done = subprocess.run([sys.executable, "-c", LITTLE_MEMORY], stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, universal_newlines=True)
    assert done.stdout.splitlines() == ["has more than 1000000 opcodes"] * 4 + ["is cut off"] * 2, (
        done.stderr)


def test_the_reader_s_own_opcodes_are_those_of_python():
    """Each opcode that Python documents is read or refused by what it is, none by "no opcode"."""
    for opcode in pickletools.opcodes:
        code = bytes([ord(opcode.code)])
        try:
            load(code, {})
        except PickleError as error:
            assert "there is no opcode" not in str(error), opcode.name

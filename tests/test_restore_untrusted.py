"""Files of arrays that nobody vouches for: nothing of other files is read, nothing unasked for.

Runs on TensorFlow 1.15 / Python 3.7 as well as on 2.x.
"""
import collections
import io
import os
import shutil
import signal
import subprocess
import sys
import textwrap
import zipfile
import zlib

import numpy as np
import pytest

from tests.small_trainings import variable
from tf1_recipes.errors import RecipeError
from tf1_recipes.transfer.restore.arrays import open_arrays
from tf1_recipes.transfer.restore.checkpoints import CheckpointError, open_checkpoint
from tf1_recipes.transfer.restore.partial_restore import plan_restore
from tf1_recipes.untrusted.npy_header import read_header
from tf1_recipes.v1 import tf

ONES = np.float32([1, 1])


@pytest.fixture
def h5py():
    return pytest.importorskip("h5py")


@pytest.fixture
def secret(h5py, tmp_path):
    """A file of the machine that no file of weights has any business with."""
    path = str(tmp_path / "secret.h5")
    with h5py.File(path, "w") as file:
        file["key"] = np.float32([4, 2])
    return path


@pytest.fixture
def weights(h5py, tmp_path):
    """Gives an HDF5 file with one good array, to be filled further."""
    with h5py.File(str(tmp_path / "w.h5"), "w") as file:
        file["good"] = ONES
        yield file


def problems_of(source):
    with pytest.raises(RecipeError) as error:
        open_arrays(source)
    return error.value.problems


def both_ways(file, group="/"):
    """The problems of an open file, which must be those of the file by its path, too."""
    problems = problems_of(file)
    path = file.filename
    file.close()
    assert problems_of(path) == problems
    return problems


# --- other files


def test_a_data_set_that_keeps_its_numbers_in_another_file_is_refused(weights, secret):
    weights.create_dataset("w", (2,), "f4", external=[(secret, 0, 8)])
    assert both_ways(weights) == [
        "'w' has its values in another file, %r: copy them into this one" % secret.encode()]


def test_a_data_set_put_together_from_others_is_refused(weights, secret, h5py):
    layout = h5py.VirtualLayout((2,), "f4")
    layout[:] = h5py.VirtualSource(secret, "key", (2,))
    weights.create_virtual_dataset("w", layout)
    assert both_ways(weights) == [
        "'w' is a virtual data set, maybe of other files: copy its values into this one"]


def test_a_link_into_another_file_is_refused_also_behind_other_links(weights, secret, h5py):
    weights["group/direct"] = h5py.ExternalLink(secret, "/key")
    weights["behind"] = h5py.SoftLink("/group/direct")
    weights["file"] = h5py.ExternalLink(secret, "/")
    weights["within"] = h5py.SoftLink("file/key")
    told = "is a link into another file, %r: copy its target into this one" % secret
    assert both_ways(weights) == ["%r %s" % (name, told)
                                  for name in ("behind", "file", "group/direct", "within")]


def test_links_within_the_file_are_followed(weights, h5py):
    weights["layer/kernel"] = np.float32([3, 4])
    weights["layer/again"] = h5py.SoftLink("kernel")
    weights["absolute"] = h5py.SoftLink("/layer/./again")
    weights["hard"] = weights["layer/kernel"]
    weights["group"] = h5py.SoftLink("/layer")
    weights["type"] = np.dtype("f8")
    arrays = open_arrays(weights)
    assert sorted(arrays.tensors) == [
        "absolute", "good", "group/again", "group/kernel", "hard", "layer/again", "layer/kernel"]
    assert {name: read().tolist() for name, read in arrays.values.items() if name != "good"} == (
        dict.fromkeys(sorted(set(arrays.tensors) - {"good"}), [3, 4]))


def test_a_link_out_of_the_group_that_was_given_is_refused(weights, h5py):
    weights["model/kernel"] = ONES
    weights["model/inner/up"] = h5py.SoftLink("/model/kernel")
    weights["models"] = ONES
    weights["model/out"] = h5py.SoftLink("/good")
    weights["model/beside"] = h5py.SoftLink("/models")
    weights["model/whole"] = h5py.SoftLink("/")
    told = "%r is a link to %r, outside of the given group"
    assert problems_of(weights["model"]) == [
        told % each for each in (("beside", "/models"), ("out", "/good"), ("whole", "/"))]
    assert problems_of({"state": weights["model"]})[0] == told % ("state/beside", "/models")


def test_a_broken_link_is_told(weights, h5py):
    weights["w"] = h5py.SoftLink("/nothing/there")
    weights["v"] = h5py.SoftLink("good/under")
    assert both_ways(weights) == ["'v' is a link to 'good/under', which does not exist",
                                  "'w' is a link to '/nothing/there', which does not exist"]


# --- loops


def test_loops_of_an_hdf5_file_end(weights, h5py):
    weights["soft"] = h5py.SoftLink("/")
    weights["hard"] = weights["/"]
    weights["a/b/up"] = h5py.SoftLink("/a")
    weights["self"] = h5py.SoftLink("self")
    assert both_ways(weights) == [
        "'a/b/up' contains itself",
        "'hard' contains itself",
        "'self' is a link to 'self', which leads through too many links",
        "'soft' contains itself"]


def test_dicts_that_hold_themselves_end():
    loop = {"w": ONES, "inner": {}}
    loop["inner"]["outer"] = loop
    assert problems_of(loop) == ["'inner/outer' contains itself"]
    shared = {"w": ONES}
    assert sorted(open_arrays({"a": shared, "b": shared}).tensors) == ["a/w", "b/w"]


def test_what_doubles_at_every_level_ends():
    mapping = {"w": ONES}
    for _ in range(60):  # 2 ** 60 arrays
        mapping = {"a": mapping, "b": mapping}
    assert problems_of(mapping) == ["there are more than 100000 names"]


def test_what_never_ends_in_depth_ends():
    class Endless(collections.abc.Mapping):
        def __iter__(self):
            return iter(["layer"])

        def __len__(self):
            return 1

        def __getitem__(self, key):
            return Endless()

    assert problems_of(Endless()) == ["%r... is longer than 4096 characters" % ("layer/" * 7)[:40]]


@pytest.mark.parametrize("error", [TimeoutError("enough"), KeyboardInterrupt(), Exception("mine")])
def test_a_caller_s_own_timeout_comes_through(error, weights):
    """As one that a signal's handler raises, wherever the walk is at."""
    class Array:
        def __array__(self, *arguments, **options):
            raise error

    with pytest.raises(type(error)) as raised:
        open_arrays({"a": {"w": Array()}})
    assert raised.value is error

    def handler(*arguments):
        raise error

    for number in range(3000):
        weights["group/%d" % number] = ONES
    previous = signal.signal(signal.SIGALRM, handler)
    try:
        with pytest.raises(type(error)) as raised:
            while True:  # h5py itself swallows one that is raised while it frees an object
                signal.setitimer(signal.ITIMER_REAL, 0.01)
                open_arrays(weights)
        assert raised.value is error
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, previous)


# --- names


@pytest.mark.parametrize("mapping, name", [
    ({"a": {"b": ONES}, "a/b": ONES}, "a/b"), ({1: ONES, "1": ONES}, "1"),
    ({b"w": ONES, "w": ONES}, "w"), ({"x": {1: {"y": ONES}, "1/y": ONES}}, "x/1/y")])
def test_two_arrays_of_one_name_are_refused(mapping, name):
    assert problems_of(mapping) == ["two arrays have the name %r" % name]


def test_two_members_of_one_name_are_refused(tmp_path):
    path = str(tmp_path / "w.npz")
    file = io.BytesIO()
    np.save(file, ONES)
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("w.npy", file.getvalue())
        archive.writestr("w", file.getvalue())
    assert problems_of(path) == ["two arrays have the name 'w'"]


# --- nothing that was not asked for

GIGABYTES = textwrap.dedent("""\
    import resource, sys
    import numpy as np
    from tf1_recipes.transfer.restore.partial_restore import plan_restore
    from tf1_recipes.v1 import tf
    import h5py
    w = tf.get_variable("w", [2])
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())  # TensorFlow's own threads are there
    with open("/proc/self/statm") as file:
        used = int(file.read().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (used + (256 << 20),) * 2)
    try:
        np.ones([600, 1000, 1000], np.float32)
        sys.exit("there is no limit")
    except MemoryError:
        pass
    with tf.Session() as session:
        plan_restore(sys.argv[1], include="w").restore(session)
        print(session.run(w).tolist())
    """)


def write_hdf5(path):
    import h5py
    with h5py.File(path, "w") as file:
        file["w"] = ONES
        file.create_dataset("huge", (600, 1000, 1000), "f4", chunks=(1, 1000, 1000))


def write_npz(path):
    header = io.BytesIO()
    np.lib.format.write_array_header_1_0(header, {
        "descr": "<f4", "fortran_order": False, "shape": (750, 1000, 1000)})
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        with archive.open("huge.npy", "w", force_zip64=True) as file:  # 3 GB of zeros
            file.write(header.getvalue())
            for _ in range(750):
                file.write(bytes(4000 * 1000))
        file = io.BytesIO()
        np.save(file, ONES)
        archive.writestr("w.npy", file.getvalue())


@pytest.mark.skipif(not os.path.exists("/proc/self/statm"), reason="needs Linux's /proc")
@pytest.mark.parametrize("write", [write_hdf5, write_npz])
def test_gigabytes_that_were_not_asked_for_cost_nothing(write, h5py, tmp_path):
    path = str(tmp_path / "weights")
    write(path)
    found = subprocess.run([sys.executable, "-c", GIGABYTES, path], stdout=subprocess.PIPE,
                           stderr=subprocess.PIPE, universal_newlines=True)
    assert (found.returncode, found.stdout) == (0, "[1.0, 1.0]\n"), found.stderr


# --- nothing out of proportion


def packed(size):
    """That many zeros, and a few bytes."""
    packer = zlib.compressobj(9)
    pieces = [packer.compress(bytes(1 << 20)) for _ in range(size >> 20)]
    return b"".join([*pieces, packer.flush()])


@pytest.fixture
def little_memory():
    """256 MB more than there are now."""
    resource = pytest.importorskip("resource")
    if not os.path.exists("/proc/self/statm"):
        pytest.skip("needs Linux's /proc")
    before = resource.getrlimit(resource.RLIMIT_AS)

    def limit():
        with open("/proc/self/statm") as file:
            used = int(file.read().split()[0]) * resource.getpagesize()
        resource.setrlimit(resource.RLIMIT_AS, (used + (256 << 20), before[1]))
    yield limit
    resource.setrlimit(resource.RLIMIT_AS, before)


def declare_a_huge_chunk(file):
    file.create_dataset("w", (2,), "f4", maxshape=(None,), chunks=(10 ** 9,))


def declare_huge_packed_chunks(file):
    file.create_dataset("w", (2,), "f4", maxshape=(None,), chunks=(10 ** 9,), compression="gzip")


def unpack_to_more_than_the_chunk(file):
    rows = file.create_dataset("w", (64,), "f4", chunks=(64,), compression="gzip", shuffle=True)
    rows.id.write_direct_chunk((0,), packed(600 << 20))


def unpack_to_more_in_the_last_chunk(file):
    rows = file.create_dataset("w", (10, 70), "f4", chunks=(3, 64), compression="gzip",
                               fletcher32=True)
    rows[...] = 1
    rows.id.write_direct_chunk((9, 64), packed(600 << 20))


def pack_twice(file):
    made = file.create_dataset("one", (2,), "f4", chunks=(2,), compression="gzip")
    created = made.id.get_create_plist()
    created.set_deflate(9)
    sys.modules["h5py"].h5d.create(file.id, b"w", made.id.get_type(), made.id.get_space(), created)


@pytest.mark.parametrize("make, told", [
    (declare_a_huge_chunk,
     "/w has chunks of 4000000000 bytes for 8 bytes of data: store it in smaller chunks"),
    (declare_huge_packed_chunks,
     "/w has chunks of 4000000000 bytes for 8 bytes of data: store it in smaller chunks"),
    (unpack_to_more_than_the_chunk,
     "/w decompresses to more than the 256 bytes of its chunk at [0]: store it again"),
    (unpack_to_more_in_the_last_chunk,
     "/w decompresses to more than the 768 bytes of its chunk at [9, 64]: store it again"),
    (pack_twice, "/w is compressed twice: compress it once")])
def test_a_small_file_that_unpacks_to_gigabytes_is_refused_in_little_memory(
        make, told, weights, little_memory):
    make(weights)
    path = weights.filename
    weights.close()
    little_memory()
    read = open_arrays(path).values["w"]
    with pytest.raises(CheckpointError) as error:
        read()
    assert str(error.value) == "the file %r cannot be read as HDF5: %s" % (path, told)
    assert open_arrays(path).values["good"]().tolist() == [1, 1]


@pytest.mark.parametrize("options", [
    {}, {"compression": "gzip"}, {"compression": "gzip", "shuffle": True, "fletcher32": True},
    {"compression": "lzf"}, {"scaleoffset": 3}, {"maxshape": (None, None), "chunks": (64, 64)}])
@pytest.mark.parametrize("shape", [(1, 1), (0, 3), (7, 5), (300, 70)])
def test_chunks_of_every_kind_are_read(options, shape, weights):
    rows = np.arange(shape[0] * shape[1], dtype=np.float32).reshape(shape)
    if 0 in shape:
        options = dict(options, chunks=(2, 2), maxshape=(None, None))
    weights.create_dataset("w", data=rows, **options)
    weights.create_dataset("unwritten", (5, 5), "f4", chunks=(2, 2), compression="gzip")
    path = weights.filename
    weights.close()
    values = open_arrays(path).values
    assert np.array_equal(values["w"](), rows)
    assert not values["unwritten"]().any()


def test_a_member_s_declared_size_is_held_against_its_shape(tmp_path):
    path = str(tmp_path / "w.npz")
    file = io.BytesIO()
    np.lib.format.write_array_header_1_0(file, {
        "descr": "<f4", "fortran_order": False, "shape": (1 << 40,)})
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("w.npy", file.getvalue())
    with pytest.raises(CheckpointError) as error:
        open_arrays(path)
    assert str(error.value) == (
        "the file %r cannot be read as npz: w: its shape (1099511627776,) of float32 does not fill "
        "its 128 bytes" % path)


def test_damage_is_found_when_the_array_is_asked_for(tmp_path):
    path = tmp_path / "w.npz"
    large = np.ones(10000, np.float32)  # more than is read along with a header
    np.savez(str(path), w=large, other=large)
    data = bytearray(path.read_bytes())
    data[data.index(large.tobytes()) + 39999] ^= 1
    path.write_bytes(data)
    with tf.Graph().as_default():
        variable("other", 0 * large)
        assert plan_restore(str(path)).problems == []
    with tf.Graph().as_default():
        variable("w", 0 * large)
        with pytest.raises(CheckpointError, match="w.npz' cannot be read as npz: Bad CRC-32"):
            plan_restore(str(path))


# --- headers of arrays


@pytest.mark.parametrize("dtype", ["<f4", ">i8", "|b1", "<U3", "|S2", "<c16"])
@pytest.mark.parametrize("version", [(1, 0), (2, 0)])
def test_headers_of_numpy_are_read(dtype, version):
    array = np.zeros([2, 0, 3], dtype)
    file = io.BytesIO()
    np.lib.format.write_array(file, np.asfortranarray(array), version)
    file.seek(0)
    header = read_header(file)
    assert (header.shape, header.dtype, header.data_size) == ((2, 0, 3), array.dtype, 0)
    assert header.size == file.tell() == len(file.getvalue())


@pytest.mark.parametrize("text, told", [
    (b"", "it is empty"), (b"PK\3\4" + bytes(99), "it is not an array in .npy format"),
    (b"\x93NUMPY\1\0", "it is cut off within its header"),
    (b"\x93NUMPY\1\0\x76\0{", "it is cut off within its header"),
    (b"\x93NUMPY\2\0\xff\xff\xff\xff", "its header is 4294967295 bytes long"),
    *((b"\x93NUMPY\1\0" + bytes([len(each), 0]) + each, "its header is not what NumPy writes")
      for each in (
          b"[" * 200, b"1", b"{}", b"{'descr': '<f4', 'fortran_order': False, 'shape': (-1,)}",
          b"{'descr': '<f4', 'fortran_order': 0, 'shape': ()}",
          b"{'descr': 'no', 'fortran_order': False, 'shape': ()}",
          b"{'descr': [1], 'fortran_order': False, 'shape': ()}",
          b"{'descr': '<f4', 'fortran_order': False, 'shape': (True,)}",
          b"{'descr': '<f4', 'fortran_order': False, 'shape': (" + b"1," * 40 + b")}"))])
def test_what_is_no_header_is_a_value_error(text, told):
    with pytest.raises(ValueError) as error:
        read_header(io.BytesIO(text))
    assert str(error.value) == told


# --- checkpoints


@pytest.mark.parametrize("release, file", [
    ("1.15.5-v2", "model.ckpt.index"), ("0.12.1-v2", "model.ckpt.index"),
    ("1.15.5-v1", "model.ckpt")])
def test_each_flipped_bit_of_a_list_of_tensors_is_refused_or_harmless(release, file, tmp_path):
    """A length that is flipped makes TensorFlow raise an IndexError, among others."""
    folder = os.path.join(os.path.dirname(__file__), "fixtures", "checkpoints", release)
    for name in os.listdir(folder):
        shutil.copy(os.path.join(folder, name), str(tmp_path))
    prefix, path = str(tmp_path / "model.ckpt"), str(tmp_path / file)
    tensors = open_checkpoint(prefix).tensors
    with open(path, "rb") as opened:
        data = opened.read()
    refused = 0
    for place in range(len(data)):
        changed = bytearray(data)
        changed[place] ^= 1 << place % 8
        with open(path, "wb") as opened:
            opened.write(changed)
        try:
            assert open_checkpoint(prefix).tensors == tensors
        except CheckpointError as error:
            assert prefix in str(error) and "\n" not in str(error)
            refused += 1
    assert refused > 0.8 * len(data)

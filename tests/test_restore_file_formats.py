"""Files of weights are known by what is in them, whatever they are called."""
import bz2
import gzip
import io
import lzma
import os
import pickle
import subprocess
import sys
import zipfile

import numpy as np
import pytest

from tests.small_trainings import variable
from tf1_recipes.transfer.restore.arrays import open_arrays
from tf1_recipes.transfer.restore.checkpoints import CheckpointError
from tf1_recipes.transfer.restore.file_formats import format_of
from tf1_recipes.transfer.restore.partial_restore import plan_restore
from tf1_recipes.v1 import tf

KERNEL = np.float32([[1, 2, 3], [4, 5, 6]])


@pytest.fixture(autouse=True)
def graph():
    with tf.Graph().as_default():
        yield


def told(path):
    with pytest.raises(CheckpointError) as raised:
        plan_restore(path)
    assert "\n" not in str(raised.value)
    return str(raised.value).replace(repr(str(path)), "PATH").replace(str(path), "PATH")


def npy(array):
    file = io.BytesIO()
    np.save(file, array, allow_pickle=True)
    return file.getvalue()


def zipped(*names):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name in names:
            archive.writestr(name, b"...")
    return file.getvalue()


CONVERT = "PATH is a pickle, which is not loaded: run tf1-recipes convert PATH weights.npz"
IN_GZIP = CONVERT.replace("a pickle,", "a pickle in gzip,")
PYTORCH = ("PATH is a file of PyTorch's torch.save: give the dict of its tensors, such as "
           "torch.load(PATH, map_location='cpu', weights_only=True)")
DICT = {"w": KERNEL}


@pytest.mark.parametrize("data, message", [
    (npy(np.array(DICT, object)), CONVERT),
    *((pickle.dumps(value, protocol), CONVERT) for protocol in range(pickle.HIGHEST_PROTOCOL + 1)
      for value in (DICT, [KERNEL], (KERNEL, KERNEL), KERNEL, {"w": {}}, ((KERNEL,), KERNEL))),
    (b"(dp1\nS'conv1'\np2\n", CONVERT), (b"(lp0\n", CONVERT), (b"}q\x01U\x05conv1", CONVERT),
    (b"(cnumpy.core.multiarray\n_reconstruct\n", CONVERT),
    (gzip.compress(pickle.dumps(DICT, 2)), IN_GZIP),
    (gzip.compress(npy(KERNEL)), IN_GZIP),
    (npy(KERNEL), "PATH is one array without a name (.npy): give {name: numpy.load(PATH)}"),
    (npy(KERNEL)[:20], "PATH is a NumPy array (.npy) that is damaged: it is cut off within its "
                       "header"),
    (zipped("archive/data.pkl", "archive/data/0", "archive/version"), PYTORCH),
    (zipped("model/constants.pkl", "model/code/x.py"), PYTORCH),  # TorchScript
    (b"\x80\x02\x8a\nl\xfc\x9cF\xf9 j\xa8P\x19.\x80\x02M\xe9\x03.", PYTORCH),  # before 1.6
    (zipped("a.txt"), "PATH has no arrays: it is another kind of zip archive"),
    (gzip.compress(b"hello"), "PATH is compressed by gzip: unpack it first"),
    (bz2.compress(b"hello"), "PATH is compressed by bzip2: unpack it first"),
    (lzma.compress(b"hello"), "PATH is compressed by xz: unpack it first"),
    (b"", "PATH is an empty file"),
    (b"hello 100% \x1b[2J and more than that", "PATH is in no known format; it starts with "
     "b'hello 100% \\x1b[2J '; what is read: checkpoints of TensorFlow (V1 and V2, also in "
     "shards), SavedModel folders, .npz, HDF5 (.h5), .keras and safetensors files; tf1-recipes "
     "convert reads pickled weights, too")],
    # The bytes of gzip have the time in them, and would give each process other names.
    ids=lambda given: "file" if isinstance(given, bytes) else given[:30])
@pytest.mark.parametrize("name", ["w", "w.h5"])
def test_what_is_not_restored_from_names_the_way_on(data, message, name, tmp_path):
    (tmp_path / name).write_bytes(data)
    assert told(tmp_path / name) == message


def test_the_command_that_is_named_can_be_pasted(tmp_path):
    path = tmp_path / "my weights; rm x"
    path.write_bytes(pickle.dumps(DICT, 2))
    assert format_of(path).advice.endswith("run tf1-recipes convert '%s' weights.npz" % path)


# --- Keras


def keras_archive(path, method=zipfile.ZIP_STORED):
    """As Keras 3 writes it: the weights in HDF5, stored, beside JSON."""
    h5py = pytest.importorskip("h5py")
    weights = io.BytesIO()
    with h5py.File(weights, "w") as file:
        file["layers/dense/vars/0"] = KERNEL
        file["layers/dense/vars/1"] = KERNEL[0]
        file.create_group("optimizer/vars")
    with zipfile.ZipFile(str(path), "w", method) as archive:
        archive.writestr("metadata.json", "{}")
        archive.writestr("config.json", "{}")
        archive.writestr("model.weights.h5", weights.getvalue())
    return path


def test_a_keras_file_is_restored_by_a_name_map(tmp_path):
    path = keras_archive(tmp_path / "model.keras")
    kernel = variable("fc/kernel", np.zeros([2, 3], np.float32))
    plan = plan_restore(path, names={"layers/dense/vars/0": "fc/kernel"})
    assert plan.checkpoint.version == "Keras"
    assert list(plan.checkpoint.tensors) == ["layers/dense/vars/0", "layers/dense/vars/1"]
    with tf.Session() as session:
        plan.restore(session)
        assert session.run(kernel).tolist() == KERNEL.tolist()


def test_a_keras_file_packed_again_is_told(tmp_path):
    path = keras_archive(tmp_path / "w", zipfile.ZIP_DEFLATED)
    assert told(path) == ("the file PATH cannot be read as Keras: model.weights.h5 is compressed "
                          "in it: unpack it, and give that file")


def test_damage_to_a_keras_file_is_told(tmp_path):
    path = keras_archive(tmp_path / "w")
    data = bytearray(path.read_bytes())
    data[data.index(KERNEL.tobytes())] ^= 1
    path.write_bytes(data)
    assert told(path) == ("the file PATH cannot be read as Keras: Bad CRC-32 for file "
                          "'model.weights.h5'")


SAVE = """\
import numpy as np
import keras
model = keras.Sequential([keras.layers.Input((2,)), keras.layers.Dense(3, name="fc")])
model.layers[0].set_weights([np.float32([[1, 2, 3], [4, 5, 6]]), np.float32([7, 8, 9])])
model.save("m.keras")
model.save_weights("m.weights.h5")
model.save("m.h5")
"""


@pytest.mark.long
@pytest.mark.skipif(sys.version_info < (3, 10), reason="Keras 3 needs Python 3.10")
def test_what_keras_itself_writes_is_read(tmp_path):
    pytest.importorskip("keras")
    subprocess.run([sys.executable, "-c", SAVE], cwd=str(tmp_path), check=True,
                   stderr=subprocess.DEVNULL, env=dict(os.environ, TF_CPP_MIN_LOG_LEVEL="3"))
    for name, kernel in (("m.keras", "layers/dense/vars/0"),
                         ("m.weights.h5", "layers/dense/vars/0"),
                         ("m.h5", "model_weights/fc/sequential/fc/kernel")):
        arrays = open_arrays(str(tmp_path / name))
        found, = [each for each in arrays.tensors if each in (kernel, kernel + ":0")]
        assert arrays.values[found]().tolist() == KERNEL.tolist()


# --- names say nothing


def test_a_format_is_recognised_under_any_name(tmp_path):
    for name in ("w.npy", "w.pkl", "w.h5", "w.ckpt"):
        with open(str(tmp_path / name), "wb") as file:
            np.savez(file, w=KERNEL)
        assert format_of(tmp_path / name).name == "npz"
    assert format_of(keras_archive(tmp_path / "w.npz")).name == "Keras"
    assert format_of(tmp_path).name is format_of(None).name is None

"""The tutorials' data: found where the script or ``--data-dir`` says, named where it is missing."""
import json
import os
import tarfile
import textwrap

import numpy as np
import pytest

from tests import mnist_files
from tf1_recipes.legacy import data_files, downloads
from tf1_recipes.legacy.datasets import base, load_dataset, mnist
from tf1_recipes.legacy.patch import Changes

SETTINGS = ("DATA_DIR", "DOWNLOAD", "STAND_IN_DATA")


@pytest.fixture(autouse=True)
def settings(monkeypatch):
    for name in SETTINGS:
        monkeypatch.delenv("TF1_RECIPES_" + name, raising=False)
    monkeypatch.setattr(data_files, "_SAID", set())

    def put(**values):
        for name, value in values.items():
            monkeypatch.setenv("TF1_RECIPES_" + name.upper(), str(value))
    return put


@pytest.mark.parametrize("compress", [True, False])
def test_files_packed_or_not_are_read_as_they_were(tmp_path, capsys, compress):
    images = mnist_files.write(tmp_path / "d", compress=compress)
    data = mnist.read_data_sets(str(tmp_path / "d"), one_hot=True, validation_size=2)
    assert [len(part.images) for part in data] == [5, 2, 5]
    np.testing.assert_allclose(data.validation.images, images[:2].reshape(2, 784) / 255., 1e-6)
    assert data.validation.labels.tolist() == np.eye(10)[:2].tolist()
    assert (data.train.images.dtype, data.train.labels.dtype) == (np.float32, np.float64)
    assert capsys.readouterr().out.startswith("Extracting %s/d/train-images-idx3-ubyte%s\n" % (
        tmp_path, ".gz" if compress else ""))
    plain = mnist.read_data_sets(str(tmp_path / "d"), validation_size=0, dtype=mnist.tf.uint8,
                                 reshape=False)
    np.testing.assert_array_equal(plain.train.images[..., 0], images)
    assert plain.train.labels.tolist() == list(range(7))


def test_all_missing_files_are_in_one_message(tmp_path, settings):
    folder = tmp_path / "MNIST_data"
    mnist_files.write(folder)
    (folder / "t10k-images-idx3-ubyte.gz").unlink()
    (folder / "train-labels-idx1-ubyte.gz").unlink()
    settings(data_dir=tmp_path / "data")
    with pytest.raises(data_files.MissingData) as caught:
        mnist.read_data_sets(str(folder))
    assert str(caught.value) == textwrap.dedent("""\
        MNIST is not here, and nothing is downloaded unless asked for. Missing:
          train-labels-idx1-ubyte.gz
          t10k-images-idx3-ubyte.gz
        in {0}/MNIST_data and in {0}/data and in {0}/data/MNIST_data
        Either put the files there (from https://storage.googleapis.com/cvdf-datasets/mnist/);
            or name a folder that has them: tf1-recipes run --data-dir FOLDER ...;
            or let them be fetched: --download;
            or take scikit-learn's digits instead: --stand-in-data.""").format(tmp_path)
    assert isinstance(caught.value, FileNotFoundError)


def test_another_folder_comes_first(tmp_path, settings, capsys):
    mnist_files.write(tmp_path / "script", training=6)
    mnist_files.write(tmp_path / "data", training=8)
    settings(data_dir=tmp_path / "data")
    assert len(mnist.read_data_sets(str(tmp_path / "script"), validation_size=0).train.images) == 8
    assert capsys.readouterr().err == "tf1-recipes: MNIST is read from %s/data\n" % tmp_path
    # A folder of the script's own name in it is meant before it: fashion and digits differ so.
    mnist_files.write(tmp_path / "data" / "script", training=9)
    assert len(mnist.read_data_sets(str(tmp_path / "script"), validation_size=0).train.images) == 9


def test_files_are_downloaded_on_request_only(tmp_path, settings, capsys):
    mnist_files.write(tmp_path / "server")
    url = (tmp_path / "server").as_uri() + "/"
    with pytest.raises(data_files.MissingData, match="or let them be fetched: --download"):
        mnist.read_data_sets(str(tmp_path / "d"), source_url=url)
    assert not (tmp_path / "d").exists()
    settings(download=1)
    data = mnist.read_data_sets(str(tmp_path / "d"), source_url=url, validation_size=0)
    assert len(data.train.images) == 7
    assert sorted(os.listdir(tmp_path / "d")) == sorted(mnist.FILES)
    assert "Successfully downloaded train-images-idx3-ubyte.gz" in capsys.readouterr().out
    with pytest.raises(data_files.MissingData, match="cannot fetch .*put the file there yourself"):
        mnist.read_data_sets(str(tmp_path / "e"), source_url=url + "none/")
    assert os.listdir(tmp_path / "e") == ["train-images-idx3-ubyte.gz.part"] or \
        os.listdir(tmp_path / "e") == []


@pytest.mark.parametrize("content, message", [
    (b"\x1f\x8b\x08\x00", "train-images-idx3-ubyte.gz is damaged: "),
    (b"\0\0\x08\x01\0\0\0\0", "Invalid magic number 2049 in MNIST image file: .*ubyte.gz"),
    (b"\0\0\x08\x03\0\0\0\x09\0\0\0\x1c\0\0\0\x1cxx", "is cut off: it has 2 of 7056 bytes"),
])
def test_a_damaged_file_is_named(tmp_path, content, message):
    mnist_files.write(tmp_path)
    (tmp_path / "train-images-idx3-ubyte.gz").write_bytes(content)
    with pytest.raises(ValueError, match=message):
        mnist.read_data_sets(str(tmp_path))


def test_digits_stand_in_on_request(tmp_path, settings, capsys, monkeypatch):
    from tf1_recipes.legacy.datasets import stand_in
    monkeypatch.setattr(stand_in, "_SAID", [])
    settings(stand_in_data=1)
    data = mnist.read_data_sets(str(tmp_path / "none"))
    assert [part.images.shape for part in data] == [(55000, 784), (5000, 784), (10000, 784)]
    assert 0 == data.train.images.min() < data.train.images.max() == 1
    assert sorted(set(data.test.labels)) == list(range(10))
    # No test digit is among those for training.
    assert not {row.tobytes() for row in data.test.images[:297]} & {
        row.tobytes() for row in data.train.images}
    assert "no figure is MNIST's" in capsys.readouterr().err


def test_fake_data(tmp_path):
    data = mnist.read_data_sets("nowhere", fake_data=True, one_hot=True)
    images, labels = data.train.next_batch(2, fake_data=True)
    assert (len(images[0]), labels) == (784, 2 * [[1] + 9 * [0]])


def test_tables(tmp_path, settings):
    (tmp_path / "t.csv").write_text("2,3,a,b\n1,2,3,0\n4,5,6,1\n")
    table = base.load_csv_with_header(str(tmp_path / "t.csv"), int, float)
    assert (table.data.tolist(), table.target.tolist()) == ([[1, 2, 3], [4, 5, 6]], [0, 1])
    (tmp_path / "u.csv").write_text("x,1,2\ny,3,4\n")
    table = base.load_csv_without_header(str(tmp_path / "u.csv"), str, np.float32, 0)
    assert (table.data.tolist(), table.target.tolist()) == ([[1, 2], [3, 4]], ["x", "y"])
    base.shrink_csv(str(tmp_path / "u.csv"), 2)
    assert (tmp_path / "u_small.csv").read_text().split() == ["x,1,2"]
    with pytest.raises(data_files.MissingData, match="boston_house_prices.csv came with"):
        load_dataset("boston")
    (tmp_path / "boston_house_prices.csv").write_text("1,2,a,b\n3,4,5\n")
    settings(data_dir=tmp_path)
    assert load_dataset("boston").target.tolist() == [5.0]
    with pytest.raises(ValueError, match="Name of dataset is not found: other"):
        load_dataset("other")


def test_a_script_s_own_download_finds_the_folder(tmp_path, settings, capsys):
    (tmp_path / "text8.zip").write_bytes(b"words")
    settings(data_dir=tmp_path)

    class Module:
        @staticmethod
        def urlretrieve(url, filename=None, reporthook=None, data=None):
            raise OSError("no net")
    downloads.script_downloads(Changes(None), Module)
    target = tmp_path / "sub"
    assert Module.urlretrieve("http://host/a/text8.zip?x=1", str(target))[0] == str(target)
    assert target.read_bytes() == b"words"
    with pytest.raises(OSError, match="no net"):
        Module.urlretrieve("http://host/other.zip", "other.zip")
    assert ("the script could not fetch http://host/other.zip: put other.zip where it looks for "
            "it, or name a folder that has it: --data-dir FOLDER") in capsys.readouterr().err


SCRIPT = """
    import gzip, json, sys
    from tensorflow.examples.tutorials.mnist import input_data, mnist
    import tensorflow.examples.tutorials.mnist.input_data as again
    import tensorflow as tf
    found = {"same": again is input_data and tf.examples.tutorials.mnist.mnist is mnist}
    tf.set_random_seed(4)  # without one, all of its five units are dead now and then
    data = again.read_data_sets("MNIST_data", validation_size=1)
    found["rows"] = data.train.num_examples
    images, labels = tf.placeholder(tf.float32, [None, 784]), tf.placeholder(tf.int32, [None])
    logits = mnist.inference(images, 5, 4)
    loss = mnist.loss(logits, labels)
    train, right = mnist.training(loss, 0.1), mnist.evaluation(logits, labels)
    with tf.Session() as sess:
        sess.run(tf.global_variables_initializer())
        feeds = dict(zip([images, labels], data.train.next_batch(4)))
        before = sess.run(loss, feeds)
        sess.run(train, feeds)
        found["learns"] = bool(sess.run(loss, feeds) < before)
        found["right"] = 0 <= int(sess.run(right, feeds)) <= 4
    found["names"] = [each.op.name for each in tf.trainable_variables()]
    (x, y), (u, v) = tf.keras.datasets.mnist.load_data()
    found["keras"] = [x.shape, v.tolist()]
    found["cifar"] = tf.keras.utils.get_file("cifar-10-batches-py", "http://h/c.tar.gz", untar=True)
    for load in (tf.keras.datasets.imdb.load_data, tf.keras.datasets.fashion_mnist.load_data):
        try:
            load()
        except IOError as error:
            print(str(error), file=sys.stderr)
    print(json.dumps(found))
    """


def test_what_scripts_import(tmp_path, run_script):
    mnist_files.write(tmp_path / "data" / "MNIST_data")
    np.savez(tmp_path / "data" / "mnist.npz", x_train=np.zeros([3, 28, 28]), y_train=[0, 1, 2],
             x_test=np.zeros([2, 28, 28]), y_test=[3, 4])
    (tmp_path / "member").write_text("x")
    with tarfile.open(tmp_path / "data" / "cifar-10-batches-py.tar.gz", "w:gz") as archive:
        archive.add(tmp_path / "member", "cifar-10-batches-py/member")
    done = run_script(SCRIPT, options=["--data-dir", "data"], check=True,
                      env={"KERAS_HOME": str(tmp_path / "keras")})
    assert json.loads(done.lines[-1]) == {
        "same": True, "rows": 6, "learns": True, "right": True, "keras": [[3, 28, 28], [3, 4]],
        "names": ["hidden1/weights", "hidden1/biases", "hidden2/weights", "hidden2/biases",
                  "softmax_linear/weights", "softmax_linear/biases"],
        "cifar": "data/cifar-10-batches-py"}
    assert (tmp_path / "data" / "cifar-10-batches-py" / "member").read_text() == "x"
    assert "imdb.npz is not here, and nothing is downloaded unless asked for." in done.stderr
    assert "in %s/keras/datasets and in" % tmp_path in done.stderr
    assert "train-labels-idx1-ubyte.gz" in done.stderr

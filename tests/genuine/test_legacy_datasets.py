"""``input_data``'s batches are those of the genuine releases, row for row."""
import subprocess
import sys
import textwrap

import pytest

from tests import mnist_files

BATCHES = """
    from __future__ import print_function
    from tensorflow.examples.tutorials.mnist import input_data
    import numpy as np
    import tensorflow as tf

    def show(**options):
        np.random.seed(5)
        data = input_data.read_data_sets("d", validation_size=2, **options)
        for number in range(9):
            images, labels = data.train.next_batch(3)
            print(number, "%.9f" % images.sum(dtype=np.float64), images.dtype,
                  images.shape, labels.tolist(), data.train.epochs_completed)
        print(data.test.next_batch(4)[1].tolist(), data.validation.next_batch(2)[1].tolist())
        print(np.random.rand() < 2, data.test.labels.dtype)
    tf.set_random_seed(4)
    show()
    show(one_hot=True, dtype=tf.uint8, reshape=False)
    """
OF_1 = """
    show(seed=9)
    show(seed=0)
    data = input_data.read_data_sets("d", validation_size=0, seed=2)
    for number in range(5):
        print(data.train.next_batch(4, shuffle=False)[1].tolist())
    from tensorflow.contrib.learn.python.learn.datasets import base
    from tensorflow.contrib.learn.python.learn.datasets.mnist import DataSet, dense_to_one_hot
    from tensorflow.contrib.learn.python.learn.datasets import mnist
    print(tf.contrib.learn.datasets.mnist.DataSet is DataSet, mnist.load_mnist.__name__)
    print(dense_to_one_hot(np.array([2, 0]), 3).tolist())
    with open("d/t10k-images-idx3-ubyte.gz", "rb") as file:
        print(mnist.extract_images(file).shape)
    for data in (tf.contrib.learn.datasets.load_dataset("iris"), base.load_iris()):
        print(data.data.shape, data.data.sum(axis=0).tolist(), data.target.tolist())
        print(data.data[34].tolist(), data.data[37].tolist(), data.data.dtype, data.target.dtype)
    """


def output(command, folder, text):
    (folder / "script.py").write_text(textwrap.dedent(text))
    done = subprocess.run([*command, "script.py"], cwd=folder, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize("release, more", [("0.12.1", ""), ("1.7.1", OF_1), ("1.15.5", OF_1)])
def test_batches_of(genuine, tmp_path, release, more):
    mnist_files.write(tmp_path / "d")
    text = BATCHES + more
    expected = output([genuine(release)], tmp_path, text)
    ours = [sys.executable, "-m", "tf1_recipes", "run", "--as-of", release]
    assert len(expected.splitlines()) > 25
    assert output(ours, tmp_path, text) == expected

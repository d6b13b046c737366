"""``tf.contrib.learn.datasets.mnist``, and what ``input_data`` of the tutorials reads.

The batches are those of the release as of which the script runs: the same rows in the same order
from the same state of NumPy's generator. Before 1.0 the first epoch was in the order of the file;
since then it is shuffled, too, and `DataSet` seeds NumPy's own generator, from the graph's seed or
by chance, whatever the script had seeded it with.
"""
import gzip
import sys

import numpy as np

from tf1_recipes.legacy import data_files, settings
from tf1_recipes.legacy.datasets import stand_in
from tf1_recipes.legacy.datasets.base import Datasets
from tf1_recipes.v1 import tf

DEFAULT_SOURCE_URL = "https://storage.googleapis.com/cvdf-datasets/mnist/"
SOURCE_URL = DEFAULT_SOURCE_URL
FILES = ["train-images-idx3-ubyte.gz", "train-labels-idx1-ubyte.gz",
         "t10k-images-idx3-ubyte.gz", "t10k-labels-idx1-ubyte.gz"]


def _before_1():
    return getattr(sys.modules.get("tensorflow"), "__version__", "").startswith("0.")


def _content(f, magic, what):
    """Returns the sizes and the numbers in a file, packed or not."""
    print("Extracting", f.name)
    start = f.read(2)
    f.seek(0)
    try:
        content = gzip.GzipFile(fileobj=f).read() if start == b"\x1f\x8b" else f.read()
    except (OSError, EOFError) as error:
        raise ValueError("%s is damaged: %s" % (f.name, error)) from error
    found = int.from_bytes(content[:4], "big")
    if found != magic:
        raise ValueError("Invalid magic number %d in MNIST %s file: %s" % (found, what, f.name))
    dimensions = magic & 0xFF
    shape = [int.from_bytes(content[4 * i:4 * i + 4], "big") for i in range(1, dimensions + 1)]
    numbers = np.frombuffer(content, np.uint8, offset=4 + 4 * dimensions)
    if numbers.size < np.prod(shape):
        raise ValueError("%s is cut off: it has %d of %d bytes" % (
            f.name, numbers.size, np.prod(shape)))
    return numbers[:np.prod(shape)].reshape(shape)


def extract_images(f):
    """Returns the images in an open file as uint8 ``[image, y, x, 1]``."""
    return _content(f, 2051, "image")[..., np.newaxis]


def extract_labels(f, one_hot=False, num_classes=10):
    """Returns the labels in an open file: uint8, or rows of zeros with a one."""
    labels = _content(f, 2049, "label")
    return dense_to_one_hot(labels, num_classes) if one_hot else labels


def dense_to_one_hot(labels_dense, num_classes):
    """Returns labels as rows of zeros with a one, float64."""
    rows = np.zeros((labels_dense.shape[0], num_classes))
    rows[np.arange(labels_dense.shape[0]), labels_dense.ravel()] = 1
    return rows


class DataSet:
    """Images and labels that are handed out in batches.

    Args:
        images: uint8 ``[image, y, x, 1]``.
        labels: array of as many.
        fake_data: bool, 10,000 examples that are all the same.
        one_hot: bool, for fake data.
        dtype: tf.uint8, or tf.float32 for values from 0 to 1.
        reshape: bool, images as rows.
        seed: int or None, of the shuffling; not before 1.0.
    """

    def __init__(self, images, labels, fake_data=False, one_hot=False, dtype=tf.float32,
                 reshape=True, seed=None):
        if not _before_1():
            from tensorflow.python.framework import random_seed
            of_graph, of_op = random_seed.get_seed(seed)
            np.random.seed(of_graph if seed is None else of_op)
        dtype = tf.as_dtype(dtype).base_dtype
        if dtype not in (tf.uint8, tf.float32):
            raise TypeError("Invalid image dtype %r, expected uint8 or float32" % dtype)
        if fake_data:
            self._num_examples = 10000
            self.one_hot = one_hot
        else:
            assert images.shape[0] == labels.shape[0], (
                "images.shape: %s labels.shape: %s" % (images.shape, labels.shape))
            self._num_examples = images.shape[0]
            if reshape:
                assert images.shape[3] == 1
                images = images.reshape(images.shape[0], images.shape[1] * images.shape[2])
            if dtype == tf.float32:
                images = np.multiply(images.astype(np.float32), np.float32(1.0 / 255.0))
        self._images = images
        self._labels = labels
        self._epochs_completed = 0
        self._index_in_epoch = 0

    @property
    def images(self):
        return self._images

    @property
    def labels(self):
        return self._labels

    @property
    def num_examples(self):
        return self._num_examples

    @property
    def epochs_completed(self):
        return self._epochs_completed

    def next_batch(self, batch_size, fake_data=False, shuffle=True):
        """Returns the next ``batch_size`` images and labels."""
        if fake_data:
            label = [1] + [0] * 9 if self.one_hot else 0
            return [[1] * 784] * batch_size, [label] * batch_size
        if _before_1():
            return self._next_batch_before_1(batch_size)
        start = self._index_in_epoch
        if self._epochs_completed == 0 and start == 0 and shuffle:
            self._shuffle()
        if start + batch_size <= self._num_examples:
            self._index_in_epoch += batch_size
            return self._rows(start, self._index_in_epoch)
        self._epochs_completed += 1
        rest = self._rows(start, self._num_examples)
        if shuffle:
            self._shuffle()
        self._index_in_epoch = batch_size - (self._num_examples - start)
        return tuple(np.concatenate(parts, axis=0)
                     for parts in zip(rest, self._rows(0, self._index_in_epoch)))

    def _next_batch_before_1(self, batch_size):
        start = self._index_in_epoch
        self._index_in_epoch += batch_size
        if self._index_in_epoch > self._num_examples:  # what is left of the epoch is passed over
            self._epochs_completed += 1
            self._shuffle()
            start, self._index_in_epoch = 0, batch_size
            assert batch_size <= self._num_examples
        return self._rows(start, self._index_in_epoch)

    def _rows(self, start, end):
        return self._images[start:end], self._labels[start:end]

    def _shuffle(self):
        order = np.arange(self._num_examples)
        np.random.shuffle(order)
        self._images = self._images[order]
        self._labels = self._labels[order]


def read_data_sets(train_dir, fake_data=False, one_hot=False, dtype=tf.float32, reshape=True,
                   validation_size=5000, seed=None, source_url=DEFAULT_SOURCE_URL):
    """Reads MNIST, or what lies in files of its names.

    Returns:
        Datasets of three `DataSet`s.

    Raises:
        MissingData: files are missing; it lists them all.
    """
    options = {"dtype": dtype, "reshape": reshape, "seed": seed}
    if fake_data:
        return Datasets(*(DataSet([], [], fake_data=True, one_hot=one_hot, dtype=dtype, seed=seed)
                          for _ in range(3)))
    images, labels, test_images, test_labels = _read(train_dir, source_url)
    if one_hot:
        labels, test_labels = dense_to_one_hot(labels, 10), dense_to_one_hot(test_labels, 10)
    if not 0 <= validation_size <= len(images):
        raise ValueError("Validation size should be between 0 and %d. Received: %s." % (
            len(images), validation_size))
    return Datasets(
        train=DataSet(images[validation_size:], labels[validation_size:], **options),
        validation=DataSet(images[:validation_size], labels[:validation_size], **options),
        test=DataSet(test_images, test_labels, **options))


def _read(train_dir, source_url):
    try:
        paths = data_files.find("MNIST", FILES, train_dir, source_url or DEFAULT_SOURCE_URL, True)
    except data_files.MissingData:
        if not settings.stand_in_data():
            raise
        return stand_in.mnist()
    arrays = []
    for path, extract in zip(paths, 2 * [extract_images, extract_labels]):
        with open(path, "rb") as file:
            arrays.append(extract(file))
    return arrays


def load_mnist(train_dir="MNIST-data"):
    """Reads MNIST from its usual folder."""
    return read_data_sets(train_dir)

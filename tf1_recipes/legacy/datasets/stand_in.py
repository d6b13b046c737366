"""scikit-learn's handwritten digits in the shapes of MNIST, for ``--stand-in-data``.

1,797 digits of 8x8 pixels, each pixel made 3x3, with a margin of two: 28x28. The first 1,500 are
repeated to 60,000 for training, the others to 10,000 for testing.
"""
import gzip
import os
import tempfile

import numpy as np

from tf1_recipes.errors import Error
from tf1_recipes.untrusted.visible import say

_FOR_TRAINING = 1500
_SAID = []


def mnist():
    """Returns training images ``[60000, 28, 28, 1]``, their labels, and those for testing, uint8.

    Raises:
        Error: scikit-learn is not installed.
    """
    try:
        from sklearn.datasets import load_digits
    except ImportError:
        raise Error("--stand-in-data: install scikit-learn, whose digits stand in") from None
    if not _SAID:
        _SAID.append(True)
        say("--stand-in-data: scikit-learn's 8x8 digits stand in for MNIST: 1,500 of them repeated "
            "to 60,000 for training, 297 to 10,000 for testing: no figure is MNIST's")
    digits = load_digits()
    images = np.round(np.kron(digits.images, np.ones([3, 3])) * (255 / 16)).astype(np.uint8)
    images = np.pad(images, [(0, 0), (2, 2), (2, 2)])[..., np.newaxis]
    labels = digits.target.astype(np.uint8)
    train = np.arange(60000) % _FOR_TRAINING
    test = _FOR_TRAINING + np.arange(10000) % (len(labels) - _FOR_TRAINING)
    return images[train], labels[train], images[test], labels[test]


def mnist_file(name):
    """Writes one of MNIST's four files, or Keras' ``mnist.npz``, into a temporary folder.

    Returns:
        str, its path; None if it is not a file of MNIST.
    """
    kinds = ["train-images-idx3-ubyte.gz", "train-labels-idx1-ubyte.gz",
             "t10k-images-idx3-ubyte.gz", "t10k-labels-idx1-ubyte.gz"]
    if name not in kinds and name != "mnist.npz":
        return None
    arrays = mnist()
    path = os.path.join(tempfile.mkdtemp(prefix="tf1-recipes-stand-in-"), name)
    if name == "mnist.npz":
        np.savez(path, x_train=arrays[0][..., 0], y_train=arrays[1],
                 x_test=arrays[2][..., 0], y_test=arrays[3])
        return path
    array = arrays[kinds.index(name)]
    if array.ndim == 4:
        array = array[..., 0]
    with gzip.open(path, "wb", compresslevel=1) as file:
        file.write(np.array([0x800 + array.ndim, *array.shape], ">u4").tobytes())
        file.write(array.tobytes())
    return path

"""Tiny files in the format of MNIST's, made of nothing but a seed."""
import gzip
import struct

import numpy as np


def write(folder, training=7, testing=5, compress=True):
    """Writes the four files; the labels are 0, 1, 2 ...  Returns the training images."""
    folder.mkdir(parents=True, exist_ok=True)
    random = np.random.RandomState(3)
    first = None
    for kind, count in (("train", training), ("t10k", testing)):
        images = random.randint(0, 256, [count, 28, 28]).astype(np.uint8)
        first = images if first is None else first
        contents = {
            "images-idx3": struct.pack(">4I", 2051, count, 28, 28) + images.tobytes(),
            "labels-idx1": struct.pack(">2I", 2049, count) + bytes(
                number % 10 for number in range(count))}
        for name, content in contents.items():
            file = folder / ("%s-%s-ubyte" % (kind, name))
            if compress:
                file.with_name(file.name + ".gz").write_bytes(gzip.compress(content))
            else:
                file.write_bytes(content)
    return first

"""Opens a file of arrays as a mapping of names to what can be read."""
from __future__ import annotations

import io
import zipfile
from typing import Any, Mapping

import numpy as np

from tf1_recipes.transfer.restore import safetensors_members
from tf1_recipes.transfer.restore.file_formats import KERAS, NPZ, SAFETENSORS, WEIGHTS_OF_KERAS


def opened(path: str, name: str) -> Mapping[str, Any]:
    """Returns the open file; it is closed when the last reader is gone.

    Args:
        path: str. name: the format, one of ``file_formats.ARRAYS``.

    Raises:
        ValueError, OSError, and others: it is damaged.
    """
    if name == NPZ:
        return np.load(path, allow_pickle=False)
    if name == SAFETENSORS:
        return safetensors_members.members(path)
    import h5py  # of TensorFlow's own requirements

    return h5py.File(_weights_of_keras(path) if name == KERAS else path, "r")


def _weights_of_keras(path):
    """The HDF5 file in an archive of Keras 3, which stores it as it is."""
    with zipfile.ZipFile(path) as archive:
        info = archive.getinfo(WEIGHTS_OF_KERAS)
        if info.compress_type != zipfile.ZIP_STORED:  # it might unpack to any size
            raise ValueError("%s is compressed in it: unpack it, and give that file"
                             % WEIGHTS_OF_KERAS)
        return io.BytesIO(archive.read(info))

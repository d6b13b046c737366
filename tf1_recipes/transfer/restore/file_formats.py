"""Which format a file of weights has: by what is in it, whatever it is called."""
from __future__ import annotations

import io
import os
import re
import shlex
import struct
import zipfile
import zlib
from typing import Any, NamedTuple, Optional

from tf1_recipes.untrusted.npy_header import read_header

HDF5, NPZ, KERAS, SAFETENSORS = "HDF5", "npz", "Keras", "safetensors"
ARRAYS = (HDF5, NPZ, KERAS, SAFETENSORS)
PICKLED, ARRAY, GZIP = "pickle", "npy", "gzip"
# Read by `tf1-recipes convert` alone.
CONVERTED = (PICKLED, ARRAY, GZIP)
WEIGHTS_OF_KERAS = "model.weights.h5"

READ = ("checkpoints of TensorFlow (V1 and V2, also in shards), SavedModel folders, .npz, HDF5 "
        "(.h5), .keras and safetensors files; tf1-recipes convert reads pickled weights, too")
_PYTORCH = ("is a file of PyTorch's torch.save: give the dict of its tensors, such as "
            "torch.load(%(path)r, map_location='cpu', weights_only=True)")
_CONVERT = "%(what)s, which is not loaded: run tf1-recipes convert %(quoted)s weights.npz"
_PACKED = "is compressed by %s: unpack it first"

# The protocols from 2 on name themselves; the others start with a dict, list, tuple or array.
_PICKLE = re.compile(
    rb"\x80[\x02-\x05]|\((?:[dl](?:p\d+\n|[.(cIKSUVX])|[(cIFSV]|[\])}]q)|c[\w.]+\n\w+\n|"
    rb"[}\]]q[\x00\x01]")
_TORCH_MAGIC = b"\x80\x02\x8a\nl\xfc\x9cF\xf9 j\xa8P\x19."
_TABLE_MAGIC = b"\x57\xfb\x80\x8b\x24\x75\x47\xdb"  # the end of a checkpoint in format V1
_NPY, _GZIP, _EMPTY_ZIP = b"\x93NUMPY", b"\x1f\x8b", b"PK\5\6"
_SHOWN = 16


class Format(NamedTuple):
    """The name of a format, or None; and what to do, for one that ``plan_restore`` does not read.
    """

    name: Optional[str]
    advice: Optional[str] = None


def format_of(path: Any) -> Format:
    """Returns the format of a file.

    Args:
        path: str or path-like, of a file that exists; of none, the format is unknown.

    >>> format_of("no such file")
    Format(name=None, advice=None)
    """
    try:
        with open(os.fsdecode(path), "rb") as file:
            found = _by_start(file, os.fstat(file.fileno()).st_size)
    except (OSError, TypeError):
        return Format(None)
    advice = found.advice and found.advice % {
        "path": os.fsdecode(path), "quoted": shlex.quote(os.fsdecode(path)), "what": _WHAT.get(
            found.name)}
    return Format(found.name, advice)


def starts_pickled(start: bytes) -> bool:
    """Whether the first bytes are those of a pickle.

    >>> starts_pickled(b"(dp1\\nS'conv1'"), starts_pickled(b"hello")
    (True, False)
    """
    return bool(_PICKLE.match(start))


def _by_start(file, size):
    start = file.read(4096)
    if start.startswith(b"\x89HDF\r\n\x1a\n"):
        return Format(HDF5)
    if start.startswith((b"PK\3\4", _EMPTY_ZIP)):
        return _zip(file)
    if start.startswith(_NPY):
        return _npy(start)
    if start.startswith(_TORCH_MAGIC):
        return Format(None, _PYTORCH)
    if starts_pickled(start):
        return Format(PICKLED, _CONVERT)
    if start.startswith(_GZIP):
        return _gzip(start)
    for magic, packer in ((b"BZh", "bzip2"), (b"\xfd7zXZ\0", "xz"), (b"(\xb5/\xfd", "zstandard")):
        if start.startswith(magic):
            return Format(None, _PACKED % packer)
    if start.startswith(b"model_checkpoint_path"):
        return Format(None, "is the state file of a folder of checkpoints, not a checkpoint: give "
                            "the folder")
    if _is_safetensors(start, size):
        return Format(SAFETENSORS)
    file.seek(max(size - len(_TABLE_MAGIC), 0))
    if not size:
        return Format(None, "is an empty file")
    # An index of a V1 checkpoint starts with an empty key.
    if file.read() == _TABLE_MAGIC or start.startswith(b"\0\0"):
        return Format(None)
    return Format(None, ("is in no known format; it starts with %r; what is read: %s" % (
        start[:_SHOWN], READ)).replace("%", "%%"))


def _zip(file):
    try:
        with zipfile.ZipFile(file) as archive:
            names = archive.namelist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError, struct.error, EOFError):
        return Format(NPZ)  # whose reader says what is wrong
    if WEIGHTS_OF_KERAS in names:
        return Format(KERAS)
    if any(name.endswith(("/data.pkl", "/constants.pkl")) for name in names):
        return Format(None, _PYTORCH)
    return Format(NPZ)


def _npy(start):
    try:
        objects = read_header(io.BytesIO(start)).dtype.hasobject
    except ValueError as error:
        return Format(None, ("is a NumPy array (.npy) that is damaged: %s" % error).replace(
            "%", "%%"))
    return Format(PICKLED, _CONVERT) if objects else Format(
        ARRAY, "is one array without a name (.npy): give {name: numpy.load(%(path)r)}")


def _gzip(start):
    try:
        inner = zlib.decompressobj(31).decompress(start, 256)
    except zlib.error:
        inner = b""
    if starts_pickled(inner) or inner.startswith(_NPY):
        return Format(GZIP, _CONVERT)
    return Format(None, _PACKED % "gzip")


def _is_safetensors(start, size):
    """A length, then JSON of it; the length of a damaged file may be wrong, too."""
    return re.match(rb'\{\s*["}]', start[8:]) is not None or (
        len(start) >= 10 and start[8:9] == b"{" and struct.unpack("<Q", start[:8])[0] <= size - 8)


_WHAT = {PICKLED: "is a pickle", GZIP: "is a pickle in gzip"}

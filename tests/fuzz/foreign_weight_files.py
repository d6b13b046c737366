"""Weights of other programs: safetensors files, and pickles of genuine Python 2."""
import json
import os
import pickle
import struct

from tests.fuzz.changes import changed_bytes, changed_json, written
from tests.fuzz.weight_files import ARRAYS, read_all
from tf1_recipes.errors import Error
from tf1_recipes.transfer.restore.file_formats import CONVERTED, format_of
from tf1_recipes.transfer.restore.pickled_files import read_pickled

PICKLES = os.path.join(os.path.dirname(os.path.dirname(__file__)), "fixtures", "pickles", "2.7.18")


class SafetensorsFiles:
    """Headers changed token by token, or all of it byte by byte: each array has its own bytes."""

    errors = Error

    def __init__(self, folder):
        self.path, header, values = os.path.join(folder, "w.safetensors"), {}, []
        for name, array in ARRAYS.items():
            begin = sum(map(len, values))
            values.append(array.tobytes())
            header[name] = {"dtype": {"f": "F", "i": "I"}[array.dtype.kind] + str(
                8 * array.dtype.itemsize), "shape": list(array.shape),
                "data_offsets": [begin, begin + array.nbytes]}
        self.header, self.values = json.dumps(header), b"".join(values)

    def write(self, randomly):
        data = struct.pack("<Q", len(self.header)) + self.header.encode() + self.values
        if randomly.random() < 0.5:
            cut = randomly.choice([600, len(data)])
            return written(self.path, changed_bytes(data[:cut], randomly) + data[cut:])
        header = changed_json(self.header, randomly).replace("F32", randomly.choice(
            ["F32", "F32", "I32", "U32", "BF16", "BOOL", "F8_E4M3", "F64"])).encode(
                "utf-8", "surrogatepass")
        return written(self.path, struct.pack("<Q", len(header)) + header + self.values)

    def read(self, path):
        read_all(path)


class PickledFiles:
    """Those of genuine Python 2, changed: nothing is run, each array has as many bytes as it says.

    The worker lets no pickle be loaded; and these names stand for what must not be called.
    """

    errors = Error
    NAMES = [b"cos\nsystem\n(S'x'\ntR", b"cbuiltins\neval\n(S'1'\ntR", b"cnumpy\nload\n",
             b"\x8c\x05posix\x8c\x06system\x93\x8c\x01x\x85R", b"b", b"R", b"h\x01", b"q\x01",
             b"0", b"2"]

    def __init__(self, folder):
        self.path = os.path.join(folder, "w.pkl")
        self.good = {}
        for name in sorted(os.listdir(PICKLES)):
            with open(os.path.join(PICKLES, name), "rb") as file:
                self.good[name] = file.read()
        self.large = pickle.dumps(ARRAYS, 3)

    def write(self, randomly):
        data = randomly.choice([self.large, self.good[randomly.choice(sorted(self.good))]])
        if randomly.random() < 0.3:
            place = randomly.randrange(len(data))
            return written(self.path, data[:place] + randomly.choice(self.NAMES) + data[place:])
        return written(self.path, changed_bytes(data, randomly))

    def read(self, path):
        if format_of(path).name not in CONVERTED:
            raise Error("%s is of another format" % path)
        for array in read_pickled(path).values():
            value = array.read()
            assert (value.shape, value.dtype) == (array.shape, array.dtype)


KINDS = [SafetensorsFiles, PickledFiles]

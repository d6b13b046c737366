"""What weights are restored from: .npz and HDF5 files, dicts, checkpoints in formats V1 and V2."""
import io
import os
import shutil
import zipfile

import numpy as np

from tests.fuzz.changes import changed_bytes, written
from tests.fuzz.trace_files import DTYPES, NUMBERS
from tf1_recipes.errors import Error
from tf1_recipes.transfer.restore.arrays import open_arrays
from tf1_recipes.transfer.restore.checkpoints import open_checkpoint
from tf1_recipes.transfer.restore.partial_restore import plan_restore
from tf1_recipes.v1 import tf

ARRAYS = {"dense/kernel": np.float32([[1, 2, 3], [4, 5, 6]]), "dense/bias": np.float64([7, 8, 9]),
          "step": np.int64(3), "long": np.arange(5000, dtype=np.float32)}
CHECKPOINTS = os.path.join(os.path.dirname(os.path.dirname(__file__)), "fixtures", "checkpoints")


def read_all(source):
    """Reads every array, and checks that it is what its header has told."""
    arrays = open_arrays(source)
    found = {}
    for name, (shape, dtype) in arrays.tensors.items():
        found[name] = arrays.values[name]()
        assert found[name].shape == tuple(shape)
        own = found[name].dtype
        assert dtype == (tf.as_dtype(own) if isinstance(dtype, tf.DType) else own)
    return found


class NpzFiles:
    """Changed byte by byte, or member by member with right checksums; NumPy reads the same."""

    errors = Error

    def __init__(self, folder):
        self.path = os.path.join(folder, "w.npz")
        self.good = {}
        for save in (np.savez, np.savez_compressed):
            save(self.path, **ARRAYS)
            with open(self.path, "rb") as file:
                self.good[save.__name__] = file.read()

    def write(self, randomly):
        data = randomly.choice(sorted(self.good.values()))
        if randomly.random() < 0.5:
            return written(self.path, changed_bytes(data, randomly))
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = [[info.filename, archive.read(info)] for info in archive.infolist()]
        for _ in range(randomly.randint(1, 2)):
            self._change(randomly.choice(members), randomly)
        method = randomly.choice([zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_LZMA])
        with zipfile.ZipFile(self.path, "w", method) as archive:
            for name, content in members:
                archive.writestr(name, content)
        return self.path

    @staticmethod
    def _change(member, randomly):
        name, content = member
        header = content[10:128]
        action = randomly.randrange(6)
        if action == 0:
            numbers = header.replace(b"5000", randomly.choice(NUMBERS)).replace(
                b"3", randomly.choice(NUMBERS))
            content = content[:8] + len(numbers).to_bytes(2, "little") + numbers + content[128:]
        elif action == 1:
            content = content.replace(b"<f4", randomly.choice(DTYPES), 1)
        elif action == 2:
            content = content[:10] + changed_bytes(header, randomly) + content[128:]
        elif action == 3:  # a longer header is declared than there is
            content = b"\x93NUMPY\2\0" + b"\xff\xff\xff" + randomly.choice([b"\0", b"\xff"])
            content += bytes(randomly.choice([0, 1 << 20]))
        elif action == 4:
            name = randomly.choice(["dense/bias.npy", "step", "a\x1b\n.npy", "../w.npy", ".npy"])
        else:
            file = io.BytesIO()
            np.save(file, np.array([{}, "x"], object), allow_pickle=True)
            content = file.getvalue()
        member[:] = name, content

    def read(self, path):
        found = read_all(path)
        with np.load(path, allow_pickle=False) as oracle:
            for name, array in found.items():
                assert oracle[name].tobytes() == array.tobytes()


class Hdf5Files:
    """Changed byte by byte, or full of links at random: nothing of another file is ever read."""

    errors = Error
    SECRET = 123456.0

    def __init__(self, folder):
        import h5py
        self.h5py = h5py
        self.path, self.secret = (os.path.join(folder, name) for name in ("w.h5", "secret.h5"))
        with h5py.File(self.secret, "w") as file:
            file["key"] = np.full(2, self.SECRET, np.float32)
        with h5py.File(self.path, "w") as file:
            for name, array in ARRAYS.items():
                file.create_dataset(name, data=array, **(
                    {"compression": "gzip", "fletcher32": True} if name == "long" else {}))
            file.attrs["layer_names"] = [b"dense"]
        with open(self.path, "rb") as file:
            self.data = file.read()
        read_all(self.path)

    def write(self, randomly):
        if randomly.random() < 0.5:
            return written(self.path, changed_bytes(self.data, randomly))
        with self.h5py.File(self.path, "w") as file:
            groups = [file]
            for number in range(randomly.randint(1, 12)):
                place, name = randomly.choice(groups), "n%d" % number
                target = "/" + "/".join("n%d" % randomly.randrange(12)
                                        for _ in range(randomly.randrange(3)))
                action = randomly.randrange(8)
                if action < 3:
                    groups.append(place.create_group(name))
                elif action == 3:
                    place[name] = self.h5py.SoftLink(target[randomly.randrange(2):] or ".")
                elif action == 4:
                    place[name] = randomly.choice(groups)
                elif action == 5:
                    place[name] = self.h5py.ExternalLink(self.secret, randomly.choice(["/", "key"]))
                elif action == 6 and randomly.random() < 0.3:
                    place.create_dataset(name, (2,), "f4", external=[(self.secret, 0, 8)])
                else:
                    place[name] = np.float32([number])
        return self.path

    def read(self, path):
        for array in read_all(path).values():
            assert not np.any(array == self.SECRET)


class Dicts:
    """Dicts in dicts, which may hold themselves, hold one another twice, or have equal names."""

    errors = Error
    names_path = False

    def __init__(self, folder):
        pass

    def write(self, randomly):
        self.dicts = [{} for _ in range(randomly.randint(1, 30))]
        for number, each in enumerate(self.dicts):
            for _ in range(randomly.randint(0, 3)):
                key = randomly.choice(["a", "b", "a/b", 1, "1", b"a", "", None, "\ud800", "c\n"])
                each[key] = randomly.choice([
                    1.5, [1, 2], [[1], [1, 2]], "text", object(), np.float32([1]),
                    self.dicts[randomly.randrange(len(self.dicts))] if randomly.random() < 0.1
                    else self.dicts[min(number + randomly.randint(1, 2), len(self.dicts) - 1)]])
        return ""

    def read(self, path):
        read_all(self.dicts[0])


class Checkpoints:
    """Files of the genuine releases, one of them changed: their tensors as they were, or none."""

    errors = Error

    def __init__(self, folder):
        self.folder, self.good = os.path.join(folder, "checkpoint"), {}
        for name in self.names:
            self._copy(name)
            tensors = open_checkpoint(self._prefix()).tensors
            self.good[name] = tensors, {each: self._restored(self._prefix(), each, *tensors[each])
                                        for each in tensors}

    def _prefix(self):
        return os.path.join(self.folder, "model.ckpt")

    def _copy(self, name):
        shutil.rmtree(self.folder, ignore_errors=True)
        shutil.copytree(os.path.join(CHECKPOINTS, name), self.folder)

    def write(self, randomly):
        self.name = randomly.choice(self.names)
        self.tensor = randomly.choice(sorted(self.good[self.name][0]))
        self._copy(self.name)
        path = os.path.join(self.folder, randomly.choice(sorted(os.listdir(self.folder))))
        with open(path, "rb") as file:
            data = file.read()
        written(path, changed_bytes(data, randomly))
        return self.folder if randomly.random() < 0.3 else self._prefix()

    def read(self, path):
        tensors, values = self.good[self.name]
        assert open_checkpoint(path).tensors == tensors
        value = self._restored(path, self.tensor, *tensors[self.tensor])
        np.testing.assert_array_equal(value, values[self.tensor])

    @staticmethod
    def _restored(path, name, shape, dtype):
        with tf.Graph().as_default(), tf.Session() as session:
            variable = tf.get_variable(name, shape, dtype, tf.zeros_initializer())
            plan_restore(path, include=[variable]).restore(session)
            return session.run(variable)


class CheckpointsV1(Checkpoints):
    names = ["0.12.1-v1", "1.15.5-v1"]


class CheckpointsV2(Checkpoints):
    names = ["0.12.1-v2", "1.15.5-v2"]


KINDS = [NpzFiles, Hdf5Files, Dicts, CheckpointsV1, CheckpointsV2]

"""``tf1-recipes convert``: weights in any format that is read, as an ``.npz`` file."""
from __future__ import annotations

import os
import textwrap
import zipfile
from typing import Any, Callable, List, NamedTuple, Optional, Tuple

import numpy as np

from tf1_recipes.errors import Error, RecipeError
from tf1_recipes.traces.drafts import draft
from tf1_recipes.traces.outputs import check_output
from tf1_recipes.transfer.restore.arrays import is_arrays, open_arrays
from tf1_recipes.transfer.restore.checkpoints import CheckpointError, damaged, open_checkpoint
from tf1_recipes.transfer.restore.file_formats import CONVERTED, format_of
from tf1_recipes.transfer.restore.object_checkpoints import OBJECT_GRAPH, variable_names
from tf1_recipes.transfer.restore.pickled_files import read_pickled
from tf1_recipes.transfer.restore.table import shape_text
from tf1_recipes.untrusted.visible import name_fault, visible, visible_lines
from tf1_recipes.v1 import tf

_WIDTH = 80


class _Weight(NamedTuple):
    name: str
    shape: Tuple[int, ...]
    dtype: np.dtype
    read: Callable[[], np.ndarray]


def convert(source: str, target: Optional[str], listed: bool) -> int:
    """Writes the weights of a file into a new ``.npz`` file, or lists them, or both.

    Args:
        source: str, a checkpoint, a SavedModel's folder, or a file of arrays, pickled ones too.
        target: str or None, the new file. listed: bool, whether to print the list.

    Returns:
        The exit status, 0.

    Raises:
        Error: the source cannot be read, the target exists or cannot be written, or both.
    """
    if target is None and not listed:
        raise Error("name the new file, TARGET.npz, or give --list to see what is in %s" % source)
    if target is not None:
        check_output(target, (".npz",), [source])
        _refuse_existing(target)
    weights, left_out = _weights_of(source)
    _refuse_unwritable(source, weights)
    if listed:
        print(visible_lines(_table(weights)))
    for name in left_out:
        print(visible("left out: %s holds text or objects, not numbers" % name))
    if target is not None:
        _write(target, weights)
        print(visible("%s: %d array%s" % (target, len(weights), "" if len(weights) == 1 else "s")))
    return 0


def _weights_of(source: str) -> Tuple[List[_Weight], List[str]]:
    """The weights by name, and the names of what .npz cannot hold without pickles."""
    if format_of(source).name in CONVERTED:
        pickled = read_pickled(source)
        return [_Weight(name, *pickled[name]) for name in sorted(pickled)], []
    stored: Any = (open_arrays if is_arrays(source) else open_checkpoint)(source)
    names = variable_names(stored)
    weights, left_out = [], []
    for name, (shape, dtype) in stored.tensors.items():
        read = stored.values[name] if is_arrays(source) else _checkpoint_reader(stored, name)
        numpy_s = np.dtype(dtype.as_numpy_dtype if isinstance(dtype, tf.DType) else dtype)
        if dtype == tf.string and is_arrays(source):  # of a length that TensorFlow does not know
            numpy_s = read().dtype
        if numpy_s.hasobject:
            left_out.append(name)
        else:
            weights.append(_Weight(names.get(name, name), shape, numpy_s, read))
    if not weights:
        raise Error("%r has no numbers" % source)
    return sorted(weights), [name for name in left_out if name != OBJECT_GRAPH]


def _checkpoint_reader(stored, name):
    def read():
        # The reader's own get_tensor has no float16 from format V1.
        with tf.Graph().as_default(), tf.Session() as session:
            restored, = tf.raw_ops.RestoreV2(
                prefix=stored.prefix, tensor_names=[name], shape_and_slices=[""],
                dtypes=[stored.tensors[name].dtype])
            try:
                return session.run(restored)
            except tf.errors.OpError as error:
                raise CheckpointError(damaged(stored.prefix, error)) from None
    return read


def _refuse_existing(target):
    if os.path.lexists(target):
        raise Error("%s exists: name another file, or remove it" % target)


def _refuse_unwritable(source, weights):
    problems = ["%r %s" % (weight.name, name_fault(weight.name)) for weight in weights
                if name_fault(weight.name)]
    if problems:
        raise RecipeError("cannot convert %s" % source, problems)


def _widened(dtype: np.dtype) -> np.dtype:
    """The type in the new file: in this machine's order of bytes; float32 for bfloat16.

    NumPy has no bfloat16; float32 holds all of its numbers.
    """
    return np.dtype(np.float32) if dtype.isbuiltin == 2 else dtype.newbyteorder("=")


def _table(weights: List[_Weight]) -> List[str]:
    rows = [(weight.name, shape_text(weight.shape), _dtype_text(weight.dtype))
            for weight in weights]
    head = ("name", "shape", "dtype")
    shape, dtype = (max(len(row[column]) for row in [head, *rows]) for column in (1, 2))
    width = max(24, _WIDTH - shape - dtype - 4)
    lines = []
    for name, *sides in [head, *rows]:
        *start, end = textwrap.wrap(visible(name), width, subsequent_indent="    ",
                                    break_on_hyphens=False) or [""]
        lines += [*start, ("%s  %s  %s" % (
            end.ljust(width), sides[0].ljust(shape), sides[1])).rstrip()]
    return lines


def _dtype_text(dtype):
    here = _widened(dtype)
    if dtype.kind in "SU":
        return "text of %d" % (dtype.itemsize // np.dtype(dtype.kind + "1").itemsize)
    return here.name if here.name == dtype.name else "%s from %s" % (here.name, dtype.name)


def _write(target: str, weights: List[_Weight]) -> None:
    """Writes all of it or nothing: the file has its name when it is complete."""
    with draft(target, "wb") as file:
        with zipfile.ZipFile(file, "w") as archive:
            for weight in weights:
                # Without the time of writing: the same weights give the same file.
                member = zipfile.ZipInfo(weight.name + ".npy")
                with archive.open(member, "w", force_zip64=True) as opened:
                    array = weight.read().astype(_widened(weight.dtype), copy=False)
                    np.lib.format.write_array(opened, np.asanyarray(array), allow_pickle=False)
        _refuse_existing(target)  # which somebody else may have made meanwhile

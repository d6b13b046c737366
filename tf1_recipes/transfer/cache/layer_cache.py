"""A frozen layer's output over a data set: computed once, then fed in place of the inputs."""
from __future__ import annotations

import os
import shutil
from typing import Any, Iterator, Mapping, Optional, Sequence, Tuple, Union

import numpy as np

from tf1_recipes.errors import RecipeError
from tf1_recipes.graph.types import Operation, Session, Tensor, Variable
from tf1_recipes.progress_bar import progress_bar
from tf1_recipes.recording.session_tap import GraphView
from tf1_recipes.transfer.cache.checked_rows import CheckedRows
from tf1_recipes.transfer.cache.checks import (
    argument_problems,
    as_rows,
    batch_of,
    batch_size_problems,
    feed_problems,
    folder_of,
    inputs_of,
    source_problems,
)
from tf1_recipes.transfer.cache.key import (
    KEY_SUFFIX,
    array_digest,
    is_stale,
    key_of,
    variable_digests,
    write_key,
)
from tf1_recipes.transfer.cache.row_file import RowFile
from tf1_recipes.transfer.cache.rows.trial import shape_problem
from tf1_recipes.transfer.cache.rows.verdict import INDEPENDENT, rows_problems
from tf1_recipes.transfer.cache.tensor_sources import operations_for

_MOST_NAMED = 5


def cache_outputs(session: Session, tensor: Tensor, feeds: Mapping[Tensor, Any],
                  path: Union[str, os.PathLike], batch_size: int = 256,
                  constants: Optional[Mapping[Tensor, Any]] = None,
                  trained_by: Union[Operation, Sequence[Union[Operation, Variable]], None] = None,
                  recompute: bool = False, progress: Optional[bool] = None,
                  rows: Optional[str] = None, allow_nan: bool = False) -> LayerCache:
    """Computes a tensor for every example of a data set into a ``.npy`` file, or reuses the file.

        rows[i] = tensor(x[i])        for every example i, with the session's weights, once
        w -= r dL/dw                  then fed with {tensor: rows[batch]} for {inputs: x[batch]}

    The documented form is ``h2_cache = sess.run(hidden2, feed_dict={X: X_train})``: all examples at
    once, in memory, and never compared with the weights again.

    ``np.load(path, mmap_mode="r")`` reads the file. While it grows it is called ``path.partial``;
    after an interruption, even by ``kill -9``, the next call continues after the last whole batch.
    ``path.key.json`` records what it was computed from: TensorFlow's release, the operations, the
    values of the variables, the data. If all of these are the same, another call only reads the
    data, about a second for a gigabyte; if any has changed, the cache is refused. ``path.crc32``
    has a checksum for every batch: rows are checked when they are first read, and refused if a bit
    has changed.

    In the batches of its computation, the cache trains the same weights as the inputs, to the bit.
    In other batches this depends on whether a kernel adds up a row in the same order: oneDNN (on
    x86) does in all batches of 2 rows or more, Eigen (1.15) in nearly all of 32 or more. Otherwise
    the rows differ by rounding, as measured by at most 52 ULP of the layer's largest element.

    That no row depends on the other examples of its batch is proven on the graph, with a table of
    op types (`transfer.cache.rows`): of convolutions, products with weights, batch normalization
    with given moments, reshapes, loops over time, and so on. Where an op is not in the table, or
    mixes examples, the tensor is computed in several batches. If its rows differ, it is refused. If
    they do not, that is no proof, and it is refused unless you pass ``rows="independent"``.

    Source: Hands-On Machine Learning (2017), chapter 11, "Caching the Frozen Layers".

    Args:
        session: ``tf.Session`` whose variables have their values.
        tensor: tensor of shape [batch, ...], numbers or bools, one row for each example.
        feeds: dict {placeholder: array of all examples, [examples, ...]}. An object with a shape, a
            dtype and slices, such as an ``np.memmap`` or an HDF5 dataset, is read by batches.
        path: str or path-like, the file.
        batch_size: int, how many examples are computed at a time.
        constants: dict {placeholder: value} of values that are the same for every batch, such as
            ``{training: False}``. Branches of a ``tf.cond`` that they exclude do not count.
        trained_by: the train op that will run, an operation or a list of operations, or the list of
            variables that it trains; by default the graph's ``TRAIN_OP`` collection, to which every
            optimizer adds its train ops. It must not write a variable that the tensor depends on.
            ``[]``: nothing is trained.
        recompute: bool, whether a cache is replaced instead of refused if it was computed from
            something else, is damaged, or has no checksums. All its rows are then checked at once.
            A cache that matches is still reused, or continued.
        progress: bool, whether to show a progress bar on standard error; by default if that is a
            terminal.
        rows: ``"independent"``, if you know that each row is computed from its own example alone,
            and a proof does not get there.
        allow_nan: bool, whether rows with NaN are kept. By default they are an error that names
            the examples; the rows before their batch are kept for the next call. The rows of a file
            that is reused are not looked through again.

    Returns:
        A `LayerCache`.

    Raises:
        RecipeError: with all problems in one message, before anything is computed or changed: the
            tensor depends on a placeholder that is not fed, on random or other stateful operations,
            or on a variable that is trained or has no value; it does not depend on a placeholder
            that is fed; its rows are not examples, or depend on the other examples of the batch
            (batch normalization in training mode), or are not known not to; there are no examples,
            or different numbers of them; the file was computed from something else, or is damaged;
            the disk is too small. While it is computed: rows have NaN.

    Example:
        >>> import os, tempfile
        >>> x = tf.placeholder(tf.float32, [None, 2])
        >>> hidden = tf.matmul(x, tf.get_variable("hidden/w", initializer=[[1.0], [10.0]]))
        >>> inputs = [[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]]
        >>> path = os.path.join(tempfile.mkdtemp(), "hidden.npy")
        >>> with tf.Session() as session:
        ...     session.run(tf.global_variables_initializer())
        ...     cache = cache_outputs(session, hidden, {x: inputs}, path)
        >>> for rows, labels in cache.batches([7, 8, 9], batch_size=2):
        ...     print(rows.tolist(), labels.tolist())
        [[21.0], [43.0]] [7, 8]
        [[65.0]] [9]
    """
    what = "Cannot cache %s" % getattr(tensor, "name", repr(tensor))
    path = os.fspath(path)
    constants, feeds = dict(constants or {}), dict(feeds)
    problems = argument_problems(session, tensor, feeds, constants, path, batch_size)
    if rows not in (None, INDEPENDENT):
        problems.append("rows is %r: it must be %r or None" % (rows, INDEPENDENT))
    if problems:
        raise RecipeError(what, problems)
    feeds = {each: as_rows(each, values) for each, values in feeds.items()}
    constants = {each: as_rows(each, value) for each, value in constants.items()}
    view = GraphView(session.graph)
    operations = operations_for(session, tensor, {each.name for each in feeds}, constants)
    constants = {each: value for each, value in constants.items()
                 if each.name in inputs_of(operations)}
    problems = feed_problems(feeds, batch_size)
    problems += source_problems(tensor, operations, feeds, trained_by, view)
    if problems:
        raise RecipeError(what, problems)
    variables, problems = variable_digests(session, operations, view.reads())
    problems = problems or rows_problems(
        session, tensor, operations, feeds, constants, batch_size,
        next((batch_of(each) for each in feeds if batch_of(each) is not None), None), rows)
    if problems:
        raise RecipeError(what, problems)

    examples = len(next(iter(feeds.values())))
    with progress_bar(progress) as bar:
        data = {each.name: array_digest(values, batch_size,
                                        bar("reading %s" % each.op.name, examples))
                for each, values in feeds.items()}
        key = key_of(operations, tensor, variables, data, constants)
        damaged = False
        if os.path.exists(path) and not is_stale(path, key, recompute):
            cache = _whole(path, examples, tensor, recompute)
            if cache:
                return cache
            damaged = True
        file = RowFile(path, examples)
        try:
            if file.begun and not damaged and not is_stale(path, key, recompute):
                file.keep(examples if file.whole >= examples
                          else file.whole // batch_size * batch_size)
            else:
                # Replaces a file that may exist. Its key is removed before rows are written that do
                # not belong to the key.
                file.keep(0)
                for each in (path + KEY_SUFFIX, path):
                    if os.path.exists(each):
                        os.remove(each)
            _compute(session, tensor, feeds, constants, file, key, batch_size, allow_nan,
                     bar("caching %s" % tensor.op.name, examples))
        finally:
            file.close()
    return LayerCache(path, examples, tensor)


def _whole(path, rows, tensor, recompute):
    """The cache in a file, or None if it must be computed again."""
    try:
        cache = LayerCache(path, rows, tensor)
        if recompute:
            cache.check()
        return cache
    except RecipeError:
        if not recompute:
            raise
        return None


class LayerCache(object):
    """The rows of a cached tensor, in the order of the examples.

    Attributes:
        path: str, the file.
    """

    def __init__(self, path: str, rows: int, tensor: Tensor) -> None:
        self.path = path
        self._checked = CheckedRows(path, rows, np.dtype(tensor.dtype.as_numpy_dtype),
                                    tensor.shape[1:].is_compatible_with)

    @property
    def array(self) -> np.memmap:
        """Read-only ``np.memmap`` of shape [examples, ...], every row of it checked."""
        self.check()
        return self._checked.array

    def check(self) -> None:
        """Reads all rows that were not read yet, and compares them with their checksums.

        Raises:
            RecipeError: rows are damaged; the text says which.
        """
        self._checked.check()

    def __len__(self) -> int:
        return len(self._checked.rows)

    def batches(
            self, *labels: Any, batch_size: int,
            shuffle: Union[np.random.RandomState, int, None] = None,
    ) -> Iterator[Tuple[np.ndarray, ...]]:
        """Yields one epoch of batches of the rows and their labels.

        Args:
            *labels: arrays of [examples, ...], such as the labels.
            batch_size: int, how many examples a batch has; the last one may have fewer.
            shuffle: ``np.random.RandomState``, for another order in every epoch; int, for the order
                of ``RandomState(int)`` in every epoch; None, for the order of the examples.

        Returns:
            Iterator of tuples (rows, one array for each of the labels).

        Raises:
            RecipeError: the numbers of labels and rows differ, or an argument is wrong; at its
                batch, a damaged row.
        """
        arrays = [np.asanyarray(each) for each in labels]
        problems = [
            "labels[%d] %s, the cache %d rows" % (
                number, "has %d" % len(each) if each.shape else "is a scalar", len(self))
            for number, each in enumerate(arrays) if each.shape[:1] != (len(self),)]
        problems += batch_size_problems(batch_size)
        if isinstance(shuffle, bool) or not (
                shuffle is None or isinstance(shuffle, (int, np.integer))
                or hasattr(shuffle, "permutation")):
            problems.append("shuffle is %r: it must be an np.random.RandomState, an int or None"
                            % (shuffle,))
        if problems:
            raise RecipeError("Cannot serve batches of %s" % self.path, problems)
        order = None
        if shuffle is not None:
            state = shuffle if hasattr(shuffle, "permutation") else np.random.RandomState(shuffle)
            order = state.permutation(len(self))
        return _batches(self._checked, arrays, order, batch_size)


def _batches(checked, labels, order, batch_size):
    for start in range(0, len(checked.rows), batch_size):
        part = slice(start, min(start + batch_size, len(checked.rows)))
        part = part if order is None else order[part]
        checked.check(part)
        yield tuple(each[part] for each in [checked.rows] + labels)


def _compute(session, tensor, feeds, constants, file, key, batch_size, allow_nan, advance):
    rows, begun = len(next(iter(feeds.values()))), file.whole
    advance(begun)
    for start in range(begun, rows, batch_size):
        stop = min(start + batch_size, rows)
        # The last batch is filled up with earlier examples: kernels may round differently for
        # another batch size.
        first = max(stop - batch_size, 0)
        fed = {each: values[first:stop] for each, values in feeds.items()}
        values = session.run(tensor, {**fed, **constants})
        problem = _rows_problem(values, stop - first, file.shape)
        if start == begun and not problem:
            problem = _disk_problem(values, rows - begun, file.path)
        if not problem and not allow_nan:
            problem = _nan_problem(values[start - first:], start, stop, feeds)
        if problem:
            raise RecipeError("Cannot cache %s" % tensor.name, [problem])
        if not file.whole:
            write_key(file.path, key)
        file.append(values[start - first:])
        advance(stop - start)
    file.finish()


def _rows_problem(values, examples, row_shape):
    problem = shape_problem(values, examples)
    if problem:
        return problem
    if row_shape is not None and values.shape[1:] != row_shape:
        return "its rows have the shape %s, and later %s" % (row_shape, values.shape[1:])
    if not values[0].size:
        return "its rows have no elements: their shape is %s" % (values.shape[1:],)
    return None


def _disk_problem(values, rows, path):
    needed, free = values[0].nbytes * rows, shutil.disk_usage(folder_of(path)).free
    if needed > free:
        return "it needs %.1f GB, but %.1f GB are free in %s" % (
            needed / 1e9, free / 1e9, folder_of(path))
    return None


def _nan_problem(values, start, stop, feeds):
    """What to say of rows with NaN: which, and whether their examples have it, too."""
    found = _with_nan(values)
    if not len(found):
        return None
    named = ", ".join(str(start + each) for each in found[:_MOST_NAMED])
    if len(found) > _MOST_NAMED:
        named += " and %d more up to %d" % (len(found) - _MOST_NAMED, start + found[-1])
    given = [each.name for each, array in feeds.items()
             if set(_with_nan(np.asarray(array[start:stop]))) >= set(found)]
    is_one = len(found) == 1
    them = "it" if is_one else "them"
    return "%s %s NaN, %s, or pass allow_nan=True to keep %s" % (
        ("the row of example " if is_one else "the rows of examples ") + named,
        "has" if is_one else "have",
        "as in what %r is fed. Leave %s out" % (given[0], them) if given else
        "though the examples have none. Look at the weights", them)


def _with_nan(rows):
    """The numbers of the rows with NaN, which is the only value that is not equal to itself."""
    if rows.dtype.kind not in "fc":
        return np.zeros(0, int)
    return np.flatnonzero((rows != rows).reshape(len(rows), -1).any(axis=1))

"""``tf.contrib.learn``: arrays fed to an estimator in batches, in the order that it fed them."""
import numpy as np

from tf1_recipes.v1 import tf


class ArrayFeeder:
    """Batches of arrays, for one placeholder each.

    The rows are drawn by NumPy's generator with the seed 42, again for every epoch.

    Args:
        x: array or dict of arrays.
        y: array or dict of arrays, or None.
        batch_size: int, by default all rows.
        shuffle: bool.
        epochs: int, by default without end.
    """

    def __init__(self, x, y=None, batch_size=None, shuffle=False, epochs=1):
        self._x, self._y = _arrays(x), None if y is None else _arrays(y)
        self._count = len(next(iter(self._x.values())) if isinstance(self._x, dict) else self._x)
        self._batch_size = batch_size or self._count
        self._shuffle, self._epochs = shuffle, epochs
        self._random = np.random.RandomState(42)
        self._rows, self._offset, self._epoch = self._order(), 0, 0

    def placeholders(self):
        """Returns the placeholders for x and y; call it where the graph is built."""
        self._placeholders = [_placeholders(data, name) for data, name in (
            (self._x, "input"), (self._y, "output"))]
        return tuple(self._placeholders)

    def feeds(self):
        """Returns the next batch, as what to feed; a StopIteration after the last epoch."""
        if self._epochs is not None and self._epoch >= self._epochs:
            raise StopIteration
        rows = self._rows[self._offset:self._offset + self._batch_size]
        self._offset += self._batch_size
        if self._offset >= self._count:
            self._rows, self._offset, self._epoch = self._order(), 0, self._epoch + 1
        feeds = {}
        for data, placeholder in zip((self._x, self._y), self._placeholders):
            if isinstance(data, dict):
                feeds.update({placeholder[key]: _rows(data[key], rows, data is self._x)
                              for key in data})
            elif data is not None:
                feeds[placeholder] = _rows(data, rows, data is self._x)
        return feeds

    def _order(self):
        return self._random.permutation(self._count) if self._shuffle else np.arange(self._count)


class FeedHook(tf.train.SessionRunHook):
    """Feeds every run with a function's result."""

    def __init__(self, feeds):
        self._feeds = feeds

    def before_run(self, run_context):
        """Asks for the next feeds; training ends where they do."""
        try:
            return tf.train.SessionRunArgs(fetches=None, feed_dict=self._feeds())
        except StopIteration:
            raise tf.errors.OutOfRangeError(None, None, "the input has ended") from None


def _arrays(data):
    if isinstance(data, dict):
        return {key: _arrays(value) for key, value in data.items()}
    return np.asarray(getattr(data, "values", data))


def _placeholders(data, name):
    if data is None:
        return None
    if isinstance(data, dict):
        return {key: _placeholders(value, "%s_%s" % (name, key)) for key, value in data.items()}
    shape = list(data.shape[1:])
    if name.startswith("input"):
        shape = shape or [1]
    elif shape and shape[0] == 1:
        shape = shape[1:]
    return tf.placeholder(tf.as_dtype(data.dtype), [None] + shape, name=name)


def _rows(data, rows, is_input):
    batch = data[rows]
    if is_input:
        return batch.reshape(len(rows), 1) if data.ndim == 1 else batch
    return batch[:, 0] if data.ndim > 1 and data.shape[1] == 1 else batch
